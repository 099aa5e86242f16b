"""A record: somebody's duties, for themselves and for who leads them from one level above. Never a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.rooms import offered
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.queries.answered_for import AnsweredFor, accepted_charges, charges_of_account
from abhiyan.programmes.queries.stands import MeasureStand, measures_in_view
from abhiyan.ui.recorded import DAYS, WorkWeek
from abhiyan.work.numbers import TaskNumbers, task_numbers


@dataclass(frozen=True, slots=True)
class OfficeHeld:
    """An office somebody holds or has held. until: its last day, foreseen or past; None until further notice."""

    office_names: dict[str, str]
    unit_names: dict[str, str]
    since: date
    until: date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class RecordedCharge:
    """A programme somebody answers for in a unit, or did. accepted: the targets they accepted."""

    programme: Programme
    role_name: str
    state_name: str
    unit_names: dict[str, str]
    since: datetime
    until: datetime | None
    accepted: list[AnsweredFor]


@dataclass(frozen=True, slots=True)
class Record:
    """Somebody's duties. stands: of the units of their offices, with the unit's names; none of one's own."""

    account_id: int
    name: str
    is_own: bool
    offices: Sequence[OfficeHeld]
    charges: Sequence[RecordedCharge]
    tasks: TaskNumbers
    stands: Sequence[tuple[HeldOffice, Sequence[MeasureStand]]]


def record_for(viewer: Viewer, public_id: UUID | None, *, at: datetime) -> Record:
    """Return the viewer's own record, or that of somebody they lead from one level above; NotFound of anybody
    else's.

    public_id: of the account; None: one's own.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    if viewer.account_id is None:
        raise NotFound
    account_id, name = viewer.account_id, viewer.name
    whose = viewer
    if public_id is not None and public_id != viewer.public_id:
        with system("whose record"):
            account = people.account_by_public_id(public_id)
        account_id, name = account.pk, account.name
        whose = org.viewer_of(account_id=account_id, on=on)
        if not leads_from_above(viewer, whose, on=on):
            raise NotFound
    # In the reader's own scope: figures of a unit whose people they do not see are rounded here too.
    is_own = account_id == viewer.account_id
    offices = [office for office in whose.appointments if office.body_id is None and not is_own]
    of_units = [
        (office, measure_stands) for office in offices if (measure_stands := measures_in_view(office, at=at))
    ]
    with system("a record, for its owner or the level above"):
        return Record(
            account_id=account_id,
            name=name,
            is_own=is_own,
            offices=_offices(account_id, on=on),
            charges=_charges(account_id),
            tasks=task_numbers(at=at, account_id=account_id),
            stands=of_units,
        )


def week_of_work(account_id: int, *, at: datetime) -> WorkWeek:
    """Collect from every room what somebody did in the last days, and what came of it: numbers alone, their own.

    For who reads their record (`record_for`); a page of one's own needs no question.
    """
    first = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time(), ZoneInfo(settings.TIME_ZONE))
    with system("a week of work, for its owner or the level above"):
        weeks = [work_done(account_id, since=since) for work_done in offered("work_done")]
        work = sorted((work for week in weeks for work in week), key=lambda work: -work.confirmed)
    return WorkWeek(work)


def leads_from_above(viewer: Viewer, whose: Viewer, *, on: date) -> bool:
    """Return True if the viewer leads somebody from one level above: the nearest unit above theirs where
    anybody leads."""
    mine = (
        {office.unit_id for office in viewer.appointments if LEADS in office.capabilities}
        if viewer.is_strong
        else set()
    )
    if not mine:
        return False
    leading = {office.code for office in org.offices_used() if LEADS in office.capabilities}
    for held_office in whose.appointments:
        above = [
            holder.unit_id
            for holder in org.line_of_command(held_office.unit_id, held_office.hierarchy, on=on)
            if holder.unit_id != held_office.unit_id and holder.office in leading and holder.state == "active"
        ]
        if above and above[0] in mine:
            return True
    return False


def _offices(account_id: int, *, on: date) -> list[OfficeHeld]:
    rows = sql.rows(
        """select o.names, u.names, ap.starts_on, ap.ends_on, ap.state = 'ended'
        from org_appointment ap join org_office o on o.id = ap.office_id join units_unit u on u.id = ap.unit_id
        where ap.account_id = %(account)s and ap.accepted_how <> '' and ap.starts_on <= %(on)s
        order by ap.state = 'ended', ap.starts_on desc, ap.id desc limit 50""",
        {"account": account_id, "on": on},
    )
    return [OfficeHeld(*row) for row in rows]


def _charges(account_id: int) -> list[RecordedCharge]:
    rows = charges_of_account(account_id)
    numbers = accepted_charges(rows)
    return [
        RecordedCharge(
            in_charge.programme,
            str(InCharge.Role(in_charge.role).label),
            str(InCharge.State(in_charge.state).label),
            in_charge.unit.names,
            in_charge.named_at,
            in_charge.ended_at,
            numbers[in_charge.pk],
        )
        for in_charge in rows
    ]


@dataclass(frozen=True, slots=True)
class Led:
    """Somebody in an office of a unit right below."""

    account_id: int
    name: str
    office_names: dict[str, str]
    unit_names: dict[str, str]


def led_by(viewer: Viewer, *, on: date) -> Rows[Led]:
    """Return the office-holders in the units right below those the viewer leads, in the order of the tree."""
    mine = (
        [office for office in viewer.appointments if LEADS in office.capabilities] if viewer.is_strong else []
    )
    return Rows(
        "a.id, a.name, o.names, u.names",
        """from units_placement p
          join org_appointment ap on ap.unit_id = p.unit_id and ap.state = 'active' and ap.starts_on <= %(on)s
            and (ap.ends_on is null or ap.ends_on >= %(on)s)
          join org_office o on o.id = ap.office_id and not o.capabilities && array['org.approve', 'org.officers']
          join people_account a on a.id = ap.account_id join units_unit u on u.id = p.unit_id
          where (p.parent_id, p.hierarchy) in (select * from unnest(%(units)s::bigint[], %(trees)s::smallint[]))
            and p.lo is not null and ap.account_id <> %(account)s""",
        {
            "on": on,
            "units": [office.unit_id for office in mine],
            "trees": [office.hierarchy for office in mine],
            "account": viewer.account_id,
        },
        orders={"tree": ("p.lo", "o.rank", "ap.id")},
        make=Led,
    )
