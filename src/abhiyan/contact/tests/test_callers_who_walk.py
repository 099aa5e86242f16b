"""Somebody may call in a centre and go to doors. The person in front of a caller is no door of theirs."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given as drawn
from hypothesis import settings as examples
from hypothesis import strategies as st

from abhiyan.contact import actions, queries
from abhiyan.contact.actions import Told
from abhiyan.contact.actions.doors import NoFreeDoors
from abhiyan.contact.actions.talks import DoorGone
from abhiyan.contact.models import CallTurn, ContactEntry
from abhiyan.contact.office import workers_in
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme

from .at_calls import people_to_call, queue_of, seated
from .at_doors import POINT, entries, tries
from .test_calls import HOUR, MINUTE, called, take, taken
from .test_doors import reachable

pytestmark = pytest.mark.django_db


def walks(world: World, caller: Account, code: str = "N1111") -> Account:
    world.appoint(caller, "booth_worker", code)
    return caller


def takes_doors(run: Programme, world: World, who: Account) -> list[ContactEntry]:
    doors, _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(who), at=NOW)
    return doors


def notes_door(entry: ContactEntry, who: Account, outcome: str = "talked") -> None:
    told = Told(outcome, point=POINT)
    actions.note_door(entry=entry.public_id, told=told, by=actor(who), at=NOW)


def in_front(turn: CallTurn) -> ContactEntry:
    return entries(pk=turn.entry_id)[0]


def test_the_person_in_front_of_a_caller_is_none_of_their_doors(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), by_bridge=True)
    entry = in_front(taken(centre, walks(world, caller)))
    assert queries.held_doors(caller.pk) == []
    with pytest.raises(NotFound):
        queries.held_door(caller.pk, entry.public_id)
    with pytest.raises(DoorGone):
        actions.show_door_number(entry=entry.public_id, by=actor(caller), at=NOW)
    with pytest.raises(DoorGone):
        notes_door(entry, caller)
    with pytest.raises(NoFreeDoors):
        takes_doors(run, world, caller)
    assert actions.give_doors_back(programme=run, unit_id=world.unit("N1111"), by=actor(caller), at=NOW) == 0
    page = browser(caller)
    doors = f"/contact/field/{run.public_id}/doors/?unit=N1111"
    assert str(entry.public_id) not in page.get(doors).text
    assert page.get(f"/contact/field/door/{entry.public_id}/").status_code == 404
    assert in_front(taken(centre, caller)).holder_id == caller.pk and not tries()


def test_doors_beside_a_call_are_their_own(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 32))
    turn = taken(centre, walks(world, caller))
    doors = takes_doors(run, world, caller)
    assert len(doors) == 30 and turn.entry_id not in {door.pk for door in doors}
    with system("test"):
        assert [row.held for row in workers_in(run, (world.lo("N1111"), world.lo("N1111") + 1))] == [30]
    assert called(centre, caller).state == "done"
    assert len(queries.held_doors(caller.pk)) == 30
    assert take(centre, caller) is not None


@pytest.mark.parametrize("way", ["lapses", "office", "list"])
def test_a_call_that_ended_without_an_outcome_leaves_no_door_to_note(
    world: World, run: Programme, centre: int, caller: Account, way: str
) -> None:
    contacts = people_to_call(run, world.unit("N1111"), 1)
    queue_of(run, contacts)
    entry = in_front(taken(centre, walks(world, caller)))
    with system("test"):
        if way == "lapses":
            assert actions.lapse_leases(at=NOW + HOUR) == 1
        elif way == "office":
            actions.end_turns(account_id=caller.pk, at=NOW)
            actions.end_leases(account_id=caller.pk)
        else:
            actions.end_leases(list_id=contacts.pk)
    with pytest.raises(DoorGone):
        notes_door(entry, caller)
    assert not tries() and entries()[0].state == "ready"


def test_a_worker_who_met_the_person_takes_them_from_a_caller_who_did_not_ring(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    worker = reachable(world, "booth_worker", "N1111", 1)
    (door,) = takes_doors(run, world, worker)
    actions.end_leases(account_id=worker.pk)
    turn = taken(centre, caller)
    notes_door(door, worker)
    with system("test"):
        assert CallTurn.objects.get(pk=turn.pk).outcome == "held"
    assert entries()[0].state == "done" and entries()[0].had_ids == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["next", "rings", "leaves", "doors", "met", "not_home", "back", "ends", "lapses"]),
        st.integers(0, 1),
    ),
    max_size=20,
)


def test_an_entry_is_a_door_or_a_call_and_only_doors_may_be_noted_later(
    world: World, run: Programme, centre: int
) -> None:
    people = [walks(world, seated(centre, world.unit("N11"), n)) for n in range(2)]
    queue_of(run, people_to_call(run, world.unit("N1111"), 4))

    def does(what: str, who: Account, minutes: int) -> None:
        at = NOW + minutes * MINUTE
        with system("test"):
            doors = list(queries.doors_with(who.pk).order_by("pk"))
        if what == "next":
            take(centre, who, at)
        elif what == "rings":
            called(centre, who, "busy", at)
        elif what == "leaves":
            actions.leave_seat(by=actor(who), at=at)
        elif what == "doors":
            takes_doors(run, world, who)
        elif what in ("met", "not_home") and doors:
            notes_door(doors[0], who, "talked" if what == "met" else what)
        elif what == "back":
            actions.give_doors_back(programme=run, unit_id=world.unit("N1111"), by=actor(who), at=at)
        elif what == "ends":
            actions.end_leases(account_id=who.pk)
        elif what == "lapses":
            with system("test"):
                actions.lapse_leases(at=at + timedelta(hours=1))

    @examples(max_examples=25)
    @drawn(order=ACTS)
    def holds(order: list[tuple[str, int]]) -> None:
        had: set[tuple[int, int]] = set()  # (entry, account) once at a door
        with transaction.atomic():
            for n, (what, k) in enumerate(order):
                with suppress(Refused), transaction.atomic():
                    does(what, people[k], n)
                with system("test"):
                    turns = {
                        (turn.entry_id, turn.agent_id) for turn in CallTurn.objects.filter(ended_at=None)
                    }
                    doors = {(door.pk, who.pk) for who in people for door in queries.doors_with(who.pk)}
                had |= doors
                leased = {(entry.pk, entry.holder_id) for entry in entries(state="leased")}
                assert doors == leased - turns, "what is leased is a door, but for whom they call"
                assert {(entry.pk, account) for entry in entries() for account in entry.had_ids} <= had
            transaction.set_rollback(True)

    holds()
