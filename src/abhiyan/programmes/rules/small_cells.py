"""Small cells: what somebody may read of a count who may not see the people behind it.

Outside one's person-level scope a count stands as of the last closed day, is rounded to 10 and says nothing
below 10. Every figure is rounded by itself from its running total, never put together from rounded parts, and
rounding keeps order: so rungs keep their order, and two figures (two days, a node and its children, two
channels) differ by a multiple of 10 whose meaning is uncertain by up to 9 either way.

Its limit: of a node above one's own units the exact own part is known, and is rounded together with the rest. Where
the rest is small and stands still while the own part grows by ones, many days' figures narrow it down.
"""

STEP = 10


def shown(n: int) -> int | None:
    """The count as it may be shown from outside: to the nearest 10, halves up; None where it is below 10."""
    return None if n < STEP else (n + STEP // 2) // STEP * STEP
