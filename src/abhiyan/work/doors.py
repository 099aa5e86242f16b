"""Link a unit's page to its tasks, meetings and reports, for its leaders."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

RANK = 2  # of its first way among those of a unit's page


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page. Nothing for search."""
    if unit is not None and unit.lo is not None and viewer.may_at(LEADS, unit.lo):
        query = urlencode({"show": "unit", "unit": unit.code})
        yield Door(_("Tasks"), f"{address_of('work:tasks')}?{query}", icon="list", rank=RANK)
        query = urlencode({"unit": unit.code})
        yield Door(_("Meetings and reports"), f"{address_of('work:asked')}?{query}", icon="list")
