"""A bulk send to very many members: counted in parts, queued at its pace, paused, resumed and stopped half-way.

It goes in slices, so that no page or lock takes long; what each took is printed. Measured with
ABHIYAN_TEST_MANY=1000000 on two busy cores: the draft took 2 s, the count 45 s, a start 1 s. The pause took 0.5
s, the stop 1.1 s, and the rows followed within 90 s; 158 MB; its page 2.6 s.
"""

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.test_bulk_sends import NOON, Field
from abhiyan.messaging import actions
from abhiyan.messaging.models import Message, Send
from abhiyan.people.tests.make import body, browser

pytestmark = pytest.mark.django_db(transaction=True)
MANY = int(os.environ.get("ABHIYAN_TEST_MANY", "200000"))
BOOTHS = MANY // 100
_BOOTHS = """with parent as (select * from units_placement where unit_id = %(mandal)s and hierarchy = 1),
 made as (insert into units_unit (code, kind, names, is_sample) select 'M' || n, 'booth', '{"en": "B"}', true
 from generate_series(1, %(n)s) n returning id),
 numbered as (select id, row_number() over (order by id) as n from made)
 insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)
 select 1, numbered.id, parent.unit_id, parent.depth + 1, parent.lo + 1000 + numbered.n * 10,
 parent.lo + 1005 + numbered.n * 10, 1, parent.valid_from from numbered, parent returning unit_id"""
_MADE = "create temp table made (phone uuid, sealed bytea, unit bigint, person uuid, n int)"
# Every tenth never agreed to messages; one in a hundred, who did, has had the two of the week as a person.
_ROWS = (
    "insert into people_phone (id, hash, sealed, last4) select phone, '', sealed, '0000' from made",
    """insert into people_person (id, public_id, phone_id, name, birth_year, language, unit_id, at)
 select person, person, phone, 'Somebody', 1980, 'hi', unit, now() from made""",
    """insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term,
 programme_id, at)
 select person, person, %(roll)s, phone, 0, person, unit, person, 0, %(programme)s, now() from made""",
    """insert into people_consent (id, person_id, unit_id, purpose, notice_version, channel, by, at)
 select person, person, unit, 3, 1, 1, person, now() from made where n %% 10 > 0""",
    """insert into messaging_reached (subject, taken, last_at) select person, jsonb_build_object('a', %(lately)s::text,
 'b', %(lately)s::text), %(lately)s::timestamptz from made where n %% 100 = 5""",
)
# As the job queues them, without the seals: outside the hours, or before the caps, that many may wait.
_WAITING = """insert into messaging_message (id, public_id, kind, template, language, phone_id, sealed_phone, last4,
 sealed_blanks, unit_id, state, queued_at, due_at, expires_at, send_id)
 select gen_random_uuid(), gen_random_uuid(), 3, %(text)s, 'hi', id, '', '', '', %(unit)s, 'queued', %(at)s, %(due)s,
 %(due)s, %(send)s from people_phone"""


