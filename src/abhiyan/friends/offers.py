"""Offer the page of a unit the people there who want to help."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to the people who want to help there, for who sees its people."""
    if unit.lo is not None and viewer.sees_people_at(unit.lo):
        yield RoomLink(
            _("Who wants to help"), f"{address_of('friends:helpers')}?{urlencode({'unit': unit.code})}"
        )
