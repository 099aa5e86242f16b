"""Reads of incidents: those of an officer's units, the people each may have reached, and what an affected person reads.

No reader's scope opens these tables, so each function runs in the system's scope. Its page has asked who may.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.org.models import Release
from abhiyan.org.rules.readings import is_reading
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from .models import Incident, IncidentReport
from .rules.reports import IncidentClock, incident_clocks

WATCH = "data.watch"
# Entries of a reader within the unit of an incident. `own`: about members, so the members can be counted.
_READ = f"""select a.at, a.unit_id, a.n, a.act like 'enrolment.%%' or a.act like 'people.reveal%%' as own,
  case when a.subject ~ '^[[:xdigit:]]{{8}}-[[:xdigit:]-]{{27}}$' then a.subject::uuid end as about,
  a.subject = '' as is_list
 from core_audit a where a.account_id = %(reader)s and {is_reading("a.act")} and a.at >= %(since)s
  and (%(until)s::timestamptz is null or a.at <= %(until)s::timestamptz)
  and exists (select from units_placement ap join units_placement up on up.unit_id = %(unit)s and up.valid_to is null
    and ap.lo >= up.lo and ap.lo < up.hi where ap.unit_id = a.unit_id and ap.valid_to is null)"""
# Members who were there, not struck off, not the second entry of somebody, and not erased.
_MEMBER = """m.struck_at is null and m.merged_into is null
  and exists (select from people_person p where p.id = m.person_id and p.erased_at is null)"""
_OF_READER = f"""with read as materialized ({_READ}),
 lists as (select unit_id, max(at) as at from read where own and is_list group by unit_id)
 select member, bool_or(is_named) as is_named from (
   select m.public_id as member, true as is_named from read join enrolment_membership m on m.public_id = read.about
    where read.own and {_MEMBER}
   union all
   select m.public_id, false from lists join units_placement lp on lp.unit_id = lists.unit_id and lp.valid_to is null
    join units_placement mp on mp.lo >= lp.lo and mp.lo < lp.hi and mp.valid_to is null
    join enrolment_membership m on m.unit_id = mp.unit_id and m.at <= lists.at where {_MEMBER}
 ) reached group by member"""
_OF_UNIT = f"""select distinct m.public_id as member, false as is_named from units_placement up
 join units_placement mp on mp.lo >= up.lo and mp.lo < up.hi and mp.valid_to is null
 join enrolment_membership m on m.unit_id = mp.unit_id
 where up.unit_id = %(unit)s and up.valid_to is null
  and (%(until)s::timestamptz is null or m.at <= %(until)s::timestamptz) and {_MEMBER}"""


@dataclass(frozen=True, slots=True)
class ReachedPeople:
    """named: members whose own page or number was read. listed: only in a list or file of their unit, or in the unit.

    others: rows of lists that hold other people, such as requests, contact lists and office-bearers.
    """

    named: int
    listed: int
    others: int


def reached_members(incident: Incident) -> tuple[str, dict[str, object]]:
    """Return SQL of the members an incident may have reached (member, is_named), with its values."""
    values: dict[str, object] = {
        "reader": incident.reader_id,
        "unit": incident.unit_id,
        "since": incident.began_at,
        "until": incident.until_at,
    }
    return (_OF_UNIT if incident.reader_id is None else _OF_READER), values


def count_reached(incident: Incident) -> ReachedPeople:
    """Count the people an incident may have reached, by today's place of each member. In a system scope."""
    source, values = reached_members(incident)
    counting = (
        f"select count(*) filter (where is_named), count(*) filter (where not is_named) from ({source}) r"
    )
    ((named, listed),) = sql.rows(counting, values)
    others = 0
    if incident.reader_id is not None:
        ((others,),) = sql.rows(
            f"select coalesce(sum(n), 0)::bigint from ({_READ}) r where not own or (not is_list and about is null)",
            values,
        )
    return ReachedPeople(named, listed, others)


def incident_for(viewer: Viewer, public_id: UUID) -> Incident:
    """Return an incident of the viewer's units. NotFound for everybody else."""
    with system("an incident for its data officers"):
        incident = Incident.objects.filter(public_id=public_id).first()
        spans = units.all_spans([incident.unit_id]) if incident else {}
    if incident is None or not viewer.may_at(WATCH, *(lo for lo, _hi in spans.get(incident.unit_id, ()))):
        raise NotFound
    return incident


