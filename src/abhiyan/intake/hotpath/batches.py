"""The queue in front of the act: what comes while one commit is in flight is the next batch. No timer.

One thread per worker enrols; it holds the worker's one connection as `gateway`. The queue is bounded, so a
database that is not moving costs waiting clients, not memory.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import psycopg
from django.conf import settings

from abhiyan.core import clock, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, TooMany
from abhiyan.enrolment.actions import ClaimMessage, ClaimOutcome, ClaimRefused, TryAgain
from abhiyan.intake.actions import Gateway, enrol_batch

from .answers import Busy

log = logging.getLogger(__name__)

MOST_IN_BATCH = 500
MOST_WAITING = 20_000  # claims, per worker.
LEASED = 5_000  # claims a worker takes from a channel's daily allowance at a time.
PARTS = 8  # a worker takes a second's allowance in as many parts as it used up in the second before

Result = Sequence[ClaimOutcome | ClaimRefused]
Tell = Callable[[Result | Exception], None]  # hears what became of its claims, in the loop


class QueueFull(Exception):
    """More waits than a worker keeps."""


@dataclass(slots=True)
class DriveLane:
    """The queue of one drive and sender: a batch is of one drive, and its trail names one sender."""

    programme_id: int
    by: Actor
    allowed: int  # claims a day, of all workers of all hosts together
    a_second: int = 0  # the same in a second; 0: as many as come
    waiting: deque[tuple[list[ClaimMessage], Tell, str]] = field(default_factory=deque)
    leased: int = 0  # of the day's allowance, taken and not used yet
    leased_on: int = 0
    part: int = 0  # of the second's allowance, taken and not used yet
    second: int = 0
    used: int = 0  # in that second
    used_before: int = 0  # in the second before


class Batches:
    """The queue of one worker; used from its event loop only."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lanes: dict[tuple[int, bytes], DriveLane] = {}
        self._turns: deque[DriveLane] = deque()  # lanes with something waiting
        self._waiting = 0
        self._running: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "enrol")
        self._hands = Gateway()

    def lane(self, programme_id: int, by: Actor, allowed: int, a_second: int = 0) -> DriveLane:
        """Return the lane of a sender in a drive, made when it is not there yet."""
        key = (programme_id, by.id.bytes)
        drive_lane = self._lanes.get(key)
        if drive_lane is None:
            if len(self._lanes) > 10_000:
                self._lanes = {key: lane for key, lane in self._lanes.items() if lane.waiting}
            drive_lane = self._lanes[key] = DriveLane(programme_id, by, allowed, a_second)
        return drive_lane

    def put(self, lane: DriveLane, claims: list[ClaimMessage], origin: str, tell: Tell) -> None:
        """Queue the claims of one request, together in one commit. Raises Full.

        tell: called once, when that is on disk, with their outcomes; or with Busy (the second's allowance), TooMany
        (the day's), TryAgain, or what the act raised.
        """
        if self._waiting + len(claims) > MOST_WAITING:
            raise QueueFull
        if not lane.waiting:
            self._turns.append(lane)
        lane.waiting.append((claims, tell, origin))
        self._waiting += len(claims)
        if self._running is None:
            loop = asyncio.get_running_loop()
            self._running = loop.create_task(self._run(loop))

    async def enrolled(self, lane: DriveLane, claims: list[ClaimMessage], origin: str) -> Result:
        """Queue them and wait for their outcomes. Raises Full, and what `put` would tell."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def tell(result: Result | Exception) -> None:
            if not future.done():
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

        self.put(lane, claims, origin, tell)
        return await future

    async def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while self._turns:
                lane = self._turns.popleft()
                claims, shares, origins = self._next(lane)
                if lane.waiting:
                    self._turns.append(lane)
                by = lane.by
                if len(origins) == 1:
                    (origin,) = origins
                    by = Actor(kind=by.kind, id=by.id, origin=origin)
                outcomes: Result | Exception
                try:
                    requests = [n for n, _tell in shares]
                    act = partial(enrol_in_lane, self._hands, lane, claims, by, self._clock(), requests)
                    outcomes = await loop.run_in_executor(self._thread, act)
                except Exception as failure:  # each request gets it below
                    if not isinstance(failure, Refused):
                        log.exception("a batch could not be enrolled")
                    outcomes = failure
                self._share(shares, outcomes)
                # The answers leave, and what has come meanwhile is read: a larger batch costs less for each claim.
                await asyncio.sleep(0)
        finally:
            self._running = None

    def _next(self, lane: DriveLane) -> tuple[list[ClaimMessage], list[tuple[int, Tell]], set[str]]:
        """Take the next batch of a lane. A key that came twice waits for the next one, to find the first's answer."""
        claims: list[ClaimMessage] = []
        shares: list[tuple[int, Tell]] = []
        origins: set[str] = set()
        taken: set[bytes] = set()
        waiting = lane.waiting
        while waiting:
            claim_messages, tell, origin = waiting[0]
            ids = [claim.id for claim in claim_messages]
            if claims and (len(claims) + len(claim_messages) > MOST_IN_BATCH or not taken.isdisjoint(ids)):
                break
            waiting.popleft()
            claims += claim_messages
            taken.update(ids)
            shares.append((len(claim_messages), tell))
            origins.add(origin)
        return claims, shares, origins

    def _share(self, shares: list[tuple[int, Tell]], outcomes: Result | Exception) -> None:
        at = 0
        for n, tell in shares:
            self._waiting -= n
            share = outcomes if isinstance(outcomes, Exception) else outcomes[at : at + n]
            if not isinstance(share, Exception) and len(share) < n:
                share = Busy(wait_s=1)
            try:
                tell(share)
            except Exception:  # a failing answer must not keep the others from hearing
                log.exception("an outcome could not be told")
            at += n

    async def close(self) -> None:
        """Enrol what waits, then let the thread go."""
        if self._running is not None:
            await self._running
        self._thread.shutdown(wait=False)


