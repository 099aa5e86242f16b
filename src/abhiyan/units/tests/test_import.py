"""Lists of units: every row judged, differences shown, the whole undone."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from abhiyan.core import news
from abhiyan.units import actions, queries, refusals, staging
from abhiyan.units.models import (
    Placement,
    Unit,
    UnitChange,
    UnitDifference,
    UnitWords,
)
from abhiyan.units.news import UnitsGoing, UnitsMoved
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, DAY, NATION, SEEDS, SYSTEM, grow
from abhiyan.units.tests.test_move import check_tree

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
Row = Mapping[str, Any]
Refused = list[tuple[int, str, str]]


def bring(
    rows: Iterable[Row], import_id: int = 1, *, on: date = TODAY, within: int | None = None, **more: Any
) -> tuple[staging.StagingCounts, Refused]:
    with transaction.atomic():
        staging.open_staging()
        staging.stage_rows(cells(rows))
        counts = actions.take_in(import_id=import_id, on=on, by=SYSTEM, at=AT, within=within, **more)
        return counts, [(row, field, code) for row, field, code, _ in staging.staged_refusals()]


def look(rows: Iterable[Row], import_id: int = 1) -> staging.StagingCounts:
    with transaction.atomic():
        staging.open_staging()
        staging.stage_rows(cells(rows))
        return actions.preview_units(import_id=import_id, on=TODAY)


def undo(import_id: int = 1) -> int:
    return actions.undo_units_import(import_id=import_id, by=SYSTEM, at=AT, on=TODAY)


def cells(rows: Iterable[Row]) -> Iterable[list[Any]]:
    for number, row in enumerate(rows, start=2):
        assert set(row) <= set(staging.COLUMNS)
        yield [number, *(row.get(column) for column in staging.COLUMNS)]


def state() -> dict[str, list[Any]]:
    """Every byte of units and their places, but the vocabulary and the trees' versions, which only grow."""
    return {
        "units": list(Unit.objects.order_by("id").values()),
        "placements": list(Placement.objects.order_by("id").values()),
        "words": list(UnitWords.objects.order_by("unit_id").values()),
        "journal": list(UnitChange.objects.order_by("id").values()),
    }


def u(code: str, kind: str | None = None, org: str | None = None, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "name_en": code, "organisational_parent": org, **more}


SMALL = [
    u("B1", "booth", "D1", name_hi="बूथ एक", electors=900, electoral_parent="S1"),
    u("D1", "district", "JK"),
    u("IN", "nation"),
    u("JK", "state", "IN", electoral_parent="IN"),
    u("B2", "booth", "D1", electoral_parent="S1"),
    u("S1", "segment", electoral_parent="JK"),
]


def test_a_list_in_any_order_makes_units_and_both_trees() -> None:
    counts, refused = bring(SMALL)
    assert (counts.made, refused) == (6, [])
    check_tree(levels.ORGANISATIONAL)
    check_tree(levels.ELECTORAL)
    b1 = queries.unit("B1")
    assert (b1.names, b1.electors) == ({"en": "B1", "hi": "बूथ एक"}, 900)
    assert [r.code for r in queries.path_of_unit(b1.pk, levels.ORGANISATIONAL)] == ["IN", "JK", "D1", "B1"]
    assert [r.code for r in queries.path_of_unit(b1.pk, levels.ELECTORAL)] == ["IN", "JK", "S1", "B1"]
    assert not Placement.objects.filter(hierarchy=levels.ADMINISTRATIVE).exclude(parent=None).exists()


