"""Reading the ledger: ladders of a node and of its children, trend and funnel, on today's tree.

The same statement adds posts that are not folded yet: no reader waits for a fold, and no post is counted twice.
Counts of a node that the scope may not see exactly leave this module rounded (core.small_cells) and as of
the last closed day. No argument asks for more. The part below such a node that the scope sees is summed beside the
whole, on the negative of each rung. So the rest is rounded by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.policy import EVERYTHING, FIGURES
from abhiyan.core.small_cells import shown_with_own
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import ALL_DAYS, Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.activities import Activity, Step
from abhiyan.programmes.rules.ladder import Ladder

from . import own_part

# The scope in force sees exact counts of all units below a placement `p`. Its range says so; or every childless unit
# below is in sight in another tree, as with a constituency of one's own district.
EXACT = f"""({EVERYTHING} or coalesce(int8range(p.lo, p.hi) <@ {FIGURES}, false)
 or ({FIGURES} <> '{{}}' and not exists (
  select 1 from units_placement leaf
  where leaf.lo >= p.lo and leaf.lo < p.hi and leaf.leaves <= 1
    and not exists (select 1 from units_placement child
      where child.parent_id = leaf.unit_id and child.hierarchy = leaf.hierarchy and child.lo is not null)
    and not exists (select 1 from units_placement other
      where other.unit_id = leaf.unit_id and other.lo <@ {FIGURES}))))"""


@dataclass(frozen=True, slots=True)
class LedgerNode:
    """The place of a unit today in one hierarchy.

    is_exact: the scope in force sees exact counts of all below it. has_pending: something waited for a fold,
    anywhere; what is posted later is not part of a page that has begun. has_own: it sees not all of them, but some.
    """

    unit_id: int
    hierarchy: int
    lo: int
    hi: int
    is_large: bool
    is_childless: bool
    is_exact: bool
    has_pending: bool = True
    has_own: bool = False

    @property
    def keeps_plan(self) -> bool:
        """Return True if it is read by keys: pending changes below it are found by its range."""
        return self.is_childless or (self.is_large and not self.has_pending and not self.has_own)

    def until(self, zone: str, at: datetime, on: date | None) -> date | None:
        """Return the last field day that counts; None: all. From outside never later than the last closed day."""
        if self.is_exact:
            return on
        closed = day_in(zone, at) - timedelta(days=1)
        return min(on, closed) if on else closed


# The values of `LedgerNode` for %(unit)s in %(hierarchy)s. It needs own_part.TOPS before it.
NODE = f"""
select p.lo, p.hi,
  exists (select 1 from programmes_large l where l.hierarchy = p.hierarchy and l.unit_id = p.unit_id) as is_large,
  p.leaves <= 1 and not exists (select 1 from units_placement c
    where c.parent_id = p.unit_id and c.hierarchy = p.hierarchy and c.lo is not null) as is_childless,
  e.is_exact, exists (select 1 from programmes_delta d where {ledger_sql.PENDING}) as has_pending,
  not e.is_exact and {own_part.exists_below("p.lo", "p.hi")} as has_own
from units_placement p cross join lateral (select {EXACT} as is_exact offset 0) e
where p.unit_id = %(unit)s and p.hierarchy = %(hierarchy)s and p.lo is not null"""


def node_of(unit_id: int, hierarchy: int) -> LedgerNode | None:
    """Return a unit's place today; None where it is not in that hierarchy."""
    row = sql.row(f"with {own_part.TOPS} {NODE}", {"unit": unit_id, "hierarchy": hierarchy}, keep_plan=True)
    return LedgerNode(unit_id, hierarchy, *row) if row else None


