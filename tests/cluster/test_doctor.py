"""`abhiyan doctor` at a real cluster: it says that all is well, and each flaw that an operator or a fault can make."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from .machines import DATABASES, PATIENCE_S, WEB, Cluster, send

pytestmark = pytest.mark.cluster


def findings(cluster: Cluster, **more: str) -> list[dict[str, str]]:
    """Return what the doctor of the first web host says of the cluster."""
    done = subprocess.run(
        [sys.executable, "-m", "abhiyan.site.cli", "doctor", "--json"],
        env=cluster.settings() | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    found: list[dict[str, str]] = json.loads(done.stdout)["findings"]
    return [each for each in found if each["check"] == "cluster"]


def says(cluster: Cluster, level: str, text: str, **more: str) -> bool:
    return any(each["level"] == level and text in each["text"] for each in findings(cluster, **more))


@contextmanager
def configured(cluster: Cluster, *settings: str, undo: tuple[str, ...]) -> Iterator[None]:
    """Change what Patroni tells every member, and change it back."""
    cluster.patronictl("edit-config", "--force", *settings)
    try:
        yield
    finally:
        cluster.patronictl("edit-config", "--force", *undo)


@pytest.fixture(autouse=True)
def whole(cluster: Cluster) -> Iterator[str]:
    """Begin and end with a cluster that is well; the machine that leads."""
    yield cluster.wait_whole()
    cluster.wait(lambda: {each["level"] for each in findings(cluster)} == {"ok"})


def test_a_cluster_that_stands_is_well(cluster: Cluster) -> None:
    cluster.wait(lambda: {each["level"] for each in findings(cluster)} == {"ok"})
    assert says(cluster, "ok", "2 standbys are attached")


def test_a_standby_that_is_away_is_missed(cluster: Cluster, whole: str) -> None:
    away = next(name for name in DATABASES if name != whole)
    cluster.tool("stop", f"{away}.patroni")
    try:
        cluster.wait(lambda: says(cluster, "warn", "1 of 2 standbys are attached"))
    finally:
        cluster.tool("start", away)


def test_a_cluster_without_standbys_stores_nothing(cluster: Cluster, whole: str) -> None:
    frozen = [pid for name in DATABASES if name != whole for pid in cluster.postgresql(name)]
    send(frozen, signal.SIGSTOP)
    try:
        cluster.wait(lambda: says(cluster, "fail", "nothing can be stored"))
    finally:
        send(frozen, signal.SIGCONT)


def test_commits_that_wait_for_nobody_are_named(cluster: Cluster) -> None:
    with configured(cluster, "-s", "synchronous_mode=off", undo=("-s", "synchronous_mode=quorum")):
        cluster.wait(lambda: says(cluster, "fail", "no commit waits for a standby"))


@pytest.mark.parametrize("whose", ["role abhiyan_gateway", "database abhiyan"])
def test_commits_that_are_answered_early_are_named(cluster: Cluster, whose: str) -> None:
    with psycopg.connect(cluster.administrator(), autocommit=True) as admin:
        admin.execute(f"alter {whose} set synchronous_commit = 'off'".encode())
        try:
            assert says(cluster, "fail", "synchronous_commit is off")
        finally:
            admin.execute(f"alter {whose} reset synchronous_commit".encode())


def test_a_log_that_is_not_archived_is_named(cluster: Cluster) -> None:
    archive = cluster.folder / "archive"
    archive.rename(archive.with_name("away"))
    try:
        with psycopg.connect(cluster.administrator(), autocommit=True) as admin:
            admin.execute("select pg_switch_wal()")
        cluster.wait(lambda: says(cluster, "fail", "the log is not archived"))
    finally:
        archive.with_name("away").rename(archive)


def test_a_host_that_would_keep_its_locks_is_named(cluster: Cluster) -> None:
    undo = ("-p", "tcp_keepalives_idle=5")
    with configured(cluster, "-p", "tcp_keepalives_idle=7200", undo=undo):
        cluster.wait(lambda: says(cluster, "warn", "keeps its locks for 7206 s"))


def test_a_host_that_is_led_to_a_standby_hears_it(cluster: Cluster) -> None:
    standbys = f"postgresql://{WEB['web1']}:5501/abhiyan"
    cluster.wait(lambda: says(cluster, "fail", "leads to a standby", DATABASE_URL=standbys))
