"""Acts that need a second person's approval, and the capability that the asker must hold.

An act needs one if less is proven afterwards of people who join or sign in, or if it opens a way in. It needs one if
people then call somebody else, or if data of many people or messages to them leave. One person takes such an act back.
Acts on one's own account take one's own proof.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CAPABILITY: dict[str, str] = {
    "org.office": "org.offices",
    "org.body_kind": "org.offices",
    "people.export": "people.export",
    "lists.export": "people.export",
    "people.reveal_many": "people.reveal",
    "people.merge": "enrolment.strike_off",
    "messages.release": "messages.release",
    "messages.bulk": "messages.send",
    "channels.token": "channels.manage",
    "channels.number": "channels.manage",
    "channels.number_end": "channels.manage",
    "channels.codes_off": "programmes.run",
    "factors.reset": "org.factors",
    "polls.confirm": "polls.keep",
    "frames.redraw": "verification.plan",
    "helpdesk.answer_many": "helpdesk.answer",
    "helpdesk.number": "programmes.run",
    "contact.list": "programmes.run",
    "friends.certificates": "people.export",
    "verification.finding": "verification.plan",
    "emergency.end": "data.stop",
    "incident.notify": "data.watch",
}
# Data of many people or messages to them leave by these. The emergency stop holds them, approved or not.
GIVES_OUT = frozenset(
    {"people.export", "lists.export", "people.reveal_many", "messages.release", "messages.bulk"}
    | {"friends.certificates"}
)
# The asker has nothing more to do: the approval carries it out (`org.news.ReleaseDecided`).
DONE_BY_APPROVAL = frozenset(
    {"polls.confirm", "frames.redraw", "verification.finding", "channels.number_end", "helpdesk.number"}
    | {"channels.codes_off", "contact.list", "friends.certificates", "org.office", "org.body_kind"}
    | {"emergency.end", "incident.notify"}
)
# Only the asker and possible deciders read these, not everybody who sees people of the unit.
QUIET = ("verification.finding",)
NAMES: dict[str, Promise] = {
    "org.office": _("Make or change an office"),
    "org.body_kind": _("Make or change a kind of committee"),
    "people.export": _("Export a list of people"),
    "lists.export": _("Export a list with names"),
    "people.reveal_many": _("Reveal many phone numbers"),
    "people.merge": _("Merge several duplicates"),
    "messages.release": _("Send held messages"),
    "messages.bulk": _("Send a bulk message"),
    "channels.token": _("Make a token for a channel"),
    "channels.number": _("Add a number of ours"),
    "channels.number_end": _("End a number of ours"),
    "channels.codes_off": _("Ask no codes in a state"),
    "factors.reset": _("Reset a lost second proof"),
    "polls.confirm": _("Poll dates"),
    "frames.redraw": _("Name another public value for a draw"),
    "helpdesk.answer_many": _("Answer many requests at once"),
    "helpdesk.number": _("Change the number of a helpline"),
    "contact.list": _("Use a contact list"),
    "friends.certificates": _("Print certificates of friends"),
    "verification.finding": _("Confirm a finding about a worker's entries"),
    "incident.notify": _("Tell people of an incident"),
    "emergency.end": _("End the emergency stop"),
}
ASKED_LASTS = timedelta(hours=72)  # to be decided
DECIDED_LASTS = timedelta(hours=24)  # to be used
# From the approval to the reset of a lost proof of an office of state or nation; its holder can stop it until then.
RESET_WAITS = timedelta(hours=24)
HIGH = ("state", "nation")  # kinds of unit

_PAGES: dict[str, Callable[[Any], str]] = {}


_DETAILS: dict[str, Callable[[Any], list[str]]] = {}
_DECISION_PAGES: dict[str, Callable[[Any], str]] = {}
_NAMING: set[str] = set()


def register_details(act: str, details: Callable[[Any], list[str]], *, names_people: bool = False) -> None:
    """Call this once in the ready() of the room with the act. details: a request -> sentences beside the reason, for
    the one who decides it: what exactly would be done. names_people: they name members, so each look leaves a row."""
    _DETAILS[act] = details
    if names_people:
        _NAMING.add(act)


def names_people(act: str) -> bool:
    """Return True if the sentences about a request name members."""
    return act in _NAMING


def details_of(release: Any) -> list[str]:
    """Return what exactly a request would do, in sentences."""
    return _DETAILS[release.act](release) if release.act in _DETAILS else []


def register_decision_page(act: str, page: Callable[[Any], str]) -> None:
    """Call this once in the ready() of the room with the act. page: a request -> the address where the deciding person
    compares it with its source."""
    _DECISION_PAGES[act] = page


def decision_page_of(act: str) -> Callable[[Any], str] | None:
    """Return the function that gives the address where an act is decided; None: the page of all approvals."""
    return _DECISION_PAGES.get(act)


def register_page(act: str, page: Callable[[Any], str]) -> None:
    """Call this once in the ready() of the room with the act. page: an approved request -> the address where it is
    used."""
    _PAGES[act] = page


def release_use_page(act: str) -> Callable[[Any], str] | None:
    """Return the function that gives the address where an approved act is used; None: no room has said."""
    return _PAGES.get(act)