def counted_below(
    node: LedgerNode, until: date | None, begins: date | None = None
) -> tuple[str, dict[str, Any]]:
    """Return a query of the rows (KEY, n) below a node that sum to its figures up to `until`, pending changes
    among them.

    With `begins`, days from then on are rows of their own, and one row per channel sums the days before; else
    all days stand together, on ALL_DAYS.
    """
    if node.is_large:
        source = "programmes_total t where t.unit_id = %(unit)s and t.hierarchy = %(hierarchy)s"
    elif node.is_childless:
        source = "programmes_tally t where t.unit_id = %(unit)s"
    else:
        source = (
            "units_placement p join programmes_tally t on t.unit_id = p.unit_id"
            " where p.lo >= %(lo)s and p.lo < %(hi)s"
        )
    source += " and t.programme_id = any(%(programmes)s)"
    where = (
        "d.unit_id = %(unit)s"
        if node.is_childless
        else "d.unit_id in (select p.unit_id from units_placement p where p.lo >= %(lo)s and p.lo < %(hi)s)"
    )
    if until:
        where += " and d.day <= %(until)s"
    all_days = f"t.programme_id, t.measure, {ledger_sql.ALL_DAYS} as day, t.channel, t.rung"
    parts = [f"select {all_days}, t.n from {source} and t.day = {ledger_sql.ALL_DAYS}"]
    if until:  # few days lie after the last closed one: taken away, not the many before added up
        parts.append(f"select {all_days}, -t.n from {source} and t.day > %(until)s")
    if begins:
        upto = "t.day >= %(begins)s" + (" and t.day <= %(until)s" if until else "")
        parts.append(f"select {all_days}, -t.n from {source} and {upto}")
        parts.append(
            f"select t.programme_id, t.measure, t.day, t.channel, t.rung, t.n from {source} and {upto}"
        )
        day = f"case when d.day >= %(begins)s then d.day else {ledger_sql.ALL_DAYS} end"
    else:
        day = ledger_sql.ALL_DAYS
    if node.has_pending:
        parts.append(
            f"select d.programme_id, d.measure, {day}, d.channel, d.rung, d.n from programmes_delta d"
            f" where {ledger_sql.PENDING} and d.programme_id = any(%(programmes)s) and {where}"
        )
    if node.has_own:
        parts += _own_below(node, until, begins)
    query = " union all ".join(parts)
    return f"with {own_part.tables(by_child=False)} {query}" if node.has_own else query, {
        "unit": node.unit_id,
        "hierarchy": node.hierarchy,
        "lo": node.lo,
        "hi": node.hi,
        "until": until,
        "begins": begins,
    }


def _own_below(node: LedgerNode, until: date | None, begins: date | None) -> list[str]:
    """Return the part in sight of the same rows, on the negatives of their rungs; needs `own_part.tables`
    before them."""
    parts = []
    days = [("", f"t.day = {ledger_sql.ALL_DAYS}", ledger_sql.ALL_DAYS)]
    if until:
        days.append(("-", "t.day > %(until)s", ledger_sql.ALL_DAYS))
    if begins:
        upto = "t.day >= %(begins)s" + (" and t.day <= %(until)s" if until else "")
        days += [("-", upto, ledger_sql.ALL_DAYS), ("", upto, "t.day")]
    for sign, which, day in days:
        columns = f"t.programme_id, t.measure, {day}, t.channel, -t.rung"
        parts.append(
            own_part.own_part_query(
                columns, f"({sign}t.n)", f"t.programme_id = any(%(programmes)s) and {which}"
            )
        )
    if node.has_pending:
        day = (
            f"case when d.day >= %(begins)s then d.day else {ledger_sql.ALL_DAYS} end"
            if begins
            else ledger_sql.ALL_DAYS
        )
        upto = " and d.day <= %(until)s" if until else ""
        parts.append(
            f"select d.programme_id, d.measure, {day}, d.channel, -d.rung, d.n from programmes_delta d"
            f" where {ledger_sql.PENDING} and d.programme_id = any(%(programmes)s){upto} and {own_part.IN_SIGHT}"
            " and d.unit_id in (select p.unit_id from units_placement p where p.lo >= %(lo)s and p.lo < %(hi)s)"
        )
    return parts


def _figure(sums: Mapping[int, int], *rungs: int, less: Sequence[int] = (), is_exact: bool) -> int | None:
    n = sum(sums.get(number, 0) for number in rungs) - sum(sums.get(number, 0) for number in less)
    if is_exact:
        return n
    n_own = sum(sums.get(-number, 0) for number in rungs) - sum(sums.get(-number, 0) for number in less)
    return shown_with_own(n_own, n - n_own)


def _figures(sums: Mapping[int, int], steps: Iterable[Step], *, is_exact: bool) -> dict[str, int | None]:
    return {step.key: _figure(sums, *step.rungs, less=step.less, is_exact=is_exact) for step in steps}


