"""Name the things of other rooms on a unit, so that its closing asks about them. Each room names its things as the
software starts.

A room counts its things by a query (units.queries.hanging_on), and acts on the answer when it hears UnitsClosing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Answer(StrEnum):
    """A thing has one of these answers when its unit is closed."""

    GOES = "goes"
    ENDS = "ends"
    STAYS = "stays"

    @property
    def label(self) -> Promise:
        return _LABELS[self]


_LABELS = {
    Answer.GOES: _("Goes to the successor"),
    Answer.ENDS: _("Ends"),
    Answer.STAYS: _("Stays with the closed unit"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a room that hangs on units.

    query: SQL of (unit_id, n) of those among %(units)s on which any hangs. answers: those there are; none: it must be
    gone before its unit is closed. capability: what any answer but STAYS takes, at the unit. is_people: only viewers
    who see people there read how many. is_gone_for_good: what ended does not come back with the unit.
    """

    key: str
    title: str | Promise
    query: str
    answers: tuple[Answer, ...] = ()
    capability: str = ""
    is_people: bool = False
    is_gone_for_good: bool = False

    def usual(self, *, wanted: Answer = Answer.GOES, may: bool = True) -> Answer:
        """The answer nearest to what is wanted, of those there are; STAYS for somebody who may not touch it."""
        if not may:
            return Answer.STAYS
        order = (wanted, Answer.ENDS, Answer.STAYS) if wanted is Answer.GOES else (wanted, Answer.STAYS)
        return next(answer for answer in order if answer in self.answers)


_things: dict[str, Thing] = {}


def register(*things: Thing) -> None:
    """Make things known, in the room's AppConfig.ready()."""
    for dependent in things:
        _things[dependent.key] = dependent


def things() -> tuple[Thing, ...]:
    """Every thing that has an answer, in the order the rooms were loaded."""
    return tuple(dependent for dependent in _things.values() if dependent.answers)


def obstacles() -> tuple[Thing, ...]:
    """Things that must be gone before."""
    return tuple(dependent for dependent in _things.values() if not dependent.answers)


def usual_answers(*, wanted: Answer, may: Callable[[str], bool]) -> dict[str, str]:
    """Return one answer for everything, as far as each thing has it and the answering person may: for whole lists."""
    return {
        dependent.key: dependent.usual(wanted=wanted, may=may(dependent.capability)) for dependent in things()
    }
