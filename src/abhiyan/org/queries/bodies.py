"""Bodies of a unit, their seats, and who holds these."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.models import Appointment, Body, Office
from abhiyan.org.owing import OwedHere

from .lists import with_holders
from .offices import HELD, offices_used

# An office `o` leads a body of the own kind `k`; in a standard body, where `k` is null, its single seat does.
LEADS_BODY = "coalesce(o.code = k.leads, o.seats = 1)"


@dataclass(frozen=True, slots=True)
class BodyHere:
    """A body of a unit: who leads it (name empty: nobody), and how many of its members' seats are taken."""

    id: int
    kind: str
    names: dict[str, str]
    duty: str
    seats: int
    account_id: int | None
    name: str
    members: int
    kind_names: dict[str, str] | None = None  # of an own kind
    owed: Sequence[OwedHere] = ()

    @property
    def label(self) -> str:
        """Its kind, in words."""
        return name_in_language(self.kind_names) if self.kind_names else str(Body.Kind(self.kind).label)

    @property
    def vacant(self) -> int:
        """Count its seats that nobody holds."""
        return int(not self.name) + max(0, self.seats - self.members)


def bodies_of(unit_id: int, *, on: date) -> list[BodyHere]:
    """The bodies of a unit by kind, the older first. In the caller's scope; one query."""
    return sql.each(
        BodyHere,
        f"""
        select b.id, b.kind, b.names, b.duty, b.seats, h.account_id, coalesce(h.name, ''),
          (select count(*) from org_appointment ap join org_office o on o.id = ap.office_id and not {LEADS_BODY}
            where ap.body_id = b.id and {HELD}), k.names
        from org_body b left join org_body_kind k on k.id = b.own_kind_id left join lateral (
          select ap.account_id, a.name from org_appointment ap
          join org_office o on o.id = ap.office_id and {LEADS_BODY} join people_account a on a.id = ap.account_id
          where ap.body_id = b.id and {HELD} order by o.rank, ap.starts_on, ap.id limit 1) h on true
        where b.unit_id = %(unit)s and b.ended_on is null order by b.kind, b.id
        """,
        {"unit": unit_id, "on": on},
    )


@dataclass(frozen=True, slots=True)
class SeatHolder:
    """Somebody who holds a seat of a body. leads: of its single seat. office: its names."""

    account_id: int
    name: str
    office: dict[str, str]
    leads: bool


def seat_holders(body_id: int, *, on: date) -> list[SeatHolder]:
    """Return who holds the seats of a body on a day, senior first; nobody where it was dissolved.

    Reads past the viewer's scope: who sees what a body runs sees its names. One query.
    """
    with system("who holds the seats of a committee"):
        return sql.each(
            SeatHolder,
            f"""select ap.account_id, coalesce(a.name, ''), o.names, {LEADS_BODY} from org_appointment ap
             join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id
             join org_body b on b.id = ap.body_id and b.ended_on is null
             left join org_body_kind k on k.id = b.own_kind_id
             where ap.body_id = %(body)s and {HELD} order by o.rank, ap.starts_on, ap.id""",
            {"body": body_id, "on": on},
        )


def body_at(body_id: int, unit_id: int | None = None) -> Body:
    """A body that is not dissolved, with its unit; with unit_id, one of that unit. NotFound where there is none."""
    bodies = Body.objects.select_related("unit", "own_kind").filter(pk=body_id, ended_on=None)
    return or_refuse(
        (bodies if unit_id is None else bodies.filter(unit_id=unit_id)).first(), NotFound(field="body")
    )


def body_called(unit_id: int, name: str) -> int | None:
    """The body of a unit that has this name in some language, capitals or not; its id."""
    wanted = " ".join(name.split()).casefold()
    bodies = Body.objects.filter(unit_id=unit_id, ended_on=None).values_list("pk", "names")
    return next(
        (pk for pk, names in bodies if wanted in {body_name.casefold() for body_name in names.values()}), None
    )


@dataclass(frozen=True, slots=True)
class BodySeat:
    """A seat of a body, or several that are free. held: None where nobody holds it or was offered it."""

    office: Office
    held: Appointment | None = None
    free: int = 0


def body_seats(body: Body) -> list[BodySeat]:
    """The seats of a body, senior first, each held or offered one by itself. In the caller's scope.

    Vacant are the members' seats that are free, and the seat of who leads it while nobody holds a single seat. In a
    body of an own kind each office has its number of seats.
    """
    appointments = list(
        Appointment.objects.select_related("office", "unit", "body")
        .filter(body=body)
        .exclude(state=Appointment.State.ENDED)
        .order_by("office__rank", "starts_on", "pk")
    )
    here = [office for office in offices_used() if office.fits(body.unit.kind, body)]
    seats = [BodySeat(appointment.office, appointment) for appointment in with_holders(appointments)]
    if body.own_kind is not None:
        order = list(body.own_kind.numbers)
        taken_of = Counter(seat.office.code for seat in seats)
        free_of = {office: body.seats_of(office) - taken_of[office.code] for office in here}
        seats += [BodySeat(office, free=free) for office, free in free_of.items() if free > 0]
        return sorted(seats, key=lambda seat: order.index(seat.office.code))
    taken = sum(appointment.office.seats > 1 for appointment in appointments)
    for n, office in enumerate(here):
        free = max(0, body.seats - taken) if office.seats > 1 else int(not n and len(appointments) == taken)
        if free:
            seats.append(BodySeat(office, free=free))
    return sorted(seats, key=lambda seat: seat.office.rank)
