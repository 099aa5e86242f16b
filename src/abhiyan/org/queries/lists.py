"""Lists of appointments and of vacancies in a subtree, read page by page whatever their length."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q

from abhiyan.core.policy import COUNTS, EVERYTHING
from abhiyan.core.rows import Rows
from abhiyan.org.models import Appointment, Office
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.units.models import MANY

from .offices import MOST_OFFERS, OF_OFFICERS, Vacancy

_ORDERS = {
    "unit": ("p.lo", "o.rank", "o.code"),
    "office": ("o.rank", "o.code", "p.lo"),
    "name": ("a.name", "p.lo"),
    "since": ("ap.starts_on", "p.lo"),
}
_FEW = "not (u.kind in ({}))".format(", ".join(f"'{kind}'" for kind in sorted(MANY)))  # as the index says it

# The last day somebody held the office `o` in the unit `u`, or the first day of the unit, or of an own office.
_SINCE = """coalesce((
    select max(least(ap.ends_on, (ap.ended_at at time zone %(zone)s)::date)) from org_appointment ap
    where ap.unit_id = u.id and ap.office_id = o.id and ap.body_id is null and ap.state <> 'offered'
      and ap.accepted_how <> ''),
  greatest((select min(first.valid_from) from units_placement first where first.unit_id = u.id),
    (o.made_at at time zone %(zone)s)::date))"""


def sight(viewer: Viewer, lo: int, hi: int) -> tuple[int, int]:
    """Narrow [lo, hi) to the part where the viewer sees appointments, so that no list reads past it."""
    if viewer.is_root or viewer.scope.everything:
        return lo, hi
    seen = [
        (max(lo, first), min(hi, last))
        for office in viewer.appointments
        for first, last in office.counts
        if first < hi and last > lo
    ]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else (lo, lo)


def _only(office: str) -> tuple[str, dict[str, Any]]:
    """A condition on an office `o`, with its parameters: one of this code, or any for none.

    By its id, for the planner knows how many appointments an office has, not how many a code.
    """
    if not office:
        return "true", {}
    pk, kinds = Office.objects.filter(code=office).values_list("pk", "expected_in").first() or (0, [])
    return "o.id = %(office)s", {"office": pk, "kinds": kinds}


@dataclass(frozen=True, slots=True)
class Gives:
    """Codes of the offices that somebody may fill in a unit itself (own), and in the units below it."""

    own: frozenset[str]
    below: frozenset[str]

    @classmethod
    def of(cls, viewer: Viewer, lo: int, offices: Iterable[Office]) -> "Gives":
        """Return which of these offices the viewer may fill from the unit with this `lo`."""
        known = list(offices)
        office_codes, below = (
            frozenset(office.code for office in known if viewer.may_give(office, lo, is_below=is_below))
            for is_below in (False, True)
        )
        return cls(office_codes, below)


def vacant_rows(lo: int, hi: int, *, on: date, office: str = "", gives: Gives | None = None) -> Rows[Vacancy]:
    """Vacant offices of a unit and all below it in sight, in the order of the tree; by `unit` the highest first.

    By `since` those come first that are vacant longest.

    gives: leave out offices that somebody does not fill from the unit at lo.
    """
    only, params = _only(office)
    few = (
        f" and u.kind = any(%(kinds)s) and {_FEW}" if params and not set(params["kinds"]) & set(MANY) else ""
    )
    mine = "true"
    if gives is not None:
        mine = "o.code = any(case when p.lo > %(lo)s then %(below)s::text[] else %(own)s::text[] end)"
        params |= {"own": list(gives.own), "below": list(gives.below)}
    return Rows(
        f"o.code, o.names, u.id, o.rank, {OF_OFFICERS}, u.code, u.names,"
        " coalesce((select a.names from units_unit a where a.id = p.parent_id), '{}'::jsonb),"
        f" {_SINCE} as since",
        f"""
            from units_placement p
            join units_unit u on u.id = p.unit_id and u.closed_on is null{few}
            join (select o.*, unnest(o.expected_in) as kind from org_office o) o on o.kind = u.kind and {only}
             and (o.unit_id is null or exists (select from units_placement w where w.unit_id = o.unit_id
               and w.lo <= p.lo and p.lo < w.hi))
            where p.lo >= %(lo)s and p.lo < %(hi)s and ({EVERYTHING} or p.lo <@ {COUNTS}) and {mine} and not exists (
                select 1 from org_appointment ap where ap.unit_id = u.id and ap.office_id = o.id
                and ap.body_id is null and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
                and (ap.ends_on is null or ap.ends_on >= %(on)s))
        """,
        {"lo": lo, "hi": hi, "on": on, "zone": settings.TIME_ZONE, **params},
        orders={
            "": ("p.lo", "o.rank", "o.code"),
            "unit": ("p.depth", "p.lo", "o.rank", "o.code"),
            "since": ("since", "p.depth", "p.lo", "o.rank", "o.code"),
        },
        make=Vacancy,
    )


def next_vacancy(home: HeldOffice, *, office: str, after: int, on: date) -> Vacancy | None:
    """The first unit after a position, in the order of the tree below an office's own unit, that lacks an office.

    Past the end it begins again. None where there is none.
    """
    for lo, hi in ((max(after + 1, home.lo), home.hi), (home.lo, min(after, home.hi))):
        vacancies = list(vacant_rows(lo, hi, on=on, office=office)[:1]) if lo < hi else []
        if vacancies:
            return vacancies[0]
    return None


def appointment_rows(
    lo: int,
    hi: int,
    *,
    state: str = "",
    office: str = "",
    name: str = "",
    free: tuple[str, dict[str, Any]] | None = None,
    by_name: bool = True,
) -> Rows[Appointment]:
    """Appointments of a unit and all below it in the caller's scope, each with `holder`, a name.

    state: active, disputed, ended, or "" for appointments in force. office: its code. name: words of the holder's name,
    as they sound in either script, the last perhaps half typed. free: the names a search reads (`free_names` of
    ap.account_id); without it, all. by_name: it may be in the order of names.
    """
    states = [state] if state in Appointment.State.values else ["active", "disputed"]
    called, words = people.called_sql("ap.account_id", name)
    readable, reader = free or ("true", {})
    only, params = _only(office)
    return Rows(
        "ap.id",
        f"""
            from units_placement p
            join org_appointment ap on ap.unit_id = p.unit_id
            join org_office o on o.id = ap.office_id
            left join people_account a on a.id = ap.account_id
            where p.lo >= %(lo)s and p.lo < %(hi)s and ap.state = any(%(states)s)
              and {only} and {called} and {readable}
        """,
        {"lo": lo, "hi": hi, "states": states, **params, **words, **reader},
        orders=_ORDERS if by_name else {key: order for key, order in _ORDERS.items() if key != "name"},
        last="ap.id",
        make=int,
        finish=_appointments,
    )


def _appointments(ids: list[int]) -> list[Appointment]:
    appointments = Appointment.objects.select_related("office", "unit", "body").in_bulk(ids)
    return with_holders([appointments[pk] for pk in ids if pk in appointments])


def offers_of(viewer: Viewer) -> tuple[list[Appointment], list[Appointment]]:
    """Offices not accepted yet, the newest first, a few: those offered to the viewer, and with names those the viewer
    offered to others. One query."""
    if viewer.account_id is None:
        return [], []
    own_filter, made = Q(account_id=viewer.account_id), Q(made_by=viewer.account_id)
    appointments = Appointment.objects.select_related("office", "unit", "body").filter(
        own_filter | made, state=Appointment.State.OFFERED
    )
    is_own = ExpressionWrapper(own_filter, output_field=BooleanField())
    rows = list(appointments.order_by(is_own.desc(), "-made_at")[: 2 * MOST_OFFERS])
    mine = [appointment for appointment in rows if appointment.account_id == viewer.account_id]
    others = [appointment for appointment in rows if appointment.account_id != viewer.account_id]
    return mine[:MOST_OFFERS], with_holders(others[:MOST_OFFERS])


def with_holders(appointments: list[Appointment]) -> list[Appointment]:
    """The same, each with `holder`: the name of who holds it, or empty where it is out of sight."""
    names = people.names_of_accounts(appointment.account_id for appointment in appointments)
    for each in appointments:
        each.holder = names.get(each.account_id, "")
    return appointments
