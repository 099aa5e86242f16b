"""Contact tells the rooms above about these events."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.actor import Actor

# People say at these places that they want to help.
HELP_WAYS = {
    "door": _("At a door"),
    "call": pgettext_lazy("of a contact", "Call"),
    "stay": _("During a stay"),
    "dialogue": _("On a call to a booth president"),
    "meeting": _("At a meeting"),
    "form": _("On a form"),
    "helpline": _("On the helpline"),
    "other": _("Somewhere else"),
}


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """Somebody said that they want to help. offer: its id. way: of HELP_WAYS. name, door: "" where nobody said it.

    phone_id: None without a phone. may_text: they agree to an SMS on it. language: theirs; "" where it is not known.
    at: their SMS leaves from then on. Until then it may be taken back (`HelpTakenBack`).
    """

    offer: UUID
    way: str
    unit_id: int
    phone_id: UUID | None
    name: str = field(repr=False)
    door: str = field(repr=False)
    may_text: bool
    language: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class HelpTakenBack:
    """Somebody took back their note that a person wants to help."""

    offer: UUID
    at: datetime
