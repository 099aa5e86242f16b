"""At a door and on a call to a booth president, somebody who wants to help is passed on; undoing it forgets them."""

from typing import Any

import pytest

from abhiyan.contact import actions
from abhiyan.contact.actions import DoorNumberUnfit, HelpSaid, NumberOwn, Told
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.actions import CallReport
from abhiyan.dialogues.tests import make as dialogues
from abhiyan.friends.models import HelpOffer
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.programmes.models import Programme
from abhiyan.work.models import Task

from .at_doors import HER, POINT, contact_programme, listed, no_poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(world: World) -> Account:
    return dialogues.reachable(world, "booth_worker", "N1111", 0)


@pytest.fixture
def run(world: World) -> Programme:
    return contact_programme(world.unit("N1"))


def offers() -> list[HelpOffer]:
    with system("test"):
        return list(HelpOffer.objects.order_by("at", "door"))


def name_of(offer: HelpOffer) -> str:
    return keyring().unseal(bytes(offer.person_name), about=offer.pk.bytes).decode()


def at_door(entry: Any, who: Account, helper: HelpSaid) -> Any:
    told = Told("wants_help", helper=helper, point=POINT)
    return actions.note_door(entry=entry.public_id, told=told, by=actor(who), at=NOW)


def test_a_door_of_a_list_passes_on_its_name_and_phone_and_undo_forgets_them(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2)
    taken, _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(worker), at=NOW)
    first, second = sorted(taken, key=lambda entry: entry.door)
    row = at_door(first, worker, HelpSaid())
    at_door(second, worker, HelpSaid("Her son Ravi", HER, may_text=True))
    one, other = sorted(offers(), key=lambda offer: offer.door)
    assert (name_of(one), one.phone_id, one.door, one.way) == ("Person 0", first.phone_id, "House 0", "door")
    assert name_of(other) == "Her son Ravi" and other.phone_id == keyring().phone_id(HER)
    assert one.linked_at is None and other.linked_at is None, "no programme of contributors takes people"
    actions.undo_contact(contact=row.pk, by=actor(worker), at=NOW)
    assert [offer.pk for offer in offers()] == [other.pk]


def test_a_walk_passes_on_the_door_alone_and_one_booth_has_one_task(
    world: World, run: Programme, worker: Account
) -> None:
    president = dialogues.reachable(world, "booth_president", "N1111", 1)
    for door in ("12", "14"):
        told = Told("wants_help", point=POINT)
        actions.note_walk(
            programme=run, unit_id=world.unit("N1111"), door=door, told=told, by=actor(worker), at=NOW
        )
    assert [(offer.door, offer.phone_id, bytes(offer.person_name)) for offer in offers()] == [
        ("12", None, b""),
        ("14", None, b""),
    ]
    with system("test"):
        task = Task.objects.get()
    assert task.unit_id == world.unit("N1111") and president.pk, "its own president organises there"
    assert {offer.task_id for offer in offers()} == {task.public_id}


@pytest.mark.parametrize(
    ("phone", "refusal"), [("12345", DoorNumberUnfit), ("own", NumberOwn)], ids=("unfit", "own")
)
def test_an_unfit_number_refuses_the_whole_note(
    world: World, run: Programme, worker: Account, phone: str, refusal: type[Exception]
) -> None:
    listed(run, world.unit("N1111"), 1)
    (door,), _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(worker), at=NOW)
    with pytest.raises(refusal):
        at_door(door, worker, HelpSaid("Ravi", "9419000000" if phone == "own" else phone))
    assert offers() == []


def test_a_talk_with_a_booth_president_passes_on_who_wants_to_help(world: World) -> None:
    leader = dialogues.reachable(world, "district_in_charge", "N11", 1, "Imtiyaz Mir")
    dialogues.reachable(world, "booth_president", "N1111", 10, "Farooq")
    no_poll(world.unit("N1"))
    dialogues.programme(world.unit("N1"))
    dialogues.morning()
    call = dialogues.calls(leader)[0]
    dialogues.note(leader, call, CallReport("no_answer", helper=HelpSaid("Ravi")))
    assert offers() == [], "nobody was reached"
    dialogues.note(leader, call, CallReport("talked", True, 2, helper=HelpSaid("Ravi")))
    (offer,) = offers()
    assert (name_of(offer), offer.way, offer.unit_id) == ("Ravi", "dialogue", call.unit_id)
