"""The link from a unit's page to its call centres."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import running_of_kind
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import numbers
from .rules.kinds import KIND


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, to leaders who see its people, where a programme calls. Nothing for search."""
    if unit is None or unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in running_of_kind(KIND, at):
        with system("the call centres of a unit's page"):
            has_centres = numbers.silence_in(programme, (unit.lo, unit.hi), at=at) is not None
        if has_centres:
            yield Door(
                _("Call centres: %(programme)s") % {"programme": name_in_language(programme.names)},
                unit_address(address_of("contact:calling", programme.public_id), unit.code),
                icon="phone",
            )
