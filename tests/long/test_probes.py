"""A stranger who probes the public pages and the API for phones learns nothing, not even by the clock (DESIGN
§5.11).

Over ten thousand requests to a running server, of phones that joined, that nobody knows, that left, and that
were refused as a minor's. Status, address, size and names of headers are equal; and so are times, but for a
millisecond. At the page of a question a stranger has no phone to try, only links. A link that begins as one we
sent and ends otherwise is to a made-up one as a phone that joined is to another.

Texts and calls are answered alike too. Their times are not looked at: they come from the gateway alone, which
sees what we reply.
"""

import http.client
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlencode
from uuid import UUID, uuid4

import numpy as np
import psycopg
import pytest

from abhiyan.core import clock, database
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import ClaimMessage, ClaimRefused, sender_key
from abhiyan.enrolment.actions.leaving import leave_by_phone
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import CHANNEL, Human, World, make_token
from abhiyan.enrolment.tests.server import ORIGIN, Answered, Server
from abhiyan.intake.actions import enrol_batch
from abhiyan.intake.tests.test_calls import JOIN, LEAVE, call, connect
from abhiyan.intake.tests.test_texts import body, chat, said
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import questions

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("member", "unknown", "left", "minor")
DOORS = ("sign_in", "me", "join", "api", "question")
SERIES = (90, 94, 96, 97, 98, 99)  # of mobiles
ROUNDS = 520  # of each kind at each door, before times are judged; with five doors over ten thousand
MOST_ROUNDS = 3 * ROUNDS  # then it is said that the machine was too busy to tell
WITHIN_MS = 1.0
COOKIE = "__Host-csrf"
SECRET = "a" * 32
# The flaw of a careless look-up: a request for a member's code waits two milliseconds more.
PLANT = """
create table planted (phone_id uuid primary key);
create function waits() returns trigger language plpgsql security definer as $$ begin
 perform pg_sleep(0.002) from planted p where p.phone_id = new.phone_id; return new; end $$;
create trigger waits before insert on people_code for each row execute function waits()"""

Seen = tuple[int, str, int, tuple[str, ...]]
SMS = "+911800000009"
WRITTEN = 4  # phones of each kind that write each of these, by each way
TEXTS = (
    "JOIN",
    "Asha Devi 1980 190001",
    "YES",
    "NO BCDF",
    "HELP",
    "what is this?",
    "STOP",
    "LEAVE",
    "NO",
    "JOIN",
)


def phone_of(kind: str, n: int) -> str:
    """The n-th phone of a kind, spread over the series of numbers so that no limit of a series is met."""
    return f"+91{SERIES[n % len(SERIES)]}{KINDS.index(kind)}{n:07d}"


@pytest.fixture
def server(django_db_setup: None) -> Iterator[Server]:
    """Behind a proxy, so that a request may name its network: none is held by a limit."""
    running = Server().start(ABHIYAN_BEHIND_PROXY="1", ABHIYAN_LOG_LEVEL="ERROR")
    yield running
    running.stop()


@pytest.fixture
def world() -> World:
    """A drive that is open now, and the texts of its messages."""
    at = clock.now()
    made = World.make(opens_on=(at - timedelta(days=9)).date(), closes_on=(at + timedelta(days=20)).date())
    made.now = at
    with system("tests build their world"):
        messaging.publish_templates(at=at, by=CHANNEL)
    return made


def plant(world: World, start: int) -> None:
    """ROUNDS more members, phones that left, and phones refused for their age."""
    by = Actor.system("tests")
    years = {"minor": world.now.year - 10}
    for kind in ("member", "left", "minor"):
        claims = [
            ClaimMessage(
                channel=Channel.WEB,
                key=sender_key(CHANNEL.id, f"{kind}{n}"),
                phone=phone_of(kind, n),
                by=CHANNEL.id,
                name="Asha Devi",
                birth_year=years.get(kind, 1980),
                sign=Sign.CODE,
                notice_version=1,
            )
            for n in range(start, start + ROUNDS)
        ]
        for begin in range(0, ROUNDS, 250):
            answers = enrol_batch(
                programme_id=world.programme.pk, claims=claims[begin : begin + 250], by=by, at=world.now
            )
            assert all(isinstance(one, ClaimRefused) == (kind == "minor") for one in answers), answers[0]
    messaging.ask_many(askings=[asking(n, world.now) for n in range(start, start + ROUNDS)], at=world.now)
    for n in range(start, start + ROUNDS):
        leave_by_phone(phone=phone_of("left", n), channel=Channel.WEB, by=CHANNEL, at=world.now)