def incidents_of(viewer: Viewer, *, only_open: bool = False) -> list[Incident]:
    """Return the incidents of the viewer's units, the newest first."""
    if not viewer.may(WATCH):
        return []
    with system("incidents of a data officer's units"):
        every = Incident.objects.filter(closed_at=None) if only_open else Incident.objects.all()
        rows = list(every.order_by("-known_at", "-id"))
        spans = units.all_spans({row.unit_id for row in rows})
    return [row for row in rows if viewer.may_at(WATCH, *(lo for lo, _hi in spans.get(row.unit_id, ())))]


def reader_name(incident: Incident) -> str:
    """Return the name of the account whose readings an incident is about, also when it is closed; "" for a
    whole unit."""
    with system("who read the people of an incident"):
        names = sql.rows("select name from people_account where id = %s", [incident.reader_id])
    return names[0][0] if names else ""


def incident_reports(incident: Incident) -> list[IncidentReport]:
    """Return the reports of an incident that went, the newest first."""
    with system("reports of an incident"):
        return list(IncidentReport.objects.filter(incident=incident).order_by("-sent_at", "-id"))


def clocks_of(incident: Incident, reports: Iterable[IncidentReport]) -> tuple[IncidentClock, ...]:
    """Return the clocks of an incident. reports: the ones sent."""
    sent: dict[str, datetime] = {}
    for report in reports:
        sent[report.report] = min(report.sent_at, sent.get(report.report, report.sent_at))
    return incident_clocks(incident.kind, incident.known_at, sent)


def told_people(incident: Incident) -> Mapping[str, int]:
    """Count the affected people by the state of their notice ("": it waits), or by what is lacking."""
    with system("how far the notice of an incident came"):
        return dict(
            sql.rows(
                "select coalesce(nullif(p.lack, ''), m.state, ''), count(*) from enrolment_incident_person p"
                " left join messaging_message m on m.id = p.message_id where p.incident_id = %s group by 1",
                [incident.pk],
            )
        )


@dataclass(frozen=True, slots=True)
class UntoldPerson:
    """An affected member without a notice."""

    member: UUID
    unit: Mapping[str, str]
    why: str


def untold_people(incident: Incident) -> Rows[UntoldPerson]:
    """Return the affected members without a notice, unit by unit. The page reads it in a system scope."""
    return Rows(
        "p.member, u.names, coalesce(nullif(p.lack, ''), s.state)",
        "from enrolment_incident_person p join enrolment_membership m on m.public_id = p.member"
        " join units_unit u on u.id = m.unit_id left join messaging_message s on s.id = p.message_id"
        " where p.incident_id = %(incident)s and (p.lack <> '' or s.state in ('failed', 'dropped'))",
        {"incident": incident.pk},
        orders={"unit": ("u.code",)},
        last="p.id",
        make=UntoldPerson,
    )


@dataclass(frozen=True, slots=True)
class OwnIncident:
    """An affected person reads this on their own page. office: of the reader; {} for a whole unit."""

    began_at: datetime
    until_at: datetime | None
    words: Mapping[str, str]
    data: Sequence[str]
    measures: str
    is_named: bool
    office: Mapping[str, str]
    unit: Mapping[str, str]


def incidents_about(member: UUID) -> list[OwnIncident]:
    """Return the incidents in which it was decided that a member is affected, the newest first."""
    with system("the incidents that concern somebody, for themselves"):
        return sql.each(
            OwnIncident,
            """select i.began_at, i.until_at, i.words, i.data, i.measures, p.is_named,
               coalesce(h.office, '{}'), coalesce(h.unit, '{}')
              from enrolment_incident_person p join enrolment_incident i on i.id = p.incident_id
              left join lateral (select o.names as office, u.names as unit from org_appointment ap
                join org_office o on o.id = ap.office_id join units_unit u on u.id = ap.unit_id
                where ap.account_id = i.reader_id and ap.body_id is null order by o.rank, ap.id limit 1) h on true
             where p.member = %s order by i.began_at desc""",
            [member],
        )


def notice_details(release: Release) -> list[str]:
    """Return sentences for the second data officer: how many people, and the words they read."""
    n = release.payload["n"]
    first = ngettext(
        "%(n)s person is affected and gets an SMS.", "%(n)s people are affected and get an SMS.", n
    ) % {"n": grouped(n)}
    words = [f"{language}: {text}" for language, text in sorted(release.payload["words"].items())]
    return [first, _("My page of each says what happened, and who read it."), *words]
