"""Gateways that are slow, hang, break off or are away: real ones, on sockets. No code is late, nothing is lost."""

import itertools
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, gateways, loops
from abhiyan.core.actor import Actor
from abhiyan.core.doctor import FAIL, OK
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW, passing, present
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.turning import turning
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.messaging import actions, doctor, metrics
from abhiyan.messaging.actions import sending
from abhiyan.messaging.adapters import Handed, Http, Letter
from abhiyan.messaging.loops import MessageLane, lanes
from abhiyan.messaging.models import Message, Outage, Spending

from . import sink as ways
from .sending import emptied, lane
from .sink import Sink, sink

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "+919906999999"
BLANKS = dict.fromkeys(("notice", "link", "hear", "leave", "role", "programme", "unit", "code"), "x")


@pytest.fixture(autouse=True)
def published() -> None:
    with system("test"):
        actions.publish_templates(at=present(), by=Actor.system("test"))


def way_out(gateway: Sink) -> Http:
    return Http(url=gateway.url, token="t0k")


def queue(n: int, *, template: str = "drive.reply", key: str = "", programme_id: int = 0) -> set[str]:
    """Put messages to so many phones into the outbox; their phones."""
    messages = [
        actions.Outgoing(
            template=template,
            phone=f"+9198{number:08d}",
            language="en",
            blanks=BLANKS,
            key=f"{template}{key}{number}",
            programme_id=programme_id,
        )
        for number in range(n)
    ]
    with system("test"):
        actions.send_many(messages=messages, at=present())
    return {message.phone for message in messages}


def queue_code(key: str = "code") -> None:
    """Put a code into the outbox."""
    with system("test"):
        actions.queue_message(
            template="code.join", phone=CODE, language="en", blanks=BLANKS, key=key, at=present()
        )


@contextmanager
def running(gateway: Sink) -> Iterator[dict[str, MessageLane]]:
    """Both lanes, turned as `abhiyan jobs` turns them, while time passes."""
    adapter = way_out(gateway)
    found = lanes(clock=passing(), way_out=lambda: adapter)
    with turning(
        {
            f"messaging.{name}": loops.Loop(one.turn, close=one.close, every_s=0.5, scoped=False)
            for name, one in found.items()
        }
    ):
        yield found


def states() -> Counter[tuple[str, str]]:
    with system("test"):
        return Counter(Message.objects.values_list("state", "reason"))


def outages() -> dict[str, str]:
    return dict(Outage.objects.values_list("lane", "reason"))


def age_leases() -> None:
    """As if minutes had passed since somebody died with them."""
    with system("test"):
        Message.objects.filter(state="leased").update(leased_until=present() - timedelta(seconds=1))


@pytest.fixture
def never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand waits for its answer until the gateway recovers, and keeps its connection and its lease as long."""
    monkeypatch.setattr(sending, "WAIT_S", 10 * PATIENCE_S)
    monkeypatch.setattr(sending, "LEASE", timedelta(seconds=20 * PATIENCE_S))
    monkeypatch.setattr(gateways, "KEPT_S", 10 * PATIENCE_S)


@pytest.fixture
def given_up(never_given_up: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand waits long enough for each to reach the gateway before one is given up, on a busy machine too."""
    monkeypatch.setattr(sending, "WAIT_S", 15.0)


@pytest.mark.usefixtures("never_given_up")
def test_a_slow_gateway_is_asked_by_all_hands_at_once_over_kept_connections() -> None:
    n = 300
    phones = queue(n)
    with sink(ways.hang) as gateway, running(gateway) as found:
        hands = found["send"].hands
        until(lambda: len(gateway.hanging) == hands)
        gateway.recover()
        until(lambda: states() == {("sent", ""): n})
        assert gateway.phones() == Counter(phones)
        assert gateway.connections <= hands


