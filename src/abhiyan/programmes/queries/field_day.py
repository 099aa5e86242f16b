"""Reads what the units below brought since this morning, against what each needs a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abhiyan.core.clock import day_in
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rungs
from abhiyan.programmes.rules import pace, windows

from .counts_by import By, split_by
from .ledger import LedgerNode
from .listing import Child, children_ladders


@dataclass(frozen=True, slots=True)
class DayInTheField:
    """A unit's day. came: people counted today. need: how many each day left must bring, as it was this morning;
    None: no target, or no day left."""

    child: Child
    came: int
    need: int | None

    @property
    def short(self) -> int | None:
        """Return how many people are still missing today."""
        return None if self.need is None else max(0, self.need - self.came)


def days_in_the_field(
    programme: Programme, node: LedgerNode, units: Sequence[int], *, at: datetime, language: str
) -> list[DayInTheField]:
    """Return the day of units below a node whose people are in sight, who lacks most first; without a target last.

    units: ids, none below another. Two queries, however many units.
    """
    if not node.is_exact or not units:
        return []
    today = day_in(programme.zone, at)
    leaf = children_ladders(
        node=node,
        hierarchy=node.hierarchy,
        programme=programme,
        at=at,
        language=language,
        per=len(units),
        units=units,
    )
    by_day = By(time="day", since=today)
    counted = split_by(
        node=node, units=units, programme=programme, measure=1, rung=rungs.COUNTED, by=by_day, at=at
    )
    left = windows.days_left(programme.opens_on, programme.closes_on, today)
    days = []
    for child in leaf.rows:
        split = counted.get(child.unit_id)
        came = (split.get(today) or 0) if split else 0
        before = (child.ladder.counted or 0) - came
        days.append(
            DayInTheField(
                child, came, pace.needed_per_day(child.target, before, left) if child.target else None
            )
        )
    return sorted(
        days,
        key=lambda day_in_the_field: (
            day_in_the_field.short is None,
            -(day_in_the_field.short or 0),
            day_in_the_field.came,
        ),
    )