def enrol_in_lane(
    hands: Gateway,
    lane: DriveLane,
    claims: list[ClaimMessage],
    by: Actor,
    at: datetime,
    requests: Sequence[int] = (),
) -> Result:
    """Enrol in the worker's thread: within the allowances of the second and the day, one commit.

    requests: how many claims each has; all in one by default. Those beyond the second's allowance have no
    outcome.
    """
    fit = _within_second(lane, requests or [len(claims)], at)
    if not fit:
        raise Busy(wait_s=1)
    _within_allowance(lane, fit, at)
    return enrol_batch(programme_id=lane.programme_id, claims=claims[:fit], by=by, at=at, through=hands)


def _within_second(lane: DriveLane, requests: Sequence[int], at: datetime) -> int:
    """Take requests, in their order, from what the worker has leased of this second. Return how many claims fit.

    All workers of all hosts lease from one row of the database. A busy one asks about `PARTS` times in a second, and
    leases no more than a part of what it uses itself. A request that is larger than the allowance passes if it is the
    first of its second.
    """
    n = sum(requests)
    if not lane.a_second:
        return n
    second = int(at.timestamp())
    if lane.second != second:
        lane.used_before = lane.used if lane.second == second - 1 else 0
        lane.second, lane.part, lane.used = second, 0, 0
    if lane.part < n:
        try:
            lane.part += limits.take_some(
                declared.CLAIMS_SECOND,
                lane.by.id.bytes,
                at=at,
                most=lane.a_second,
                n=max(n - lane.part, lane.used_before // PARTS),
            )
        except psycopg.Error as failure:
            raise TryAgain from failure
    fit = 0
    for size in requests:
        if min(size, lane.a_second) > lane.part:
            break
        lane.part -= min(size, lane.a_second)
        fit += size
    lane.used += fit
    return fit


def _within_allowance(lane: DriveLane, n: int, at: datetime) -> None:
    """Take the batch from what the lane has leased of its day; lease more when that is used up.

    Counted for all workers together and over restarts. Raises TooMany until midnight where the organisation is.
    """
    today = clock.day_in(settings.TIME_ZONE, at).toordinal()
    if lane.leased_on != today:
        lane.leased, lane.leased_on = 0, today
    if lane.leased < n:
        subject = lane.by.id.bytes
        for more in (max(LEASED, n), n):
            try:
                limits.count_or_refuse(declared.CLAIMS, subject, at=at, most=lane.allowed, n=more)
            except TooMany:
                if more == n:
                    raise
            except psycopg.Error as failure:
                raise TryAgain from failure
            else:
                lane.leased += more
                break
    lane.leased -= n
