"""A limit counts at once, refuses with the time to wait, and keeps nobody's phone."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.utils import translation
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, declared, environment, keys, limits
from abhiyan.core.declared import DeclaredLimit, Hurt, LimitKey, Spender
from abhiyan.core.models import RateCount
from abhiyan.core.refusals import TooMany

AT = datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC)
LIMIT = DeclaredLimit("test", 3, 60, "tests", LimitKey.ALL, Spender.STRANGER, Hurt.NOBODY)
pytestmark = pytest.mark.django_db


def take(subject: str = "somebody", *, at: datetime = AT, allowed: int = 3, n: int = 1) -> None:
    limits.count_or_refuse(replace(LIMIT, allowed=allowed), subject, at=at, n=n)


def test_the_fourth_of_three_is_refused_until_the_window_ends() -> None:
    for _ in range(3):
        take()
    with pytest.raises(TooMany) as refused:
        take()
    assert refused.value.facts["wait_s"] == 30
    take("somebody else")
    take(at=AT + timedelta(seconds=30))


def test_a_day_ends_at_midnight_where_the_organisation_is() -> None:
    def today(at: datetime) -> None:
        limits.count_or_refuse(replace(LIMIT, allowed=1, window_s=86_400), "somebody", at=at)

    midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # in India
    today(midnight - timedelta(hours=23))
    with pytest.raises(TooMany) as refused:
        today(midnight - timedelta(seconds=40))
    assert refused.value.facts["wait_s"] == 40
    today(midnight)


@pytest.mark.parametrize(
    ("wait_s", "en", "hi"),
    [(1, "1 second.", "1 सेकंड"), (120, "120 seconds.", "120 सेकंड"), (2_724, "46 minutes.", "46 मिनट")],
)
def test_a_wait_is_said_in_seconds_and_beyond_two_minutes_in_minutes(wait_s: int, en: str, hi: str) -> None:
    refused = TooMany(wait_s=wait_s)
    with translation.override("en"):
        assert str(refused).endswith(f"Try again in {en}")
    with translation.override("hi"):
        assert hi in str(refused)


def test_a_request_that_rolls_back_still_counts() -> None:
    with transaction.atomic():
        take(allowed=1)
        transaction.set_rollback(True)
    with pytest.raises(TooMany):
        take(allowed=1)


def test_many_at_once_are_taken_as_a_whole_or_not_at_all() -> None:
    take(n=2)
    with pytest.raises(TooMany):
        take(n=2)
    take(n=1)
    with pytest.raises(TooMany):
        take("one who asks for more than there ever is", n=4)


def test_counters_are_kept_under_keyed_hashes_only() -> None:
    take("+919812345678")
    with connection.cursor() as cursor:
        cursor.execute("select core_rate_count::text from core_rate_count")
        rows = [row for (row,) in cursor.fetchall()]
    assert rows
    assert not any("9812345678" in row or b"9812345678".hex() in row for row in rows)


def test_racing_callers_never_get_more_than_allowed() -> None:
    def attempt(_: int) -> bool:
        try:
            take("raced", allowed=5)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as callers:
        assert sum(callers.map(attempt, range(40))) == 5


@pytest.mark.django_db(transaction=True)
def test_counters_of_windows_past_are_swept() -> None:
    take()
    take(at=AT + timedelta(minutes=5))
    assert limits.sweep_counters(AT + timedelta(minutes=2)) == 1
    assert RateCount.objects.count() == 1


def test_what_a_check_counts_is_refused_beyond_the_limit_and_given_back_at_its_end() -> None:
    take()
    with limits.given_back():
        take(n=2)
        with pytest.raises(TooMany):
            take()
    take(n=2)
    with pytest.raises(TooMany):
        take()


def test_a_limit_grows_with_the_offices_and_an_operator_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits.allowed_by(declared.CODE_NETWORK_KNOWN, AT)
    with monkeypatch.context() as patched:
        patched.setattr(limits, "_held", (AT, 50_000))
        assert limits.allowed_by(declared.CODE_NETWORK_KNOWN, AT) >= 50_000 > few
        assert limits.allowed_by(declared.CODE_PHONE, AT) == declared.CODE_PHONE.allowed, (
            "not that of a number"
        )
    monkeypatch.setenv("ABHIYAN_LIMITS", "code.network_known=7, code.hour=9")
    assert limits.allowed_by(declared.CODE_NETWORK_KNOWN, AT) == 7
    assert limits.allowed_by(declared.CODE_HOUR, AT) == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code.netwrk=7", "perhaps code.network"),
        ("code.network", "whole number"),
        ("code.network=0", "from 1"),
        ("code.try=50", "there is no limit code.try to set"),
    ],
)
def test_a_limit_that_cannot_be_meant_names_what_is_wrong(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", text)
    (told,) = environment.wrong_settings()
    assert told.startswith("ABHIYAN_LIMITS") and said in told


def test_a_full_limit_is_seen_by_its_name_for_a_day() -> None:
    for _each in range(declared.CODE_PHONE.allowed):
        limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=AT)
    assert limits.refused_lately(AT) == {}
    for _each in range(3):
        assert limits.is_used_up(declared.CODE_PHONE, "join somebody", at=AT)
        with pytest.raises(TooMany):
            limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=AT)
    assert limits.refused_lately(AT + timedelta(hours=3)) == {"code.phone": 3}
    assert limits.refused_lately(AT + timedelta(hours=25)) == {}


def test_who_only_asks_alike_is_refused_alike_and_counts_nothing() -> None:
    one = replace(LIMIT, allowed=2)
    for _each in range(5):
        limits.count_or_refuse(one, "a network", at=AT, counts=False)
    limits.count_or_refuse(one, "a network", at=AT)
    limits.count_or_refuse(one, "a network", at=AT, counts=False)
    limits.count_or_refuse(one, "a network", at=AT)
    with pytest.raises(TooMany):
        limits.count_or_refuse(one, "a network", at=AT, counts=False)
    with pytest.raises(TooMany):
        limits.count_or_refuse(one, "a network", at=AT)


# A web host: it counts what it reads, a limit and a number a line, and says what came of it.
WEB_HOST = """
import sys, django
django.setup()
from datetime import datetime
from abhiyan.core import limits
from abhiyan.core.declared import LIMITS
from abhiyan.core.refusals import TooMany
for line in sys.stdin:
    name, n, most = line.split()
    try:
        at = datetime.fromisoformat(sys.argv[1])
        limits.count_or_refuse(LIMITS[name], "somebody", at=at, n=int(n), most=int(most))
        print("passed", flush=True)
    except TooMany:
        print("refused", flush=True)
