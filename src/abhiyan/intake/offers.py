"""Offer pages that gather the people who join: callers, entries without a place, and people who said no."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import ages, small_cells
from abhiyan.enrolment.models import Halt
from abhiyan.enrolment.queries import awaiting, partings
from abhiyan.enrolment.rules import endings
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Backlog, Figure, Noes, Of, Thing, WorkedLoop
from abhiyan.ui.numbers import grouped, grouped_to

from .numbers import joined_by_link
from .queries import calls
from .todo import drive_todo

MOST = 1_000
REPLY = "enrolment.reply"  # the loop
PAUSED = {
    Halt.Kind.LIST: gettext_lazy("Paused: a paper list"),
    Halt.Kind.SENDER: gettext_lazy("Paused: entries of one worker"),
    Halt.Kind.CALLS: gettext_lazy("Paused: leaving by call or text"),
}  # without a name: this page is for more people than the halt's own


def launch_parts(viewer: Viewer, of: Of) -> Iterator[Thing]:
    """Yield members of the unit without a place, counted up to MOST, to who may give one; what was stopped
    because many said no."""
    if viewer.may("enrolment.place"):
        n, oldest = awaiting.unplaced_of(of.programme_ids, of.span, limit=MOST)
        yield Figure(
            _("Members without a place"),
            grouped_to(n, MOST),
            note=ages.oldest_words((of.at - oldest).total_seconds()) if oldest else "",
            kind="warn" if n else "",
            href=unit_address(reverse("enrolment:unplaced"), of.code),
        )
    if viewer.may_any("enrolment.strike_off", "org.approve"):
        for halt in partings.halts():
            if halt.programme_id in (0, *of.programme_ids):
                yield Noes(
                    PAUSED[Halt.Kind(halt.kind)],
                    grouped(halt.noes),
                    href=reverse("enrolment:halt", args=[halt.public_id]),
                    note=partings.how_many(halt),
                )


def launch_traffic(viewer: Viewer, of: Of) -> Iterator[Thing]:
    """Yield for the whole drive callers without a reply; and how many said no today, rounded: below the whole
    drive both kinds as one, for there a count that moved would name somebody. To who sees the people; in a
    system scope."""
    if not of.is_exact:
        return
    if of.is_whole:
        waiting = calls.without_reply(of.programme_ids, at=of.at)
        yield Backlog(_("Callers, reply not written yet"), waiting, loop=REPLY)
        yield WorkedLoop(REPLY, _("no caller gets a reply"))
    noes = partings.noes_today(of.programme_ids, None if of.is_whole else of.span, at=of.at, zone=of.zone)
    left, denied = noes.get(endings.LEFT, 0), noes.get(endings.DENIED, 0)
    if of.is_whole:
        yield Noes(_("LEAVE: left today"), _rounded(left))
        yield Noes(_("NO: never joined"), _rounded(denied))
    else:
        yield Noes(_("Left today, or never joined"), _rounded(left + denied))


def _rounded(n: int) -> str:
    """Round to whole tens for every reader: a leader who watches "0" change would know who said no."""
    return small_cells.seen_count(n, is_exact=False)


work_done = joined_by_link  # people who joined by somebody's own link


todo = drive_todo
