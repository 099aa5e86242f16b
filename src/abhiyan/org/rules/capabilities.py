"""What an office may let its holder do. Codes for acts, sentences for people.

A capability reaches from the appointment's unit downwards, in the appointment's hierarchy.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEANINGS: dict[str, Promise] = {
    "org.appoint": _("Appoint and end appointments below"),
    "org.decide": _("Decide a disputed office below"),
    "org.bodies": _("Set up committees, wings and departments"),
    "org.release": _("Allow what another person asked"),
    "org.factors": _("Reset a lost second proof of somebody below"),
    "people.read": _("See the people of a unit"),
    "people.reveal": _("See or dial a person's number"),
    "people.export": _("Export people (with a second person's yes)"),
    "people.merge": _("Merge two entries of one person"),
    "programmes.make": _("Create and open programmes"),
    "programmes.run": _("Run programmes: in-charges, window, closing"),
    "programmes.targets": _("Set and split targets"),
    "notices.publish": _("Publish the notice people read before they join"),
    "enrolment.enrol": _("Record people who join"),
    "enrolment.place": _("Give claims without a place their booth"),
    "enrolment.correct": _("Correct a member's entry"),
    "enrolment.strike_off": _("Strike an entry off, with a reason"),
    "imports.units": _("Import units"),
    "imports.pins": _("Import PIN codes"),
    "imports.paper": _("Import paper lists"),
    "imports.totals": _("Import totals of earlier drives"),
    "results.import": _("Import election results and tables of correspondence"),
    "plans.make": _("Make plans of seats and votes, and name alliances"),
    "messages.read": _("See messages and why they were held back"),
    "messages.send": _("Prepare messages to many"),
    "messages.release": _("Release messages held by the budget"),
    "channels.manage": _("Set up channels: tokens and numbers"),
    "calls.make": _("Make calls from a list"),
    "checks.make": _("Make back-checks"),
}

# Whoever made the installation sets it up and appoints the first; they see counts, but nobody's data.
ROOT = frozenset({"org.appoint", "org.decide", "org.factors", "imports.units", "imports.pins"})