def _ladder(sums: Mapping[int, int], *, is_exact: bool, parts: Sequence[Step] = ()) -> Ladder:
    def figure(number: int) -> int | None:
        return _figure(sums, number, is_exact=is_exact)

    return Ladder(
        reported=figure(rung.REPORTED),
        unsigned=figure(rung.UNSIGNED),
        counted=figure(rung.COUNTED),
        confirmed=figure(rung.CONFIRMED),
        is_rounded=not is_exact,
        parts=_figures(sums, parts, is_exact=is_exact),
    )


def reported_below(
    *, programme: Programme, measure: int, hierarchy: int, unit_ids: Sequence[int]
) -> dict[int, int]:
    """Return what some units had reported by now, pending changes among it; in the system's scope. One query."""
    leaves = "select unit_id, n from {} where rung = %(rung)s and measure = %(measure)s and programme_id = any(%(of)s)"
    sum_rows = sql.rows(
        f"""
with leaf as (
  select unit_id, sum(n) as n from (
    {leaves.format("programmes_tally")} and day = {ledger_sql.ALL_DAYS}
    union all {leaves.format("programmes_delta d")} and {ledger_sql.PENDING}) rows group by 1)
select up.unit_id, sum(l.n)::bigint from leaf l
  join units_placement p on p.unit_id = l.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
  join units_placement up on up.hierarchy = p.hierarchy and up.lo <= p.lo and p.lo < up.hi
 where up.unit_id = any(%(units)s) group by 1""",
        {
            "rung": rung.REPORTED,
            "measure": measure,
            "of": programme.counted_ids,
            "hierarchy": hierarchy,
            "units": list(unit_ids),
        },
    )
    return dict(sum_rows)


def blank(*, is_rounded: bool) -> Ladder:
    """Return the ladder of a unit without counts, as it may be shown: from outside not a zero, but fewer than 10."""
    return _ladder({}, is_exact=not is_rounded)


def ask_ladders(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programmes: Sequence[Programme],
    at: datetime,
    on: date | None = None,
) -> sql.Asked[dict[tuple[int, int], Ladder]]:
    """Return the ladders of a unit in several programmes, by programme id and measure; what has no counts is
    left out.

    From outside one whose every figure is below 10 is left out too: that it is there would tell of somebody.
    on: up to that field day; None: as of now. `at` says which day closed last, for figures seen from outside.
    Two queries (one by a place), whatever the number of programmes, days or units below.
    """
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    if here is None or not programmes:
        return dict
    until = here.until(min(programme.zone for programme in programmes), at, on)
    query, values = counted_below(here, until)
    asked = sql.ask(
        f"select programme_id, measure, rung, sum(n)::bigint from ({query}) rows group by 1, 2, 3",
        values
        | {
            "programmes": sorted(
                {counted_id for programme in programmes for counted_id in programme.counted_ids}
            )
        },
        keep_plan=here.keeps_plan,
    )
    return lambda: _ladders(asked(), programmes, is_exact=here.is_exact)


def _ladders(
    rows: Iterable[tuple[int, int, int, int]], programmes: Sequence[Programme], *, is_exact: bool
) -> dict[tuple[int, int], Ladder]:
    counts_in: dict[int, list[int]] = defaultdict(list)
    for programme in programmes:
        for counted_id in programme.counted_ids:
            counts_in[counted_id].append(programme.pk)
    sums: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for programme_id, measure, number, n in rows:
        for whole in counts_in[programme_id]:
            sums[whole, measure][number] = sums[whole, measure].get(number, 0) + n
    parts = {programme.pk: activities.activity_of(programme.kind).parts for programme in programmes}
    told = {
        key: _ladder(sum_by_rung, is_exact=is_exact, parts=parts[key[0]] if key[1] == 1 else ())
        for key, sum_by_rung in sums.items()
    }
    return {key: one for key, one in told.items() if is_exact or one.is_told}


def ladders(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programmes: Sequence[Programme],
    at: datetime,
    on: date | None = None,
) -> dict[tuple[int, int], Ladder]:
    """Return the ladders of `ask_ladders`, read at once."""
    return ask_ladders(node=node, hierarchy=hierarchy, programmes=programmes, at=at, on=on)()


