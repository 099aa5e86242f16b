"""Totals by a day, of many units, measures and days at once: what units said, and what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from abhiyan.core import sql
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import COUNTED


@dataclass(frozen=True, slots=True)
class TotalAsked:
    """A unit's total in one measure until the end of a day."""

    unit_id: int
    programme: Programme
    measure: int
    day: date


_ASKED = """wanted(i, unit_id, programme_id, measure, day) as (
  select * from unnest(%(i)s::int[], %(units)s::bigint[], %(programmes)s::bigint[], %(measures)s::int[],
    %(days)s::date[]))"""
_SAID = f"""with {_ASKED}
select w.i, sum(f.n)::bigint, max(f.ends_on) from wanted w
  join programmes_own_figure f on f.unit_id = w.unit_id and f.programme_id = w.programme_id
   and f.measure = w.measure and f.ends_on <= w.day and f.replaced_at is null
 group by 1"""
# A large unit has stored sums; of another its leaves are added up. Days after the one asked for are taken away.
_UPTO = f"""t.programme_id = w.programme_id and t.measure = w.measure and t.rung = {COUNTED}
      and (t.day = {ledger_sql.ALL_DAYS} or t.day > w.day)"""
_SIGNED = f"case when t.day = {ledger_sql.ALL_DAYS} then t.n else -t.n end"
_COUNTED = f"""with {_ASKED}, place as (
  select w.*, p.lo, p.hi, exists (select from programmes_large l
      where l.hierarchy = p.hierarchy and l.unit_id = p.unit_id) as is_large
    from wanted w
    join units_placement p on p.unit_id = w.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null)
select i, sum(n)::bigint from (
  select w.i, {_SIGNED} as n from place w
    join programmes_total t on t.unit_id = w.unit_id and t.hierarchy = %(hierarchy)s and {_UPTO}
   where w.is_large
  union all
  select w.i, {_SIGNED} from place w
    join units_placement p on p.lo >= w.lo and p.lo < w.hi
    join programmes_tally t on t.unit_id = p.unit_id and {_UPTO}
   where not w.is_large
  union all
  select w.i, d.n from place w
    join units_placement p on p.lo >= w.lo and p.lo < w.hi
    join programmes_delta d on d.unit_id = p.unit_id and d.programme_id = w.programme_id and d.measure = w.measure
     and d.rung = {COUNTED} and d.day <= w.day and {ledger_sql.PENDING}) rows
 group by 1"""


def said_by_day(totals: Sequence[TotalAsked]) -> dict[int, tuple[int, date]]:
    """Return the sum of each unit's own figures until a day, and their last day; by the place in `totals`.

    In a system scope. One query.
    """
    rows = sql.rows(_SAID, _values([(i, total.programme.pk, total) for i, total in enumerate(totals)]))
    return {i: (n, last) for i, n, last in rows}


def counted_by_day(totals: Sequence[TotalAsked], hierarchy: int) -> dict[int, int]:
    """Return what was counted in each unit and below it until a day, pending changes too; by the place in `totals`.

    0 is left out. In a system scope. One query.
    """
    counted = [(i, pk, total) for i, total in enumerate(totals) for pk in total.programme.counted_ids]
    return dict(sql.rows(_COUNTED, _values(counted) | {"hierarchy": hierarchy}))


def _values(rows: Sequence[tuple[int, int, TotalAsked]]) -> dict[str, Any]:
    return {
        "i": [i for i, _pk, _total in rows],
        "units": [total.unit_id for _i, _pk, total in rows],
        "programmes": [pk for _i, pk, _total in rows],
        "measures": [total.measure for _i, _pk, total in rows],
        "days": [total.day for _i, _pk, total in rows],
    }
