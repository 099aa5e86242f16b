"""One gate: each caller of canvassing gets the same answer, and back-checks neither ask its cap nor count for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from abhiyan.contact import actions
from abhiyan.contact.actions.tries import end_try
from abhiyan.contact.gate import (
    ContactAsked,
    ContactVerdict,
    contact_of_entry,
    contact_verdict,
    contact_verdicts,
)
from abhiyan.contact.models import Attempt, ContactEntry, ContactTry
from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World
from abhiyan.people import actions as people
from abhiyan.programmes.news import ItemsErased

from .at_doors import DAY, JOBS, announce, contact_programme, listed, no_poll

pytestmark = pytest.mark.django_db
WORKER = Actor("person", uuid4(), 7)
ZONE = "Asia/Kolkata"
WAYS, TALKS = ContactTry.Way, ("talked", "wants_help", "entitled")
TALK = some.tuples(
    some.sampled_from([each.value for each in WAYS if each != WAYS.WALK]),
    some.sampled_from((*TALKS, "no_answer", "later", "unwilling")),
    some.integers(0, 40),  # days ago
    some.booleans(),  # taken back
)
CHECK = some.tuples(some.sampled_from(("", "reached", "no_answer", "lapsed")), some.integers(0, 40))
HOURS = some.sampled_from(((10, 21), (10, 12), (12, 13), (19, 21)))


@pytest.fixture
def entry(world: World) -> ContactEntry:
    """A person of an approved list, with a phone."""
    run, unit_id = contact_programme(world.unit("N1")), world.unit("N1111")
    listed(run, unit_id, 1)
    with system("test"):
        (phone,) = people.keep_phones(phones=["+919419066601"])
        ContactEntry.objects.update(phone_id=phone)
        return ContactEntry.objects.select_related("list").get()


def keep(entry: ContactEntry, talks: list[tuple[str, str, int, bool]], *, at: datetime) -> None:
    """The tries of a history. Those of lists are about the entry; the others name the phone themselves."""
    for way, outcome, days, is_undone in talks:
        is_listed = way in (WAYS.DOOR, WAYS.CALL)
        made = ContactTry(
            id=lot.uuid(),
            programme_id=entry.list.programme_id,
            unit_id=entry.unit_id,
            way=way,
            outcome=outcome,
            entry_id=entry.pk if is_listed else None,
            about=None if is_listed else uuid4(),
            phone_id=None if is_listed else entry.phone_id,
            undone_at=at if is_undone else None,
        )
        end_try(made=made, phone_id=entry.phone_id, by=WORKER, at=at, age=days * DAY)


def check(entry: ContactEntry, checks: list[tuple[str, int]], *, at: datetime) -> None:
    """Tries of back-checks of the same person, as a verifier makes them."""
    for outcome, days in checks:
        about, when = uuid4(), at - days * DAY
        Attempt.objects.create(
            id=lot.uuid(),
            room="verification",
            about=about,
            account_id=9,
            begun_at=when,
            until=when,
            outcome=outcome,
            done_at=when if outcome else None,
        )


def canvassing(entry: ContactEntry) -> list[ContactAsked]:
    """The same person as asked for by a door's number, a call centre, a field card, a friend and a dialogue."""
    of_list = contact_of_entry(entry, zone=ZONE, is_call=True)
    beside = ContactAsked(entry.unit_id, ZONE, True, entry.phone_id)
    return [of_list, of_list, beside, beside, beside]


