"""Posting, folding, reading: the ledger equals its facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import doctor, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.backup import Restored
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.small_cells import shown_count
from abhiyan.programmes import actions, ledger_sql, queries
from abhiyan.programmes.actions import ledger
from abhiyan.programmes.actions import trees as totals
from abhiyan.programmes.actions.trees import UnitsInUse
from abhiyan.programmes.models import ALL_DAYS, Delta, Fold, Programme, Tally, Total
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, UNSIGNED, Ladder, TallyChange
from abhiyan.targets.models import Target
from abhiyan.units import queries as units
from abhiyan.units.models import Placement, Unit
from abhiyan.units.news import UnitsGoing
from abhiyan.units.words import write_words

from .make import AT, BASE, OPENS, TODAY, Trees, programme, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trees]:
    monkeypatch.setattr(totals, "LARGE", 5)
    with system("test"):
        made = state()
        made.resize()
        yield made


@pytest.fixture
def drive(trees: Trees) -> Programme:
    return programme(trees.units["state"])


def change(
    drive: Programme, unit: int, n: int = 1, rung: int = REPORTED, day: date = TODAY, channel: int = 1
) -> TallyChange:
    return TallyChange(drive.pk, 1, channel, unit, day, rung, n)


def read(drive: Programme, trees: Trees, code: str, hierarchy: int = 1, on: date | None = None) -> Ladder:
    return queries.unit_ladder(
        node=trees.units[code].pk, hierarchy=hierarchy, programme=drive, measure=1, at=AT, on=on
    )


def test_a_change_is_seen_at_once_at_every_node_above_and_nowhere_else(
    trees: Trees, drive: Programme
) -> None:
    booth = trees.units["b000"].pk
    actions.post_changes(deltas=[change(drive, booth, 2), change(drive, booth, 1, COUNTED)], at=AT)
    for _turn in range(2):
        for code in ("b000", "m00", "d0", "state", "nation"):
            assert read(drive, trees, code) == Ladder(reported=2, counted=1), code
        for code in ("b000", "ac00", "pc0", "state", "nation"):
            assert read(drive, trees, code, 2) == Ladder(reported=2, counted=1), code
        for code in ("b001", "m01", "d1"):
            assert read(drive, trees, code) == Ladder(), code
        actions.fold_changes(at=AT)  # and the same when it is folded
    assert not Delta.objects.exists()


def test_changes_of_one_key_are_added_up_and_zero_leaves_nothing(trees: Trees, drive: Programme) -> None:
    booth = trees.units["b000"].pk
    actions.post_changes(deltas=[change(drive, booth, 1), change(drive, booth, -1)], at=AT)
    assert not Delta.objects.exists()


def test_a_change_of_an_unknown_rung_or_of_all_days_is_an_error(trees: Trees, drive: Programme) -> None:
    for bad in (change(drive, 1, rung=11), change(drive, 1, day=ALL_DAYS)):
        with pytest.raises(ValueError):
            actions.post_changes(deltas=[bad], at=AT)


def test_a_reversal_goes_on_the_original_day(trees: Trees, drive: Programme) -> None:
    booth, earlier = trees.units["b000"].pk, TODAY - timedelta(days=3)
    actions.post_changes(deltas=[change(drive, booth, 5, COUNTED, earlier)], at=AT)
    actions.fold_changes(at=AT)
    actions.post_changes(deltas=[change(drive, booth, -2, COUNTED, earlier)], at=AT)
    for _turn in range(2):
        assert read(drive, trees, "state", on=earlier).counted == 3
        assert read(drive, trees, "b000", on=earlier).counted == 3
        assert read(drive, trees, "state", on=earlier - timedelta(days=1)).counted == 0
        actions.fold_changes(at=AT)


def test_only_nodes_with_many_leaves_have_their_totals_stored(trees: Trees, drive: Programme) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk)], at=AT)
    actions.fold_changes(at=AT)
    stored = {(row.hierarchy, row.unit_id) for row in Total.objects.all()}
    wanted = {(1, code) for code in ("nation", "state", "d0")} | {
        (2, code) for code in ("nation", "state", "pc0")
    }
    assert stored == {(hierarchy, trees.units[code].pk) for hierarchy, code in wanted}


def test_a_count_on_an_inner_unit_counts_there_and_above(trees: Trees, drive: Programme) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["state"].pk, 4)], at=AT)
    actions.fold_changes(at=AT)
    assert read(drive, trees, "nation").reported == read(drive, trees, "state", 2).reported == 4
    assert read(drive, trees, "d0").reported == 0


def test_children_say_what_each_says_of_itself(trees: Trees, drive: Programme) -> None:
    for number, code in enumerate(("b000", "b010", "b100", "b111"), start=1):
        actions.post_changes(
            deltas=[
                change(drive, trees.units[code].pk, number * 3),
                change(drive, trees.units[code].pk, number, COUNTED, TODAY - timedelta(days=number)),
                change(drive, trees.units[code].pk, 1, UNSIGNED),
            ],
            at=AT,
        )
        if number == 2:
            actions.fold_changes(at=AT)
    for hierarchy, parents in (
        (1, ("nation", "state", "d0", "m00")),
        (2, ("nation", "state", "pc0", "ac00")),
    ):
        for code in parents:
            for on in (None, TODAY - timedelta(days=2)):
                leaf = queries.children_ladders(
                    node=trees.units[code].pk, hierarchy=hierarchy, programme=drive, at=AT, on=on
                )
                assert sorted(row.code for row in leaf.rows) == sorted(trees.children(hierarchy, code))
                for row in leaf.rows:
                    assert row.ladder == read(drive, trees, row.code, hierarchy, on), (code, row.code)


def test_children_are_sorted_filtered_and_paged_by_the_database(trees: Trees, drive: Programme) -> None:
    for number, code in enumerate(trees.below(1, "m00")[1:], start=1):
        actions.post_changes(deltas=[change(drive, trees.units[code].pk, number, COUNTED)], at=AT)

    def codes(**more: Any) -> list[str]:
        leaf = queries.children_ladders(
            node=trees.units["m00"].pk, hierarchy=1, programme=drive, at=AT, **more
        )
        return [row.code for row in leaf.rows]

    assert codes(sort="-counted") == ["b002", "b001", "b000"]
    assert codes(sort="counted", per=2, page=2) == ["b002"]
    assert codes(sort="nonsense; drop table") == ["b000", "b001", "b002"]
    assert codes(matching="B001") == ["b001"]
    assert codes(matching="%") == []
    leaf = queries.children_ladders(
        node=trees.units["m00"].pk, hierarchy=1, programme=drive, at=AT, per=2, page=1
    )
    assert (leaf.first, leaf.last, leaf.total, leaf.pages, leaf.more) == (1, 2, 3, 2, True)


@pytest.mark.parametrize("typed", ["कटरा", "katr", "Kat ra", "KATRA", "b001"])
def test_children_are_filtered_by_name_in_either_script(trees: Trees, drive: Programme, typed: str) -> None:
    katra = trees.units["b001"]
    Unit.objects.filter(pk=katra.pk).update(names={"en": "Katra"})
    write_words([(katra.pk, katra.kind, {"en": "Katra"})])
    leaf = queries.children_ladders(
        node=trees.units["m00"].pk, hierarchy=1, programme=drive, at=AT, matching=typed
    )
    assert [row.code for row in leaf.rows] == ["b001"]


def test_the_trend_is_the_ladder_of_each_day(trees: Trees, drive: Programme) -> None:
    for back in (0, 1, 4, 9):
        actions.post_changes(
            deltas=[change(drive, trees.units["b000"].pk, back + 1, COUNTED, TODAY - timedelta(days=back))],
            at=AT,
        )
        actions.fold_changes(at=AT)
    actions.post_changes(
        deltas=[change(drive, trees.units["b001"].pk, 7, COUNTED, TODAY - timedelta(days=2))], at=AT
    )
    for code in ("b000", "m00", "state"):
        days = queries.figures_of_measures(
            node=trees.units[code].pk, hierarchy=1, programme=drive, at=AT, days=6
        ).trend
        assert [one.on for one in days] == [TODAY - timedelta(days=back) for back in range(5, -1, -1)]
        for one in days:
            assert one.ladder == read(drive, trees, code, on=one.on), (code, one.on)


def test_the_funnel_is_by_channel_and_day(trees: Trees, drive: Programme) -> None:
    booth, yesterday = trees.units["b000"].pk, TODAY - timedelta(days=1)
    actions.post_changes(
        deltas=[
            change(drive, booth, 5, REPORTED, yesterday, channel=2),
            change(drive, booth, 4, 1, yesterday, channel=2),
            change(drive, booth, 3, 2, TODAY, channel=2),
            change(drive, booth, 2, COUNTED, TODAY, channel=2),
            change(drive, booth, 1, UNSIGNED, TODAY, channel=4),
        ],
        at=AT,
    )
    for _turn in range(2):
        rows = queries.unit_funnel(node=trees.units["state"].pk, hierarchy=1, programme=drive, at=AT, days=1)
        calls = next(row for row in rows if row.channel == 2 and row.on is None)
        assert tuple(calls.figures.values()) == (5, 4, 3, 2, 2)
        today = next(row for row in rows if row.channel == 2 and row.on == TODAY)
        assert [today.figures[step] for step in ("reported", "opened", "counted")] == [0, 3, 2]
        paper = next(row for row in rows if row.channel == 4 and row.on is None)
        assert [paper.figures[step] for step in ("completed", "counted")] == [1, 0]
        actions.fold_changes(at=AT)


def test_a_node_that_becomes_large_gets_its_totals_and_loses_them_again(
    trees: Trees, drive: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    actions.fold_changes(at=AT)
    for large in (2, 100, 5):
        monkeypatch.setattr(totals, "LARGE", large)
        trees.resize()
        assert read(drive, trees, "m00").reported == read(drive, trees, "state").reported == 3
        node = trees.units["m00"].pk
        assert Total.objects.filter(unit_id=node).exists() == (large == 2)


def test_a_moved_branch_carries_its_totals(trees: Trees, drive: Programme) -> None:
    actions.post_changes(
        deltas=[
            change(drive, trees.units[code].pk, number)
            for number, code in enumerate(trees.below(1, "m01")[1:], 2)
        ],
        at=AT,
    )
    actions.fold_changes(at=AT)
    actions.post_changes(
        deltas=[change(drive, trees.units["b010"].pk, 10)], at=AT
    )  # not folded when it moves
    trees.move(1, "m01", "d1")
    for _turn in range(2):
        assert read(drive, trees, "d0").reported == 0
        assert read(drive, trees, "d1").reported == 19
        assert read(drive, trees, "nation").reported == 19
        actions.fold_changes(at=AT)


def test_a_branch_taken_out_leaves_no_totals_behind(trees: Trees, drive: Programme) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    actions.fold_changes(at=AT)
    assert Total.objects.filter(hierarchy=2, unit_id=trees.units["pc0"].pk).exists()
    trees.leave(2, "pc0")
    assert not Total.objects.filter(hierarchy=2, unit_id=trees.units["pc0"].pk).exists()
    assert read(drive, trees, "nation", 2) == Ladder()
    assert read(drive, trees, "nation", 1) == Ladder(reported=3)


def test_what_has_no_place_below_is_what_the_children_lack(trees: Trees, drive: Programme) -> None:
    state, booth = trees.units["state"].pk, trees.units["b000"].pk
    actions.post_changes(
        deltas=[
            change(drive, state, 30),
            change(drive, state, 2, COUNTED),
            change(drive, booth, 5),
            change(drive, booth, 4, COUNTED),
        ],
        at=AT,
    )
    for _turn in range(2):
        found = queries.ask_standing_here(node=state, hierarchy=1, programme=drive, at=AT)()
        assert found == Ladder(reported=30, counted=2)
        leaf = queries.children_ladders(node=state, hierarchy=1, programme=drive, at=AT)
        below = sum(child.ladder.reported or 0 for child in leaf.rows)
        assert below + 30 == read(drive, trees, "state").reported == 35
        district = trees.units["d0"].pk
        assert queries.ask_standing_here(node=district, hierarchy=1, programme=drive, at=AT)() is None
        actions.fold_changes(at=AT)
    with scoped(
        Scope(counts=_range(trees, "nation"), trees=units.trees_version())
    ):  # posted today, so not seen from outside yet
        assert queries.ask_standing_here(node=state, hierarchy=1, programme=drive, at=AT)() is None
        tomorrow = AT + timedelta(days=1)
        found = queries.ask_standing_here(node=state, hierarchy=1, programme=drive, at=tomorrow)()
        assert found == Ladder(reported=30, unsigned=None, counted=None, confirmed=None, is_rounded=True)


def test_on_the_first_day_no_child_is_behind(trees: Trees) -> None:
    fresh = programme(trees.units["nation"], opens=TODAY, closes=TODAY + timedelta(days=9))
    node = trees.units["d0"].pk
    with system("test"):
        Target.objects.create(programme=fresh, measure=1, unit=trees.units["m00"], n=1_000, set_at=AT)
    for days, behind in ((0, 0), (1, 1)):
        leaf = queries.children_ladders(
            node=node, hierarchy=1, programme=fresh, at=AT + timedelta(days=days), show="behind"
        )
        assert len(leaf.rows) == behind


def test_units_with_counts_or_programmes_are_not_let_go(trees: Trees, drive: Programme) -> None:
    def undo(code: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from units_change")
            cursor.execute(
                "insert into units_change (import_id, row, unit_id, change) values (1, 1, %s, 'made')",
                [trees.units[code].pk],
            )
        news.tell(UnitsGoing(1, Actor.system("test"), AT))

    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    undo("b001")
    for code in ("b000", "state"):  # counts; owner of a programme
        with pytest.raises(UnitsInUse):
            undo(code)


def test_reads_take_as_many_queries_whatever_there_is_to_read(trees: Trees, drive: Programme) -> None:
    def queries_of(code: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            node = trees.units[code].pk
            queries.unit_ladder(node=node, hierarchy=1, programme=drive, at=AT)
            queries.children_ladders(node=node, hierarchy=1, programme=drive, at=AT)
            queries.figures_of_measures(node=node, hierarchy=1, programme=drive, at=AT)
        return len(seen)

    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk)], at=AT)
    before = queries_of("state")
    for code in trees.below(1, "state"):
        for back in range(5):
            actions.post_changes(
                deltas=[change(drive, trees.units[code].pk, 1, COUNTED, TODAY - timedelta(days=back))], at=AT
            )
    actions.fold_changes(at=AT)
    assert queries_of("state") == before
    assert queries_of("b000") == before


def test_reads_of_all_days_touch_no_more_rows_as_days_pass(trees: Trees, drive: Programme) -> None:
    booth = trees.units["b000"].pk
    for back in range(10):
        actions.post_changes(deltas=[change(drive, booth, 1, COUNTED, TODAY - timedelta(days=back))], at=AT)
    actions.fold_changes(at=AT)
    assert Tally.objects.filter(unit_id=booth, day=ALL_DAYS).count() == 1
    assert Tally.objects.get(unit_id=booth, day=ALL_DAYS).n == 10


@pytest.mark.versions
def test_without_a_scope_no_count_is_in_sight(trees: Trees, drive: Programme) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 50)], at=AT)
    actions.fold_changes(at=AT)
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 50)], at=AT)
    with scoped(Scope()):
        assert not Tally.objects.exists()
        assert not Total.objects.exists()
        assert not Delta.objects.exists()
    with scoped(Scope(counts=_range(trees, "m01"), trees=units.trees_version())):
        assert not Tally.objects.exists() and not Delta.objects.exists()


def _range(trees: Trees, code: str, hierarchy: int = 1) -> str:
    here = Placement.objects.get(unit=trees.units[code], hierarchy=hierarchy)
    return f"{{[{here.lo},{here.hi})}}"


SIGHTS = pytest.mark.parametrize("sight", ["people", "figures"])


def sees(sight: str, trees: Trees, code: str, *, counts: str) -> Scope:
    """Somebody with an exact sight of one unit: of its people, or of its figures alone."""
    here, version = _range(trees, code), units.trees_version()
    if sight == "people":
        return Scope(people=here, counts=counts, trees=version)
    return Scope(figures=here, counts=counts, trees=version)


@SIGHTS
@pytest.mark.versions
def test_outside_ones_own_people_counts_are_daily_and_rounded(
    trees: Trees, drive: Programme, sight: str
) -> None:
    today, yesterday = TODAY, TODAY - timedelta(days=1)
    for code in ("b000", "b100"):
        booth = trees.units[code].pk
        actions.post_changes(
            deltas=[
                change(drive, booth, 17, REPORTED, yesterday),
                change(drive, booth, 9, COUNTED, yesterday),
                change(drive, booth, 30, REPORTED, today),
            ],
            at=AT,
        )
    for _turn in range(2):
        with scoped(sees(sight, trees, "d0", counts=_range(trees, "nation"))):
            assert read(drive, trees, "d0") == Ladder(reported=47, counted=9)
            assert read(drive, trees, "m00") == Ladder(reported=47, counted=9)
            outside = Ladder(reported=20, unsigned=None, counted=None, confirmed=None, is_rounded=True)
            assert read(drive, trees, "d1") == outside
            assert read(drive, trees, "b100") == outside
            assert read(drive, trees, "state") == Ladder(
                40, None, None, None, is_rounded=True
            )  # 17 + 20, 9 + 0
            rows = queries.children_ladders(
                node=trees.units["state"].pk, hierarchy=1, programme=drive, at=AT
            ).rows
            assert [row.ladder for row in rows] == [Ladder(reported=47, counted=9), outside]
            seen = queries.figures_of_measures(node=trees.units["d1"].pk, hierarchy=1, programme=drive, at=AT)
            assert (seen.trend[-1].on, seen.trend[-1].ladder) == (yesterday, outside)
            first, *_rest = seen.channels
            assert first.figures["counted"] is None
        actions.fold_changes(at=AT)


@SIGHTS
@pytest.mark.parametrize("is_large", [True, False])
@pytest.mark.parametrize(("hierarchy", "code"), [(1, "state"), (1, "nation"), (2, "pc0"), (2, "nation")])
def test_own_figures_that_move_by_ones_tell_nothing_of_a_rest_that_stands_still(
    trees: Trees,
    drive: Programme,
    hierarchy: int,
    code: str,
    is_large: bool,
    sight: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three rests that round alike look alike above one's own units, whatever the own part is day by day."""
    monkeypatch.setattr(totals, "LARGE", 2 if is_large else 250)
    trees.resize()
    seen: dict[int, list[tuple[Ladder, ...]]] = {}
    day, added, everywhere = OPENS, 0, f"{{[{BASE},{4 * BASE})}}"
    own, far = trees.units["b000"].pk, trees.units["b100"].pk
    for rest in (15, 19, 24):
        actions.post_changes(deltas=[change(drive, far, rest - added, REPORTED, OPENS)], at=AT)
        added = rest
        told = []
        for n in range(12):
            actions.post_changes(deltas=[change(drive, own, 1, REPORTED, day)], at=AT)
            if n % 4 == 0:
                actions.fold_changes(at=AT)
            with scoped(sees(sight, trees, "d0", counts=everywhere)):
                alone = read(drive, trees, code, hierarchy)
                found = queries.figures_of_measures(
                    node=trees.units[code].pk, hierarchy=hierarchy, programme=drive, at=AT
                )
            (step,) = found.channels
            assert found.trend[-1].ladder == alone
            assert step.figures["reported"] == alone.reported == shown_count(n + 1 + 20)
            told.append((alone, *(one.ladder for one in found.trend)))
        seen[rest] = told
        actions.post_changes(deltas=[change(drive, own, -12, REPORTED, day)], at=AT)
    assert seen[15] == seen[19] == seen[24]


