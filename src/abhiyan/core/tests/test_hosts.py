"""Hosts on one database know of each other: names, versions, settings that differ, and the key they share."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from abhiyan.core import database, environment, hosts, keys
from abhiyan.core.hosts import HostProcess
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.site.hosts import host_findings

pytestmark = pytest.mark.usefixtures("as_jobs")  # hosts note themselves over connections of their own


@pytest.fixture(autouse=True)
def nobody_serves() -> Iterator[None]:
    yield
    with psycopg.connect(database.conninfo("jobs"), autocommit=True) as own:
        own.execute("delete from core_host")


def process(
    name: str = "web1",
    kind: str = "serve",
    *,
    version: str = "0.2.0",
    settings: Mapping[str, str] | None = None,
    silent: timedelta = timedelta(seconds=3),
) -> HostProcess:
    return HostProcess(
        name=name,
        kind=kind,
        process="1",
        version=version,
        address="http://10.0.0.21:8000",
        begun_at=NOW,
        seen_at=NOW,
        settings={"ABHIYAN_ORIGIN": "a"} if settings is None else settings,
        silent=silent,
    )


def texts(*processes: HostProcess) -> list[tuple[str, str]]:
    return [(finding.level, finding.text) for finding in host_findings(processes)]


def test_a_process_is_listed_while_it_runs_and_not_when_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_HOST_NAME", "web7")
    with hosts.on_the_list("serve", address="http://10.0.0.27:8000"):
        until(lambda: bool(hosts.host_processes_now()))
        (listed,) = hosts.host_processes_now()
        assert (listed.name, listed.kind, listed.address) == ("web7", "serve", "http://10.0.0.27:8000")
        assert listed.is_live and listed.settings == hosts.settings_digests()
    assert hosts.host_processes_now() == []


def note(*processes: tuple[str, str, timedelta]) -> None:
    """Note processes, each with its host and work, and for how long it is silent."""
    for number, (name, kind, _silent) in enumerate(processes):
        facts = {"name": name, "kind": kind, "process": str(number), "version": "0.2.0", "address": ""}
        hosts._write(hosts._NOTE, facts | {"settings": Jsonb({})})
    with psycopg.connect(database.conninfo("jobs"), autocommit=True) as session:
        for number, (_name, _kind, silent) in enumerate(processes):
            session.execute(
                "update core_host set seen_at = seen_at - %s where process = %s", [silent, str(number)]
            )


def test_a_process_that_was_killed_is_forgotten_once_its_host_does_the_same_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another host, other work of the same host, and a second process that was seen just now stay."""
    monkeypatch.setenv("ABHIYAN_HOST_NAME", "web2")
    hour = timedelta(hours=1)
    note(
        ("web2", "serve", hour),
        ("web2", "serve", timedelta(seconds=50)),
        ("web2", "serve", timedelta(seconds=3)),
        ("web2", "jobs", hour),
        ("web1", "serve", hour),
    )
    with hosts.on_the_list("serve"):
        until(lambda: len(hosts.host_processes_now()) == 4)
        silent = [process for process in hosts.host_processes_now() if not process.is_live]
    assert [(process.name, process.kind) for process in silent] == [("web1", "serve"), ("web2", "jobs")]


def test_a_process_that_was_killed_is_listed_for_a_day() -> None:
    note(("gone", "serve", timedelta(hours=25)), ("silent", "serve", timedelta(hours=23)))
    with hosts.on_the_list("jobs"):
        here = {"silent", environment.HOST_NAME()}
        until(lambda: {process.name for process in hosts.host_processes_now()} == here)


def test_stop_names_the_other_hosts_that_go_on(tmp_path: Path) -> None:
    """It names neither this host nor one that is silent."""
    now, hour = timedelta(0), timedelta(hours=1)
    note(("web1", "serve", now), ("web1", "jobs", now), ("web2", "serve", now), ("web3", "serve", hour))
    server = conninfo_to_dict(database.conninfo("jobs"))
    where = urlencode({"host": server["host"], "port": server["port"]})
    own = {
        "ABHIYAN_HOME": str(tmp_path / "web2"),
        "ABHIYAN_HOST_NAME": "web2",
        "ABHIYAN_MASTER_KEY_FILE": str(keys.master_path()),
        "DATABASE_URL": f"postgresql://nobody@/{server['dbname']}?{where}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "abhiyan.site.cli", "stop"],
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"Nothing runs in {tmp_path / 'web2'}.",
        "Other hosts go on: web1 (jobs, serve).",
    ]


