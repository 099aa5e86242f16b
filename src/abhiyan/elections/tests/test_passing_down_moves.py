"""Units move below the seats of a plan: what is passed down follows them, and still sums at every level."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Candidacy, Contest, Part, PartVotes, Plan, PlanPart, PlanSeat
from abhiyan.elections.queries import planning, units_below
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import LocksExceed, NothingToPass, NotInPlan
from abhiyan.units import actions as units
from abhiyan.units.models import Unit
from abhiyan.units.refusals import AlreadyThere
from abhiyan.units.rules.levels import ELECTORAL, ORGANISATIONAL
from abhiyan.units.tests.make import AT, SYSTEM, grow

from .make import bring, rows_of, written
from .test_make_plan import SEATS

pytestmark = pytest.mark.django_db
TODAY = AT.date()
BOOTHS = [f"B{number}" for number in range(1, 13)]
# Two seats of two segments each; mandals of two booths. The last two booths of each seat are in a mandal together.
SEGMENTS = {"A1": BOOTHS[0:4], "A2": BOOTHS[4:6], "A3": BOOTHS[6:10], "A4": BOOTHS[10:12]}
MANDALS = {f"M{number + 1}": BOOTHS[2 * number : 2 * number + 2] for number in range(6)}
PLACES = {"C1": ("A1", "A2"), "C2": ("A3", "A4")}
MOVES: dict[str, tuple[Collection[str], Collection[str], int]] = {
    "move": (BOOTHS, SEGMENTS, ELECTORAL),
    "mandal": (BOOTHS, MANDALS, ORGANISATIONAL),
    "segment": (SEGMENTS, PLACES, ELECTORAL),
}


class Ground:
    """The units, by code, and the plan over both seats."""

    def __init__(self, folder: Path) -> None:
        with system("test"):
            self.ids = grow({"IN": {"S": {}}})
            kinds = (
                *((code, "mandal") for code in MANDALS),
                *((code, "booth") for code in BOOTHS),
                *((code, "constituency") for code in PLACES),
                *((code, "segment") for code in SEGMENTS),
            )
            self.ids |= units.make_units(
                units=[units.NewUnit(code=code, kind=kind, names={"en": code}) for code, kind in kinds],
                by=SYSTEM,
                at=AT,
            )
            of = self.ids
            self._place(
                ORGANISATIONAL,
                [(of[code], of["S"]) for code in MANDALS]
                + [(of[booth], of[mandal]) for mandal, below in MANDALS.items() for booth in below],
            )
            self._place(
                ELECTORAL,
                [(of["IN"], None), (of["S"], of["IN"])]
                + [(of[seat], of["S"]) for seat in PLACES]
                + [(of[segment], of[seat]) for seat, below in PLACES.items() for segment in below]
                + [(of[booth], of[segment]) for segment, below in SEGMENTS.items() for booth in below],
            )
            for number, code in enumerate(BOOTHS, 1):
                Unit.objects.filter(code=code).update(electors=100 * number)
            assert bring(written(folder, rows_of(SEATS, state="S08")), election="LS2024").state == "done"
            for number, code in enumerate(PLACES, 1):
                Contest.objects.filter(number=number).update(unit=of[code])
            self.plan = actions.make_plan(
                names={"en": "Both"}, election="LS2024", unit_id=of["S"], party="BJP", state="S08",
                aims=Aims(method="hand"), by=SYSTEM, at=AT,
            )  # fmt: skip

    def _place(self, hierarchy: int, places: Iterable[tuple[int, int | None]]) -> None:
        units.place_units(hierarchy=hierarchy, places=places, on=TODAY - timedelta(days=9), by=SYSTEM, at=AT)

    def make(self, code: str, kind: str, mandal: str) -> None:
        """A unit more in a mandal; in the electoral tree it stands nowhere."""
        new = units.NewUnit(code=code, kind=kind, names={"en": code})
        self.ids |= units.make_units(units=[new], by=SYSTEM, at=AT)
        self._place(ORGANISATIONAL, [(self.ids[code], self.ids[mandal])])

    def move(self, code: str, to: str, hierarchy: int = ELECTORAL) -> None:
        units.move_unit(
            unit_id=self.ids[code], hierarchy=hierarchy, to=self.ids[to], on=TODAY, by=SYSTEM, at=AT
        )

    def passes(self, code: str, **more: Any) -> None:
        actions.cascade_plan(public_id=self.plan.public_id, unit_id=self.ids[code], by=SYSTEM, at=AT, **more)

    def version(self, **votes: int) -> None:
        """A new version, with these votes by hand: C1=300."""
        contests = dict(PlanSeat.objects.filter(plan=self.plan).values_list("unit__code", "contest"))
        self.plan = actions.next_version(
            public_id=self.plan.public_id,
            by_hand={contests[code]: n for code, n in votes.items()},
            by=SYSTEM,
            at=AT,
        )

    def found(self) -> dict[str, int]:
        codes = {unit_id: code for code, unit_id in self.ids.items()}
        return {codes[part.unit_id]: part.n for part in queries.plan_parts(self.plan)}

    def told(self) -> list[str]:
        self.plan.refresh_from_db()
        told = planning.findings(self.plan, "contradictions")
        return [one.code for one in told if one.code.startswith("cascade_")]

    def assert_sums(self, *seats: str, gaps: bool = False) -> None:
        """Below these seats, wherever something was passed down, it sums and stands where the tree has it today."""
        children: dict[int, list[PlanPart]] = defaultdict(list)
        for part in queries.plan_parts(self.plan):
            children[part.parent_id].append(part)
        seen = set()
        for code in seats:
            tree = units_below.tree_of(self.ids[code])
            waiting = [(self.ids[code], queries.votes_of(self.plan, self.ids[code]))]
            for unit_id, total in waiting:
                below = children.get(unit_id, [])
                assert not below or gaps or sum(part.n for part in below) == total, (code, unit_id)
                for part in below:
                    assert tree.nodes[part.unit_id].parent_id == unit_id
                    waiting.append((part.unit_id, part.n))
                    seen.add(part.unit_id)
        if len(seats) == len(PLACES):  # nothing is left that belongs to no seat
            assert seen == {part.unit_id for below in children.values() for part in below}


@pytest.fixture
def ground(db: None, tmp_path: Path) -> Iterator[Ground]:
    with system("test"):
        yield Ground(tmp_path)


@contextmanager
def undone(ground: Ground) -> Iterator[None]:
    """One example: what it changes is gone afterwards."""
    plan = ground.plan
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        ground.plan = plan


@pytest.mark.examples(10, 30)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_sums_at_every_level_under_locks_and_moves_of_units(ground: Ground, data: st.DataObject) -> None:
    with undone(ground):
        for _step in range(data.draw(st.integers(1, 7))):
            act = data.draw(
                st.sampled_from(["pass", "pass", "hand", "move", "move", "mandal", "segment", "version"])
            )
            seat = data.draw(st.sampled_from(list(PLACES)))
            if act == "pass":
                basis = data.draw(st.sampled_from(units_below.BASES))
                _try(ground, seat, basis=basis, down_to=data.draw(st.sampled_from(list(units_below.DEPTHS))))
            elif act == "hand":
                codes = [code for code in ground.ids if code[0] in "AMB"]
                unit_id = ground.ids[data.draw(st.sampled_from(codes))]
                _try(ground, seat, by_hand={unit_id: data.draw(st.integers(0, 90))})
            elif act == "version":
                ground.version(**{seat: data.draw(st.integers(0, 900))})
                ground.assert_sums(*PLACES, gaps="cascade_gap" in ground.told())
            else:
                what, to, hierarchy = MOVES[act]
                moved = data.draw(st.sampled_from(list(what)))
                with suppress(AlreadyThere):
                    ground.move(moved, data.draw(st.sampled_from(list(to))), hierarchy)
        for part in PlanPart.objects.filter(plan=ground.plan, replaced_at=None, is_locked=True):
            actions.lock_part(
                public_id=ground.plan.public_id, unit_id=part.unit_id, locked=False, by=SYSTEM, at=AT
            )
        for seat in data.draw(st.permutations(list(PLACES))):
            with suppress(NothingToPass):
                ground.passes(seat, down_to="segment")
        ground.assert_sums(*PLACES)
        assert not {"cascade_gap", "cascade_left"}.intersection(ground.told())


def _try(ground: Ground, seat: str, **more: Any) -> None:
    try:
        with transaction.atomic():
            ground.passes(seat, **more)
    except (LocksExceed, NotInPlan, NothingToPass):
        return
    ground.assert_sums(seat)


def test_a_booth_that_moved_loses_its_number_there_and_its_mandal_what_no_longer_sums(ground: Ground) -> None:
    ground.passes("C1")
    ground.passes("C2")
    assert {"M1", "B1", "B2", "M4"} <= ground.found().keys()
    ground.move("B1", "A3")  # M1 has a booth in each segment now, so it stands between nothing
    ground.passes("C1")
    assert "M1" not in ground.found() and "B1" not in ground.found()
    ground.passes("C2")
    assert ground.found()["B1"] > 0
    ground.assert_sums("C1", "C2")
    assert ground.told() == []


def test_a_seat_whose_units_got_their_votes_elsewhere_is_told_until_it_sums(ground: Ground) -> None:
    ground.passes("C1")
    ground.passes("C2")
    ground.move("B4", "A3")
    ground.passes("C2")
    assert ground.told() == ["cascade_left"]
    with transaction.atomic():
        first = ground.plan
        ground.version()  # passes it down again
        assert ground.told() == ["cascade_moved"]  # M2 has lost a booth
        ground.assert_sums("C1", "C2")
        transaction.set_rollback(True)
    ground.plan = first
    ground.passes("C1")
    assert ground.told() == []
    ground.assert_sums("C1", "C2")


@pytest.mark.parametrize("order", [("C1", "C2"), ("C2", "C1")])
def test_a_seat_that_lost_its_last_units_has_nothing_below_that_could_fail_to_sum(
    ground: Ground, order: tuple[str, str]
) -> None:
    ground.move("A1", "C2")
    ground.passes("C1")
    ground.move("A2", "C2")
    for seat in order:
        with suppress(NothingToPass):
            ground.passes(seat)
    assert ground.told() == []
    ground.assert_sums(*PLACES)


def test_what_left_one_parent_together_is_asked_about_once(ground: Ground) -> None:
    ground.move("B9", "M4", ORGANISATIONAL)
    ground.passes("C2")
    ground.move("B7", "A1")
    with undone(ground), CaptureQueriesContext(connection) as one:
        ground.passes("C1")
    ground.move("B8", "A1")
    with CaptureQueriesContext(connection) as two:
        ground.passes("C1")
    assert ground.told() == ["cascade_left"] and len(two) == len(one)


def test_a_new_version_follows_a_booth_from_one_seat_to_another(ground: Ground) -> None:
    ground.passes("C1")
    ground.passes("C2")
    ground.move("B7", "A1")
    ground.version(C1=450)  # passed down again, with B7; C2 has kept its votes, but not its units
    ground.assert_sums("C1", "C2")
    assert ground.found()["B7"] > 0 and ground.told() == ["cascade_moved"]


def test_a_new_version_says_where_nothing_is_left_to_pass_on(ground: Ground) -> None:
    ground.passes("C1")
    ground.passes("C2")
    before = ground.found()
    for segment in PLACES["C1"]:
        ground.move(segment, "C2")
    Contest.objects.filter(number=2).update(unit=None)
    ground.version()
    assert ground.told() == ["cascade_lost", "cascade_lost"] and ground.found() == {} != before


def test_what_has_not_changed_is_copied_as_it_was_and_locks_stay_whose_they_are(ground: Ground) -> None:
    ground.passes("C1", basis="equal")
    ground.passes("C2", by_hand={ground.ids["A4"]: 9})
    PlanPart.objects.filter(plan=ground.plan).update(set_by=77)
    before = ground.plan
    actions.lock_part(public_id=before.public_id, unit_id=ground.ids["M2"], locked=True, by=SYSTEM, at=AT)
    PlanPart.objects.filter(plan=before).update(set_by=77)
    ground.version(C2=640)

    def rows(plan: Plan, seat: str) -> set[tuple[Any, ...]]:
        ids = units_below.tree_of(ground.ids[seat]).nodes
        kept = PlanPart.objects.filter(plan=plan, replaced_at=None, unit__in=ids)
        return set(kept.values_list("unit", "parent", "n", "weight_basis", "is_locked", "set_by", "set_at"))

    assert rows(before, "C1") == rows(ground.plan, "C1") != set()
    locked = PlanPart.objects.get(plan=ground.plan, unit=ground.ids["A4"])
    assert (locked.n, locked.weight_basis, locked.is_locked, locked.set_by) == (9, "hand", True, 77)
    bases = PlanPart.objects.filter(plan=ground.plan, parent=ground.ids["A3"])
    assert {part.weight_basis for part in bases} == {"electors"}
    ground.assert_sums("C1", "C2")


def test_booths_beside_mandals_take_their_share_however_far_down_it_goes(ground: Ground) -> None:
    ground.move("B3", "A2")  # M2 is spread now: B4 is a sister of M1, directly below A1
    ground.passes("C1", down_to="mandal")
    found = ground.found()
    assert found["M1"] + found["B4"] == found["A1"] and found["M1"] < found["B4"]  # 300 electors, and 400
    assert found["B3"] + found["M3"] == found["A2"] and "B1" not in found
    ground.passes("C1", down_to="mandal", basis="equal")
    assert "B1" not in ground.found()
    ground.assert_sums("C1")


def test_a_basis_that_says_nothing_gives_way_to_electors_and_each_number_says_so(ground: Ground) -> None:
    """No votes are known below the seats, no class is given; one booth's electors are not known."""
    Unit.objects.filter(code="B2").update(electors=None)
    for basis in ("votes", "class"):
        ground.passes("C1", basis=basis)
        said = dict(
            PlanPart.objects.filter(plan=ground.plan, replaced_at=None).values_list(
                "unit__code", "weight_basis"
            )
        )
        assert (said["A2"], said["B3"], said["B1"], said["B2"]) == (
            "electors",
            "electors",
            "electors",
            "average",
        )


