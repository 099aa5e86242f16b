"""An office may let its holder do this. Codes for acts, sentences for people.

A capability reaches from the appointment's unit downwards, in its hierarchy. `capability_reach` names the exceptions;
`org.queries.holds` decides by it, so no act and no page decides again. `tests/rights_that_reach_down.tsv` lists all.
"""

import re
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEANINGS: dict[str, Promise] = {
    "org.read": _("See who holds which office"),
    "org.represent": _("See exact figures of the unit, and call its office-bearers"),
    "org.appoint": _("Appoint and end appointments below"),
    "org.decide": _("Decide a disputed office below"),
    "org.bodies": _("Set up committees, wings and departments"),
    "org.offices": _("Make offices of our own (with approval)"),
    "org.release": _("Approve what another person asked"),
    "org.approve": _("Approve any request of the unit and below, as its data officer"),
    "org.officers": _("Name data officers below"),
    "org.factors": _("Reset a lost second proof of somebody below"),
    "people.read": _("See the people of a unit"),
    "people.reveal": _("See or dial a person's number"),
    "people.export": _("Export people (with approval)"),
    "programmes.make": _("Create and open programmes"),
    "programmes.run": _("Run programmes: in-charges, window, closing"),
    "programmes.targets": _("Set and split targets"),
    "verification.plan": _("Plan back-checks"),
    "verification.check": _("Make back-checks"),
    "tasks.ask": _("Ask tasks of the unit and below, and look at what was done"),
    "forms.make": _("Make forms and change them"),
    "opinions.pass": _("Read what people say, and pass it up without names"),
    "notices.publish": _("Publish the notice people read before they join"),
    "enrolment.enrol": _("Record people who join"),
    "enrolment.place": _("Assign a booth to entries without a location"),
    "enrolment.correct": _("Correct a member's entry"),
    "enrolment.strike_off": _("Strike an entry off, with a reason"),
    "cards.print": _("Print cards of members who asked for one"),
    "contact.meet": _("Meet people at their doors"),
    "helpdesk.type": _("Type requests of people who call the helpline"),
    "helpdesk.answer": _("Answer requests to the helpline"),
    "helpdesk.named": _("Answer requests to the helpline that are for this office"),
    "imports.units": _("Import units"),
    "imports.appointments": _("Import lists of appointments"),
    "imports.pins": _("Import PIN codes"),
    "imports.paper": _("Import paper lists"),
    "imports.totals": _("Import totals of earlier drives"),
    "results.import": _("Import election results and tables of correspondence"),
    "plans.read": _("See plans of seats and votes"),
    "plans.make": _("Make plans of seats and votes, and alliances"),
    "polls.keep": _("Keep the calendar of polls (with approval)"),
    "messages.read": _("See messages and why they were held back"),
    "messages.release": _("Send messages held by the limit"),
    "messages.send": _("Send messages in bulk (with approval)"),
    "messages.circular": _("Send circulars to offices below"),
    "channels.manage": _("Set up channels: tokens and numbers"),
    "data.stop": _("Stop downloads, shown numbers and bulk messages"),
    "data.watch": _("See who read whose data"),
}


def brief(capability: str) -> str:
    """The words of a capability within a sentence: without its capital, and nothing after a colon or bracket."""
    words = re.split(r":| \(", str(MEANINGS[capability]))[0]
    return words[:1].lower() + words[1:]


class Reach(StrEnum):
    """A capability reaches as far as one of these says."""

    BELOW = "the unit of the office and all below it"
    DESK = "the unit of the office alone; a vacant desk is decided by the nearest office above it"
    HANDED = "only what was handed to its holder, wherever it is"


# These belong to the desk of one unit. Offices above get its things when they come up, and not before.
AT_DESK = frozenset({"helpdesk.named", "messages.circular", "opinions.pass"})
HANDED_OUT = frozenset({"verification.check"})


def capability_reach(capability: str) -> Reach:
    """Return how far a capability reaches."""
    if capability in AT_DESK:
        return Reach.DESK
    return Reach.HANDED if capability in HANDED_OUT else Reach.BELOW


LEADS = "tasks.ask"  # its holder leads the unit and all below it.
# Its holder follows the unit and all below it: exact figures without the people, and the numbers of those in office.
REPRESENTS = "org.represent"

# One SMS code opens these in the field, to these offices alone: own work, without a look at others.
BY_PHONE = frozenset({"enrolment.enrol", LEADS})
PHONE_OFFICES = frozenset({"booth_president", "booth_worker"})
PHONE_UNITS = frozenset({"booth", "village", "ward"})

# The maker of the installation sets it up and appoints the first; they see counts, but nobody's data.
ROOT = frozenset({"org.read", "org.appoint", "org.decide", "org.factors", "imports.units", "imports.pins"})
