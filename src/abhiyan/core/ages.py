"""How long what waits has waited, counted by the database in four steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .numbers import grouped

# Count waiting rows: the oldest, and how many are younger than 1, 5 and 10 minutes, or older. {0}: since when it waits.
COUNTED = """min({0}), count(*) filter (where {0} > %(at)s::timestamptz - interval '1 minute'),
 count(*) filter (where {0} > %(at)s::timestamptz - interval '5 minutes'
   and {0} <= %(at)s::timestamptz - interval '1 minute'),
 count(*) filter (where {0} > %(at)s::timestamptz - interval '10 minutes'
   and {0} <= %(at)s::timestamptz - interval '5 minutes'),
 count(*) filter (where {0} <= %(at)s::timestamptz - interval '10 minutes')"""


@dataclass(frozen=True, slots=True)
class Ages:
    """How much waits: younger than 1, 5 and 10 minutes, and older. is_more: there are more, which were not counted."""

    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    oldest_s: float = 0.0
    is_more: bool = False

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def n_said(self) -> str:
        return grouped(self.n) + ("+" if self.is_more else "")

    @property
    def oldest_said(self) -> str:
        return age_words(self.oldest_s) if self.n else ""

    @property
    def oldest_words(self) -> str:
        return oldest_words(self.oldest_s) if self.n else ""


def ages_by_key(rows: Iterable[Sequence[Any]], *, at: datetime, most: int) -> dict[Any, Ages]:
    """Rows of a key and COUNTED, by that key. most: as many as were counted at the most, all keys together."""
    age_rows = list(rows)
    is_more = sum(sum(counts) for _key, _oldest, *counts in age_rows) >= most
    return {
        key: Ages((young, minutes, later, old), (at - oldest).total_seconds() if oldest else 0.0, is_more)
        for key, oldest, young, minutes, later, old in age_rows
    }


def ages_together(some: Iterable[Ages]) -> Ages:
    """Several as one."""
    ages = list(some)
    young, minutes, later, old = (sum(one.counts[place] for one in ages) for place in range(4))
    oldest_s = max((one.oldest_s for one in ages), default=0.0)
    return Ages((young, minutes, later, old), oldest_s, any(one.is_more for one in ages))


def age_words(seconds: float) -> str:
    """Minutes and seconds: 0:48; from an hour on hours, from two days on days."""
    minutes, rest = divmod(int(seconds), 60)
    hours = minutes // 60
    if hours >= 48:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": grouped(hours // 24)}
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": grouped(hours)}
    return f"{minutes}:{rest:02d}"


def oldest_words(seconds: float) -> str:
    """Say how long the oldest of what waits has waited: "oldest 0:48"."""
    return _("oldest %(age)s") % {"age": age_words(seconds)}
