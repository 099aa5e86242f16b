"""The words of a printed document, as a reader that copies them would get them."""

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_SPAN = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def words_of(pdf: bytes) -> list[str]:
    """The lines of all pages, from the top. Letters that are drawn in another order than they are written are told by
    the document itself (ActualText)."""
    return [line for page in PdfReader(io.BytesIO(pdf)).pages for line in _lines(page)]


def _lines(page: PageObject) -> Iterator[str]:
    fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]  # a dictionary
    line, y, font, spans = "", None, "", []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"cm":
                if operands[5] != y:
                    if line.strip():
                        yield line.strip()
                    line, y = "", operands[5]
            case b"Tf":
                font = operands[0]
            case b"BDC":
                told = operands[1].get("/ActualText") if isinstance(operands[1], dict) else None
                spans.append(told is not None)
                line += str(told or "")
            case b"EMC":
                spans.pop()
            case b"Tj" | b"TJ" if not any(spans):
                parts = operands[0] if operator == b"TJ" else [operands[0]]
                line += "".join(
                    _read(part, fonts[font]) for part in parts if not isinstance(part, (int, float))
                )
    if line.strip():
        yield line.strip()


def _read(part: Any, letters: dict[int, str]) -> str:
    raw = part.original_bytes
    return "".join(
        letters.get(int.from_bytes(raw[place : place + 2], "big"), "�") for place in range(0, len(raw), 2)
    )


def _letters(font: Any) -> dict[int, str]:
    """What each glyph of a font stands for."""
    told = font["/ToUnicode"].get_data()
    found = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", told, re.DOTALL):
        for glyph, text in _PAIR.findall(part):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", told, re.DOTALL):
        for first, last, text in _SPAN.findall(part):
            begins = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(begins + step)
    return found
