"""A photograph gives its codes, a small picture, and a trace of the sheet by which it is known again.

It is opened in the pool (`core.file_pool`). A stranger may have written its codes.

For the trace the sheet is found as the bright area and laid straight. It keeps what is darker than the paper around it,
a point for each millimetre. The print is alike on all sheets, the writing is not. We measured rendered sheets,
written on and photographed askew. Photographs of one sheet agree to 0.93 of 1 or more, of different sheets to 0.89.
"""

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abhiyan.core import file_pool
from abhiyan.core.pictures import LONGEST, saved, upright_picture

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 144  # points across of the small picture: no line of a whole sheet can be read on it
QUICK = 1600  # codes are looked for in this size first
MOST_CODES = 8
TRACE = (212, 300)  # points: an A4 sheet, one a millimetre
BLOCK, REACH = (
    36,
    10,
)  # points: two traces are compared block by block, each moved by so much to find the best place
ALIKE = 0.915
SHADES = 16


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """What a picture shows. codes: texts of its QR codes. picture: it again as a JPEG, upright, nothing but its points.
    small: a JPEG. trace: see `alike`; empty where none is."""

    codes: tuple[str, ...]
    picture: bytes
    small: bytes
    trace: bytes


def read_picture(data: bytes, *, turn: int = 0) -> SeenPicture:
    """Read a picture, turned by so many quarters to the right. Raises what file_pool.read_in_pool does."""
    findings = file_pool.read_in_pool(look_at, data, turn=turn)
    picture, small, trace = (base64.b64decode(findings[name]) for name in ("picture", "small", "trace"))
    return SeenPicture(tuple(findings["codes"]), picture, small, trace)


def turned(data: bytes, turn: int) -> bytes:
    """Return the picture turned by so many quarters to the right, as JPEG. Raises what file_pool.read_in_pool does."""
    return base64.b64decode(file_pool.read_in_pool(turn_round, data, turn=turn))


def alike(one: bytes, other: bytes) -> bool:
    """Return True if two traces are of one sheet: the mean of how well each block of the writing is found again."""
    if not one or not other:
        return False
    first, second = _drawn(one), _drawn(other)
    width, height = TRACE
    rows = range(int(height * 0.35), int(height * 0.90) - BLOCK, BLOCK)
    columns = range(int(width * 0.06), int(width * 0.96) - BLOCK, BLOCK)
    distances: list[float] = []
    for top in rows:
        distances += [_found_again(first, second, top, left) for left in columns]
        if np.mean(distances) < ALIKE - 0.1:  # another sheet: seen in its first lines
            return False
    return bool(np.mean(distances) >= ALIKE)


def _found_again(first: Any, second: Any, top: int, left: int) -> float:
    block = first[top : top + BLOCK, left : left + BLOCK]
    around = second[max(0, top - REACH) : top + BLOCK + REACH, max(0, left - REACH) : left + BLOCK + REACH]
    places = np.lib.stride_tricks.sliding_window_view(around, block.shape).reshape(-1, block.size)
    places = places - places.mean(axis=1, keepdims=True)
    block = (block - block.mean()).ravel()
    sizes = np.sqrt((places * places).sum(axis=1) * (block @ block)) + 1e-6
    return float((places @ block / sizes).max())


def _drawn(trace: bytes) -> Any:
    width, height = TRACE
    return np.frombuffer(zlib.decompress(trace), np.uint8).reshape(height, width).astype(np.float32)


# --- in the pool


def turn_round(file: Path, turn: int) -> str:
    """Turn a picture; in base 64."""
    return saved(upright_picture(file, turn), quality=85)


def look_at(file: Path, turn: int) -> dict[str, Any]:
    """Look at one picture, turned, and return what it shows."""
    picture = upright_picture(file, turn)
    small = picture.copy()
    small.thumbnail((SMALL, 2 * SMALL))
    grey = picture.convert("L")
    return {
        "codes": _codes(grey),
        "picture": saved(picture, quality=85),
        "small": saved(small, quality=75),
        "trace": base64.b64encode(_trace(grey)).decode(),
    }


