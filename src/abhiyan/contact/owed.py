"""Rows of Today: the calls of a caller, and the centre of a supervisor. Others cost no query."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import centres, centres_below
from .centres import AGENT, SUPERVISOR


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield a row for each seat in a call centre."""
    for office in viewer.appointments if viewer.is_strong else ():
        if office.body_id is None or office.office not in (AGENT, SUPERVISOR):
            continue
        is_caller = office.office == AGENT
        is_urgent, title = _handed(viewer, at) if is_caller else _needed_in(office.body_id, at)
        yield Owed(
            urgency=0 if is_urgent else 1,
            title=title,
            meta=office.unit_name(),
            href=reverse("contact:calls") if is_caller else reverse("contact:centre", args=[office.body_id]),
            act=_("Open the calls") if is_caller else _("Open the centre"),
            icon="phone",
        )


def _handed(viewer: Viewer, at: datetime) -> tuple[bool, str]:
    """Return whether a supervisor gave call-backs to a caller, and the title of the row."""
    with system("call-backs that were handed to a caller"):
        n = len(centres.handed_to(viewer.account_id or 0, at=at))
    if not n:
        return False, _("Call the next people")
    words = ngettext(
        "Your supervisor gave you %(n)s call-back", "Your supervisor gave you %(n)s call-backs", n
    )
    return True, words % {"n": grouped(n)}


def _needed_in(body_id: int, at: datetime) -> tuple[bool, str]:
    """Return whether a centre needs its supervisor now, and the title of the row: help, late call-backs, silence."""
    with system("what a centre needs of its supervisor"):
        asking = sum(caller_now.help is not None for caller_now in centres.callers_of(body_id, at=at))
        late, is_silent = centres.late_in(body_id, at=at), centres_below.is_centre_silent(body_id, at=at)
    if asking:
        words = ngettext("%(n)s caller needs help", "%(n)s callers need help", asking)
        return True, words % {"n": grouped(asking)}
    if late:
        words = ngettext("%(n)s promised call-back is late", "%(n)s promised call-backs are late", late)
        return True, words % {"n": grouped(late)}
    if is_silent:
        return True, _("Your call centre is silent since yesterday")
    return False, _("Look after your call centre")
