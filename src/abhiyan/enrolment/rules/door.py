"""What became of an entry made at a door, as the worker who made it may read it."""

from enum import IntEnum

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import activities


class Became(IntEnum):
    """Each entry is in one of these. Being confirmed includes being counted."""

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
    Became.ENDED: _("Left"),
}


def became(
    *, is_new: bool, has_answered: bool, is_counted: bool, is_confirmed: bool, is_ended: bool
) -> Became:
    """What a worker reads of their own entry.

    is_new: the entry opened the membership. has_answered: since then the phone gave this entry's code, or called. Of
    somebody who was a member before, nothing shows until then: else any number could be tried out at a door.
    """
    if not (is_new or has_answered):
        return Became.WAITS
    if is_ended:
        return Became.ENDED
    if is_confirmed:
        return Became.CONFIRMED
    return Became.COUNTED if is_counted or has_answered else Became.WAITS