def test_every_wrong_row_is_refused_with_its_reason_and_the_others_taken() -> None:
    rows = [
        *SMALL,  # rows 2 to 7.
        u("B1", "booth", "D1"),  # 8 doubled.
        u("X1", "castle", "D1"),  # 9.
        u("X2", None, "D1"),  # 10.
        u("X3", "booth", "D1", name_en=None),  # 11.
        u("X4", "booth", "NOWHERE"),  # 12.
        u("X5", "mandal", "X6"),  # 13 circle.
        u("X6", "cluster", "X7"),  # 14 circle.
        u("X7", "mandal", "X5"),  # 15 circle.
        u("X8", "cluster", "X5"),  # 16 beneath a refused row.
        u("X9", "district", "B1"),  # 17.
        u("XA", "village", "D1"),  # 18 no place in this hierarchy.
        u("XB", "booth", "XG"),  # 19 its parent is not in this tree.
        u("XC", "mandal", "XC"),  # 20.
        u("bad code", "booth", "D1"),  # 21.
        u("root", "booth", "D1"),  # 22.
        u("XD", "booth", "X1"),  # 23 beneath a refused row.
        u("XE", "booth", "D1", electoral_parent="XS"),  # 24 refused whole.
        u("XF", "booth", "S1"),  # 25 has no place in this hierarchy itself.
        u("XG", "district"),  # 26 stands nowhere, but is a unit.
        u("XS", "segment", electoral_parent="NOWHERE"),  # 27.
    ]
    counts, refused = bring(rows)
    assert refused == [
        (8, "code", "code_doubled"),
        (9, "kind", "kind_unknown"),
        (10, "kind", "kind_needed"),
        (11, "name_en", "name_needed"),
        (12, "organisational_parent", "parent_unknown"),
        (13, "organisational_parent", "cycle"),
        (14, "organisational_parent", "cycle"),
        (15, "organisational_parent", "cycle"),
        (16, "organisational_parent", "parent_refused"),
        (17, "organisational_parent", "kind_not_allowed_here"),
        (18, "organisational_parent", "kind_not_in_hierarchy"),
        (19, "organisational_parent", "parent_not_placed"),
        (20, "organisational_parent", "cycle"),
        (21, "code", "code_shape"),
        (22, "code", "code_shape"),
        (23, "organisational_parent", "parent_refused"),
        (24, "electoral_parent", "parent_refused"),
        (25, "organisational_parent", "kind_not_allowed_here"),
        (27, "electoral_parent", "parent_unknown"),
    ]
    assert (counts.made, counts.refused) == (7, 19)
    assert Unit.objects.count() == 7
    check_tree(levels.ORGANISATIONAL)


def test_a_circle_through_places_there_are_is_refused() -> None:
    grow(NATION)
    before = state()
    counts, refused = bring([u("D1", None, "C1")])
    assert refused == [(2, "organisational_parent", "cycle")]
    assert counts.refused == 1
    assert state()["placements"] == before["placements"]


def test_a_second_list_shows_the_difference_and_applies_only_it() -> None:
    bring(SMALL)
    rows = [dict(row) for row in SMALL]
    rows[0] |= {"electors": 950, "name_hi": "बूथ क्रमांक एक"}
    rows.append(u("D2", "district", "JK"))
    rows[4] |= {"organisational_parent": "D2"}
    before = state()
    seen = look(rows, 2)
    assert state() == before
    counts, refused = bring(rows, 2)
    assert seen == counts
    assert not refused
    assert (counts.made, counts.moved, counts.changed, counts.same) == (1, 1, 1, 4)
    assert list(
        UnitDifference.objects.order_by("row", "field").values_list("code", "field", "old", "new")
    ) == [
        ("B1", "electors", "900", "950"),
        ("B1", "name_hi", "बूथ एक", "बूथ क्रमांक एक"),
        ("B2", "organisational_parent", "D1", "D2"),
    ]
    check_tree(levels.ORGANISATIONAL)
    assert bring(rows, 3)[0] == staging.StagingCounts(made=0, moved=0, changed=0, same=7, refused=0)


def test_an_empty_cell_changes_nothing() -> None:
    bring(SMALL)
    before = state()
    counts, _ = bring([{"code": "B1"}], 2)
    assert counts.same == 1
    after = state()
    assert (after["units"], after["placements"]) == (before["units"], before["placements"])


def test_a_renamed_unit_is_found_by_its_new_name_only() -> None:
    bring(SMALL)
    bring([{"code": "B1", "name_en": "Pahalgam", "name_hi": "पहलगाम"}], 2)
    assert [r.code for r in queries.search_units("Pehalgam")] == ["B1"]
    undo(2)
    assert queries.search_units("पहलगाम") == []


