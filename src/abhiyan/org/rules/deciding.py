"""Another person approves a request: two people are two people (decision 0010).

The approver is a data officer of the unit, or of one above it. Or their office is of the level above the asker, with
the same power. The asker neither appointed nor can remove them, they did not appoint the asker, and no third person
appointed both. So one person with many phones never passes. All of it is true when it was asked and when it is decided.

A request that gives rights away (`own_offices`) is approved only by somebody who has all of them over the whole unit.
They need not be above the asker, for they give nothing that they do not have.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .granting import APPROVE, Grant, may_end
from .own_offices import SEES_PEOPLE
from .ranges import Range, covers, is_in_ranges

RELEASE = "org.release"
# This is longer than a request lives (rules.releases), so an appointment comes too late for a request made already.
SEATED_FOR = timedelta(days=7)


class Why(StrEnum):
    """Why somebody may not decide; the first true reason is given."""

    OWN = "own"
    APPOINTED_BY_ASKER = "appointed_by_asker"
    APPOINTED_ASKER = "appointed_asker"
    ONE_APPOINTER = "one_appointer"
    NOT_ABOVE = "not_above"
    REMOVABLE = "removable"
    TOO_NEW = "too_new"
    NO_POWER = "no_power"


@dataclass(frozen=True, slots=True)
class DecidingTerm:
    """One appointment, as far as deciding asks. reach: positions it reaches in today's trees.

    since, until: from when to when it counts. by_console: the server's console made it. line: its holder, and
    everybody who appointed them, directly or through others.
    """

    account: int
    rank: int
    capabilities: frozenset[str]
    reach: tuple[Range, ...]
    since: datetime
    until: datetime | None
    by_console: bool
    line: frozenset[int] = frozenset()
    sees_people: bool = False

    @property
    def is_officer(self) -> bool:
        return APPROVE in self.capabilities

    def counts_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, positions: Iterable[int]) -> bool:
        """Return True if it reaches a unit that has these positions."""
        return any(is_in_ranges(self.reach, position) for position in positions)

    def is_above(self, other: "DecidingTerm") -> bool:
        """Return True if its unit is strictly above the other's, wherever the other reaches."""
        return bool(other.reach) and all(
            any(lo < inner[0] and inner[1] <= hi for lo, hi in self.reach) for inner in other.reach
        )

    def can_end(self, other: "DecidingTerm") -> bool:
        """Return True if its holder may end the other appointment."""
        if not other.reach or not all(covers(self.reach, inner) for inner in other.reach):
            return False
        grant = Grant(
            is_above=self.is_above(other), rank=self.rank, capabilities=self.capabilities, sees_people=False
        )
        return may_end([grant], rank=other.rank, capabilities=other.capabilities)


@dataclass(frozen=True, slots=True)
class AskedDecision:
    """A request. positions: of its unit. capability: what the act takes. terms: every appointment of the asker.

    line: the asker, and everybody who appointed them, directly or through others. is_root: made on the console.
    rights: that it gives away; None: it gives none.
    """

    by: int
    at: datetime
    capability: str
    positions: tuple[int, ...]
    terms: tuple[DecidingTerm, ...]
    line: frozenset[int]
    is_root: bool
    rights: frozenset[str] | None = None


def why_may_not_decide(asked_decision: AskedDecision, term: DecidingTerm, *, at: datetime) -> Why | None:
    """Why the holder of an appointment may not decide a request by it; None where they may."""
    if term.account == asked_decision.by:
        return Why.OWN
    if not _has_power(asked_decision, term, at=at):
        return Why.NO_POWER
    if asked_decision.by in term.line:
        return Why.APPOINTED_BY_ASKER
    if term.account in asked_decision.line:
        return Why.APPOINTED_ASKER
    if asked_decision.line & term.line:
        return Why.ONE_APPOINTER
    deciding_terms = [
        deciding_term
        for deciding_term in asked_decision.terms
        if deciding_term.counts_at(asked_decision.at) or deciding_term.counts_at(at)
    ]
    if not term.is_officer and asked_decision.rights is None:
        powers = [
            deciding_term
            for deciding_term in deciding_terms
            if asked_decision.capability in deciding_term.capabilities
            and deciding_term.is_over(asked_decision.positions)
        ]
        if not powers or not all(term.is_above(deciding_term) for deciding_term in powers):
            return Why.NOT_ABOVE
    if any(deciding_term.can_end(term) for deciding_term in deciding_terms) or (
        asked_decision.is_root and not term.is_officer
    ):
        return Why.REMOVABLE
    if not term.by_console and term.since > asked_decision.at - SEATED_FOR:
        return Why.TOO_NEW
    return None


def _has_power(asked_decision: AskedDecision, term: DecidingTerm, *, at: datetime) -> bool:
    """Return True if the office decides such requests of that unit, for any asker."""
    if asked_decision.rights is not None and not _has_all(
        term, asked_decision.rights, asked_decision.positions
    ):
        return False
    return (
        term.counts_at(at)
        and term.is_over(asked_decision.positions)
        and (term.is_officer or {RELEASE, asked_decision.capability} <= term.capabilities)
    )


def _has_all(term: DecidingTerm, rights: frozenset[str], positions: tuple[int, ...]) -> bool:
    """Return True if an office has these rights over a unit in every tree of it."""
    sees = term.sees_people or SEES_PEOPLE not in rights
    return (
        sees
        and rights <= term.capabilities
        and all(is_in_ranges(term.reach, position) for position in positions)
    )