def unit_ladder(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    on: date | None = None,
) -> Ladder:
    """Return the ladder of one measure of one unit; see `ladders`. A unit outside the hierarchy has zeros."""
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    found = ladders(node=here, hierarchy=hierarchy, programmes=[programme], at=at, on=on) if here else {}
    if (programme.pk, measure) in found:
        return found[programme.pk, measure]
    return _ladder({}, is_exact=here is None or here.is_exact)


def ladders_by_measure(
    *, node: int | LedgerNode, hierarchy: int, programme: Programme, measures: Iterable[int], at: datetime
) -> dict[int, Ladder]:
    """Return the ladder of each of these measures of a programme in one unit, by its number; with zeros where
    nothing came."""
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    found = ladders(node=here, hierarchy=hierarchy, programmes=[programme], at=at) if here else {}
    none = blank(is_rounded=here is not None and not here.is_exact)
    return {number: found.get((programme.pk, number)) or none for number in measures}


def ladder_from_outside(
    *, unit_id: int, hierarchy: int, programme: Programme, measure: int, at: datetime
) -> Ladder:
    """Return the ladder of a unit as everybody may read it: of the last closed day, in whole tens.

    In the system's scope.
    """
    here = node_of(unit_id, hierarchy)
    if here is None:
        return blank(is_rounded=True)
    outside = replace(here, is_exact=False, has_own=False)
    return unit_ladder(node=outside, hierarchy=hierarchy, programme=programme, measure=measure, at=at)


@dataclass(frozen=True, slots=True)
class TrendDay:
    """The ladder as it stood at the end of a field day: totals so far, not the day's additions."""

    on: date
    ladder: Ladder


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """The steps of one channel, on one day or in all (`on` is None).

    figures, parts: key of the activity's step, or of a part of its total -> number; None: too few to be
    shown here. A row without any number is left out: that it is there would tell of somebody.
    """

    channel: int
    on: date | None
    figures: Mapping[str, int | None]
    parts: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def is_told(self) -> bool:
        return any(figure is not None for figure in self.figures.values())


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """All a unit's page says of one measure: the ladder now, the days up to now, the funnel by channel; and by channel
    and day, made when it is asked for."""

    ladder: Ladder
    trend: list[TrendDay]
    channels: list[FunnelRow]
    days: Callable[[], list[FunnelRow]] = field(default=list, compare=False)


def ask_figures(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    days: int = 60,
) -> sql.Asked[MeasureFigures]:
    """Return ladder, trend and funnel of a unit from one read; days: how many of the window's last days have
    rows of their own.

    node: the unit's id, or its place by `node_of` in the scope in force. Two queries (one by a place), whatever
    the number of units below.
    """
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    if here is None:
        return lambda: MeasureFigures(Ladder(), [], [])
    begins, last, until = window(here, programme, at, days)
    query, values = counted_below(here, until, begins)
    asked = sql.ask(
        "select channel, day, rung, sum(n)::bigint"
        f" from ({query}) rows where measure = %(measure)s group by 1, 2, 3",
        values | {"programmes": programme.counted_ids, "measure": measure},
        keep_plan=here.keeps_plan,
    )
    return lambda: figures_of(here, programme.kind, begins, last, asked())


def figures_of_measures(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    days: int = 60,
) -> MeasureFigures:
    """Return the figures of `ask_figures`, read at once."""
    return ask_figures(
        node=node, hierarchy=hierarchy, programme=programme, measure=measure, at=at, days=days
    )()


def window(here: LedgerNode, programme: Programme, at: datetime, days: int) -> tuple[date, date, date | None]:
    """Return the first and the last day with rows of their own, and the last that counts (None: all)."""
    until = here.until(programme.zone, at, None)
    last = min(until or day_in(programme.zone, at), programme.closes_on)
    return max(programme.opens_on, last - timedelta(days=days - 1)), last, until


