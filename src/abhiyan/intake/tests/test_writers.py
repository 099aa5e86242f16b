"""The writers of a process: few, lent for a moment, and never held up by one phone."""

import http.client
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, lot
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.actions import PhoneBusy, TryAgain
from abhiyan.enrolment.actions.claims import Joined
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries import join as queries_join
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.server import SERVED, Server
from abhiyan.enrolment.tests.web import code_sent, typed, web_world
from abhiyan.intake.actions import enrol
from abhiyan.intake.actions.enrol import GATEWAYS, MOST_GATEWAYS, Gateway
from abhiyan.intake.actions.gateway import Unavailable
from abhiyan.people.actions.field import form_answer
from abhiyan.people.models import Phone
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme

pytestmark = pytest.mark.django_db(transaction=True)
JOINS = 200


def human(n: int) -> Human:
    return Human("Asha Devi", 1980, f"+91990{n:07d}")


@contextmanager
def holding(world: World, *of: Human) -> Iterator[None]:
    """Another transaction at work on phones, as a chunk of a paper list is for seconds."""
    with psycopg.connect(database.conninfo(None)) as other:
        for human in of:
            number = int.from_bytes(world.phone_id(human).bytes[:8], "big", signed=True)
            other.execute("select pg_advisory_xact_lock(%s)", [number])
        yield
        other.rollback()


def test_one_contested_phone_holds_nobody_else_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The machine may be slow: nobody else is put off because the batch took long.
    monkeypatch.setattr(enrol, "HELD_UP_S", 10 * PATIENCE_S)
    world.web_join(of=human(7))
    claims = [world.claim(human(n), Channel.API, unit=world.booth) for n in range(120)]
    with holding(world, human(7)):
        answers = world.send(*claims)
    assert Counter(type(one) for one in answers) == {Joined: 119, PhoneBusy: 1}
    assert isinstance(answers[7], PhoneBusy) and answers[7].status == 503
    assert not isinstance(world.send(claims[7])[0], PhoneBusy)
    assert world.tallies() == world.recounted()


def test_many_contested_phones_are_all_put_off(world: World) -> None:
    for n in range(40):
        world.web_join(of=human(n))
    claims = [world.claim(human(n), Channel.API, unit=world.booth) for n in range(40)]
    with holding(world, *(human(n) for n in range(40))):
        answers = world.send(*claims)
    assert {type(one) for one in answers} == {PhoneBusy}


def test_a_request_that_holds_a_phone_may_not_enrol(world: World) -> None:
    claim = world.claim(world.asha, Channel.WEB, unit=world.booth)
    world.web_join(of=world.bilal)

    def by_number() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(42)")

    def by_row() -> None:
        Phone.objects.select_for_update().get(pk=world.phone_id(world.bilal))

    for hold in (by_number, by_row):
        with system("test"):
            hold()
            with pytest.raises(RuntimeError, match="lock of a phone"):
                world.take(claim)
    with system("test"):
        form_answer(key=lot.uuid(), by=replace(world.booth_worker, account_id=1))
        assert isinstance(world.take(claim), Joined), "the lock of its own form is none of a phone"


def test_who_waits_too_long_for_a_writer_keeps_what_was_typed_and_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = web_world()
    client = browser()
    assert client.post("/join/winter/", typed(world.asha, unit="JK-B001")).status_code == 302
    code = code_sent(world.asha.phone)
    monkeypatch.setattr(GATEWAYS, "turn_s", 0.05)
    with ExitStack() as at_work:
        for _ in range(MOST_GATEWAYS):
            at_work.enter_context(GATEWAYS.one())
        with pytest.raises(TryAgain):
            world.web_join(of=world.bilal)
        answer = client.post("/join/winter/code/", {"code": code})
    assert answer.status_code == 503
    assert "Nothing was stored. Send the same again." in answer.content.decode()
    assert world.count("enrolment_claim") == 0
    assert client.post("/join/winter/code/", {"code": code})["Location"] == "/join/winter/done/"
    assert world.count("enrolment_membership") == 1


def connections() -> Counter[tuple[str, str]]:
    """Count the connections of the database, by role and name."""
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        return Counter(
            {
                (role, name): int(n)
                for role, name, n in admin.execute(
                    "select usename, application_name, count(*) from pg_stat_activity"
                    " where datname = current_database() and usename is not null group by 1, 2"
                )
            }
        )


@pytest.fixture
def alone() -> Iterator[tuple[Server, Counter[tuple[str, str]]]]:
    """A server of the test's own, and the connections that others had before."""
    before, server = connections(), Server().start()
    yield server, before
    server.stop()


def test_200_web_joins_at_once_open_no_connection_beyond_the_pool(
    alone: tuple[Server, Counter[tuple[str, str]]],
) -> None:
    (server, before), world = alone, web_world()
    with system("codes are off"):
        Drive.objects.update(codes_off=[{"unit": "JK", "from": "", "to": "9999"}])
    cookie = "a" * 32
    over, seen = threading.Event(), Counter[tuple[str, str]]()

    def watch() -> None:
        nonlocal seen
        while not over.is_set():
            seen |= connections()

    def join(n: int) -> int:
        form = typed(human(n), unit="JK-B001", csrfmiddlewaretoken=cookie)
        for _again in range(20):
            try:
                answer = server.form(
                    "/join/winter/",
                    form,
                    {"Cookie": f"__Host-csrf={cookie}", "Referer": "https://app.example.org/"},
                )
            except (OSError, http.client.HTTPException):
                continue
            if answer.status != 503:
                return answer.status
            assert answer.headers["retry-after"]
        return 503

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with ThreadPoolExecutor(JOINS) as pool:
            answers = Counter(pool.map(join, range(JOINS)))
    finally:
        over.set()
        watching.join()
    assert answers == {302: JOINS}
    assert world.count("enrolment_membership") == JOINS
    assert world.tallies() == world.recounted()
    seen -= before
    app, gateway = database.role_name("app"), database.role_name("gateway")
    assert seen[app, SERVED] <= 8  # the pool of pages
    assert seen[app, "limits"] <= 4
    assert 0 < seen[gateway, SERVED] <= MOST_GATEWAYS + 2  # lent ones, and the hot path's own
    assert seen[gateway, "directory"] <= 2


def test_a_drive_is_open_by_the_day_of_its_own_zone(world: World) -> None:
    with system("test"):
        Programme.objects.update(closes_on=world.now.date(), zone="Asia/Dubai")
    late = world.now.replace(hour=19, minute=0)  # in India the next day has begun, in Dubai it has not
    assert [one.programme.pk for one in queries_join.open_drives(late)] == [world.programme.pk]
    assert queries_join.open_drives(late.replace(hour=20, minute=1)) == []


@pytest.mark.machine
def test_a_writer_whose_server_is_frozen_says_so_instead_of_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Gateway().writer
    pid = writer.connection().info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        # Only here: a server that is merely slow has not read its statement yet, and looks like a frozen one.
        with monkeypatch.context() as soon:
            soon.setattr(database, "SILENCE_S", 0.3)
            with pytest.raises(Unavailable):
                writer.run(("begin", ()), ("rollback", ()))
    finally:
        os.kill(pid, signal.SIGCONT)
    writer.run(("begin", ()), ("rollback", ()))
    writer.close()
