"""Coarse work for later (an import to commit, an export to write), kept in PostgreSQL by procrastinate.

Never one job per message or record: those have leased, batched tables and a loop. A job is put down in the same
transaction as the fact it follows from, and exists only if that commits. It may run twice (a worker that is killed
is noticed and its job given to another), so it must find its own place again.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, cast

import procrastinate
from django.db import connection, transaction
from procrastinate.contrib.django import app

from . import database, embedded, home, loops

log = logging.getLogger(__name__)
Args = ParamSpec("Args")
WATCH_S = 1.0
STALLED_S = 30.0
GRACE_S = 25.0


class Job(Generic[Args]):
    """A function that `abhiyan jobs` runs later. Calling it runs it here and now."""

    def __init__(self, run: Callable[Args, None], name: str, queue: str, retries: int) -> None:
        self.run, self.name = run, name

        def task(**given: Any) -> None:
            try:
                cast(Callable[..., None], run)(**given)
            finally:
                connection.close()

        retry = procrastinate.RetryStrategy(max_attempts=retries, exponential_wait=4) if retries else False
        self._task = app.task(name=name, queue=queue, retry=retry)(task)

    def __call__(self, *args: Args.args, **kwargs: Args.kwargs) -> None:
        self.run(*args, **kwargs)

    def later(self, **given: Any) -> int:
        """Put it down for later; its number. Arguments are public ids, codes and numbers, never personal data."""
        return self._task.defer(**given)

    def later_once(self, key: str, **given: Any) -> int | None:
        """Put it down unless one with this key waits already (then None)."""
        try:
            with transaction.atomic():
                return self._task.configure(queueing_lock=f"{self.name}/{key}").defer(**given)
        except procrastinate.exceptions.AlreadyEnqueued:
            return None


def job(
    name: str, *, queue: str = "default", retries: int = 0
) -> Callable[[Callable[Args, None]], Job[Args]]:
    """Make a function of keyword arguments a job, in a room's `tasks.py`. It opens its own system scope.

    name: for ever, such as "core.import_commit". retries: after an error, with growing pauses.
    """

    def wrap(run: Callable[Args, None]) -> Job[Args]:
        return Job(run, name, queue, retries)

    return wrap


def run(stopping: threading.Event) -> None:
    """Every loop, and the worker for jobs, until `stopping` is set. Restarts what dies; returns when all ended.

    With the embedded database, a server that was killed is started again.
    """
    makers: dict[str, Callable[[], threading.Thread]] = {
        name: (lambda name=name, loop=loop: loops.Runner(name, loop, stopping))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
        for name, loop in loops.collected().items()
    }
    makers["worker"] = lambda: Worker(stopping)
    running: dict[str, threading.Thread] = {}
    while not stopping.is_set():
        for name, make in makers.items():
            known = running.get(name)
            if known is None or not known.is_alive():
                if known is not None:
                    log.error("part of the jobs ended and is started again", extra={"facts": {"part": name}})
                running[name] = make()
                running[name].start()
        if database.is_embedded():
            try:
                embedded.ensure_running(home.path())
            except embedded.EmbeddedDatabaseError as error:
                log.error("the embedded database does not start", extra={"facts": {"why": str(error)}})
        stopping.wait(WATCH_S)
    for thread in running.values():
        thread.join(timeout=GRACE_S)


class Worker(threading.Thread):
    """procrastinate's worker: two jobs at a time, woken by LISTEN."""

    def __init__(self, stopping: threading.Event) -> None:
        super().__init__(name="worker", daemon=True)
        self.stopping = stopping
        self._failures = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                asyncio.run(self._work())
                self._failures = 0
            except Exception:  # the database may be away: it comes back
                self._failures += 1
                log.exception("the worker failed", extra={"facts": {"failures": self._failures}})
                self.stopping.wait(min(2.0 ** (self._failures - 1), loops.LONGEST_PAUSE_S))

    async def _work(self) -> None:
        connector = procrastinate.PsycopgConnector(
            conninfo=database.conninfo("jobs"), min_size=1, max_size=4, timeout=10
        )
        worker_app = app.with_connector(connector)
        async with worker_app.open_async():
            work = asyncio.create_task(
                worker_app.run_worker_async(
                    concurrency=2,
                    install_signal_handlers=False,
                    listen_notify=True,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE_S - 5,
                )
            )
            look_again_at = 0.0
            now = asyncio.get_running_loop().time
            while not self.stopping.is_set() and not work.done():
                await asyncio.wait({work}, timeout=0.5)
                if now() >= look_again_at and not work.done():
                    look_again_at = now() + STALLED_S
                    for stalled in await worker_app.job_manager.get_stalled_jobs():
                        await worker_app.job_manager.retry_job(stalled)
            if not work.done():
                work.cancel()
            try:
                await work
            except asyncio.CancelledError:
                if not self.stopping.is_set():
                    raise
