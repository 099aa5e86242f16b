"""The list of a constituency's units: target of the booths, electors, last votes and lead, members per 100 votes."""

import re
from csv import reader
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.elections import queries as elections
from abhiyan.elections.models import Candidacy, Contest, Election, Part, PartVotes
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser, undrawn
from abhiyan.programmes.models import Programme
from abhiyan.targets import actions
from abhiyan.targets.tests.test_take_over import president
from abhiyan.units.models import Unit

from .test_pages import drive as open_drive

__all__ = ["president"]
pytestmark = pytest.mark.django_db
drive = open_drive
VOTES = (("BJP", 700), ("INC", 460), ("NOTA", 40))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


def held(code: str, year: int, kind: str = "parliament") -> Election:
    return Election.objects.create(
        public_id=uuid4(), code=code, kind=kind, year=year, names={"en": f"Vote of {year}"}, made_at=AT
    )


def contest(world: World, of: Election, unit: str, *votes: tuple[str, int]) -> Contest:
    made = Contest.objects.create(
        election=of,
        state="S08",
        number=1,
        name=unit,
        electors=2000,
        unit_id=world.unit(unit),
        import_id=1,
        row=2,
    )
    for place, (party, n) in enumerate(votes, 1):
        Candidacy.objects.create(
            contest=made,
            position=place,
            name=party,
            party=party,
            votes=n,
            is_nota=party == "NOTA",
            import_id=1,
            row=place,
        )
    return made


@pytest.fixture
def result(world: World) -> Contest:
    """The seat C1 in the last election; an older one and a newer by-election speak of it too."""
    with system("test"):
        contest(world, held("LS2019", 2019), "C1", ("INC", 900), ("BJP", 100))
        contest(world, held("LS2025-BY", 2025, "parliament_by"), "C1", ("SP", 9), ("BJP", 1))
        return contest(world, held("LS2024", 2024), "C1", *VOTES)


@pytest.fixture
def client(president: Account) -> Client:
    return browser(president)


def test_a_seat_shows_electors_last_votes_lead_and_members_for_every_100_votes(
    world: World, drive: Programme, president: Account, result: Contest, client: Client
) -> None:
    booths = [code for code, unit in world.units.items() if unit.kind == "booth" and code.startswith("N1")]
    for code in booths:
        with system("test"):
            actions.set_target(
                programme_id=drive.pk, unit_id=world.unit(code), n=50, by=actor(president), at=AT
            )
    path = f"/programmes/{drive.public_id}/units/?unit=N1&in=electoral&level=constituency"
    page = words(body(client, path))
    assert "Last time: Vote of 2024. The target of a seat or segment is the sum of its booths." in page
    assert "BJP ahead by 240 of 1,200 votes" in page
    head, row = list(reader(body(client, path + "&format=csv").splitlines()))[:2]
    found = dict(zip(head, row, strict=True))
    assert (found["Target"], found["Electors"], found["Votes last time"]) == ("400", "2000", "1200")
    assert (found["Ahead last time"], found["Lead last time"]) == ("BJP", "240")
    assert found["Members per 100 votes"] == "1.9", "23 members for 1,200 votes"


def test_a_list_of_the_organisation_and_a_place_without_results_show_no_votes(
    world: World, drive: Programme, result: Contest, client: Client
) -> None:
    path = f"/programmes/{drive.public_id}/units/"
    assert "Votes last time" not in body(client, f"{path}?unit=N1&level=district")
    assert "Votes last time" not in body(client, f"{path}?unit=C1&in=electoral&level=booth")


def test_booths_show_their_part_of_the_votes_and_nota_is_never_ahead(world: World, result: Contest) -> None:
    with system("test"):
        Unit.objects.filter(code="N1111").update(electors=300)
        part = Part.objects.create(
            contest=result, kind="booth", number="1/1", name="One", unit_id=world.unit("N1111"), import_id=1
        )
        for candidacy, n in zip(
            Candidacy.objects.filter(contest=result).order_by("position"), (10, 7, 90), strict=True
        ):
            PartVotes.objects.create(
                part=part, candidacy=candidacy, votes=n, import_id=1, row=candidacy.position
            )
        of = elections.last_election([world.unit("N1111"), world.unit("N1112")])
        assert of is not None and of.code == "LS2024"
        found = elections.last_votes(of, [world.unit("N1111"), world.unit("N1112")])
    (one,) = found.values()
    assert (one.polled, one.party, one.lead) == (107, "BJP", 3)
    assert elections.last_election([]) is None
