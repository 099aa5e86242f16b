"""All seats of a plan passed down together: which there are, how far it is, and what of a plan waits for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from abhiyan.core import sql
from abhiyan.elections.models import Plan

from .units_below import ELECTORAL, passed_below

KEY = "passing"  # in what a plan has found
STUCK_AFTER = timedelta(minutes=10)  # without a seat done: it may be asked for again


@dataclass(frozen=True, slots=True)
class SeatBelow:
    """A seat that has units below it. units: how many, closed ones too."""

    seat_id: int
    unit_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Left:
    """A seat that was left as it was: what is locked below `where` does not fit the votes there."""

    unit_id: int
    where: int
    locked: int
    total: int


@dataclass(frozen=True, slots=True)
class Passing:
    """Passing down all seats has come this far. done: seats it came to; empty: those of them below which no units stand
    so far down. changed: numbers. ended_at: None while it is under way. why: it ended before every seat was done,
    "newer" (a newer version of the plan was made) or "office" (who asked may not any more); else empty."""

    seats: int
    done: int
    empty: int
    changed: int
    left: tuple[Left, ...]
    step_at: datetime
    ended_at: datetime | None
    why: str

    def is_under_way(self, at: datetime) -> bool:
        return self.ended_at is None and at - self.step_at < STUCK_AFTER

    def is_broken_off(self, at: datetime) -> bool:
        """Return True if it ended or stopped before it came to every seat."""
        return bool(self.why) or (self.ended_at is None and not self.is_under_way(at))

    @property
    def passed(self) -> int:
        """Seats whose votes went down."""
        return self.done - self.empty - len(self.left)


def passing_of(plan: Plan) -> Passing | None:
    """The last passing down of all seats of a plan; None where there was none. Asks nothing."""
    progress: dict[str, Any] | None = plan.found.get(KEY)
    if progress is None:
        return None
    ended = progress["ended_at"]
    return Passing(
        progress["seats"],
        progress["done"],
        progress.get("empty", 0),
        progress["n"],
        tuple(Left(*facts_left) for facts_left in progress["left"]),
        datetime.fromisoformat(progress["step_at"]),
        datetime.fromisoformat(ended) if ended else None,
        progress.get("why", ""),
    )


def seats_with_units_below(plan: Plan, *, after: int = 0, most: int | None = None) -> list[SeatBelow]:
    """A plan's seats that have open units below them, or numbers passed down, in a steady order. One query."""
    return sql.each(
        SeatBelow,
        """select s.id, s.unit_id, (select count(*) from units_placement p
             where p.hierarchy = t.hierarchy and p.lo > t.lo and p.lo < t.hi)
           from elections_plan_seat s
           join units_placement t on t.unit_id = s.unit_id and t.hierarchy = %s and t.lo is not null
           where s.plan_id = %s and s.id > %s and (exists (
               select from units_placement p join units_unit u on u.id = p.unit_id and u.closed_on is null
               where p.hierarchy = t.hierarchy and p.parent_id = t.unit_id and p.lo is not null)
             or exists (select from elections_plan_part q
               where q.plan_id = s.plan_id and q.parent_id = s.unit_id and q.replaced_at is null))
           order by s.id limit %s""",
        [ELECTORAL, plan.pk, after, most],
    )


def not_passed_down(plan: Plan, unit_ids: Iterable[int]) -> int:
    """Count the units of these that have passed nothing on. One query."""
    wanted = set(unit_ids)
    return len(wanted - passed_below(plan, wanted))
