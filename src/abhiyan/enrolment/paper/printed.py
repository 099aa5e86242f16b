"""Printed forms and posters: their words in a language, and the PDF of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import printing
from abhiyan.core.words import named
from abhiyan.enrolment.rules.batches import ROWS
from abhiyan.people.models import Notice
from abhiyan.units.models import Unit

from .models import PaperBatch

HERE = Path(__file__).parent
FORM = printing.Template.read(HERE / "form.typ")
POSTER = printing.Template.read(HERE / "poster.typ")
# A notice is printed whole: the longer it is, the smaller. Letters of its parts -> size of its letters in points.
SIZES = ((1_100, 8.5), (1_500, 7.5), (2_200, 6.5))
SMALLEST = 5.5


def forms(
    batch: PaperBatch, *, drive: dict[str, str], unit: Unit, notice: Notice, address: str, at: datetime
) -> bytes:
    """The sheets of a batch as one PDF, in its language. address: of the batch's page, for the code."""
    with translation.override(batch.language):
        title = _("Batch %(number)s") % {"number": batch.number}
        parts = _parts(notice.sections)
        letters = sum(len(heading) + len(text) for heading, text in parts)
        values = {
            "organisation": settings.ORGANISATION or "Abhiyan",
            "drive": named(drive),
            "place": f"{named(unit.names)} ({unit.code})",
            "batch_label": _("Batch number") + ":",
            "batch": batch.number,
            "code": printing.qr(address),
            "notice": {
                "title": notice.title,
                "version": _("Notice, version %(version)s") % {"version": notice.version},
                "size": next((size for most, size in SIZES if letters <= most), SMALLEST),
                "columns": _halves(parts),
            },
            "how": _("Each person writes their own line and signs. Only people of 18 or older."),
            "columns": [
                "",
                _("Name"),
                _("Mobile number"),
                _("Birth year"),
                _("Booth or PIN code"),
                _("Signature"),
            ],
            "rows": ROWS,
            "foot": [_("Worker's name"), _("Worker's phone"), _("Day")],
            "after": _(
                "Each phone gets one message and can answer NO: the entry is then removed. Keep this sheet until the "
                "list is imported."
            ),
        }
        sheets = [
            values | {"sheet": _("Sheet %(n)s of %(of)s") % {"n": n, "of": batch.sheets}}
            for n in range(1, batch.sheets + 1)
        ]
    return _pdf(FORM, sheets, title=title, language=batch.language, at=at)


def _halves(parts: list[tuple[str, str]]) -> list[list[dict[str, str]]]:
    """The parts in two columns of about equal length."""
    columns: list[list[dict[str, str]]] = [[], []]
    left, half = 0, sum(len(heading) + len(text) for heading, text in parts) / 2
    for heading, text in parts:
        columns[left >= half].append({"heading": heading, "text": text})
        left += len(heading) + len(text)
    return columns


def _parts(sections: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    return [(one[0].strip(), " ".join(one[1].split())) for one in sections]


def poster(
    *,
    drive: dict[str, str],
    place: dict[str, str],
    address: str,
    number: str,
    helpline: str,
    name: str,
    language: str,
    at: datetime,
) -> bytes:
    """The poster of a drive's address as PDF. number: that joins by a missed call; helpline: that answers questions.
    name: of the worker whose own it is; "" of none."""
    with translation.override(language):
        values = {
            "organisation": settings.ORGANISATION or "Abhiyan",
            "drive": named(drive),
            "place": named(place) if place else "",
            "how": _("Point your phone's camera here to join:"),
            "code": printing.qr(address),
            "address": address.partition("://")[2].removesuffix("/"),
            "call": _("Or give a missed call to"),
            "number": number,
            "helpline": _("Questions? Call the helpline: %(number)s") % {"number": helpline}
            if helpline
            else "",
            "from": _("Invited by %(name)s") % {"name": name} if name else "",
            "rule": _(
                "Joining is free, from the age of 18. You read first what we keep, and can leave at any time."
            ),
        }
        return _pdf(POSTER, [values], title=named(drive), language=language, at=at)


def _pdf(
    template: printing.Template, values: list[dict[str, Any]], *, title: str, language: str, at: datetime
) -> bytes:
    return printing.pdf(template, values, title=title, language=language, at=at.replace(microsecond=0))
