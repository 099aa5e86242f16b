"""The last votes beside units of the electoral tree: electors, votes polled, who was ahead and by how many."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries as elections
from abhiyan.elections.models import Election
from abhiyan.ui.lists import Column
from abhiyan.units.rules import levels

from .listing import Child

Row = TypeVar("Row")


def votes_election(unit_ids: Collection[int], hierarchy: int) -> Election | None:
    """Return the election whose votes a list of units shows. None outside the electoral tree, and without results."""
    return elections.last_election(unit_ids) if unit_ids and hierarchy == levels.ELECTORAL else None


@dataclass(frozen=True, slots=True)
class VoteBeside:
    """A unit of a list and its votes of the last election. vote: None where the results say nothing of it."""

    child: Child
    vote: elections.LastVote | None

    @property
    def electors(self) -> int | None:
        """Return electors as the unit has them, else as the last result says."""
        return self.child.electors or (self.vote.electors if self.vote else None)

    @property
    def per_100(self) -> float | None:
        """Return members counted for every 100 votes polled last time."""
        counted = self.child.ladder.counted
        return round(100 * counted / self.vote.polled, 1) if self.vote and counted is not None else None

    @property
    def ahead(self) -> str:
        """Say who was ahead by how many of all votes. Empty where no party has votes."""
        if self.vote is None or not self.vote.party:
            return ""
        return say("%(party)s ahead by %(lead)s of %(votes)s votes") % {
            "party": self.vote.party,
            "lead": grouped(self.vote.lead),
            "votes": grouped(self.vote.polled),
        }


@dataclass(frozen=True, slots=True)
class VotesOfUnits:
    """The votes of the units on a page. name: of the election; empty where the page shows no votes."""

    name: str = ""
    votes: dict[int, elections.LastVote] = field(default_factory=dict)

    def beside(self, child: Child) -> VoteBeside:
        """Return the votes of one unit of the list."""
        return VoteBeside(child, self.votes.get(child.unit_id))


def last_votes_of_units(
    unit_ids: Collection[int], hierarchy: int, *, election: Election | None = None
) -> VotesOfUnits:
    """Read the last votes of units. election: of the whole list; else the newest of most of these units.

    Three queries in the electoral tree, however many units; none in another tree.
    """
    of = election or votes_election(unit_ids, hierarchy)
    return (
        VotesOfUnits(name_in_language(of.names), elections.last_votes(of, unit_ids)) if of else VotesOfUnits()
    )


def vote_columns(of: Callable[[Row], VoteBeside]) -> tuple[Column[Row], ...]:
    """Return columns of what the last election says of zones, constituencies, segments and booths.

    of: a row's votes.
    """
    return (
        Column("electors_there", _("Electors"), lambda row: of(row).electors, css="num wide"),
        Column(
            "polled", _("Votes last time"), lambda row: (vote := of(row).vote) and vote.polled, css="num wide"
        ),
        Column("ahead", _("Ahead last time"), lambda row: vote.party if (vote := of(row).vote) else ""),
        Column("lead", _("Lead last time"), lambda row: (vote := of(row).vote) and vote.lead, css="num"),
        Column("per_100", _("Members per 100 votes"), lambda row: of(row).per_100, css="num"),
    )
