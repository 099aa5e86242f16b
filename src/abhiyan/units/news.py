"""What this room tells the rooms above, in the transaction of the act."""

from dataclasses import dataclass
from datetime import date, datetime

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit and all below it, that came to stand elsewhere.

    old_ancestors, new_ancestors: unit ids from the root downwards, without the unit; empty where it did not
    stand in the hierarchy before, or does not any more. lo, hi: positions the branch has while the news is told.
    """

    unit_id: int
    old_ancestors: tuple[int, ...]
    new_ancestors: tuple[int, ...]
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class UnitsMoved:
    """Branches were placed or moved (told afterwards), or are about to be taken out (told before).

    Whoever keeps totals by ancestor takes what stands on [lo, hi) from those ancestors that are only old, and
    gives it to those that are only new. Scopes read before are out of date. Branches never contain one another.
    whole: so much moved at once that no branches are named; everything kept by ancestor is to be summed anew.
    """

    hierarchy: int
    branches: tuple[Branch, ...]
    on: date
    whole: bool = False


@dataclass(frozen=True, slots=True)
class UnitsGoing:
    """Units made by an import are about to be removed by its undo: a room that holds rows on one refuses.

    Their ids: `select unit_id from units_change where import_id = … and change = 'made'`. by: whoever undoes it.
    """

    import_id: int
    by: Actor
    at: datetime
