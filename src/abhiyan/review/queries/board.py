"""Show the progress of a round: figures of a place in it, branch by branch, its meetings and late tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from abhiyan.core import sql
from abhiyan.core.cut import Cut, first_of
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.rules.deck_rounds import decided_finding
from abhiyan.review.rules.rounds import Coverage
from abhiyan.units import queries as units
from abhiyan.units.rules import levels
from abhiyan.work.models import Task
from abhiyan.work.queries import tasks
from abhiyan.work.rules.tasks import OPEN

MOST_BRANCHES = 60  # a page shows the deepest level with at most so many
MEETINGS, LATE = 8, 10  # shown


@dataclass(frozen=True, slots=True)
class BoardBranch:
    """A unit of a round, and how far what is below it is. decisions: how many of each kind. next_on: next meeting."""

    code: str
    names: dict[str, str]
    coverage: Coverage
    open_tasks: int = 0
    late_tasks: int = 0
    next_on: date | None = None
    decisions: dict[str, int] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """Say what most of its decisions are."""
        return decided_finding(self.decisions.get(Review.Decision.KEEP, 0), sum(self.decisions.values()))


@dataclass(frozen=True, slots=True)
class Board:
    """A place in a round: all of it, and its branches, the furthest back first."""

    whole: BoardBranch
    branches: Sequence[BoardBranch]


_KINDS = tuple(Review.Decision.values)
# Each review below a place once, with the branch it is in, if it is in one of those shown.
_BOARD = f"""
with r as materialized (
  select r.*, p.lo, r.decided_at is null and r.left_on is null as waits,
    r.met_on is not null as has_met from review_review r
  join units_placement p on p.unit_id = r.unit_id and p.hierarchy = %(hierarchy)s
    and p.lo >= %(first)s and p.lo < %(hi)s
  where r.round_id = %(round)s),
t as (
  select m.review_id, count(*) as n, count(*) filter (where t.due_at < %(at)s) as late from review_minute m
  join r on r.id = m.review_id join programmes_task t on t.id = m.task_id and t.state = any(%(open)s) group by 1),
b as materialized (
  select b.unit_id, b.lo, b.hi from units_placement b join units_unit u on u.id = b.unit_id and u.kind = %(kind)s
  where b.hierarchy = %(hierarchy)s and b.lo > %(lo)s and b.lo < %(hi)s),
s as (
  select b.unit_id, grouping(b.unit_id) = 1 as is_whole, count(r.decided_at) as decided,
    count(*) filter (where r.waits and r.has_met) as met,
    count(*) filter (where r.waits and not r.has_met and r.prepared_at is not null) as ready,
    count(*) filter (where r.waits and not r.has_met and r.prepared_at is null) as empty,
    count(*) filter (where not r.waits and r.decided_at is null) as gone,
    sum(coalesce(t.n, 0))::bigint as open, sum(coalesce(t.late, 0))::bigint as late,
    min(r.meets_on) filter (where r.waits and r.meets_on >= %(on)s) as next_on,
    {", ".join(f"count(*) filter (where r.decision = '{kind}') as {kind}" for kind in _KINDS)}
  from r left join t on t.review_id = r.id left join b on r.lo >= b.lo and r.lo < b.hi
  group by grouping sets ((b.unit_id), ()))
select s.is_whole, u.code, u.names, s.next_on, s.open, s.late, s.decided, s.met, s.ready, s.empty, s.gone,
  {", ".join(_KINDS)}
from s left join units_unit u on u.id = s.unit_id where s.is_whole or s.unit_id is not null"""  # names of ours


def board(review_round: Round, unit_id: int, *, on: date, at: datetime) -> Board:
    """Return the progress of a round below a unit, in one statement. In a scope that sees it.

    In a round of units the unit itself counts too; in one of office-bearers its own do not: the reader is their
    colleague, or holds the office next. The branches are units of the deepest level above what is reviewed that
    has at most MOST_BRANCHES of them.
    """
    lo, hi = units.span(unit_id, review_round.hierarchy)
    params = {
        "round": review_round.pk,
        "hierarchy": review_round.hierarchy,
        "lo": lo,
        "first": lo + 1 if review_round.of_office else lo,
        "hi": hi,
        "on": on,
        "at": at,
        "open": sorted(OPEN),
        "kind": _kind_of_branches(review_round, unit_id),
    }
    whole, branches = BoardBranch("", {}, Coverage()), []
    for is_whole, code, names, next_on, open_, late, *counts in sql.rows(_BOARD, params):
        coverage, decisions = Coverage(*counts[:5]), dict(zip(_KINDS, counts[5:], strict=True))
        branch = BoardBranch(code or "", names or {}, coverage, open_ or 0, late or 0, next_on, decisions)
        if is_whole:
            whole = branch
        else:
            branches.append(branch)
    branches.sort(key=lambda branch: (branch.coverage.share, -branch.coverage.of, branch.code))
    return Board(whole, branches)


def _kind_of_branches(review_round: Round, unit_id: int) -> str:
    own_level = levels.level_of_kind(review_round.hierarchy, review_round.kind) or 0
    counts = {
        kind: n
        for kind, n in units.counts_below(unit_id, review_round.hierarchy).items()
        if (levels.level_of_kind(review_round.hierarchy, kind) or 0) < own_level
        and levels.level_of_kind(review_round.hierarchy, kind) is not None
    }
    few = {kind: n for kind, n in counts.items() if n <= MOST_BRANCHES}
    return max(few, key=few.__getitem__, default=min(counts, key=counts.__getitem__, default=""))


def next_review_meetings(review_round: Round, unit_id: int, *, on: date) -> list[Review]:
    """Return the next meetings of a round below a unit, from a day on; as far as in sight."""
    reviews = Review.objects.select_related("unit", "by_unit").filter(round=review_round, meets_on__gte=on)
    reviews = reviews.filter(
        decided_at=None, left_on=None, unit_id__in=units.ids_below(unit_id, review_round.hierarchy)
    )
    return list(reviews.order_by("meets_on", "pk")[:MEETINGS])


def late_tasks(review_round: Round, unit_id: int, *, at: datetime) -> Cut[Task]:
    """Return the LATE oldest tasks of a round that are open past their day, and how many are late; of units
    below one, as far as in sight."""
    of_round = Minute.objects.filter(review__round=review_round, task__isnull=False).values("task_id")
    found = tasks.tasks_of(below=(unit_id, review_round.hierarchy)).filter(tasks.tasks_late_at(at))
    return first_of(found.filter(pk__in=of_round).order_by("due_at", "pk"), LATE)
