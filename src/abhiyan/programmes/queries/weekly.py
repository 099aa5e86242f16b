"""Figures for analysts: each unit, week, measure and rung, as pages show them to the same reader (docs/figures.md).

Nothing is summed or rounded here. `split_by` gives each figure of a week, `shown_real` each estimate.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from abhiyan.core import small_cells, sql
from abhiyan.core.clock import day_in
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.words import name_in_language
from abhiyan.imports.tables.parquet import ParquetColumn
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.estimated import Estimated, estimated_rungs
from abhiyan.programmes.rules.ladder import NUMBER_OF_RUNG
from abhiyan.programmes.rules.windows import monday_of
from abhiyan.units.queries import TreesMoved, trees_version
from abhiyan.units.rules import levels

from .checked import shown_real
from .counts_by import BEFORE, By, CountSplit, split_by
from .ledger import LedgerNode, node_of
from .programmes import measures

FORMAT = 1  # rises when a column goes or changes its meaning
REAL = "real"
AT_ONCE = 2_000  # units of one query

FIGURE_COLUMNS = (
    ParquetColumn("programme", "string", is_required=True),
    ParquetColumn("programme_name", "string", is_required=True),
    ParquetColumn("is_sample", "bool", is_required=True),
    ParquetColumn("measure", "int16", is_required=True),
    ParquetColumn("measure_name", "string", is_required=True),
    ParquetColumn("hierarchy", "string", is_required=True),
    ParquetColumn("unit", "string", is_required=True),
    ParquetColumn("level", "string", is_required=True),
    ParquetColumn("parent", "string"),
    ParquetColumn("rung", "string", is_required=True),
    ParquetColumn("week", "date32"),
    ParquetColumn("n", "int64"),
    ParquetColumn("is_rounded", "bool", is_required=True),
    ParquetColumn("from_day", "date32"),
    ParquetColumn("to_day", "date32"),
    ParquetColumn("of_100", "int16"),
    ParquetColumn("low", "int16"),
    ParquetColumn("high", "int16"),
    ParquetColumn("checks", "int64"),
)


class PlacedUnit(NamedTuple):
    """A unit, its public code and level, the code of the unit above it, and its position."""

    unit_id: int
    code: str
    kind: str
    parent: str | None
    lo: int


def weekly_figures(
    *, node: LedgerNode, programme: Programme, at: datetime, kinds: Collection[str] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield rows of FIGURE_COLUMNS, of a unit and of all below it, level by level from the top.

    kinds: of the units below; None for all. The scope in force decides what is exact, as on pages. A unit has four rows
    for a week, one a rung, if at least one of the four is shown; and one row for a measure with an estimate. One query
    for AT_ONCE units, and one for their figures and their estimates.
    """
    measured = measures([programme])[programme.pk]
    drive = str(programme.public_id), name_in_language(programme.names, "en"), programme.is_sample
    on = day_in(programme.zone, at)
    by = By(time="week", since=monday_of(programme.opens_on), rungs=tuple(NUMBER_OF_RUNG.values()))
    slug = levels.SLUGS[node.hierarchy]
    for units in _placed(node, kinds):
        ids = [unit.unit_id for unit in units]
        checked = estimated_rungs([programme.pk], ids, on=on)
        for measure in measured:
            splits = split_by(node=node, units=ids, programme=programme, measure=measure.number, by=by, at=at)
            measure_name = name_in_language(measure.names, "en")
            subject = (*drive, measure.number, measure_name, slug)
            for unit in units:
                place = (*subject, unit.code, unit.kind, unit.parent)
                split = splits[unit.unit_id]
                yield from (place + row for row in _of_weeks(split))
                if (estimate := checked.get((programme.pk, measure.number, unit.unit_id))) is not None:
                    yield from (place + row for row in _of_checks(estimate, is_rounded=split.is_rounded))


def about_figures(at: datetime) -> dict[str, str]:
    """Facts that the file keeps about itself."""
    return {"figures_format": str(FORMAT), "read_at": at.astimezone(UTC).isoformat()}


@contextmanager
def as_outsider() -> Iterator[None]:
    """Open a transaction that sees all counts as somebody does who sees no people. Refuses TreesMoved at its end."""
    with system("the version of the trees"):
        version = trees_version()
    with scoped(Scope(counts="{(,)}", trees=version, reason="figures for analysts")):
        yield
        if trees_version() != version:
            raise TreesMoved


def figures_of_all(*, at: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield the same rows of every programme but drafts, each in its own hierarchy from the top."""
    for programme in Programme.objects.exclude(state=Programme.State.DRAFT).order_by("pk"):
        tops = sql.column(
            "select unit_id from units_placement"
            " where hierarchy = %s and parent_id is null and lo is not null order by lo",
            [programme.hierarchy],
        )
        for unit_id in tops:
            node = node_of(unit_id, programme.hierarchy)
            if node is not None:
                yield from weekly_figures(node=node, programme=programme, at=at)


def _of_weeks(split: CountSplit) -> Iterator[tuple[Any, ...]]:
    """The four rungs of each week with a figure."""
    for day in sorted({day for day, _rung in split.figures}):
        week = None if day == BEFORE else day
        for name, number in NUMBER_OF_RUNG.items():
            yield (name, week, split.get(day, number), split.is_rounded, None, None, None, None, None, None)


def _of_checks(estimate: Estimated, *, is_rounded: bool) -> Iterator[tuple[Any, ...]]:
    """The estimate of a frame, where checks are enough to say estimate."""
    real = shown_real(estimate, is_rounded=is_rounded)
    if real is None or (real.about, real.low, real.high) == (None, None, None):
        return
    n, checks = estimate.entered.items, estimate.entered.finished
    if is_rounded:
        counts = small_cells.shown_count(n), small_cells.shown_count(checks)
    else:
        counts = n, checks
    since: date | None = estimate.since if estimate.since and estimate.since <= estimate.frozen_on else None
    yield (
        *(REAL, None, counts[0], is_rounded, since, estimate.frozen_on),
        *(real.about, real.low, real.high, counts[1]),
    )


def _placed(node: LedgerNode, kinds: Collection[str] | None) -> Iterator[list[PlacedUnit]]:
    """Units of a node, none of them below another of the same group."""
    place: Mapping[str, Any] = {
        "node": node.unit_id,
        "hierarchy": node.hierarchy,
        "lo": node.lo,
        "hi": node.hi,
        "kinds": None if kinds is None else list(kinds),
        "most": AT_ONCE,
    }
    depths = sql.column(
        """select distinct depth from units_placement
        where hierarchy = %(hierarchy)s and lo >= %(lo)s and lo < %(hi)s order by 1""",
        place,
    )
    for depth in depths:
        after = node.lo - 1
        while group := sql.each(
            PlacedUnit,
            """select u.id, u.code, u.kind, above.code, p.lo
            from units_placement p join units_unit u on u.id = p.unit_id
            left join units_unit above on above.id = p.parent_id
            where p.hierarchy = %(hierarchy)s and p.depth = %(depth)s and p.lo > %(after)s and p.lo < %(hi)s
              and (%(kinds)s::text[] is null or u.kind = any(%(kinds)s) or u.id = %(node)s)
            order by p.lo limit %(most)s""",
            {**place, "depth": depth, "after": after},
        ):
            yield group
            after = group[-1].lo
