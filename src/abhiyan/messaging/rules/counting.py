"""A count of an audience, part by part, in the order of the phones' ids.

The ids are keyed hashes, spread evenly: a share of their range holds that share of any audience, nearly.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

FIRST, LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
PART = 20_000  # phones of one part, about: some tenths of a second
FIRST_SHARE = 1 / 1_024
FASTER = 16  # times as much at most as the part before: what is counted may lie in heaps


def up_to(after: UUID, *, share: float) -> UUID:
    """The end of the range of ids behind one that holds a share of all phones."""
    return UUID(int=min(after.int + max(1, int(LAST.int * min(share, 1.0))), LAST.int))


@dataclass(frozen=True, slots=True)
class ReachedPhones:
    """Count phones by reason ("" for phones that get it at once); how many get it in the end, in how many parts."""

    by_reason: Mapping[str, int] = field(default_factory=dict)
    n: int = 0
    parts: int = 0

    @property
    def seen(self) -> int:
        """All phones that were looked at."""
        return sum(self.by_reason.values())

    def plus(self, other: "ReachedPhones") -> "ReachedPhones":
        by_reason = Counter(self.by_reason) + Counter(other.by_reason)
        return ReachedPhones(dict(by_reason), self.n + other.n, self.parts + other.parts)


@dataclass(frozen=True, slots=True)
class Count:
    """A count on its way. at: the moment it is of. after: the last id that was counted. share: of the next part."""

    at: datetime
    after: UUID = FIRST
    share: float = field(default_factory=lambda: FIRST_SHARE)
    found: ReachedPhones = field(default_factory=ReachedPhones)

    @property
    def until(self) -> UUID:
        """The end of the next part."""
        return up_to(self.after, share=self.share)

    @property
    def is_done(self) -> bool:
        return self.after == LAST

    @property
    def done_pct(self) -> int:
        return self.after.int * 100 >> 128

    def went_on(self, part: ReachedPhones) -> "Count":
        """With the next part counted; the one after it is to hold about PART phones."""
        share = self.share * min(FASTER, PART / max(part.seen, 1))
        return Count(self.at, self.until, share, self.found.plus(part))

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "at": self.at.isoformat(),
            "after": str(self.after),
            "share": self.share,
            "found": asdict(self.found),
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `kept` made."""
        at, after = datetime.fromisoformat(kept["at"]), UUID(kept["after"])
        return cls(at, after, kept["share"], ReachedPhones(**kept["found"]))
