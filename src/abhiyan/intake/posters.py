"""Print posters of a drive: their words in a language, and the PDF of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import printing
from abhiyan.core.words import name_in_language

POSTER = printing.PrintTemplate.read(Path(__file__).with_name("poster.typ"))


def print_posters(
    places: Sequence[tuple[dict[str, str], str]],
    *,
    drive: dict[str, str],
    number: str,
    helpline: str,
    name: str = "",
    language: str,
    at: datetime,
    with_lines: bool,
) -> bytes:
    """Return posters of a drive as one PDF, one for each place.

    places: names of a unit (or none) and the address that names it. number: that joins by a missed call;
    helpline: that answers questions. name: of the worker whose own link it is; "" of none. Raises
    printing.TooMuchToPrint.
    """
    with translation.override(language):
        values = {
            "organisation": settings.ORGANISATION or "Abhiyan",
            "drive": name_in_language(drive),
            "how": _("Point your phone's camera here to join:"),
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
        sheets = [
            values
            | {
                "place": name_in_language(place) if place else "",
                "code": printing.qr(address),
                "address": address.partition("://")[2].removesuffix("/"),
            }
            for place, address in places
        ]
        return printing.print_pdf(
            POSTER,
            sheets,
            title=name_in_language(drive),
            language=language,
            at=at.replace(microsecond=0),
            with_lines=with_lines,
        )
