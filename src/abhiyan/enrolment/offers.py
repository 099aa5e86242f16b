"""Offer pages that gather the members of a unit, members that search finds, and work with them."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.actor import Actor
from abhiyan.org.viewer import Viewer
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.addresses import address_of
from abhiyan.ui.room_links import RoomLink, SearchHit
from abhiyan.units import queries as units
from abhiyan.units.queries import UnitRow

from .queries import people as queries
from .queries.people import Member, PeopleWanted
from .rules.number import member_number
from .todo import member_todo

LINK_RANK = 1  # of its first way among those of a unit's page
MOST = 10  # members that search shows
SHORTEST = 3  # letters of a name


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its people."""
    if unit.lo is not None and viewer.sees_people_at(unit.lo):
        yield RoomLink(
            _("People"),
            f"{address_of('enrolment:people')}?{urlencode({'unit': unit.code})}",
            icon="user",
            rank=LINK_RANK,
        )


def search_links(viewer: Viewer, text: str) -> Iterator[RoomLink]:
    """Link search to the members who fit the text, for who reads people."""
    if viewer.may("people.read"):
        yield RoomLink(
            _("Search members for this"),
            f"{address_of('enrolment:people')}?{urlencode({'q': text})}",
            about=_("by full phone or member number; by name where the unit is small enough"),
        )


def search_hits(viewer: Viewer, *, by: Actor, text: str, at: datetime) -> Iterator[SearchHit]:
    """Yield members with this whole phone or member number; by name those of the viewer's own unit, where it is
    small enough to be listed. The shown rows leave a row in the trail.

    A phone that is nobody's here counts too: otherwise somebody could test phones without limit or trace.
    Refuses ReadEnough past the day's quota, for a phone that is found and one that is not alike.
    """
    home = viewer.home
    if home is None or not text or not viewer.may("people.read"):
        return
    members = queries.members_by_number(text)
    members = queries.members_by_phone(text) if members is None else members
    is_whole = members is not None
    members = _named(viewer, text) if members is None else members[:MOST]
    if members or is_whole:
        read_people(by=by, unit_id=home.unit_id, n=len(members), at=at)
    for member in members:
        yield SearchHit(
            heading=member.said.people,
            title=member.name or member_number(member.public_id),
            meta=member.unit_name(),
            href=reverse("enrolment:person", args=[member.public_id]),
        )


def _named(viewer: Viewer, text: str) -> list[Member]:
    home = viewer.home
    if home is None or len(text) < SHORTEST or not viewer.sees_people_at(home.lo):
        return []
    row = units.row_of_unit(home.unit_id, home.hierarchy)
    if row.lo is None or row.hi is None or (row.leaves or 0) > queries.MOST_LEAVES:
        return []
    return queries.members_below(row.lo, row.hi, PeopleWanted(name=text), limit=MOST)


todo = member_todo
