"""A database that other tools restored is taken over: what people said since holds, and nobody gets anything back.

The test copies the disk of an embedded database, as pgBackRest would. It does so while the database is down.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from abhiyan.core import embedded
from abhiyan.core.embedded import places
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.object_stores import ObjectStoreServer, object_store

from .conftest import Installation

__all__ = ["object_store"]  # a fixture
pytestmark = pytest.mark.machine

# Runs as jobs of a host. More lines of Python follow.
WITHIN = """
import os, sys
from datetime import datetime, timedelta
from uuid import UUID
os.environ |= {"ABHIYAN_ROLE": "jobs", "ABHIYAN_POOL": "0"}
import django
django.setup()
from abhiyan.core import audit_seals
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.people import actions
from abhiyan.people.actions import erasing, persons, sessions
from abhiyan.people.models import Erasure, Person, Phone, Session, Suppression
AT = datetime.fromisoformat(sys.argv[1])
BY = Actor.system("test")
number = lambda n: f"+9198765{n:05}"

def say_no(n, after=0):
    at = AT + timedelta(seconds=after)
    actions.suppress(phone_id=UUID(int=n), channel=1, by=BY, at=at, scope="all")

def take_back(n, after):
    by = Actor(kind="channel", id=UUID(int=1))
    actions.lift(phone_id=UUID(int=n), channel=1, by=by, at=AT + timedelta(seconds=after))

def join(n):
    with system("test"):
        phone = persons.keep_phone(number=number(n))
        Person.objects.create(id=UUID(int=n), public_id=UUID(int=n), phone_id=phone, name="Asha", unit_id=1, at=AT)

def erase(n):
    with system("test"):
        theirs = [Person.objects.get(pk=UUID(int=n))]
        erasing.erase_persons(persons=theirs, who=bytes(16), public_ids=[], channel=1, by=BY, at=AT)
