"""Small cells: what somebody may read of a count who may not see the people behind it.

Outside one's person-level scope a count is that of the last closed day. It is rounded to 10 and says nothing
below 10. Every figure is rounded by itself from its running total, never put together from other rounded figures.
Rounding keeps order, so rungs keep theirs. Two figures (two days, a node and its children, two channels) differ by a
multiple of 10. Such a difference is uncertain by up to 9 either way.

Somebody knows the own part of a node above their units exactly, day by day. There the rest is rounded first, by
itself, and only then put together with the own part (`shown_with_own`). While the own part moves by ones, the figure
tells no more than the rest rounded alone. It tells nothing where that is below 10. Such a figure may be 14 away.

Answers without a name are nobody's own part: no office may see the people behind them, so every reader is outside.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped

Part = TypeVar("Part", bound=Hashable)
STEP = 10
# A level with fewer people, or fewer answers, would know the author. Its answers without a name go one level up.
FEWEST_PEOPLE, FEWEST_ANSWERS = 5, 10


def shown_count(n: int) -> int | None:
    """The count as it may be shown from outside: to the nearest 10, halves up; None where it is below 10."""
    return None if n < STEP else (n + STEP // 2) // STEP * STEP


def shown_with_own(own: int, rest: int) -> int | None:
    """Return the count of a node whose part `own` the viewer knows: the rest counts as `shown_count` shows it."""
    return shown_count(own + (shown_count(rest) or 0))


def until(at: datetime, zone: str) -> datetime:
    """The end of the last closed day: counts from outside hold nothing of today."""
    return datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))


def seen_count(n: int, *, is_exact: bool) -> str:
    """The count in words. is_exact: the reader may see the people behind it; else as `shown_count`."""
    return count_in_words(n if is_exact else shown_count(n))


def hides_each(*, people: int, answers: int) -> bool:
    """True where so many people gave so many answers that nobody knows whose words one of them has."""
    return people >= FEWEST_PEOPLE and answers >= FEWEST_ANSWERS


def level_for(levels: Sequence[Part], n_of: Mapping[Part, int], fewest: int) -> Part | None:
    """The first of these levels, from below, with so many people or answers; the highest where none has as many."""
    return next((level for level in levels if n_of.get(level, 0) >= fewest), levels[-1] if levels else None)


def count_in_words(n: int | None) -> str:
    """A count as it may be shown, in words."""
    return _("fewer than 10") if n is None else grouped(n)


def fewer(n: int | None, wanted: int | None) -> int:
    """Return how many a count lacks of a number, at least. n: None where it is below 10."""
    return max(0, (wanted or 0) - (STEP - 1 if n is None else n))


def part_to_hide(parts: Mapping[Part, int | None]) -> Part | None:
    """Return the part of a known total that must be hidden too, because only one other is below 10.

    Else the total less the parts shown could tell that one. It is the smallest of those shown; None where none must be.
    """
    seen = {part: n for part, n in parts.items() if n is not None}
    if len(parts) - len(seen) != 1 or not seen:
        return None
    return min(seen, key=lambda part: seen[part])