"""


@pytest.mark.usefixtures("as_jobs")
@pytest.mark.machine
def test_each_declared_limit_is_one_for_all_hosts(tmp_path: Path) -> None:
    """The first host leaves room for one. The second one takes it, and then both are refused."""
    server = conninfo_to_dict(database.conninfo("jobs"))
    where = urlencode({"host": server["host"], "port": server["port"]})
    shared = {
        "ABHIYAN_MASTER_KEY_FILE": str(keys.master_path()),
        "ABHIYAN_ROLE": "jobs",
        "DATABASE_URL": f"postgresql://nobody@/{server['dbname']}?{where}",
    }
    hosts = [
        subprocess.Popen(
            [sys.executable, "-c", WEB_HOST, AT.isoformat()],
            env=os.environ | shared | {"ABHIYAN_HOME": str(tmp_path / name), "ABHIYAN_HOST_NAME": name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("web1", "web2")
    ]

    def took(host: subprocess.Popen[str], name: str, n: int, most: int) -> str:
        assert host.stdin is not None and host.stdout is not None
        host.stdin.write(f"{name} {n} {most}\n")
        host.stdin.flush()
        return host.stdout.readline().strip()

    assert len(declared.LIMITS) > 30
    outcomes = {
        name: [took(hosts[at], name, n, most) for at, n in ((0, most - 1), (1, 1), (0, 1), (1, 1))]
        for name, limit in declared.LIMITS.items()
        for most in [max(2, limit.allowed)]
    }
    for host in hosts:
        host.communicate()
    expected = ["passed", "passed", "refused", "refused"]
    assert {name: outcome for name, outcome in outcomes.items() if outcome != expected} == {}
