"""How many texts may still become requests: a room above says, that answers the first of them itself."""

from collections.abc import Callable
from datetime import datetime

Expected = Callable[[tuple[int, int], datetime], int]
_told: list[Expected] = []


def register(expected: Expected) -> None:
    """Once in the ready() of the room that knows. expected: positions of a unit and all below it, and now -> how many
    there. It is asked only for who sees the people there."""
    _told.append(expected)


def expected(span: tuple[int, int], *, at: datetime) -> int:
    """How many texts below a unit have had only automatic help so far."""
    return sum(each(span, at) for each in _told)