@pytest.mark.usefixtures("never_given_up")
def test_a_code_passes_by_a_gateway_in_which_everything_else_hangs() -> None:
    queue(200)

    def hangs_for_others(line: ways.Line, letter: dict[str, str]) -> None:
        (ways.take if letter["to"] == CODE else ways.hang)(line, letter)

    with sink(hangs_for_others) as gateway, running(gateway) as found:
        until(lambda: len(gateway.hanging) == found["send"].hands)
        queue_code()
        until(lambda: CODE in gateway.phones())
        gateway.recover()


@pytest.mark.usefixtures("never_given_up")
def test_a_code_is_with_the_gateway_although_every_hand_is_stuck() -> None:
    """The hang began while codes and others shared it, and there are more of both than hands."""
    queue(100)
    queue(100, template="code.sign_in")
    with sink(ways.hang) as gateway, running(gateway) as found:
        until(lambda: len(gateway.hanging) >= found["send"].hands + found["codes"].hands)
        queue_code()
        until(lambda: CODE in gateway.phones())
        gateway.recover()


@pytest.mark.usefixtures("given_up")
def test_a_gateway_that_hangs_trips_the_breaker_and_gets_everything_once_when_it_is_back() -> None:
    phones = queue(300)
    with sink(ways.hang) as gateway, running(gateway) as found:
        until(lambda: outages() == {"send": "unconfirmed"})
        tried = found["send"].hands
        until(lambda: len(gateway.came) > tried)  # one at a time, after longer and longer pauses
        with system("test"):
            (said,) = doctor.gateway_outages(NOW)
            assert (said.level, metrics.METRICS["messages_gateway_away"].read(NOW)) == (FAIL, 1.0)
        assert len(gateway.came) < 2 * tried
        gateway.recover()
        until(lambda: states().total() == sum(n for (state, _), n in states().items() if state == "sent"))
        until(lambda: outages() == {})
    assert gateway.phones() == Counter(phones)
    assert set(states()) == {("sent", ""), ("sent", "unconfirmed")}
    with system("test"):
        (said,) = doctor.gateway_outages(NOW)
    assert (said.level, metrics.METRICS["messages_gateway_away"].read(NOW)) == (OK, 0.0)


@pytest.mark.usefixtures("never_given_up")
def test_a_gateway_that_is_away_costs_no_message_and_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CODE_WAIT_S", 10 * PATIENCE_S)
    monkeypatch.setattr(sending, "CODE_LEASE", timedelta(seconds=20 * PATIENCE_S))
    with sink(ways.take, free_port()) as gone:
        port = gone.port
    phones = queue(100, programme_id=7)
    gateway = None
    with running(gone):
        until(lambda: outages() == {"send": "no_connection"})
        queue_code()
        until(lambda: "codes" in outages())
        with sink(ways.take, port) as gateway:
            until(lambda: set(states()) == {("sent", "")})
            until(lambda: outages() == {})
            assert gateway.phones() == Counter(phones | {CODE})
    assert [spending.spent for spending in Spending.objects.filter(programme_id=7)] == [100]
    with system("test"):
        assert set(Message.objects.values_list("tries", flat=True)) == {1}


@pytest.mark.usefixtures("given_up")
@pytest.mark.parametrize(
    ("manner", "reason"),
    [(ways.cut, "unconfirmed"), (ways.cut_within_the_answer, ""), (ways.drip, "unconfirmed")],
)
def test_what_may_have_arrived_when_the_connection_broke_is_not_sent_again(
    manner: ways.Manner, reason: str
) -> None:
    phones = queue(100)
    seen = iter(range(1_000))

    def first(line: ways.Line, letter: dict[str, str]) -> None:
        (manner if next(seen) < 10 else ways.take)(line, letter)

    with sink(first) as gateway, running(gateway):
        until(lambda: states().total() == sum(n for (state, _), n in states().items() if state == "sent"))
        assert gateway.phones() == Counter(phones)
    wanted = {("sent", ""): 90, ("sent", reason): 10} if reason else {("sent", ""): 100}
    assert states() == wanted


