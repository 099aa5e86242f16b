"""Decide who may hand on what: nobody grants beyond their own scope and capability.

Data officers are a line of their own: they alone name and end one another, from strictly above. Leaders can do neither,
or they would choose who watches them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from .capabilities import LEADS, REPRESENTS

APPROVE, NAME_OFFICERS = "org.approve", "org.officers"  # what makes an office a data officer's
BODIES = "org.bodies"  # fills the seats of bodies too


@dataclass(frozen=True, slots=True)
class Grant:
    """An appointment whose reach holds all that an office in some unit would open.

    is_above: its unit is strictly above. rank: its office's; lower is more senior.
    """

    is_above: bool
    rank: int
    capabilities: frozenset[str]
    sees_people: bool


class GivenOffice(Protocol):
    """An office, with what decides who may give it."""

    @property
    def rank(self) -> int: ...
    @property
    def capabilities(self) -> Collection[str]: ...
    @property
    def sees_people(self) -> bool: ...


def is_of_officers(capabilities: Collection[str]) -> bool:
    """Return True if an office with these capabilities belongs to the data officers' own line."""
    return APPROVE in capabilities or NAME_OFFICERS in capabilities


def may_end(
    grants: Iterable[Grant], *, rank: int, capabilities: Collection[str], is_seat: bool = False
) -> bool:
    """Return True if one may end an appointment to an office: from above, or in its unit as a senior of the office's
    rank.

    is_seat: the office is a seat in a body, which who sets up bodies fills.
    """
    if is_of_officers(capabilities):
        return any(NAME_OFFICERS in grant.capabilities and grant.is_above for grant in grants)
    needed = BODIES if is_seat else "org.appoint"
    return any(needed in grant.capabilities and (grant.is_above or grant.rank < rank) for grant in grants)


def may_appoint(
    grants: Iterable[Grant],
    *,
    rank: int,
    capabilities: Collection[str],
    sees_people: bool,
    is_seat: bool = False,
) -> bool:
    """Return True if one may give an office: as `may_end` says, and nothing beyond what one has oneself."""
    grants = tuple(grants)
    return may_end(grants, rank=rank, capabilities=capabilities, is_seat=is_seat) and is_within(
        grants, capabilities=capabilities, sees_people=sees_people
    )


def is_within(grants: Iterable[Grant], *, capabilities: Iterable[str], sees_people: bool) -> bool:
    """Return True if the giver has, over all of it, everything that the office may do and see.

    A leader of the people there reads exact figures and calls the office-bearers, so may let another do the same.
    """
    grants = tuple(grants)
    implied = (
        {REPRESENTS} if any(grant.sees_people and LEADS in grant.capabilities for grant in grants) else set()
    )
    codes_held = frozenset(implied).union(*(grant.capabilities for grant in grants))
    return codes_held.issuperset(capabilities) and (
        not sees_people or any(grant.sees_people for grant in grants)
    )


def may_decide_dispute(grants: Iterable[Grant]) -> bool:
    """A disputed office is decided strictly above."""
    return any(grant.is_above and "org.decide" in grant.capabilities for grant in grants)


def may_reset(grants: Iterable[Grant]) -> bool:
    """A lost second proof is reset strictly above."""
    return any(grant.is_above and "org.factors" in grant.capabilities for grant in grants)
