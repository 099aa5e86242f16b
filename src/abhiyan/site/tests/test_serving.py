"""Serving: workers, jobs and database, watched over, killed, found again and ended."""

import http.client
import json
import os
import shutil
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import abhiyan
from abhiyan.core import embedded, environment, loops
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until

from .conftest import Installation

pytestmark = pytest.mark.machine


def get(server: Installation, path: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, http.client.HTTPException):
        return 0, b""


def is_well(server: Installation) -> bool:
    status, body = get(server, "/healthz")
    return status == 200 and json.loads(body)["loops"] == "ok"


def noted(server: Installation, pattern: str) -> list[dict[str, Any]]:
    """The notes of processes that live: a killed one takes none away, and one that ends may while we look."""
    found = []
    for path in (server.home / "run").glob(pattern):
        with suppress(FileNotFoundError):
            found.append(json.loads(path.read_text()))
    return [note for note in found if lives(note["pid"])]


def notes(server: Installation) -> dict[str, int]:
    return {note["kind"]: note["pid"] for note in noted(server, "*.json")}


def workers(server: Installation) -> set[int]:
    return {note["pid"] for note in noted(server, "web-*.json")}


def as_administrator(server: Installation) -> str:
    return make_conninfo(embedded.superuser_conninfo(server.home), dbname="postgres")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[Installation]:
    process = installation.start("serve", "--with-jobs", "--workers", "2")
    try:
        until(lambda: is_well(installation) and len(workers(installation)) == 2)
        yield installation
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()


def test_health_tells_no_more_than_what_is_well(server: Installation) -> None:
    well = {"status": "ok", "database": "ok", "loops": "ok", "version": abhiyan.__version__}

    def told() -> tuple[int, dict[str, str]]:
        status, body = get(server, "/healthz")
        return status, json.loads(body)

    until(lambda: told() == (200, well))
    assert told()[1].keys() == well.keys()


def test_figures_are_for_the_token_only(server: Installation) -> None:
    assert get(server, "/metrics")[0] == 404
    assert get(server, "/metrics", Authorization="Bearer wrong")[0] == 404
    get(server, "/static/nothing.css")
    token = (server.home / "keys" / "metrics.token").read_text().strip()
    assert (server.home / "journal" / "noes.jsonl").read_bytes() == b"", "init makes both"
    status, body = get(server, "/metrics", Authorization=f"Bearer {token}")
    assert status == 200
    host = environment.HOST_NAME()
    assert f'abhiyan_requests_total{{host="{host}",status="4xx",surface="static"}}'.encode() in body
    assert b"abhiyan_audit_unsealed" in body
    assert b'abhiyan_loop_age_seconds{loop="core.seal"}' in body
    assert f'abhiyan_turned_away_total{{host="{host}",turn="public"}}'.encode() in body
    assert f'abhiyan_pool_waits_total{{host="{host}",pool="pages"}}'.encode() in body


def test_a_second_server_of_a_data_folder_is_refused_with_the_address_of_the_first(
    server: Installation,
) -> None:
    at = f"http://localhost:{server.port} (process {notes(server)['serve']})"
    for second in ("serve", "demo"):
        told = server.run(second, "--port", str(free_port()), code=1)
        assert f"{server.home} is served already: serve on {at}. `abhiyan stop` ends it." in told
    until(lambda: is_well(server))  # a commit of more than 3 s, on a busy disk, is ill for a moment


def test_two_servers_do_not_share_a_port(server: Installation, folder: Path) -> None:
    other = Installation(home=folder / "other", port=server.port)
    (other.home / "keys").mkdir(parents=True)
    (other.home / "postgres" / "data").mkdir(parents=True)
    shutil.copy(server.home / "keys" / "master.key", other.home / "keys")
    assert "cannot be used" in other.run("serve", code=1)


def test_restore_is_refused_while_it_serves(server: Installation, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"x")
    assert "abhiyan stop" in server.run(
        "restore", str(tmp_path / "b"), "--identity", str(tmp_path / "b"), code=1
    )


