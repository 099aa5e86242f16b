"""Link from the page of a unit to the people there who want to help."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """Yield the way to who wants to help in a unit, for who sees people there."""
    if unit is not None and unit.lo is not None and viewer.sees_people_at(unit.lo):
        yield Door(
            _("Who wants to help"), f"{address_of('friends:helpers')}?{urlencode({'unit': unit.code})}"
        )
