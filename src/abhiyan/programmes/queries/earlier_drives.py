"""The last drive beside this one: what a list says each unit reached then. Totals of others, on no ladder of ours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from abhiyan.core import sql
from abhiyan.programmes.models import Programme
from abhiyan.ui.ladder import EarlierDrive

from .weights import Within, basis

MOST_ADDED_UP = 20_000  # rows of a list; of a longer one only the units it names themselves are shown


@dataclass(frozen=True, slots=True)
class Earlier:
    """The totals of some units from a list.

    source: who gives the figures. of: unit -> total; units nothing is known of are not in it.
    """

    label: str
    source: str
    of: Mapping[int, int]

    def beside(self, unit_id: int) -> dict[str, Any]:
        """Return what the picture of a unit's ladder takes of it."""
        n = self.of.get(unit_id)
        return {} if n is None else {"before": EarlierDrive(self.label, n, self.source)}


def earlier_totals(
    programme: Programme, *, units: Collection[int], hierarchy: int, on: date
) -> Earlier | None:
    """Return the totals of the earlier drive a programme is held against, of these units; None where it names none.

    A unit the list does not name has what the units below it sum to. In the scope in force: of units whose
    counts it may not see nothing is known. Three queries.
    """
    if not programme.earlier:
        return None
    sources = sql.rows(
        "select source, count(*) from (select source from programmes_unit_total where label = %s limit %s) t"
        " group by source order by source",
        [programme.earlier, MOST_ADDED_UP + 1],
    )
    if sum(n for _source, n in sources) > MOST_ADDED_UP:
        rows = sql.rows(
            "select unit_id, n from programmes_unit_total where label = %s and unit_id = any(%s)",
            [programme.earlier, list(units)],
        )
        n_by_drive = dict(rows)
    else:
        n_by_drive = basis("totals", {"label": programme.earlier}).weigh(list(units), Within(hierarchy, on))
    return Earlier(programme.earlier, "; ".join(source for source, _n in sources if source), n_by_drive)