def test_a_gateway_that_wants_fewer_a_second_gets_them_and_nothing_is_given_up() -> None:
    """It takes twenty, then sends twenty away, again and again."""
    phones = queue(60, programme_id=7)
    asked = itertools.count()
    busy = ways.answer("429 Too Many Requests", "Retry-After: 1")

    def sparing(line: ways.Line, letter: dict[str, str]) -> None:
        (busy if next(asked) // 20 % 2 else ways.take)(line, letter)

    with sink(sparing) as gateway, running(gateway):
        until(lambda: states() == {("sent", ""): 60})
        assert set(gateway.phones()) == phones and len(gateway.came) > 60
        assert outages() == {}
    assert [spending.spent for spending in Spending.objects.filter(programme_id=7)] == [60]


def test_a_gateway_that_only_ever_asks_for_a_pause_is_reported_since_its_first() -> None:
    queue(3)
    start = NOW
    with (
        sink(ways.answer("429 Too Many Requests", "Retry-After: 1")) as gateway,
        lane("send", way_out(gateway), at=start, hands=1) as one,
    ):
        emptied(one)
        assert len(gateway.came) == 1 and outages() == {}
        one._clock = lambda: start + timedelta(seconds=61)
        emptied(one)
        assert outages() == {"send": "http_429"} and Outage.objects.get().since == start
        gateway.recover()
        one._clock = lambda: start + timedelta(seconds=63)
        emptied(one)
        assert outages() == {} and states() == {("sent", ""): 3}


@pytest.mark.parametrize("given", [r"\u0000", r"\ud800", "ह"])
def test_an_answer_with_an_id_that_no_row_takes_stops_no_lane(given: str) -> None:
    body = f'{{"id": "{given}"}}'.encode()
    told = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    queue(3)
    with (
        sink(lambda line, _letter: line.say(told)) as gateway,
        lane("send", way_out(gateway)) as one,
    ):
        assert emptied(one) == 3
    with system("test"):
        assert all(row.adapter_ref == str(row.pk) for row in Message.objects.all())


class Strange:
    """A way out with an answer that no row takes for one phone."""

    name = "strange"

    def hand(self, letter: Letter) -> Handed:
        return Handed(ok=True, ref="\x00" if letter.phone == "+919800000001" else letter.ref)


def test_an_answer_that_cannot_be_put_down_keeps_no_other_waiting() -> None:
    queue(5)
    with lane("send", Strange(), at=NOW) as one:
        emptied(one)
    assert states() == {("sent", ""): 4, ("leased", ""): 1}


def test_a_lane_that_stands_by_settles_what_comes_back_and_sends_nothing() -> None:
    queue(20)
    with sink(ways.hang) as gateway, lane("send", way_out(gateway), hands=5) as one:
        one.turn(NOW)
        until(lambda: len(gateway.hanging) == 5)
        loop = loops.Loop(one.turn, stand_by=one.stand_by, close=None, scoped=False)
        without_lead = loops.Runner("test.standing_by", loop, threading.Event(), loops.Lead())
        gateway.recover()
        while one._under_way:
            without_lead._step()
        assert states() == {("sent", ""): 5, ("queued", ""): 15} and len(gateway.came) == 5


def test_a_gateway_that_does_not_know_our_token_loses_us_no_message() -> None:
    queue(30)
    with sink(ways.answer("401 Unauthorized")) as gateway, running(gateway):
        until(lambda: outages() == {"send": "http_401"})
        assert {state for state, _reason in states()} <= {"queued", "leased"}
        gateway.recover()
        until(lambda: states() == {("sent", ""): 30})


def test_nothing_is_sent_twice_or_lost_while_the_database_is_cut_off_again_and_again() -> None:
    n = 400
    phones = queue(n)
    with sink(ways.take_after(0.02)) as gateway:
        with running(gateway):
            for goal in (50, 150, 250):
                until(lambda: len(gateway.came) >= goal)  # noqa: B023  # called at once
                cut_connections()
        age_leases()  # of those leased, and not handed over yet when it was cut
        with running(gateway):
            until(lambda: states() == {("sent", ""): n})
        assert gateway.phones() == Counter(phones)


def cut_connections() -> None:
    """End every connection of the lanes; the one that holds the lock stays."""
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and usename = %s and application_name = ''",
            [database.role_name("app")],
        )
    connection.close()


