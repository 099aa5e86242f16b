"""Offices of the organisation's own: which rights two people may put into one, and what else it is.

Decision 0027. An own office is a row beside the standard offices. It exists in the unit where it was made and below.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import body_kinds

ACT, MAKE = "org.office", "org.offices"  # the request (`rules.releases`), and the capability that it takes
PREFIX = "own_"  # of their codes; no standard office has it
# Junior to every standard office of a unit: nobody comes above a president by an office that they made.
RANK = 90
MOST_SEATS, MOST_OFFICES, LONGEST_NAME = 200, 60, 60  # holders in one unit; own offices of one unit; letters
SEES_PEOPLE = "people.read"  # an own office with it sees the people below its unit

# Only the standard offices hold these, each for its reason.
STANDARD_ONLY: dict[str, str] = {
    "org.approve": "the key of data officers, who are a line of their own",
    "org.officers": "data officers name one another",
    "org.release": "the key of the second person",
    "org.factors": "opens a way into an account",
    "org.decide": "settles who leads a unit",
    "org.offices": "an own office makes no other",
    "org.represent": "reaches into units of other trees, which the makers may not have",
    "verification.plan": "who plans checks is known to everybody",
    "verification.check": "who checks stands outside the line of command",
    "notices.publish": "the organisation's word to the public, by law",
    "polls.keep": "the law's silence hangs on it",
    "messages.release": "lifts a limit",
    "data.stop": "stops work everywhere",
    "data.watch": "looks at the readers, who may be its makers",
    # The maker above a desk does not hold these over it (`capabilities.AT_DESK`).
    "opinions.pass": "belongs to the desk of one unit",
    "messages.circular": "belongs to the desk of one unit",
    "helpdesk.named": "belongs to the desk of one unit",
}
GIVABLE = frozenset(
    {"org.read", "org.appoint", "org.bodies"}
    | {"people.read", "people.reveal", "people.export"}
    | {"programmes.make", "programmes.run", "programmes.targets", "tasks.ask", "forms.make"}
    | {"enrolment.enrol", "enrolment.place", "enrolment.correct", "enrolment.strike_off", "cards.print"}
    | {"contact.meet", "helpdesk.type", "helpdesk.answer"}
    | {"imports.units", "imports.appointments", "imports.pins", "imports.paper", "imports.totals"}
    | {"results.import", "plans.read", "plans.make", "messages.read", "messages.send", "channels.manage"}
)


@dataclass(frozen=True, slots=True)
class OwnOffice:
    """An office as one person asks for it and another reads it.

    names: by language. kinds: kinds of unit. is_expected: where nobody holds it, it is vacant. seats: holders in one
    unit. rights: capabilities. code: of the office that it changes; empty for a new one.
    """

    names: Mapping[str, str]
    kinds: tuple[str, ...]
    is_expected: bool
    seats: int
    rights: frozenset[str]
    code: str = ""

    @property
    def sees_people(self) -> bool:
        return SEES_PEOPLE in self.rights

    def payload(self) -> dict[str, Any]:
        """The same for a request (`models.Release`)."""
        return {
            "office": self.code,
            "names": dict(self.names),
            "kinds": list(self.kinds),
            "is_expected": self.is_expected,
            "seats": self.seats,
            "rights": sorted(self.rights),
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "OwnOffice":
        """Read what a request asks for."""
        return cls(
            names=payload["names"],
            kinds=tuple(payload["kinds"]),
            is_expected=payload["is_expected"],
            seats=payload["seats"],
            rights=frozenset(payload["rights"]),
            code=payload["office"],
        )


def rights_given(act: str, payload: Mapping[str, Any]) -> frozenset[str] | None:
    """The rights that a request would give away; None for a request that gives none.

    A kind of body is decided as an office is. Its seats have no rights (`body_kinds.can_sit`).
    """
    if act == body_kinds.ACT:
        return frozenset()
    return OwnOffice.of(payload).rights if act == ACT else None


def trimmed_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names without needless spaces."""
    return {language: " ".join(name.split()) for language, name in names.items()}


def is_taken(names: Mapping[str, str], others: Iterable[Mapping[str, str]]) -> bool:
    """Return True if one of these names is the name of another office, in any language."""
    taken = {name.casefold() for other in others for name in other.values()}
    return any(name.casefold() in taken for name in names.values())
