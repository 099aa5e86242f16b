"""A full outbox, a sender at work, a gateway that takes its time: after a no by any way nothing more leaves.

Ten thousand messages to two thousand phones wait; a running server hears the noes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.actions.members import QUESTION
from abhiyan.enrolment.models import Enrolment, Membership
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import open_me, web_world
from abhiyan.intake.tests.test_calls import JOIN, LEAVE, call, connect
from abhiyan.intake.tests.test_texts import body, chat, said
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.queries import message_id
from abhiyan.messaging.rules import questions
from abhiyan.messaging.tests.sink import TAKEN, Line, sink
from abhiyan.messaging.tests.test_gateways import sender
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db(transaction=True)
PHONES, EACH = 2_000, 5
SLOW_S = 0.3  # a gateway's answer
OURS, SMS = "drive.already", "+911800000009"
WAYS = ("sms", "chat", "call", "web", "link", "page")
OF_EACH = 3
LEFT = 1_000  # messages that go after the last no: until then the outbox was full


@pytest.fixture
def server(django_db_setup: None) -> Iterator[Server]:
    running = Server().start()
    yield running
    running.stop()


def people() -> dict[str, list[Human]]:
    """Return the people who say no, by each way."""
    return {
        way: [Human("Asha Devi", 1980, f"+9199060{n}{m:04d}") for m in range(OF_EACH)]
        for n, way in enumerate(WAYS)
    }


def fill(world: World, said_no: list[Human]) -> None:
    """Each phone has five to come, far apart in the queue."""
    others = [f"+919908{n:06d}" for n in range(PHONES - len(said_no))]
    phones = others[:200] + [human.phone for human in said_no] + others[200:]
    with system("test"):
        messaging.set_allowance(programme_id=world.programme.pk, per_hour=100_000, by=CHANNEL, at=world.now)
        for n in range(EACH):
            messaging.send_many(
                messages=[
                    messaging.Outgoing(
                        template=OURS,
                        phone=phone,
                        language="hi",
                        blanks={"link": "https://example.org/me/"},
                        key=f"{n}|{phone}",
                        programme_id=world.programme.pk,
                    )
                    for phone in phones
                ],
                at=clock.now() + timedelta(milliseconds=n),
            )


def own_page(human: Human) -> Client:
    client = open_me(human)
    assert "Asha Devi" in client.get("/me/").content.decode()
    return client


def link(human: Human) -> str:
    """Return the link of the question about joining."""
    ring, (room, kind) = keyring(), QUESTION
    phone_id = ring.phone_id(human.phone)
    with system("test"):
        member = Membership.objects.get(phone_id=phone_id)
        about = Enrolment.objects.get(membership_id=member.pk).pk
        messaging.ask_question(
            asking=messaging.PhoneQuestion(
                room=room,
                kind=kind,
                about=about,
                phone=human.phone,
                language="en",
                template="ask.confirm",
                blanks=dict.fromkeys(("name", "day", "number", "stop"), "x"),
                label="x",
                expires_at=clock.now() + timedelta(days=30),
            ),
            at=clock.now(),
        )
    asked = messaging.question_id(room=room, kind=kind, about=about, phone_id=phone_id)
    return f"/q/{questions.link_part(ring.token, asked, 1)}/"


def test_after_a_no_by_any_way_nothing_more_leaves_a_full_outbox(server: Server) -> None:
    world, said_no = web_world(), people()
    for human in (each for group in said_no.values() for each in group):
        world.web_join(of=human)
    generic, leaving = connect(world, "generic", "join", SMS), connect(world, "generic", "leave", LEAVE)
    whatsapp = connect(world, "whatsapp", "join", JOIN)
    links = {human: link(human) for human in said_no["link"]}
    fill(world, [each for group in said_no.values() for each in group])
    came: list[tuple[str, str]] = []

    def dawdle(line: Line, letter: dict[str, Any]) -> None:
        came.append((letter["to"], letter["ref"]))
        line.later(SLOW_S, lambda: line.say(TAKEN))

    acts: dict[str, Callable[[Human], Any]] = {
        "sms": lambda human: call(server, generic, human, to=SMS, kind="sms", text="STOP"),
        "chat": lambda human: chat(server, whatsapp, body(said("रोको", human, ident=uuid4().hex))),
        "call": lambda human: call(server, leaving, human, to=LEAVE),
        "web": lambda human: own_page(human).post("/me/leave/", {}),
        "page": lambda human: own_page(human).post("/me/stop/", {}),
        "link": lambda human: browser().post(links[human], {"answer": "no"}),
    }
    before: dict[str, int] = {}  # phone → how many messages had come when its no was acknowledged
    with sink(dawdle) as gateway, sender(gateway):
        until(lambda: len(came) > 500)
        for way, group in said_no.items():
            for human in group:
                answer = acts[way](human)
                assert getattr(answer, "status", None) or answer.status_code in (200, 302), way
                before[human.phone] = len(came)
        until(lambda: _waiting() == 0, wait_s=300)
    refs = {str(message_id(f"{n}|{phone}")) for n in range(EACH) for phone in {phone for phone, _ref in came}}
    ours = [(n, phone) for n, (phone, ref) in enumerate(came) if ref in refs]
    late = Counter(phone for n, phone in ours if n >= before.get(phone, len(came)))
    print(f"{len(ours)} left; after a no: {late}")
    # A phone's messages are far apart in the queue: at most one of them was with the gateway already.
    assert set(late.values()) <= {1}
    assert sum(n >= max(before.values()) for n, _phone in ours) > LEFT, "the outbox was not full"
    dropped = {human.phone for group in said_no.values() for human in group}
    with system("test"):
        rows = Message.objects.filter(template=OURS, state="dropped", reason="suppressed").values_list(
            "phone_id"
        )
        assert {row[0] for row in rows} == {keyring().phone_id(phone) for phone in dropped}
    assert len(ours) > PHONES * EACH - len(dropped) * EACH - 1


def _waiting() -> int:
    with system("test"):
        return Message.objects.filter(template=OURS, state__in=("queued", "leased")).count()
