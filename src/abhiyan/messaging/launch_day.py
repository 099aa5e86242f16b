"""What the launch page says of messages: how many wait and for how long, and whether they can leave."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Age, Figure, Thing, Way
from abhiyan.ui.numbers import grouped

from . import queries

LATE_S, TOO_LATE_S = 60, 300  # a reply that waits longer is marked


def launch_day(viewer: Viewer, *, programme_id: int, is_whole: bool, at: datetime) -> Iterator[Thing]:  # noqa: ARG001  # alike for every room
    """is_whole: the viewer sees all of the programme; else nothing: messages wait in one queue, not by unit."""
    if not is_whole:
        return
    with system("how many messages wait, on the launch page"):
        waiting = queries.waiting(programme_id, at=at)
        away = {one.lane: one for one in queries.outages()}
    oldest = waiting.oldest_s
    yield Figure(
        _("Replies waiting"),
        grouped(waiting.n) + ("+" if waiting.is_more else ""),
        note=_("oldest %(age)s") % {"age": _age(oldest)} if waiting.n else "",
        kind="bad" if oldest >= TOO_LATE_S else "warn" if oldest >= LATE_S else "",
        href=reverse("messaging:list") + "?state=queued",
    )
    labels = (_("under 1 minute"), _("1 to 5 minutes"), _("5 to 10 minutes"), _("over 10 minutes"))
    for label, n, kind in zip(labels, waiting.ages, ("", "warn", "bad", "bad"), strict=True):
        yield Age(label, n, kind if n else "")
    for lane, name in (("codes", _("Codes by SMS, out")), ("send", _("Replies by SMS, out"))):
        outage = away.get(lane)
        yield Way(
            name,
            _("gateway away") if outage else _("works"),
            "bad" if outage else "ok",
            note=_("since %(when)s: messages wait and go when it answers")
            % {"when": date_format(localtime(outage.since), "H:i")}
            if outage
            else "",
        )


def _age(seconds: float) -> str:
    """Minutes and seconds: 0:48; from an hour on hours, from two days on days."""
    minutes, rest = divmod(int(seconds), 60)
    hours = minutes // 60
    if hours >= 48:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": grouped(hours // 24)}
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": grouped(hours)}
    return f"{minutes}:{rest:02d}"