@contextmanager
def clocked(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    took_s, most_mb = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{what}: {took_s:.2f} s, {most_mb} MB")


def members(field: Field) -> None:
    ring = keyring()
    with system("test"):
        units = sql.column(_BOOTHS, {"mandal": field.world.units["JK-SRI-M1"].pk, "n": BOOTHS})
    given = {
        "roll": field.world.roll.pk,
        "programme": field.world.programme.pk,
        "lately": (NOON - timedelta(days=1)).isoformat(),
    }
    own = database.conninfo(None, dbname=connection.settings_dict["NAME"])
    with psycopg.connect(own, autocommit=True) as administrator:
        administrator.execute(_MADE)
        with administrator.cursor().copy("copy made from stdin") as copy:
            for n in range(MANY):
                phone = f"+917{n:09d}"
                ident = ring.phone_id(phone)
                copy.write_row(
                    (ident, ring.seal(phone.encode(), about=ident.bytes), units[n % BOOTHS], uuid4(), n)
                )
        for statement in _ROWS:
            administrator.execute(statement, given)
        administrator.execute("vacuum analyze")


class Longest:
    """How long somebody else at most waited for the row of a send, asked again and again meanwhile."""

    def __init__(self, public_id: UUID) -> None:
        self.waited_s, self._public_id, self._ends = 0.0, public_id, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        try:
            while not self._ends.wait(0.01):
                begun = time.perf_counter()
                with system("test"):
                    Send.objects.select_for_update().get(public_id=self._public_id)
                self.waited_s = max(self.waited_s, time.perf_counter() - begun)
        finally:
            connection.close()

    def __enter__(self) -> "Longest":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._thread.join()


def to_the_end(turn: Callable[[], bool]) -> int:
    n = 0
    while turn():
        n += 1
    return n


def states(send: Send) -> dict[tuple[str, str], int]:
    with system("test"):
        return {
            (state, reason): n
            for state, reason, n in sql.rows(
                "select state, reason, count(*) from messaging_message where send_id = %s group by 1, 2",
                [send.pk],
            )
        }


def test_a_send_to_very_many_is_counted_queued_paused_resumed_and_stopped_in_slices() -> None:
    field = Field()
    with clocked("members made"):
        members(field)
    president = browser(field.asker)
    with clocked("one member of so many"):
        assert field.one(field.draft("JK-JAM")).counted == {"": 1}
    with clocked("drafted"):
        public_id = field.draft()
    page = f"/messages/sends/{public_id}/"
    assert 'hx-get="' in body(president, page) and field.one(public_id).counted_at is None
    with clocked("counted"), Longest(public_id) as counting:
        parts = to_the_end(lambda: actions.count_next(public_id=public_id))
    print(f"counted in {parts} parts; the send's row was locked for at most {counting.waited_s:.2f} s")
    assert parts > 1
    one = field.one(public_id)
    full = MANY // 100
    assert one.counted == {
        "": MANY * 9 // 10 - full + 4,
        "cap": full,
        "no_consent": MANY // 10 + 1,
        "suppressed": 1,
    }
    assert president.get(f"{page}progress/")["HX-Refresh"] == "true"
    with clocked("asked and approved"):
        field.approve(public_id)
    with clocked("started"):
        actions.start_send(public_id=public_id, by=field.by, at=NOON)
    at, queued = NOON, 0
    with clocked("queued, twelve turns of five seconds"):
        for _turn in range(12):
            actions.queue_next(public_id=public_id, at=at)
            at += timedelta(seconds=5)
    queued = sum(states(one).values())
    print(f"queued {queued}")
    assert 20_000 // 60 <= queued <= 2 * 20_000 // 60 + 12

    with system("test"):
        given = {"text": one.text, "unit": field.world.booth.pk, "send": one.pk, "at": NOON}
        sql.run(_WAITING, given | {"due": NOON + timedelta(hours=1)})
    for name, act in (
        ("pause", actions.pause_send),
        ("resume", actions.resume_send),
        ("stop", actions.stop_send),
    ):
        with clocked(name):
            act(public_id=public_id, by=field.by, at=at)
        if name != "resume":  # from that moment nothing leaves, though most of it has not followed yet
            later = NOON + timedelta(hours=2)
            leased = actions.lease(at=later, n=64, codes=False)
            assert leased and actions.admit(messages=leased, at=later) == []
        with clocked(f"{name}: the rest followed"), Longest(public_id) as following:
            slices = to_the_end(lambda: actions.follow_next(public_id=public_id, at=at))
        print(
            f"in {slices} slices; the send's row was locked for at most {following.waited_s:.2f} s",
            states(one),
        )
        assert slices > 1
    assert states(one).keys() <= {
        ("dropped", "stopped"),
        ("dropped", "no_consent"),
        ("dropped", "suppressed"),
    }
    with clocked("its page"):
        body(president, page)
    with clocked("the list"):
        body(president, "/messages/sends/")
    with system("test"):
        assert not Message.objects.filter(send_id=one.pk, state__in=("queued", "leased", "held")).exists()
