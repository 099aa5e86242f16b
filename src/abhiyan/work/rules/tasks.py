"""How a task moves: who may do what to it, and from which state to which."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped


class TaskState(StrEnum):
    """Where a task is. Late is none of these: it follows from the time it was due."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """The acts on a task. Handing it over is an act of its own: it changes who is asked."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DO = "do"
    TAKE_BACK = "take_back"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class TaskMove:
    """sources: the states it starts from. by_asked: done by the person asked; else by the asker or the line above."""

    sources: frozenset[TaskState]
    to: TaskState
    by_asked: bool
    needs_note: bool = False


OPEN = frozenset({TaskState.ASKED, TaskState.ACCEPTED})
FINISHED = frozenset({TaskState.CONFIRMED, TaskState.WITHDRAWN})  # lists leave these out
MOVES = {
    Act.ACCEPT: TaskMove(frozenset({TaskState.ASKED, TaskState.DECLINED}), TaskState.ACCEPTED, by_asked=True),
    Act.DECLINE: TaskMove(OPEN, TaskState.DECLINED, by_asked=True, needs_note=True),
    Act.DO: TaskMove(OPEN, TaskState.DONE, by_asked=True),
    Act.TAKE_BACK: TaskMove(frozenset({TaskState.DONE}), TaskState.ACCEPTED, by_asked=True),
    Act.CONFIRM: TaskMove(frozenset({TaskState.DONE}), TaskState.CONFIRMED, by_asked=False),
    Act.REOPEN: TaskMove(
        frozenset({TaskState.DECLINED, TaskState.DONE, TaskState.CONFIRMED, TaskState.WITHDRAWN}),
        TaskState.ASKED,
        by_asked=False,
    ),
    Act.WITHDRAW: TaskMove(OPEN | {TaskState.DECLINED}, TaskState.WITHDRAWN, by_asked=False),
}


def is_task_late(state: str, *, due_at: datetime, at: datetime) -> bool:
    """Return True if a task is open past the time it was due."""
    return state in OPEN and due_at < at


def possible(state: str, *, is_asked: bool, is_over: bool) -> list[Act]:
    """Return the acts open to somebody. is_asked: the task is theirs.

    is_over: they asked it, or are above its holder. Nobody confirms what they did themselves.
    """
    return [
        act
        for act, move in MOVES.items()
        if state in move.sources
        and (is_asked if move.by_asked else is_over and not (is_asked and act == Act.CONFIRM))
    ]


def day_after(on: date, zone: str) -> tuple[datetime, datetime]:
    """Return the next day's first instant, and that of the day after it, in a zone."""
    first, last = (datetime.combine(on + timedelta(days=n), time(), ZoneInfo(zone)) for n in (1, 2))
    return first, last


def late_words(n: int) -> str:
    """Say how many tasks are late."""
    return ngettext("%(n)s task is late", "%(n)s tasks are late", n) % {"n": grouped(n)}
