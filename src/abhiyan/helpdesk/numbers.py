"""Numbers of the helpline, read and worded once for Today, a unit's page, the list, a dossier and the launch page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import ngettext

from abhiyan.core import sql
from abhiyan.core.numbers import grouped, grouped_to
from abhiyan.ui.numbers import share
from abhiyan.ui.recorded import WorkDone

from .models import Ticket
from .queries import SMALL, Wanted, condition, of_state, time_is_over, viewer_phones

MOST = 1_000  # requests that are counted at desks
MOST_BELOW = 100  # and on a unit's page


def _overdue_words(n: int, most: int) -> str:
    return ngettext("%(n)s overdue", "%(n)s overdue", n) % {"n": grouped_to(n, most)}


@dataclass(frozen=True, slots=True)
class WaitingRequests:
    """Requests that wait for an answer, counted up to MOST. raised: these came up from below."""

    n: int = 0
    overdue: int = 0
    raised: int = 0
    due_at: datetime | None = None  # of the first
    opened_at: datetime | None = None  # of the oldest

    @property
    def figure(self) -> str:
        return grouped_to(self.n, MOST)

    @property
    def overdue_words(self) -> str:
        return _overdue_words(self.overdue, MOST)


def count_waiting_requests(of: Q, *, at: datetime) -> WaitingRequests:
    """Count what waits in the caller's scope. One query; those due first where there are more than MOST."""
    return _counted(_open(of), at)


def waiting_apart(of: Q, *, at: datetime) -> tuple[WaitingRequests, WaitingRequests]:
    """Count what came here first, and what came up from below. One query."""
    rows = _open(of)
    return _counted([row for row in rows if not row[1]], at), _counted([row for row in rows if row[1]], at)


def _open(terms: Q) -> list[tuple[datetime, int, datetime]]:
    """Return due, raised and opened of what waits. It looks up the viewer's own phones only if something waits."""
    rows = Ticket.objects.filter(terms, state=Ticket.State.OPEN).order_by("due_at")
    facts = list(rows.values_list("due_at", "raised", "opened_at", "phone_id")[:MOST])
    own_ids = viewer_phones() if facts else set()
    return [(due, raised, opened) for due, raised, opened, phone_id in facts if phone_id not in own_ids]


def _counted(rows: list[tuple[datetime, int, datetime]], at: datetime) -> WaitingRequests:
    if not rows:
        return WaitingRequests()
    return WaitingRequests(
        len(rows),
        sum(due < at for due, _raised, _opened in rows),
        sum(raised > 0 for _due, raised, _opened in rows),
        rows[0][0],
        min(opened for _due, _raised, opened in rows),
    )


def quiet_words(of: Q) -> str:
    """Say how many texts ask nothing, counted up to MOST; "" where none does. In the caller's scope; one query."""
    n = Ticket.objects.filter(of, state=Ticket.State.QUIET)[:MOST].count()
    words = ngettext("%(n)s text asks nothing", "%(n)s texts ask nothing", n)
    return words % {"n": grouped_to(n, MOST)} if n else ""


@dataclass(frozen=True, slots=True)
class RequestsBelow:
    """Requests that wait in a unit and below, counted up to MOST_BELOW."""

    n: int
    overdue: int

    @property
    def figure(self) -> str:
        return grouped_to(self.n, MOST_BELOW)

    @property
    def overdue_figure(self) -> str:
        return grouped_to(self.overdue, MOST_BELOW)

    @property
    def overdue_words(self) -> str:
        return _overdue_words(self.overdue, MOST_BELOW)


_BELOW = f"""select count(*), count(*) filter (where due_at < %(at)s) from (
  select t.due_at from helpdesk_ticket t where t.state = 'open' and exists (
    select from units_placement p where p.unit_id = t.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s)
  limit {MOST_BELOW}) found"""


def requests_below(span: tuple[int, int], *, at: datetime) -> RequestsBelow:
    """Count what waits within [lo, hi). In the caller's scope; one query, of as few rows."""
    return RequestsBelow(*sql.row(_BELOW, {"lo": span[0], "hi": span[1], "at": at}, keep_plan=True))


