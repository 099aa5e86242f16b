"""Turns of requests: an office's page does not wait behind a crowd that joins.

Django has a thread for each request. Left alone, a crowd has hundreds of threads. They take the interpreter from each
other, and wait for the few connections of the pool until it gives up. So a worker makes only a few pages at once, and
counts those of the public and of the offices apart. The others wait in order; one that would wait too long is asked to
come back. A request of somebody who has begun goes before a new one: a refusal in the middle wastes what was done.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.ui import errors

from . import middleware
from .access import FOR_ALL

# Together fewer than the connections of a worker's pool (core.database), so that nobody waits for one there.
PUBLIC, OFFICES = 2, 4
SPARE = 50  # threads kept for requests to come
MOST = 500  # of each that wait in one worker; a request that waits holds what was sent with it
PATIENCE_S = 10.0
COME_BACK_S = 5


class Turns:
    """So many requests at once; of those who have begun and of the new ones at most `most` wait each, none longer than
    `patience_s`."""

    def __init__(self, at_once: int, *, most: int = MOST, patience_s: float = PATIENCE_S) -> None:
        self._at_once, self._most, self._patience_s = at_once, most, patience_s
        self._at_work = 0
        self._begun: deque[asyncio.Future[None]] = deque()
        self._new: deque[asyncio.Future[None]] = deque()

    async def begin(self, *, has_begun: bool = False) -> bool:
        """Wait for a turn, in order. False where that would take too long; else `end` gives it back."""
        if self._at_work < self._at_once:
            self._at_work += 1
            return True
        line = self._begun if has_begun else self._new
        if len(line) >= self._most:
            return False
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await asyncio.wait((turn,), timeout=self._patience_s)
        except asyncio.CancelledError:
            if turn.done():
                self.end()
            raise
        finally:
            with suppress(ValueError):
                line.remove(turn)
        return turn.done()

    def end(self) -> None:
        """Let the next one begin."""
        if line := self._begun or self._new:
            line.popleft().set_result(None)
        else:
            self._at_work -= 1


class Handler(ASGIHandler):
    """Django, by turns. A body is read before its turn and an answer is sent after it: slow lines hold nobody up."""

    def __init__(self) -> None:
        super().__init__()
        self.public, self.offices = Turns(PUBLIC), Turns(OFFICES)
        self._threads: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """As Django's, in a thread that is there already: while a new one begins nothing else of the worker moves, and
        on a full machine that is long."""
        thread = self._threads.pop() if self._threads else ThreadPoolExecutor(1, "page")
        async with ThreadSensitiveContext(executor=thread):
            await self.handle(scope, receive, send)
        if len(self._threads) < SPARE:  # of whoever was cancelled none comes back: it may still be at work
            self._threads.append(thread)
        else:
            thread.shutdown(wait=False)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        turns = self.public if request.path.startswith(FOR_ALL) else self.offices
        if not await turns.begin(has_begun=_has_begun(request)):
            return middleware.headers(_busy)(request)
        try:
            answer: HttpResponseBase = await super().run_get_response(request)
        finally:
            turns.end()
        return answer


def _has_begun(request: HttpRequest) -> bool:
    """Whether somebody is in the middle of something: sends a form, or comes back with what we gave their browser."""
    return request.method == "POST" or settings.SESSION_COOKIE_NAME in request.COOKIES


def _busy(request: HttpRequest) -> HttpResponseBase:
    """Drawn once in each language: to turn a crowd away must cost nothing."""
    answer = HttpResponse(_drawn(middleware.chosen_language(request)), status=503)
    answer["Retry-After"] = str(COME_BACK_S)
    return answer


@cache
def _drawn(language: str) -> bytes:
    with translation.override(language):
        said = _("Very many people are here at this moment. Please try again in a few seconds.")
        return errors.page(None, 503, message=said).content
