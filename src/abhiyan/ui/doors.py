"""A way from a page that gathers into a room: a link beside a unit, what search found, or a link below it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Door:
    """label: what is behind it. icon: a name of `ui.icons`, or none. about: a few words more.

    rank: its place among the ways from a unit's page. Ways that a leader needs first have a low rank, the RANK of
    their room's `doors.py`.
    """

    label: str
    href: str
    icon: str = ""
    about: str = ""
    rank: int = 9


@dataclass(frozen=True, slots=True)
class DoorThing:
    """One thing that fits what was searched. heading: of the list it belongs to. meta: where it belongs."""

    heading: str | Promise
    title: str
    meta: str
    href: str
