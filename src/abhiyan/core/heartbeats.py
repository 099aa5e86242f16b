"""Say if loops turn, and how much each did lately: for `doctor`, and for pages that say why something waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .models import Heartbeat


class LoopState(StrEnum):
    """How a loop goes."""

    WELL = "well"
    LATE = "late"  # it has not turned for long
    FAILS = "fails"  # its last turn raised
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Turning:
    """A loop as its last heartbeat tells. host: where it turned.

    a_minute: rows it did in the last whole minute; None: not known, or it does not turn."""

    turns: LoopState
    turned_at: datetime | None = None
    a_minute: float | None = None
    error: str = ""
    host: str = ""


def stale_after_s(every_s: float) -> float:
    """After so many seconds without a heartbeat something is wrong: ten turns, and never less than a minute."""
    return max(60.0, 10 * every_s)


def turning(names: Collection[str], *, at: datetime) -> dict[str, Turning]:
    """Return how each of these loops goes; one query."""
    beats = {beat.loop: beat for beat in Heartbeat.objects.filter(loop__in=names)}
    return {name: _told(beats.get(name), at) for name in names}


def _told(beat: Heartbeat | None, at: datetime) -> Turning:
    if beat is None:
        return Turning(LoopState.NEVER)
    if (at - beat.turned_at).total_seconds() > stale_after_s(beat.every_s):
        return Turning(LoopState.LATE, beat.turned_at, host=beat.host)
    turns = LoopState.FAILS if beat.error else LoopState.WELL
    return Turning(turns, beat.turned_at, beat.a_minute, beat.error, beat.host)
