"""`/metrics` tells what an operator alarms on, cheaply, and of nobody."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from psycopg_pool import ConnectionPool, PoolTimeout

from abhiyan.core import counters, database, metrics
from abhiyan.core.models import Heartbeat, Job, LastBackup
from abhiyan.core.scope import system

from .given import NOW

DAY = timedelta(days=1)
MOST_STATEMENTS = 40  # of one scrape; each reads by an index or is bounded


def scraped() -> dict[str, dict[str, float]]:
    """Every sample of ours, by name and then by its label beside the host's."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(metrics.metrics_text().decode()):
        for sample in family.samples:
            if sample.name.startswith("abhiyan_"):
                found.setdefault(sample.name, {})[_label(sample.labels)] = sample.value
    return found


def _label(labels: dict[str, str]) -> str:
    return ",".join(value for name, value in labels.items() if name != "host")


@pytest.mark.django_db
def test_what_a_host_counts_itself_carries_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_HOST_NAME", "web7")
    names = {True: set[str](), False: set[str]()}
    for family in text_string_to_metric_families(metrics.metrics_text().decode()):
        for sample in family.samples:
            names[sample.labels.get("host") == "web7"].add(sample.name)
    assert {"abhiyan_turned_away_total", "abhiyan_disk_bytes", "abhiyan_disk_free_bytes"} <= names[True]
    assert {"abhiyan_loops_late", "abhiyan_database_bytes", "abhiyan_messages_total"} <= names[False]
    assert not names[True] & names[False]


@pytest.mark.django_db
def test_an_empty_installation_has_every_figure_but_the_age_of_a_backup() -> None:
    found = scraped()
    plain = {
        f"abhiyan_{name}{'_total' if metric.is_counter else ''}"
        for name, metric in metrics.declared_metrics().items()
        if not metric.label
    }
    assert plain - found.keys() == {"abhiyan_backup_age_seconds"}
    assert found["abhiyan_joins_total"] == dict.fromkeys(found["abhiyan_joins_total"], 0)
    assert {"missed_call", "web", "api", "paper"} <= found["abhiyan_joins_total"].keys()
    assert found["abhiyan_messages_total"] == {"sent": 0, "failed": 0}
    assert found["abhiyan_turned_away_total"].keys() == {"public", "offices", "photos", "files", "bodies"}
    assert found["abhiyan_disk_bytes"][""] > found["abhiyan_disk_free_bytes"][""] > 0
    assert found["abhiyan_database_bytes"][""] > 1_000_000


@pytest.mark.django_db
def test_every_figure_says_what_it_is_and_ends_in_its_unit() -> None:
    for name, metric in metrics.declared_metrics().items():
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", name), name
        assert not name.endswith("_total"), "the library adds it to a counter"
        assert metric.text[0].isupper() or metric.text[0].isdigit(), name
        if metric.text.startswith(("Seconds", "Age")):
            assert name.endswith("_seconds"), name


@pytest.mark.django_db
def test_a_scrape_is_a_few_bounded_statements() -> None:
    with CaptureQueriesContext(connection) as asked:
        metrics.metrics_text()
    assert len(asked) <= MOST_STATEMENTS
    for query in asked:
        text = query["sql"].lower()
        for table in ("messaging_message", "people_session", "people_person", "enrolment_claim"):
            if table in text:
                assert "limit" in text, f"this counts {table} to its end: {text}"


@pytest.mark.usefixtures("as_jobs")
def test_loops_tell_their_age_and_whether_they_fail_and_how_many_are_late() -> None:
    for name, age_s, every_s, error in (
        ("core.seal", 5, 1, ""),
        ("core.heads", 1_000, 600, ""),
        ("core.jobs", 61, 1, ""),
        ("core.limits", 1, 60, "ValueError"),
    ):
        Heartbeat.objects.create(
            loop=name,
            turned_at=NOW - timedelta(seconds=age_s),
            took_ms=1,
            every_s=every_s,
            error=error,
        )
    found = scraped()
    assert found["abhiyan_loop_age_seconds"]["core.heads"] == 1_000
    assert [name for name, n in found["abhiyan_loop_failing"].items() if n] == ["core.limits"]
    assert found["abhiyan_loops_late"] == {"": 1}, "a loop that turns every ten minutes is in time"
    assert "abhiyan_loop_rows_total" not in found


