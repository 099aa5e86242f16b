"""Slides as LibreOffice shows them: whether all words stand where they belong, and Hindi is joined as it is read."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageFont
from pptx import Presentation

from abhiyan.core import printing

A_POINT = 12_700
NEAR = 4.0  # points: by so much a letter may stand over the edge of its box
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
HOW = "apt-get install libreoffice-calc libreoffice-impress poppler-utils"


def office() -> str:
    """LibreOffice; without it the test is left out, or fails where nothing may be absent."""
    found = shutil.which("soffice") if shutil.which("pdftotext") else None
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"LibreOffice is absent: {HOW}")
    return str(found)


@dataclass(frozen=True)
class Word:
    """One word as it is drawn, in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def is_in(self, box: tuple[float, float, float, float]) -> bool:
        x, y, right, bottom = box
        return x - NEAR <= self.left and self.right <= right + NEAR and y <= self.middle <= bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def drawn(deck: Path, folder: Path) -> tuple[Path, list[list[Word]]]:
    """A deck converted to PDF, with the words of each page; and a picture of each page in the folder."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office(), "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(deck)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    pdf = folder / f"{deck.stem}.pdf"
    shots = Path(os.environ.get("ABHIYAN_TEST_SHOTS") or folder)
    subprocess.run(["pdftoppm", "-r", "80", "-png", str(pdf), str(shots / deck.stem)], check=True)
    said = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    return pdf, [
        [
            Word(unescape(text), *(float(n) for n in places))
            for *places, text in re.findall(
                r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
                page,
            )
        ]
        for page in re.findall(r"<page .*?</page>", said, re.DOTALL)
    ]


def unfit(deck: Path, folder: Path, *, drawn_too: str = "") -> list[str]:
    """Return the faults of a drawn deck, page by page. drawn_too: a word that must be somewhere."""
    pdf, pages = drawn(deck, folder)
    slides = list(Presentation(str(deck)).slides)
    found = [f"{len(slides)} slides, {len(pages)} pages"] if len(slides) != len(pages) else []
    if drawn_too and not any(word.text == drawn_too for words in pages for word in words):
        found.append(f"nowhere drawn: {drawn_too}")
    for number, (slide, words) in enumerate(zip(slides, pages, strict=False), 1):
        found += [f"{number}: {each}" for each in (*_misplaced(slide, words), *_over_one_another(words))]
        found += [f"{number}: {each}" for each in _unjoined(slide, words)]
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True).stdout
    found += [f"another typeface: {each}" for each in fonts.splitlines()[2:] if "NotoSans" not in each]
    return found


def _box(shape: Any) -> tuple[float, float, float, float]:
    left, top = shape.left / A_POINT, shape.top / A_POINT
    return left, top, left + shape.width / A_POINT, top + shape.height / A_POINT


def _said(shape: Any) -> list[str]:
    if shape.has_table:
        return [
            word for row in shape.table.rows for cell in row.cells for word in cell.text_frame.text.split()
        ]
    return shape.text_frame.text.replace("‹#›", "9").split() if shape.has_text_frame else []


def _misplaced(slide: Any, words: list[Word]) -> Iterator[str]:
    """Text that does not stand within its box, boxes without text, and words beyond the page."""
    for shape in slide.shapes:
        said, box = _said(shape), _box(shape)
        if shape.is_placeholder and not said:
            yield f"an empty placeholder: {shape.name}"
        if shape.has_chart:
            inside = [word for word in words if word.is_in(box)]
            if not inside:
                yield "a chart without a word"
        elif said and sum(word.is_in(box) for word in words) < len(said):
            yield f"not all of it is in its box: {' '.join(said)[:80]}"
    width, height = slide.part.package.presentation_part.presentation.slide_width, 0
    for word in words:
        if word.left < 0 or word.right > width / A_POINT or word.top < height:
            yield f"beyond the page: {word.text}"
        if "\u25cc" in word.text:
            yield f"a sign without its letter: {word.text}"


def _over_one_another(words: list[Word]) -> Iterator[str]:
    """Words that cover each other."""
    for at, one in enumerate(words):
        for other in words[at + 1 :]:
            across = min(one.right, other.right) - max(one.left, other.left)
            tall = min(one.bottom, other.bottom) - max(one.top, other.top)
            least = min(one.bottom - one.top, other.bottom - other.top)
            if across > 2 and tall > 0.5 * least:
                yield f"{one.text} stands over {other.text}"


@cache
def _face(name: str, size: int, is_joined: bool) -> Any:
    engine = ImageFont.Layout.RAQM if is_joined else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(printing.FONTS / f"noto-sans{name}-bold.ttf"), size, layout_engine=engine)


def _unjoined(slide: Any, words: list[Word]) -> Iterator[str]:
    """Yield Hindi words of the title that are not as wide as HarfBuzz makes them: there letters are apart."""
    title = slide.shapes.title
    if title is None:
        return
    size = title.text_frame.paragraphs[0].runs[0].font.size.pt
    for word in words:
        if not word.is_in(_box(title)) or not re.fullmatch(r"[\u0900-\u097f]+", word.text):
            continue
        wide = (word.right - word.left) / size * 1_000
        joined, apart = (_face("-devanagari", 1_000, joined).getlength(word.text) for joined in (True, False))
        if apart > joined * 1.06 and abs(wide - joined) > abs(wide - apart):
            yield f"not joined: {word.text}"
