"""Figures for analysts over random trees: nothing below ten can be worked out of a file."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.small_cells import STEP, shown_with_own
from abhiyan.core.tests.given import NOW
from abhiyan.programmes import queries
from abhiyan.programmes.rules.ladder import NUMBER_OF_RUNG
from abhiyan.programmes.rules.windows import monday_of
from abhiyan.units.models import Placement

from .make import programme
from .test_small_cells_of_ledgers import TREES, RandomDrive

pytestmark = pytest.mark.django_db
NAMES = [column.name for column in queries.FIGURE_COLUMNS]
Cell = tuple[str, Any, str]  # unit, week, rung


def figures_seen(
    random: RandomDrive, scope: Scope, *, at: datetime = NOW, tree: int = 1
) -> list[dict[str, Any]]:
    """The file of the whole tree, as somebody in this scope gets it."""
    with scoped(scope):
        node = queries.node_of(random.world.unit("N"), tree)
        assert node is not None
        rows = list(queries.weekly_figures(node=node, programme=random.drive, at=at))
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def above_of(unit: str, above: dict[str, str | None]) -> set[str]:
    """All units above a unit."""
    top, line = above.get(unit), set[str]()
    while top:
        line.add(top)
        top = above.get(top)
    return line


def ranges_of(
    rows: list[dict[str, Any]], above: dict[str, str | None], booth: str, exact: set[str]
) -> dict[Cell, tuple[int, float]]:
    """From what to what each cell can be, by all that an analyst can work out: the file, the tree, how rungs nest.

    above: unit -> the unit above it. booth: the unit whose people the reader sees; "" for none. exact: this booth,
    and units that consist of it.
    """
    figures = {(row["unit"], row["week"], row["rung"]): row["n"] for row in rows}
    line = above_of(booth, above)
    weeks, ends_of = {row["week"] for row in rows}, dict[Cell, tuple[int, float]]()
    for unit, week, rung in product(above, weeks, NUMBER_OF_RUNG):
        own_n = figures.get((booth, week, rung)) or 0
        n = figures.get((unit, week, rung))
        if unit in exact:
            ends_of[unit, week, rung] = n or 0, n or 0
            continue
        mine = own_n if unit in line else 0
        rests = [rest for rest in range((n or STEP) + 20) if shown_with_own(mine, rest) == n]
        ends_of[unit, week, rung] = mine + rests[0], mine + rests[-1]
    groups: list[tuple[Cell, list[Cell]]] = []
    for unit, week, rung in product(above, weeks, NUMBER_OF_RUNG):
        below = [(child, week, rung) for child, top in above.items() if top == unit]
        groups += [((unit, week, rung), below)] if below else []
    for unit, week in product(above, weeks):
        groups.append(((unit, week, "reported"), [(unit, week, "counted"), (unit, week, "unsigned")]))
        groups.append(((unit, week, "counted"), [(unit, week, "confirmed")]))
    for _round in range(6):  # up and down the tree
        for whole, parts in groups:
            least = sum(ends_of[part][0] for part in parts)
            low, high = ends_of[whole]
            ends_of[whole] = max(low, least), high
            for part in parts:
                low_of, high_of = ends_of[part]
                ends_of[part] = low_of, min(high_of, high - (least - low_of))
    return ends_of


@pytest.mark.parametrize("sight", ["nobody", "people", "figures"])
@pytest.mark.parametrize("seed", range(2))
def test_no_cell_below_ten_comes_out_of_sums_of_units_weeks_or_rungs(seed: int, sight: str) -> None:
    """A hidden cell can be nothing at all, and it can be several numbers."""
    random = RandomDrive(seed)
    random.fill()
    booth = "" if sight == "nobody" else random.chance.choice(random.booths).code
    scope = random.scope(
        *([booth] if sight == "people" else []), figures=[booth] if sight == "figures" else []
    )
    for tree in TREES:
        rows = figures_seen(random, scope, tree=tree, at=NOW + timedelta(days=1))  # every day is closed
        rounded = [row for row in rows if row["is_rounded"]]
        assert rounded, "something is told"
        assert all(row["n"] is None or (row["n"] >= STEP and row["n"] % STEP == 0) for row in rounded)
        with system("test"):
            places = list(Placement.objects.filter(hierarchy=tree).select_related("unit", "parent"))
        above = {place.unit.code: place.parent.code if place.parent else None for place in places}
        only = booth  # a unit whose one booth is in sight is in sight
        exact = {booth}
        while (top := above.get(only)) and list(above.values()).count(top) == 1:
            only = top
            exact.add(only)
        assert {row["unit"] for row in rows} - {row["unit"] for row in rounded} <= exact
        visible = {(row["unit"], row["week"], row["rung"]) for row in rows if row["n"] is not None}
        ranges = ranges_of(rows, above, booth, exact)
        hidden = {cell: ends for cell, ends in ranges.items() if cell not in visible and cell[0] not in exact}
        assert hidden
        n_of = {(row["unit"], row["week"], row["rung"]): row["n"] for row in rows}
        line = above_of(booth, above)
        for (unit, week, rung), (low, high) in hidden.items():
            mine = (n_of.get((booth, week, rung)) or 0) if unit in line else 0
            assert low <= mine and high > mine, "the rest of it can be nothing, and more than one number"


@pytest.mark.parametrize("seed", range(2))
def test_a_file_is_what_the_split_by_week_says_of_each_unit(seed: int) -> None:
    """Also with a part of the tree in sight, of each rung, and once the folds are done."""
    random = RandomDrive(seed)
    random.fill()
    scope = random.scope(*(booth.code for booth in random.chance.sample(random.booths, 2)))
    file = {(row["unit"], row["week"], row["rung"]): row for row in figures_seen(random, scope)}
    with system("test"):
        places = list(Placement.objects.filter(hierarchy=1).values_list("unit_id", "unit__code"))
    by = queries.By("week", monday_of(random.drive.opens_on))
    with scoped(scope):
        for unit, code in places:
            node = queries.node_of(unit, 1)
            assert node is not None
            for name, number in NUMBER_OF_RUNG.items():
                asks: dict[str, Any] = {
                    "programme": random.drive,
                    "measure": 1,
                    "rung": number,
                    "by": by,
                    "at": NOW,
                }
                split = queries.split_by(node=node, units=[unit], **asks)[unit]
                weeks = {None if week == queries.BEFORE else week: n for (week,), n in split.figures.items()}
                n_of_week = {
                    week: row["n"]
                    for (of_unit, week, rung), row in file.items()
                    if (of_unit, rung) == (code, name)
                }
                assert {week: n for week, n in n_of_week.items() if n} == weeks
                assert all(n == (None if split.is_rounded else 0) for n in n_of_week.values() if not n)


@pytest.mark.parametrize("n", [1, 9])
def test_whether_a_few_joined_or_nobody_changes_nothing_in_an_outsiders_file(n: int) -> None:
    random = RandomDrive(7)
    random.fill()
    other, booth = random.chance.sample(random.booths, 2)
    with system("test"):
        random.drive = programme(random.world.units["N"])
    random.post(booth, 3, days_ago=1)
    before = figures_seen(random, random.scope(booth.code))
    assert {row["unit"] for row in before} == {booth.code}
    random.post(other, n, days_ago=2)
    assert figures_seen(random, random.scope(booth.code)) == before


def test_today_is_in_no_outsiders_file_before_it_is_over() -> None:
    random = RandomDrive(3)
    random.fill()
    before = figures_seen(random, random.scope())
    random.post(random.booths[0], 40, days_ago=0)
    assert figures_seen(random, random.scope()) == before
    assert figures_seen(random, random.scope(), at=NOW + timedelta(days=1)) != before


def test_levels_that_are_left_out_take_no_row_with_them() -> None:
    random = RandomDrive(5)
    random.fill()
    with scoped(random.scope()):
        node = queries.node_of(random.world.unit("N"), 1)
        assert node is not None
        rows = list(queries.weekly_figures(node=node, programme=random.drive, at=NOW, kinds=["state"]))
    whole = figures_seen(random, random.scope())
    assert [dict(zip(NAMES, row, strict=True)) for row in rows] == [
        row for row in whole if row["level"] in ("nation", "state")
    ]


def test_who_has_no_scope_gets_no_row() -> None:
    random = RandomDrive(5)
    random.fill()
    assert figures_seen(random, Scope()) == []
