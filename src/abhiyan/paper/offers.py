"""Offer the page of a unit its paper forms."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its paper forms, for who records joiners there."""
    if unit.lo is not None and viewer.may_at(RECORD, unit.lo):
        yield RoomLink(_("Paper forms"), f"{address_of('paper:paper_list')}?{urlencode({'unit': unit.code})}")
