"""Positions: every unit of a tree has a range [lo, hi) that lies inside its parent's.

A parent has its own `lo`; its children follow in the first half of its room, the second half stays free for later ones.
So a newcomer or a branch that moves in shifts nobody else, until a parent is full; then the smallest ancestor with room
to spare is laid out again.
"""

from dataclasses import dataclass

SPAN = 2**56  # positions of one hierarchy; so one multirange can speak of all hierarchies.
LEAST_WIDTH = 2**8  # of a unit laid out: what it may itself take in before something must give way.
ROOMY = 2**24  # positions per unit an ancestor must have to be laid out again.


def base(hierarchy: int) -> int:
    """First position of a hierarchy."""
    return hierarchy * SPAN


def hierarchy_of(position: int) -> int:
    """Return the hierarchy of a position."""
    return position // SPAN


def rounded_step(step: int) -> int:
    """A step with only its first bits kept (at most a sixteenth is lost): so branches can shrink without loss."""
    return step & (-1 << max(0, step.bit_length() - 5))


def range_step(*, room: int, size: int, cap: int | None = None) -> int:
    """Positions per unit when `size` units (all depths) are laid into half of `room`; 0 when they do not fit.

    cap: no more than this, so that one newcomer does not eat half of what is free. `actions.laying` does the
    same in SQL.
    """
    gap = room // (2 * (size + 1))
    return rounded_step(gap if cap is None else min(gap, max(cap, LEAST_WIDTH)))


@dataclass(frozen=True, slots=True)
class RangeFit:
    """A moved branch goes here: its new first position, and by how many bits its positions shrink (grow: < 0)."""

    lo: int
    shrink: int

    def place(self, position: int, old_lo: int) -> int:
        """The new position of one of the branch."""
        offset = position - old_lo
        return self.lo + (offset >> self.shrink if self.shrink >= 0 else offset << -self.shrink)


def fit(*, width: int, bits: int, free_lo: int, free_hi: int) -> RangeFit | None:
    """How a branch of this width comes into the free positions [free_lo, free_hi), or None when it cannot.

    bits: all positions of the branch, counted from its own `lo`, or-ed together. It keeps its width where it can; else
    its positions are shifted right until it takes no more than half of what is free. No set bit may be lost, so that
    moving back restores every position.
    """
    free = free_hi - free_lo
    if width <= free:
        return RangeFit(free_lo, 0)
    zeros = (bits & -bits).bit_length() - 1
    for shrink in range(1, zeros - LEAST_WIDTH.bit_length() + 2):
        if width >> shrink <= free // 2:
            return RangeFit(free_lo, shrink)
    return None


def fit_back(*, width: int, lo: int, old_width: int) -> RangeFit | None:
    """How a branch of this width gets back to `lo` with the width it had there, if bits shifted tell the way."""
    shrink = width.bit_length() - old_width.bit_length()
    fitting = RangeFit(lo, shrink)
    return fitting if fitting.place(width, 0) - lo == old_width else None
