"""Tell if an election is complete: how many of its seats are known, of how many there were."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped
from abhiyan.elections import reference
from abhiyan.elections.models import Contest, Election, ElectionKind


@dataclass(frozen=True, slots=True)
class Wholeness:
    """seats: how many are here. of: those there were; None where that is not known."""

    seats: int
    of: int | None

    @property
    def lacking(self) -> int:
        return max(0, (self.of or 0) - self.seats)

    @property
    def is_incomplete(self) -> bool:
        return self.lacking > 0

    def says(self) -> str:
        """In short: "incomplete: 2 of 87"; empty where nothing is known to be missing."""
        if not self.is_incomplete:
            return ""
        return _("incomplete: %(n)s of %(of)s") % {"n": grouped(self.seats), "of": grouped(self.of or 0)}


def seats_there_were(kind: str, year: int, present: Mapping[str, set[str]], state: str = "") -> int | None:
    """Seats of an election (of a state of it), by the numbering of its year; None where that is not known, as
    of a by-election.

    present: states the election has seats of -> labels of their numberings. The Lok Sabha has seats in every state;
    an assembly election is of the states that are present.
    """
    level = ElectionKind(kind).level
    if ElectionKind(kind).is_by:
        return None
    states = (
        {state} if state else set(present) | (set(reference.reference_states()) if level == "pc" else set())
    )
    total = 0
    for state_code in states:
        numbering = reference.numbering(level, state_code, year)
        if numbering.numbers is None or present.get(state_code, {numbering.label}) != {numbering.label}:
            return None
        total += len(numbering.numbers)
    return total


def whole_of(kind: str, year: int, seats: Mapping[tuple[str, str], int], state: str = "") -> Wholeness:
    """Work out completeness from known seats: (state, label of the numbering) -> how many. No query."""
    present: dict[str, set[str]] = defaultdict(set)
    for seat_code, label in seats:
        present[seat_code].add(label)
    return Wholeness(sum(seats.values()), seats_there_were(kind, year, present, state))


def wholeness(elections: Iterable[Election], *, state: str = "") -> dict[int, Wholeness]:
    """id of each election -> how much of it (of a state of it) is here. One query."""
    asked = list(elections)
    seats: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = Contest.objects.filter(election__in=asked, **({"state": state} if state else {}))
    counted = rows.values_list("election_id", "state", "numbering").annotate(n=Count("id")).order_by()
    for pk, eci, label, n in counted:
        seats[pk][eci, label] = n
    return {
        election.pk: whole_of(election.kind, election.year, seats[election.pk], state) for election in asked
    }
