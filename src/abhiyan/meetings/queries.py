"""Reads of meetings: those in the viewer's sight, whom an invitation reaches, and who answered what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

from .models import Invitee, Meeting

# Appointments `ap` in a unit and below that are held on a day: units `p`, offices `o`, accounts `a`.
HOLDERS = """from units_placement p join org_appointment ap on ap.unit_id = p.unit_id
 join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id and a.closed_at is null
 where p.hierarchy = %(tree)s and p.valid_to is null and p.lo >= %(lo)s and p.lo < %(hi)s
 and ap.state = 'active' and ap.starts_on <= %(day)s and (ap.ends_on is null or ap.ends_on >= %(day)s)"""
MOST_NAMED = 200  # people whom the preview names


@dataclass(frozen=True, slots=True)
class Inviting:
    """Whom to invite below a unit: holders of offices (codes), of seats in bodies (ids), and of phones (ids)."""

    offices: tuple[str, ...] = ()
    bodies: tuple[int, ...] = ()
    phones: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class InvitedPerson:
    """Somebody an invitation reaches, by their highest office among those chosen."""

    account_id: int
    name: str
    office_names: dict[str, str]
    body_names: dict[str, str]
    unit_names: dict[str, str]

    @property
    def title(self) -> str:
        return named(org.titles(self.office_names, self.body_names))


# Each person once, for the highest of their offices that was chosen.
CHOSEN = f"""select distinct on (ap.account_id) ap.account_id, a.phone_id, a.name, ap.unit_id, o.code as office,
 o.names as office_names, coalesce((select b.names from org_body b where b.id = ap.body_id), '{{}}') as body_names,
 p.depth, o.rank {HOLDERS}
 and (o.code = any(%(offices)s) or ap.body_id = any(%(bodies)s::int[]) or a.phone_id = any(%(phones)s::uuid[]))
 order by ap.account_id, p.depth, o.rank"""


def chosen(inviting: Inviting, *, unit_id: int, hierarchy: int, on: date) -> dict[str, Any]:
    """Parameters of CHOSEN. on: the day of the meeting, on which they must hold the office."""
    lo, hi = units.span(unit_id, hierarchy)
    return {
        "lo": lo,
        "hi": hi,
        "tree": hierarchy,
        "day": on,
        "offices": list(inviting.offices),
        "bodies": list(inviting.bodies),
        "phones": list(inviting.phones),
    }


def reached(*, unit_id: int, hierarchy: int, on: date) -> dict[str, int]:
    """How many people hold an office in a unit and below, by its code."""
    given = chosen(Inviting(), unit_id=unit_id, hierarchy=hierarchy, on=on)
    with system("how many an office would invite"):
        return dict(sql.rows(f"select o.code, count(distinct ap.account_id) {HOLDERS} group by 1", given))


def count_chosen(given: dict[str, Any]) -> int:
    """How many people an invitation reaches. One statement, past the scope in force."""
    with system("how many an invitation reaches"):
        return int(sql.value(f"select count(*) from ({CHOSEN}) s", given))


def name_chosen(given: dict[str, Any]) -> list[InvitedPerson]:
    """Whom an invitation reaches, MOST_NAMED at most, the highest first: below the unit of who calls."""
    with system("whom an invitation reaches"):
        return sql.each(
            InvitedPerson,
            f"""select s.account_id, s.name, s.office_names, s.body_names, u.names from ({CHOSEN}) s
            join units_unit u on u.id = s.unit_id order by s.depth, s.rank, u.code, s.account_id
            limit {MOST_NAMED}""",
            given,
        )


def phones_without_office(given: dict[str, Any]) -> set[UUID]:
    """The phones of a list that nobody in an office below the unit has."""
    with system("whom a list means"):
        found = sql.column(
            f"select distinct a.phone_id {HOLDERS} and a.phone_id = any(%(phones)s::uuid[])", given
        )
    return set(given["phones"]) - set(found)


def meetings_for(viewer: Viewer) -> QuerySet[Meeting]:
    """Meetings that somebody is invited to or leads, and visits they are on; to be ordered and paged."""
    found = Meeting.objects.select_related("unit")
    return found if viewer.is_signed_in else found.none()


def meeting_for(viewer: Viewer, public_id: UUID) -> Meeting:
    """One meeting in the viewer's sight, or NotFound."""
    return needed(meetings_for(viewer).filter(public_id=public_id).first())


def leads(viewer: Viewer, one: Meeting) -> bool:
    """Return True if the viewer manages a meeting: they lead its unit, or called the visit."""
    lo, _hi = units.span(one.unit_id, one.hierarchy)
    is_mine = one.kind == Meeting.Kind.MEETING or one.called_by == viewer.account_id
    return is_mine and viewer.may_at(LEADS, lo)


def own_invitation(one: Meeting, account_id: int | None) -> Invitee | None:
    """Somebody's own invitation. In their scope."""
    return Invitee.objects.filter(meeting=one, account_id=account_id or 0).first()


def own_answers(account_id: int | None, found: Iterable[Meeting]) -> dict[int, Invitee]:
    """Somebody's own invitations to meetings, by the meetings' keys."""
    rows = Invitee.objects.filter(account_id=account_id or 0, meeting__in=list(found))
    return {one.meeting_id: one for one in rows}


@dataclass(frozen=True, slots=True)
class InvitedOffice:
    """How many holders of an office are invited, and what they answered."""

    office_names: dict[str, str]
    n: int
    yes: int
    no: int

    @property
    def silent(self) -> int:
        return self.n - self.yes - self.no


def by_office(one: Meeting) -> list[InvitedOffice]:
    """The invitees of a meeting by office, senior first; numbers alone. Who may: whoever sees the meeting."""
    with system("answers by office"):
        return sql.each(
            InvitedOffice,
            "select o.names, count(*)::int, count(*) filter (where i.answer = 'yes')::int,"
            " count(*) filter (where i.answer = 'no')::int from meetings_invitee i"
            " join org_office o on o.code = i.office"
            " left join units_placement p on p.unit_id = i.unit_id and p.hierarchy = %s and p.valid_to is null"
            " where i.meeting_id = %s group by o.id order by min(p.depth), o.rank, o.code",
            [one.hierarchy, one.pk],
        )


@dataclass(frozen=True, slots=True)
class NamedInvitee:
    """An invitee with name, office and unit, for who manages the meeting."""

    one: Invitee
    name: str
    office: str
    unit: str


def invitees(one: Meeting) -> QuerySet[Invitee]:
    """The invitees of a meeting. In a scope that sees them."""
    return Invitee.objects.filter(meeting=one).select_related("unit")


def people_on(one: Meeting) -> Sequence[NamedInvitee]:
    """Everybody on a visit, by name. Who may: who sees the visit, as `meeting_for` found it."""
    with system("the people on a visit"):
        return with_names(list(invitees(one).order_by("pk")))


def with_names(rows: Sequence[Invitee]) -> list[NamedInvitee]:
    """The same with names, offices and units. Who may: who manages the meeting, or is on the visit."""
    with system("names of invitees"):
        names = people.names_of(one.account_id for one in rows)
    offices = {office.code: named(office.names) for office in org.offices_used()}
    return [
        NamedInvitee(one, names.get(one.account_id, ""), offices.get(one.office, ""), named(one.unit.names))
        for one in rows
    ]


def programmes_on(viewer: Viewer, one: Meeting) -> list[Programme]:
    """The programmes on the agenda that the viewer may see, in their order."""
    found = {each.pk: each for each in programmes.programmes_for(viewer).filter(pk__in=one.reviewed)}
    return [found[pk] for pk in one.reviewed if pk in found]