@SIGHTS
def test_a_node_of_another_tree_is_exact_when_all_below_it_is_in_sight(
    trees: Trees, drive: Programme, sight: str
) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    with scoped(sees(sight, trees, "state", counts=_range(trees, "state"))):
        assert read(drive, trees, "pc0", 2) == Ladder(reported=3)
        assert read(drive, trees, "b000", 2) == Ladder(reported=3)
    with scoped(sees(sight, trees, "d0", counts=_range(trees, "state"))):
        assert read(drive, trees, "b000", 2) == Ladder(reported=3)
        assert read(drive, trees, "pc0", 2).is_rounded  # it has booths of the other district


def test_a_restore_forgets_the_horizon(trees: Trees, drive: Programme) -> None:
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    actions.fold_changes(at=AT)
    news.tell(Restored(AT, AT))
    assert str(Fold.objects.get().horizon) == "0"


def test_a_fold_after_a_restore_takes_what_an_old_horizon_would_hide(trees: Trees, drive: Programme) -> None:
    actions.fold_changes(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("update programmes_fold set horizon = '9000000000000000000'")
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk, 3)], at=AT)
    assert read(drive, trees, "state").reported == 3
    assert actions.fold_changes(at=AT + timedelta(seconds=1)) == 1
    assert read(drive, trees, "state").reported == 3