@dataclass(frozen=True, slots=True)
class DeskNumbers:
    """Requests of one desk: how many wait, are overdue, and were solved.

    Half were first answered within median_h hours; None where too few were.
    """

    waiting: int
    overdue: int
    solved: int
    median_h: float | None


def desk_numbers(unit_id: int, *, days: int, at: datetime, until: datetime | None = None) -> DeskNumbers:
    """Count what waits at a unit's desk, and what the last days show of it. In a scope that sees it; one query.

    until: count as solved what was solved before then.
    """
    row = sql.row(
        f"""select count(*) filter (where t.state = 'open'),
          count(*) filter (where t.state = 'open' and due_at < %(at)s), count(*) filter (where t.solved_at < %(until)s),
          case when count(h.first) >= {SMALL} then percentile_cont(0.5) within group (order by h.first) end
        from (select * from helpdesk_ticket where desk_id = %(desk)s and state = 'open'
          union all select * from helpdesk_ticket
          where desk_id = %(desk)s and state not in ('open', 'merged') and opened_at >= %(since)s) t
        cross join lateral (select extract(epoch from t.answered_at - t.opened_at)::float / 3600 as first) h""",
        {"desk": unit_id, "since": at - timedelta(days=days), "at": at, "until": until or "infinity"},
    )
    return DeskNumbers(*row)


def requests_worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield how many requests somebody wrote down and answered, and how many of the people say that it is solved.

    In a system scope; one query.
    """
    typed, solved_of_typed, answered, solved = sql.row(
        """select typed.*, answered.* from (select count(*), count(*) filter (where t.state = 'solved')
          from helpdesk_ticket t where t.opened_by = %(account)s and t.opened_at >= %(since)s) typed,
        (select count(distinct t.id), count(distinct t.id) filter (where t.state = 'solved')
          from helpdesk_ticket_line l join helpdesk_ticket t on t.id = l.ticket_id
          where l.account_id = %(account)s and l.at >= %(since)s and l.what in ('replied', 'done')) answered""",
        {"account": account_id, "since": since},
    )
    if answered:
        words = ngettext("%(n)s request answered", "%(n)s requests answered", answered)
        yield WorkDone(words % {"n": grouped(answered)}, _solved_words(solved), solved)
    if typed:
        words = ngettext("%(n)s request written down", "%(n)s requests written down", typed)
        yield WorkDone(words % {"n": grouped(typed)}, _solved_words(solved_of_typed))


def _solved_words(n: int) -> str:
    words = ngettext("%(n)s person says it is solved", "%(n)s people say it is solved", n)
    return words % {"n": grouped(n)} if n else ""


@dataclass(frozen=True, slots=True)
class Needs:
    """Requests of one kind, one scheme, or one desk with its offices: `of` has the values of these columns.

    under_way: an office has not said that it is done, or the person not that it is solved. in_time: solved, and the
    office said so within the time of its kind. over: that time is over, or the request ended.
    """

    of: tuple[Any, ...]
    came_in: int
    over: int
    under_way: int
    solved: int
    in_time: int
    closed: int

    @property
    def share_in_time(self) -> str:
        """The share of what could be solved in time; "" of fewer than SMALL."""
        return share(self.in_time, self.over) if self.over >= SMALL else ""


NEEDS_BY = {"kind": ("kind",), "scheme": ("scheme",), "office": ("desk_id", "offices")}
NEED_STATES = ("under_way", "solved", "in_time", "closed")


def count_needs(wanted: Wanted, *, by: str, at: datetime) -> list[Needs]:
    """Count needs by kind, by public scheme or by the office that has them in hand, the most frequent first.

    Each figure is the length of the list with the same `Wanted`. by: of NEEDS_BY. Requests of people who had everything
    erased are left out. In the caller's scope; one query.
    """
    columns = NEEDS_BY[by]
    states = {state: Count("pk", filter=of_state(state, at=at)) for state in NEED_STATES}
    rows = Ticket.objects.filter(condition(wanted)).order_by().values(*columns)
    rows = rows.annotate(came_in=Count("pk"), over=Count("pk", filter=time_is_over(at=at)), **states)
    counted = [Needs(tuple(row.pop(column) for column in columns), **row) for row in rows]
    return sorted(counted, key=lambda row: (-row.came_in, row.of))
