"""The work of a running programme of contact today: the doors of one's own booth."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import PHONE_UNITS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.queries import MeasureStand, runs_now
from abhiyan.ui.addresses import address_of
from abhiyan.ui.owed import Owed

from . import numbers, queries
from .actions import MEET


def owes_doors(viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """Yield one row for who works at the doors of a booth: how many doors of its lists are met."""
    programme = stand.programme
    if not viewer.is_strong or home.unit_kind not in PHONE_UNITS or not viewer.may_at(MEET, home.lo):
        return
    if not runs_now(programme, at):
        return
    if not queries.goes_to_doors(programme, home.unit_id):
        return
    with system("the doors of a booth are counted for who works there"):
        doors = numbers.doors_met(programme, home.unit_id, is_exact=viewer.sees_exact_at(home.lo))
    page = address_of("contact:field_doors", programme.public_id)
    yield Owed(
        urgency=1,
        title=_("Meet people at their doors"),
        meta=doors.words or name_in_language(programme.names),
        href=unit_address(page, home.unit_code),
        act=_("Open my doors"),
        icon="enrol",
    )
