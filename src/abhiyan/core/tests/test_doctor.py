"""Each check finds its own flaw and says how to put it right (tests/test_doctor_flaws.py plants a flaw for each
check)."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from abhiyan.core import audit, database, doctor, health, keys, loops, metrics
from abhiyan.core.actor import Actor
from abhiyan.core.models import Heartbeat
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW

from .conftest import seal_everything

pytestmark = pytest.mark.usefixtures("as_jobs")


def found(check: str, *, at: datetime | None = None, is_served: bool = True) -> dict[str, str]:
    """level -> text of one check's findings."""
    findings = doctor.examine(at or NOW, only=check, is_served=is_served)
    return {one.finding.level: one.finding.text for one in findings}


@pytest.mark.usefixtures("own_journal")
def test_a_sound_installation_fails_in_nothing() -> None:
    failing = {one.check for one in doctor.examine(NOW) if one.finding.level == doctor.FAIL}
    assert failing <= {
        "texts",
        "codes",
    }  # both lack the texts that `abhiyan init` publishes, which is not run here


def test_tables_of_a_list_that_is_being_taken_in_are_no_flaw() -> None:
    with psycopg.connect(database.conninfo("gateway"), autocommit=True) as gateway:
        gateway.execute("create temporary table known_phone (id int primary key, note text)")
        assert doctor.OK in found("roles")


def test_loops_that_never_turned_stopped_or_fail_are_told_apart() -> None:
    now = NOW
    assert "never turned here" in found("loops")[doctor.WARN]
    for name, loop in loops.loops_by_name().items():
        Heartbeat.objects.create(loop=name, turned_at=now, took_ms=1, every_s=loop.every_s)
    assert doctor.OK in found("loops", at=now)
    assert (
        "core.seal has not turned for 100 s" in found("loops", at=now + timedelta(seconds=100))[doctor.FAIL]
    )
    resting = found("loops", at=now + timedelta(seconds=100), is_served=False)
    assert "nothing runs here" in resting[doctor.WARN] and doctor.FAIL not in resting
    assert doctor.delay_level() == doctor.FAIL, "what one examination was told ends with it"
    Heartbeat.objects.filter(loop="core.seal").update(error="ZeroDivisionError")
    assert "core.seal fails with ZeroDivisionError" in found("loops", at=now)[doctor.FAIL]


def test_entries_that_stay_unsealed_are_found() -> None:
    now = NOW
    with system("test"):
        audit.record(by=Actor.system("test"), at=now, act="test.act")
    assert doctor.FAIL not in found("audit", at=now)
    assert (
        "entries of the audit not sealed: 1, the oldest for"
        in found("audit", at=now + timedelta(minutes=2))[doctor.FAIL]
    )
    assert doctor.FAIL not in found("audit", at=now + timedelta(minutes=2), is_served=False)
    seal_everything(now)
    assert doctor.FAIL not in found("audit", at=now + timedelta(minutes=2))


def test_a_broken_trail_is_found_when_it_is_walked() -> None:
    now = NOW
    with system("test"):
        audit.record(by=Actor.system("test"), at=now, act="test.act")
    seal_everything(now)
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("update core_audit set act = 'other'")
    levels = {one.finding.level for one in doctor.examine(now, whole_audit=True) if one.check == "trail"}
    assert levels == {doctor.FAIL}


def test_an_address_that_only_this_machine_opens_and_a_missing_name_are_said(settings: Any) -> None:
    settings.ORIGIN, settings.ORGANISATION = "http://localhost:8000", "Jan Sangathan"
    assert "ABHIYAN_ORIGIN" in fixes("settings")
    settings.ORIGIN, settings.ORGANISATION = "https://campaign.example.org", ""
    assert "ABHIYAN_ORGANISATION" in fixes("settings") and "ABHIYAN_ORIGIN" not in fixes("settings")


def test_a_contact_for_complaints_that_is_not_set_is_said(settings: Any) -> None:
    settings.ORIGIN, settings.ORGANISATION = "https://campaign.example.org", "Jan Sangathan"
    settings.GRIEVANCE = ""
    assert "ABHIYAN_GRIEVANCE" in fixes("settings")
    settings.GRIEVANCE = "Asha Devi, 0194 2000000"
    assert "ABHIYAN_GRIEVANCE" not in fixes("settings")


