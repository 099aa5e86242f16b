"""The packaged files give the totals that were published, and what is odd in them is handled and shown."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import translation

from abhiyan.core.scope import system
from abhiyan.elections import actions, queries, reference, words
from abhiyan.elections.models import Alliance, Candidacy, Contest, Election, Part, PartVotes
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.parts import part_lines, parts_in_short
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.tests.make import assembly, lok_sabha, refused, segments
from abhiyan.elections.views.plans import goals_of
from abhiyan.elections.views.plans_shown import lead_of
from abhiyan.org.tests.make import World, actor
from abhiyan.units.tests.make import AT


@pytest.fixture(scope="module", autouse=True)
def everything(open_database: None) -> None:
    """All four files, brought once for the whole module."""
    counts = [one.counts for one in (lok_sabha(2019), lok_sabha(2024), assembly(), segments())]
    assert counts == [{"new": 8_597}, {"new": 8_902}, {"new": 874}, {"new": 1_782}]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def parties(code: str, state: str = "") -> dict[str, queries.PartyTotal]:
    return {one.party: one for one in queries.totals(queries.election(code), state=state).parties}


def test_lok_sabha_2019_303_seats_and_229076879_votes() -> None:
    found = parties("LS2019")
    assert (found["BJP"].seats, found["BJP"].votes) == (303, 229_076_879)
    assert (found["INC"].seats, sum(one.seats for one in found.values())) == (52, 543)
    assert queries.totals(queries.election("LS2019")).electors == 911_950_734


def test_lok_sabha_2024_240_seats_and_235973935_votes() -> None:
    found = parties("LS2024")
    assert (found["BJP"].seats, found["BJP"].votes) == (240, 235_973_935)
    assert (found["INC"].seats, found["SP"].seats) == (99, 37)
    assert found["BJP"].without_vote == 1
    assert queries.totals(queries.election("LS2024")).polled == 645_363_445


def test_the_assembly_of_jammu_and_kashmir_42_29_6_3() -> None:
    found = parties("JK2024")
    seats = {code: found[code].seats for code in ("JKNC", "BJP", "INC", "JKPDP", "IND")}
    assert seats == {"JKNC": 42, "BJP": 29, "INC": 6, "JKPDP": 3, "IND": 7}
    assert found["BJP"].votes == 1_462_225
    assert (found["JKNC"].names["en"], found["JKNC"].names["hi"][:5]) == (
        "Jammu & Kashmir National Conference",
        "जम्मू",
    )


def test_uttar_pradesh_2019_within_the_all_india_file_62_seats() -> None:
    assert parties("LS2019", "S24")["BJP"].seats == 62


def test_every_party_of_the_published_table_has_its_seats_and_votes() -> None:
    for year in ("2019", "2024"):
        found = parties(f"LS{year}")
        for row in reference.reference_rows("parties.csv"):
            code, seats, votes = row["party"], int(row[f"seats_{year}"]), int(row[f"votes_{year}"])
            if not votes:
                continue  # it did not stand, or the table does not know its abbreviation of that year
            assert (found[code].seats, found[code].votes) == (seats, votes), (year, code)


def test_surat_was_uncontested_and_has_no_votes() -> None:
    surat = queries.contest(queries.election("LS2024"), "S06", 24)
    assert surat.seat.contest.is_uncontested
    assert (surat.seat.polled, surat.seat.margin, surat.seat.turnout_pct) == (0, None, None)
    assert surat.seat.winner is not None and surat.seat.winner.party == "BJP"
    assert [(one.votes, one.share_pct, one.is_winner) for one in surat.candidates] == [(None, None, True)]
    assert any("Surat" in line for line in queries.totals(queries.election("LS2024")).says())


def test_missing_electors_are_unknown_and_named() -> None:
    whole = queries.totals(queries.election("LS2024"))
    assert (whole.electors, whole.turnout_pct, whole.electors_of) == (None, None, 530)
    assert len(whole.without_electors) == 12 and "Kokrajhar" in whole.without_electors
    assert any("The electors of 12 constituencies are not known" in line for line in whole.says())
    delhi = queries.contest(queries.election("LS2024"), "U05", 4)
    assert (delhi.seat.electors, delhi.seat.turnout_pct) == (None, None)


def test_old_numbering_is_kept_by_name_and_not_taken_for_todays() -> None:
    of = queries.election("LS2019")
    ladakh = queries.contest(of, "U08", 4)
    assert (ladakh.seat.contest.name, ladakh.seat.contest.numbering) == ("Ladakh", "before 2022")
    assert queries.contest(of, "S03", 1).seat.contest.numbering == "before 2023"
    assert Contest.objects.filter(election=of).exclude(numbering="").count() == 20
    assert not Contest.objects.filter(election__code="LS2024").exclude(numbering="").exists()
    row = next(row for row in queries.elections() if row.election.code == "LS2019")
    assert (row.seats, row.old, row.uncontested, row.without_electors) == (543, 20, 0, 0)


def test_every_figure_names_its_file_and_row() -> None:
    varanasi = queries.contest(queries.election("LS2024"), "S24", 77)
    rows = reference.reference_rows("ls2024_results.csv")
    for one in varanasi.candidates:
        assert one.source.file == "ls2024_results.csv"
        told = rows[one.source.row - 2]
        assert (told["candidate"], told["votes"]) == (one.name, str(one.votes))


def test_figures_of_a_contest_are_computed() -> None:
    amethi = queries.contest(
        queries.election("LS2024"), "S24", 37, against=queries.election("LS2019"), side=queries.OurSide("INC")
    )
    seat = amethi.seat
    assert seat.winner is not None and seat.winner.party == "INC"
    assert seat.margin == amethi.candidates[0].votes - (amethi.candidates[1].votes or 0)  # type: ignore[operator]  # they have votes
    assert seat.turnout_pct == pytest.approx(100 * seat.polled / (seat.electors or 0))
    assert seat.ours is not None and (seat.ours.won, seat.ours.place) == (True, 1)
    assert seat.before is not None and seat.before.basis == "same" and seat.before.says() == ""
    then = queries.contest(queries.election("LS2019"), "S24", 37)
    inc = next(one for one in then.candidates if one.party == "INC")
    assert seat.swing_points == pytest.approx(amethi.candidates[0].share_pct - inc.share_pct)  # type: ignore[operator]  # they have votes
    assert next(one for one in amethi.candidates if one.is_nota).place is None


def test_parties_without_an_abbreviation_stand_under_their_name() -> None:
    assert (
        Candidacy.objects.filter(contest__election__code="LS2024", party="NAAM TAMILAR KATCHI").count() == 40
    )
    assert not Candidacy.objects.filter(party="").exists()


def test_two_rows_of_one_name_and_party_are_taken_and_shown() -> None:
    ramgarh = queries.contest(queries.election("JK2024"), "U08", 69)
    assert ramgarh.namesakes == ("JKAP",)
    assert queries.contest(queries.election("JK2024"), "U08", 70).namesakes == ()


def test_special_stations_stand_apart_and_postal_votes_in_no_part() -> None:
    of = queries.election("LS2024")
    baramulla = queries.contest(of, "U08", 1)
    parts = parts_in_short(baramulla.seat.contest.pk)
    assert [part.kind for part in parts] == ["segment"] * 18 + ["special"] * 3
    assert [part.number for part in parts[-3:]] == ["SPS_1", "SPS_2", "SPS_3"]
    assert {part.lacking for part in parts} == {1}  # nobody says NOTA by part
    outside = queries.outside_parts(baramulla.seat.contest.pk)
    first = baramulla.candidates[0]
    assert (first.name, outside[first.id]) == ("ABDUL RASHID SHEIKH", 472_481 - 469_574)
    udhampur = queries.contest(of, "U08", 4).seat.contest
    assert parts_in_short(udhampur.pk) == []  # it is not in the file
    assert Part.objects.count() == 81
    _part, name, _party, votes, source = next(part_lines(parts))
    assert source.file == "jk_ls2024_ac_segments.csv"
    told = reference.reference_rows("jk_ls2024_ac_segments.csv")[source.row - 2]
    assert (told["candidate"], told["votes"]) == (name, str(votes))


def test_the_same_file_twice_changes_nothing() -> None:
    def everything() -> list[object]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (Election, Contest, Candidacy, Part, PartVotes)
        ]

    before = everything()
    again = [lok_sabha(2019), lok_sabha(2024), assembly(), segments()]
    assert [one.counts for one in again] == [
        {"same": 8_597},
        {"same": 8_902},
        {"same": 874},
        {"same": 1_782},
    ]
    assert [refused(one) for one in again] == [[], [], [], []]
    assert everything() == before


def test_totals_of_the_whole_are_compared_whatever_its_seats_were_and_say_so() -> None:
    now = queries.totals(queries.election("LS2024"), against=queries.election("LS2019"))
    bjp = next(one for one in now.parties if one.party == "BJP")
    assert bjp.seats_before == 303
    assert bjp.swing_points == pytest.approx(
        100 * 235_973_935 / 645_363_445 - 100 * 229_076_879 / 614_172_823
    )
    assert len(now.not_compared) == 20 and "Udhampur" in now.not_compared
    assert any("other boundaries or numbers in Lok Sabha 2019" in line for line in now.says())


def test_a_state_of_other_ground_is_not_compared() -> None:
    now = queries.totals(queries.election("LS2024"), state="U08", against=queries.election("LS2019"))
    assert {one.swing_points for one in now.parties} == {None}
    assam = queries.totals(queries.election("LS2024"), state="S03", against=queries.election("LS2019"))
    assert next(one for one in assam.parties if one.party == "BJP").seats_before == 9


@pytest.mark.parametrize(("state", "seats"), [("S05", 2), ("S24", 80), ("", 543)])
def test_the_number_of_queries_does_not_grow_with_the_seats(
    state: str, seats: int, django_assert_max_num_queries: object
) -> None:
    of, before = queries.election("LS2024"), queries.election("LS2019")
    with django_assert_max_num_queries(11):  # type: ignore[operator]  # pytest-django's fixture
        queries.totals(of, state=state, against=before)
    with django_assert_max_num_queries(7):  # type: ignore[operator]  # the same
        found = queries.contests(of, state=state, against=before, side=queries.OurSide("BJP"))
        assert len(found) == seats
    with django_assert_max_num_queries(10):  # type: ignore[operator]  # the same
        queries.contest(of, state or "S24", 1, against=before)


def test_files_are_known_to_whoever_reads_results_not_only_to_who_brought_them() -> None:
    assert [one.name for one in queries.result_files(queries.election("LS2024"))] == ["ls2024_results.csv"]
    with system("test"):
        assert queries.earlier_election(queries.election("LS2024")) == queries.election("LS2019")


NDA_2019 = [
    "BJP",
    "SHS",
    "JD(U)",
    "LJP",
    "ADAL",
    "ADMK",
    "SAD",
    "AJSU",
    "RLTP",
    "NDPP",
    "AGP",
    "BPF",
    "PMK",
    "DMDK",
]
INDIA_2024 = [
    "INC", "SP", "DMK", "SHSUBT", "NCP(SP)", "RJD", "CPI(M)", "IUML", "AAP", "JMM", "CPI(ML)L", "VCK", "CPI",
    "JKNC", "KEC", "RSP", "MDMK", "RLTP", "BHRTADVSIP",
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "lead", "sets", "apart"),
    [
        ("LS2019", "BJP", {"": NDA_2019}, {("Shrawasti", "beaten_apart")}),
        ("LS2024", "BJP", {"": INDIA_2024}, {("Thrissur", "stood_apart")}),
        ("LS2024", "INC", {"": INDIA_2024}, None),
        ("LS2024", "INC", {"": INDIA_2024, "S11": ["INC", "IUML", "KEC", "RSP"]}, None),
    ],
)
def test_the_last_time_of_a_plan_is_what_the_results_say(
    code: str, lead: str, sets: dict[str, list[str]], apart: set[tuple[str, str]] | None
) -> None:
    """Also where candidates of one side stood against each other, or a state has a set of its own."""
    of = queries.election(code)
    with system("test"):
        named = [
            Alliance.objects.create(
                public_id=uuid4(), election=of, state=state, names={"en": "Side"}, parties=parties,
                lead=parties[0], made_at=AT,
            )
            for state, parties in sets.items()
        ]  # fmt: skip
        try:
            ours = named[0] if named[0].lead == lead else None
            whole = queries.totals(of)
            worked = planning.worked_out(of, state="", party=lead, alliance=ours, aims=Aims(), seed=1)
        finally:
            Alliance.objects.filter(election=of).delete()
    assert worked is not None
    party = next(one for one in whole.parties if one.party == lead)
    told = whole.sides[0] if ours else party
    assert (worked.last_seats, worked.last_votes) == (told.seats, told.votes)
    assert worked.outcome.seats == worked.last_seats - sum(
        {"stood_apart": 1, "won_by_lot": 1, "beaten_apart": -1}.get(one.code, 0)
        for one in worked.outcome.notes
    )
    names = {one.pk: one.name for one in worked.contests}
    found = {(names[one.key or 0], one.code) for one in worked.outcome.notes if one.code.endswith("_apart")}
    assert found and (apart is None or apart == found)


@pytest.fixture
def rolled_back() -> Iterator[None]:
    """Roll back what a test writes beside the results."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_three_hundred_and_twenty_five_seats_and_thirty_five_crore_votes(rolled_back: None) -> None:
    """A plan of the nation over all 543 seats keeps the figures of last time, and reports the contradictory ones."""
    world = World()
    president = world.holder("national_president", "N", name="Rohini Koul")
    with system("test"):
        plan = actions.make_plan(
            names={"en": "325"},
            election="LS2019",
            unit_id=world.unit("N"),
            party="BJP",
            aims=Aims(seats_goal=325, votes_goal=350_000_000),
            by=actor(president),
            at=AT,
        )
        told = [
            words.finding_words(one, {})
            for one in planning.findings(plan, "contradictions")
            if one.key is None
        ]
    assert (plan.state, plan.level, len(plan.found["by_seat"])) == ("", "pc", 543)
    assert (plan.found["last_seats"], plan.found["last_votes"]) == (303, 229_076_879)
    assert plan.found["seats"] >= 325 and plan.found["votes_for_goal"] <= 350_000_000
    assert sum(one.goal == 325 and one.last == 303 for one in goals_of(plan)) == 1
    assert "303" in lead_of(plan) and "22,90,76,879" in lead_of(plan) and "35,00,00,000" in lead_of(plan)
    assert not any("%(" in text for text in told)
