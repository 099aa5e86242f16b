"""A no said aloud to a worker or leader stops all outreach to the phone for good, in each room alike."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from abhiyan.contact import actions as contact
from abhiyan.contact.actions import Told
from abhiyan.contact.actions.doors import NoFreeDoors
from abhiyan.contact.actions.talks import NoIsTheirs
from abhiyan.contact.models import ContactEntry, ContactTry
from abhiyan.contact.tests.at_doors import DAY, contact_programme, listed
from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.queries import first_calls
from abhiyan.friends.actions.in_touch import FriendTalk
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def at_door(world: World) -> ContactEntry:
    """A door of a list that a worker holds."""
    run = contact_programme(world.unit("N1"))
    listed(run, world.unit("N1112"), 2)
    worker = actor(world.holder("booth_worker", "N1112"))
    (first, _second), _held = contact.take_doors(
        programme=run, unit_id=world.unit("N1112"), by=worker, at=NOW
    )
    contact.note_door(entry=first.public_id, told=Told("never"), by=worker, at=NOW)
    with system("test"):
        row = ContactEntry.objects.get(pk=first.pk)
        noted = ContactTry.objects.get(entry=row).pk
    with pytest.raises(NoIsTheirs):
        contact.undo_contact(contact=noted, by=worker, at=NOW)
    return row


def test_a_no_at_the_door_ends_all_outreach_to_the_phone_and_the_worker_cannot_undo_it(world: World) -> None:
    entry = at_door(world)
    assert (entry.state, entry.why_out, entry.last_outcome) == ("out", "opted_out", "never")
    assert entry.phone_id is not None and people.phones_that_said_no([entry.phone_id]) == {entry.phone_id}


def test_a_no_of_a_try_counts_like_one_of_the_phone_whichever_room_asked(world: World) -> None:
    by = actor(world.holder("booth_worker", "N1112"))
    with system("test"):
        (phone,) = people_acts.keep_phones(phones=["+919419066600"])
    run = contact_programme(world.unit("N1"))
    for way in (ContactTry.Way.CARD, ContactTry.Way.FRIEND):
        made = ContactTry(
            id=lot.uuid(),
            programme=run,
            unit_id=world.unit("N1112"),
            way=way,
            about=lot.uuid(),
            phone_id=phone,
            is_visit=True,
        )
        never = ContactTry.Outcome.NEVER
        contact.note_person_try(made=made, outcome=never, zone=ZoneInfo("Asia/Kolkata"), by=by, at=NOW)
        assert made.again_at is None
    assert people.phones_that_said_no([phone]) == {phone}
    with system("test"):
        assert AuditEntry.objects.filter(act="people.suppress").count() == 2


def test_a_known_and_an_unknown_phone_are_answered_alike(world: World) -> None:
    by = actor(world.holder("booth_worker", "N1112"))
    with system("test"):
        (known,) = people_acts.keep_phones(phones=["+919419066601"])
    unknown = lot.uuid()
    for phone in (known, unknown, known):
        people_acts.keep_spoken_no(phone_id=phone, by=by, at=NOW)
    assert people.phones_that_said_no([known, unknown]) == {known, unknown}
    with system("test"):
        facts = list(AuditEntry.objects.filter(act="people.suppress").values_list("facts", flat=True))
    assert facts == [facts[0]] * 3, "the trail does not tell them apart"
    with pytest.raises(people_acts.OnlyThePhoneItself):
        people_acts.lift(phone_id=known, channel=8, by=by, at=NOW)


def test_each_set_of_outcomes_of_the_field_has_the_same_no() -> None:
    assert {first_calls.TellingResult.NEVER.value, FriendTalk.NEVER.value} == {ContactTry.Outcome.NEVER.value}


def test_a_late_no_at_a_door_without_a_phone_rests_it_though_another_worker_holds_it(world: World) -> None:
    """The worker who holds it by then may still note a talk there. The door rests all the same."""
    run, unit_id = contact_programme(world.unit("N1")), world.unit("N1112")
    listed(run, unit_id, 1)
    first, second = (actor(world.holder("booth_worker", "N1112")) for _n in range(2))

    def take(by: Actor, at: datetime) -> ContactEntry:
        (door,), _held = contact.take_doors(programme=run, unit_id=unit_id, by=by, at=at)
        return door

    door = take(first, NOW)
    with system("test"):
        ContactEntry.objects.filter(pk=door.pk).update(phone_id=None)
        assert contact.lapse_leases(at=NOW + 3 * DAY) == 1
    later = NOW + 4 * DAY
    assert take(second, later).pk == door.pk
    late = Told("never", age=2 * DAY)
    contact.note_door(entry=door.public_id, told=late, by=first, at=later)

    def stands() -> tuple[str, str, int | None]:
        with system("test"):
            door.refresh_from_db()
        return door.state, door.why_out, door.holder_id

    assert stands() == ("out", "opted_out", None)
    contact.note_door(entry=door.public_id, told=Told("talked"), by=second, at=later)
    assert stands() == ("out", "opted_out", None), "a talk that took place counts, and the door rests"
    with pytest.raises(NoFreeDoors):
        take(second, later + 9 * DAY)