def figures_of(
    here: LedgerNode, kind: str, begins: date, last: date, rows: Iterable[tuple[int, date, int, int]]
) -> MeasureFigures:
    """Add up sums by channel, by day, and of all together.

    kind: of the programme; its activity has the steps of the funnel. Rows of ALL_DAYS hold all before `begins`;
    days after `last` count too, because some clocks run ahead.
    """
    sums: dict[tuple[int, date], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for channel, day, number, n in rows:
        sums[channel, day][number] += n
    by_channel: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    by_day: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    whole: dict[int, int] = defaultdict(int)
    for (channel, day), sum_by_rung in sums.items():
        for number, n in sum_by_rung.items():
            by_channel[channel][number] += n
            by_day[day][number] += n
            whole[number] += n
    activity = activities.activity_of(kind)

    def funnel_rows(of: Iterable[tuple[int, date | None, Mapping[int, int]]]) -> list[FunnelRow]:
        made = (
            _row(channel, day, sum_by_rung, activity, is_exact=here.is_exact)
            for channel, day, sum_by_rung in of
        )
        return [row for row in made if row.is_told]

    return MeasureFigures(
        ladder=_ladder(whole, is_exact=here.is_exact, parts=activity.parts),
        trend=_trend(by_day, begins, last, is_exact=here.is_exact),
        channels=funnel_rows((channel, None, n_by_rung) for channel, n_by_rung in sorted(by_channel.items())),
        days=lambda: funnel_rows(
            (channel, day, sum_by_rung)
            for (channel, day), sum_by_rung in sorted(sums.items())
            if day != ALL_DAYS
        ),
    )


def _trend(
    by_day: Mapping[date, Mapping[int, int]], begins: date, last: date, *, is_exact: bool
) -> list[TrendDay]:
    so_far: dict[int, int] = defaultdict(int, by_day.get(ALL_DAYS, {}))
    stood = _ladder(so_far, is_exact=is_exact)
    points = []
    for offset in range((last - begins).days + 1):
        day = begins + timedelta(days=offset)
        if added := by_day.get(day):
            for number, n in added.items():
                so_far[number] += n
            stood = _ladder(so_far, is_exact=is_exact)
        points.append(TrendDay(day, stood))
    return points


def _row(
    channel: int, on: date | None, found: Mapping[int, int], activity: Activity, *, is_exact: bool
) -> FunnelRow:
    return FunnelRow(
        channel,
        on,
        _figures(found, activity.steps, is_exact=is_exact),
        _figures(found, activity.parts, is_exact=is_exact),
    )


def unit_funnel(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    days: int = 0,
) -> list[FunnelRow]:
    """Return the funnel of a unit by channel over all days, and for each of the last `days` days; see
    `figures_of_measures`."""
    measure_figures = figures_of_measures(
        node=node, hierarchy=hierarchy, programme=programme, measure=measure, at=at, days=days
    )
    return [*measure_figures.channels, *measure_figures.days()]


def figures_beside(
    *, node: LedgerNode, programme: Programme, steps: Sequence[Step], measure: int = 1, at: datetime
) -> dict[str, int | None]:
    """Return figures of a unit that are on no ladder and in no funnel, by the key of the step; None: too few to
    be shown.

    steps: of the activity's own rungs. One query, whatever the number of units below.
    """
    query, values = counted_below(node, node.until(programme.zone, at, None))
    sums = dict(
        sql.rows(
            f"select rung, sum(n)::bigint from ({query}) rows where measure = %(measure)s group by 1",
            values | {"programmes": programme.counted_ids, "measure": measure},
            keep_plan=node.keeps_plan,
        )
    )
    return _figures(sums, steps, is_exact=node.is_exact)


def count_unfolded(*, at: datetime) -> tuple[int, int]:
    """Count the changes that wait for a fold, and the age of the oldest in seconds; for `doctor` and metrics."""
    n, oldest = sql.row("select count(*), min(posted_at) from programmes_delta")
    return int(n), max(0, int((at - oldest).total_seconds())) if oldest else 0


def fold_is_behind(*, by: int, at: datetime) -> bool | None:
    """Return True if so many changes wait for the fold; None while no fold is at work. In the system's scope.

    Pages add up what waits, so a large post lets the fold come after it.
    """
    behind, is_at_work = sql.row(
        f"""select (select count(*) from (select from programmes_delta d where {ledger_sql.PENDING} limit %(by)s) w)
            >= %(by)s,
          exists (select from core_heartbeat
            where loop = 'programmes.fold' and turned_at > %(at)s - interval '15 s')""",
        {"by": by, "at": at},
    )
    return bool(behind) if is_at_work else None
