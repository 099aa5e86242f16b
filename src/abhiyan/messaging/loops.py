"""Sending, turned by `abhiyan jobs`: one lane for one-time codes and one for everything else, by SMS and by e-mail.

Nothing of the other lane can delay a code: it has its own thread, hands, connections and breaker.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from django.db import DataError, IntegrityError

from abhiyan.core import clock
from abhiyan.core.loops import Loop

from . import actions
from .actions import caps, questions
from .adapters import Adapter, Handed, adapter, mail_adapter
from .rules import breaker, mails

TURN_S = 1.0  # then the loop shows that it lives; what is under way goes on.
LOOK_S = 0.2  # how often a lane that waits for its gateway looks for more.
GATHER_S = 0.03  # what comes back within this is settled together.
WRONG = (DataError, IntegrityError, ValueError)  # of a message itself, not of the database.

log = logging.getLogger(__name__)


class MessageLane:
    """Leases as many messages as it has free hands, hands them over, and settles in batches what came back.

    hands: threads, each with a kept connection of its own. They hand over and nothing else: the database is for the
    thread that turns. A result that could not be settled, for the database was away, is settled later.
    """

    def __init__(
        self,
        name: str,
        *,
        codes: bool,
        hands: int,
        patience: breaker.Breaker,
        clock: Callable[[], datetime],
        way_out: Callable[[], Adapter],
        way: str = mails.SMS,
    ) -> None:
        self.name, self.hands = name, hands
        self._codes, self._breaker, self._way = codes, patience, way
        self._clock, self._way_out = clock, way_out
        self._adapter: Adapter | None = None
        self._pool = ThreadPoolExecutor(hands, f"hand of {name}")
        self._under_way: dict[Future[Handed], actions.Going] = {}
        self._done: SimpleQueue[Future[Handed]] = SimpleQueue()
        self._returned: list[tuple[actions.Going, Handed]] = []
        self._is_new = True  # another process had this lane before
        self._is_told = False  # that the gateway does not answer

    def turn(self, _at: datetime) -> int:
        """Send what is due, for about a second; then what is under way goes on. Return how many the gateway took."""
        if self._adapter is None:
            self._adapter = self._way_out()
        if self._is_new:
            actions.end_outage(lane=self.name)  # of another process
            self._is_new = False
        ends = time.monotonic() + TURN_S
        taken = 0
        while True:
            taken += self._settle()
            is_more = self._send()
            if time.monotonic() > ends or not (is_more or self._under_way):
                return taken
            self._gather()

    def stand_by(self) -> None:
        """Settle what comes back although another process sends now: unsettled, it would go once more.

        A next turn here ends an outage that the other one noted.
        """
        self._is_new = True
        if self._under_way:
            self._gather()
        self._settle()

    def close(self) -> None:
        """Wait for what is under way, which its deadline ends, and settle it."""
        while self._under_way:
            self._gather()
        self._settle()
        self._pool.shutdown()

    def _send(self) -> bool:
        """Hand over as much as there are free hands. Returns True if anything was due."""
        assert self._adapter is not None
        at = self._clock()
        n = breaker.room_to_send(self._breaker, free=self.hands - len(self._under_way), at=at)
        leased = actions.lease(at=at, n=n, codes=self._codes, way=self._way) if n else []
        going = actions.admit(messages=leased, at=at)
        if going:
            self._breaker = breaker.breaker_after_send(self._breaker, at=at)
        for going_message in going:
            future = self._pool.submit(self._adapter.hand, going_message.letter)
            self._under_way[future] = going_message
            future.add_done_callback(self._done.put)
        return bool(leased)

    def _gather(self) -> None:
        """Wait until something comes back; and a moment longer, so that much is settled together."""
        wait_s, enough = LOOK_S, (len(self._under_way) + 1) // 2
        ends = time.monotonic() + LOOK_S
        while enough and wait_s > 0:
            try:
                self._take(self._done.get(timeout=wait_s))
            except Empty:
                return
            ends = min(ends, time.monotonic() + GATHER_S)
            enough, wait_s = enough - 1, ends - time.monotonic()

    def _take(self, future: Future[Handed]) -> None:
        going, at = self._under_way.pop(future), self._clock()
        try:
            handed = future.result()
        except Exception as error:  # its lease lapses; what was not foreseen must not end the lane
            log.exception("a message could not be handed over")
            self._breaker = breaker.failed(self._breaker, reason=type(error).__name__, at=at)
            return
        self._returned.append((going, handed))
        if handed.pause_s:
            self._breaker = breaker.told_to_wait(
                self._breaker, wait_s=handed.pause_s, reason=handed.reason, at=at
            )
        elif handed.is_trouble:
            self._breaker = breaker.failed(self._breaker, reason=handed.reason, at=at)
        else:
            self._breaker = breaker.answered(self._breaker)

    def _settle(self) -> int:
        taken = 0
        if self._returned and self._adapter is not None:
            try:
                taken = self._put_down(self._returned)
            except WRONG:  # one that cannot be put down must not stop the others
                log.exception("messages could not be settled together")
                return self._settle_singly()
            self._returned = []
        self._tell()
        return taken

    def _settle_singly(self) -> int:
        """Settle what came back one by one. A message that cannot be settled is dropped: its lease lapses."""
        taken = 0
        while self._returned:
            try:
                taken += self._put_down(self._returned[:1])
            except WRONG:
                message = self._returned[0][0].message
                log.exception("a message could not be settled", extra={"facts": {"message": str(message.id)}})
            del self._returned[0]
        self._tell()
        return taken

    def _put_down(self, returned: list[tuple[actions.Going, Handed]]) -> int:
        assert self._adapter is not None
        return actions.settle_messages(returned=returned, adapter=self._adapter.name, at=self._clock())

    def _tell(self) -> None:
        """Say that the gateway does not answer, or that it does again."""
        away = self._breaker.away
        if (away is not None) == self._is_told:
            return
        if away is not None:
            actions.note_outage(lane=self.name, since=away[0], reason=away[1])
        else:
            actions.end_outage(lane=self.name)
        self._is_told = away is not None
        state = "takes nothing: sending pauses" if away else "answers again"
        facts = {"lane": self.name, "reason": away[1] if away else ""}
        log.warning("the gateway %s", state, extra={"facts": facts})


MAIL_HANDS = 8  # more connections at once are more than most mail servers take


def lanes(
    *, clock: Callable[[], datetime] = clock.now, way_out: Callable[[], Adapter] | None = None
) -> dict[str, MessageLane]:
    """The lanes of SMS and of e-mail, which wait for nothing of one another. way_out: of all, in place of their own.

    A code hardly waits for a pause: it lives ten minutes, and a hand is free after seconds.
    """
    codes = breaker.Breaker(first_s=0.25, longest_s=0.5, at_once=64)
    mail_codes = breaker.Breaker(first_s=0.5, longest_s=4, at_once=MAIL_HANDS)
    others = breaker.Breaker(first_s=1, longest_s=30, at_once=1)
    by_sms: dict[str, Any] = {"clock": clock, "way_out": way_out or adapter, "hands": 64}
    by_mail: dict[str, Any] = {
        "clock": clock,
        "way_out": way_out or mail_adapter,
        "hands": MAIL_HANDS,
        "way": mails.EMAIL,
    }
    return {
        "codes": MessageLane("codes", codes=True, patience=codes, **by_sms),
        "send": MessageLane("send", codes=False, patience=others, **by_sms),
        "mail_codes": MessageLane("mail_codes", codes=True, patience=mail_codes, **by_mail),
        "mail": MessageLane("mail", codes=False, patience=others, **by_mail),
    }


# No scope around the lanes' turns: each step commits by itself, so that nothing is sent twice.
LOOPS = {
    name: Loop(
        turn=lane.turn,
        close=lane.close,
        stand_by=lane.stand_by,
        every_s=0.5 if name.endswith("codes") else 1,
        scoped=False,
    )
    for name, lane in lanes().items()
} | {
    "questions": Loop(
        turn=lambda at: questions.expire(at=at) + questions.remind_unanswered(at=at), every_s=10
    ),
    "caps": Loop(
        turn=lambda at: caps.forget_lapsed_caps(at=at) + actions.forget_reminders(at=at), every_s=3_600
    ),
}
