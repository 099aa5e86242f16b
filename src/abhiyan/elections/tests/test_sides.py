"""Alliances as one side, and figures that are only stated."""

from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.elections import actions, queries, refusals
from abhiyan.elections.models import Alliance, Contest, Stated
from abhiyan.elections.tests.make import bring, rows_of, written
from abhiyan.elections.views.results_shown import alliance_chosen
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.units.models import Unit
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, SYSTEM, grow

pytestmark = pytest.mark.django_db
OFFICES = ("national_president", "it_administrator")
SEATS = {
    1: [("A", "BJP", 500), ("B", "INC", 450), ("C", "AAP", 100), ("D", "NOTA", 50)],
    2: [("E", "INC", 400), ("F", "BJP", 350), ("G", "AAP", 300), ("H", "IND", 20)],
}
STRANGER = Actor(kind="person", id=SYSTEM.id, account_id=987_654)


@pytest.fixture(scope="module")
def nation(open_database: None, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Committed once; what each test does with it is rolled back."""
    path = written(tmp_path_factory.mktemp("results"), rows_of(SEATS))
    assert bring(path, election="LS2024").state == "done"
    with system("test"):
        return grow({"IN": {"GA": {}}}, levels.ELECTORAL)["IN"]


def make(
    _nation: int,
    parties: list[str],
    *,
    state: str = "",
    lead: str = "INC",
    by: Actor = SYSTEM,
    election: str = "LS2024",
) -> Alliance:
    return actions.make_alliance(
        election=election,
        names={"en": "Together", "hi": "साथ"},
        lead=lead,
        parties=parties,
        state=state,
        by=by,
        at=AT,
    )


def test_a_party_alone_and_with_its_allies(nation: int) -> None:
    make(nation, ["AAP"])
    (side,) = queries.contest(queries.election("LS2024"), "S05", 1).sides
    assert (side.alone.votes, side.alone.won, side.together.votes) == (450, False, 550)
    assert side.together.share_pct == pytest.approx(50)
    whole = queries.totals(queries.election("LS2024"))
    (total,) = whole.sides
    assert (total.seats, total.votes) == (1, 1250)
    assert total.share_pct == pytest.approx(100 * 1250 / whole.polled)


def test_a_state_may_have_a_set_of_its_own(nation: int) -> None:
    everywhere = make(nation, ["AAP"])
    own = make(nation, ["BJP"], state="Goa")
    of = queries.election("LS2024")
    assert queries.alliances(of, state="S05") == [own]
    assert queries.alliances(of, state="U08") == [everywhere]
    (whole,) = queries.totals(of).sides
    assert (whole.alliance, whole.seats) == (everywhere, 2)  # Goa counts by its own set


def test_a_seat_counts_for_an_alliance_by_the_set_of_its_state(nation: int) -> None:
    everywhere = make(nation, ["AAP"])
    make(nation, ["BJP"], state="Goa")
    of = queries.election("LS2024")
    side = alliance_chosen(everywhere)
    whole = next(one for one in queries.totals(of).sides if one.alliance == everywhere)
    rows = [row.ours for row in queries.contests(of, side=side.ours) if row.ours is not None]
    assert (sum(one.won for one in rows), sum(one.votes for one in rows)) == (whole.seats, whole.votes)
    assert (whole.seats, whole.votes) == (2, 1_700)


def test_units_of_several_states_count_each_by_the_set_of_its_state(tmp_path: Path) -> None:
    for state in ("S05", "S21"):
        path = written(tmp_path, rows_of(SEATS, state=state), name=f"{state}.csv")
        assert bring(path, election="LS2024", partial="yes").state == "done"
    ids = grow({"N": {"S1": {"GA-1": {}}, "S2": {"SK-1": {}}}}, levels.ELECTORAL)
    for state, code in (("S05", "GA-1"), ("S21", "SK-1")):
        Contest.objects.filter(state=state, number=1).update(unit=ids[code])
    everywhere = make(ids["N"], ["AAP"])
    make(ids["N"], ["BJP"], state="Goa")
    side = alliance_chosen(everywhere).ours
    found = queries.figures_of_units(everywhere.election, ids.values(), side)
    assert {code: found[ids[code]].votes for code in ("GA-1", "SK-1")} == {"GA-1": 950, "SK-1": 550}


def test_an_alliance_is_changed_and_keeps_its_name(nation: int) -> None:
    made = make(nation, ["AAP"])
    changed = actions.change_alliance(
        public_id=made.public_id, parties=["Bharatiya Janata Party"], by=SYSTEM, at=AT
    )
    assert (changed.parties, changed.lead, changed.names["hi"]) == (["INC", "BJP"], "INC", "साथ")
    assert queries.alliance(made.public_id).parties == ["INC", "BJP"]


@pytest.mark.parametrize(
    ("parties", "lead", "refusal"),
    [
        (["DMK"], "INC", refusals.UnknownParty),
        (["IND"], "INC", refusals.UnknownParty),
        (["NOTA"], "INC", refusals.UnknownParty),
        ([], "INC", refusals.NoParties),
        (["INC"], "INC", refusals.NoParties),
    ],
)
def test_what_is_no_party_there_is_refused(
    nation: int, parties: list[str], lead: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make(nation, parties, lead=lead)


@pytest.mark.parametrize(
    ("lead", "parties", "field", "said"),
    [
        ("INC", ["independent"], "parties", "Independents are not one side"),
        ("NOTA", ["INC"], "lead", "is not a party"),
        ("XYZ", ["INC"], "lead", "No party XYZ stood"),
        ("INC", ["XYZ"], "parties", "No party XYZ stood"),
    ],
)
def test_a_refusal_names_the_field_and_the_true_reason(
    nation: int, lead: str, parties: list[str], field: str, said: str
) -> None:
    with pytest.raises(Refused) as refused, translation.override("en"):
        make(nation, parties, lead=lead)
    with translation.override("en"):
        assert refused.value.field == field and said in str(refused.value)


def test_the_same_parties_are_named_once_in_one_place(nation: int) -> None:
    first = make(nation, ["AAP"])
    with pytest.raises(refusals.AllianceThere) as refused:
        make(nation, ["AAP"])
    assert refused.value.facts["there"] == str(first.public_id)
    assert refused.value.field == "lead" and "साथ" in str(refused.value)
    make(nation, ["BJP"])  # another set of the same lead, to compare
    make(nation, ["AAP"], state="Goa")
    other = make(nation, ["AAP"], lead="BJP")
    with pytest.raises(refusals.AllianceThere):
        actions.change_alliance(public_id=other.public_id, lead="INC", parties=["AAP"], by=SYSTEM, at=AT)
    actions.change_alliance(public_id=first.public_id, parties=["AAP", "BJP"], by=SYSTEM, at=AT)
    assert Alliance.objects.count() == 4


@pytest.mark.parametrize("party", ["IND", "NOTA", "DMK"])
def test_units_are_not_sorted_by_the_strength_of_what_is_no_party(nation: int, party: str) -> None:
    with pytest.raises(refusals.UnknownParty):
        actions.sort_units(
            election="LS2024", unit_id=nation, rows=[{"class": "swing"}], party=party, by=SYSTEM, at=AT
        )


def test_units_are_not_sorted_by_another_states_alliance(nation: int) -> None:
    alliance = make(nation, ["AAP"], state="Goa")
    with pytest.raises(refusals.AllianceUnfit):
        actions.sort_units(
            election="LS2024",
            unit_id=nation,
            rows=[{"class": "swing"}],
            party="INC",
            alliance=alliance.public_id,
            by=SYSTEM,
            at=AT,
        )


def test_who_holds_no_office_names_no_alliance_and_states_nothing(nation: int) -> None:
    with pytest.raises(NotYours):
        make(nation, ["AAP"], by=STRANGER)
    with pytest.raises(NotYours):
        say(nation, by=STRANGER)


def say(
    _nation: int, *, by: Actor = SYSTEM, source: str = "The Daily, 5 June 2024, page 1", **more: object
) -> Stated:
    given: dict[str, object] = {"party": "BJP", "state": "S05", "share_pct": 41.5} | more
    return actions.state_figure(election="LS2024", source=source, by=by, at=AT, **given)  # type: ignore[arg-type]  # some are wrong on purpose


def test_a_state_president_speaks_for_that_state_and_for_no_other_and_not_for_all(
    db: None, tmp_path: Path
) -> None:
    world = World()
    rows = rows_of(SEATS) + rows_of(SEATS, state="S21")
    assert bring(written(tmp_path, rows), election="LS2024", partial="yes").state == "done"
    for code, name in (("N1", "Goa"), ("N2", "Sikkim")):
        Unit.objects.filter(code=code).update(names={"en": name})
    goa, sikkim = (actor(world.holder("state_president", code)) for code in ("N1", "N2"))
    nation = actor(world.holder("national_president", "N"))
    everywhere = make(0, ["AAP"], by=nation)
    own = make(0, ["AAP"], state="Goa", by=goa)
    told = (say(0, by=nation, state=""), say(0, by=goa))
    for by in (goa, sikkim):
        with pytest.raises(refusals.NotYourGround, match="all states"), translation.override("en"):
            make(0, ["BJP"], by=by)
        with pytest.raises(NotYours):
            actions.change_alliance(public_id=everywhere.public_id, parties=["BJP"], by=by, at=AT)
        with pytest.raises(NotYours):
            say(0, by=by, state="")
        with pytest.raises(NotYours):
            actions.withdraw_figure(stated_id=told[0].pk, by=by, at=AT)
    with pytest.raises(refusals.NotYourGround, match="Goa"), translation.override("en"):
        make(0, ["BJP"], state="S05", by=sikkim)
    with pytest.raises(NotYours):
        actions.change_alliance(public_id=own.public_id, parties=["BJP"], by=sikkim, at=AT)
    with pytest.raises(NotYours):
        actions.withdraw_figure(stated_id=told[1].pk, by=sikkim, at=AT)
    actions.change_alliance(public_id=own.public_id, parties=["BJP"], by=goa, at=AT)
    actions.withdraw_figure(stated_id=told[1].pk, by=goa, at=AT)
    actions.change_alliance(public_id=own.public_id, parties=["AAP"], by=nation, at=AT)
    assert list(Stated.objects.values_list("pk", flat=True)) == [told[0].pk]


def test_of_an_assembly_held_in_one_state_everywhere_is_that_state(db: None, tmp_path: Path) -> None:
    world = World()
    Unit.objects.filter(code="N1").update(names={"en": "Goa"})
    head = "ac_no,candidate,party,votes"
    path = written(tmp_path, "1,B,INC,50\n1,A,BJP,70\n1,C,AAP,60\n", header=head)
    assert bring(path, election="GA2024", partial="yes").state == "done"
    goa, other = (actor(world.holder("state_president", code)) for code in ("N1", "N2"))
    with pytest.raises(NotYours):
        make(0, ["AAP"], by=other, election="GA2024")
    assert make(0, ["AAP"], by=goa, election="GA2024").state == ""


def test_a_stated_figure_stands_beside_the_computed_one_and_in_no_sum(nation: int) -> None:
    before = queries.totals(queries.election("LS2024"), state="S05")
    say(nation)
    say(nation, number=1, share_pct=None, votes=505)
    after = queries.totals(queries.election("LS2024"), state="S05")
    assert after.parties == before.parties
    (told,) = after.stated
    assert (told.party, told.share_pct, told.source) == ("BJP", 41.5, "The Daily, 5 June 2024, page 1")
    bjp = next(one for one in after.parties if one.party == "BJP")
    assert bjp.share_pct == pytest.approx(100 * 850 / after.polled)
    contest = queries.contest(queries.election("LS2024"), "S05", 1)
    assert [(one.votes, one.number) for one in contest.stated] == [(505, 1)]
    assert contest.candidates[0].votes == 500
    actions.withdraw_figure(stated_id=told.pk, by=SYSTEM, at=AT)
    assert queries.totals(queries.election("LS2024"), state="S05").stated == ()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"share_pct": 101}, refusals.FigureUnfit),
        ({"share_pct": None}, refusals.NothingStated),
        ({"votes": -1}, refusals.FigureUnfit),
        ({"number": 1, "seats": 7}, refusals.SeatUnfit),
        ({"seats": 3}, refusals.SeatsUnfit),
        ({"state": "", "seats": 544}, refusals.SeatsUnfit),
        ({"source": " "}, refusals.NoOrigin),
        ({"state": "Atlantis"}, refusals.UnknownState),
        ({"state": "U08"}, refusals.UnknownSeat),
        ({"number": 9}, refusals.UnknownSeat),
        ({"number": 0}, refusals.UnknownSeat),
        ({"party": "DMK"}, refusals.UnknownParty),
    ],
)
def test_a_figure_that_fits_nothing_is_refused(
    nation: int, given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        say(nation, **given)  # type: ignore[arg-type]  # wrong on purpose


def test_who_holds_the_office_brings_results_and_nobody_else(db: None, tmp_path: Path) -> None:
    world, path = World(), written(tmp_path, rows_of(SEATS))
    for office in OFFICES:
        holder = actor(world.holder(office, "N"))
        staged = bring(path, election="LS2024", unit_id=world.unit("N"), by=holder)
        assert staged.state == "done", office
    assert staged.counts == {"same": 8}
    for office, code in (("state_president", "N1"), ("district_president", "N11"), ("booth_worker", "N1111")):
        other = actor(world.holder(office, code))
        with pytest.raises(NotYours):
            bring(path, election="LS2024", unit_id=world.unit("N"), by=other)
    below = actor(world.holder("district_president", "N12"))
    with pytest.raises(NotYours):
        bring(path, election="LS2024", unit_id=world.unit("N12"), by=below)
