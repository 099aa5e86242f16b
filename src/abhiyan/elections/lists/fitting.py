"""Compare a file's constituencies with the names known of that year.

A number says which seat a row is of only in its own numbering. Files of one year are found with the numbers of another
(Telangana apart in 2014), so names are compared where both sides give one. A wrong number is a wrong seat, and refused.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from abhiyan.elections import reference
from abhiyan.elections.rules.seats import seat_named, seat_sound
from abhiyan.imports.work import Work

from .naming import NamedElection

Seat = tuple[str, int]
MOST = 10_000  # seats of a file that are compared; there are not half as many
NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class NumberingMove:
    """A state's numbers in the file become those of `state`, higher by `up`."""

    state: str
    up: int


class Fitting:
    """The named seats of a file held against those of its year. Nothing is held against a numbering with a name of its
    own (`-o numbering=`), or where the names of then are not known."""

    def __init__(self, of: NamedElection, names: Mapping[Seat, tuple[int, str]]) -> None:
        """names: seat -> row and name, empty where the file gives none."""
        self._level, self._year = of.level, of.wanted.year
        self._rows = names
        self._known = reference.seat_names_of_year(self._level, self._year) if of.numbering is None else {}
        self._means: dict[Seat, Seat | None] = {}  # None: a name that is like no seat's.
        self.moves: dict[str, NumberingMove | None] = {}  # states numbered otherwise than in that year.
        # `_labels` says how the file numbers these states, where we know that numbering.
        self._labels: dict[str, str] = {}
        if of.numbering is None:
            self._read()

    def _read(self) -> None:
        by_sound: dict[str, list[Seat]] = defaultdict(list)
        for state, seats in self._known.items():
            for number, name in seats.items():
                by_sound[seat_sound(name)].append((state, number))
        states = dict.fromkeys(state for state, _number in self._rows)
        near = {state: self._near(state) for state in states}
        for seat, (_row, name) in islice(self._rows.items(), MOST):
            if name and near[seat[0]]:
                self._means[seat] = self._seat(seat, name, near[seat[0]], by_sound)
        apart = {whole for state in states if (whole := self._part_of(state))}
        for state in states:
            self._judge(state, is_apart=state in apart)

    def _part_of(self, state: str) -> str | None:
        return reference.was_part_of(self._level, state, self._year)

    def _near(self, state: str) -> list[str]:
        """Return where to look for a state's seats: in itself, or where it belonged to. Return nothing if no names are
        known."""
        whole = self._part_of(state)
        return [state_code for state_code in (state, whole) if state_code and self._known.get(state_code)]

    def _seat(
        self, seat: Seat, name: str, near: list[str], by_sound: Mapping[str, list[Seat]]
    ) -> Seat | None:
        for state in near:
            number = seat_named(name, self._known[state], seat[1] if state == seat[0] else 0)
            if number is not None:
                return state, number
        elsewhere = by_sound.get(seat_sound(name), [])
        return elsewhere[0] if len(elsewhere) == 1 else None

    def _judge(self, state: str, *, is_apart: bool) -> None:
        """Find out if most of a state's seats are other seats by their names, and what corrects all of them."""
        means = {seat: to for seat, to in self._means.items() if seat[0] == state and to is not None}
        right = sum(seat == to for seat, to in means.items())
        up = Counter(NumberingMove(to[0], to[1] - number) for (_state, number), to in means.items())
        move, n = up.most_common(1)[0] if up else (None, 0)
        if len(means) - right > right:
            self.moves[state] = move if n >= NEARLY_ALL * len(means) else None
            if self.moves[state] is None:
                self._label(state, list(means))
        elif not right and (is_apart or self._part_of(state)):
            since = reference.moved_since(self._level, state, self._year)
            self.moves[state] = NumberingMove(*since) if since else None

    def _label(self, state: str, seats: Sequence[Seat]) -> None:
        """The numbering of another year that the names and numbers of a state fit."""
        for label, year in reference.numberings_of(self._level, state).items():
            names = reference.seat_names_of_year(self._level, year).get(state, {})
            fit = sum(seat_named(self._rows[seat][1], names, seat[1]) == seat[1] for seat in seats)
            if fit >= NEARLY_ALL * len(seats):
                self._labels[state] = label

    def refuse(self, work: Work, seat: Seat) -> bool:
        """Refuse a seat that is another by its name, or whose number is in doubt; whether it was."""
        state, number = seat
        row, name = self._rows[seat]
        to = self._means.get(seat)
        field = f"{self._level}_number"
        if to == seat:
            return False
        if to is not None and (to[0] == state or state in self.moves):
            facts = {"excerpt": name[:60], "right": to[1], "right_state": to[0]}
            reason = "seat_named" if to[0] == state else "seat_elsewhere"
            work.refuse(row, field, reason, state=state, number=number, **facts)
            return True
        if state not in self.moves:
            return False
        if whole := self._part_of(state):
            work.refuse(row, "state", "state_part", state=state, right_state=whole)
        else:
            work.refuse(row, field, "number_doubtful", state=state, number=number)
        return True

    def note(self, work: Work) -> None:
        """Note what would put a state's numbers right, and how many seats have a name that is like no known one."""
        for state, move in self.moves.items():
            if move is not None:
                work.note_whole(f"move {state} {move.state}", move.up)
        for state, label in self._labels.items():
            work.note_whole(f"numbered {state} {label}", 1)
        unlike = sum(to is None and seat[0] not in self.moves for seat, to in self._means.items())
        if unlike and unlike < len(self._means):
            work.note_whole("unlike", unlike)
