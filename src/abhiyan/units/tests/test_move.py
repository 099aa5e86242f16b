"""Placing and moving: ranges nest as parent pointers do, and only what moves is touched."""

import random
from datetime import date
from typing import Any

import pytest
from django.db import connection

from abhiyan.core import news
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.units import actions, queries, refusals
from abhiyan.units.models import Placement, Unit
from abhiyan.units.news import UnitsMoved
from abhiyan.units.rules import levels, ranges
from abhiyan.units.tests.make import AT, DAY, NATION, SYSTEM, grow

pytestmark = pytest.mark.django_db
ORG = levels.ORGANISATIONAL
TODAY = date(2026, 11, 20)


def check_tree(hierarchy: int = ORG) -> None:
    """Ranges, depths and leaves are exactly what parent pointers say."""
    found = Placement.objects.filter(hierarchy=hierarchy, valid_to=None)
    rows = [(p.unit_id, p.parent_id, p.lo or 0, p.hi or 0, p.depth, p.leaves) for p in found]
    parent = {unit: above for unit, above, *_ in rows}
    span = {unit: (lo, hi) for unit, _, lo, hi, _, _ in rows}
    below: dict[int, set[int]] = {unit: {unit} for unit in parent}
    depth: dict[int, int] = {}
    for unit in parent:
        depth[unit] = 0
        above = parent[unit]
        while above is not None:
            below[above].add(unit)
            depth[unit] += 1
            above = parent[above]
    childless = set(parent) - set(parent.values())
    positions = sorted((lo, unit) for unit, (lo, _) in span.items())
    assert len({lo for lo, _ in positions}) == len(rows), "positions are unique"
    for unit, _, lo, hi, deep, leaves in rows:
        assert ranges.base(hierarchy) <= lo < hi <= ranges.base(hierarchy) + ranges.SPAN
        assert {u for u in span if lo <= span[u][0] < hi} == below[unit]
        assert all(span[u][1] <= hi for u in below[unit])
        assert deep == depth[unit]
        assert leaves == len(below[unit] & childless)


def heard(monkeypatch: pytest.MonkeyPatch) -> list[UnitsMoved]:
    found: list[UnitsMoved] = []
    monkeypatch.setitem(news._subscribers, UnitsMoved, [found.append])
    return found


def move(ids: dict[str, int], unit: str, to: str | None, on: date = TODAY) -> None:
    actions.move_unit(unit_id=ids[unit], hierarchy=ORG, to=ids[to] if to else None, on=on, by=SYSTEM, at=AT)


def test_placed_units_nest_as_their_parents_say() -> None:
    ids = grow(NATION)
    check_tree()
    assert [row.code for row in queries.path_of_unit(ids["B3"], ORG)] == [
        "IN",
        "JK",
        "R1",
        "D1",
        "M1",
        "C2",
        "B3",
    ]


def test_a_newcomer_shifts_no_other_unit() -> None:
    ids = grow(NATION)
    before = dict(Placement.objects.values_list("unit_id", "lo"))
    new = actions.make_units(
        units=[actions.NewUnit(code=f"N{n}", kind="booth", names={"en": "new"}) for n in range(50)],
        by=SYSTEM,
        at=AT,
    )
    for n in range(25):
        actions.place_units(
            hierarchy=ORG,
            places=[(new[f"N{n}"], ids["C2"]), (new[f"N{n + 25}"], ids["M2"])],
            on=DAY,
            by=SYSTEM,
            at=AT,
        )
    check_tree()
    after = dict(Placement.objects.values_list("unit_id", "lo"))
    assert {unit: after[unit] for unit in before} == before