@pytest.mark.versions
def test_nobody_folds_who_does_not_see_the_changes() -> None:
    with scoped(Scope()), pytest.raises(RuntimeError, match="system scope"):
        actions.fold_changes(at=AT)


@pytest.mark.parametrize(("is_served", "level"), [(True, doctor.FAIL), (False, doctor.WARN)])
def test_what_waits_for_folding_fails_where_jobs_run_and_warns_until_they_do(
    trees: Trees, drive: Programme, is_served: bool, level: str
) -> None:
    with system("test"):
        actions.post_changes(
            deltas=[TallyChange(drive.pk, 1, 1, trees.units["state"].pk, TODAY, REPORTED, 1)],
            at=AT - timedelta(hours=1),
        )
        found = doctor.examine(AT, only="unfolded", is_served=is_served)
    assert [(one.check, one.finding.level) for one in found] == [("unfolded", level)]


def test_a_fold_of_many_changes_compares_none_with_every_unit(trees: Trees, drive: Programme) -> None:
    """The database guesses how many changes wait from when it last looked, which may have been just after a fold."""
    actions.post_changes(deltas=[change(drive, trees.units["b000"].pk)], at=AT)
    sql.run("analyze programmes_delta")
    days = [TODAY - timedelta(days=n) for n in range(100)]
    booths = [unit.pk for code, unit in trees.units.items() if code.startswith("b")]
    actions.post_changes(deltas=[change(drive, booth, day=day) for booth in booths for day in days], at=AT)
    fold = ledger._FOLD.format(which=ledger_sql.PENDING)
    (top,) = sql.value(f"explain (analyze, timing off, format json) {fold}", {"at": AT, "sweep": False})

    def compared(node: dict[str, Any]) -> int:
        """Pairs that did not match, in joins of two things the statement itself made: for those there is no index."""
        below = node.get("Plans", [])
        sides = [each["Node Type"] for each in below if each["Parent Relationship"] in ("Outer", "Inner")]
        removed = node.get("Rows Removed by Join Filter", 0) if sides == ["CTE Scan"] * 2 else 0
        return int(removed * node["Actual Loops"] + sum(map(compared, below)))

    assert compared(top["Plan"]) < len(booths) * len(days)
    assert read(drive, trees, "state").reported == 1 + len(booths) * len(days)
