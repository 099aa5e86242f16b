"""Workers that meet: no deadlock, no differing answer, nobody twice; and a database that goes away."""

import copy
import random
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimMessage, ClaimOutcome, ClaimRefused
from abhiyan.enrolment.actions.claims import Joined
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake.actions import Gateway, enrol, enrol_batch

from .make import CHANNEL, Human, Ladder, World
from .web import blanks, officer, web_world

pytestmark = pytest.mark.django_db(transaction=True)
Answers = list[ClaimOutcome | ClaimRefused]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Writers wait for one another as long as it takes. After a second, one would put a claim off: a differing answer.

    The process's own gateways have set their wait already, so others take their place.
    """
    own = enrol.Gateways()
    monkeypatch.setattr(enrol, "LOCK_MS", int(1000 * PATIENCE_S))
    monkeypatch.setattr(enrol, "GATEWAYS", own)
    yield
    for hands in own._free:
        hands.writer.close()


@pytest.fixture
def world() -> World:
    return World.make()


def at_once(*works: Callable[[], None]) -> None:
    """Run in threads that start together; the first error is raised."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            gate.wait()
            work()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    if errors:
        raise errors[0]


def crowd(world: World, chance: random.Random, size: int) -> list[ClaimMessage]:
    """Claims of few phones by many channels: families, doubles, calls, unplaced."""
    claims: list[ClaimMessage] = []
    for n in range(size):
        human = Human(
            f"Person {chance.choice('abc')}",
            1970 + chance.randint(0, 1),
            f"+91990600{chance.randint(0, 60):04d}",
        )
        kind = chance.random()
        if kind < 0.3:
            claim = world.claim(human, Channel.MISSED_CALL, sign=Sign.CALL, key=f"call {n}", nameless=True)
        else:
            claim = world.claim(
                human,
                chance.choice((Channel.API, Channel.PAPER, Channel.WEB)),
                sign=chance.choice((Sign.NONE, Sign.NONE, Sign.CODE)),
                unit=chance.choice((world.booth, world.next_booth, world.far_booth, None)),
                key=f"row {n}",
            )
        claims.append(copy.copy(claim))
    return claims


def test_workers_that_share_claims_and_phones_never_deadlock_and_answer_alike(world: World) -> None:
    chance = random.Random(7)
    claims = crowd(world, chance, 600)
    told: dict[bytes, set[tuple[type, object]]] = {claim.key: set() for claim in claims}
    lock = threading.Lock()

    def worker(seed: int) -> Callable[[], None]:
        def work() -> None:
            own = random.Random(seed)
            hands = Gateway()
            try:
                for _ in range(3):
                    mixed = own.sample(claims, len(claims))
                    for start in range(0, len(mixed), 60):
                        part = mixed[start : start + 60]
                        answers = enrol_batch(
                            programme_id=world.programme.pk,
                            claims=part,
                            by=CHANNEL,
                            at=world.now,
                            through=hands,
                        )
                        with lock:
                            for claim, answer in zip(part, answers, strict=True):
                                receipt = getattr(answer, "receipt", None)
                                told[claim.key].add((type(answer), receipt))
            finally:
                hands.writer.close()

        return work

    at_once(*(worker(seed) for seed in range(4)))
    assert {len(answers) for answers in told.values()} == {1}
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}
    twice = world.rows(
        "select count(*) from (select 1 from enrolment_membership m join people_person p on p.id = m.person_id"
        " group by m.phone_id, p.name, p.birth_year having count(*) > 1) d"
    )
    assert twice == [(0,)]
    most = world.rows(
        "select max(n) from (select count(*) n from enrolment_membership where ended_on is null group by phone_id) d"
    )
    assert int(str(most[0][0])) <= 4


