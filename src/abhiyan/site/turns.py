"""Whose request a worker turns to next: an office's page does not wait behind a crowd that joins.

Django has a thread for each request. Left alone, a crowd has hundreds of them, which take the interpreter from each
other and wait for the few connections of the pool until it gives up. So only a few are at work at once, of the public
and of the offices apart; the others wait in their order, and who would wait too long is asked to come back.
"""

import asyncio
from functools import cache

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.ui import errors

from . import middleware
from .access import FOR_ALL

# Together fewer than the connections of a worker's pool (core.database), so that nobody waits for one there.
PUBLIC, OFFICES = 2, 4
MOST = 500  # of each that wait in one worker; a request that waits holds what was sent with it
PATIENCE_S = 10.0
COME_BACK_S = 5


class Turns:
    """So many requests at once; at most `most` wait, none longer than `patience_s`."""

    def __init__(self, at_once: int, *, most: int = MOST, patience_s: float = PATIENCE_S) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most, self._patience_s, self._waiting = most, patience_s, 0

    async def begin(self) -> bool:
        """Wait for a turn, in order. False where that would take too long; else `end` gives it back."""
        if not self._free.locked():
            return await self._free.acquire()
        if self._waiting >= self._most:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._free.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1

    def end(self) -> None:
        """Let the next one begin."""
        self._free.release()


class Handler(ASGIHandler):
    """Django, by turns. A body is read before its turn and an answer is sent after it: slow lines hold nobody up."""

    def __init__(self) -> None:
        super().__init__()
        self.public, self.offices = Turns(PUBLIC), Turns(OFFICES)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        turns = self.public if request.path.startswith(FOR_ALL) else self.offices
        if not await turns.begin():
            return middleware.headers(_busy)(request)
        try:
            answer: HttpResponseBase = await super().run_get_response(request)
        finally:
            turns.end()
        return answer


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
