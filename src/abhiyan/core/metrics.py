"""Figures for Prometheus: how many requests, how long they took, and what the database tells of loops and queues.

Nothing here names a person, a place or an address: surfaces are "page", "api", "hot", "static".
"""

import os
from bisect import bisect_left
from collections import Counter as Counted
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from . import audit_seals, clock, environment, limits, rooms
from .models import Heartbeat
from .scope import system

REQUESTS = Counter("abhiyan_requests", "Requests answered", ["surface", "status"])
SECONDS = Histogram(
    "abhiyan_request_seconds",
    "Seconds from a request's arrival to the end of its answer",
    ["surface"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@cache
def _counted(surface: str, status: str) -> Callable[[], None]:
    return REQUESTS.labels(surface, status).inc


@cache
def _timed(surface: str) -> Callable[[float], None]:
    return SECONDS.labels(surface).observe


def seen(surface: str, status: int, seconds: float) -> None:
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
    counted = Counted(bisect_left(bounds, each) for each in seconds)
    for bucket, n in counted.items():
        histogram._buckets[bucket].inc(n)  # noqa: SLF001
    histogram._sum.inc(sum(seconds))  # noqa: SLF001


def token() -> str:
    """Who shows this may read the figures: ABHIYAN_METRICS_TOKEN, or the file ABHIYAN_METRICS_TOKEN_FILE names,
    or keys/metrics.token in the data folder; "" when there is none, and then nobody may."""
    if given := environment.METRICS_TOKEN():
        return given
    try:
        return environment.METRICS_TOKEN_FILE().read_text().strip()
    except OSError:
        return ""


class _Database(Collector):
    """What the database tells, read at each scrape."""

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        age = GaugeMetricFamily("abhiyan_loop_age_seconds", "Since a loop's last turn", labels=["loop"])
        did = CounterMetricFamily("abhiyan_loop_rows", "Rows a loop has done", labels=["loop"])
        ill = GaugeMetricFamily("abhiyan_loop_failing", "1 when a loop's last turn failed", labels=["loop"])
        full = GaugeMetricFamily(
            "abhiyan_limit_refused", "How often a limit refused somebody in 24 hours", labels=["limit"]
        )
        with system("metrics"):
            for beat in Heartbeat.objects.order_by("loop"):
                age.add_metric([beat.loop], (now - beat.turned_at).total_seconds())
                did.add_metric([beat.loop], beat.did)
                ill.add_metric([beat.loop], 1 if beat.error else 0)
            for name, n in limits.refused_lately(now).items():
                full.add_metric([name], n)
            figures = {"audit_unsealed": float(audit_seals.unsealed())}
            for name, figure in from_rooms().items():
                figures[name] = figure()
        yield from (age, did, ill, full)
        for name, value in figures.items():
            yield GaugeMetricFamily(f"abhiyan_{name}", name.replace("_", " "), value=value)


def from_rooms() -> dict[str, Callable[[], float]]:
    """What rooms measure besides, from `doctor.METRICS`: a name and a cheap query each."""
    found: dict[str, Callable[[], float]] = {}
    for _config, module in rooms.modules("doctor"):
        found |= getattr(module, "METRICS", {})
    return found


def text() -> bytes:
    """Every figure in Prometheus' text format, of all web workers together."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]  # its constructor has no annotations
    else:
        requests = REGISTRY
    told = CollectorRegistry()
    told.register(_Database())
    return generate_latest(requests) + generate_latest(told)
