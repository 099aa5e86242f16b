"""A member reads of their cards and of the paper sheets with their entry, on their page and in their file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_cards import public_id
from abhiyan.enrolment.tests.web import join, main, open_me, web_world
from abhiyan.paper.actions import photos
from abhiyan.paper.tests.test_batches import HEAD, JPEG, keep, make
from abhiyan.paper.tests.test_paper import bring, step
from abhiyan.people import actions as people
from abhiyan.people import documents
from abhiyan.people.actions import erasing
from abhiyan.people.models import Document, RevokeReason

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("test")


@pytest.fixture
def world() -> World:
    return web_world()


def held(client: Client) -> tuple[str, dict[str, Any]]:
    """The page, and the file to take along."""
    return main(client.get("/me/").content), client.get("/me/data/").json()


def test_a_card_is_listed_with_its_number_and_days_and_goes_with_its_person(world: World) -> None:
    other = Human("Rekha Devi", 1977, world.asha.phone)
    join(world, other, unit="JK-B001")
    theirs = public_id(world)
    client = open_me(other)
    assert "Your cards" not in held(client)[0]
    client.get("/me/card/")
    with system("test"):
        card = Document.objects.get()
    number = documents.number_of_document(card.pk)
    assert documents.document_code(card.pk).upper().startswith(number) and len(number) == 8
    page, file = held(client)
    assert "Your cards" in page and number in page and "not valid" not in page
    world.now += timedelta(minutes=1)
    people.revoke_documents(about=[theirs], reason=RevokeReason.LOST, by=BY, at=world.now)
    page, file = held(client)
    assert "not valid since" in page and "Lost or stolen" in page
    (told,) = file["person"]["documents"]
    assert (told["number"], told["kind"], told["why"]) == (number, "Member card", "Lost or stolen")
    assert told["issued_at"] < told["revoked_at"]
    assert number in client.get("/me/data/?format=csv").getvalue().decode()
    assert client.post("/me/erase/").status_code == 200
    with system("test"):
        assert erasing.purge(at=people.purge_at(at=world.now) + timedelta(days=1)) == 1
        assert not Document.objects.exists()


def test_another_person_on_the_phone_reads_nothing_of_it(world: World) -> None:
    other = Human("Rekha Devi", 1977, world.asha.phone)
    join(world, world.asha, unit="JK-B001").get("/me/card/")
    join(world, other, unit="JK-B001")
    client = open_me(other)
    client.post("/me/which/", {"birth_year": "1977"})
    page, file = held(client)
    assert "Rekha Devi" in page and "Your cards" not in page
    assert file["person"]["documents"] == []


def test_who_came_by_a_photographed_batch_reads_that_the_sheet_is_kept(world: World, tmp_path: Path) -> None:
    batch, bare = make(world), make(world)
    keep(world, batch, JPEG)
    rows = f"9906000001,Asha Devi,1980,JK-B001,1,{batch.number}\n9906000002,Bilal Ahmad,1990,JK-B001,1,{bare.number}\n"
    import_id = bring(world, tmp_path, HEAD + rows)
    step(world, import_id, "check")
    step(world, import_id, "commit")
    asha, bilal = (
        open_me(Human(name, year, f"+919906{last}"))
        for name, year, last in (("Asha Devi", 1980, "000001"), ("Bilal Ahmad", 1990, "000002"))
    )
    page, file = held(asha)
    assert "We keep a photo of the paper sheet with your entry" in page and batch.number in page
    (kept,) = file["paper_sheets"]
    assert kept["batch"] == batch.number
    assert "photo of the paper sheet" not in held(bilal)[0] and held(bilal)[1]["paper_sheets"] == []
    with system("test"):
        photos.hide_photos_of(phones=[world.phone_id(Human("", 0, "+919906000001"))], at=world.now)
    assert held(asha)[1]["paper_sheets"] == [], "nobody opens it any more"
