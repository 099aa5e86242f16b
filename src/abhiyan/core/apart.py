"""Slow work of a request that holds no transaction meanwhile: to read a photograph takes seconds.

An act asks for the result of a work (`done`). The first time within a request that ends the act, and all it wrote is
rolled back. The work is done without a transaction, and the request is answered again from the beginning. The act then
finds the result. So it checks who may before the work is done, and once more before it writes. Outside a request (jobs,
the console) the work is done at once.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpResponse

from .refusals import Refused

Result = TypeVar("Result")
_results: ContextVar[dict[Hashable, Any] | None] = ContextVar("results of slow works", default=None)


class WorkFirst(Exception):
    """Goes through the act and its view, up to the middleware that holds the transaction."""

    def __init__(self, key: Hashable, work: Callable[[], Any]) -> None:
        super().__init__("a slow work comes first")
        self.key, self.work = key, work


class Undone(HttpResponse):
    """No answer yet: the work comes first, then the request is answered again."""

    def __init__(self, first: WorkFirst) -> None:
        super().__init__(status=503)
        self._first = first

    def do(self) -> None:
        """Do the work, and keep its result or its refusal for the rest of the request. Outside every transaction."""
        results = _results.get()
        assert results is not None
        try:
            results[self._first.key] = self._first.work()
        except Refused as refused:
            results[self._first.key] = refused


@contextmanager
def answering() -> Iterator[None]:
    """Around all tries to answer one request."""
    token = _results.set({})
    try:
        yield
    finally:
        _results.reset(token)


def is_done(key: Hashable) -> bool:
    """Return True if a work of this request is done: what its act counts at once (`core.limits`), it counts before
    that."""
    results = _results.get()
    return results is not None and key in results


def done(key: Hashable, work: Callable[[], Result]) -> Result:
    """The result of a slow work, or its refusal.

    key: tells works of one request apart, also when its act runs again."""
    results = _results.get()
    if results is None:
        return work()
    if key not in results:
        raise WorkFirst(key, work)
    result: Result | Refused = results[key]
    if isinstance(result, Refused):
        raise result
    return result
