"""Figures for Prometheus: how many requests, how long they took, and what the database tells of loops and queues.

Nothing here names a person, a place or an address: surfaces are "page", "api", "hot", "static". Each room declares
what the database tells of it in `metrics.METRICS`. A read is bounded: it never counts a large table to its end.
"""

import os
import shutil
from bisect import bisect_left
from collections import Counter as Counted
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from psycopg_pool import ConnectionPool

from . import audit_seals, clock, environment, heartbeats, home, hosts, last_backup, limits, lot, rooms, sql
from .models import Heartbeat, Job
from .scope import system

MOST_COUNTED = 100_000  # rows that wait; a scrape counts no more

REQUESTS = Counter("abhiyan_requests", "Requests answered", ["surface", "status"])
SECONDS = Histogram(
    "abhiyan_request_seconds",
    "Seconds from a request's arrival to the end of its answer",
    ["surface"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TURNED_AWAY = Counter(
    "abhiyan_turned_away", "Requests answered 503 because too many were there at once", ["turn"]
)
POOL_WAITS = Counter("abhiyan_pool_waits", "Requests that waited for a connection of the pool", ["pool"])
POOL_WAIT_SECONDS = Counter(
    "abhiyan_pool_wait_seconds", "Seconds for which they waited; its rate is how many wait at once", ["pool"]
)
POOL_TIMEOUTS = Counter("abhiyan_pool_timeouts", "Requests that got no connection in time", ["pool"])
for _turn in ("public", "offices", "photos", "files", "bodies"):  # from 0 on, or the first ones are not seen
    TURNED_AWAY.labels(_turn)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@cache
def _counted(surface: str, status: str) -> Callable[[], None]:
    return REQUESTS.labels(surface, status).inc


@cache
def _timed(surface: str) -> Callable[[float], None]:
    return SECONDS.labels(surface).observe


def count_request(surface: str, status: int, seconds: float) -> None:
    """One request was answered. surface: "page", "api", "hot", "static"; status: its HTTP code."""
    _counted(surface, f"{status // 100}xx")()
    _timed(surface)(seconds)


def seen_many(surface: str, answered: Mapping[int, int], seconds: Sequence[float]) -> None:
    """Many requests at once: status -> how many, and how long each took.

    One by one they cost a tenth of the hot path: with several workers each figure is a write into a shared file.
    """
    for status, n in answered.items():
        REQUESTS.labels(surface, f"{status // 100}xx").inc(n)
    histogram = SECONDS.labels(surface)
    bounds: Sequence[float] = histogram._upper_bounds  # noqa: SLF001  # it has no way to observe many
    counted = Counted(bisect_left(bounds, second) for second in seconds)
    for bucket, n in counted.items():
        histogram._buckets[bucket].inc(n)  # noqa: SLF001
    histogram._sum.inc(sum(seconds))  # noqa: SLF001


def metrics_token() -> str:
    """Return the token that opens the figures: ABHIYAN_METRICS_TOKEN, or the file that ABHIYAN_METRICS_TOKEN_FILE
    names, or keys/metrics.token in the data folder. Return "" when there is none, and then nobody may read them."""
    if token_text := environment.METRICS_TOKEN():
        return token_text
    try:
        return environment.METRICS_TOKEN_FILE().read_text().strip()
    except OSError:
        return ""


def make_metrics_token() -> Path | None:
    """Make a token where there is none, for its owner only. Return its file; None where nothing was made.

    A file that cannot be read, or is somebody else's, stays as it is.
    """
    path = environment.METRICS_TOKEN_FILE()
    if metrics_token() or (path.exists() and path.stat().st_size):
        return None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f".{path.name}.{os.getpid()}")  # an empty token would be one that everybody has
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(lot.random_token(32) + "\n")
    half.replace(path)
    return path


def note_pools(pools: Mapping[str, ConnectionPool | None]) -> None:
    """Add what waited for a connection since the last call. Each web worker notes its own pools each second."""
    for name, pool in pools.items():
        if pool is None:
            continue
        stats = pool.pop_stats()
        POOL_WAITS.labels(name).inc(stats.get("requests_queued", 0))
        POOL_WAIT_SECONDS.labels(name).inc(stats.get("requests_wait_ms", 0) / 1000)
        POOL_TIMEOUTS.labels(name).inc(stats.get("requests_errors", 0))


@dataclass(frozen=True, slots=True)
class DatabaseMetric:
    """A figure that is read at each scrape, in a system scope, by one cheap statement.

    text: what it is, for people. read: its value at an instant; one for each value of `label`; or None where there is
    nothing to tell. is_counter: it only grows.
    """

    text: str
    read: Callable[[datetime], float | Mapping[str, float] | None]
    label: str = ""
    is_counter: bool = False

    def family(self, name: str, at: datetime) -> Metric:
        """Return it as Prometheus' library writes it."""
        kind = CounterMetricFamily if self.is_counter else GaugeMetricFamily
        family = kind(f"abhiyan_{name}", self.text, labels=[self.label] if self.label else [])
        value = self.read(at)
        figures = value if isinstance(value, Mapping) else {} if value is None else {"": value}
        for label, figure in figures.items():
            family.add_metric([label] if self.label else [], figure)
        return family


def declared_metrics() -> dict[str, DatabaseMetric]:
    """Return what every room measures, by its name without `abhiyan_`."""
    metrics: dict[str, DatabaseMetric] = {}
    for _config, module in rooms.modules("metrics"):
        metrics |= module.METRICS
    return metrics


def _ages(at: datetime) -> dict[str, float]:
    return {beat.loop: (at - beat.turned_at).total_seconds() for beat in Heartbeat.objects.order_by("loop")}


def _failing(_at: datetime) -> dict[str, float]:
    return {beat.loop: float(bool(beat.error)) for beat in Heartbeat.objects.order_by("loop")}


def _late(at: datetime) -> float:
    beats = Heartbeat.objects.values_list("turned_at", "every_s")
    return float(
        sum((at - turned).total_seconds() > heartbeats.stale_after_s(every_s) for turned, every_s in beats)
    )


def _oldest_job(at: datetime) -> float:
    waiting = Job.objects.filter(failed_at=None, due_at__lte=at)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return (at - oldest).total_seconds() if oldest else 0.0


def _backup_age(at: datetime) -> float | None:
    newest = last_backup.newest_backup()
    return None if newest is None else (at - newest.taken_at).total_seconds()


def _silent(_at: datetime) -> dict[str, float]:
    silences: dict[str, float] = {}
    for process in hosts.host_processes(connection.connection):
        silences[process.name] = max(silences.get(process.name, 0.0), process.silent.total_seconds())
    return silences


METRICS = {
    "loop_age_seconds": DatabaseMetric("Seconds since a loop's last turn", _ages, "loop"),
    "loop_failing": DatabaseMetric("1 when a loop's last turn failed", _failing, "loop"),
    "loops_late": DatabaseMetric("Loops that are silent for longer than their pace allows", _late),
    "oldest_job_seconds": DatabaseMetric("Seconds since the oldest unfinished job was due", _oldest_job),
    "limit_refused": DatabaseMetric(
        "How often a limit refused somebody in 24 hours", limits.refused_lately, "limit"
    ),
    "audit_unsealed": DatabaseMetric(
        "Entries of the audit without a seal", lambda _at: float(audit_seals.count_unsealed())
    ),
    "database_bytes": DatabaseMetric(
        "Size of the database", lambda _at: float(sql.count("select pg_database_size(current_database())"))
    ),
    "disk_bytes": DatabaseMetric(
        "Size of the disk with the data folder",
        lambda _at: {environment.HOST_NAME(): float(shutil.disk_usage(home.home_folder()).total)},
        "host",
    ),
    "disk_free_bytes": DatabaseMetric(
        "Bytes free on it, as an ordinary user may use them",
        lambda _at: {environment.HOST_NAME(): float(shutil.disk_usage(home.home_folder()).free)},
        "host",
    ),
    "host_silent_seconds": DatabaseMetric(
        "Seconds since a host noted that it serves or does jobs", _silent, "host"
    ),
    "backup_age_seconds": DatabaseMetric("Age of the newest backup; none when there is none", _backup_age),
}


class _OfHost(Collector):
    """Figures that this host counts itself carry its name."""

    def __init__(self, counted: CollectorRegistry) -> None:
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        host = {"host": environment.HOST_NAME()}
        for family in self._counted.collect():
            family.samples = [sample._replace(labels=sample.labels | host) for sample in family.samples]
            yield family


class _Database(Collector):
    """Collect the figures of the database at each scrape."""

    def collect(self) -> Iterator[Metric]:
        at = clock.now()
        with system("metrics"):
            families = [metric.family(name, at) for name, metric in declared_metrics().items()]
        yield from families


def metrics_text() -> bytes:
    """Every figure in Prometheus' text format, of all web workers together."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]  # its constructor has no annotations
    else:
        requests = REGISTRY
    registry = CollectorRegistry()
    registry.register(_OfHost(requests))
    registry.register(_Database())
    return generate_latest(registry)
