"""Polls and the places they concern: the silence before a poll closes, and the time of an election (law.md E1, E2).

A place is a unit as the trees have it: its positions in each hierarchy, and its state. If an area and a place are both
in one hierarchy, that tree says how they overlap. If they share none (an office's mandal and a constituency), nobody
can say: the place counts as inside if both may be in one state. A place without any state may be in every state.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from abhiyan.units.rules.ranges import hierarchy_of

SILENCE = timedelta(hours=48)  # RP Act s.126(1)(b): the hours that end at the close of the poll
Window = tuple[datetime, datetime]  # from, and until: exclusive


@dataclass(frozen=True, slots=True)
class PollPlace:
    """Where a unit is. spans: its positions [lo, hi), one for each hierarchy. states: ids of the state it is in, or of
    the state it is; empty where none is known. is_nation: it is the whole country."""

    spans: tuple[tuple[int, int], ...] = ()
    states: frozenset[int] = frozenset()
    is_nation: bool = False

    @property
    def hierarchies(self) -> frozenset[int]:
        return frozenset(hierarchy_of(lo) for lo, _hi in self.spans)


NOWHERE = PollPlace()


class Areas:
    """Many areas, ready to be compared with places."""

    def __init__(self, areas: Iterable[PollPlace]) -> None:
        poll_places = list(areas)
        self._starts: list[int] = []
        self._ends: list[int] = []
        # Units of one tree lie inside each other or apart: the outermost say it all.
        for lo, hi in sorted(
            {span for area in poll_places for span in area.spans}, key=lambda span: (span[0], -span[1])
        ):
            if not self._ends or lo >= self._ends[-1]:
                self._starts.append(lo)
                self._ends.append(hi)
        self._kinds = {(area.hierarchies, area.states) for area in poll_places}
        self.states = frozenset(state for area in poll_places for state in area.states)
        self.has_nation = any(area.is_nation for area in poll_places)

    def touch(self, place: PollPlace) -> bool:
        """Return True if the place is in an area, or has one inside, or may be in one for all that is known."""
        for lo, hi in place.spans:
            after = bisect_right(self._starts, lo)
            if after and self._ends[after - 1] > lo:
                return True
            if after < len(self._starts) and self._starts[after] < hi:
                return True
        trees_here = place.hierarchies
        return any(
            not trees_here & hierarchies and (not states or not place.states or bool(states & place.states))
            for hierarchies, states in self._kinds
        )

    def concern_state_of(self, place: PollPlace) -> bool:
        """Return True if one of the areas is in the place's state, or is the whole country."""
        return self.has_nation or bool(self.states & place.states)


@dataclass(frozen=True, slots=True)
class Phase:
    """closes_at: the close of the poll; None: there is no poll here."""

    closes_at: datetime | None
    areas: Areas


@dataclass(frozen=True, slots=True)
class Polling:
    """The calendar says this of somebody's place at an instant.

    silences: the hours before the close of each poll there, in order. is_election: between an announcement and its
    result. is_known: the place's state has an entry in force, or "no poll".
    """

    silences: tuple[Window, ...] = ()
    is_election: bool = False
    is_known: bool = False

    def silent_until(self, at: datetime) -> datetime | None:
        """When the silence of this instant ends; None: there is none. One that begins in another is part of it."""
        until = None
        while True:
            now = until or at
            ends = [closes for begins, closes in self.silences if begins <= now < closes]
            if not ends:
                return until
            until = max(ends)


def silence(closes_at: datetime) -> Window:
    """The hours in which nothing may be sent in bulk, of a poll that closes then."""
    return closes_at - SILENCE, closes_at


@dataclass(frozen=True, slots=True)
class Calendar:
    """The phases of the entries that are in force on a day."""

    phases: tuple[Phase, ...] = ()

    def polling(self, places: Iterable[PollPlace]) -> Polling:
        """Return what it says of somebody who may be in each of these places: the strictest of them. None: nowhere
        known."""
        poll_places = list(places) or [NOWHERE]
        touched = [
            phase.closes_at
            for phase in self.phases
            if phase.closes_at is not None and any(phase.areas.touch(place) for place in poll_places)
        ]
        return Polling(
            silences=tuple(sorted({silence(closes_at) for closes_at in touched})),
            is_election=bool(touched),
            is_known=all(
                any(phase.areas.concern_state_of(place) for phase in self.phases) for place in poll_places
            ),
        )
