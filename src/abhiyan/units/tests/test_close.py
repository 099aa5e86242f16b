"""Units close from a day: by an act and by a list, and open again by undoing either."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from abhiyan.core.scope import system
from abhiyan.imports import actions as imports
from abhiyan.imports.kinds import kind_of_import
from abhiyan.imports.models import StagedImport
from abhiyan.imports.queries import act_to_confirm, lacking_rows, notes_on_list
from abhiyan.units import actions, queries, refusals
from abhiyan.units.models import Pin, Placement, Unit, UnitChange
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, DAY, NATION, SEEDS, SYSTEM, grow
from abhiyan.units.tests.test_import import TODAY, bring, state, u, undo
from abhiyan.units.tests.test_lists import _file, _step, reasons, refused
from abhiyan.units.tests.test_lists import bring as bring_file
from abhiyan.units.tests.test_move import check_tree

pytestmark = pytest.mark.django_db


def close(code: str, **more: Any) -> None:
    given: dict[str, Any] = {"on": TODAY, "by": SYSTEM, "at": AT} | more
    actions.close_units(unit_id=queries.unit(code).pk, **given)


def open_again(code: str, **more: Any) -> int:
    given: dict[str, Any] = {"by": SYSTEM, "at": AT} | more
    return actions.reopen_units(unit_id=queries.unit(code).pk, **given)


def test_a_closed_unit_keeps_its_facts_and_its_place_and_names_who_took_over() -> None:
    ids = grow(NATION)
    Pin.objects.create(pin="182201", unit_id=ids["B4"])
    before = queries.path_of_unit(ids["B4"], levels.ORGANISATIONAL)
    counts = queries.counts_below(ids["M3"], levels.ORGANISATIONAL)
    close("B4", successors=["B5"])
    unit = queries.unit("B4")
    assert (unit.closed_on, unit.successors, unit.names) == (TODAY, ["B5"], {"en": "B4"})
    assert [row.code for row in queries.path_of_unit(ids["B4"], levels.ORGANISATIONAL)] == [
        row.code for row in before
    ]
    assert queries.counts_below(ids["M3"], levels.ORGANISATIONAL) == counts | {"booth": 2}
    (found,) = queries.search_units("B4")
    assert found.closed_on == TODAY
    assert [row.code for row in queries.succeeded_by(ids["B4"])] == ["B5"]
    assert [row.code for row in queries.by_pin("182201")] == ["B5"]
    close("B5", successors=["B6"])
    assert [row.code for row in queries.by_pin("182201")] == ["B6"]
    check_tree(levels.ORGANISATIONAL)


def test_nothing_is_placed_beneath_a_closed_unit() -> None:
    ids = grow(NATION)
    close("M2")
    made = actions.make_unit(
        unit=actions.NewUnit(code="C9", kind="cluster", names={"en": "C9"}), by=SYSTEM, at=AT
    )
    with pytest.raises(refusals.UnitClosed):
        actions.place_units(hierarchy=1, places=[(made, ids["M2"])], on=DAY, by=SYSTEM, at=AT)
    with pytest.raises(refusals.UnitClosed):
        actions.move_unit(unit_id=ids["C1"], hierarchy=1, to=ids["M2"], on=TODAY, by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("code", "more", "refusal"),
    [
        ("B4", {"on": TODAY + timedelta(days=1)}, refusals.NotYet),
        ("B4", {"on": DAY - timedelta(days=1)}, refusals.BeforeItsTime),
        ("IN", {}, refusals.TopStays),
        ("M3", {}, refusals.OpenBelow),
        ("B4", {"successors": ["B4"]}, refusals.SuccessorUnfit),
        ("B4", {"successors": ["M3"]}, refusals.SuccessorUnfit),
        ("B4", {"successors": ["NOBODY"]}, refusals.SuccessorUnfit),
        ("B4", {"successors": ["B1"]}, refusals.SuccessorUnfit),
        (
            "C3",
            {"successors": ["C1"], "with_below": True, "answers": {"nothing": "ends"}},
            refusals.AnswerUnfit,
        ),
        ("B4", {"answers": {"programmes.targets": "goes"}}, refusals.AnswerUnfit),
        ("B4", {"answers": {"org.appointments": "goes"}, "successors": ["B5"]}, refusals.AnswerUnfit),
        ("B1", {}, refusals.AlreadyClosed),
    ],
)
def test_what_cannot_be_closed_is_refused(code: str, more: dict[str, Any], refusal: type[Exception]) -> None:
    grow(NATION)
    close("B1")
    before = state()
    with pytest.raises(refusal):
        close(code, **more)
    assert state() == before


def test_what_closes_with_a_unit_is_asked_for_as_the_unit_is() -> None:
    ids = grow(NATION)
    actions.move_unit(unit_id=ids["B5"], hierarchy=1, to=ids["M3"], on=TODAY, by=SYSTEM, at=AT)
    with pytest.raises(refusals.BeforeItsTime, match="B5"):
        close("M3", on=DAY, with_below=True)
    top = actions.make_unit(
        unit=actions.NewUnit(code="IN2", kind="nation", names={"en": "IN2"}), by=SYSTEM, at=AT
    )
    actions.place_units(hierarchy=2, places=[(top, None)], on=DAY, by=SYSTEM, at=AT)
    Placement.objects.filter(unit=top).update(unit=ids["B4"])  # B4 is the top of another tree
    with pytest.raises(refusals.TopStays, match="B4"):
        close("C3", with_below=True)
    assert not Unit.objects.exclude(closed_on=None).exists()


def test_a_unit_closes_together_with_what_is_open_below_it_and_opens_so() -> None:
    ids = grow(NATION)
    close("B6")
    before = state()
    close("C3", with_below=True)
    closed = set(Unit.objects.exclude(closed_on=None).values_list("code", flat=True))
    assert closed == {"B4", "B5", "B6", "C3"} and queries.open_below(ids["M3"]) == []
    with pytest.raises(refusals.ClosedEarlier):
        open_again("B4", at=AT + timedelta(days=1))
    close("M3")
    with pytest.raises(refusals.AboveClosed):
        open_again("B4")
    open_again("M3")
    assert open_again("B4") == 3
    assert state() == before
    with pytest.raises(refusals.AlreadyOpen):
        open_again("B4")


def test_a_list_closes_units_names_successors_and_its_undo_opens_them(tmp_path: Path) -> None:
    grow(NATION)
    before = state()
    head = "code,kind,name_en,organisational_parent,closed_on,successors\n"
    text = head + "N1,booth,New,C3,,\nB4,,,,01/11/2026,N1\nB5,,,,2026-11-20,N1 B6\nB6,,Renamed,,,\n"
    staged = bring_file(_file(tmp_path, text))
    assert staged.counts == {"made": 1, "closed": 2, "changed": 1}
    assert queries.unit("B4").closed_on == DAY and queries.unit("B5").successors == ["N1", "B6"]
    differences = kind_of_import("units").differences
    assert differences is not None
    assert [(d.subject, d.field, d.old, d.new) for d in differences(staged.pk, 0, 9)] == [
        ("B4", "closed_on", None, "2026-11-01"),
        ("B4", "successors", None, "N1"),
        ("B5", "closed_on", None, "2026-11-20"),
        ("B5", "successors", None, "N1 B6"),
        ("B6", "name_en", "B6", "Renamed"),
    ]
    with pytest.raises(refusals.ClosedByList):
        open_again("B4")
    again = bring_file(_file(tmp_path, text, "again.csv"))
    assert again.counts == {"same": 4}
    plain = bring_file(_file(tmp_path, "code,name_en\nB4,B4\n", "plain.csv"))
    with override("en"):
        assert plain.counts == {"same": 1} and notes_on_list(plain) == [
            "1 row is of a closed unit. It stays closed."
        ]
    for one in (plain, again, staged):
        assert _step(one, "undo").state == "undone"
    assert state() == before


def test_a_list_gives_units_their_first_day_else_it_is_today(tmp_path: Path) -> None:
    grow(NATION)
    close("B6")
    head = "code,kind,name_en,organisational_parent,opened_on,closed_on\n"
    rows = [
        "N1,booth,New,C3,,",
        "N2,booth,Older,C3,01/10/2026,",
        "N3,booth,Gone,C3,,20/11/2026",
        "B4,,,,02/10/2026,",
        "B5,,,,21/11/2026,",  # 6 to come
        "B6,,,,21/11/2026,",  # 7 to come
        "N4,booth,Odd,C3,20/11/2026,19/11/2026",  # 8 opened after it closed
    ]
    staged = bring_file(_file(tmp_path, head + "\n".join(rows) + "\n"))
    days = dict(Unit.objects.filter(code__in=["N1", "N2", "N3", "B4"]).values_list("code", "opened_on"))
    assert days == {"N1": TODAY, "N2": date(2026, 10, 1), "N3": None, "B4": date(2026, 10, 2)}
    assert {(row, field, reason) for row, field, reason in refused(staged)} >= {
        (6, "opened_on", "opened_to_come"),
        (7, "opened_on", "opened_to_come"),
        (8, "opened_on", "opened_after"),
    }


def test_every_wrong_closing_of_a_list_is_refused_with_its_reason(tmp_path: Path) -> None:
    grow(NATION)
    close("B6")
    close("D2")
    head = "code,kind,name_en,organisational_parent,closed_on,successors\n"
    rows = [
        "B1,,,,21/11/2026,",  # 2 to come.
        "B2,,,,31/10/2026,",  # 3 before it stood.
        "B3,,,,,B1",  # 4 successors of an open unit.
        "B4,,,,20/11/2026,B6",  # 5 a closed successor.
        "B5,,,,20/11/2026,M1",  # 6 another level.
        "C3,,,,20/11/2026,",  # 7 open ones below, for their rows are refused.
        "M3,,,,20/11/2026,",  # 8.
        "IN,,,,20/11/2026,",  # 9 the top.
        "N1,booth,New,M2,,",  # 10 keeps the next open.
        "M2,,,,20/11/2026,",  # 11.
        "N2,booth,New,D2,,",  # 12 beneath a closed unit.
        "N3,booth,Gone,C1,20/11/2026,B1",  # 13 new and closed at once.
    ]
    staged = bring_file(_file(tmp_path, head + "\n".join(rows) + "\n"))
    assert refused(staged) == [
        (2, "closed_on", "closed_to_come"),
        (3, "closed_on", "closed_too_early"),
        (4, "successors", "successors_of_open"),
        (5, "successors", "successor_unfit"),
        (6, "successors", "successor_unfit"),
        (7, "closed_on", "open_below"),
        (8, "closed_on", "open_below"),
        (9, "closed_on", "top_stays"),
        (11, "closed_on", "open_below"),
        (12, "organisational_parent", "parent_closed"),
    ]
    assert staged.counts == {"made": 2, "refused": 10}
    assert queries.unit("N3").closed_on == TODAY and queries.unit("N3").successors == ["B1"]
    assert "The unit above, D2, is closed. Give an open one." in reasons(staged)


def test_a_list_closes_a_branch_whose_rows_come_in_any_order() -> None:
    grow(NATION)
    day = {"closed_on": TODAY}
    counts, not_taken = bring([{"code": code, **day} for code in ("C3", "B5", "B4", "B6", "M3")])
    assert (counts.closed, not_taken) == (5, [])
    assert set(Unit.objects.exclude(closed_on=None).values_list("code", flat=True)) == {
        "C3",
        "B4",
        "B5",
        "B6",
        "M3",
    }


def test_known_units_that_a_list_lacks_are_named_and_stay(tmp_path: Path) -> None:
    grow(NATION)
    text = "code,kind,name_en,organisational_parent\nB4,booth,B4,C3\nC3,cluster,C3,M3\nN1,booth,N1,C3\n"
    staged = bring_file(_file(tmp_path, text))
    assert [one.code for one in lacking_rows(staged, 0, 9)] == [
        "B5",
        "B6",
    ]  # below M3 only, of kinds the list has
    with override("en"):
        (said,) = notes_on_list(staged)
    assert said == "The list leaves out 2 units that are below its places. They stay as they are."
    assert staged.counts == {"made": 1, "same": 2} and not Unit.objects.exclude(closed_on=None).exists()
    whole = "code,kind,name_en,organisational_parent\nIN,nation,India,root\nJK,state,JK,IN\nHP,state,HP,IN\n"
    whole += "B1,booth,B1,C1\n"
    staged = bring_file(_file(tmp_path, whole, "whole.csv"))
    assert [one.code for one in lacking_rows(staged, 0, 9)] == ["B2", "B3", "B4", "B5", "B6", "N1"]
    only_facts = bring_file(_file(tmp_path, "code,electors\nB1,900\n", "facts.csv"))
    assert not lacking_rows(only_facts, 0, 9)


def test_a_list_closes_what_it_lacks_only_when_told_and_its_undo_opens_it(tmp_path: Path) -> None:
    ids = grow(NATION)
    before = state()
    text = "code,kind,name_en,organisational_parent\nM3,mandal,M3,D3\nB4,booth,B4,C3\nB5,booth,B5,M3\n"
    with system("test"):
        public_id = imports.import_file(
            kind_key="units", path=_file(tmp_path, text), by=SYSTEM, at=AT, options={"close_missing": "yes"}
        )
        staged = _step(StagedImport.objects.get(public_id=public_id), "check")
    with override("en"):
        assert act_to_confirm(staged) == "Close 1 unit that is not in the list"
        assert "They close today." in " ".join(notes_on_list(staged))
    staged = _step(staged, "commit")
    assert staged.counts == {"moved": 1, "closed_missing": 1, "same": 2}
    assert queries.unit("B6").closed_on == TODAY and queries.unit("C3").closed_on is None
    assert _step(staged, "undo").state == "undone"
    assert state() == before
    clusters = "code,kind,name_en,organisational_parent\nC1,cluster,C1,M1\nB1,booth,B1,C1\nB3,booth,B3,C1\n"
    staged = bring_file(
        _file(tmp_path, clusters, "clusters.csv"), options={"close_missing": "yes"}, unit_id=ids["D1"]
    )
    closed = set(Unit.objects.exclude(closed_on=None).values_list("code", flat=True))
    assert closed == {"B2", "C2"}  # B3 moves away by this list, so nothing open is left below C2
    only = "code,kind,name_en,organisational_parent\nC3,cluster,C3,M3\nM1,mandal,M1,D1\n"
    staged = bring_file(_file(tmp_path, only, "only.csv"), options={"close_missing": "yes"})
    with override("en"):
        assert "cannot, because open units are below" in " ".join(notes_on_list(staged))
    assert queries.unit("C1").closed_on is None and queries.unit("M2").closed_on == TODAY


def test_a_page_closing_stands_in_the_way_of_undoing_an_earlier_list() -> None:
    grow(NATION)
    bring([u("N1", "booth", "C1"), {"code": "B1", "electors": 5}])
    close("B1")
    with pytest.raises(refusals.LaterChanges):
        undo()
    open_again("B1")
    undo()
    assert not Unit.objects.filter(code="N1").exists()


def test_a_list_is_undone_after_the_successors_it_names_are_open_again() -> None:
    grow(NATION)
    before = state()
    bring([{"code": "B4", "closed_on": TODAY, "successors": "B5"}])
    close("B5", successors=["B6"])
    with pytest.raises(refusals.SuccessorClosed, match="B5"):
        undo()
    open_again("B5")
    undo()
    assert state() == before


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_lists_close_move_and_make_their_undo_is_exact(seed: int) -> None:
    rng = random.Random(seed)
    grow(NATION)
    kept = [state()]
    for number in range(1, 6):
        # In one order: the same seed is the same history on every machine.
        smaller = Unit.objects.filter(kind__in=["booth", "cluster", "mandal"]).order_by("code")
        codes = list(smaller.values_list("code", "kind"))
        rows: dict[str, dict[str, Any]] = {}
        for code, kind_ in rng.sample(codes, rng.randrange(1, 6)):
            act = rng.choice(["close", "close", "move", "rename"])
            if act == "close":
                others = [other for other, same in codes if same == kind_ and other != code]
                rows[code] = {
                    "closed_on": TODAY,
                    "successors": " ".join(rng.sample(others, rng.randrange(0, 2))),
                }
                rows[code] = {key: value or None for key, value in rows[code].items()}
            elif act == "move" and kind_ == "booth":
                rows[code] = {"organisational_parent": rng.choice([c for c, k in codes if k == "cluster"])}
            else:
                rows[code] = {"name_en": f"{code} {number}"}
        rows[f"X{seed}{number}"] = {"kind": "booth", "name_en": "New", "organisational_parent": "C1"}
        bring(
            [{"code": code, **row} for code, row in rows.items()], number, closes_missing=rng.random() < 0.3
        )
        for hierarchy in levels.HIERARCHIES:
            check_tree(hierarchy)
        open_below_closed = [
            code
            for code in Unit.objects.exclude(closed_on=None).values_list("code", flat=True)
            if queries.open_below(queries.unit(code).pk)
        ]
        assert not open_below_closed
        kept.append(state())
    for number in range(5, 0, -1):
        undo(number)
        assert state() == kept[number - 1], number
    assert not UnitChange.objects.exists()
