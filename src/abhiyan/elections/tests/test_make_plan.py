"""Plans made, changed, locked: each version stands, names the one before, and keeps what was held."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.elections import actions, queries, words
from abhiyan.elections.models import Alliance, Candidacy, Contest, Part, PartVotes, Plan, PlanSeat, UnitClass
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import (
    AimsUnfit,
    AllianceUnfit,
    NamesMissing,
    NewerVersion,
    PlanElsewhere,
    UnknownElection,
    UnknownParty,
    UnknownSeat,
)
from abhiyan.elections.rules.classes import DEFAULT
from abhiyan.elections.rules.findings import PlanFinding
from abhiyan.elections.rules.versions import compare_plans
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, SYSTEM, World, actor
from abhiyan.people.models import Account
from abhiyan.units import queries as units
from abhiyan.units.models import Unit

from .make import bring, reasons, rows_of, written

pytestmark = pytest.mark.django_db

SEATS = {
    1: (("A", "BJP", 500), ("B", "INC", 400), ("C", "SP", 100)),
    2: (("D", "INC", 600), ("E", "BJP", 300), ("F", "SP", 100)),
    3: (("G", "SP", 550), ("H", "BJP", 350), ("I", "INC", 80), ("M", "IND", 12), ("N", "NOTA", 8)),
    4: (("J", "AD", 450), ("K", "INC", 350), ("L", "SP", 200)),
}


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def result(world: World, tmp_path: Path) -> None:
    staged = bring(written(tmp_path, rows_of(SEATS, state="S08")), election="LS2024")
    assert staged.state == "done", reasons(staged)


def make(world: World, by: Account, aims: Aims, unit: str = "N1", **more: Any) -> Plan:
    given: dict[str, Any] = {
        "names": {"en": "All of it"},
        "election": "LS2024",
        "party": "BJP",
        "state": "S08",
    }
    with system("test"):
        return actions.make_plan(**given | more, unit_id=world.unit(unit), aims=aims, by=actor(by), at=AT)


def seats(plan: Plan) -> dict[int, PlanSeat]:
    with system("test"):
        return {seat.contest.number: seat for seat in queries.plan_seats(plan)}


def test_a_plan_holds_every_seat_and_what_it_needs(world: World, president: Account, result: None) -> None:
    plan = make(world, president, Aims(seats_goal=3))
    assert (plan.number, plan.previous, plan.party, plan.level) == (1, None, "BJP", "pc")
    assert plan.found["seats"] == 3 and plan.found["last_seats"] == 1 and plan.found["last_votes"] == 1150
    found = seats(plan)
    assert sum(seat.votes for seat in found.values()) == plan.found["votes"] >= plan.found["votes_for_goal"]
    third = planning.seat_found(plan, found[3].contest_id)
    assert third.won and not third.last_won and third.need <= found[3].votes
    fourth = planning.seat_found(plan, found[4].contest_id)
    assert not fourth.won and found[4].votes == 0  # the party had no candidate there


def test_goals_that_cannot_be_are_told_in_words(world: World, president: Account, result: None) -> None:
    plan = make(world, president, Aims(seats_goal=4, votes_goal=5000, share_goal_pct=30))
    codes = [one.code for one in planning.findings(plan, "contradictions")]
    assert {"seats_unreachable", "votes_above_turnout", "share_and_votes_differ"} <= set(codes)
    with translation.override("en"):
        told = [
            words.finding_words(one, {})
            for which in ("contradictions", "notes")
            for one in planning.findings(plan, which)
        ]
    assert "4 seats cannot be reached: at most 3" in told[0]
    assert not any("%(" in text for text in told)


def test_what_is_the_same_of_many_seats_is_said_once() -> None:
    seats = {number: f"Seat {number}" for number in range(1, 41)}
    told_of = [PlanFinding("did_not_stand", number) for number in (1, 2)]
    told_of += [PlanFinding("seat_above_electors", 3, {"votes": 9, "over": 4, "electors": 5})]
    told_of += [PlanFinding("without_vote", 4), PlanFinding("did_not_stand", 5)]
    with translation.override("en"):
        first, second, third = words.findings_in_words(told_of, seats)
        assert first.startswith("Seat 1, Seat 2, Seat 5: this side had no candidate")
        assert second.startswith("Seat 3: 9 votes") and third.startswith("Seat 4: one candidate")
        few = [PlanFinding("seat_below_winner", n, {"share_pct": 35.0, "winner_pct": 41.5}) for n in (1, 2)]
        assert words.findings_in_words(few, seats)[0].startswith("Seat 1, Seat 2: the plan wins these")
        (many,) = words.findings_in_words([PlanFinding("did_not_stand", number) for number in seats], seats)
        assert "Seat 30 and 10 more: this side" in many


def test_one_seat_and_several_are_said_each_in_their_form() -> None:
    for language, one, many in (
        ("en", "No such swing wins 1 seat.", "No such swing wins 12 seats."),
        ("hi", "ऐसे किसी स्विंग से 1 सीट नहीं", "ऐसे किसी स्विंग से 12 सीटें नहीं"),
    ):
        with translation.override(language):
            assert words.finding_words(PlanFinding("never_won", None, {"seats": 1}), {}).startswith(one)
            assert words.finding_words(PlanFinding("never_won", None, {"seats": 12}), {}).startswith(many)


def test_every_finding_has_its_sentence() -> None:
    table = (Path(words.__file__).parent / "rules" / "findings.py").read_text()
    codes = {line.split("`")[1] for line in table.splitlines() if line.startswith("- `")}
    assert codes == words.SENTENCES.keys()


def test_with_allies_their_seats_count_and_alone_they_do_not(
    world: World, president: Account, result: None
) -> None:
    with system("test"):
        allies = actions.make_alliance(
            election="LS2024",
            state="S08",
            names={"en": "NDA"},
            lead="BJP",
            parties=["AD"],
            by=SYSTEM,
            at=AT,
        )
    together = make(world, president, Aims(seats_goal=4), alliance=allies.public_id)
    assert together.found["seats"] == 4 and together.found["last_seats"] == 2
    assert not [one for one in planning.findings(together, "contradictions") if one.key is None]
    alone = make(world, president, Aims(seats_goal=4))
    assert alone.found["seats"] < 4
    with pytest.raises(AllianceUnfit):
        make(world, president, Aims(), party="SP", alliance=allies.public_id)


def test_an_alliance_is_its_own_set_unless_the_state_has_one_for_the_same_lead(
    world: World, president: Account, result: None
) -> None:
    def named(name: str, parties: list[str], lead: str = "BJP", state: str = "") -> Alliance:
        given: dict[str, Any] = {"names": {"en": name}, "lead": lead, "parties": parties, "state": state}
        return actions.make_alliance(election="LS2024", by=SYSTEM, at=AT, **given)

    with system("test"):
        first, second = named("With AD", ["AD"]), named("With SP", ["SP"])
        named("Against", ["SP", "AD"], lead="INC")
    plans = [make(world, president, Aims(), alliance=one.public_id) for one in (first, second)]
    assert [plan.found["last_votes"] for plan in plans] == [1150 + 450, 1150 + 950]
    with system("test"):
        of_state = named("There", ["INC"], state="S08")
        named("There again", ["SP"], state="S08")
    alike = [make(world, president, Aims(), alliance=one.public_id) for one in (first, of_state)]
    assert [plan.found["last_votes"] for plan in alike] == [1150 + 1430] * 2
    contests = list(alike[0].found["by_seat"])
    with system("test"):
        rows, _files = planning.rows_of_side(alike[0], map(int, contests))
        assert planning.parties_below(alike[0], world.unit("C1")) == ("BJP", "INC")
        told = {
            one.alliance.names["en"]: one.votes for one in queries.totals(first.election, state="S08").sides
        }
    assert sorted(map(len, rows.values())) == [1, 2, 2, 2]  # the votes counted are the rows named
    assert (told["There"], told["There again"]) == (1150 + 1430, 1150 + 950)
    contest = Contest.objects.get(number=3)
    with system("test"):
        Unit.objects.filter(code="N1").update(code="HP")
        booth = Part.objects.create(
            contest=contest, kind="booth", number="1", name="1", unit=world.units["N1111"], import_id=1
        )
        for line in Candidacy.objects.filter(contest=contest):
            n = 6 - line.position
            PartVotes.objects.create(part=booth, candidacy=line, votes=n, import_id=1, row=2)
        actions.sort_units(
            election="LS2024", unit_id=world.unit("N1"), rows=DEFAULT, party="BJP", alliance=first.public_id,
            by=SYSTEM, at=AT,
        )  # fmt: skip
        assert UnitClass.objects.get().share_pct == pytest.approx(100 * (4 + 3) / 15, abs=0.001)  # BJP, INC


def test_a_changed_plan_is_a_new_version_that_keeps_what_is_by_hand_and_locked(
    world: World, president: Account, result: None
) -> None:
    first = make(world, president, Aims(seats_goal=2))
    before = seats(first)
    by = actor(president)
    with system("test"):
        locked = actions.lock_seats(
            public_id=first.public_id, contest_ids=[before[1].contest_id], locked=True, by=by, at=AT
        )
        second = actions.next_version(
            public_id=locked.public_id, by_hand={before[2].contest_id: 480}, by=by, at=AT
        )
        third = actions.next_version(public_id=second.public_id, aims=Aims(share_goal_pct=45), by=by, at=AT)
    assert [one.number for one in (first, locked, second, third)] == [1, 2, 3, 4]
    assert third.previous_id == second.pk and second.previous_id == locked.pk
    with system("test"):
        versions = planning.plan_versions(second)
        assert [one.pk for one in versions] == [one.pk for one in (third, second, locked, first)]
        assert [one.pk for one in planning.plan_versions(first, most=2)] == [third.pk, second.pk]
    newest = versions[0]
    assert (newest.number, newest.votes, newest.seats) == (
        4,
        third.found["votes"],
        queries.seats_range(third),
    )
    after = seats(third)
    assert after[1].is_locked and after[1].votes == before[1].votes
    assert after[2].by_hand and after[2].votes == 480
    assert after[3].votes > before[3].votes
    assert {number: seat.votes for number, seat in seats(first).items()} == {
        number: seat.votes for number, seat in before.items()
    }
    with system("test"):
        freed = actions.next_version(
            public_id=third.public_id, by_hand={before[2].contest_id: None}, by=by, at=AT
        )
    assert not seats(freed)[2].by_hand and seats(freed)[2].votes != 480


def test_locks_alone_change_no_votes(world: World, president: Account, result: None) -> None:
    first = make(world, president, Aims(seats_goal=3))
    with system("test"):
        second = actions.lock_seats(
            public_id=first.public_id,
            contest_ids=[seat.contest_id for seat in seats(first).values()],
            locked=True,
            by=actor(president),
            at=AT,
        )
        comparison = compare_plans(
            *(planning.comparable_seats(one, queries.plan_seats(one)) for one in (first, second))
        )
    assert second.found == first.found
    assert comparison.votes_before == comparison.votes_after and len(comparison.changed) == 4


def test_refusals_name_what_does_not_fit(world: World, president: Account, result: None) -> None:
    with pytest.raises(NamesMissing):
        make(world, president, Aims(), names={"en": " "})
    with pytest.raises(UnknownElection):
        make(world, president, Aims(), election="LS1999")
    for party in ("NOBODY", "IND", "NOTA"):  # independents are no party: each stands alone
        with pytest.raises(UnknownParty):
            make(world, president, Aims(), party=party)
    with pytest.raises(AimsUnfit):
        make(world, president, Aims(share_goal_pct=101))
    with pytest.raises(AimsUnfit):
        make(world, president, Aims(seats_goal=-1))
    with system("test"):
        world.units["N1"].code = "HP"
        world.units["N1"].save(update_fields=["code"])
    with pytest.raises(PlanElsewhere):
        make(world, president, Aims(), state="S24")
    plan = make(world, president, Aims(), state="")
    assert plan.state == "S08"  # a unit in a state plans for that state
    with system("test"), pytest.raises(UnknownSeat):
        actions.next_version(public_id=plan.public_id, by_hand={0: 5}, by=actor(president), at=AT)
    with system("test"):
        actions.next_version(public_id=plan.public_id, by=actor(president), at=AT)
    with system("test"), pytest.raises(NewerVersion):
        actions.next_version(public_id=plan.public_id, by=actor(president), at=AT)


def test_only_who_may_plan_there_does(world: World, president: Account, result: None) -> None:
    district = world.holder("district_president", "N11", name="Asha Devi")
    with pytest.raises(NotYours):
        make(world, district, Aims(), unit="N11")
    with pytest.raises(NotYours):
        make(world, president, Aims(), unit="N2")
    plan = make(world, president, Aims())
    with system("test"), pytest.raises(NotYours):
        actions.lock_seats(public_id=plan.public_id, contest_ids=[1], locked=True, by=actor(district), at=AT)


def test_a_plan_is_seen_in_its_units_counts_scope_only(
    world: World, president: Account, result: None
) -> None:
    plan = make(world, president, Aims())
    lo, hi = world.lo("N1"), world.lo("N2")
    with scoped(Scope(counts=f"{{[{lo},{hi})}}", trees=units.trees_version())):
        assert queries.plan_for(plan.public_id) == plan
        assert len(queries.plan_seats(plan)) == 4
    with scoped(Scope(counts=f"{{[{hi},{hi + 1_000})}}", trees=units.trees_version())):
        with pytest.raises(NotFound):
            queries.plan_for(plan.public_id)
        assert not PlanSeat.objects.exists()


def test_every_act_is_in_the_trail(world: World, president: Account, result: None) -> None:
    from abhiyan.core.models import AuditEntry

    plan = make(world, president, Aims(seats_goal=2))
    with system("test"):
        actions.lock_seats(
            public_id=plan.public_id,
            contest_ids=[next(iter(seats(plan).values())).contest_id],
            locked=True,
            by=SYSTEM,
            at=AT,
        )
        acts = list(AuditEntry.objects.filter(act__startswith="elections.").values_list("act", flat=True))
    assert "elections.make_plan" in acts and "elections.lock_seats" in acts
