"""The last drive beside this one: what a list says each unit reached then. Totals of others, on no ladder of ours."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.nested import NestedFigure, sums_by_unit
from abhiyan.ui.ladder import EarlierDrive

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


def earlier_totals(programme: Programme, *, units: Collection[int], hierarchy: int) -> Earlier | None:
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
        spans = sql.rows(
            "select unit_id, lo, hi from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and lo is not null",
            [list(units), hierarchy],
        )
        n_by_drive = totals_within(spans, label=programme.earlier, hierarchy=hierarchy)
    return Earlier(programme.earlier, "; ".join(source for source, _n in sources if source), n_by_drive)


def totals_within(spans: Sequence[tuple[int, int, int]], *, label: str, hierarchy: int) -> dict[int, int]:
    """Return what a list said of units, else the sum of what it said of units below. spans: unit id, lo, hi.

    Closed units count too: their earlier total was reached in the unit above, and lists name no place twice.
    """
    if not spans:
        return {}
    totals = sql.rows(
        """select b.lo, b.hi, t.n from programmes_unit_total t
        join units_placement b on b.unit_id = t.unit_id and b.hierarchy = %s and b.lo >= %s and b.lo < %s
        where t.label = %s order by b.lo""",
        [hierarchy, min(lo for _unit, lo, _hi in spans), max(hi for _unit, _lo, hi in spans), label],
    )
    places = [lo for lo, _hi, _n in totals]
    return sums_by_unit(
        NestedFigure(unit, *row)
        for unit, lo, hi in spans
        for row in totals[bisect_left(places, lo) : bisect_left(places, hi)]
    )


_LABELS = """with recursive known as (
  (select label from programmes_unit_total order by label limit 1)
  union all
  select (select t.label from programmes_unit_total t where t.label > known.label order by t.label limit 1)
  from known where known.label is not null)
select label from known where label is not null limit 100"""


def total_labels() -> list[str]:
    """Return the labels of earlier totals. Names of lists are no counts, so everybody may ask."""
    with system("what earlier totals there are"):
        return sql.column(_LABELS)