def test_a_branch_moves_with_all_below_it_and_nothing_else_shifts(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = grow(NATION)
    news_told = heard(monkeypatch)
    before = {row.unit_id: row for row in Placement.objects.all()}
    move(ids, "M1", "D3")
    check_tree()
    moved = {ids[code] for code in ("M1", "C1", "C2", "B1", "B2", "B3")}
    for row in Placement.objects.filter(valid_to=None):
        if row.unit_id not in moved:
            assert (row.lo, row.hi) == (before[row.unit_id].lo, before[row.unit_id].hi)
    (told,) = news_told
    (branch,) = told.branches
    assert (branch.unit_id, told.hierarchy) == (ids["M1"], ORG)
    assert branch.old_ancestors == tuple(ids[c] for c in ("IN", "JK", "R1", "D1"))
    assert branch.new_ancestors == tuple(ids[c] for c in ("IN", "JK", "R2", "D3"))
    assert (branch.lo, branch.hi) == queries.span(ids["M1"], ORG)


def test_moving_there_and_back_shifts_nobody_else() -> None:
    ids = grow(NATION)
    lo = dict(Placement.objects.values_list("unit_id", "lo"))
    move(ids, "C3", "M1")
    move(ids, "C3", "M3")
    check_tree()
    now = dict(Placement.objects.filter(valid_to=None).values_list("unit_id", "lo"))
    assert {u: p for u, p in now.items() if u not in {ids[c] for c in ("C3", "B4", "B5", "B6")}} == {
        u: p for u, p in lo.items() if u not in {ids[c] for c in ("C3", "B4", "B5", "B6")}
    }


def test_where_a_unit_stood_stays_in_the_record() -> None:
    ids = grow(NATION)
    move(ids, "B1", "C3")
    past = Placement.objects.get(unit_id=ids["B1"], valid_to=TODAY)
    assert (past.parent_id, past.lo, past.valid_from) == (ids["C1"], None, DAY)
    assert [r.code for r in queries.path_of_unit(ids["B1"], ORG, on=date(2026, 11, 10))][-2:] == ["C1", "B1"]
    assert [r.code for r in queries.path_of_unit(ids["B1"], ORG, on=TODAY)][-2:] == ["C3", "B1"]


def test_a_second_move_on_one_day_leaves_no_row_of_no_length() -> None:
    ids = grow(NATION)
    move(ids, "B1", "C3")
    move(ids, "B1", "C2")
    assert Placement.objects.filter(unit_id=ids["B1"]).count() == 2
    check_tree()


def test_an_only_child_leaves_its_parent_a_leaf() -> None:
    ids = grow(NATION)
    move(ids, "B3", "C1")
    check_tree()
    assert queries.row_of_unit(ids["C2"], ORG).leaves == 1


def test_a_move_is_written_to_the_trail() -> None:
    ids = grow(NATION)
    move(ids, "M1", "D3")
    with system("test"):
        entry = AuditEntry.objects.get(act="units.move")
    assert (entry.subject, entry.facts["to"]) == ("M1", "D3")


@pytest.mark.parametrize(
    ("unit", "to", "on", "refusal"),
    [
        ("B1", "C1", TODAY, refusals.AlreadyThere),
        ("D1", "M1", TODAY, refusals.Cycle),
        ("D1", "D1", TODAY, refusals.Cycle),
        ("D1", "M3", TODAY, refusals.KindNotAllowedHere),
        ("B1", "B2", TODAY, refusals.KindNotAllowedHere),
        ("B1", "C3", date(2026, 11, 21), refusals.NotYet),
        ("B1", "C3", date(2026, 10, 1), refusals.BeforeItsTime),
        ("X", "C3", TODAY, refusals.NotPlaced),
        ("B1", "X", TODAY, refusals.UnknownParent),
    ],
)
def test_what_a_move_refuses(unit: str, to: str, on: date, refusal: type[Exception]) -> None:
    ids = grow(NATION)
    ids["X"] = actions.make_unit(
        unit=actions.NewUnit(code="X", kind="mandal", names={"en": "X"}), by=SYSTEM, at=AT
    )
    before = list(Placement.objects.order_by("id").values())
    with pytest.raises(refusal):
        move(ids, unit, to, on)
    assert list(Placement.objects.order_by("id").values()) == before


@pytest.mark.parametrize(
    ("places", "refusal"),
    [
        ([("X", "C1"), ("X", "C2")], refusals.AlreadyPlaced),
        ([("B1", "C2")], refusals.AlreadyPlaced),
        ([("X", "Y")], refusals.UnknownParent),
        ([("X", "X")], refusals.Cycle),
        ([("X", "B1")], refusals.KindNotAllowedHere),
        ([("V", "D1")], refusals.KindNotAllowedHere),
    ],
)
def test_placing_refuses_what_is_no_place(places: list[tuple[str, str]], refusal: type[Exception]) -> None:
    ids = grow(NATION)
    for code, kind in (("X", "booth"), ("Y", "cluster"), ("V", "village")):
        ids[code] = actions.make_unit(
            unit=actions.NewUnit(code=code, kind=kind, names={"en": code}), by=SYSTEM, at=AT
        )
    with pytest.raises(refusal):
        actions.place_units(
            hierarchy=ORG, places=[(ids[u], ids[p]) for u, p in places], on=DAY, by=SYSTEM, at=AT
        )


def test_a_code_belongs_to_one_unit() -> None:
    grow(NATION)
    with pytest.raises(refusals.DoubledCode):
        grow({"B1": {}})
    with pytest.raises(refusals.BadCode):
        grow({"a b": {}})


def test_ranges_derived_from_pointers_alone_nest(django_assert_max_num_queries: Any) -> None:
    ids = grow(NATION)
    Placement.objects.update(lo=None, hi=None, depth=0, leaves=0)
    derived = actions.derive(hierarchy=ORG)
    assert (derived.units, derived.lost) == (len(ids), 0)
    check_tree()
    assert actions.derive(hierarchy=ORG).shifted == 0


def test_what_no_root_leads_to_gets_no_position() -> None:
    ids = grow(NATION)
    Placement.objects.filter(unit_id=ids["D3"]).update(parent_id=ids["M3"])
    assert actions.derive(hierarchy=ORG).lost == 6
    assert Placement.objects.get(unit_id=ids["B4"]).lo is None


@pytest.mark.parametrize("seed", range(6))
def test_random_moves_in_random_trees_keep_ranges_and_touch_nothing_else(seed: int) -> None:
    """Some rounds start from ranges so tight that there is no room: then the smallest ancestor grows."""
    rng = random.Random(seed)
    tree: dict[str, Any] = {"N": {}}
    places: dict[str, dict[str, Any]] = {"N": tree["N"]}
    deep = {"N": 0}
    for n in range(rng.randint(10, 90)):
        parent = rng.choice([c for c in places if deep[c] < 6])
        code = f"u{n}"
        places[parent][code] = places[code] = {}
        deep[code] = deep[parent] + 1
    ids = grow(tree)
    check_tree()
    if seed % 2:
        _tighten()
        check_tree()
    kinds = dict(Unit.objects.values_list("id", "kind"))
    for _ in range(25):
        before = {p.unit_id: (p.lo or 0, p.hi or 0) for p in Placement.objects.filter(valid_to=None)}
        unit, to = rng.sample(sorted(ids), 2)
        inside = {u for u, (lo, _) in before.items() if before[ids[unit]][0] <= lo < before[ids[unit]][1]}
        try:
            move(ids, unit, to)
        except (refusals.AlreadyThere, refusals.Cycle, refusals.KindNotAllowedHere, refusals.NotPlaced):
            continue
        check_tree()
        assert dict(Unit.objects.values_list("id", "kind")) == kinds
        if not seed % 2:
            now = Placement.objects.filter(valid_to=None).values_list("unit_id", "lo", "hi")
            assert {u: (lo, hi) for u, lo, hi in now if u not in inside} == {
                u: span for u, span in before.items() if u not in inside
            }


def _tighten() -> None:
    """Squeeze the tree into as few positions as a preorder needs, without any slack."""
    rows = {p.unit_id: p for p in Placement.objects.filter(valid_to=None)}
    below: dict[int | None, list[int]] = {}
    for unit, row in sorted(rows.items()):
        below.setdefault(row.parent_id, []).append(unit)
    position = ranges.base(ORG)

    def walk(unit: int) -> None:
        nonlocal position
        rows[unit].lo = position
        position += 1
        for child in below.get(unit, []):
            walk(child)
        rows[unit].hi = position

    for root in below[None]:
        walk(root)
    for row in rows.values():
        row.save(update_fields=["lo", "hi"])


@pytest.mark.slow
def test_ten_thousand_units_are_placed_by_as_many_queries_as_ten() -> None:
    from django.test.utils import CaptureQueriesContext

    ids = grow({"N": {f"s{n}": {} for n in range(3)}})

    def placed(numbers: range) -> int:
        more = actions.make_units(
            units=[actions.NewUnit(code=f"b{n}", kind="booth", names={"en": "b"}) for n in numbers],
            by=SYSTEM,
            at=AT,
        )
        with CaptureQueriesContext(connection) as queries_run:
            actions.place_units(
                hierarchy=ORG,
                places=[(unit, ids[f"s{n % 3}"]) for n, unit in enumerate(more.values())],
                on=DAY,
                by=SYSTEM,
                at=AT,
            )
        return len(queries_run)

    few = placed(range(10))
    assert placed(range(10, 10_000)) <= few + 5 < 70  # where there is less room, a few looks more
    assert queries.counts_below(ids["N"], ORG) == {"state": 3, "booth": 10_000}
