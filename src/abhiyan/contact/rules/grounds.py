"""Rooms above let somebody work at doors without an office there, as stays do for their workers."""

from collections.abc import Callable
from datetime import datetime

_LENT: list[Callable[[int, int, datetime], bool]] = []


def lend(may: Callable[[int, int, datetime], bool]) -> None:
    """Register a function: may this account (id) work in this unit (id) at this instant? It runs in a system scope."""
    _LENT.append(may)


def is_lent(account_id: int, unit_id: int, at: datetime) -> bool:
    """Return whether a room above lets somebody work there."""
    return any(may(account_id, unit_id, at) for may in _LENT)
