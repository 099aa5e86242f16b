"""Tell the rooms above what happened to units, in the transaction of the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from abhiyan.core.actor import Actor
from abhiyan.units.rules.hanging import Answer


@dataclass(frozen=True, slots=True)
class MovedBranch:
    """A unit and all below it, that came to stand elsewhere.

    old_ancestors, new_ancestors: unit ids from the root downwards, without the unit; empty where it was not in the
    hierarchy before, or is not any more. lo, hi: positions the branch has at the time of the news.
    """

    unit_id: int
    old_ancestors: tuple[int, ...]
    new_ancestors: tuple[int, ...]
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class UnitsMoved:
    """Branches were placed or moved (told afterwards), or are about to be taken out (told before).

    A room with totals by ancestor takes the facts on [lo, hi) from ancestors that are only old. It gives them to
    ancestors that are only new. A branch may have come to stand inside another one: then its own ancestors count, not
    the other's. Positions read before are out of date. An act that takes minutes tells this last: who hears it may have
    to keep others waiting until the act commits.
    """

    hierarchy: int
    branches: tuple[MovedBranch, ...]
    on: date


@dataclass(frozen=True, slots=True)
class UnitsGoing:
    """Units made by an import are about to be removed by its undo: a room that holds rows on one refuses.

    Their ids: `select unit_id from units_change where import_id = … and change = 'made'`. by: the person who undoes it.
    """

    import_id: int
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitsClosing:
    """Units are about to be closed (told before): each room sees to what hangs on them, as it was answered.

    units: each with its successors, which are open. answers: key of a rules.hanging.Thing -> Answer. Each room asks
    whether `by` may. It keeps what an opening needs by `units.actions.keep`.
    """

    closing_id: int
    units: Mapping[int, tuple[int, ...]]
    answers: Mapping[str, str]
    by: Actor
    at: datetime

    def going(self, thing: str, *, to_one: bool = True) -> dict[int, tuple[int, ...]]:
        """Units whose things go to their successors. to_one: only where there is one, for what cannot be divided."""
        if self.answers.get(thing) != Answer.GOES:
            return {}
        return {unit: to for unit, to in self.units.items() if to and (len(to) == 1 or not to_one)}

    def ending(self, thing: str) -> list[int]:
        """Units whose things end: all of them, or where they would go and there is no successor, those."""
        answer = self.answers.get(thing)
        if answer == Answer.ENDS:
            return list(self.units)
        return [unit for unit, to in self.units.items() if not to] if answer == Answer.GOES else []


@dataclass(frozen=True, slots=True)
class UnitsClosed:
    """Units were closed (told afterwards)."""

    units: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitsOpening:
    """A closing is taken back (told while its units are open again): rooms restore what they kept of it.

    is_undo: of a list, so that nothing remains of it: units it made are about to go.
    """

    closing_id: int
    units: tuple[int, ...]
    is_undo: bool
    by: Actor
    at: datetime
