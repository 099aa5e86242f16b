"""A request says that it sets something going for many: it queues messages, or puts down a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class SetGoingBefore(Exception):
    """The same request has already set this going. The watching code undoes what this one wrote."""


@dataclass(slots=True)
class Onward:
    """The state of a watched request. is_repeat: it may set nothing going, for it did so before."""

    is_set_going: bool = False
    is_repeat: bool = False


_watched: ContextVar[Onward | None] = ContextVar("onward", default=None)


@contextmanager
def watched() -> Iterator[Onward]:
    """Watch what is set going inside."""
    onward = Onward()
    token = _watched.set(onward)
    try:
        yield onward
    finally:
        _watched.reset(token)


def set_going() -> None:
    """Say that something is set going for many. Outside a request nobody watches. Raises SetGoingBefore."""
    if (onward := _watched.get()) is None:
        return
    if onward.is_repeat:
        raise SetGoingBefore
    onward.is_set_going = True
