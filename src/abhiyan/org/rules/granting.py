"""Who may hand on what: nobody grants beyond their own scope and capability."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """An appointment whose reach holds all that an office in some unit would open.

    is_above: it stands at a unit strictly above. rank: its office's; lower is more senior.
    """

    is_above: bool
    rank: int
    capabilities: frozenset[str]
    sees_people: bool


def may_appoint(grants: Iterable[Grant], *, rank: int) -> bool:
    """From above, or in the same unit as a senior of the office's rank."""
    return any(
        "org.appoint" in grant.capabilities and (grant.is_above or grant.rank < rank) for grant in grants
    )


def is_within(grants: Iterable[Grant], *, capabilities: Iterable[str], sees_people: bool) -> bool:
    """Whether the giver has, over all of it, everything the office may do and see."""
    grants = tuple(grants)
    own = frozenset[str]().union(*(grant.capabilities for grant in grants))
    return own.issuperset(capabilities) and (not sees_people or any(grant.sees_people for grant in grants))


def may_decide(grants: Iterable[Grant]) -> bool:
    """A disputed office is decided strictly above."""
    return any(grant.is_above and "org.decide" in grant.capabilities for grant in grants)


def may_reset(grants: Iterable[Grant]) -> bool:
    """A lost second proof is reset strictly above."""
    return any(grant.is_above and "org.factors" in grant.capabilities for grant in grants)
