"""Read who holds which office, and which offices are vacant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.policy import COUNTS, EVERYTHING, placed_sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.models import Appointment, Body, Office
from abhiyan.org.rules import granting
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.rules.ranges import Range
from abhiyan.org.rules.vacancies import TRUSTED
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from .authority import grants_at, is_root, stood

CAST_SHOWN = 40
MOST_OFFERS = 10
# As `granting.is_of_officers` says, of an office `o`.
OF_OFFICERS = "(o.capabilities && array['org.approve', 'org.officers'])"


def exists_in(unit: str) -> str:
    """The condition that an office `o` exists in a unit (its id in SQL): an own one exists at its unit and below."""
    return f"""(o.unit_id is null or exists (
      select from units_placement w join units_placement t on t.lo >= w.lo and t.lo < w.hi
      where w.unit_id = o.unit_id and w.lo is not null and t.unit_id = {unit}))"""


# An appointment `ap` is in force on the day %(on)s.
HELD = """ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
  and (ap.ends_on is null or ap.ends_on >= %(on)s)"""


def offices_held(at: datetime) -> int:
    """Count the offices held in the whole organisation, for limits that grow with it."""
    with system("how many offices are held"):
        n: int = sql.value(
            f"select count(*) from org_appointment ap where {HELD}",
            {"on": clock.day_in(settings.TIME_ZONE, at)},
        )
    return n


def held_on(account_id: int, day: date) -> tuple[str, dict[str, Any]]:
    """Return the condition that an appointment `ap` of an account holds on a day, and its values.

    For statements that judge one account. Within `as_held` it stood at that instant.
    """
    return stood(account_id) or (HELD, {"on": day})


def appointment_for(viewer: Viewer, public_id: UUID) -> Appointment:
    """One appointment in the viewer's sight, or NotFound."""
    appointment = (
        Appointment.objects.select_related("office", "unit", "body").filter(public_id=public_id).first()
    )
    if appointment is None or not viewer.is_signed_in:
        raise NotFound
    return appointment


def offices_of(public_ids: Iterable[UUID]) -> dict[UUID, tuple[dict[str, str], dict[str, str]]]:
    """By public id of an account: its most senior office and that unit, by language; the last one where it holds none
    any more. In a system scope; one query."""
    rows = sql.rows(
        "select distinct on (a.public_id) a.public_id, o.names, u.names from people_account a"
        " join org_appointment ap on ap.account_id = a.id and ap.accepted_how <> ''"
        " join org_office o on o.id = ap.office_id join units_unit u on u.id = ap.unit_id"
        " where a.public_id = any(%s)"
        " order by a.public_id, ap.state = 'ended', o.rank, ap.starts_on desc, ap.id",
        [list(public_ids)],
    )
    return {account: (office, unit) for account, office, unit in rows}


def offered_office(public_id: UUID) -> Appointment | None:
    """An office that was offered and waits for an answer. In a system scope."""
    appointments = Appointment.objects.select_related("office", "unit", "body")
    return appointments.filter(public_id=public_id, state=Appointment.State.OFFERED).first()


def accepted(public_id: UUID) -> Appointment | None:
    """An office that its holder accepted and still holds. In a system scope."""
    appointments = Appointment.objects.select_related("office", "unit", "body")
    return appointments.filter(public_id=public_id, state__in=("active", "disputed")).first()


@dataclass(frozen=True, slots=True)
class OfficeHolder:
    """Somebody in an office, as any page may show it."""

    appointment_id: UUID
    account_id: int
    account: UUID
    name: str
    office: str
    office_names: dict[str, str]
    rank: int
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_names: dict[str, str]
    depth: int
    state: str
    since: date
    body_names: dict[str, str] | None = None  # of a seat in a body

    def title(self) -> str:
        """The office, and of a seat its body, in the language in force."""
        return name_in_language(office_titles(self.office_names, self.body_names or {}))


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An office expected in a unit that nobody holds. since: the last day somebody held it, or the unit's first day."""

    office: str
    office_names: dict[str, str]
    unit_id: int
    rank: int
    is_of_officers: bool  # data officers name its holder
    unit_code: str
    unit_names: dict[str, str]
    above: dict[str, str]  # names of the unit above it; empty at the top
    since: date | None = None


