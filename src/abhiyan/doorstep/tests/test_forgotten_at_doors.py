"""An erasure reaches what workers wrote down at doors as news, whatever its entries hang on."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.test import Client

from abhiyan.core import news
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, open_me, web_world
from abhiyan.intake.queries import drive_work
from abhiyan.programmes.news import ItemsErased

from .test_door import KAMLA, NAZIR, entered

pytestmark = pytest.mark.django_db
SUNIL = replace(
    NAZIR, name="Sunil Kumar", birth_year=1990, phone=KAMLA.phone
)  # another human on Kamla's phone


@pytest.fixture
def world() -> World:
    return web_world()


def names_at_doors() -> set[str]:
    with system("test"):
        return {*DoorEntry.objects.values_list("name", flat=True)}


def public_id_of(name: str) -> UUID:
    with system("test"):
        entry = DoorEntry.objects.get(name=name)
        assert entry.membership_id is not None
        return Membership.objects.get(pk=entry.membership_id).public_id


def tell_erasure(*item_ids: UUID) -> None:
    """Tell the rooms that items were erased, as the act of the erasure does."""
    with system("test"):
        news.tell(ItemsErased(item_ids, keyring().phone_id(KAMLA.phone), present()))


@pytest.mark.usefixtures("world")
def test_others_on_the_phone_keep_their_entry(worker: Client) -> None:
    for human in (KAMLA, SUNIL):
        entered(worker, human)
    tell_erasure(public_id_of("Kamla Devi"))
    assert names_at_doors() == {"", "Sunil Kumar"}


@pytest.mark.usefixtures("world")
def test_an_entry_that_made_no_member_goes_with_its_phone(worker: Client) -> None:
    for human in (KAMLA, NAZIR):
        entered(worker, human)
    erased = public_id_of("Kamla Devi")
    with system("test"):
        DoorEntry.objects.filter(name="Kamla Devi").update(membership_id=None)
    tell_erasure(erased)
    assert names_at_doors() == {"", "Nazir Ahmad"}


@pytest.mark.usefixtures("world")
def test_an_entry_by_another_number_goes_with_its_member(worker: Client) -> None:
    for human in (KAMLA, NAZIR):
        entered(worker, human)
    erased = public_id_of("Kamla Devi")
    with system("test"):
        DoorEntry.objects.filter(name="Kamla Devi").update(phone_id=keyring().phone_id("+919906007799"))
    tell_erasure(erased)
    assert names_at_doors() == {"", "Nazir Ahmad"}


@pytest.mark.usefixtures("world")
def test_an_entry_of_a_merged_membership_goes_too(worker: Client) -> None:
    for human in (KAMLA, SUNIL):
        entered(worker, human)
    erased, merged = public_id_of("Kamla Devi"), public_id_of("Sunil Kumar")
    with system("test"):
        kept = Membership.objects.get(public_id=erased)
        Membership.objects.filter(public_id=merged).update(merged_into=kept.pk)
    tell_erasure(erased)
    assert names_at_doors() == {""}


@pytest.mark.usefixtures("world")
def test_news_of_items_that_are_no_members_changes_nothing(worker: Client) -> None:
    for human in (KAMLA, NAZIR):
        entered(worker, human)
    tell_erasure()
    tell_erasure(uuid4())
    assert names_at_doors() == {"Kamla Devi", "Nazir Ahmad"}


@pytest.mark.usefixtures("world")
def test_a_second_telling_of_one_erasure_changes_no_later_entry(worker: Client) -> None:
    entered(worker, KAMLA)
    client = open_me(KAMLA)
    client.get("/me/")
    assert client.post("/me/erase/").status_code == 200
    assert names_at_doors() == {""}
    entered(worker, SUNIL)
    assert names_at_doors() == {"", "Sunil Kumar"}


def test_today_leads_to_the_doors_where_a_room_offers_them(
    world: World, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Enrol people at the door"
    assert words in worker.get("/").content.decode()
    assert words not in officer(world, "district_president", "JK-SRI").get("/").content.decode()
    monkeypatch.setattr(drive_work, "_offers", [])
    assert words not in worker.get("/").content.decode()