def senders() -> int:
    """Return the number of connections of `abhiyan jobs`."""
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        return len(
            admin.execute(
                "select 1 from pg_stat_activity where datname = current_database() and usename = %s",
                [database.role_name("jobs")],
            ).fetchall()
        )


SENDER = """
import django; django.setup()
import threading
from abhiyan.core import loops
both = {name: loop for name, loop in loops.loops_by_name().items() if name in ("messaging.codes", "messaging.send")}
loops.run_loops(threading.Event(), loops=both)
"""


@contextmanager
def sender(gateway: Sink) -> Iterator[None]:
    """A process of its own with both lanes, killed in the end."""
    env = os.environ | {
        "ABHIYAN_ROLE": "jobs",
        "ABHIYAN_SMS": "http",
        "ABHIYAN_SMS_URL": gateway.url,
        "ABHIYAN_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen([sys.executable, "-c", SENDER], env=env)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.machine
def test_a_sender_that_is_killed_is_followed_by_one_that_sends_the_rest() -> None:
    """Only what was on the wire goes once more, under the same reference."""
    n = 200
    queue(n)
    with sink(ways.take_after(0.1)) as gateway:
        with sender(gateway):
            until(lambda: len(gateway.came) >= 70)
        until(lambda: not senders())  # the last statement of the killed one may still be under way
        with system("test"):
            left = Message.objects.filter(state="leased").count()
        assert left <= lanes()["send"].hands
        age_leases()
        with sender(gateway):
            until(lambda: states() == {("sent", ""): n})
        twice = sum(times - 1 for times in gateway.refs.values())
        assert len(gateway.refs) == n and twice <= left and max(gateway.refs.values()) <= 2


class Broken:
    """A way out with a fault of its own."""

    name = "broken"
    handed = 0

    def hand(self, _letter: object) -> Handed:
        self.handed += 1
        raise OSError("no room on the disk")


def test_a_way_out_that_fails_by_itself_is_left_alone_for_a_while_and_keeps_its_messages() -> None:
    queue(20)
    broken, at = Broken(), NOW
    with lane("send", broken, at=at, hands=1) as one:
        emptied(one)
        assert broken.handed == 5
    assert states() == {("leased", ""): 5, ("queued", ""): 15}
    assert outages() == {"send": "OSError"}


@pytest.mark.usefixtures("never_given_up")
def test_a_hand_waits_no_longer_than_it_is_given_also_when_the_gateway_drips() -> None:
    letter = Letter(ref="r", phone=CODE, text="x", template="t", registration="", wait_s=PATIENCE_S)
    with sink(ways.take) as gateway:
        hand = way_out(gateway)
        assert hand.hand(letter).ok  # it has a connection now, which takes its time on a busy machine
        gateway.manner = ways.drip
        assert hand.hand(replace(letter, wait_s=0.3)) == Handed(ok=True, ref="r", reason="unconfirmed")


def test_a_code_that_nobody_waits_for_any_more_does_not_go() -> None:
    asked = NOW - timedelta(minutes=10, seconds=1)
    with system("test"):
        for key, at in (("old", asked), ("young", asked + timedelta(minutes=1))):
            actions.queue_message(
                template="code.join", phone=CODE, language="en", blanks=BLANKS, key=key, at=at
            )
    with sink(ways.take) as gateway, lane("codes", way_out(gateway)) as one:
        assert emptied(one) == 1
    assert states() == {("dropped", "too_late"): 1, ("sent", ""): 1}


def leased_order(at: datetime) -> list[str]:
    return [one.phone_id.hex for one in actions.lease(at=at, n=5, codes=False)]


def test_the_longest_due_go_first() -> None:
    at = NOW
    queue(20)
    with system("test"):
        for number, row in enumerate(Message.objects.order_by("pk")):
            Message.objects.filter(pk=row.pk).update(due_at=at - timedelta(seconds=number))
        wanted = [row.phone_id.hex for row in Message.objects.order_by("due_at")]
    assert [*leased_order(at), *leased_order(at)] == wanted[:10]
