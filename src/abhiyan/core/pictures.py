"""Pictures from outside are drawn again from their points alone.

No place, no name of a device and no script comes along, whatever the format and wherever in the file it stood. A
picture is opened in the pool (`core.file_pool`).
"""

import base64
import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abhiyan.core import file_pool

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_POINTS = 150_000_000  # of a picture, as it says of itself.
DECODED = 30_000_000  # points that are decoded: a JPEG of more is opened at half its size or less.
# A PNG and a progressive JPEG have this limit. Neither opens at a smaller size: each keeps all its points, the latter
# all its parts.
DECODED_WHOLE = 16_000_000
PRINTED = 36_000_000  # points of a picture to be printed: A2 with 300 an inch.
LONGEST = 2400  # points of what is read.
KEPT, SMALL = 1600, 240  # points of the longer side: of a kept picture, and of the small one.


TAIL = 65_536  # bytes at the end of a file: where it says that it is whole


def picture_kind(data: bytes) -> str | None:
    """Return "jpg" or "png" by how a file begins and ends; None for anything else, whatever its name says."""
    tail = data[-TAIL:]
    if data[:3] == b"\xff\xd8\xff" and b"\xff\xd9" in tail:
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and b"IEND" in tail:
        return "png"
    return None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A redrawn picture is two JPEGs without anything but their points."""

    picture: bytes
    small: bytes


def redraw(data: bytes) -> Redrawn:
    """Draw a JPEG or PNG again, no larger than KEPT. Raises file_pool.UnreadableFile, file_pool.FilesBusy."""
    picture, small = map(base64.b64decode, file_pool.read_in_pool(drawn_twice, data))
    return Redrawn(picture, small)


# --- in the pool


def drawn_twice(file: Path) -> list[str]:
    """Draw a picture again, and a small one: JPEGs in base 64."""
    picture = upright_picture(file)
    made = []
    for longest in (KEPT, SMALL):
        picture.thumbnail((longest, longest))
        made.append(saved(picture, quality=80))
    return made


def drawn_alike(file: Path) -> str:
    """A picture as it was, in its own format and size, without anything but its points; in base 64.

    For what is printed. A JPEG of more than PRINTED points is drawn at half its size or less.
    """
    picture = _entered(file, whole=PRINTED)
    kind = "PNG" if picture.format == "PNG" else "JPEG"  # or several JPEGs in one file
    if kind == "JPEG":
        half = (picture.width // 2, picture.height // 2)
        while picture.width * picture.height > PRINTED and picture.draft(None, half):
            half = (picture.width // 2, picture.height // 2)
    _refuse_beyond(picture, PRINTED)
    picture = _upright(picture)
    if picture.mode not in ("1", "L", "RGB", "RGBA", "CMYK"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return saved(picture, kind, quality=90)


GPS = 0x8825  # the tag of places in the notes of a camera
# How notes of a camera begin: in a JPEG, in a PNG, in a WebP. And how a place is spelt in notes of a program (XMP).
_NOTES = ((b"Exif\0\0", 0), (b"eXIf", 4), (b"EXIF", 8))
_SPELT = (b"exif:GPS", b"e\0x\0i\0f\0:\0G\0P\0S\0")
_LONGEST_NOTES = 1 << 16  # bytes


def says_place(data: bytes) -> bool:
    """True where a picture in these bytes says where it was taken. The bytes may be of a whole document.

    Notes inside a packed stream are not found.
    """
    if any(spelt in data for spelt in _SPELT):
        return True
    for begins, after in _NOTES:
        at = data.find(begins)
        while at >= 0:
            if _has_place(data[at + after : at + after + _LONGEST_NOTES]):
                return True
            at = data.find(begins, at + len(begins))
    return False


def _has_place(notes: bytes) -> bool:
    from PIL import Image

    exif = Image.Exif()
    try:
        exif.load(notes)
        return bool(exif.get_ifd(GPS))
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return False  # no notes, or broken ones


def upright_picture(file: Path, turn: int = 0) -> "Image":
    """A picture of at most LONGEST points a side, upright, turned by so many quarters to the right."""
    from PIL import Image

    picture = _entered(file, whole=DECODED_WHOLE)
    picture.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded no larger than needed
    _refuse_beyond(picture, DECODED)
    if picture.has_transparency_data:  # what shows through is paper: a signature is often cut out
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    picture = _upright(picture)
    return picture.rotate(-90 * (turn % 4), expand=True) if turn % 4 else picture


def _entered(file: Path, *, whole: int) -> Any:
    """Open a picture and decode no point yet. whole: points of one that opens in no smaller size."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # asked here
    picture = Image.open(file, formats=("JPEG", "PNG"))
    is_whole = picture.format == "PNG" or "progressive" in picture.info
    _refuse_beyond(picture, whole if is_whole else MOST_POINTS)
    return picture


def _upright(picture: "Image") -> "Image":
    """Turn a picture as its camera says it was held, even if other notes of the camera are broken."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture)


def _refuse_beyond(picture: "Image", points: int) -> None:
    if picture.width * picture.height > points:
        raise file_pool.ReaderRefusal("points")


def saved(picture: "Image", kind: str = "JPEG", *, quality: int) -> str:
    """The points of a picture and nothing else, in base 64."""
    from PIL import Image

    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # no text, no profile, no comment
    kept = io.BytesIO()
    bare.save(kept, kind, **({"quality": quality} if kind == "JPEG" else {"compress_level": 4}))
    return base64.b64encode(kept.getvalue()).decode()
