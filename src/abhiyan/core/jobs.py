"""Coarse work for later: an import to commit, members to hand over. One row a job, leased by one worker.

Never one job per message or record: those have leased, batched tables and a loop. A job is put down in the same
transaction as the fact it follows from, and exists only if that commits. It may run twice: the lease of a killed worker
lapses, and the job is begun again. So it must find its own place again.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from . import clock, models, onward, rooms

log = logging.getLogger(__name__)
Run = TypeVar("Run", bound=Callable[..., None])
ATTEMPTS = 5
HANDS = 2  # jobs at a time
LEASE = timedelta(seconds=8)  # renewed each second; once it lapses, the worker is gone
BUSY = timedelta(seconds=5)
KEPT = timedelta(days=30)  # how long the rows of jobs that failed are kept
GRACE_S = 20.0


class WorkUnderWay(Exception):
    """Somebody else is doing this very work. The job looks again in five seconds; the attempt does not count."""


@dataclass(frozen=True)
class JobKind:
    """run: does it. given_up: told, with the same arguments, when its last attempt has failed."""

    run: Callable[..., None]
    given_up: Callable[..., None] | None


_JOBS: dict[str, JobKind] = {}


def job(name: str, *, given_up: Callable[..., None] | None = None) -> Callable[[Run], Run]:
    """Make a function of keyword arguments a job, in a room's `tasks.py`. It opens its own system scope.

    name: for ever, such as "core.import_look". A job that raises, or whose worker dies, is tried five times in all,
    with growing pauses after an error. given_up: called with the same arguments when the last attempt has failed.
    """

    def wrap(run: Run) -> Run:
        _JOBS[name] = JobKind(run, given_up)
        return run

    return wrap


def later(name: str, key: str, /, *, at: datetime, **given: Any) -> None:
    """Put a job down for `at` or later, unless one of this name and key waits already.

    name: of one made by `job`; `abhiyan jobs` runs it. given: its arguments; public ids, codes and numbers, never
    personal data.
    """
    if name not in job_kinds():
        raise LookupError(f"no job is called {name}")
    row = models.Job(name=name, key=key, arguments=given, due_at=at)
    models.Job.objects.bulk_create([row], ignore_conflicts=True)
    onward.set_going()


@cache
def job_kinds() -> dict[str, JobKind]:
    """Every room's jobs by name."""
    list(rooms.modules("tasks"))  # each registers its own as it is imported
    return _JOBS


class _Hand(threading.Thread):
    """Runs one leased job in a thread of its own, which ends with the process."""

    def __init__(self, row: models.Job) -> None:
        super().__init__(name=f"job {row.name}", daemon=True)
        self.row = row
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            job_kinds()[self.row.name].run(**self.row.arguments)
        except WorkUnderWay as busy:
            self.error = busy
        except Exception as error:  # the worker outlives whatever its jobs meet
            log.exception("a job failed", extra={"facts": {"job": self.row.name, "id": self.row.id}})
            self.error = error
        finally:
            connection.close()


class Worker:
    """The turns of the loop `core.jobs`: settle what ended, renew the leases of what runs, begin what is due."""

    def __init__(self) -> None:
        self._hands: list[_Hand] = []

    def turn(self, at: datetime) -> int:
        """One look at the jobs; how many ended."""
        ended = self._settle(at)
        self._renew(at)
        self._begin(at)
        return ended

    def stand_by(self) -> None:
        """Another process leases now; what this one began it finishes."""
        if self._hands:
            at = clock.now()
            self._settle(at)
            self._renew(at)

    def close(self) -> None:
        """Give what runs a moment to finish. The lease of what does not lapses."""
        ends = time.monotonic() + GRACE_S
        for hand in self._hands:
            hand.join(max(0.0, ends - time.monotonic()))
        self._settle(clock.now())

    def _settle(self, at: datetime) -> int:
        ended = [hand for hand in self._hands if not hand.is_alive()]
        for hand in ended:
            self._hands.remove(hand)  # what cannot be settled is begun again when its lease lapses
            self._settle_one(hand.row, hand.error, at)
        return len(ended)

    def _settle_one(self, row: models.Job, error: Exception | None, at: datetime) -> None:
        jobs = models.Job.objects.filter(
            id=row.id, attempts=row.attempts
        )  # unless another worker has it by now
        if error is None:
            jobs.delete()
        elif isinstance(error, WorkUnderWay):
            try:
                with transaction.atomic():
                    jobs.update(attempts=row.attempts - 1, leased_until=None, due_at=at + BUSY)
            except IntegrityError:  # another one with this key waits, and does the same
                jobs.delete()
        else:
            row.error = type(error).__name__
            if row.attempts >= ATTEMPTS:
                self._fail(row, at)
            else:
                due_at = at + timedelta(seconds=4**row.attempts)
                jobs.update(error=row.error, leased_until=None, due_at=due_at)

    def _renew(self, at: datetime) -> None:
        for hand in self._hands:
            jobs = models.Job.objects.filter(id=hand.row.id, attempts=hand.row.attempts)
            jobs.update(leased_until=at + LEASE)

    def _begin(self, at: datetime) -> None:
        free = HANDS - len(self._hands)
        if not free:
            return
        due = (
            models.Job.objects.filter(Q(leased_until=None) | Q(leased_until__lte=at))
            .filter(failed_at=None, due_at__lte=at, name__in=job_kinds())
            .exclude(id__in=[hand.row.id for hand in self._hands])
        )
        with transaction.atomic():
            leased = list(due.order_by("due_at", "id").select_for_update(skip_locked=True)[:free])
            for row in leased:
                row.attempts += 1
                row.leased_until = at + LEASE
                row.save(update_fields=["attempts", "leased_until"])
        for row in leased:
            if row.attempts > ATTEMPTS:
                self._fail(row, at)
            else:
                hand = _Hand(row)
                self._hands.append(hand)
                hand.start()

    def _fail(self, row: models.Job, at: datetime) -> None:
        """Give a job up. Its row stays for `doctor`."""
        if (given_up := job_kinds()[row.name].given_up) is not None:
            try:
                given_up(**row.arguments)
            except Exception:
                log.exception("a job that is given up could not say so", extra={"facts": {"job": row.name}})
        models.Job.objects.filter(failed_at__lt=at - KEPT).delete()
        models.Job.objects.filter(id=row.id).update(failed_at=at, error=row.error, leased_until=None)
