"""The way from a unit's page to its places and workers."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import covers_part
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import queries
from .numbers import heard_title, source_code


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, to who sees the people there, until the last day. Nothing for search."""
    if unit is None or unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in queries.to_staff(at):
        if covers_part(programme, (unit.lo, unit.hi)):
            page = address_of("stays:board", programme.public_id)
            yield Door(
                _("Stays by place: %(programme)s") % {"programme": name_in_language(programme.names)},
                unit_address(page, unit.code),
                icon="people",
            )
            if programme.opens_on <= clock.day_in(programme.zone, at):
                yield Door(
                    heard_title(programme),
                    unit_address(address_of("forms:heard"), unit.code, source=source_code(programme)),
                    icon="list",
                )