def test_kind_of_a_unit_is_not_changed_by_a_list() -> None:
    bring(SMALL)
    assert bring([u("D1", "region", "JK")], 2)[1] == [(2, "kind", "kind_fixed")]


def test_undo_restores_every_byte() -> None:
    grow(NATION)
    before = state()
    bring(
        [
            u("M9", "mandal", "D2"),
            u("B9", "booth", "M9", name_hi="बूथ"),
            u("C3", None, "M1", name_en="Renamed"),
            u("M2", None, "D3"),
            u("D1", None, "R2"),
            u("B1", None, "C3", electors=5),
            u("JK", None, None, electoral_parent="root"),
            u("S1", "segment", None, electoral_parent="JK"),
            u("B2", None, None, electoral_parent="S1"),
        ]
    )
    check_tree()
    check_tree(levels.ELECTORAL)
    assert undo() > 0
    check_tree()
    for part, rows in state().items():
        assert rows == before[part]


def test_undo_of_a_list_that_later_changes_stand_on_is_refused_and_says_which() -> None:
    bring(SMALL)
    bring([u("B7", "booth", "D1")], 2)
    before = state()
    with pytest.raises(refusals.LaterChanges) as refused:
        undo(1)
    assert refused.value.facts["units"] == "B7"
    assert state() == before
    undo(2)
    undo(1)
    assert Unit.objects.count() == Placement.objects.count() == UnitChange.objects.count() == 0


@pytest.mark.parametrize("on", [TODAY, TODAY - timedelta(days=1)])
def test_undo_after_a_unit_was_moved_by_hand_is_refused(on: date) -> None:
    bring([*SMALL, u("D2", "district", "JK")], on=on)
    ids = queries.ids_of(["B1", "D2"])
    actions.move_unit(
        unit_id=ids["B1"], hierarchy=levels.ORGANISATIONAL, to=ids["D2"], on=TODAY, by=SYSTEM, at=AT
    )
    with pytest.raises(refusals.LaterChanges) as refused:
        undo(1)
    assert refused.value.facts["units"] == "B1"


