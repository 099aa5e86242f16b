"""Offer pages that gather what is sent: circulars that wait for a reader, and the queue of a drive."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from abhiyan.core.ages import Ages
from abhiyan.core.numbers import grouped
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Backlog, ChannelTraffic, Of, Thing, WorkedLoop
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries
from .actions.holding import RELEASABLE
from .circulars import read_of
from .rules import reasons
from .todo import held_page, message_todo

SEND, CODES = "messaging.send", "messaging.codes"  # the loops


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Count the circulars that went to an office-bearer, and those they have not read."""
    if subject.account_id is None:
        return
    n, unread = read_of(subject.account_id)
    yield ReviewedPart(
        _("Circulars"), [(_("Circulars received"), grouped(n)), (_("Not read yet"), grouped(unread))]
    )


def launch_traffic(viewer: Viewer, of: Of) -> Iterator[Thing]:
    """For the whole drive, yield everything in the queue, which all drives share, and what is held back. For a unit
    below, yield what waits for its people. Only a viewer who sees those people gets it; in a system scope."""
    if not of.is_exact:
        return
    if not of.is_whole:
        below = queries.waiting_below(of.span, of.programme_ids, at=of.at)
        yield Backlog(_("Messages to your people"), below, loop=SEND)
        yield WorkedLoop(SEND, _("no message leaves"))
        return
    waiting = queries.waiting_messages(of.programme_ids, at=of.at)
    away = {outage.lane: outage for outage in queries.outages()}
    yield Backlog(_("Replies and messages of the drive"), waiting.get("own", Ages()), loop=SEND)
    yield Backlog(
        _("One-time codes"),
        waiting.get("codes", Ages()),
        todo=_("Somebody waits for each at a screen."),
        loop=CODES,
        is_own=False,
    )
    yield Backlog(
        _("Other messages in the same queue"), waiting.get("others", Ages()), loop=SEND, is_own=False
    )
    for what, ages in sorted(waiting.items()):
        if what.startswith(queries.HELD):
            reason = what.removeprefix(queries.HELD)
            may = reason in RELEASABLE and viewer.may("messages.release")
            yield Backlog(
                _("Held back"),
                ages,
                todo=reasons.reason_words(reason),
                href=held_page() if viewer.may("messages.read") else "",
                act=_("Ask for approval") if may else _("Look"),
            )
    for lane, name in (("codes", _("Codes by SMS, out")), ("send", _("Replies by SMS, out"))):
        outage = away.get(lane)
        yield ChannelTraffic(
            name,
            _("gateway away") if outage else _("works"),
            "bad" if outage else "ok",
            note=_("since %(when)s: messages wait and go when it answers. Call the provider.")
            % {"when": date_format(localtime(outage.since), "H:i")}
            if outage
            else "",
            href=reverse("messaging:list") if outage and viewer.may("messages.read") else "",
            act=_("Look"),
        )
    yield WorkedLoop(SEND, _("no message leaves"))
    yield WorkedLoop(CODES, _("no one-time code leaves"))


todo = message_todo
