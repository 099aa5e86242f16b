"""Reads of the roll or list that a bulk send invited to a meeting: who may tick it, and who is not ticked yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.policy import EVERYTHING, PEOPLE, placed_sql
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.models import Send
from abhiyan.messaging.rules import audiences
from abhiyan.messaging.rules.audiences import AudiencePerson
from abhiyan.people.rules.called import is_called
from abhiyan.units import queries as units

from .models import Meeting

MOST_ON_LIST = 3_000  # people of an invited list whose names are read; the number of everybody else is typed
_SEES_PEOPLE = f"select {EVERYTHING} or {placed_sql('%(unit)s::bigint', PEOPLE)}"


def send_for_door(meeting: Meeting) -> Send | None:
    """Return the bulk send that invited a roll or list, if its phones may be ticked. In the scope of who ticks them.

    They see the roll or list and the people of its unit, so that nobody tries out numbers. The send was approved.
    """
    send = messaging.send_of(meeting.roll)
    if send is None or send.state in (Send.State.DRAFT, Send.State.ASKED):
        return None
    if not sql.value(_SEES_PEOPLE, {"unit": send.unit_id}):
        return None
    return send if send.audience in dict(audiences.offered_audiences()) else None


def listed_people(
    send: Send | None, *, refs: Collection[UUID] = (), phones: Collection[UUID] = ()
) -> list[AudiencePerson]:
    """Name people of the list that a send invited, those in sight who said no to nothing; MOST_ON_LIST at most."""
    if send is None:
        return []
    audience, choice = audiences.read_audience(send.audience)
    return audience.people(choice, refs=refs, phones=phones, most=MOST_ON_LIST) if audience.people else []


def names_on_list(send: Send | None, phones: Collection[UUID]) -> dict[UUID, str]:
    """Return the names that an invited list gives these phones, of people in sight."""
    return {person.phone_id: person.name for person in listed_people(send, phones=phones)} if phones else {}


@dataclass(frozen=True, slots=True)
class PersonAtDoor:
    """Somebody of an invited list who is not ticked yet. ref: of the list, which tells no phone."""

    ref: UUID
    name: str
    where: str  # house and unit: they tell namesakes apart


def list_at_door(meeting: Meeting, *, text: str = "", at: datetime) -> list[PersonAtDoor]:
    """Name the people of the invited list who are not ticked yet, sorted; text: part of a name.

    In the scope of who ticks them; none for who does not see the list. Left out are people beyond the send, people
    who said no, and people who said that they were not there.
    """
    send = send_for_door(meeting)
    some = [person for person in listed_people(send) if not text.strip() or is_called(person.name, text)]
    if send is None or not some:
        return []
    with system("who is at the door"):
        gone = meeting.invitees.filter(came_at__isnull=False) | meeting.invitees.exclude(denied_at=None)
        there = set(gone.values_list("phone_id", flat=True))
        places = messaging.recipients_of(send, {person.phone_id for person in some} - there, at=at)
        names = units.names_of_units({place.unit_id for place in places.values()}, language=active_language())
    rows = [
        PersonAtDoor(
            person.ref,
            person.name,
            ", ".join(filter(None, (person.where, names.get(places[person.phone_id].unit_id, "")))),
        )
        for person in some
        if person.phone_id in places
    ]
    return sorted(rows, key=lambda row: (row.name, row.where))
