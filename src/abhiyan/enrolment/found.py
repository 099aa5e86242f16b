"""Find people who joined for search."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from abhiyan.core.actor import Actor
from abhiyan.org.viewer import Viewer
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.doors import DoorThing
from abhiyan.units import queries as units

from .queries import people as queries
from .queries.people import Member, PeopleWanted
from .rules.number import member_number

MOST = 10
SHORTEST = 3  # letters of a name


def found(viewer: Viewer, *, by: Actor, text: str, at: datetime) -> Iterator[DoorThing]:
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
        yield DoorThing(
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