def _codes(grey: "Image") -> list[str]:
    import zxingcpp

    codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for longest in (QUICK, LONGEST):
        tried = grey.copy()
        tried.thumbnail((longest, longest))
        barcodes = zxingcpp.read_barcodes(tried, formats=codes)
        if barcodes or max(grey.size) <= longest:
            return [barcode.text[:200] for barcode in barcodes[:MOST_CODES]]
    return []


def _trace(grey: "Image") -> bytes:
    """Return the writing on the sheet, laid straight; empty if no sheet is visible."""
    from PIL import Image, ImageFilter

    try:
        corners = _corners(grey)
    except (ArithmeticError, IndexError, TypeError, ValueError):  # no edges a line could be laid along
        return b""
    if corners is None:
        return b""
    width, height = TRACE
    (x0, y0), (x1, y1), _below, (x3, y3) = corners
    if np.hypot(x3 - x0, y3 - y0) > np.hypot(x1 - x0, y1 - y0):  # it lies on its side
        corners = [*corners[1:], corners[0]]
    flat = tuple(float(number) for corner in corners for number in corner)
    laid = grey.transform((2 * width, 2 * height), Image.Transform.QUAD, flat, Image.Resampling.BILINEAR)
    laid = laid.resize(TRACE, Image.Resampling.BOX)
    paper = laid.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(10))
    darker = 1 - np.asarray(laid, np.float32) / np.maximum(np.asarray(paper, np.float32), 1)
    drawn = Image.fromarray((darker.clip(0, 1) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.2))
    shades = np.asarray(drawn, np.uint8) // (256 // SHADES)
    return zlib.compress(shades.tobytes(), 9)


def _corners(grey: "Image") -> "Sequence[tuple[float, float]] | None":
    """Return the four corners of the bright area around the middle: above left, below left, below right, above
    right."""
    from PIL import Image, ImageFilter

    scale = 300 / max(grey.size)
    size = [max(8, round(side * scale)) for side in grey.size]
    small = grey.resize((size[0], size[1]), Image.Resampling.BILINEAR).filter(ImageFilter.MedianFilter(5))
    points = np.asarray(small, np.float32)
    bright = points > _threshold(points)
    middle = np.zeros_like(bright)
    rows, columns = points.shape
    middle[rows // 3 : 2 * rows // 3, columns // 3 : 2 * columns // 3] = True
    area = middle & bright
    while True:
        wider = (
            np.asarray(Image.fromarray(area.astype(np.uint8)).filter(ImageFilter.MaxFilter(5)), bool) & bright
        )
        if wider.sum() == area.sum():
            break
        area = wider
    if area.sum() < 0.2 * area.size:
        return None
    left, right = _edge(area), _edge(area[:, ::-1])
    top, bottom = _edge(area.T), _edge(area.T[:, ::-1])
    last_x, last_y = area.shape[1] - 1, area.shape[0] - 1
    right, bottom = (-right[0], last_x - right[1]), (-bottom[0], last_y - bottom[1])
    corners = [_meet(*sides) for sides in ((left, top), (left, bottom), (right, bottom), (right, top))]
    return [(x / scale, y / scale) for x, y in corners]


def _edge(area: Any) -> tuple[float, float]:
    """Return the line along the left of an area, x = slope * y + start.

    It fits the rows around its middle, without strays, as where a thumb lies on it.
    """
    rows = np.nonzero(area.any(axis=1))[0]
    first, last = rows[len(rows) // 5], rows[-len(rows) // 5]
    ys = np.arange(first, last)
    ys = ys[area[first:last].any(axis=1)]
    xs = area[ys].argmax(axis=1)
    slope, start = np.polyfit(ys, xs, 1)
    for _again in range(3):
        off = np.abs(xs - (slope * ys + start))
        near = off <= max(1.0, float(np.median(off)) * 1.5)
        slope, start = np.polyfit(ys[near], xs[near], 1)
    return float(slope), float(start)


def _meet(side: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Return the point where x = a * y + b and y = c * x + d meet."""
    (a, b), (c, d) = side, end
    x = (a * d + b) / (1 - a * c)
    return x, c * x + d


def _threshold(points: Any) -> float:
    """Return where bright begins (N. Otsu, 1979): the value that parts the points best into two groups."""
    counts, _edges = np.histogram(points, 256, (0, 256))
    below, sums = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / below[-1] - sums) ** 2 / (below * above)
    return float(np.nanargmax(np.where(np.isfinite(between), between, 0)))
