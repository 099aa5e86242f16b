"""Fifty callers and two thousand people, while the server is killed, callers crash and people say no."""

import http.client
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event, Lock
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import translation

from abhiyan.contact import actions
from abhiyan.contact.actions import CallTold
from abhiyan.contact.actions.calls import TurnOver
from abhiyan.contact.models import CallTurn
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S, until_blocked
from abhiyan.enrolment.tests.server import Server
from abhiyan.messaging.tests import sink as ways
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

from .at_calls import call_programme, centre_in, people_to_call, queue_of, seated
from .at_doors import DAY, entries, tries

JOBS = Actor.system("test")
HOUR = timedelta(hours=1)
CSRF = "c" * 32
KILLED_AFTER, RETRIED = 30, ("busy", "no_answer", "later")
# Each round with its clock, and whether callers crash and people say no in it.
ROUNDS = ((HOUR, True), (4 * HOUR, True), *((n * DAY, False) for n in range(1, 6)))


class CallerTab:
    """A caller's tab: it keeps the outcome until the server has answered, as calls.js does."""

    def __init__(self, server: Server, who: Account) -> None:
        self.server = server
        session = browser(who).cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        self.kept: tuple[str, str] | None = None

    def asks(self, method: str, path: str, told: dict[str, str] | None = None) -> str:
        """The body of the answer. A broken connection is an OSError or an HTTPException."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if told is not None else {}
        body = urlencode(told | {"csrfmiddlewaretoken": CSRF}).encode() if told is not None else None
        over = time.monotonic() + PATIENCE_S
        answer = self.server.send(method, path, body, {"Cookie": self.cookies} | kind)
        while answer.status == 503 and time.monotonic() < over:  # its turn did not come, and nothing was done
            answer = self.server.send(method, path, body, {"Cookie": self.cookies} | kind)
        assert answer.status in (200, 302), answer.body.decode()[:2000]
        return answer.body.decode()

    def note(self) -> str:
        """Send the outcome that is kept; the call it was of."""
        turn, outcome = or_refuse(self.kept)
        self.asks("POST", f"/contact/calls/{turn}/", {"outcome": outcome})
        self.kept = None
        return turn

    def call(self, outcome: str) -> str:
        """One person, from Next to the outcome."""
        self.asks("POST", "/contact/calls/next/", {"languages": "hi"})
        turn = or_refuse(re.search(r'data-call="([0-9a-f-]{36})"', self.asks("GET", "/contact/calls/")))[1]
        self.asks("POST", f"/contact/calls/{turn}/line/", {})
        self.kept = (turn, outcome)
        return self.note()


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    given.time(NOW)  # in the server too: it calls within the hours
    with translation.override("en"):
        yield World()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider that takes each call and reports nothing."""
    with ways.sink(ways.take) as one:
        monkeypatch.setenv("ABHIYAN_BRIDGE", "http")
        monkeypatch.setenv("ABHIYAN_BRIDGE_URL", one.url)
        monkeypatch.setenv("ABHIYAN_BRIDGE_SECRET", "s" * 32)
        yield


def killed_while_they_call(callers: list[Account]) -> set[str]:
    """Some callers work over the server until it is killed, then send what their tabs kept. The calls answered."""
    server = Server().start(ABHIYAN_ORIGIN="http://localhost")
    tabs, answered, lock, over = [CallerTab(server, one) for one in callers], set[str](), Lock(), Event()

    def works(n: int) -> None:
        while not over.is_set():
            try:
                turn = tabs[n].call(("talked", "wrong_number", "unwilling")[n % 3])
            except (OSError, http.client.HTTPException):
                return
            with lock:
                answered.add(turn)
                if len(answered) >= KILLED_AFTER and not over.is_set():
                    over.set()
                    or_refuse(server.process).kill()

    try:
        with ThreadPoolExecutor(len(callers)) as pool:
            list(pool.map(works, range(len(callers))))
    finally:
        or_refuse(server.process).kill()
        or_refuse(server.process).wait(PATIENCE_S)
    assert answered <= {str(one.pk) for one in tries()}, "what was answered is stored"
    server.start(ABHIYAN_ORIGIN="http://localhost")
    try:
        for tab in tabs:
            if tab.kept:
                answered.add(tab.note())
            answered.add(tab.call("talked"))
    finally:
        server.stop()
    return answered


def outcome_for(entry: int, before: int) -> str:
    """Every third person needs a second call, and some a third."""
    if before == 0:
        return (*RETRIED, "talked", "never", "wrong_number", "unwilling", "talked", "talked")[entry % 9]
    return "busy" if before == 1 and entry % 4 == 0 else "talked"


