"""Sheets as they come back: the printed PDF as a picture, written on, and photographed askew."""

import io
from collections.abc import Sequence
from random import Random

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from abhiyan.core.printing import FONTS
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.paper import printed
from abhiyan.paper.models import PaperBatch
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units

ORIGIN = "https://abhiyan.example"
BOOTHS = {"hi": "बूथ", "en": "Booth"}
INK, TABLE = (20, 30, 120), (90, 70, 55)
DOTS = 130  # an inch of the picture that is written on
Line = Sequence[str]  # name, phone, year, place


def form_of(batch: PaperBatch) -> bytes:
    """The forms of a batch as they are downloaded. In a system scope."""
    programme = programmes.programme_by_id(batch.programme_id)
    drive = queries_drives.drive_for(programme)
    return printed.forms(
        batch,
        drive=programme.names,
        unit=units.unit_by_id(batch.unit_id),
        notice=people.notice(drive.notice_code, batch.language, batch.notice_version),
        address=f"{ORIGIN}/paper/{batch.number}/",
        number="+91 80000 00001",
        helpline="1800 000 111",
        at=batch.made_at,
        with_lines=False,
    )


def page_of(pdf: bytes, page: int, *, dots: int = DOTS) -> Image.Image:
    """A page of a PDF as a picture."""
    shown: Image.Image = pypdfium2.PdfDocument(pdf)[page].render(scale=dots / 72).to_pil()
    return shown.convert("RGB")


def filled(sheet: Image.Image, lines: Sequence[Line], *, hand: int = 0) -> Image.Image:
    """The sheet with lines written on it, each with a signature. hand: how it is written."""
    shown, rng = sheet.copy(), Random(hand)
    pen = ImageDraw.Draw(shown)
    width, height = shown.size
    font = ImageFont.truetype(str(next(FONTS.glob("noto-sans-regular.ttf"))), round(width * 0.022))
    top, step = height * 0.285, height * 0.0575
    for number, line in enumerate(lines):
        y = top + number * step
        for left, text in zip((0.1, 0.31, 0.56, 0.67), line, strict=True):
            at = (width * left + rng.randint(-2, 6), y + rng.randint(-6, 6))
            pen.text(at, text, font=font, fill=INK)
        wave = [(width * (0.82 + 0.01 * n), y + rng.randint(-2, 22)) for n in range(10)]
        pen.line(wave, fill=INK, width=3)
    return shown


def photographed(
    sheet: Image.Image,
    *,
    tilt: float = 0.0,
    bright: float = 1.0,
    quality: int = 70,
    across: int = 1500,
    crop: float = 0.0,
    thumb: bool = False,
    seed: int = 0,
) -> bytes:
    """A JPEG of the sheet on a table. tilt: degrees. crop: the part cut off at each side. thumb: on the code."""
    sheet = sheet.copy()
    width, height = sheet.size
    if thumb:
        ImageDraw.Draw(sheet).ellipse(
            (width * 0.78, -height * 0.05, width * 1.1, height * 0.16), fill=(150, 110, 90)
        )
    table = Image.new("RGB", (round(width * 1.1), round(height * 1.1)), TABLE)
    table.paste(sheet, (round(width * 0.05), round(height * 0.05)))
    table = table.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=TABLE)
    if crop:
        wide, high = table.size
        table = table.crop(
            (round(wide * crop), round(high * crop), round(wide * (1 - crop)), round(high * (1 - crop)))
        )
    table.thumbnail((across * 2, across))
    noise = np.random.default_rng(seed).normal(0, 5, (table.height, table.width, 1))
    seen = np.asarray(ImageEnhance.Brightness(table).enhance(bright), np.float32) + noise
    shown = Image.fromarray(seen.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    kept = io.BytesIO()
    shown.save(kept, "JPEG", quality=quality)
    return kept.getvalue()


def drawn(kind: str = "JPEG", *, shade: int = 1, size: tuple[int, int] = (60, 80)) -> bytes:
    """A small picture with nothing on it, another one for each shade."""
    kept = io.BytesIO()
    Image.new("RGB", size, (shade * 12 % 256, 100, 100)).save(kept, kind)
    return kept.getvalue()


def people_of(seed: int, n: int = 10) -> list[Line]:
    """Lines of people, other ones for each seed."""
    rng = Random(f"sheet {seed}")
    first = ("Asha", "Mohan", "Bilal", "Sunita", "Ghulam", "Ravi", "Farooq", "Meena", "Kamla", "Tariq")
    last = ("Devi", "Lal", "Ahmad", "Kumari", "Nabi", "Kumar", "Dar", "Sharma", "Rani", "Mir")
    return [
        (
            f"{rng.choice(first)} {rng.choice(last)}",
            f"99062{rng.randint(0, 99_999):05d}",
            str(rng.randint(1950, 2004)),
            "JK-B001",
        )
        for _line in range(n)
    ]
