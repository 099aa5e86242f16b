"""Acts that need a second person, and the capability both must hold."""

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CAPABILITY: dict[str, str] = {
    "people.export": "people.export",
    "people.reveal_many": "people.reveal",
    "people.merge_many": "people.merge",
    "messages.send_many": "messages.send",
    "messages.release": "messages.release",
    "channels.token": "channels.manage",
    "factors.reset": "org.factors",
}
NAMES: dict[str, Promise] = {
    "people.export": _("Export a list of people"),
    "people.reveal_many": _("Reveal many phone numbers"),
    "people.merge_many": _("Merge many people"),
    "messages.send_many": _("Send a message to many"),
    "messages.release": _("Release held messages"),
    "channels.token": _("Make a token for a channel"),
    "factors.reset": _("Reset a lost second proof"),
}
ASKED_LASTS = timedelta(hours=72)  # to be decided
DECIDED_LASTS = timedelta(hours=24)  # to be used
