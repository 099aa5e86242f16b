"""Offer work at doors on Today: where somebody may enter people for a drive."""

from collections import Counter
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.words import name_in_language
from abhiyan.intake.queries.drive_work import DriveWork
from abhiyan.org.here import unit_address
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import queries
from .rules.states import DoorState


def enrol_people(drive_work: DriveWork) -> Iterator[Owed]:
    """Yield the page of doors of an office, for a drive in which its holder may enter people."""
    office = drive_work.office
    if not drive_work.enters:
        return
    yield Owed(
        urgency=2,
        title=_("Enrol people at the door"),
        meta=_entered_today(drive_work),
        href=unit_address(
            reverse("doorstep:field"), office.unit_code, None, drive=str(drive_work.programme.public_id)
        ),
        act=_("Start"),
        icon="enrol",
    )


def _entered_today(drive_work: DriveWork) -> str:
    """Return the drive, the place, and how many people the viewer entered today; before the first, how their
    phone answers."""
    today, by = queries.day_began(drive_work.at), drive_work.viewer.public_id
    of_today, *_rest = (
        queries.own_counts(by, today=today, since=today, programme_id=drive_work.programme.pk)
        if by
        else [Counter[DoorState]()]
    )
    where = {"drive": name_in_language(drive_work.programme.names), "place": drive_work.office.unit_name()}
    if n := of_today.total():
        return _("%(drive)s, %(place)s · %(n)s today") % (where | {"n": grouped(n)})
    return _("%(drive)s, %(place)s. Their own phone answers by a code or a call.") % where
