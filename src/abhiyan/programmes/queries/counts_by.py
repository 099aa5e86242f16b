"""Figures of units by week or day, channel and age band: the sibling of `listing`; its rules and `ledger`'s hold here.

Raw sums are grouped first and rounded then, each by itself: a week is no sum of rounded days. Every figure is the one
that other pages show of the same thing. No window but whole weeks and days can be asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.small_cells import shown_with_own
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import ALL_DAYS, Programme

from . import own_part
from .ledger import LedgerNode
from .listing import BELOW_HERE, CUT, EDGE, ChildrenAsked, kids, of_measure

BEFORE = ALL_DAYS  # what came before the first day or week that is shown by itself
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class By:
    """The parts that figures are grouped by; a key has a part for each, in this order.

    time: by day, or by the Monday of its week, from the day `since` on; BEFORE holds what came earlier.
    channel: its number. age: its band (rules.ages), as of the last night; ages know no days. rungs: each of
    these rungs, last in the key; without them figures are of the one rung that `split_by` is asked for.
    """

    time: Literal["", "day", "week"] = ""
    since: date | None = None
    channel: bool = False
    age: bool = False
    rungs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        assert not (self.age and self.time), "the table of ages has no days"
        assert bool(self.time) == bool(self.since)

    @property
    def tables(self) -> tuple[str, str]:
        """Return the tables of totals and of tallies."""
        if self.age:
            return "programmes_age_total", "programmes_age_tally"
        return own_part.TOTALS, own_part.TALLIES

    def key(self, of: str = "t") -> dict[str, str]:
        """Return each part of the key, and what it is of a row."""
        values = {}
        if self.time:
            day = f"least({of}.day, %(last)s::date)"  # some clocks run ahead
            monday = f"({day} - (extract(isodow from {day})::int - 1))"
            values["day"] = monday if self.time == "week" else day
        if self.channel:
            values["channel"] = f"{of}.channel"
        if self.age:
            values["band"] = f"{of}.band"
        if self.rungs:
            values["rung"] = f"{of}.rung"
        return values

    def counts(self, asked: ChildrenAsked, row: str = "t") -> str:
        """Return the condition for rows of the measure, on the rungs asked for."""
        return f"{of_measure(asked, row)} and {row}.rung {'= any(%(rungs)s)' if self.rungs else '= %(rung)s'}"

    def sums(self, cut: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield which rows t sum to the figures, each with its sign and its key.

        cut: the last day that counts, or null.
        """
        key = self.key()
        if self.age:
            yield "", "true", key
        elif self.time:
            before = {**key, "day": ledger_sql.ALL_DAYS}
            yield "", f"t.day = {ledger_sql.ALL_DAYS}", before
            yield "-", "t.day >= %(since)s", before
            yield "", f"t.day >= %(since)s and coalesce(t.day <= {cut}, true)", key
        else:  # few days lie after the last closed one: taken away, not the many before added up
            yield "", f"t.day = {ledger_sql.ALL_DAYS}", key
            yield "-", f"t.day > {cut}", key


@dataclass(frozen=True, slots=True)
class CountSplit:
    """One figure of one unit, in parts.

    figures: the ones that may be shown; where one is missing, it is fewer than 10. is_rounded: the scope in
    force does not see all the people behind it.
    """

    figures: Mapping[Key, int]
    is_rounded: bool

    def get(self, *key: Any) -> int | None:
        """Return the figure of a part; None where it is too small to be shown."""
        return self.figures.get(key, None if self.is_rounded else 0)


