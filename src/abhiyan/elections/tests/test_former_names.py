"""A party under several codes: compared as one where an organisation says so, and nothing stored changes."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Candidacy, FormerName
from abhiyan.elections.refusals import IndependentsNoSide, NameTaken, NotaNoParty, PartyNowhere, SameParty
from abhiyan.elections.rules.parties import match_party_codes
from abhiyan.elections.tests.make import bring, rows_of, written
from abhiyan.org.tests.make import World
from abhiyan.people.tests.make import body, browser
from abhiyan.units.models import Unit
from abhiyan.units.tests.make import AT, SYSTEM

THEN = {1: [("A", "OLDP", 60), ("B", "INC", 40)], 2: [("C", "INC", 70), ("D", "OLDP", 30)]}
NOW = {1: [("A", "NEWP", 55), ("B", "INC", 45)], 2: [("D", "NEWP", 80), ("C", "INC", 20)]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    for year, seats in ((2019, THEN), (2024, NOW)):
        path = written(tmp_path, rows_of(seats, year=year), name=f"ls{year}.csv")
        assert bring(path, election=f"LS{year}", partial="yes").state == "done"
    with system("test"):
        Unit.objects.filter(code="N1").update(names={"en": "Goa", "hi": "गोवा"})
    return world


def before(party: str) -> tuple[int | None, float | None, float | None]:
    of = queries.election("LS2024")
    with system("test"):
        told = queries.totals(of, state="S05", against=queries.earlier_election(of, state="S05"))
    row = next(one for one in told.parties if one.party == party)
    return row.seats_before, row.share_before_pct, row.swing_points


def join(client: Client, party: str = "NEWP", was: str = "oldp") -> int:
    return client.post("/elections/parties/", {"party": party, "was": was}).status_code


@pytest.mark.django_db
def test_a_party_is_compared_with_its_earlier_name_until_the_two_are_separated(world: World) -> None:
    rows = list(Candidacy.objects.order_by("pk").values())
    assert before("NEWP") == (0, 0.0, 67.5)
    client = browser(world.holder("national_president", "N"))
    assert join(client) == 302
    assert before("NEWP") == (1, 45.0, 22.5)
    assert "OLDP" in body(client, "/elections/parties/")
    with translation.override("en"):
        page = body(client, "/elections/results/LS2024/?state=S05")
        assert "In Lok Sabha 2019 NEWP was OLDP." in page
    seat = body(client, "/elections/results/LS2024/seats/S05/1/?side=NEWP")
    assert "−5.0" in seat, "60 per cent then, 55 now"
    assert list(Candidacy.objects.order_by("pk").values()) == rows
    one = FormerName.objects.get()
    assert client.post(f"/elections/parties/{one.pk}/separate/").status_code == 302
    assert before("NEWP") == (0, 0.0, 67.5)
    assert client.post(f"/elections/parties/{one.pk}/separate/").status_code == 302, "gone already"


@pytest.mark.django_db
def test_only_the_nation_says_which_parties_are_one(world: World) -> None:
    state, booth = (
        browser(world.holder(office, unit))
        for office, unit in (("state_president", "N1"), ("booth_president", "N1111"))
    )
    assert [join(client) for client in (state, booth)] == [403, 403]
    assert not FormerName.objects.exists()
    join(browser(world.holder("national_president", "N")))
    path = f"/elections/parties/{FormerName.objects.get().pk}/separate/"
    for client in (state, booth):
        assert client.post(path).status_code == 403
        page = body(client, "/elections/parties/")
        assert "OLDP" in page and "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert FormerName.objects.exists()


@pytest.mark.django_db
def test_names_that_cannot_be_one_partys_are_refused(world: World) -> None:
    def said(party: str, was: str) -> None:
        with system("test"):
            actions.join_parties(party=party, was=was, by=SYSTEM, at=AT)

    def refused(party: str, was: str, as_: type[Refused]) -> None:
        with pytest.raises(as_):
            said(party, was)

    for wrong, refusal in (("IND", IndependentsNoSide), ("NOTA", NotaNoParty), ("NOWHERE", PartyNowhere)):
        refused("NEWP", wrong, refusal)
        refused(wrong, "OLDP", refusal)
    said("NEWP", "OLDP")
    refused("NEWP", "OLDP", SameParty)
    refused("OLDP", "NEWP", SameParty)
    refused("NEWP", "NEWP", SameParty)
    refused("INC", "OLDP", NameTaken)
    said("INC", "NEWP")
    refused("OLDP", "INC", SameParty)  # a circle of three


@pytest.mark.parametrize(
    ("named", "stood", "found"),
    [
        ({"B": "A"}, {"A"}, {"B": "A"}),
        ({"B": "A", "C": "B"}, {"A"}, {"B": "A", "C": "A"}),  # over two names
        ({"B": "A", "C": "B"}, {"B"}, {"A": "B", "C": "B"}),  # an election in the middle
        ({"B": "A", "C": "A"}, {"A"}, {"B": "A", "C": "A"}),  # two became one
        ({"B": "A"}, {"A", "B"}, {}),  # both stood: each is itself
        ({"B": "A", "C": "A"}, {"B", "C"}, {}),  # nobody can tell whose A's votes were
        ({"B": "A"}, {"D"}, {}),
        ({}, {"A"}, {}),
    ],
)
def test_an_earlier_code_is_the_one_party_of_now_that_has_its_name(
    named: dict[str, str], stood: set[str], found: dict[str, str]
) -> None:
    assert match_party_codes(named, stood) == found