@dataclass(frozen=True, slots=True)
class OfficeBelow:
    """One office below a unit: how many units should have it, how many have, how many are disputed."""

    office: str
    office_names: dict[str, str]
    unit_kind: str
    rank: int
    capabilities: list[str]
    sees_people: bool
    is_of_officers: bool  # as of Vacancy
    expected: int
    held: int
    disputed: int

    @property
    def vacant(self) -> int:
        return max(0, self.expected - self.held)  # the two of a wide unit may be counted at different moments


_HOLDER = f"""
    select ap.public_id, a.id, a.public_id, a.name, o.code, o.names, o.rank, u.id, u.code, u.kind, u.names,
      p.depth, ap.state, ap.starts_on, (select b.names from org_body b where b.id = ap.body_id)
    from {{units}} join units_unit u on u.id = p.unit_id
    join org_appointment ap on ap.unit_id = p.unit_id and {HELD}
    join org_office o on o.id = ap.office_id
    join people_account a on a.id = ap.account_id
    order by p.depth desc, o.rank, ap.starts_on, ap.id
"""


def _holders(units: str, given: Mapping[str, int | date | list[int]]) -> list[OfficeHolder]:
    return sql.each(OfficeHolder, _HOLDER.format(units=units), given, keep_plan=True)


def office_titles(office: Mapping[str, str], body: Mapping[str, str]) -> dict[str, str]:
    """The names of an office, followed by those of its body where it is a seat of one; by language."""
    return {
        language: ", ".join(filter(None, (name, name_in_language(body, language))))
        for language, name in office.items()
    }


@dataclass(frozen=True, slots=True)
class OfficeHere:
    """An office of a unit and who holds it; of one that nobody holds, name and since are empty."""

    office: str
    office_names: dict[str, str]
    rank: int
    capabilities: list[str]
    sees_people: bool
    is_of_officers: bool  # as of Vacancy
    appointment_id: UUID | None
    name: str
    since: date | None
    account_id: int | None


# An office out of sight is not vacant: a vacancy shows where the scope in force sees the counts.
_HERE = f"""
    with held as materialized (
      select ap.office_id, ap.account_id, ap.public_id, ap.starts_on, ap.id, ap.body_id from org_appointment ap
      where ap.unit_id = %(unit)s and {HELD})
    select o.code, o.names, o.rank, o.capabilities, o.sees_people, {OF_OFFICERS},
      ap.public_id, a.name, ap.starts_on, a.id, ap.id
    from held ap join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id
    where ap.body_id is null and exists (select from units_placement p where p.unit_id = %(unit)s and p.lo is not null)
    union all
    select o.code, o.names, o.rank, o.capabilities, o.sees_people, {OF_OFFICERS}, null, '', null, null, null
    from units_unit u join org_office o on u.kind = any (o.expected_in) and {exists_in("u.id")}
    where u.id = %(unit)s and u.closed_on is null and ({EVERYTHING} or {placed_sql("u.id", COUNTS)})
      and not exists (select from held ap where ap.office_id = o.id and ap.body_id is null)
    order by 3, 9 nulls last, 11 nulls last, 1
"""


def ask_offices_here(unit_id: int, *, on: date) -> sql.Asked[list[OfficeHere]]:
    """The offices of a unit, senior first: those held on a day, disputed ones among them, and those expected there
    that nobody holds. Seats in bodies are not among them. In the caller's scope; one query."""
    read_rows = sql.ask(_HERE, {"unit": unit_id, "on": on}, keep_plan=True)
    return lambda: [OfficeHere(*row[:10]) for row in read_rows()]