"""


@dataclass(frozen=True)
class WebHost(Installation):
    """A web host of the installation under test. It has a journal of its own, and shares the second place."""

    of: Installation
    journal_to: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        (instant := self.of.home.parent / "now").write_text(NOW.isoformat())
        settings = {
            **self.journal_to,
            "ABHIYAN_HOST_NAME": self.home.name,
            "DJANGO_SETTINGS_MODULE": given.SETTINGS,
            given.AT: str(instant),
        }
        if self.home == self.of.home:
            return super().environment | settings
        where = f"host={places.sockets(self.of.home)}&port={places.PORT}"
        master = str(self.of.home / "keys" / "master.key")
        return super().environment | {
            **settings,
            "DATABASE_URL": f"postgresql:///abhiyan?{where}",
            "ABHIYAN_MASTER_KEY_FILE": master,
        }

    def do(self, at: datetime, *lines: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WITHIN + "\n".join(lines), at.isoformat()],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def findings(self, check: str) -> list[str]:
        """Return the levels of what `doctor` finds by one check."""
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", "doctor", "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return [one["level"] for one in json.loads(done.stdout)["findings"] if one["check"] == check]


@pytest.fixture
def journal_to(object_store: ObjectStoreServer) -> dict[str, str]:
    """Return what both hosts have set for the second place of their journals. test_journals.py has a folder too."""
    of_store = {name: value for name, value in object_store.settings.items() if name != "ABHIYAN_STORE"}
    return of_store | {"ABHIYAN_JOURNAL_TO": f"{object_store.settings['ABHIYAN_STORE']}journal"}


@pytest.fixture
def hosts(installation: Installation, journal_to: dict[str, str]) -> Iterator[tuple[WebHost, WebHost]]:
    here = WebHost(home=installation.home, port=installation.port, of=installation, journal_to=journal_to)
    there = replace(here, home=installation.home.with_name("there"))
    there.home.mkdir()
    here.run("migrate")
    yield here, there
    embedded.stop_database(installation.home)


HOLDS = (
    "with system('test'):\n"
    "    print(Suppression.objects.filter(lifted_at=None).count(), Person.objects.exclude(name=None).count(),\n"
    "          Phone.objects.count(), Session.objects.filter(ended_at=None).count(),\n"
    "          Message.objects.filter(state='queued').count(), Erasure.objects.count())"
)


def test_after_a_restore_to_a_point_in_time_25_noes_hold_and_the_erased_stay_erased(
    hosts: tuple[WebHost, WebHost],
) -> None:
    here, there = hosts
    began = NOW - timedelta(hours=1)
    data = places.data(here.home)
    embedded.ensure_running(here.home)
    here.do(
        began,
        "for n in range(1, 11): say_no(n, n)",
        "for n in range(901, 904): join(n)",
        "with system('test'):",
        "    sessions.start(account_id=1, device='', origin='', at=AT)",
        "    messaging.queue_message(template='drive.already', phone=number(903), language='en', blanks={'link': 'x'},",
        "                   key='waits', at=AT)",
    )
    assert here.do(began, HOLDS).split() == ["10", "3", "3", "1", "1", "0"]
    embedded.stop_database(here.home)
    disk_copy = data.with_name("copy")
    subprocess.run(["cp", "-a", str(data), str(disk_copy)], check=True)
    instant = began + timedelta(minutes=5)

    later = began + timedelta(minutes=10)
    embedded.ensure_running(here.home)
    here.do(
        later,
        "for n in range(11, 18): say_no(n, n)",
        "erase(901)",
        "say_no(25, 1)",
        "say_no(30, 1)",
        "take_back(3, 1)",
        "with system('test'): audit_seals.seal_entries(AT); audit_seals.write_heads(AT)",
    )
    there.do(
        later,
        "for n in range(18, 25): say_no(n, n)",
        "erase(902)",
        "take_back(25, 2)",
        "take_back(30, 2)",
        "say_no(3, 2)",
    )
    here.do(later, "say_no(25, 3)")
    loaded = here.do(later, HOLDS).split()
    assert loaded[0] == "25"
    assert here.findings("journal") == there.findings("journal") == ["ok"]
    embedded.stop_database(here.home)
    shutil.rmtree(there.home)  # that host is lost for good

    data.rename(data.with_name("given_up"))
    disk_copy.rename(data)
    embedded.ensure_running(here.home)
    assert here.do(later, HOLDS).split() == ["10", "3", "3", "1", "1", "0"]
    assert here.findings("journal").count("fail") == 2, "of the journal and of the head"
    adopt = ("restore", "--adopt", "--json", "--at", instant.isoformat())
    future = (NOW + timedelta(days=1)).isoformat()
    assert "has not come yet" in here.run("restore", "--adopt", "--at", future, code=1)
    assert "time zone" in here.run("restore", "--adopt", "--at", "2026-11-21T11:09:51", code=2)
    stays = "Session.objects.exists(); print(flush=True); sys.stdin.read()"
    serving = subprocess.Popen(
        [sys.executable, "-c", WITHIN + stays, began.isoformat()],
        env=here.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert serving.stdout is not None
    serving.stdout.readline()
    assert "Something serves" in here.run(*adopt, code=1)
    serving.communicate()

    numbers = json.loads(here.run(*adopt))
    assert (numbers["noes_in_force"], numbers["erased_again"], numbers["sessions_ended"], numbers["era"]) == (
        25,
        2,
        1,
        2,
    )
    assert numbers["messages_held"] == 1 and not numbers["was_done_before"]
    assert here.do(later, HOLDS).split() == ["25", "1", "1", "0", "0", "2"]
    assert here.findings("journal") == ["ok"]

    second_run = json.loads(here.run(*adopt))
    assert second_run["was_done_before"] and second_run["era"] == 3
    assert (second_run["noes_in_force"], second_run["noes_again"], second_run["erased_again"]) == (25, 0, 0)
    assert here.do(later, HOLDS).split() == ["25", "1", "1", "0", "0", "2"]
