"""Turns of requests: an office's page does not wait behind a crowd that joins, nor behind one account.

Django has a thread for each request. Left alone, a crowd has hundreds of threads. They take the interpreter from each
other, and wait for the few connections of the pool until it gives up. So a worker makes only a few pages at once. It
counts pages of the public, pages of the offices and sent photographs apart. The others wait; one that would wait too
long is asked to come back. Files of lists, which may take seconds, have a turn of their own.

Each worker has turns of its own, but what one account holds of them is counted over all workers of the machine
(`core.slots.SharedPlaces`).

Turns go round. Waiting requests form one line for each account, or, without an account, for each network. The lines
take turns, so a thousand requests of one network delay another network by one. Somebody who has begun goes before a
newcomer: a refusal in the middle wastes what was done. But anybody can begin and hold many connections, so after
`BEFORE_NEW` such turns a newcomer gets one. The mark in the session's cookie says who has begun, and which account it
is, without the database (`people.actions.sessions.whose_cookies`). A made-up cookie says nothing.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from asgiref.sync import ThreadSensitiveContext
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import address, metrics, slots, spools
from abhiyan.pages.access import FOR_ALL
from abhiyan.people.actions import sessions
from abhiyan.ui import errors

from . import middleware

# Together fewer than the connections of a worker's pool (core.database), so that nobody waits for one there.
PUBLIC, OFFICES, PHOTOS, FILES = 2, 4, 1, 1
BEFORE_NEW = 3  # turns of accounts that have begun, while a newcomer waits
OF_AN_ACCOUNT = 2  # turns of the offices that one account has at once on the whole machine; of the others one
TAKES_PHOTOS = ("/paper/", "/programmes/asked/")  # the addresses photographs are sent to
SPARE = 50  # threads kept for requests to come
MOST = 500  # of each that wait in one worker; a request that waits holds what was sent with it
MOST_OF_ONE = 250  # of these, of one account or network
PATIENCE_S, LONG_PATIENCE_S = 10.0, 60.0  # the longer one of what takes long itself
COME_BACK_S = 5

Turn = asyncio.Future[None]


@dataclass(slots=True)
class TurnLine:
    """The requests that wait, of one account or network."""

    begun: deque[Turn] = field(default_factory=deque)
    new: deque[Turn] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self.begun) + len(self.new)


class RequestTurns:
    """So many requests at once, of one account or network at most `of_one`. The lines of requests that wait take turns;
    nobody waits longer than `patience_s`. is_shared: workers count `of_one` together, by a file of
    this name."""

    def __init__(
        self,
        at_once: int,
        *,
        of_one: int | None = None,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        patience_s: float = PATIENCE_S,
        name: str = "",
        is_shared: bool = False,
    ) -> None:
        self._at_once, self._of_one = at_once, at_once if of_one is None else of_one
        self._most, self._most_of_one, self._patience_s = most, most_of_one, patience_s
        self._at_work: Counter[str] = Counter()
        self._lines: OrderedDict[str, TurnLine] = OrderedDict()  # the next one first
        self._in_a_row = 0  # turns of accounts that have begun
        self.name = name
        self._places = slots.SharedPlaces(name, of=self._of_one) if is_shared else None
        self._taken: dict[str, list[int]] = {}  # places, by account or network
        self._looks: asyncio.TimerHandle | None = None

    async def begin(self, *, whose: str = "", has_begun: bool = False) -> bool:
        """Wait for a turn. False where that would take too long; else `end` gives it back."""
        if self._take(whose):
            return True
        line = self._lines.get(whose)
        if (line is not None and len(line) >= self._most_of_one) or sum(
            map(len, self._lines.values())
        ) >= self._most:
            return False
        line = self._lines.setdefault(whose, TurnLine())
        waiting = line.begun if has_begun else line.new
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        self._look_later()
        try:
            await asyncio.wait((turn,), timeout=self._patience_s)
        except asyncio.CancelledError:
            if turn.done():
                self.end(whose=whose)
            raise
        finally:
            with suppress(ValueError):
                waiting.remove(turn)
            if not len(line) and self._lines.get(whose) is line:
                del self._lines[whose]
        return turn.done()

    def end(self, *, whose: str = "") -> None:
        """Give a turn back, and let the next ones begin."""
        self._at_work[whose] -= 1
        if not self._at_work[whose]:
            del self._at_work[whose]
        if self._places is not None:
            taken = self._taken[whose]
            self._places.give_back(taken.pop())
            if not taken:
                del self._taken[whose]
        while self._go_on():
            pass

    def _go_on(self) -> bool:
        """Let one waiting request begin. Returns True if there was one that may."""
        elsewhere: set[str] = set()  # whose turns other workers have
        while (line_and_turn := self._next(elsewhere)) is not None:
            whose, is_new = line_and_turn
            if self._take(whose):
                line = self._lines[whose]
                self._lines.move_to_end(whose)
                (line.new if is_new else line.begun).popleft().set_result(None)
                self._in_a_row = 0 if is_new else self._in_a_row + 1
                return True
            elsewhere.add(whose)
        return False

    def _next(self, but: set[str]) -> tuple[str, bool] | None:
        """Return the owner of the next turn, and True for a newcomer."""
        free = [line for line in self._lines if line not in but and self._may_work(line)]
        begun = next((line for line in free if self._lines[line].begun), None)
        new = next((line for line in free if self._lines[line].new), None)
        is_new = begun is None or (new is not None and self._in_a_row >= BEFORE_NEW)
        whose = new if is_new else begun
        return None if whose is None else (whose, is_new)

    def _take(self, whose: str) -> bool:
        """Take a turn if there is one, in this worker and on the machine."""
        if not self._may_work(whose):
            return False
        if self._places is not None:
            place = self._places.take(whose)
            if place is None:
                return False
            self._taken.setdefault(whose, []).append(place)
        self._at_work[whose] += 1
        return True

    def _look_later(self) -> None:
        """Look again soon while somebody waits: another worker tells nobody when it gives a turn back."""
        loop = asyncio.get_running_loop()
        is_set = self._looks is not None and self._looks.when() > loop.time()
        if self._places is not None and self._lines and not is_set:
            self._looks = loop.call_later(slots.LOOKS_AGAIN_S, self._look)

    def _look(self) -> None:
        self._looks = None
        while self._go_on():
            pass
        self._look_later()

    def _may_work(self, whose: str) -> bool:
        return self._at_work.total() < self._at_once and self._at_work[whose] < self._of_one


class Handler(ASGIHandler):
    """Django, by turns.

    A body is read before its turn and an answer is sent after it: slow lines hold nobody up. A body waits on
    disk for its turn (`core.spools`), so many large files take no memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self.public = RequestTurns(PUBLIC, name="public")
        self.offices = RequestTurns(OFFICES, of_one=OF_AN_ACCOUNT, name="offices", is_shared=True)
        self.photos = RequestTurns(PHOTOS, patience_s=LONG_PATIENCE_S, name="photos", is_shared=True)
        self.files = RequestTurns(FILES, patience_s=LONG_PATIENCE_S, name="files", is_shared=True)
        self._threads: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve as Django does, in a thread that is there already.

        While a new one begins nothing else of the worker moves, and on a full machine that is long.
        """
        thread = self._threads.pop() if self._threads else ThreadPoolExecutor(1, "page")
        async with ThreadSensitiveContext(executor=thread):
            await self.handle(scope, receive, send)
        if len(self._threads) < SPARE:  # a cancelled request gives none back: it may still be at work
            self._threads.append(thread)
        else:
            thread.shutdown(wait=False)

    async def read_body(self, receive: Any) -> BinaryIO:
        """Return the body, once all of it came. Raises RequestAborted, spools.NoRoom."""
        came = spools.Spool()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestAborted
                came.write(message.get("body", b""))
                if not message.get("more_body", False):
                    return came.whole()
        except BaseException:
            came.close()
            raise

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        account = sessions.whose_cookies(request.COOKIES, path=request.path)
        turns, whose = self._turns_of(request, account)
        has_begun = account is not None or request.method == "POST"
        if not await turns.begin(whose=whose, has_begun=has_begun):
            metrics.TURNED_AWAY.labels(turns.name).inc()
            return middleware.headers(_busy)(request)
        try:
            answer: HttpResponseBase = await super().run_get_response(request)
        finally:
            turns.end(whose=whose)
        return answer

    def _turns_of(self, request: HttpRequest, account: str | None) -> tuple[RequestTurns, str]:
        """Return the turns a request takes, and its line."""
        network = address.network_of(address.client(request))
        if request.path.startswith(FOR_ALL):
            return self.public, network
        if getattr(request, "scope", {}).get(middleware.MAY_SEND):  # nothing is read yet
            return self.offices, account or network
        is_photo = request.path.startswith(TAKES_PHOTOS) and request.content_type == "multipart/form-data"
        if is_photo:
            return self.photos, account or network
        return self.files if request.GET.get("format") else self.offices, account or network


def _busy(request: HttpRequest) -> HttpResponseBase:
    """Show that the server is busy. It is drawn once in each language: to turn a crowd away must cost nothing."""
    answer = HttpResponse(_drawn(middleware.chosen_language(request)), status=503)
    answer["Retry-After"] = str(COME_BACK_S)
    return answer


@cache
def _drawn(language: str) -> bytes:
    with translation.override(language):
        text = _("Very many people are here at this moment. Please try again in a few seconds.")
        return errors.error_page(None, 503, message=text).content
