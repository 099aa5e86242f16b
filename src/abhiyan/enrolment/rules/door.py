"""What became of an entry made at a door, as the worker who made it may read it; `queries.door` tells which."""

from enum import IntEnum

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import activities


class Became(IntEnum):
    """Each entry is in one of these. Being confirmed includes being counted.

    Who said that they never joined is among those who left: by name the worker learns it of nobody.
    """

    WAITS = 1
    COUNTED = 2
    CONFIRMED = 3
    ENDED = 4

    @property
    def label(self) -> activities.Text:
        """In words."""
        return _WORDS[self]


_WORDS = {
    Became.WAITS: _("Phone not answered yet"),
    Became.COUNTED: _("Counted"),
    Became.CONFIRMED: _("Confirmed"),
    Became.ENDED: _("Left, or said no"),
}