def test_a_setting_that_nobody_knows_and_a_server_of_every_name_are_said(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ABHIYAN_PORT" not in fixes("settings") and "ABHIYAN_HOSTS" not in fixes("settings")
    monkeypatch.setenv("ABHIYAN_PROT", "8190")
    monkeypatch.setenv("ABHIYAN_QQQQ", "1")
    settings.ALLOWED_HOSTS = ["*"]
    for said in ("ABHIYAN_PORT", "docs/reference.md", "ABHIYAN_HOSTS"):
        assert said in fixes("settings"), said


def test_heads_that_do_not_reach_the_folder_outside_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_AUDIT_HEADS_TO", str(tmp_path / "away"))
    assert "can be written" in fixes("audit")
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "2026-11-20.json").write_text("{}")
    assert "can be written" not in fixes("audit") and "HEADS_TO" not in fixes("audit")


def test_a_proxy_that_is_not_believed_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ORIGIN, settings.ORGANISATION = "https://campaign.example.org", "Jan Sangathan"
    assert "set ABHIYAN_BEHIND_PROXY=1" in fixes("settings")
    monkeypatch.setenv("ABHIYAN_BEHIND_PROXY", "1")
    assert "ABHIYAN_BEHIND_PROXY" not in fixes("settings")
    monkeypatch.delenv("ABHIYAN_BEHIND_PROXY")
    settings.ORIGIN = "http://localhost:8000"
    assert "ABHIYAN_BEHIND_PROXY" not in fixes("settings")
    settings.ORIGIN = "http://campaign.example.org"
    assert "put a proxy before it and set ABHIYAN_BEHIND_PROXY=1" in fixes("settings")


def fixes(check: str) -> str:
    return " ".join(one.finding.fix for one in doctor.examine(NOW, only=check))


def test_a_key_that_others_may_read_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.make_master(tmp_path / "master.key")
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    assert doctor.FAIL not in found("keys")
    (tmp_path / "master.key").chmod(0o644)
    assert "may be read by others" in found("keys")[doctor.FAIL]


def test_a_check_that_breaks_is_a_failure_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(at: datetime) -> Any:
        raise ZeroDivisionError("+919812345678")

    monkeypatch.setitem(doctor.CHECKS, "disk", broken)
    findings = doctor.examine(NOW)
    (told,) = [one.finding for one in findings if one.check == "disk"]
    assert told.level == doctor.FAIL
    assert "9812345678" not in told.text
    assert any(one.check == "audit" for one in findings)


def test_the_token_of_the_figures_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ABHIYAN_METRICS_TOKEN", raising=False)
    assert metrics.metrics_token() == ""
    (tmp_path / "token").write_text("from-a-file\n")
    monkeypatch.setenv("ABHIYAN_METRICS_TOKEN_FILE", str(tmp_path / "token"))
    assert metrics.metrics_token() == "from-a-file"
    monkeypatch.setenv("ABHIYAN_METRICS_TOKEN", "given")
    assert metrics.metrics_token() == "given"


def health_status() -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("the body is nobody's business")

    health._kept = None
    asyncio.run(health.healthz({"method": "GET", "headers": []}, receive, send))
    return int(sent[0]["status"])


def test_health_is_asked_again_after_a_thread_could_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(loop="core.seal", turned_at=NOW, took_ms=1)

    def no_thread(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError):
            health.look_at_health()
    assert health.look_at_health()["database"] == "ok"


def test_health_fails_when_a_loop_stopped_or_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOW
    monkeypatch.setattr(health, "_begun", health._begun - 1_000)  # this process has served for long
    Heartbeat.objects.create(loop="core.seal", turned_at=now, took_ms=1)
    assert health_status() == 200
    Heartbeat.objects.update(turned_at=now - timedelta(minutes=5))
    assert health_status() == 503
    assert health.look_at_health()["loops"] == "stale"
    Heartbeat.objects.update(turned_at=now)
    connection.close()
    monkeypatch.setenv("ABHIYAN_DATABASE", "there_is_no_such_database")
    assert health_status() == 503
    assert health.look_at_health() == {"status": "failing", "database": "unreachable", "loops": "unknown"}


def test_right_after_the_start_loops_may_still_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_begun", time.monotonic())
    Heartbeat.objects.create(loop="core.seal", turned_at=datetime(2020, 1, 1, tzinfo=UTC), took_ms=1)
    assert health_status() == 200
    assert health.look_at_health()["loops"] == "starting"