def test_undo_asks_the_rooms_above(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(SMALL)

    def refuse(going: UnitsGoing) -> None:
        assert going.import_id == 1
        raise refusals.StillUsed

    monkeypatch.setitem(news._subscribers, UnitsGoing, [refuse])
    before = state()
    with pytest.raises(refusals.StillUsed):
        undo()
    assert state() == before


def test_undo_of_a_unit_somebody_is_appointed_to_is_refused() -> None:
    bring(SMALL)
    from abhiyan.org.models import Body

    Body.objects.create(unit_id=queries.unit("D1").pk, names={"en": "Wing"}, kind="wing")
    with pytest.raises(refusals.StillUsed):
        undo()
    assert Unit.objects.count() == 6


def test_many_moves_at_once_lay_the_hierarchy_out_anew_and_can_be_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[UnitsMoved] = []
    monkeypatch.setitem(news._subscribers, UnitsMoved, [told.append])
    bring(
        [u("IN", "nation"), u("D1", "state", "IN"), u("D2", "state", "IN")]
        + [u(f"B{n}", "booth", "D1") for n in range(400)],
        on=DAY,
    )
    before = [
        (p["id"], p["unit_id"], p["parent_id"], p["valid_from"], p["valid_to"]) for p in state()["placements"]
    ]
    told.clear()
    counts, _ = bring([u(f"B{n}", None, "D2") for n in range(350)], 2)
    assert counts.moved == 350
    (moved,) = told
    assert len(moved.branches) == 350
    nation, first, second = (queries.unit(code).pk for code in ("IN", "D1", "D2"))
    assert {(one.old_ancestors, one.new_ancestors) for one in moved.branches} == {
        ((nation, first), (nation, second))
    }
    check_tree()
    assert queries.counts_below(queries.unit("D2").pk, levels.ORGANISATIONAL) == {"booth": 350}
    undo(2)
    check_tree()
    assert before == [
        (p["id"], p["unit_id"], p["parent_id"], p["valid_from"], p["valid_to"]) for p in state()["placements"]
    ]


def test_a_list_for_a_unit_may_say_again_where_its_own_units_stand() -> None:
    """So a list of the whole may name its top, also to begin another tree with it."""
    ids = grow(NATION)
    counts, refused = bring([u("IN", None, "root"), u("JK", None, "IN")], within=ids["IN"])
    assert (counts.same, refused) == (2, [])
    counts, refused = bring([u("JK", None, "IN")], within=ids["JK"])
    assert (counts.same, refused) == (1, [])
    counts, refused = bring([u("IN", "nation", None, electoral_parent="root")], within=ids["IN"])
    assert (counts.moved + counts.changed + counts.made, refused) == (1, [])  # in a tree that is begun
    for code, parent in (("JK", "root"), ("JK", "HP"), ("IN", "root")):
        _counts, refused = bring([u(code, None, parent)], within=ids["JK"])
        assert {reason for _row, _field, reason in refused} == {"outside"}, (code, parent)


def test_rows_outside_the_unit_whose_list_it_is_are_refused() -> None:
    ids = grow(NATION)
    counts, refused = bring(
        [
            u("B7", "booth", "C1"),
            u("B8", "booth", "C3"),
            u("B4", None, None, electors=3),
            u("B5", None, "C1"),
            u("B9", "booth"),
        ],
        within=ids["R1"],
    )
    assert counts.made == 1
    assert refused == [
        (3, "organisational_parent", "outside"),
        (4, "code", "outside"),
        (5, "code", "outside"),
        (6, "code", "nowhere"),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_lists_keep_the_trees_and_are_undone_in_turn(seed: int) -> None:
    rng = random.Random(seed)
    states = [state()]
    known: dict[str, str] = {}
    org, electoral = (
        ["nation", "state", "region", "district", "mandal", "cluster", "booth"],
        [
            "nation",
            "state",
            "zone",
            "constituency",
            "segment",
            "booth",
        ],
    )
    for import_id in range(1, 6):
        rows: list[Row] = [] if known else [u("IN", "nation")]
        known.setdefault("IN", "nation")
        for _ in range(rng.randint(3, 30)):
            if len(known) > 3 and rng.random() < 0.4:
                code, is_kind = rng.choice(sorted(known.items()))
                stated = None
            else:
                code, is_kind = f"u{len(known)}", rng.choice(sorted({*org[1:], *electoral[1:]}))
                stated = known[code] = is_kind
            row = u(code, stated, name_en=rng.choice(["Rampur", "Sitapur", "Kathua", "Doda"]))
            if is_kind in org and rng.random() < 0.8:
                row["organisational_parent"] = rng.choice(sorted(known))
            if is_kind in electoral and rng.random() < 0.5:
                row["electoral_parent"] = rng.choice(sorted(known))
            rows.append(row)
        rng.shuffle(rows)
        counts, refused = bring(rows, import_id)
        assert counts.made + counts.moved + counts.changed + counts.same + counts.refused == len(rows)
        assert counts.refused == len({row for row, _, _ in refused})
        for hierarchy in levels.HIERARCHIES:
            check_tree(hierarchy)
        states.append(state())
        assert set(UnitWords.objects.values_list("unit_id", flat=True)) == set(
            Unit.objects.values_list("id", flat=True)
        )
    for import_id in range(5, 0, -1):
        undo(import_id)
        for hierarchy in levels.HIERARCHIES:
            check_tree(hierarchy)
        assert state() == states[import_id - 1]


def test_a_second_reading_of_the_same_list_changes_nothing() -> None:
    bring(SMALL)
    before = state()
    counts, _ = bring(SMALL, 2)
    assert counts.same == len(SMALL)
    after = state()
    assert {k: after[k] for k in ("units", "placements", "words")} == {
        k: before[k] for k in ("units", "placements", "words")
    }