@pytest.mark.machine
@pytest.mark.django_db(transaction=True)  # callers at once, each in a transaction of its own, and a server
def test_fifty_callers_and_two_thousand_people_end_in_a_final_state_whatever_dies(
    world: World, line: None
) -> None:
    run, centre, booth = call_programme(world.unit("N1")), centre_in(world.unit("N11")), world.unit("N1111")
    callers = [seated(centre, world.unit("N11"), n) for n in range(50)]
    queue_of(run, *(people_to_call(run, booth, 1000) for _n in range(2)), by_bridge=True)
    answered = killed_while_they_call(callers[:8])
    stored = [str(one.pk) for one in tries()]
    assert set(stored) == answered and len(stored) == len(answered), "each once, and nothing of a lost one"

    lock, held, noes, crashed = Lock(), dict[int, int](), dict[int, int](), Counter[str]()

    def works(n: int, at: datetime, is_rough: bool) -> None:
        who, done = actor(callers[n]), 0
        try:
            while True:
                done += 1
                with transaction.atomic():
                    turn = actions.take_next(body_id=centre, languages=("hi",), by=who, at=at)
                if turn is None:
                    return
                entry = turn.entry_id
                with lock:
                    assert held.setdefault(entry, n) == n, "nobody is with two callers"
                if is_rough and (done + n) % 23 == 0:
                    crashed["lease"] += 1
                    return  # The browser closes. The lease ends by itself.
                if is_rough and (done + n) % 19 == 0:
                    with transaction.atomic(), system("test"):
                        phone_id = or_refuse(turn.entry.phone_id)
                        people.suppress(phone_id=phone_id, scope="all", channel=1, by=JOBS, at=at)
                    with lock:
                        noes[entry] = len(tries(entry_id=entry))
                with transaction.atomic():
                    rung = actions.ring_by_bridge(turn=turn.pk, by=who, at=at)
                with lock:
                    assert bool(rung.why) == (entry in noes), "nobody is rung after a no"
                    del held[entry]
                if rung.why:
                    continue
                if is_rough and (done + n) % 17 == 0:
                    crashed["call"] += 1
                    with transaction.atomic():
                        actions.leave_seat(by=who, at=at)
                    continue
                told = CallTold(outcome_for(entry, turn.entry.tries), back_at=at + HOUR)
                with transaction.atomic():
                    actions.note_centre_call(turn=turn.pk, told=told, by=who, at=at)
        finally:
            connections.close_all()

    for after, is_rough in ROUNDS:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: works(n, NOW + after, is_rough), range(50)))  # noqa: B023  # done with by then
        with system("test"):
            actions.lapse_turns(at=NOW + after + HOUR)
        held.clear()

    assert crashed["lease"] and crashed["call"] and noes
    assert Counter(one.state for one in entries()).keys() == {"done", "out"}, "everybody is in a final state"
    with system("test"):
        assert not CallTurn.objects.filter(ended_at=None).exists()
    calls: dict[int, list[tuple[datetime, str]]] = {}
    for tried in tries():
        calls.setdefault(or_refuse(tried.entry_id), []).append((tried.at, tried.outcome))
    for one in entries():
        made = sorted(calls.get(one.pk, []))
        assert all(outcome in RETRIED for _at, outcome in made[:-1]), "nobody twice without a rule"
        gaps = [second - first for (first, _o), (second, _p) in pairwise(made)]
        assert all(gap >= timedelta(minutes=30) for gap in gaps)
        if one.pk in noes:
            assert (len(made), one.why_out) == (noes[one.pk], "opted_out"), "nothing after a no"
    assert len(calls) + sum(not n for n in noes.values()) == 2000


@pytest.mark.django_db(transaction=True)  # two transactions at once; the second waits
@pytest.mark.parametrize("is_note_first", [True, False])
def test_a_supervisor_and_an_outcome_in_the_same_moment_leave_one_whole(
    world: World, line: None, is_note_first: bool
) -> None:
    run, centre = call_programme(world.unit("N1")), centre_in(world.unit("N11"))
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), by_bridge=True)
    caller, head = (
        actor(seated(centre, world.unit("N11"), n, office))
        for n, office in enumerate(("call_agent", "call_supervisor"))
    )
    turn = or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=caller, at=NOW)).pk
    actions.ring_by_bridge(turn=turn, by=caller, at=NOW)

    def note() -> None:
        actions.note_centre_call(turn=turn, told=CallTold("no_answer"), by=caller, at=NOW)

    def take_back() -> None:
        actions.take_person_back(body_id=centre, turn=turn, by=head, at=NOW)

    def other(act: Callable[[], None]) -> str:
        try:
            with transaction.atomic():
                act()
        except TurnOver:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    first, second = (note, take_back) if is_note_first else (take_back, note)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            waiting = pool.submit(other, second)
            until_blocked()
        assert waiting.result(PATIENCE_S) == ("refused" if is_note_first else "done")
    (one,) = entries()
    assert (one.state, one.holder_id, one.tries) == ("later", None, 1), (
        "the outcome is kept once, and nobody has them"
    )
    with system("test"):
        assert CallTurn.objects.get().outcome == "no_answer"
