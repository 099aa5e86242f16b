"""Define the states of an entry made at a door, as its worker may read them; `queries` tells which."""

from enum import IntEnum

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import activities


class DoorState(IntEnum):
    """Each entry is in one of these. Being confirmed includes being counted.

    A person who said that they never joined is among the leavers: the worker learns it of nobody by name.
    """

    WAITS = 1
    COUNTED = 2
    CONFIRMED = 3
    ENDED = 4

    @property
    def label(self) -> activities.Text:
        return _WORDS[self]


_WORDS = {
    DoorState.WAITS: _("Phone not answered yet"),
    DoorState.COUNTED: _("Counted"),
    DoorState.CONFIRMED: _("Confirmed"),
    DoorState.ENDED: _("Left, or said no"),
}
