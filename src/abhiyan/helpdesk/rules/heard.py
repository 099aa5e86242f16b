"""Find out if a phone has contacted us itself: rooms above say what they know of its calls."""

from collections.abc import Callable
from uuid import UUID

Heard = Callable[[UUID], bool]
_told: list[Heard] = []


def register(heard: Heard) -> None:
    """Call this once in the ready() of the room that knows. heard: the id of a phone -> whether it has called or proven
    itself. It is asked in a system scope."""
    _told.append(heard)


def is_phone_heard(phone_id: UUID) -> bool:
    """Return True if a room above has heard from a phone. In a system scope."""
    return any(room_check(phone_id) for room_check in _told)