@pytest.mark.parametrize(
    ("name", "one", "other", "differs"),
    [
        ("ABHIYAN_ORIGIN", "https://a.example.org", "https://b.example.org", True),
        ("ABHIYAN_ORIGIN", "https://a.example.org", "https://A.example.org/", False),  # meant alike
        ("ABHIYAN_SMS_TOKEN", "one", "other", True),
        ("ABHIYAN_CLAIMS_PER_SECOND", "20000", "", False),  # what goes without saying
        ("ABHIYAN_LIMITS", "code.network=9 code.hour=8", "code.hour=8, code.network=9", False),
        ("ABHIYAN_ORGANISATION", "Sangathan", "Sangathan ", False),
        ("ABHIYAN_ERASE_AFTER_DAYS", "365", "366", True),
        ("ABHIYAN_LOG_LEVEL", "INFO", "DEBUG", False),
        ("ABHIYAN_LISTEN", "10.0.0.21", "10.0.0.22", False),
        ("ABHIYAN_HOST_NAME", "web1", "web2", False),
    ],
)
def test_settings_are_compared_by_what_they_mean(
    name: str, one: str, other: str, differs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digests(value: str) -> Mapping[str, str]:
        monkeypatch.setenv(name, value)
        return hosts.settings_digests()

    both = [process("web1", settings=digests(one)), process("web2", settings=digests(other))]
    assert list(hosts.unequal_settings(both)) == ([name] if differs else [])
    assert not {one, other} & {digest for each in both for digest in each.settings.values()}


def test_each_setting_is_compared_unless_it_is_declared_a_hosts_own() -> None:
    own = {setting.name for setting in environment.SETTINGS if setting.is_own}
    assert set(hosts.settings_digests()) == {setting.name for setting in environment.SETTINGS} - own
    assert {"ABHIYAN_HOME", "DATABASE_URL", "ABHIYAN_MASTER_KEY_FILE"} <= own
    assert not own & {"ABHIYAN_ORIGIN", "ABHIYAN_ORGANISATION", "ABHIYAN_SMS_URL", "ABHIYAN_BEHIND_PROXY"}


def test_doctor_names_the_setting_and_the_hosts() -> None:
    three = [process("web1"), process("web2", settings={"ABHIYAN_ORIGIN": "b"}), process("web3")]
    assert texts(*three) == [("fail", "ABHIYAN_ORIGIN is not the same on all hosts: web1, web3 | web2")]


def test_doctor_names_hosts_of_another_version_and_those_that_are_silent() -> None:
    old = process("web2", version="0.1.0", settings={})
    away = process("web3", kind="jobs", silent=timedelta(minutes=12), version="0.0.9", settings={"X": "y"})
    assert texts(process(), old, away) == [
        ("warn", "hosts have different versions: 0.1.0: web2 (serve); 0.2.0: web1 (serve)"),
        ("warn", "web3 (jobs) has not been seen for 720 s"),
    ]


def test_doctor_lists_hosts_that_are_well() -> None:
    assert texts(process("web2"), process("web1"), process("web1", "jobs")) == [
        ("ok", "web1 (jobs, serve), web2 (serve)")
    ]
    assert texts() == [("ok", "nothing serves")]


def test_a_host_with_another_key_does_not_serve() -> None:
    with psycopg.connect(database.conninfo("jobs")) as session:
        hosts.refuse_other_key(session)  # the first one notes it
        hosts.refuse_other_key(session)
    with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as admin:
        admin.execute("update core_key_mark set digest = 'another'")
        with pytest.raises(hosts.OtherKey, match=r"keys/master\.key"):
            hosts.refuse_other_key(admin)
        admin.rollback()


def test_the_digest_of_the_key_opens_nothing() -> None:
    from abhiyan.core.keys import keyring

    ring = keyring()
    known = (ring.lookup, ring.identity, ring.token, ring.card, ring.audit, ring.django, *ring.sealing)
    assert not any(hosts.key_digest() in key.hex() for key in known)
