"""How many texts may still become requests: a room above says, that answers the first of them itself."""

from collections.abc import Callable

Expected = Callable[[tuple[int, int]], int]
_told: list[Expected] = []


def register(expected: Expected) -> None:
    """Once in the ready() of the room that knows. expected: positions of a unit and all below it -> how many there, as
    far as the viewer may know."""
    _told.append(expected)


def expected(span: tuple[int, int]) -> int:
    """How many texts below a unit have had only automatic help so far."""
    return sum(each(span) for each in _told)
