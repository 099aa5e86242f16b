"""Phones that send on bad lines: a cut at every part, one key twice at once, and a server that is killed."""

import http.client
import random
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import settings
from django.db.models import Sum

from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Answered, Server
from abhiyan.enrolment.tests.web import today
from abhiyan.org import actions as org
from abhiyan.people.models_field import FieldPicture, FieldReceipt
from abhiyan.programmes.actions import recount_facts
from abhiyan.site.tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db(transaction=True)
CUT = b"----cut"
PHONES, EACH = 20, 100
HOURS = 3 * 3600


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def encoded(fields: dict[str, Any]) -> bytes:
    """A form as a browser posts it; bytes are a picture."""
    parts = []
    for name, value in fields.items():
        is_file = isinstance(value, bytes)
        more = '; filename="1.jpg"\r\nContent-Type: image/jpeg' if is_file else ""
        head = f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
        parts.append(b"--" + CUT + b"\r\n" + head + (value if is_file else str(value).encode()) + b"\r\n")
    return b"".join(parts) + b"--" + CUT + b"--\r\n"


def headers(token: str) -> dict[str, str]:
    return {
        "Content-Type": f"multipart/form-data; boundary={CUT.decode()}",
        "X-Abhiyan-Field": "1",
        "Accept": "application/json",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={token}",
    }


def door(cast: Cast, role: str, key: int, unit: str = "JK-B001") -> dict[str, Any]:
    """A record of an entry at the door; each key another person."""
    who = Human(f"Kamla {'abcdefghij'[key % 10]}{'abcdefghij'[key // 10 % 10]} Devi", 1970, f"98{key:08d}")
    form = {"key": "page", "name": who.name, "birth_year": who.birth_year, "heard": "on", "notice": "1.en"}
    own = {"key": UUID(int=key), "by": cast.accounts[role].public_id, "record": "door", "age": HOURS}
    return own | {"page": f"/field/?unit={unit}", "form": urlencode(form | {"phone": who.phone, "call": "1"})}


def test_an_upload_cut_at_every_part_keeps_nothing_and_the_whole_is_kept_once(
    served: Server, cast: Cast
) -> None:
    token, sent = cast.token("booth_worker"), door(cast, "booth_worker", 1)
    picture = {"key": sent["key"], "by": sent["by"], "n": 1, "picture": bytes(range(256)) * 200}
    for fields in (picture, sent):
        body = encoded(fields)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers(token).items())
        whole = (
            f"POST /field/send/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()
            + body
        )
        for at in range(0, len(whole), len(whole) // 25):
            with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S) as line:
                line.sendall(whole[:at])
                line.shutdown(socket.SHUT_WR)
                came = line.recv(65_536)
            assert b" 200 " not in came.partition(b"\r\n")[0], at
        with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S) as line:
            line.sendall(whole)  # and the answer is lost
            line.shutdown(socket.SHUT_WR)
        assert served.send("POST", "/field/send/", body, headers(token)).json["kept"]
    with system("test"):
        assert (DoorEntry.objects.count(), FieldReceipt.objects.count(), FieldPicture.objects.count()) == (
            1,
            1,
            0,
        )


def test_one_key_sent_by_many_at_once_is_one_record(served: Server, cast: Cast) -> None:
    token, body = cast.token("booth_worker"), encoded(door(cast, "booth_worker", 1))
    together = threading.Barrier(8)

    def send(_n: int) -> Any:
        together.wait(PATIENCE_S)
        return served.send("POST", "/field/send/", body, headers(token)).json

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers[0]["kept"] and answers == answers[:1] * 8
    with system("test"):
        assert DoorEntry.objects.count() == FieldReceipt.objects.count() == 1


class Phones:
    """Phones of booth workers that send all they have, each again until it is kept."""

    def __init__(self, cast: Cast, server: Server, chance: random.Random) -> None:
        self.server, self.chance = server, chance
        self.is_up = threading.Event()
        self.answers: dict[UUID, Any] = {}
        self.wrong: list[str] = []
        self.broken = 0
        self.work: list[tuple[str, list[dict[str, Any]]]] = []
        for n in range(PHONES):
            role, unit = f"worker {n}", ("JK-B001", "JK-B002")[n % 2]
            account = cast._open(role)
            with system("test"):
                org.appoint(
                    account_id=account.pk,
                    office="booth_worker",
                    unit_id=cast.world.units[unit].pk,
                    starts_on=today() - timedelta(days=30),
                    by=SYSTEM,
                    at=present(),
                )
            records = [door(cast, role, 1 + n * EACH + k, unit) for k in range(EACH)]
            for one in records[1::2]:
                one |= {"record": "try", "form": "outcome=2"}
            self.work.append((cast.token(role), records))

    def have(self, answers: int, running: list[Future[None]]) -> bool:
        """True once so many records are kept, or every phone is done."""
        return len(self.answers) >= answers or all(one.done() for one in running)

    def run(self, phone: tuple[str, list[dict[str, Any]]]) -> None:
        token, records = phone
        for one in records:
            body = encoded(one)
            for _time in range(2 if self.chance.random() < 0.1 else 1):
                answer = self._until_kept(body, token)
                if answer != self.answers.setdefault(one["key"], answer):
                    self.wrong.append(f"{one['key']}: {answer}")

    def _until_kept(self, body: bytes, token: str) -> Any:
        while True:
            self.is_up.wait(PATIENCE_S)
            try:
                came: Answered = self.server.send("POST", "/field/send/", body, headers(token))
            except (OSError, http.client.HTTPException):
                self.broken += 1
                continue
            if came.status == 200:
                return came.json
            if came.status not in (429, 503):
                self.wrong.append(f"{came.status} {came.body[:200]!r}")
                return None


@pytest.mark.machine
def test_a_server_that_is_killed_loses_no_record_and_keeps_none_twice(
    cast: Cast,
    record_property: Callable[[str, object], None],
    django_db_setup: None,  # asked for first
) -> None:
    """acknowledged ⊆ stored ⊆ sent, at each kill and at the end."""
    seed = random.SystemRandom().randrange(1, 10**9)
    chance = random.Random(seed)
    server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    phones = Phones(cast, server, chance)
    before = _stored()
    sent = {one["key"] for _token, records in phones.work for one in records}
    phones.is_up.set()
    kills = 0
    with ThreadPoolExecutor(PHONES) as pool:
        running = [pool.submit(phones.run, one) for one in phones.work]
        while not all(one.done() for one in running):
            mark = len(phones.answers) + chance.randint(40, 250)
            until(partial(phones.have, mark, running))
            assert server.process is not None
            phones.is_up.clear()
            server.process.kill()
            server.process.wait()
            kills += 1
            acknowledged = len(phones.answers)
            assert acknowledged <= _stored() - before <= len(sent), seed
            server.start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
            phones.is_up.set()
        for one in running:
            one.result()
    server.stop()
    told = (
        f"{kills} kills, {phones.broken} requests cut, {len(phones.answers)} of {len(sent)} kept, seed {seed}"
    )
    print(told)
    record_property("told", told)
    assert phones.wrong == [], seed
    assert set(phones.answers) == sent and kills > 3, told
    with system("test"):
        assert FieldReceipt.objects.count() == len(sent)
        assert DoorEntry.objects.count() == len(sent) // 2
        assert DoorTry.objects.aggregate(n=Sum("n"))["n"] == len(sent) // 2
    assert recount_facts(at=present()).is_right, seed


def _stored() -> int:
    with system("test"):
        return FieldReceipt.objects.count()
