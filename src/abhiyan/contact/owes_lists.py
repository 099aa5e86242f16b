"""The work of who runs a programme of contact today: lists that wait, and follow-ups that are due."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.words import named
from abhiyan.org.here import address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.queries import MeasureStand
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import office
from .actions import RUN


def owes_lists(viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """Yield a row for the lists that are approved and not imported, and one for follow-ups due, to who runs it."""
    programme = stand.programme
    if not viewer.may_at(RUN, home.lo):
        return
    waiting, due = office.waiting_in(programme, (home.lo, home.hi), at=at)
    if waiting:
        title = ngettext(
            "%(n)s approved list waits for its import", "%(n)s approved lists wait for their import", waiting
        )
        yield Owed(
            urgency=1,
            title=title % {"n": grouped(waiting)},
            meta=named(programme.names),
            href=address(reverse("contact:lists", args=[programme.public_id]), home.unit_code),
            act=_("Open the lists"),
            icon="upload",
        )
    if due:
        title = ngettext("%(n)s promised visit is due", "%(n)s promised visits are due", due)
        yield Owed(
            urgency=1,
            title=title % {"n": grouped(due)},
            meta=named(programme.names),
            href=address(reverse("contact:board", args=[programme.public_id]), home.unit_code, show="due"),
            act=_("See where"),
            icon="people",
        )
