"""How a task moves: who may do what to it, and from which state to which."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class State(StrEnum):
    """Where a task is. Late is none of these: it follows from the time it was due."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody does to a task. Handing it over is an act of its own: it changes who is asked."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DO = "do"
    TAKE_BACK = "take_back"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Move:
    """sources: the states it starts from. by_asked: done by the person asked; else by the asker or the line above."""

    sources: frozenset[State]
    to: State
    by_asked: bool
    needs_note: bool = False


OPEN = frozenset({State.ASKED, State.ACCEPTED})
FINISHED = frozenset({State.CONFIRMED, State.WITHDRAWN})  # lists leave these out
MOVES = {
    Act.ACCEPT: Move(frozenset({State.ASKED, State.DECLINED}), State.ACCEPTED, by_asked=True),
    Act.DECLINE: Move(OPEN, State.DECLINED, by_asked=True, needs_note=True),
    Act.DO: Move(OPEN, State.DONE, by_asked=True),
    Act.TAKE_BACK: Move(frozenset({State.DONE}), State.ACCEPTED, by_asked=True),
    Act.CONFIRM: Move(frozenset({State.DONE}), State.CONFIRMED, by_asked=False),
    Act.REOPEN: Move(
        frozenset({State.DECLINED, State.DONE, State.CONFIRMED, State.WITHDRAWN}), State.ASKED, by_asked=False
    ),
    Act.WITHDRAW: Move(OPEN | {State.DECLINED}, State.WITHDRAWN, by_asked=False),
}


def is_late(state: str, *, due_at: datetime, at: datetime) -> bool:
    """Whether a task is open past the time it was due."""
    return state in OPEN and due_at < at


def possible(state: str, *, is_asked: bool, is_over: bool) -> list[Act]:
    """The acts open to somebody. is_asked: the task is theirs. is_over: they asked it, or are above whoever has it."""
    return [
        act
        for act, move in MOVES.items()
        if state in move.sources and (is_asked if move.by_asked else is_over)
    ]


def day_after(on: date, zone: str) -> tuple[datetime, datetime]:
    """The next day's first instant, and that of the day after it, in a zone."""
    first, last = (datetime.combine(on + timedelta(days=n), time(), ZoneInfo(zone)) for n in (1, 2))
    return first, last
