"""Printed forms: their words in a language, and the PDF of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import printing
from abhiyan.core.words import name_in_language
from abhiyan.people.models import Notice
from abhiyan.units.models import Unit

from .models import PaperBatch
from .rules.batches import ROWS, sheet_code

FORM = printing.PrintTemplate.read(Path(__file__).with_name("form.typ"))
# A notice is printed whole. It is on the front up to so many letters; else on the back, the longer the smaller.
FRONT = 1_100
SIZES = ((3_000, 12.5), (4_500, 10.5), (6_500, 9))  # letters -> size of its letters in points
SMALLEST = 8.5
ONE_COLUMN = 12  # points: letters of this size are laid across the whole page


def forms(
    batch: PaperBatch,
    *,
    drive: dict[str, str],
    unit: Unit,
    notice: Notice,
    address: str,
    number: str = "",
    helpline: str = "",
    at: datetime,
    with_lines: bool,
) -> bytes:
    """Return the sheets of a batch as one PDF, in its language, for both sides of the paper where the notice is
    long. address: of the batch's page, for the codes: each sheet has its own. number: a missed call to it
    confirms an entry; helpline: it answers questions. with_lines: as of `printing.print_pdf`."""
    with translation.override(batch.language):
        title = _("Batch %(number)s") % {"number": batch.number}
        parts = _parts(notice.sections)
        letters = sum(len(heading) + len(text) for heading, text in parts)
        size = next((size for most, size in SIZES if letters <= most), SMALLEST)
        values = {
            "organisation": settings.ORGANISATION or "Abhiyan",
            "drive": name_in_language(drive),
            "place": f"{name_in_language(unit.names)} ({unit.code})",
            "batch_label": _("Batch number") + ":",
            "batch": batch.number,
            "notice": {
                "title": notice.title,
                "version": _("Notice, version %(version)s") % {"version": notice.version},
                "size": size,
                "across": 1 if size >= ONE_COLUMN else 2,
                "columns": _halves(parts),
                "is_long": letters > FRONT,
                "short": _(
                    "The notice on the back says what we keep, what for, and how you leave again. Read it before you "
                    "sign, or have it read to you."
                ),
            },
            "how": _("Each person writes their own line and signs. Only people of 18 or older."),
            "calls": [
                *([_("To confirm, give a missed call to %(number)s") % {"number": number}] if number else []),
                *([_("Questions? Call the helpline: %(number)s") % {"number": helpline}] if helpline else []),
            ],
            "columns": [
                "",
                _("Name"),
                _("Mobile number"),
                _("Birth year"),
                _("Booth or PIN code"),
                _("Signature or thumb print"),
            ],
            "rows": ROWS,
            "foot": [_("Worker's name"), _("Worker's phone"), _("Day")],
            "after": _(
                "Each phone gets one message and can answer NO: the entry is then removed. Keep this sheet until the "
                "list is imported."
            ),
        }
        sheets = [
            values
            | {
                "sheet": _("Sheet %(n)s of %(of)s") % {"n": n, "of": batch.sheets},
                "back": _("Back of sheet %(n)s, batch %(number)s") % {"n": n, "number": batch.number},
                "code": printing.qr(sheet_code(address, n)),
            }
            for n in range(1, batch.sheets + 1)
        ]
    return printing.print_pdf(
        FORM,
        sheets,
        title=title,
        language=batch.language,
        at=at.replace(microsecond=0),
        with_lines=with_lines,
    )


def _halves(parts: list[tuple[str, str]]) -> list[list[dict[str, str]]]:
    """Return the parts in two columns of about equal length."""
    columns: list[list[dict[str, str]]] = [[], []]
    left, half = 0, sum(len(heading) + len(text) for heading, text in parts) / 2
    for heading, text in parts:
        columns[left >= half].append({"heading": heading, "text": text})
        left += len(heading) + len(text)
    return columns


def _parts(sections: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return heading and text; sections of older notices have no key before these."""
    return [(heading.strip(), " ".join(text.split())) for *_key, heading, text in sections]
