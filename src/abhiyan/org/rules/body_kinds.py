"""Kinds of body of the organisation's own: which seats two people may put into one, and what else it is.

Decision 0028. A seat of a body gives no right, so only offices without rights are seats. An own kind exists in the
unit where it was made and below, as an own office does (`own_offices`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

ACT = "org.body_kind"  # the request (`rules.releases`); its capability is `own_offices.MAKE`
# Standard seats that an own kind may have. Those of call centres belong to call centres.
STANDARD_SEATS = ("wing_president", "body_convener", "body_member")
MOST_KINDS, MOST_EXPECTED, MOST_OTHER_SEATS = (
    30,
    20,
    200,
)  # of one unit; bodies in one unit; seats in one body


@dataclass(frozen=True, slots=True)
class WantedKind:
    """A kind of body as one person asks for it and another reads it.

    names: by language. levels: kinds of unit. leads: the office that leads it, one seat. seats: each other office and
    how many seats it has. expected: bodies in one unit. code: of the kind that it changes; empty for a new one.
    """

    names: Mapping[str, str]
    levels: tuple[str, ...]
    leads: str
    seats: tuple[tuple[str, int], ...]
    expected: int
    code: str = ""

    @property
    def others(self) -> int:
        """Count the seats beside the one that leads."""
        return sum(number for _office, number in self.seats)

    def payload(self) -> dict[str, Any]:
        """The same for a request (`models.Release`)."""
        return {
            "kind": self.code,
            "names": dict(self.names),
            "levels": list(self.levels),
            "leads": self.leads,
            "seats": [list(seat) for seat in self.seats],
            "expected": self.expected,
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "WantedKind":
        """Read what a request asks for."""
        return cls(
            names=payload["names"],
            levels=tuple(payload["levels"]),
            leads=payload["leads"],
            seats=tuple((office, number) for office, number in payload["seats"]),
            expected=payload["expected"],
            code=payload["kind"],
        )


def can_sit(code: str, *, is_own: bool, rights: Collection[str], sees_people: bool) -> bool:
    """Return True if an office may be a seat of an own kind of body: it gives no right and shows nobody."""
    return (is_own or code in STANDARD_SEATS) and not rights and not sees_people