@dataclass(frozen=True, slots=True)
class Leader:
    """A person leads a unit, by this office."""

    account_id: int
    name: str
    office_names: dict[str, str]


def ask_leaders_of(unit_ids: Iterable[int], *, on: date) -> sql.Asked[dict[int, Leader]]:
    """Return, for each unit, the holder of its most senior expected office that is held. In the caller's scope; one
    query.

    Units out of sight, and units without a leader, are left out.
    """
    read_rows = sql.ask(
        f"""
        select distinct on (ap.unit_id) ap.unit_id, a.id, a.name, o.names
        from org_appointment ap join units_unit u on u.id = ap.unit_id
        join org_office o on o.id = ap.office_id and u.kind = any (o.expected_in) and not {OF_OFFICERS}
          and (o.unit_id is null or '{LEADS}' = any (o.capabilities))
        join people_account a on a.id = ap.account_id
        where ap.unit_id = any(%(units)s::integer[]) and ap.body_id is null and {HELD}
        order by ap.unit_id, o.rank, ap.starts_on, ap.id
        """,
        {"units": list(unit_ids), "on": on},
        keep_plan=True,
    )
    return lambda: {unit: Leader(*led) for unit, *led in read_rows()}


def office_bearers(
    text: str, *, on: date, limit: int = 20, only: tuple[str, dict[str, Any]] = ("true", {})
) -> list[OfficeHolder]:
    """Return who holds an office and has this name, in either script; the highest first. In the caller's scope.

    only: the names a search reads, as `free_names` of w.account_id says.
    """
    called = people.accounts_called(text, only=only)
    if not called:
        return []
    holders = _holders(
        "(select unit_id, min(depth) as depth from units_placement where lo is not null and unit_id = any("
        " select unit_id from org_appointment where account_id = any(%(accounts)s) and state <> 'ended')"
        " group by unit_id) p",
        {"accounts": called, "on": on},
    )
    wanted = set(called)
    among = [holder for holder in holders if holder.account_id in wanted]
    return sorted(among, key=lambda holder: (holder.depth, holder.rank, holder.name))[:limit]


def holders_in(unit_ids: Collection[int], *, on: date) -> list[OfficeHolder]:
    """Return who holds an office or a seat of a body in these units on a day. In the caller's scope; one query."""
    return _holders(
        "(select unit_id, min(depth) as depth from units_placement where lo is not null and unit_id = any(%(units)s)"
        " group by unit_id) p",
        {"units": list(unit_ids), "on": on},
    )


def held_office(office: str, *, on: date) -> list[tuple[int, int]]:
    """Return who holds an office (code) on a day: account and unit, in the order of accounts. In a system scope."""
    return [
        (account, unit)
        for account, unit in sql.rows(
            f"""select distinct ap.account_id, ap.unit_id from org_appointment ap
            join org_office o on o.id = ap.office_id and o.code = %(office)s
            where ap.body_id is null and ap.state = 'active' and {HELD} order by 1, 2""",
            {"office": office, "on": on},
        )
    ]


def line_of_command(unit_id: int, hierarchy: int, *, on: date) -> list[OfficeHolder]:
    """The appointments from a unit upwards in one hierarchy, nearest first, up to the root of the tree. No seats in
    bodies.

    It reads past the viewer's scope and shows names above one's own state too, for everybody knows who leads them.
    """
    with system("line of command"):
        holders = _holders(
            """(with recursive up as (
                 select unit_id, parent_id, depth from units_placement
                 where unit_id = %(unit)s and hierarchy = %(hierarchy)s and valid_to is null
                 union all
                 select q.unit_id, q.parent_id, q.depth from up join units_placement q
                   on q.unit_id = up.parent_id and q.hierarchy = %(hierarchy)s and q.valid_to is null
               ) select * from up) p""",
            {"unit": unit_id, "hierarchy": hierarchy, "on": on},
        )
    return [holder for holder in holders if holder.body_names is None]


