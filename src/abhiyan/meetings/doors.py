"""The way from a unit's page to calling a meeting there."""

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


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, where the viewer leads it. Nothing for search."""
    if unit is not None and unit.lo is not None and viewer.may_at(LEADS, unit.lo):
        page = unit_address(address_of("meetings:meeting_new"), unit.code, hierarchy_of(unit.lo))
        yield Door(_("Call a meeting"), page, icon="people")
