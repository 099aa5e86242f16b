"""Offer work at doors on Today: where somebody may enter people for a drive."""

from collections import Counter
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.enrolment.rules.door_work import DoorWork
from abhiyan.org.here import unit_address
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import queries
from .rules.states import DoorState


def enrol_people(door_work: DoorWork) -> Iterator[Owed]:
    """Yield the page of doors of an office, for a drive in which its holder may enter people."""
    office = door_work.office
    yield Owed(
        urgency=2,
        title=_("Enrol people at the door"),
        meta=_entered_today(door_work),
        href=unit_address(reverse("doorstep:field"), office.unit_code, None, drive=str(door_work.drive_id)),
        act=_("Start"),
        icon="enrol",
    )


def _entered_today(door_work: DoorWork) -> str:
    """Return the drive, the place, and how many people the viewer entered today; before the first, how their
    phone answers."""
    today, by = queries.day_began(door_work.at), door_work.viewer.public_id
    of_today, *_rest = (
        queries.own_counts(by, today=today, since=today, programme_id=door_work.programme_id)
        if by
        else [Counter[DoorState]()]
    )
    where = {"drive": door_work.drive_name, "place": door_work.office.unit_name()}
    if n := of_today.total():
        return _("%(drive)s, %(place)s · %(n)s today") % (where | {"n": grouped(n)})
    return _("%(drive)s, %(place)s. Their own phone answers by a code or a call.") % where