def holds_one_of(account_id: int, offices: Sequence[str], *, at: int) -> bool:
    """Return True if an account is appointed to one of these offices (codes) in the unit `at` itself. In a system
    scope; that its days are not over is asked by `require`."""
    appointments = Appointment.objects.filter(
        account_id=account_id, unit_id=at, body=None, state=Appointment.State.ACTIVE
    )
    return appointments.filter(office__code__in=offices).exists()


def is_phone_in_office(phone_id: UUID) -> bool:
    """True where somebody accepted an office with this phone and still holds it. In a system scope."""
    return sql.exists(
        "select from people_account a join org_appointment ap on ap.account_id = a.id and ap.state = 'active'"
        " where a.phone_id = %s and a.closed_at is null and ap.accepted_how <> ''",
        [phone_id],
    )


def vacancies(unit_id: int, *, on: date) -> list[OfficeHere]:
    """The offices expected in a unit that nobody holds on a day, senior first, as `ask_offices_here` tells them."""
    return [office for office in ask_offices_here(unit_id, on=on)() if office.appointment_id is None]


def _counted_now(lo: int, hi: int, *, on: date) -> dict[tuple[int, str], tuple[int, int]]:
    """The same from the appointments, of positions above lo and below hi."""
    # Asked for all units at once: one after the other, with the policy each time, takes twice as long.
    rows = sql.rows(
        f"""
        with held as (
          select ap.office_id, ap.unit_id, bool_or(ap.state = 'disputed') as disputed from org_appointment ap
          where ap.unit_id = any (array(select unit_id from units_placement where lo > %(lo)s and lo < %(hi)s))
            and ap.body_id is null and {HELD}
          group by ap.office_id, ap.unit_id
        )
        select h.office_id, u.kind, count(*), count(*) filter (where h.disputed)
        from held h join units_unit u on u.id = h.unit_id
        group by h.office_id, u.kind
        """,
        {"lo": lo, "hi": hi, "on": on},
    )
    return {(office, kind): (n, disputed) for office, kind, n, disputed in rows}


