"""Link to the people of a unit, and to people who fit what was typed."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

RANK = 1  # of its first way among those of a unit's page


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page. text: for search."""
    page = address_of("enrolment:people")
    if unit is not None and unit.lo is not None and viewer.sees_people_at(unit.lo):
        yield Door(_("People"), f"{page}?{urlencode({'unit': unit.code})}", icon="user", rank=RANK)
    if text and viewer.may("people.read"):
        yield Door(
            _("Search members for this"),
            f"{page}?{urlencode({'q': text})}",
            about=_("by full phone or member number; by name where the unit is small enough"),
        )
