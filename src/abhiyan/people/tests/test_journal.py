"""The journal of noes: what is acknowledged is on disk, and after a restore it holds again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from abhiyan.core import home, news
from abhiyan.core.actor import Actor
from abhiyan.core.backup import Restored
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.disk import room_for
from abhiyan.people import actions, journal, queries
from abhiyan.people.models import Consent, Person, Suppression
from abhiyan.people.news import NoReplayed, WithdrawalReplayed

from .make import AT, SYSTEM

pytestmark = pytest.mark.django_db
WEB = 1


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of the test's own, with the real one's keys."""
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(home.home_folder() / "keys" / "master.key"))
    monkeypatch.setenv("ABHIYAN_HOME", str(tmp_path))
    return tmp_path / "journal"


def say_no(phone_id: UUID, at: datetime = AT, scope: str = "outreach", rolls: tuple[int, ...] = ()) -> None:
    actions.suppress(phone_id=phone_id, channel=WEB, by=SYSTEM, at=at, scope=scope, rolls=rolls)


def noes(since: datetime = AT) -> list[tuple[UUID, str]]:
    """The noes in an order that tests can write down: at one instant the journal has none of its own."""
    said = [line for line in journal.since(since) if isinstance(line, journal.No)]
    return sorted((line.phone_id, line.scope) for line in said)


def standing(phone_id: UUID) -> str:
    with system("test"):
        return queries.is_suppressed(phone_id)


def restore(taken_at: datetime) -> None:
    with system("restore"):
        news.tell(Restored(taken_at=taken_at, at=AT + timedelta(days=1)))


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """Collect the news of replayed noes."""
    told: list[object] = []
    hear = told.append
    for kind in (NoReplayed, WithdrawalReplayed):
        news.subscribe(kind, hear)
    yield told
    for kind in (NoReplayed, WithdrawalReplayed):
        news._subscribers[kind].remove(hear)


@pytest.mark.parametrize("room", [0, 1, 40])
def test_a_no_that_does_not_fit_on_the_disk_is_refused_and_undone_and_the_next_is_kept(room: int) -> None:
    first, cut, last = uuid4(), uuid4(), uuid4()
    say_no(first)
    with room_for(room, journal.journal_path()), pytest.raises(journal.NotSaved):
        say_no(cut)
    assert standing(cut) == ""
    say_no(last)
    assert standing(last) == "outreach"
    assert noes() == sorted([(first, "outreach"), (last, "outreach")])
    assert journal.journal_path().stat().st_size > 0


def test_a_journal_that_cannot_be_opened_refuses_too(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(journal.NotSaved):
        say_no(uuid4())


def test_lines_that_an_older_release_wrote_behind_a_cut_one_are_found(folder: Path) -> None:
    phone, other = uuid4(), uuid4()
    whole = {"phone": phone.hex, "scope": "all", "channel": 2, "at": AT.isoformat()}
    folder.mkdir()
    journal.journal_path().write_text(
        f'{{"phone": "{other.hex}", "sco{json.dumps(whole)}\n\x00\x00\n'
        f'{{"phone": "{other.hex}", "scope": 1, "channel": null, "at": "then"}}\n'
    )
    say_no(other)
    assert noes() == sorted([(phone, "all"), (other, "outreach")])


@pytest.mark.machine
def test_processes_that_write_at_once_and_are_killed_lose_no_line_that_was_acknowledged(folder: Path) -> None:
    writing = (
        "import sys; from datetime import *; from uuid import *; from abhiyan.people import journal\n"
        "while True:\n"
        "    said = journal.No(uuid4(), 'all', 1, datetime.now(UTC), (1, 2))\n"
        "    journal.write_line(said)\n"
        "    print(said.phone_id, flush=True)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", writing], stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(3)
    ]
    acknowledged = set()
    for writer in writers:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(40)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
        writer.wait()
        acknowledged |= {UUID(line.strip()) for line in lines if line.endswith("\n")}
    assert acknowledged <= {phone for phone, _scope in noes()}


def test_journals_of_two_hosts_that_were_joined_are_replayed_in_the_order_of_their_instants(
    folder: Path,
) -> None:
    back, left = uuid4(), uuid4()
    one = [
        journal.No(back, "", WEB, AT + timedelta(hours=2)),
        journal.No(left, "all", WEB, AT + timedelta(hours=2)),
    ]
    two = [
        journal.No(back, "all", WEB, AT + timedelta(hours=1)),
        journal.No(left, "", WEB, AT + timedelta(hours=1)),
    ]
    for said in (*one, *two):
        journal.write_line(said)
    restore(AT)
    assert (standing(back), standing(left)) == ("", "all")