def test_a_call_and_a_row_of_one_new_phone_at_once_make_one_member(world: World) -> None:
    for n in range(25):
        human = Human("Asha Devi", 1980, f"+91990610{n:04d}")
        call = copy.copy(world.claim(human, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True))
        row = copy.copy(world.claim(human, Channel.API, unit=world.booth))

        def send(claim: ClaimMessage) -> Callable[[], None]:
            def work() -> None:
                hands = Gateway()
                try:
                    enrol_batch(
                        programme_id=world.programme.pk,
                        claims=[claim],
                        by=CHANNEL,
                        at=world.now,
                        through=hands,
                    )
                finally:
                    hands.writer.close()

            return work

        at_once(send(call), send(row))
    assert world.count("enrolment_membership") == 25
    assert world.tallies() == world.recounted()


def test_two_workers_at_one_door_at_the_same_moment_make_one_member_and_each_has_a_code() -> None:
    world = web_world()
    workers = [officer(world, office, "JK-B001") for office in ("booth_worker", "booth_president")]
    humans = [Human("Asha Devi", 1980, f"+91990610{n:04d}") for n in range(4)]
    entries: dict[tuple[int, str], str] = {}

    def enter(number: int, human: Human) -> Callable[[], None]:
        form = {"phone": human.phone, "name": human.name, "birth_year": str(human.birth_year), "heard": "on"}

        def work() -> None:
            answer = workers[number].post("/field/", form)
            assert answer.status_code == 302, answer.content.decode()
            entries[number, human.phone] = answer["Location"]
            connection.close()

        return work

    def read(number: int, human: Human) -> Callable[[], None]:
        codes = [each["code"] for each in blanks(human.phone, "code.door")]

        def work() -> None:
            page = entries[number, human.phone]
            answers = [workers[number].post(page, {"code": code}) for code in codes]
            said = [each.content.decode() for each in answers if each.status_code == 422]
            for page_said in said:  # of the other's code, unless the other has made the person count by then
                assert "Ask for the newest SMS" in page_said or 'name="code"' not in page_said
            assert 302 in {each.status_code for each in answers}
            connection.close()

        return work

    for human in humans:
        at_once(enter(0, human), enter(1, human))
    assert world.count("enrolment_membership") == len(humans)
    assert world.ladder(world.booth) == Ladder(reported=2 * len(humans), unsigned=len(humans))
    for human in humans:
        at_once(read(0, human), read(1, human))
    assert world.ladder(world.booth) == Ladder(reported=2 * len(humans), counted=len(humans))
    assert world.tallies() == world.recounted() and world.orphans() == {}


def cut_all_gateways() -> None:
    """Cut connections as a restart of the database does."""
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and usename = %s",
            [database.role_name("gateway")],
        )


def test_a_connection_that_was_cut_is_made_anew(world: World) -> None:
    first = world.api(of=world.asha, key="one")
    cut_all_gateways()
    assert world.api(of=world.asha, key="one") == first
    cut_all_gateways()
    assert isinstance(world.api(of=world.bilal), Joined)


def test_batches_go_on_while_connections_are_cut_and_nothing_is_twice_or_lost(world: World) -> None:
    claims = crowd(world, random.Random(3), 400)
    done = threading.Event()
    answered: list[bytes] = []

    def enrolling() -> None:
        hands = Gateway()
        try:
            for start in range(0, len(claims), 20):
                part = claims[start : start + 20]
                while True:
                    try:
                        answers = enrol_batch(
                            programme_id=world.programme.pk,
                            claims=part,
                            by=CHANNEL,
                            at=world.now,
                            through=hands,
                        )
                    except actions.TryAgain:
                        continue
                    answered.extend(
                        claim.key
                        for claim, answer in zip(part, answers, strict=True)
                        if isinstance(answer, ClaimOutcome)
                    )
                    break
        finally:
            done.set()
            hands.writer.close()

    def cutting() -> None:
        while not done.is_set():
            cut_all_gateways()
            done.wait(0.05)

    at_once(enrolling, cutting)
    assert len(answered) > 300
    stored = world.rows("select count(*) from enrolment_claim")
    completed = world.rows("select count(*) from enrolment_waiting where completed_by is not null")
    full = world.rows("select count(*) from enrolment_claim where taken = 7")
    assert int(str(stored[0][0])) + int(str(completed[0][0])) - int(str(full[0][0])) == len(set(answered))
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}
