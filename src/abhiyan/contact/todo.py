"""List what a running programme of contact asks today: doors, silent call centres, lists that wait, visits due."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS, PHONE_UNITS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import MeasureStand, runs_now
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import LateBelow, Owed, at_desks

from . import centres_below, numbers, office, queries
from .actions import MEET, RUN


def owes_lists(
    viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime
) -> Iterator[Owed | LateBelow]:
    """Yield a row for the lists that are approved and not imported, and one for follow-ups due, to who runs it.

    An office above the districts imports the lists of its own unit, and hears of late work below.
    """
    programme = stand.programme
    if not viewer.may_at(RUN, home.lo):
        return
    work = office.waiting_in(programme, home, at=at)
    leads = viewer.leads_desks
    if lists := work.own if leads else work.own + work.below:
        yield _waiting(programme, home, lists)
    if leads and work.late:
        yield from at_desks(_waiting(programme, home, work.late), leaves=True, is_late=True)
    if visits := work.overdue if leads else work.due:
        yield from at_desks(_due(programme, home, visits), leaves=leads, is_late=True)


def _waiting(programme: Programme, home: HeldOffice, n: int) -> Owed:
    title = ngettext(
        "%(n)s approved list waits for its import", "%(n)s approved lists wait for their import", n
    )
    return Owed(
        urgency=1,
        title=title % {"n": grouped(n)},
        meta=name_in_language(programme.names),
        href=unit_address(reverse("contact:lists", args=[programme.public_id]), home.unit_code),
        act=_("Open the lists"),
        icon="upload",
    )


def _due(programme: Programme, home: HeldOffice, n: int) -> Owed:
    return Owed(
        urgency=1,
        title=ngettext("%(n)s promised visit is due", "%(n)s promised visits are due", n) % {"n": grouped(n)},
        meta=name_in_language(programme.names),
        href=unit_address(reverse("contact:board", args=[programme.public_id]), home.unit_code, show="due"),
        act=_("See where"),
        icon="people",
    )


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


def owes_centres(viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """Yield a row for the silent call centres below a leader's unit, where the programme has a call queue."""
    programme = stand.programme
    if home.unit_kind in PHONE_UNITS or not runs_now(programme, at):
        return
    if not (viewer.may_at(LEADS, home.lo) and viewer.sees_people_at(home.lo)):  # as their page asks
        return
    with system("silent call centres are counted for who leads there"):
        silence = numbers.silence_in(programme, (home.lo, home.hi), at=at)
    if silence is None or not silence.silent:
        return
    page = reverse("contact:calling", args=[programme.public_id])
    yield Owed(
        urgency=1,
        title=silence.words,
        meta=name_in_language(programme.names),
        href=unit_address(page, home.unit_code, show=centres_below.SILENT),
        act=_("Remind them"),
        icon="phone",
    )
