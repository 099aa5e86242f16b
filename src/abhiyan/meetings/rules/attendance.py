"""How a meeting's attendance climbs the ladder: the organiser's number and the names that were ticked."""

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules.count_words import CountWords

KIND = "meetings"  # of programmes
ATTENDED = 1  # its measure
NAMED, TOTAL, PHONED = 1, 2, 3  # its channels: ticked by name, the organiser's number, ticked by phone number
MEANINGS = {
    "reported": _("The organiser's number, or the names ticked, if they are more."),
    "counted": _("Invited, and ticked at the door by name or phone number."),
    "confirmed": _("The invitee said the day after that they were there."),
    "uncounted": _("Not counted: people in the organiser's number without a tick."),
}

WORDS = CountWords(seen=_("%(n)s seen by name"))
PHONES = _("%(n)s seen by phone number")
INVITED, MESSAGED, COMING = _("%(n)s invited"), _("%(n)s invited by message"), _("%(n)s coming")


def reported(total: int | None, ticks: int) -> int:
    """Return the reported number: the larger of the organiser's number and the ticks, never their sum.

    ticks: each tick there was; one that was taken back stays reported.
    """
    return max(total or 0, ticks)


def unnamed(total: int | None, ticks: int) -> int:
    """Return how many the organiser's number adds to the names ticked."""
    return reported(total, ticks) - ticks
