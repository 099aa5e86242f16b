"""The way from a unit's page to its slides, to one's own report on it, and to the rounds of review for who leads it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow
from abhiyan.units.rules.ranges import hierarchy_of

from .queries.leader_reports import is_above

RANK = 3  # of its first way among those of a unit's page


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """Yield unit: for its page. Nothing for search."""
    if unit is None or unit.lo is None:
        return
    if viewer.sees_counts_at(unit.lo) and viewer.is_strong:
        page = unit_address(address_of("review:deck_new"), unit.code, hierarchy_of(unit.lo))
        yield Door(_("Slides"), page, icon="slides", rank=RANK)
    if is_above(viewer, unit):
        page = unit_address(address_of("review:leader_report"), unit.code, hierarchy_of(unit.lo))
        yield Door(_("My report"), page, icon="edit")
    if viewer.may_at(LEADS, unit.lo):
        yield Door(_("Review rounds"), address_of("review:rounds"), icon="list")
