"""A link from a page that gathers into a room: beside a unit or another thing, or to what search found."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class RoomLink:
    """label: what is behind it. icon: a name of `ui.icons`, or none. about: a few words more.

    rank: its place among the links of a unit's page. Links that a leader needs first have a low rank, the LINK_RANK of
    their room's `offers.py`.
    """

    label: str
    href: str
    icon: str = ""
    about: str = ""
    rank: int = 9


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing that fits what was searched. heading: of the list it belongs to. meta: where it belongs."""

    heading: str | Promise
    title: str
    meta: str
    href: str