def split_by(
    *,
    node: LedgerNode,
    units: Sequence[int],
    programme: Programme,
    measure: int,
    rung: int | None = None,
    by: By,
    at: datetime,
) -> dict[int, CountSplit]:
    """Return figures of a measure, of units below a node or of the node itself, in the parts of `by`. One query.

    rung: the one to count; None where `by` names rungs. units: ids, none of them below another.
    """
    if not units:
        return {}
    here = replace(node, has_pending=node.has_pending and not by.age)
    children = ChildrenAsked(here, programme, measure, at, units=units)
    tables, parts = [kids(children)], [*_stored(children, by)]
    if here.has_own:
        tables.append(own_part.tables(by_child=True))
        parts += _own(children, by)
    if here.has_pending:
        parts += _pending(children, by)
    key = [f"r.{name}" for name in by.key()]
    count_rows = sql.rows(
        f"""with {", ".join(tables)}
        select {", ".join(["k.unit_id", "k.is_exact", *key])}, sum(r.n) filter (where not r.is_own)::bigint,
          coalesce(sum(r.n) filter (where r.is_own), 0)::bigint
        from kid k left join ({" union all ".join(parts)}) r on r.unit_id = k.unit_id
        group by {", ".join(["k.unit_id", "k.is_exact", *key])}""",
        children.values()
        | {"rung": rung, "rungs": list(by.rungs), "since": by.since, "last": day_in(programme.zone, at)},
    )
    counts_by_unit: dict[int, tuple[dict[Key, int], bool]] = {}
    for unit_id, is_exact, *key_values, n, own_n in count_rows:
        figures, _is_exact = counts_by_unit.setdefault(unit_id, ({}, is_exact))
        figure = (n or 0) if is_exact else shown_with_own(own_n, (n or 0) - own_n)
        if figure:
            figures[tuple(key_values)] = figure
    return {
        unit_id: CountSplit(figures, not is_exact) for unit_id, (figures, is_exact) in counts_by_unit.items()
    }


def _columns(unit: str, key: Mapping[str, str], n: str) -> str:
    return ", ".join(
        [f"{unit} as unit_id", *(f"{part} as {name}" for name, part in key.items()), f"{n} as n"]
    )


def _stored(asked: ChildrenAsked, by: By) -> Iterator[str]:
    """Yield the stored totals or tallies of each unit; unit by unit, as in `listing`."""
    totals, tallies = by.tables
    counted = by.counts(asked)
    total = f"{totals} t where t.unit_id = k.unit_id and t.hierarchy = %(hierarchy)s"
    # A node that grew large after the night has no total of ages yet: the tallies below it are added up.
    is_stored = f"exists (select from {total} and {counted})" if by.age else "k.is_large"
    for sign, days, key in by.sums(CUT):
        # Lateral, unit by unit: else the planner reads the tallies of all units for each unit.
        tally = f"""(select p.unit_id from units_placement p where p.lo >= k.lo and p.lo < k.hi offset 0) p
          cross join lateral (
            select t.* from {tallies} t where t.unit_id = p.unit_id and {counted} and {days} offset 0) t"""
        below = {is_stored: f"{total} and {counted} and {days}", f"not {is_stored}": tally}
        for which, source in below.items():
            sums = ", ".join([*(f"{part} as {name}" for name, part in key.items()), f"{sign}sum(t.n) as n"])
            grouped = ", ".join(str(n + 1) for n in range(len(key)))
            yield f"""select {_columns("k.unit_id", {name: f"s.{name}" for name in key}, "s.n")}, false as is_own
          from kid k cross join lateral (
            select {sums} from {source} group by {grouped}) s
          where {which}"""


def _own(asked: ChildrenAsked, by: By) -> Iterator[str]:
    """Yield the part in sight of units that are otherwise out of sight."""
    totals, tallies = by.tables
    out = "{} w join kid k on not k.is_exact and w.lo >= k.lo and w.lo < k.hi"
    for sign, days, key in by.sums("%(closed)s::date"):
        columns = ", ".join(["k.unit_id", *(f"{part} as {name}" for name, part in key.items())])
        counted = f"{by.counts(asked)} and {days}"
        rows = own_part.own_part_query(columns, f"({sign}t.n)", counted, out, totals=totals, tallies=tallies)
        yield f"select own.*, true from ({rows}) own"


def _pending(asked: ChildrenAsked, by: By) -> Iterator[str]:
    """Yield the changes that wait for a fold."""
    key = by.key("d")
    if by.time:
        key["day"] = f"case when d.day >= %(since)s then {key['day']} else {ledger_sql.ALL_DAYS} end"
    where = f"{ledger_sql.PENDING} and {by.counts(asked, 'd')} and coalesce(d.day <= {CUT}, true)"
    columns = _columns("k.unit_id", key, "d.n")
    yield f"""select {columns}, false from {BELOW_HERE} join kid k on {EDGE} = 2 * k.number - 1 where {where}"""
    if asked.here.has_own:
        yield f"""select {columns}, true from {BELOW_HERE} join kid k on not k.is_exact and p.lo >= k.lo and p.lo < k.hi
          where {where} and {own_part.IN_SIGHT}"""
