"""What the helpline asks of somebody today: requests their offices have to answer, those from below among them."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Beside, Owed

from . import queries

MOST = 1_000  # counted up to here


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """Requests that wait at the viewer's desks; and the way to the list and the form for a call."""
    if not viewer.is_strong or not viewer.may(queries.ANSWER):
        return
    page = reverse("helpdesk:tickets")
    yield Beside(
        sheet=_("Helpline"),
        title=_("Requests of your units"),
        meta=_("What people need, and what was answered"),
        href=page,
    )
    desks = queries.desks_of(viewer)
    n, overdue, raised, due_at = queries.waiting(desks, at=at, limit=MOST) if desks else (0, 0, 0, None)
    if not n or due_at is None:
        return
    if overdue:
        meta = ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": grouped(overdue)}
    else:
        meta = _("The first answer is due %(when)s") % {"when": date_format(localtime(due_at), "j F, H:i")}
    if raised:
        meta += " · " + ngettext("%(n)s came from below", "%(n)s came from below", raised) % {
            "n": grouped(raised)
        }
    yield Owed(
        urgency=0 if overdue else 2,
        title=ngettext("%(n)s request to the helpline", "%(n)s requests to the helpline", n)
        % {"n": grouped(n) if n < MOST else grouped(MOST) + "+"},
        meta=meta,
        href=f"{page}?show=mine",
        act=_("Answer"),
        icon="phone",
        due_at=due_at,
    )
