"""Random histories of joining, leaving and erasing, with lists, backups and restores between them.

In any order, an erased person is on no list until their own phone brings them back. It holds after a restore
and after the paper list that named them; the ledger equals the facts.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from abhiyan.core import database, news
from abhiyan.core.actor import Actor
from abhiyan.core.backup import Restored
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import erasing
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.intake import actions as intake
from abhiyan.people import journal

from .make import CHANNEL, Human, World

pytestmark = pytest.mark.django_db(transaction=True)
_numbers = count(1)

# Every table that a restore brings back and the steps write to.
TABLES = (
    "people_phone",
    "people_person",
    "people_consent",
    "people_suppression",
    "people_erasure",
    "enrolment_claim",
    "enrolment_waiting",
    "enrolment_membership",
    "enrolment_enrolment",
    "enrolment_revisit",
    "programmes_delta",
    "messaging_message",
)
WHO = st.integers(0, 2)  # two on one phone, one alone
STEPS = st.one_of(
    st.tuples(
        st.sampled_from(["web", "paper", "paper", "api", "call", "link", "leave", "no", "erase", "erase"]),
        WHO,
    ),
    st.tuples(st.sampled_from(["backup", "restore"]), st.just(0)),
)


class History:
    """The people erased and not back by their own act, now and in the backup."""

    def __init__(self, world: World, folder: Path) -> None:
        base = next(_numbers) * 10
        self.world, self.folder = world, folder
        self.people = [
            Human("Asha Devi", 1980, f"+9199062{base:05d}"),
            Human("Mohan Lal", 1975, f"+9199062{base:05d}"),
            Human("Bilal Ahmad", 1990, f"+9199062{base + 1:05d}"),
        ]
        self.gone: set[int] = set()
        self.kept: tuple[datetime, set[int]] | None = None
        self.since: set[int] = set()  # erased since the backup

    def step(self, what: str, n: int) -> None:
        self.world.tick(minutes=11)  # more than the journal's slack
        if what in ("backup", "restore"):
            getattr(self, what)()
        else:
            with contextlib.suppress(Refused):
                getattr(self, what)(n, self.people[n])

    def web(self, n: int, human: Human) -> None:
        self.world.web_join(of=human)
        self.gone.discard(n)

    def paper(self, _n: int, human: Human) -> None:
        self.world.paper_row(of=human)

    def api(self, _n: int, human: Human) -> None:
        self.world.api(of=human)

    def call(self, _n: int, human: Human) -> None:
        self.world.missed_call(of=human)

    def link(self, n: int, human: Human) -> None:
        with contextlib.suppress(ValueError):  # nobody called
            self.world.complete(of=human)
            self.gone.discard(n)

    def no(self, _n: int, human: Human) -> None:
        actions.leave_by_phone(phone=human.phone, channel=Channel.MISSED_CALL, by=CHANNEL, at=self.world.now)

    def leave(self, _n: int, human: Human) -> None:
        if member := self.member(human):
            with scoped(Scope(phone=self.world.phone_id(human))):
                actions.leave(membership=member, channel=Channel.WEB, by=citizen(member), at=self.world.now)

    def erase(self, n: int, human: Human) -> None:
        if member := self.member(human):
            with scoped(Scope(phone=self.world.phone_id(human))):
                erasing.erase_member(
                    membership=member,
                    channel=Channel.WEB,
                    language="hi",
                    by=citizen(member),
                    at=self.world.now,
                )
            self.gone.add(n)
            self.since.add(n)

    def member(self, human: Human) -> UUID | None:
        found = self.world.rows(
            "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id"
            " where m.phone_id = %s and p.name = %s",
            [self.world.phone_id(human), human.name],
        )
        return UUID(str(found[0][0])) if found else None

    # Backup and restore by their effect, without the files and the hour they take.

    def backup(self) -> None:
        with owner() as database_:
            for table in TABLES:
                database_.execute(f"drop table if exists kept_{table}")
                database_.execute(f"create table kept_{table} as select * from {table}")
        self.kept, self.since = (self.world.now, set(self.gone)), set()

    def restore(self) -> None:
        if self.kept is None:
            return
        with owner() as database_:
            for table in TABLES:
                database_.execute(f"delete from {table}")
                database_.execute(f"insert into {table} select * from kept_{table}")
        taken_at, gone = self.kept
        with system("restore"):
            news.tell(Restored(taken_at=taken_at, at=self.world.now))
        intake.forget_drives()
        self.gone = gone | self.since

    def forget_backup(self) -> None:
        with owner() as database_:
            for table in TABLES:
                database_.execute(f"drop table if exists kept_{table}")

    def check(self) -> None:
        world = self.world
        for n in self.gone:
            human = self.people[n]
            held = world.rows(
                "select 1 from people_person where phone_id = %s and (name = %s or birth_year = %s)",
                [world.phone_id(human), human.name, human.birth_year],
            )
            assert not held, (n, self.gone)
        for phone in {self.people[n].phone for n in self.gone}:
            left = [n for n, human in enumerate(self.people) if human.phone == phone and n not in self.gone]
            if not left:
                living = world.rows(
                    "select 1 from enrolment_membership where phone_id = %s and ended_on is null",
                    [world.phone_id(Human("", 0, phone))],
                )
                assert not living
        assert world.tallies() == world.recounted() and world.orphans() == {}


def citizen(member: UUID) -> Actor:
    return Actor(kind="citizen", id=member)


@contextlib.contextmanager
def owner() -> Iterator[Any]:
    with psycopg.connect(
        database.conninfo(None, dbname=database.database_name()), autocommit=True
    ) as connection:
        yield connection


@pytest.mark.examples(2, 80)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("erase", 1), ("paper", 1), ("erase", 0), ("api", 0)])
@example(steps=[("backup", 0), ("erase", 1), ("erase", 2), ("restore", 0), ("paper", 1), ("paper", 2)])
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_who_was_erased_stays_away_until_their_own_phone_brings_them_back(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    file = tmp_path / f"{next(_numbers)}.jsonl"
    monkeypatch.setattr(journal, "journal_path", lambda: file)
    world.anew()
    history = History(world, tmp_path)
    for human in history.people:
        world.web_join(of=human)
    try:
        for what, n in steps:
            history.step(what, n)
            history.check()
    finally:
        history.forget_backup()
