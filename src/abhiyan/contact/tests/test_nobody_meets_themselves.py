"""No queue gives somebody themselves, neither by the phone they sign in by nor by that of a merged entry."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from abhiyan.contact import actions
from abhiyan.contact.actions.offering import NumberOwn
from abhiyan.contact.actions.talks import Told
from abhiyan.contact.models import ContactEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people import queries
from abhiyan.people.models import Account, Double, Person
from abhiyan.programmes.models import Programme

from .at_calls import people_to_call, queue_of
from .at_doors import POINT, contact_programme, entries, listed

pytestmark = pytest.mark.django_db
MERGED = "+919419777777"


def merge(world: World, *phone_ids: UUID) -> None:
    """One human being with an entry on each of these phones, each merged with the one before."""
    with system("test"):
        persons = [
            Person.objects.create(
                id=uuid4(), public_id=uuid4(), phone_id=one, unit_id=world.unit("N1111"), at=NOW, name="Tariq"
            )
            for one in phone_ids
        ]
        for kept, gone in pairwise(persons):
            low, high = sorted((kept.pk, gone.pk))
            Double.objects.create(
                id=uuid4(),
                public_id=uuid4(),
                first_id=low,
                second_id=high,
                unit_id=kept.unit_id,
                other_unit_id=gone.unit_id,
                score=99,
                reasons=[],
                is_twin=False,
                state=Double.State.MERGED,
                kept_id=kept.pk,
                found_at=NOW,
            )


@pytest.fixture(params=["own phone", "merged phone", "merged twice"])
def own_phone(request: pytest.FixtureRequest, world: World, caller: Account) -> UUID:
    """A phone of the caller."""
    if request.param == "own phone":
        return caller.phone_id
    with system("test"):
        (between, last) = people.keep_phones(phones=[MERGED, "+919419777778"])
    if request.param == "merged phone":
        merge(world, caller.phone_id, last)
    else:
        merge(world, caller.phone_id, between, last)
    return last


def test_a_phone_is_of_who_has_the_account_and_of_nobody_else(caller: Account, own_phone: UUID) -> None:
    with system("test"):
        assert own_phone in queries.account_phones(caller.pk)
        assert queries.accounts_behind(own_phone) == {caller.pk}
        assert queries.account_phones(None) == set()
        assert queries.accounts_behind(uuid4()) == set()


def test_a_caller_is_never_given_themselves(
    world: World, run: Programme, centre: int, caller: Account, own_phone: UUID
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    with system("test"):
        mine, other = ContactEntry.objects.order_by("pk")
        ContactEntry.objects.filter(pk=mine.pk).update(phone_id=own_phone)
    turn = actions.take_next(body_id=centre, languages=("hi",), by=actor(caller), at=NOW)
    assert turn is not None and turn.entry_id == other.pk
    assert entries(pk=mine.pk)[0].state == "ready", "a colleague may call them"


def test_a_worker_takes_every_door_but_their_own(world: World, caller: Account, own_phone: UUID) -> None:
    run = contact_programme(world.unit("N1"))
    world.appoint(caller, "booth_worker", "N1111")
    listed(run, world.unit("N1111"), 3)
    with system("test"):
        mine = ContactEntry.objects.order_by("pk")[0]
        ContactEntry.objects.filter(pk=mine.pk).update(phone_id=own_phone)
    taken, _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(caller), at=NOW)
    assert len(taken) == 2 and mine.pk not in {one.pk for one in taken}


def test_nobody_types_their_own_number_at_a_door(world: World, caller: Account, own_phone: UUID) -> None:
    run = contact_programme(world.unit("N1"))
    world.appoint(caller, "booth_worker", "N1111")
    with system("test"):
        number = (
            MERGED[:-1] + "8" if own_phone != caller.phone_id else queries.number_of_phone(caller.phone_id)
        )
    told = Told("talked", phone=number, point=POINT)
    with pytest.raises(NumberOwn):
        actions.note_walk(
            programme=run, unit_id=world.unit("N1111"), door="7", told=told, by=actor(caller), at=NOW
        )
