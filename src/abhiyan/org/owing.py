"""Collect what a unit and its bodies owe. The rooms above register who knows it, as the software starts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from abhiyan.org.viewer import Viewer
from abhiyan.ui.squares import Shape, Squares
from abhiyan.units.queries import UnitRow


@dataclass(frozen=True, slots=True)
class OwedHere:
    """One thing that a unit, or a body of it, owes: its last periods, each a square and its word.

    came_in: the same periods, counted.
    """

    title: str
    whose: str
    href: str
    signs: Sequence[tuple[Shape, str]]
    came_in: str
    body_id: int | None = None

    @property
    def squares(self) -> Squares:
        return Squares([(shape, 1) for shape, _word in self.signs])

    @property
    def said(self) -> str:
        return ", ".join(word for _shape, word in self.signs)


def legend_of(owed: Iterable[OwedHere]) -> list[tuple[Shape, str]]:
    """List each square that is drawn once, with its word."""
    return list(dict.fromkeys(sign for row in owed for sign in row.signs))


Answer = Callable[[Viewer, UnitRow, int, datetime], Sequence[OwedHere]]
_answers: list[Answer] = []


def register(answer: Answer) -> None:
    """Let a room say what a unit owes, in its AppConfig.ready(). It leaves out what the viewer may not know."""
    _answers.append(answer)


def owed_here(viewer: Viewer, here: UnitRow, hierarchy: int, *, at: datetime) -> list[OwedHere]:
    """Return what a unit and its bodies owe now, in one hierarchy, as far as the viewer may know it."""
    return [one for answer in _answers for one in answer(viewer, here, hierarchy, at)]
