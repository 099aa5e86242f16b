"""The way from a unit's page to the appointments of the unit and all below it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow
from abhiyan.units.rules.ranges import hierarchy_of

RANK = 4  # of its first way among those of a unit's page


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page. Nothing for search."""
    if unit is not None and unit.lo is not None and viewer.may("org.read") and viewer.sees_counts_at(unit.lo):
        page = unit_address(address_of("org:appointments"), unit.code, hierarchy_of(unit.lo))
        yield Door(_("Appointments"), page, icon="key", rank=RANK)
