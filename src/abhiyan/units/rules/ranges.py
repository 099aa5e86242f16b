"""Positions: every unit of a tree has a range [lo, hi) that lies inside its parent's.

A parent stands on its own `lo`; its children follow in the first half of its room, the second half stays free
for those who come later. So a newcomer or a branch that moves in shifts nobody else, until a parent is full;
then the smallest ancestor with room to spare is laid out anew.
"""

from dataclasses import dataclass

SPAN = 2**56  # positions of one hierarchy; so one multirange can speak of all hierarchies
LEAST_WIDTH = 2**8  # of a unit laid out: what it may itself take in before something must give way
ROOMY = 2**24  # positions per unit an ancestor must have to be laid out anew


def base(hierarchy: int) -> int:
    """First position of a hierarchy."""
    return hierarchy * SPAN


def hierarchy_of(position: int) -> int:
    """Which hierarchy a position belongs to."""
    return position // SPAN


def step(*, room: int, size: int, capped: int | None = None) -> int:
    """Positions per unit when `size` units (all depths) are laid into half of `room`; 0 when they do not fit.

    capped: no more than this, so that one newcomer does not eat half of what is free.
    """
    each = room // (2 * (size + 1))
    return each if capped is None else min(each, max(capped, LEAST_WIDTH))


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a moved branch goes: its new first position, and by how many bits its positions shrink."""

    lo: int
    shrink: int

    def place(self, position: int, old_lo: int) -> int:
        """The new position of one of the branch."""
        return self.lo + ((position - old_lo) >> self.shrink)


def fit(*, width: int, closest: int, free_lo: int, free_hi: int) -> Fit | None:
    """How a branch of this width comes into the free positions [free_lo, free_hi), or None when it cannot.

    closest: the smallest distance between two neighbouring positions of the branch, or of a unit's own lo and
    hi. The branch keeps its width where it can (then moving back restores it exactly); else its positions are
    shifted right until it takes no more than half of what is free.
    """
    if width <= free_hi - free_lo:
        return Fit(free_lo, 0)
    shrink = 0
    while (width >> shrink) + 1 > (free_hi - free_lo) // 2:
        shrink += 1
        if closest >> shrink < LEAST_WIDTH:
            return None
    return Fit(free_lo, shrink)