def test_where_others_had_votes_and_we_had_none_ours_are_nought_and_not_unknown(ground: Ground) -> None:
    contest = Contest.objects.get(number=1)
    ours = Candidacy.objects.get(contest=contest, party="BJP")
    theirs = Candidacy.objects.get(contest=contest, party="INC")
    for number, votes in {"A1": [(ours, 90), (theirs, 10)], "A2": [(theirs, 40)]}.items():
        part = Part.objects.create(
            contest=contest,
            kind="segment",
            number=number,
            name=number,
            unit_id=ground.ids[number],
            import_id=1,
        )
        for candidacy, n in votes:
            PartVotes.objects.create(part=part, candidacy=candidacy, votes=n, import_id=1, row=2)
    tree = units_below.tree_of(ground.ids["C1"])
    facts = units_below.tree_facts(tree, ground.plan)
    assert (facts[ground.ids["A1"]].votes, facts[ground.ids["A2"]].votes) == (90, 0)
    ground.passes("C1", basis="votes", down_to="segment")
    assert ground.found() == {"A1": 500, "A2": 0}


def test_a_mandal_lies_whole_in_a_segment_by_its_open_booths_alone(ground: Ground) -> None:
    ground.make("K1", "cluster", "M1")
    Unit.objects.filter(code="B3").update(closed_on=TODAY)  # it belongs to M2 and to A1 no less
    tree = units_below.tree_of(ground.ids["C1"])
    assert tree.spread == 0 and {ground.ids["M1"], ground.ids["M2"], ground.ids["M3"]} <= tree.nodes.keys()
    ground.passes("C1")
    before = ground.found()
    ground.version(C2=300)
    assert ground.told() == [] and ground.found() == before


def test_a_new_version_copies_what_goes_down_to_mandals_only(ground: Ground) -> None:
    ground.passes("C1", down_to="mandal")
    before = ground.found()
    assert before.keys() == {"A1", "A2", "M1", "M2", "M3"}
    ground.version(C2=300)
    assert ground.told() == [] and ground.found() == before


def test_a_mandal_with_a_booth_that_stands_in_no_segment_is_left_out_and_said_to_have_moved(
    ground: Ground,
) -> None:
    ground.passes("C1")
    ground.make("B13", "booth", "M1")
    assert units_below.tree_of(ground.ids["C1"]).spread == 1
    ground.version(C2=300)
    assert ground.told() == ["cascade_moved"]
    assert "M1" not in ground.found() and "B1" in ground.found()
    ground.assert_sums("C1")
