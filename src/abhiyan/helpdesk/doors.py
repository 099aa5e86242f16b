"""The way from a unit's page to the requests of its people."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import numbers, queries


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, how many requests of its people wait, to who answers there. Nothing for search: `found`
    does."""
    if unit is None or unit.lo is None or unit.hi is None or not viewer.may_at(queries.ANSWER, unit.lo):
        return
    below = numbers.requests_below((unit.lo, unit.hi), at=at)
    sentence = _("No open request here or below")
    if below.n:
        words = ngettext("%(n)s request here and below", "%(n)s requests here and below", below.n)
        sentence = words % {"n": below.figure}
    if below.overdue:
        sentence += f", {below.overdue_words}"
    yield Door(sentence, unit_address(address_of("helpdesk:tickets"), unit.code), icon="phone")