def asking(n: int, at: datetime) -> messaging.PhoneQuestion:
    """An open question to the n-th phone that joined."""
    return messaging.PhoneQuestion(
        room="enrolment",
        kind="confirm",
        about=UUID(int=n),
        phone=phone_of("member", n),
        language="en",
        template="ask.confirm",
        blanks={"name": "", "day": "", "number": "", "stop": ""},
        label="",
        expires_at=at + timedelta(days=30),
    )


def link_of(phone: str) -> str:
    """One that nobody sent; of a phone that was asked it begins as that one's does."""
    ring, n = keyring(), int(phone[-7:])
    asked = phone == phone_of("member", n)
    about = messaging.question_id(
        room="enrolment", kind="confirm", about=UUID(int=n), phone_id=ring.phone_id(phone)
    )
    link = questions.link_part(ring.token, about if asked else uuid4(), 1)
    return link[:-1] + ("3" if link[-1] == "2" else "2")


class Prober:
    """One connection that asks door after door, each time as another browser of another network."""

    def __init__(self, server: Server, token: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self._token = token
        self._n = 0

    def ask(self, path: str, body: bytes, kind: str) -> tuple[Seen, float]:
        """Return what an answer shows, and the milliseconds it took."""
        self._n += 1
        headers = {
            "Content-Type": kind,
            "Origin": ORIGIN,
            "Referer": f"{ORIGIN}{path}",
            "Cookie": f"{COOKIE}={SECRET}; language=en",
            "Accept-Language": "en",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"49.{self._n >> 8 & 255}.{self._n & 255}.7",
        }
        if path.startswith("/api/"):
            headers |= {"Authorization": f"Bearer {self._token}"}
        begun = time.perf_counter()
        self._line.request("POST", path, body, headers)
        answer = self._line.getresponse()
        told = answer.read()
        took_ms = (time.perf_counter() - begun) * 1_000
        names = tuple(sorted(name.lower() for name, _value in answer.getheaders()))
        where = re.sub(r"[0-9a-f]{32}", "", answer.getheader("Location") or "")
        return (answer.status, where, len(told), names), took_ms

    def rested(self) -> None:
        """The server ends a connection that rests: the next request opens another."""
        self._line.close()

    def form(self, path: str, **fields: str) -> tuple[Seen, float]:
        told = {"csrfmiddlewaretoken": SECRET} | fields
        return self.ask(path, urlencode(told).encode(), "application/x-www-form-urlencoded")

    def claim(self, phone: str) -> tuple[Seen, float]:
        told = {"key": os.urandom(8).hex(), "phone": phone, "name": "Bilal Ahmad", "birth_year": 1990}
        body = json.dumps(told | {"notice_version": 1}).encode()
        return self.ask("/api/v1/claims", body, "application/json")

    def join(self, phone: str) -> tuple[Seen, float]:
        told = {"adult": "yes", "birth_year": "1970", "name": "Same Name", "membership": "on"}
        return self.form("/join/winter/", **told, phone=phone[3:], key=os.urandom(16).hex())

    def doors(self) -> dict[str, Callable[[str], tuple[Seen, float]]]:
        return {
            "sign_in": lambda phone: self.form("/sign-in/", phone=phone[3:]),
            "me": lambda phone: self.form("/me/", phone=phone[3:]),
            "join": self.join,
            "api": self.claim,
            "question": lambda phone: self.form(f"/q/{link_of(phone)}/", answer="yes"),
        }


class Probes:
    """The answers at each door, and the time of each kind of phone there."""

    def __init__(self, prober: Prober, doors: Sequence[str], plant: Callable[[int], None]) -> None:
        self._prober = prober
        self._doors = {door: ask for door, ask in prober.doors().items() if door in doors}
        self._plant = plant
        self._chance = Random(4)
        self.n = 0
        self.shown: dict[str, set[Seen]] = defaultdict(set)
        self.times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def go_on(self) -> None:
        """Another round of probes; the kinds in turns, so that whatever else the machine does meets all alike."""
        self._plant(self.n)
        self._prober.rested()
        for n in range(self.n, self.n + ROUNDS):
            for door, ask in self._doors.items():
                for kind in self._chance.sample(KINDS, len(KINDS)):
                    seen, took_ms = ask(phone_of(kind, n))
                    self.shown[door].add(seen)
                    self.times[door][kind].append(took_ms)
        self.n += ROUNDS

    def what_was_answered(self) -> dict[tuple[str, str], str]:
        """For each door and kind: whether its times are those of a phone nobody knows. Goes on until that is sure."""
        found: dict[tuple[str, str], str] = {}
        while self.n < MOST_ROUNDS and (not found or "undecided" in found.values()):
            self.go_on()
            found = {
                (door, kind): judged(times[kind], times["unknown"])
                for door, times in self.times.items()
                for kind in KINDS
                if kind != "unknown"
            }
        return found


def judged(times: list[float], others: list[float]) -> str:
    """alike: the 99% interval of the difference of the medians lies within ±1 ms; told: it lies beyond; else undecided.

    By bootstrap (Efron 1979, percentiles), from a fixed seed.
    """
    chance = np.random.default_rng(20261123)
    one, other = (
        np.median(chance.choice(np.array(each), (2_000, len(each))), axis=1) for each in (times, others)
    )
    low, high = np.percentile(one - other, [0.5, 99.5])
    if low >= -WITHIN_MS and high <= WITHIN_MS:
        return "alike"
    return "told" if low > WITHIN_MS or high < -WITHIN_MS else "undecided"


def told_by_webhooks(world: World, server: Server) -> dict[str, set[tuple[str, int, int]]]:
    """Return what gateways are answered when phones of each kind write, and call to join and to leave."""
    generic, leaving = connect(world, "generic", "join", SMS), connect(world, "generic", "leave", LEAVE)
    chats = connect(world, "whatsapp", "join", JOIN)
    told: dict[str, set[tuple[str, int, int]]] = defaultdict(set)

    def note(what: str, kind: str, answer: Answered) -> None:
        told[what].add(("" if answer.status < 300 else kind, answer.status, len(answer.body)))

    for kind in KINDS:
        for n in range(WRITTEN):
            phone = phone_of(kind, n)
            for text in TEXTS:
                note(f"sms {text}", kind, call(server, generic, phone, to=SMS, kind="sms", text=text))
            note("call", kind, call(server, generic, phone, to=SMS))
            note("call to leave", kind, call(server, leaving, phone, to=LEAVE))
        for n in range(WRITTEN, 2 * WRITTEN):
            phone = phone_of(kind, n)
            for text in TEXTS:
                sent = body(said(text, Human("", 1980, phone), ident=uuid4().hex))
                note(f"chat {text}", kind, chat(server, chats, sent))
    return told


def test_ten_thousand_probes_tell_nothing_about_who_is_a_member(world: World, server: Server) -> None:
    prober = Prober(server, make_token(world).secret)
    members: set[int] = set()

    def as_needed(start: int) -> None:
        if start not in members:
            members.add(start)
            plant(world, start)

    probes = Probes(prober, DOORS, as_needed)
    found = probes.what_was_answered()
    for door, times in probes.times.items():
        print(door, {kind: f"{np.median(took):.2f} ms" for kind, took in times.items()})
    assert probes.n * len(DOORS) * len(KINDS) > 10_000
    assert {door: len(seen) for door, seen in probes.shown.items()} == dict.fromkeys(DOORS, 1), probes.shown
    assert "told" not in found.values(), found
    first = found
    # Two milliseconds that are planted in the way of members are seen.
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute(PLANT)
        phones = [keyring().phone_id(phone_of("member", n)) for n in range(MOST_ROUNDS)]
        owner.execute("insert into planted select unnest(%s::uuid[])", [phones])
        try:
            found = Probes(prober, ("me",), as_needed).what_was_answered()
        finally:
            owner.execute("drop trigger waits on people_code; drop function waits(); drop table planted")
    assert found["me", "member"] != "alike", found
    assert "told" not in (found["me", "left"], found["me", "minor"]), found
    told = told_by_webhooks(world, server)
    assert {what: len(seen) for what, seen in told.items()} == dict.fromkeys(told, 1), told
    if "undecided" in (*first.values(), found["me", "left"]):
        pytest.skip(
            "All answers were equal, but this machine was too busy to compare times to a millisecond."
        )
