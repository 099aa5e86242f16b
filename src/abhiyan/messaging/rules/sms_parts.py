"""A long SMS that its provider hands over in parts: which texts are parts, and how they are one again.

Marks come from the provider: the header of 3GPP TS 23.040 (9.2.3.24.1 and .8), or fields that say the same. Without a
mark a part is as long as a part may be.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import texts, words

MOST_PARTS = 12  # of one text; as long as `words.LONGEST`
_BITS_7 = frozenset((151, 152, 153, 159, 160))  # characters; a space at the end may be lost
_BITS_16 = frozenset((65, 66, 67, 69, 70))
_GOING_ON = frozenset(" ,;:)।،؛")
_REFS = ("concat-ref", "concat_ref", "partRef")
_OFS = ("concat-total", "concat_total", "partsOf")
_NS = ("concat-part", "concat_part", "part")


@dataclass(frozen=True, slots=True)
class PartMark:
    """The place of a part in its text. ref: the same for all of the text; n: from 1."""

    ref: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class SmsPart:
    """A part as it came. mark: None where the provider says nothing."""

    text: str
    mark: PartMark | None = None


def part_mark(values: Mapping[str, Any]) -> PartMark | None:
    """Return the mark that a provider gave a part. None for a whole text, and for a mark that cannot be read."""
    header = next((value for name, value in values.items() if name.casefold() == "udh"), None)
    if isinstance(header, str) and (mark := _of_header(header)):
        return mark
    ref, total, n = (
        next((str(values[name]) for name in names if name in values), "") for names in (_REFS, _OFS, _NS)
    )
    return _mark(ref, n, total) if n.isdecimal() and total.isdecimal() and len(n + total) < 6 else None


def _of_header(header: str) -> PartMark | None:
    try:
        octets = bytes.fromhex(header.replace(":", "").removeprefix("0x"))
    except ValueError:
        return None
    place, end = 1, min(len(octets), octets[0] + 1) if octets else 0
    while place + 1 < end:
        kind, size = octets[place], octets[place + 1]
        inner = octets[place + 2 : place + 2 + size]
        if (kind, len(inner)) in ((0, 3), (8, 4)):
            return _mark(inner[:-2].hex(), str(inner[-1]), str(inner[-2]))
        place += 2 + size
    return None


def _mark(ref: str, n: str, total: str) -> PartMark | None:
    return (
        PartMark(ref[:40], int(n), int(total))
        if 1 <= int(n) <= int(total) <= MOST_PARTS and int(total) > 1
        else None
    )


def is_full_part(text: str) -> bool:
    """Return True if a text is as long as a part of a longer one, or as one SMS."""
    length, is_narrow = texts.length(text)
    return length in (_BITS_7 if is_narrow else _BITS_16)


def is_complete(parts: Sequence[SmsPart]) -> bool:
    """Return True if every part of a marked text is there."""
    marks = {part.mark.n for part in parts if part.mark is not None}
    return any(part.mark is not None and len(marks) == part.mark.of for part in parts)


def join_parts(parts: Sequence[SmsPart]) -> str:
    """The text of its parts. A part that is a no stands first, so that it is heard.

    Marked parts have their order. Else a part that begins with a word of ours is the first. A short one, and one that
    begins in the middle of a letter, is the last.
    """
    if all(part.mark is not None for part in parts):
        # Two texts may have one mark: phones count them up to 255, some always alike. Then both are read.
        ordered = sorted(dict.fromkeys(parts), key=lambda part: part.mark.n if part.mark else 0)
        pieces = [part.text for part in ordered]
    else:
        pieces = [part.text for part in sorted(parts, key=_place)]
    whole = ""
    for piece in pieces:
        whole += piece if not whole or is_exact(whole, piece) else f" {piece}"
    no = next((piece for piece in pieces if _is_no(piece)), None)
    if no is not None and words.read_said_text(whole).word not in words.REFUSING:
        whole = "\n".join([no, *(piece for piece in pieces if piece is not no)])
    return whole[: words.LONGEST]


def _place(part: SmsPart) -> int:
    if not is_full_part(part.text):
        return 3
    if goes_on(part.text):
        return 2
    return 0 if words.read_said_text(part.text).word is not None else 1


def goes_on(text: str) -> bool:
    """Return True if a text begins in the middle of a sentence: within a letter, or with a space or a comma."""
    return bool(text) and (unicodedata.category(text[0])[0] == "M" or text[0] in _GOING_ON)


def is_exact(whole: str, piece: str) -> bool:
    """Return True if a piece follows without a space: the text was cut at a part's length, or within a letter."""
    return goes_on(piece) or is_full_part(whole[-160:]) or is_full_part(whole)


def _is_no(piece: str) -> bool:
    """Return True if a part by itself is a no. "no water for a week" in the middle of a text is none."""
    reading = words.read_said_text(piece)
    return reading.word in words.REFUSING and (reading.word is not words.TextWord.NO or not reading.rest)