@pytest.mark.usefixtures("as_jobs")
def test_the_oldest_job_is_one_that_is_due_and_was_not_given_up() -> None:
    def job(minutes: int, **more: Any) -> None:
        Job.objects.create(
            name="test", key=str(minutes), arguments={}, due_at=NOW - timedelta(minutes=minutes), **more
        )

    assert scraped()["abhiyan_oldest_job_seconds"] == {"": 0}
    job(-60)
    assert scraped()["abhiyan_oldest_job_seconds"] == {"": 0}
    job(9)
    job(5, leased_until=NOW + DAY, attempts=1)
    job(99, failed_at=NOW)
    assert scraped()["abhiyan_oldest_job_seconds"] == {"": 540}


@pytest.mark.usefixtures("as_jobs")
def test_the_age_of_the_last_backup_stands_in_the_database() -> None:
    LastBackup.objects.create(taken_at=NOW - DAY)
    assert scraped()["abhiyan_backup_age_seconds"] == {"": 86_400}


@pytest.mark.django_db(transaction=True)
def test_a_counter_is_raised_by_what_was_committed_and_goes_on_where_it_was() -> None:
    counters.raise_counters("test", {"a": 2, "b": 0})
    with transaction.atomic():
        counters.raise_counters("test", {"a": 3, "c": 1})
        assert counters.read_counters("test") == {"a": 2}, "nobody waits for its row meanwhile"
    with transaction.atomic():
        counters.raise_counters("test", {"a": 100})
        transaction.set_rollback(True)
    counters.raise_counters("test", {"a": -5})
    assert counters.read_counters("test") == {"a": 5, "c": 1}


def test_a_pool_tells_who_waited_and_who_got_no_connection() -> None:
    def counted() -> tuple[float, float, float]:
        return (
            metrics.POOL_WAITS.labels("test")._value.get(),
            metrics.POOL_WAIT_SECONDS.labels("test")._value.get(),
            metrics.POOL_TIMEOUTS.labels("test")._value.get(),
        )

    with ConnectionPool(
        database.conninfo("app", dbname="postgres"), min_size=0, max_size=1, open=True
    ) as pool:
        with pool.connection():
            with pytest.raises(PoolTimeout):
                pool.getconn(timeout=0.05)
            metrics.note_pools({"test": pool, "none": None})
        assert counted()[0] >= 1 and counted()[2] == 1
        before = counted()
        metrics.note_pools({"test": pool})
        assert counted() == before, "what was noted is not noted twice"


@pytest.mark.usefixtures("as_jobs")
def test_the_figures_see_everything_and_name_nobody() -> None:
    with system("test"):
        LastBackup.objects.create(taken_at=NOW, folder="/srv/secret-folder")
    assert "secret-folder" not in metrics.metrics_text().decode()


def test_a_token_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABHIYAN_METRICS_TOKEN", raising=False)
    monkeypatch.setenv("ABHIYAN_METRICS_TOKEN_FILE", str(tmp_path / "keys" / "metrics.token"))
    path = metrics.make_metrics_token()
    assert path == tmp_path / "keys" / "metrics.token"
    made = metrics.metrics_token()
    assert len(made) >= 40 and path.stat().st_mode & 0o777 == 0o600
    assert metrics.make_metrics_token() is None and metrics.metrics_token() == made
    assert [each.name for each in path.parent.iterdir()] == ["metrics.token"]
    path.write_text("")
    assert metrics.make_metrics_token() == path and metrics.metrics_token() not in ("", made), (
        "an empty one opens nothing"
    )
    monkeypatch.setenv("ABHIYAN_METRICS_TOKEN", "given")
    path.unlink()
    assert metrics.make_metrics_token() is None and not path.exists()
