"""Pictures from outside, opened where they can harm nothing, and made anew.

A picture comes from outside and may be made to harm: it is opened in a process of its own, which has nothing but its
bytes, may take so much memory and time, and ends with them (`python -m abhiyan.core.pictures`). What is kept is drawn
from its points alone: no place, no name of a device, no script that it carried.
"""

import base64
import io
import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY, CPU_S, PATIENCE_S = 512 << 20, 10, 30.0  # bytes, seconds of work, seconds in all
AT_ONCE, WAITS_S = 2, 60.0  # pictures opened at once on the whole machine, and how long one waits for that
MOST_POINTS = 150_000_000  # of a picture, as it says of itself
DECODED = 30_000_000  # points that are decoded: a JPEG of more is opened at half its size or less
# Of a PNG or a progressive JPEG. Neither opens at a smaller size: each keeps all its points, the latter all its parts.
DECODED_WHOLE = 16_000_000
LONGEST = 2400  # points of what is read
KEPT, SMALL = 1600, 240  # points of the longer side of a picture that is kept, and of the small one


TAIL = 65_536  # bytes at the end of a file: where it says that it is whole


def picture_kind(data: bytes) -> str | None:
    """Return "jpg" or "png" by how a file begins and ends; None for anything else, whatever its name says."""
    tail = data[-TAIL:]
    if data[:3] == b"\xff\xd8\xff" and b"\xff\xd9" in tail:
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and b"IEND" in tail:
        return "png"
    return None


class UnreadablePicture(Exception):
    """No picture, a broken one, or one that takes more than a picture may."""


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture made anew: two JPEGs without anything but their points."""

    picture: bytes
    small: bytes


def redraw(data: bytes) -> Redrawn:
    """Draw a JPEG or PNG again, no larger than KEPT. Raises UnreadablePicture, slots.NoSlotFree."""
    told = json.loads(apart(__name__, "redraw", data=data))
    return Redrawn(base64.b64decode(told["picture"]), base64.b64decode(told["small"]))


def environment() -> dict[str, str]:
    """What the process hears of the server: no key, no address of the database."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX", "LANG") if name in os.environ}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def apart(module: str, *arguments: str, data: bytes) -> bytes:
    """Run a module in a process of its own with a picture, and return its answer.

    Raises UnreadablePicture, slots.NoSlotFree.
    """
    from abhiyan.core import slots  # the process of a picture knows nothing of it

    try:
        with slots.slot("pictures", of=AT_ONCE, patience_s=WAITS_S):
            done = subprocess.run(
                [sys.executable, "-P", "-m", module, *arguments],
                input=data,
                capture_output=True,
                timeout=PATIENCE_S,
                env=environment(),
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise UnreadablePicture("time") from None
    if done.returncode != 0:
        raise UnreadablePicture(str(done.returncode))
    return done.stdout


# --- in the process of its own ---


def bounded() -> None:
    """The bounds of the process a picture is opened in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opened(data: bytes, turn: int = 0) -> "Image":
    """A picture of at most LONGEST points a side, upright, turned by so many quarters to the right."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # asked here, before a point is decoded
    picture: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    is_whole = picture.format != "JPEG" or "progressive" in picture.info
    if picture.width * picture.height > (DECODED_WHOLE if is_whole else MOST_POINTS):
        raise UnreadablePicture("points")
    picture.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded no larger than needed
    if picture.width * picture.height > DECODED:
        raise UnreadablePicture("points")
    if picture.has_transparency_data:  # what shows through is paper: a signature is often cut out
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    picture = ImageOps.exif_transpose(picture)
    return picture.rotate(-90 * (turn % 4), expand=True) if turn % 4 else picture


def jpeg(picture: "Image", *, quality: int) -> bytes:
    """The points of a picture and nothing else."""
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=quality, exif=b"")
    return kept.getvalue()


def main() -> None:
    """One picture from standard input; made anew, to standard output."""
    bounded()
    picture = opened(sys.stdin.buffer.read())
    told = {}
    for name, longest in (("picture", KEPT), ("small", SMALL)):
        picture.thumbnail((longest, longest))
        told[name] = base64.b64encode(jpeg(picture, quality=80)).decode()
    sys.stdout.buffer.write(json.dumps(told).encode())


if __name__ == "__main__":
    main()