def answers(entry: ContactEntry, *, at: datetime) -> tuple[set[ContactVerdict], set[ContactVerdict]]:
    """The answers of canvassing, and those of back-checks: asked one by one, and all at once."""
    calls = canvassing(entry)
    checks = [ContactAsked(entry.unit_id, ZONE, True, entry.phone_id, is_check=True)]
    singly = {contact_verdict(each, at=at) for each in calls}
    together = contact_verdicts([*calls, *checks], at=at)
    return singly | set(together[: len(calls)]), {contact_verdict(checks[0], at=at), together[-1]}


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    talks=some.lists(TALK, max_size=6),
    checks=some.lists(CHECK, max_size=6),
    has_no=some.booleans(),
    poll=some.sampled_from(("none", "soon", "later", "unknown")),
    hours=HOURS,
    minute=some.integers(0, 24 * 60 - 1),
)
def test_each_caller_of_a_class_gets_the_same_answer_and_checks_change_none_of_canvassing(
    world: World,
    entry: ContactEntry,
    talks: list[tuple[str, str, int, bool]],
    checks: list[tuple[str, int]],
    has_no: bool,
    poll: str,
    hours: tuple[int, int],
    minute: int,
) -> None:
    at = NOW + timedelta(minutes=minute)
    names = {"ABHIYAN_MESSAGES_FROM": f"{hours[0]}:00", "ABHIYAN_MESSAGES_UNTIL": f"{hours[1]}:00"}
    with undone(), system("test"), pytest.MonkeyPatch.context() as environment:
        for name, value in names.items():
            environment.setenv(name, value)
        keep(entry, talks, at=at)
        if has_no:
            assert entry.phone_id is not None
            people.keep_spoken_no(phone_id=entry.phone_id, by=JOBS, at=at)
        if poll == "none":
            no_poll(world.unit("N1"))
        elif poll != "unknown":
            announce(world.unit("N1"), JOBS, at=NOW, closes_in=2 * DAY if poll == "soon" else 9 * DAY)
        (canvass,), (checked,) = answers(entry, at=at)
        check(entry, checks, at=at)
        assert answers(entry, at=at) == ({canvass}, {checked})
        n = sum(outcome in TALKS and days < 30 and not gone for _way, outcome, days, gone in talks)
        own = {"cap": n >= 3, "calendar": poll == "unknown"}  # of canvassing alone
        assert not any(holds and not canvass.why for holds in own.values())
        assert checked.why not in own
        if canvass.why not in own:
            assert canvass == checked, "law and a no bind both alike"
        assert (canvass.why == "opted_out") == (checked.why == "opted_out") == has_no


@pytest.mark.parametrize("way", [WAYS.DOOR, WAYS.CALL, WAYS.CARD, WAYS.FRIEND, WAYS.DIALOGUE])
def test_three_talks_of_any_kind_hold_everybody_back_but_a_verifier(
    world: World, entry: ContactEntry, way: ContactTry.Way
) -> None:
    no_poll(world.unit("N1"))
    with system("test"):
        keep(entry, [(way.value, "talked", days, False) for days in (1, 5)], at=NOW)
        assert answers(entry, at=NOW) == ({ContactVerdict()}, {ContactVerdict()})
        keep(entry, [(way.value, "talked", 29, False)], at=NOW)
        assert answers(entry, at=NOW) == ({ContactVerdict("cap")}, {ContactVerdict()})
        assert answers(entry, at=NOW + 2 * DAY)[0] == {ContactVerdict()}, "the oldest is 31 days old"
        door = contact_of_entry(entry, zone=ZONE)
        assert contact_verdict(door, at=NOW).why == "cap", "nobody knocks either"


def test_a_back_check_keeps_to_the_hours_of_calls_at_the_door_too(world: World, entry: ContactEntry) -> None:
    early = NOW - timedelta(hours=4)  # 08:00
    at_door = ContactAsked(entry.unit_id, ZONE)
    assert contact_verdict(at_door, at=early).why == ""
    checked = contact_verdict(ContactAsked(entry.unit_id, ZONE, is_check=True), at=early)
    assert (checked.why, checked.until) == ("hours", NOW - timedelta(hours=2))


def test_the_phone_of_somebody_erased_stands_in_no_try(world: World, entry: ContactEntry) -> None:
    with system("test"):
        keep(entry, [("friend", "talked", 1, False)], at=NOW)
        assert entry.phone_id is not None
        actions.forget_person(erasure=ItemsErased(phone_id=entry.phone_id, item_ids=(), at=NOW))
        assert ContactTry.objects.get().phone_id is None