def ask_vacancies_below(
    unit_id: int,
    hierarchy: int,
    *,
    at: datetime,
    span: tuple[int, int] | None = None,
    counts: Mapping[str, int] | None = None,
) -> sql.Asked[list[OfficeBelow]]:
    """Per office and kind of unit beneath a unit (itself left out): expected, held, disputed. Set-wise.

    span, counts: the results of `units.span` and `units.counts_below`, if the caller has them already. Wide units have
    the last count of `actions.count_held`, some two minutes old at most; while it stands still, and for others, the
    appointments themselves.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    expected = units.counts_below(unit_id, hierarchy) if counts is None else counts
    read_rows = sql.ask(
        f"""
        select id, code, names, expected_in, o.rank, o.capabilities, o.sees_people, {OF_OFFICERS},
          o.unit_id, case when row_number() over (order by rank, code) = 1 then (
            select held from org_held_below where unit_id = %(unit)s and hierarchy = %(hierarchy)s
            and day = %(on)s and counted_at > %(since)s) end
        from org_office o order by rank, code
        """,
        {"unit": unit_id, "hierarchy": hierarchy, "on": on, "since": at - TRUSTED},
        keep_plan=True,
    )

    def read() -> list[OfficeBelow]:
        offices = read_rows()
        if offices and offices[0][9] is not None:
            n_by_office = {(office, kind): (n, disputed) for office, kind, n, disputed in offices[0][9]}
        else:
            n_by_office = _counted_now(*(span or units.span(unit_id, hierarchy)), on=on)
        here = {
            place: units_with(place, unit_id, hierarchy, expected)
            for place in {row[8] for row in offices if row[3]}
        }
        return [
            OfficeBelow(
                code, names, kind, rank, codes, sees, is_of_officers, n, *n_by_office.get((pk, kind), (0, 0))
            )
            for kind in expected
            for pk, code, names, kinds, rank, codes, sees, is_of_officers, place, _held in offices
            if kind in kinds and (n := here[place].get(kind, 0))
        ]

    return read


def units_with(
    made_in: int | None, unit_id: int, hierarchy: int, below: Mapping[str, int]
) -> Mapping[str, int]:
    """kind -> how many units beneath a unit have the offices of `made_in` (None: the standard ones).

    below: the kinds and numbers of all units beneath it.
    """
    if made_in is None or made_in == unit_id or units.stands_below(unit_id, made_in):
        return below
    if not units.stands_below(made_in, unit_id):
        return {}
    try:
        inside = units.counts_below(made_in, hierarchy)
    except NotFound:  # it has no place in this tree
        return {}
    kind = units.unit_by_id(made_in).kind
    return inside | {kind: inside.get(kind, 0) + 1}


def units_where_own(made_in: Iterable[int], unit_id: int, hierarchy: int) -> dict[int, dict[str, int]]:
    """By the unit where own offices or kinds of body were made: kind -> units that have them, of a unit and below.

    Three queries each.
    """
    level, below = units.unit_by_id(unit_id).kind, units.counts_below(unit_id, hierarchy)
    places: dict[int, dict[str, int]] = {}
    for place in made_in:
        places[place] = dict(units_with(place, unit_id, hierarchy, below))
        if place == unit_id or units.stands_below(unit_id, place):
            places[place][level] = places[place].get(level, 0) + 1
    return places


@dataclass(frozen=True, slots=True)
class UnitVacancies:
    """Vacant offices in a unit and in all units below it."""

    own: list[OfficeHere]
    below: list[OfficeBelow]

    @property
    def n(self) -> int:
        """Count the offices vacant here and below. Every page and the list of vacancies have this number."""
        return len(self.own) + sum(office.vacant for office in self.below)


def vacancies_of(office: HeldOffice, *, at: datetime) -> UnitVacancies:
    """Count the offices vacant in the unit of an office and below it, no matter who may fill them."""
    offices = vacancies(office.unit_id, on=clock.day_in(settings.TIME_ZONE, at))
    span = (office.lo, office.hi)
    return UnitVacancies(offices, ask_vacancies_below(office.unit_id, office.hierarchy, at=at, span=span)())


def offices_used(*, near: int | None = None) -> list[Office]:
    """Every standard office and the own ones of the units in sight, senior first: those of other states are left out.

    near: only own offices that exist in this unit (id), or somewhere below it. They are read with each visit, so a
    change counts at once on every host. One query, two where there are own offices.
    """
    offices = list(Office.objects.order_by("rank", "code"))
    spans = spans_in_sight({office.unit_id for office in offices if office.unit_id is not None}, near=near)
    for office in offices:
        office.spans = spans.get(office.unit_id or 0, ())
    return [office for office in offices if office.unit_id is None or office.spans]


def spans_in_sight(unit_ids: Collection[int], *, near: int | None) -> dict[int, list[Range]]:
    """The positions of units in sight; with near, only of those in this unit (id) or above it. One query."""
    spans: dict[int, list[Range]] = {}
    for unit_id, lo, hi in (
        sql.rows(
            f"""select w.unit_id, w.lo, w.hi from units_placement w where w.unit_id = any(%(own)s) and w.lo is not null
              and ({EVERYTHING} or int8range(w.lo, w.hi) && {COUNTS})
              and (%(near)s::bigint is null or exists (select from units_placement n
                where n.unit_id = %(near)s and n.lo < w.hi and w.lo < n.hi))""",
            {"own": sorted(unit_ids), "near": near},
        )
        if unit_ids
        else ()
    ):
        spans.setdefault(unit_id, []).append((lo, hi))
    return spans


@dataclass(frozen=True, slots=True)
class WorkHolder:
    """Somebody whose office lets them do a kind of work, or who was offered such an office."""

    appointment: UUID
    account_id: int
    name: str
    office_names: dict[str, str]
    unit_names: dict[str, str]

    def title(self) -> str:
        """The office and its unit, in the language in force."""
        return f"{name_in_language(self.office_names)}, {name_in_language(self.unit_names)}"


def holders_of(capabilities: Iterable[str], *, on: date, state: str = "active") -> dict[str, WorkHolder]:
    """By capability: the holder at the highest unit where somebody does that work. One without a holder is left out.

    state: "active" for who holds the office on that day, "offered" for who was asked and has not answered yet. A seat
    in a body gives no right. In a scope that sees appointments and accounts; one query.
    """
    rows = sql.rows(
        """select distinct on (c.code) c.code, ap.public_id, a.id, a.name, o.names, u.names
             from unnest(%(codes)s::text[]) c(code) join org_office o on c.code = any (o.capabilities)
             join org_appointment ap on ap.office_id = o.id and ap.body_id is null and ap.state = %(state)s
              and (ap.starts_on <= %(on)s or ap.state = 'offered') and (ap.ends_on is null or ap.ends_on >= %(on)s)
             join people_account a on a.id = ap.account_id and a.closed_at is null
             join units_unit u on u.id = ap.unit_id
             join units_placement p on p.unit_id = u.id and p.hierarchy = ap.hierarchy and p.valid_to is null
            order by c.code, p.depth, o.rank, ap.id""",
        {"codes": list(capabilities), "on": on, "state": state},
    )
    return {code: WorkHolder(*facts) for code, *facts in rows}


def offices_to_give(by: Actor, unit_id: int, hierarchy: int, body: Body | None = None) -> list[Office]:
    """The offices `by` may give in a unit, or in a body of it, as `actions.appoint` would decide."""
    unit = units.row_of_unit(unit_id, hierarchy)
    here = [
        office
        for office in offices_used(near=unit_id)
        if office.exists_at(unit.lo) and office.fits(unit.kind, body)
    ]
    if by.kind == "system":
        return here
    if by.kind != "person" or by.account_id is None:
        return []
    is_all = is_root(by.account_id)
    grants = grants_at(by.account_id, unit_id, hierarchy)
    return [
        office
        for office in here
        if (is_all and body is None and not granting.is_of_officers(office.capabilities))
        or granting.may_appoint(
            grants,
            rank=office.rank,
            capabilities=office.capabilities,
            sees_people=office.sees_people,
            is_seat=body is not None,
        )
    ]


def cast(language: str) -> list[people.CastMember]:
    """The demo's people with their highest office, for the sign-in page. In a scope that sees them."""
    office_rows = sql.rows("""
        select distinct on (a.id) a.public_id, a.name, o.names, u.names, p.depth, o.rank
        from people_account a
        join org_appointment ap on ap.account_id = a.id and ap.state in ('active', 'disputed')
        join org_office o on o.id = ap.office_id
        join units_unit u on u.id = ap.unit_id
        join units_placement p on p.unit_id = u.id and p.hierarchy = ap.hierarchy and p.valid_to is null
        where a.is_demo and a.closed_at is null
        order by a.id, p.depth, o.rank
        """)
    rows = sorted(office_rows, key=lambda row: (row[4], row[5], row[1]))
    return [
        people.CastMember(account, name, name_in_language(office, language), name_in_language(unit, language))
        for account, name, office, unit, _depth, _rank in rows[:CAST_SHOWN]
    ]


def units_served(*, accounts: Iterable[int], since: date, on: date) -> dict[int, set[int]]:
    """account -> units where it holds an office on the day `on`, or has held one after `since`. In system scope."""
    served: dict[int, set[int]] = {}
    appointments = Appointment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=since), account_id__in=set(accounts), starts_on__lte=on
    ).exclude(accepted_how="")
    for account, unit in appointments.values_list("account_id", "unit_id"):
        served.setdefault(account, set()).add(unit)
    return served
