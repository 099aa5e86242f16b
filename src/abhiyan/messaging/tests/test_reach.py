"""Outreach through the whole gate: the calendar of polls, and the caps of phones and persons."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S, blocked, until, until_blocked
from abhiyan.messaging import actions, metrics
from abhiyan.messaging.actions import caps, sending
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.models import Message, Reached, Template
from abhiyan.messaging.rules import texts
from abhiyan.people import actions as people
from abhiyan.people.models import Person, Purpose
from abhiyan.polls.models import Poll, PollArea, PollPhase
from abhiyan.units.rules.levels import ELECTORAL
from abhiyan.units.tests.make import SYSTEM, grow

from .sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India
PHONE = "+919419000001"
WEEK = timedelta(days=7)


class Way:
    """A way out that takes everything, or gives the answers it has."""

    name = "way"

    def __init__(self, *answers: Handed) -> None:
        self.answers = list(answers)
        self.got: list[str] = []

    def hand(self, letter: Letter) -> Handed:
        answer = self.answers.pop(0) if self.answers else Handed(ok=True, ref=letter.ref)
        if answer.ok:
            self.got.append(letter.phone)
        return answer


@pytest.fixture(autouse=True)
def world() -> dict[str, int]:
    """A state with two constituencies and no poll this year, and a text that is registered."""
    with system("test"):
        ids = grow(
            {"IN": {"JK": {"Z": {"C1": {"S1": {"B1": {}}}, "C2": {"S2": {"B2": {}}}}}, "HP": {}}}, ELECTORAL
        )
        Template.objects.create(
            code="bulk.1", language="en", kind=texts.OUTREACH, text="Hello", registration="1107"
        )
        enter(ids["JK"], closes_at=None, kind=Poll.Kind.NONE)
    return ids


def enter(*areas: int, closes_at: datetime | None, kind: str = Poll.Kind.ASSEMBLY) -> None:
    with system("test"):
        poll = Poll.objects.create(
            public_id=uuid4(),
            entry=uuid4(),
            version=1,
            kind=kind,
            name="x",
            unit_id=areas[0],
            announced_on=date(2026, 11, 1),
            result_on=date(2099, 12, 31),
            source="x",
            state=Poll.State.IN_FORCE,
            stated_at=AT,
        )
        phase = PollPhase.objects.create(poll=poll, number=1, closes_at=closes_at)
        PollArea.objects.bulk_create(PollArea(phase=phase, unit_id=area) for area in areas)


def person(unit_id: int, phone: str = PHONE) -> UUID:
    """Somebody on the phone who says yes to messages."""
    found = uuid4()
    with system("test"):
        Person.objects.create(
            id=found, public_id=uuid4(), phone_id=keyring().phone_id(phone), unit_id=unit_id, at=AT
        )
        people.give_consent(
            person_id=found,
            unit_id=unit_id,
            purpose=Purpose.MESSAGES,
            notice_version=1,
            language="en",
            channel=1,
            by=SYSTEM,
            at=AT,
        )
    return found


def queue(*keys: str, phone: str = PHONE, kind: int = texts.OUTREACH, template: str = "bulk.1") -> None:
    with system("test"):
        actions.send_many(
            messages=[
                actions.Outgoing(template=template, phone=phone, language="en", blanks={}, key=key, kind=kind)
                for key in keys
            ],
            at=AT,
        )


def states() -> list[tuple[str, str]]:
    with system("test"):
        return sorted(Message.objects.values_list("state", "reason"))


def due() -> list[datetime]:
    with system("test"):
        return list(
            Message.objects.filter(state="queued").order_by("due_at").values_list("due_at", flat=True)
        )


def reserved() -> list[int]:
    with system("test"):
        return sorted(len(one.taken) for one in Reached.objects.all())


def test_outreach_waits_where_the_state_has_no_entry(world: dict[str, int]) -> None:
    person(world["HP"])
    queue("one")
    assert send_due(Way(), at=AT) == 0
    assert (states(), reserved()) == ([("queued", "calendar")], [])
    assert metrics.METRICS["states_without_poll_entry"].read(AT) == 1.0
    enter(world["HP"], closes_at=None, kind=Poll.Kind.NONE)
    assert send_due(Way(), at=AT + timedelta(minutes=59)) == 0  # it looks again after an hour
    assert send_due(Way(), at=AT + timedelta(hours=1)) == 1


def test_the_silence_holds_where_the_poll_is_and_nowhere_else(world: dict[str, int]) -> None:
    closes_at = AT + timedelta(hours=47)  # at 10:30 in India
    enter(world["C1"], closes_at=closes_at)
    other = "+919419000002"
    person(world["B1"])
    person(world["B2"], other)
    for phone in (PHONE, other):
        queue(phone, phone=phone, kind=texts.DUTY, template="bulk.1")
        queue(f"late {phone}", phone=phone, kind=texts.SERVICE, template="drive.already")
    with system("test"):
        actions.publish_templates(at=AT, by=SYSTEM)
        Message.objects.filter(kind=texts.SERVICE).update(
            queued_at=AT - timedelta(hours=1), sealed_blanks=b"x"
        )
    way = Way()
    assert send_due(way, at=AT) == 1
    assert way.got == [other]
    assert states() == [("failed", "sealed"), ("queued", "silence"), ("queued", "silence"), ("sent", "")]
    assert due() == [closes_at] * 2


def test_from_the_announcement_to_the_result_outreach_needs_its_certificate(world: dict[str, int]) -> None:
    enter(world["C1"], closes_at=AT + timedelta(days=20))
    person(world["B1"])
    person(world["B2"], "+919419000002")
    queue("one")
    queue("two", phone="+919419000002")
    assert send_due(Way(), at=AT) == 1
    assert states() == [("queued", "certificate"), ("sent", "")]


def test_two_a_week_and_the_third_when_the_first_is_a_week_old(world: dict[str, int]) -> None:
    person(world["B1"])
    way = Way()
    queue("one", "two", "three")
    assert send_due(way, at=AT) == 2
    assert states() == [("queued", "cap"), ("sent", ""), ("sent", "")]
    assert due() == [AT + WEEK]
    assert send_due(way, at=AT + WEEK - timedelta(seconds=1)) == 0
    assert send_due(way, at=AT + WEEK) == 1
    assert reserved() == [1, 1]  # of the phone and of the person: what is a week old is forgotten


def test_a_person_s_cap_goes_with_them_to_another_phone(world: dict[str, int]) -> None:
    who, new = person(world["B1"]), "+919419000009"
    queue("one", "two")
    assert send_due(Way(), at=AT) == 2
    with system("test"):
        Person.objects.filter(pk=who).update(phone_id=keyring().phone_id(new))
    queue("three", phone=new)
    assert send_due(Way(), at=AT) == 0
    assert states()[0] == ("queued", "cap")


def test_what_is_not_sent_gives_its_place_back_and_what_is_tried_again_keeps_it(
    world: dict[str, int],
) -> None:
    person(world["B1"])
    queue("one", "two")
    again, no = Handed(ok=False, again=True, reason="http_503"), Handed(ok=False, reason="http_400")
    assert send_due(Way(again, no), at=AT) == 0
    assert states() == [("failed", "http_400"), ("queued", "http_503")]
    assert reserved() == [1, 1]
    queue("three", "four")
    assert send_due(Way(), at=AT) == 1
    assert sorted(states())[1:] == [("queued", "cap"), ("queued", "http_503"), ("sent", "")]
    assert send_due(Way(), at=AT + timedelta(hours=1)) == 1
    assert reserved() == [2, 2]


def test_what_is_stopped_while_it_is_tried_gives_its_place_back(world: dict[str, int]) -> None:
    person(world["B1"])
    queue("one")
    (going,) = actions.admit(messages=actions.lease(at=AT, n=1, codes=False), at=AT)
    with system("test"):
        Message.objects.update(state="dropped", reason="stopped", leased_until=None)
    again = Handed(ok=False, again=True, reason="http_503")
    actions.settle_messages(returned=[(going, again)], adapter="way", at=AT)
    assert (states(), reserved()) == ([("dropped", "stopped")], [0, 0])


def test_what_the_budget_holds_takes_no_place(world: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_SMS_PER_HOUR", "1")
    person(world["B1"])
    queue("one", "two")
    assert send_due(Way(), at=AT) <= 1
    assert states()[0] == ("held", "budget")
    assert reserved() == [1, 1]


def test_a_cap_of_nothing_lets_nothing_go(world: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_OUTREACH_PER_WEEK", "0")
    person(world["B1"])
    queue("one")
    assert send_due(Way(), at=AT) == 0
    assert states() == [("queued", "cap")]


def test_many_senders_at_once_never_exceed_a_cap(world: dict[str, int]) -> None:
    """Each takes messages of its own to the same three phones, all at the same moment."""
    phones = [f"+91941900000{n}" for n in range(3)]
    for phone in phones:
        person(world["B1"], phone)
    for phone in phones:
        queue(*(f"{phone} {n}" for n in range(8)), phone=phone)
    batches = [actions.lease(at=AT, n=6, codes=False) for _sender in range(4)]
    start = threading.Barrier(len(batches))
    going: list[UUID] = []

    def run(leased: list[sending.Leased]) -> None:
        try:
            start.wait()
            going.extend(one.message.phone_id for one in actions.admit(messages=leased, at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(going) == sorted([keyring().phone_id(phone) for phone in phones] * 2)
    assert reserved() == [2] * 6


def test_what_is_forgotten_between_is_there_for_who_reserves(world: dict[str, int]) -> None:
    """The sender has seen the first phone's row and waits for the second's; the first one's is a week old."""
    first, *_between, last = sorted((f"+9194190000{n}" for n in range(10, 20)), key=keyring().phone_id)
    for phone in (first, last):
        person(world["B1"], phone)
    queue("one", phone=first)
    send_due(Way(), at=AT)
    queue("two", phone=first)
    queue("three", phone=last)
    later = AT + WEEK
    going: list[sending.Going] = []

    def run(act: Callable[[], object]) -> threading.Thread:
        def acted() -> None:
            try:
                act()
            finally:
                connection.close()

        thread = threading.Thread(target=acted)
        thread.start()
        return thread

    def admit() -> None:
        going.extend(actions.admit(messages=actions.lease(at=later, n=2, codes=False), at=later))

    def forget() -> None:
        with system("test"):
            caps.forget_lapsed_caps(at=later)

    with system("test"):
        Reached.objects.create(subject=keyring().phone_id(last), last_at=later)
        sender = run(admit)
        until_blocked()
        forgetter = run(forget)
        until(lambda: not forgetter.is_alive() or blocked() > 1)
    sender.join(PATIENCE_S)
    forgetter.join(PATIENCE_S)
    assert (len(going), reserved()) == (2, [1, 1, 1, 1])


def test_what_is_a_week_old_is_forgotten_with_its_phone(world: dict[str, int]) -> None:
    person(world["B1"])
    queue("one")
    send_due(Way(), at=AT)
    with system("test"):
        assert caps.forget_lapsed_caps(at=AT + WEEK - timedelta(seconds=1)) == 0
        assert caps.forget_lapsed_caps(at=AT + WEEK) == 2
        assert not sql.exists("select 1 from messaging_reached")
