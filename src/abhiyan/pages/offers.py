"""Offer the launch page of each drive to the page of a unit, and to Today what no other room has."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules import activities, windows
from abhiyan.ui.addresses import address_of
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from .todo import page_todo

RUNS = "programmes.run"
MOST = 5  # drives; the page of each leads to the others


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to the launch page of each drive, for who runs drives there."""
    if unit.lo is None or not viewer.may_at(RUNS, unit.lo):
        return
    for public_id, names, opens_on in programmes.open_over(
        unit.id, limit=MOST, kinds=activities.drive_kinds()
    ):
        label = (
            _("Launch day: %(programme)s")
            if windows.is_launch(opens_on, clock.day_in(settings.TIME_ZONE, at))
            else _("Today in the field: %(programme)s")
        )
        yield RoomLink(
            label % {"programme": name_in_language(names)},
            unit_address(address_of("pages:launch", public_id), unit.code),
            icon="today",
        )


todo = page_todo
