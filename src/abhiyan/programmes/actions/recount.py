"""Counting the facts again, and comparing with the ledger: zero difference, or the ledger is wrong."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.programmes import facts, ledger_sql

from .ledger import fold_changes, hold_totals


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """A difference between the ledger and the facts.

    where: "unit" (a unit's own counter by day and channel) or "all days" (the row that sums its days). "total"
    is the stored sum of a large node, against the tallies below it; hierarchy is 0 but for totals.
    """

    where: str
    hierarchy: int
    unit_id: int
    programme_id: int
    measure: int
    day: date
    channel: int
    rung: int
    wanted: int
    found: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self) | {"day": self.day.isoformat()}


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found. compared: counters looked at. orphans: check -> facts without what they point to."""

    differences: list[LedgerDifference]
    orphans: dict[str, int]
    compared: int
    mended: bool

    @property
    def is_right(self) -> bool:
        return not self.differences and not any(self.orphans.values())


_NO_FACTS = (
    "select null::int as programme_id, null::smallint as measure, null::smallint as channel,"
    " null::bigint as unit_id, null::date as day, null::smallint as rung, null::bigint as n where false"
)


def _facts() -> str:
    queries = [
        f"select programme_id::int, measure::smallint, channel::smallint, unit_id::bigint, day::date,"
        f" rung::smallint, n::bigint from ({query}) f{number}"
        for number, query in enumerate(facts.facts_by_kind().values())
    ]
    return " union all ".join([_NO_FACTS, *queries])


def _compare(wanted: str, found: str, unit: str) -> str:
    """Return a query of the keys where two sets of counters differ; a missing one is 0.

    Last row: how many there are.
    """
    key = f"{unit}, {ledger_sql.KEY}"
    return f"""
  select {key}, coalesce(w.n, 0) as wanted, coalesce(f.n, 0) as found
  from (select {key}, sum(n)::bigint as n from ({wanted}) x group by {key}) w
  full join (select {key}, sum(n)::bigint as n from ({found}) y group by {key}) f using ({key})
  where coalesce(w.n, 0) <> coalesce(f.n, 0)
  order by {key}"""


# Each comparison is one statement, so it sees one instant: a fact and its change commit together.
def _units() -> str:
    own_sql = f"select unit_id, {ledger_sql.KEY}, n from programmes_tally where day <> {ledger_sql.ALL_DAYS}"
    return _compare(
        f"select unit_id, {ledger_sql.KEY}, n from ({_facts()}) facts",
        f"{own_sql} union all select unit_id, {ledger_sql.KEY}, n from programmes_delta",
        "unit_id",
    )


def _all_days() -> str:
    return _compare(
        f"select unit_id, programme_id, measure, {ledger_sql.ALL_DAYS} as day, channel, rung, n from programmes_tally"
        f" where day <> {ledger_sql.ALL_DAYS}",
        f"select unit_id, {ledger_sql.KEY}, n from programmes_tally where day = {ledger_sql.ALL_DAYS}",
        "unit_id",
    )


# The totals below every large node by its range alone: another way than the fold's, so that one checks the other.
_TOTALS = _compare(
    f"select l.unit_id, l.hierarchy, {', '.join(f't.{part}' for part in ledger_sql.KEY.split(', '))}, t.n"
    " from programmes_large l"
    " join units_placement here on here.unit_id = l.unit_id and here.hierarchy = l.hierarchy"
    "   and here.lo is not null"
    " join units_placement p on p.lo >= here.lo and p.lo < here.hi"
    " join programmes_tally t on t.unit_id = p.unit_id",
    f"select unit_id, hierarchy, {ledger_sql.KEY}, n from programmes_total",
    "unit_id, hierarchy",
)


def _differences(where: str, query: str) -> list[LedgerDifference]:
    differences = []
    for row in sql.rows(query):
        unit_id, hierarchy, rest = (row[0], row[1], row[2:]) if where == "total" else (row[0], 0, row[1:])
        differences.append(LedgerDifference(where, hierarchy, unit_id, *rest))
    return differences


def _count(query: str) -> int:
    return sql.count(query)


def _all() -> list[LedgerDifference]:
    return (
        _differences("unit", _units())
        + _differences("all days", _all_days())
        + _differences("total", _TOTALS)
    )


def recount_facts(*, at: datetime, mend: bool = False) -> Recount:
    """Count the facts of every activity again and compare with tallies, pending changes and totals at every node.

    mend: put right what differs, in one transaction that keeps folds away; work goes on meanwhile. A unit's
    difference is posted as a change, so it reaches totals the way every change does.
    The report is of what was found before mending. In a system scope of its own.
    """
    with system("recount"), transaction.atomic():
        if mend:
            hold_totals()
        ledger_differences = _all()
        orphans = {name: _count(query) for name, query in facts.orphan_queries().items()}
        compared = _count(
            "select (select count(*) from programmes_tally) + (select count(*) from programmes_total)"
        )
        if mend and ledger_differences:
            _mend(ledger_differences, at)
        return Recount(ledger_differences, orphans, compared, mended=mend and bool(ledger_differences))


def _mend(ledger_differences: list[LedgerDifference], at: datetime) -> None:
    """Mend tallies by a posted change and a fold; then the rows that sum days, and totals, as they then differ."""
    _insert(
        "insert into programmes_delta (unit_id, programme_id, measure, day, channel, rung, n, posted_at)",
        "%s, %s, %s, %s, %s, %s, %s, %s",
        [
            (*_key(ledger_difference), ledger_difference.wanted - ledger_difference.found, at)
            for ledger_difference in ledger_differences
            if ledger_difference.where == "unit"
        ],
    )
    fold_changes(at=at)
    _insert(
        f"insert into programmes_tally as t (unit_id, {ledger_sql.KEY}, n)",
        "%s, %s, %s, %s, %s, %s, %s",
        [
            (*_key(ledger_difference), ledger_difference.wanted - ledger_difference.found)
            for ledger_difference in _differences("all days", _all_days())
        ],
        f"on conflict (unit_id, {ledger_sql.KEY}) do update set n = t.n + excluded.n",
    )
    _insert(
        f"insert into programmes_total as t (unit_id, hierarchy, {ledger_sql.KEY}, n)",
        "%s, %s, %s, %s, %s, %s, %s, %s",
        [
            (
                ledger_difference.unit_id,
                ledger_difference.hierarchy,
                *_key(ledger_difference)[1:],
                ledger_difference.wanted - ledger_difference.found,
            )
            for ledger_difference in _differences("total", _TOTALS)
        ],
        f"on conflict (unit_id, hierarchy, {ledger_sql.KEY}) do update set n = t.n + excluded.n",
    )


def _key(ledger_difference: LedgerDifference) -> tuple[Any, ...]:
    return (
        ledger_difference.unit_id,
        ledger_difference.programme_id,
        ledger_difference.measure,
        ledger_difference.day,
        ledger_difference.channel,
        ledger_difference.rung,
    )


def _insert(into: str, places: str, rows: list[tuple[Any, ...]], conflict: str = "") -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"{into} values ({places}) {conflict}", rows)
