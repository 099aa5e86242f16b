"""The work of who runs a programme of contact today: lists that wait, and follow-ups that are due."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import MeasureStand
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import LateBelow, Owed, at_desks

from . import office
from .actions import RUN


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