def test_killed_workers_and_killed_database_come_back_by_themselves(server: Installation) -> None:
    def killed(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        until(lambda: not lives(pid))

    before = workers(server)
    assert len(before) == 2
    first, second = before
    killed(first)
    until(lambda: is_well(server))
    until(lambda: len(workers(server)) == 2)
    assert second in workers(server), "the other has nothing to do with it"
    before = workers(server)
    for pid in before:
        killed(pid)
    until(lambda: len(workers(server)) == 2 and is_well(server))
    assert not before & workers(server)
    jobs = notes(server)["jobs"]
    killed(jobs)
    until(lambda: notes(server).get("jobs") not in (None, jobs))
    database = embedded.status(server.home).pid
    assert database is not None
    killed(database)
    until(lambda: is_well(server) and embedded.status(server.home).pid not in (None, database))


def test_the_jobs_are_nice_to_pages_and_the_database_is_not(server: Installation) -> None:
    def priority(pid: int | None) -> int:
        assert pid is not None
        return os.getpriority(os.PRIO_PROCESS, pid)

    first = notes(server)["serve"]
    assert priority(notes(server)["jobs"]) == min(19, priority(first) + 5)
    assert priority(embedded.status(server.home).pid) == priority(first)


def test_two_jobs_share_the_loops_and_one_takes_over_from_the_other_that_is_killed(
    server: Installation,
) -> None:
    def shares() -> dict[int, int]:
        """The database's processes that run jobs, each with the number of loops whose locks it has."""
        with psycopg.connect(as_administrator(server)) as admin:
            found = admin.execute(
                "select a.pid, (select count(*)::int from pg_locks l where l.pid = a.pid"
                " and l.locktype = 'advisory' and l.granted and l.classid = %s)"
                " from pg_stat_activity a where application_name = 'abhiyan jobs'",
                [loops.LOOP_LOCKS],
            )
            return dict(found.fetchall())

    every = sum(not loop.everywhere for loop in loops.loops_by_name().values())
    until(lambda: list(shares().values()) == [every])  # it takes one lock after another
    killed = notes(server)["jobs"]
    second = server.start("jobs")
    try:
        until(lambda: sorted(shares().values()) == [every // 2, every - every // 2])
        os.kill(killed, signal.SIGKILL)
        until(lambda: sum(shares().values()) == every)
        until(lambda: is_well(server))
    finally:
        second.terminate()
        second.wait(PATIENCE_S)
    until(lambda: list(shares().values()) == [every])


def test_health_notices_a_database_that_does_not_commit(server: Installation) -> None:
    def told() -> dict[str, str]:
        found: dict[str, str] = json.loads(get(server, "/healthz")[1] or b"{}")
        return found

    def psql(said: str) -> None:
        with psycopg.connect(as_administrator(server), autocommit=True) as admin:
            admin.execute("set synchronous_commit = off")
            admin.execute(said)
            admin.execute("select pg_reload_conf()")

    psql("alter system set synchronous_standby_names = 'away'")
    try:
        until(lambda: told().get("database") == "stuck")
        assert get(server, "/healthz")[0] == 503
    finally:
        psql("alter system reset synchronous_standby_names")
    until(lambda: is_well(server))


def test_a_frozen_database_is_noticed_and_found_again(server: Installation) -> None:
    pid = embedded.status(server.home).pid
    assert pid is not None
    family = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    for one in family:
        with suppress(ProcessLookupError):  # of a connection that ended meanwhile
            os.kill(one, signal.SIGSTOP)
    try:
        until(lambda: get(server, "/healthz")[0] == 503)
    finally:
        for one in family:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)
    until(lambda: is_well(server))


def test_stop_ends_everything_and_leaves_nothing_behind(server: Installation) -> None:
    """The server's last test: it is gone afterwards."""
    family = [*notes(server).values(), *workers(server)]
    assert "Everything has ended" in server.run("stop")
    until(lambda: not any(lives(pid) for pid in family))  # what is killed ends a moment later
    assert not embedded.is_running(server.home)
    assert get(server, "/healthz")[0] == 0
    assert "Nothing runs" in server.run("stop")


def test_when_the_watcher_is_killed_its_children_end(installation: Installation) -> None:
    process = installation.start("serve", "--with-jobs", "--workers", "1")
    # It calls itself well by what the loops of the server before have noted, when its own may still begin.
    until(lambda: is_well(installation) and {"web", "jobs"} <= notes(installation).keys())
    family = [pid for kind, pid in notes(installation).items() if kind != "serve"]
    assert len(family) == 2
    process.kill()
    process.wait()
    until(lambda: not any(lives(pid) for pid in family))
    assert not embedded.is_running(installation.home), "the last to use the database has ended it"
    assert "Nothing runs" in installation.run("stop")
    assert get(installation, "/healthz")[0] == 0
    process = installation.start("serve", "--workers", "1")
    until(lambda: notes(installation).get("serve") == process.pid)  # what a killed one held is free
    assert "Everything has ended" in installation.run("stop")
    process.wait()


@pytest.mark.slow
def test_a_demo_in_the_making_ends_when_told_and_the_next_start_begins_anew(folder: Path) -> None:
    demo = Installation(home=folder / "demo", port=free_port())
    for number in (signal.SIGINT, signal.SIGTERM):
        told = folder / f"told-{number}"
        with told.open("wb") as out:
            process = demo.start("demo", stdout=out, PYTHONUNBUFFERED="1")
            try:
                until(lambda told=told: "importing" in told.read_text(), 10 * PATIENCE_S)  # type: ignore[misc]  # this round's
                process.send_signal(number)
                assert process.wait(PATIENCE_S) == 130
            finally:
                process.kill()
                process.wait()
        assert "the next start begins anew" in told.read_text() and "Traceback" not in told.read_text()
        assert not embedded.is_running(demo.home)
    (demo.home / "demo.ready").write_text("made by another release")
    with told.open("wb") as out:
        process = demo.start("demo", stdout=out, PYTHONUNBUFFERED="1")
        try:
            until(lambda: "The demo serves" in told.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    assert "The tables are up to date." in told.read_text(), "an older demo is brought up to this release"
    assert "made by" not in (demo.home / "demo.ready").read_text()
    assert "Nothing runs" in demo.run("stop")