def test_after_a_restore_the_widest_no_stands_with_every_roll_that_was_left(heard: list[object]) -> None:
    phone = uuid4()
    say_no(phone, AT, "all", (3,))
    say_no(phone, AT + timedelta(hours=1))
    say_no(phone, AT + timedelta(hours=2), "all", (1,))
    with system("test"):
        Suppression.objects.all().delete()  # the backup was taken before
    restore(AT - timedelta(days=1))
    with system("test"):
        kept = Suppression.objects.get()
    assert (kept.scope, kept.rolls, kept.at) == ("all", [1, 3], AT + timedelta(hours=2))
    assert [(one.scope, one.rolls) for one in heard if isinstance(one, NoReplayed)] == [("all", (1, 3))]


def test_a_no_that_was_taken_back_before_the_backup_is_not_said_again(heard: list[object]) -> None:
    phone = uuid4()
    say_no(phone, AT, "all", (1,))
    with system("test"):  # they join again, by which the act takes it back
        Suppression.objects.update(lifted_at=AT + timedelta(minutes=2))
    restore(AT + timedelta(minutes=5))
    assert standing(phone) == "" and heard == []


def test_lines_without_rolls_say_that_every_roll_was_left(folder: Path, heard: list[object]) -> None:
    folder.mkdir()
    line = {"phone": uuid4().hex, "scope": "all", "channel": 2, "at": AT.isoformat()}
    journal.journal_path().write_text(json.dumps(line) + "\n")
    restore(AT)
    (told,) = heard
    assert isinstance(told, NoReplayed) and told.rolls is None


@pytest.fixture
def person() -> UUID:
    with system("test"):
        made = Person.objects.create(
            id=uuid4(), public_id=uuid4(), phone_id=uuid4(), name="Asha", unit_id=1, at=AT
        )
    found: UUID = made.pk
    return found


def consent(person: UUID, purpose: int, at: datetime = AT) -> UUID:
    return actions.give_consent(
        person_id=person,
        unit_id=1,
        purpose=purpose,
        notice_version=1,
        language="en",
        channel=WEB,
        by=SYSTEM,
        at=at,
    )


def withdraw(person: UUID, *purposes: int, at: datetime) -> list[int]:
    return actions.withdraw_consent(person_id=person, purposes=purposes, channel=WEB, by=SYSTEM, at=at)


def test_consents_taken_back_since_the_backup_are_taken_back_again_and_later_ones_stay(
    person: UUID, heard: list[object]
) -> None:
    calls, messages = consent(person, 2), consent(person, 3)
    assert withdraw(person, 2, 3, 1, at=AT + timedelta(hours=1)) == [2, 3]
    later = consent(person, 3, AT + timedelta(hours=2))
    with system("test"):
        Consent.objects.update(withdrawn_at=None)
    restore(AT)
    with system("test"):
        kept = dict(Consent.objects.values_list("id", "withdrawn_at"))
    assert kept == {calls: AT + timedelta(hours=1), messages: AT + timedelta(hours=1), later: None}
    assert [one.purposes for one in heard if isinstance(one, WithdrawalReplayed)] == [(2, 3)]


def test_a_withdrawal_that_does_not_fit_on_the_disk_is_refused_and_undone(person: UUID) -> None:
    consent(person, 2)
    say_no(uuid4())
    with room_for(40, journal.journal_path()), pytest.raises(journal.NotSaved):
        withdraw(person, 2, at=AT)
    with system("test"):
        assert Consent.objects.get().withdrawn_at is None


@pytest.mark.django_db(transaction=True)
def test_a_no_taken_back_stands_although_the_journal_cannot_be_written() -> None:
    """After a restore the phone would hear nothing of us until it says so again: that errs on its side."""
    phone = uuid4()
    say_no(phone)
    with room_for(0, journal.journal_path()), scoped(Scope(phone=phone)):
        assert actions.lift(phone_id=phone, channel=WEB, by=Actor(kind="citizen", id=uuid4()), at=AT)
    assert standing(phone) == ""
    assert noes() == [(phone, "outreach")]
