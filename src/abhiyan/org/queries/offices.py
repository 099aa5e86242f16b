"""Who holds what, and what is vacant."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, overload
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import prepared
from abhiyan.core.actor import Actor
from abhiyan.core.policy import COUNTS, EVERYTHING, placed
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment, Office
from abhiyan.org.rules import granting
from abhiyan.org.viewer import Viewer, named
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from .authority import grants_at, is_root

CAST_SHOWN = 40


def appointment_for(viewer: Viewer, public_id: UUID) -> Appointment:
    """One appointment in the viewer's sight, or NotFound."""
    found = Appointment.objects.select_related("office", "unit", "body").filter(public_id=public_id).first()
    if found is None or not viewer.is_signed_in:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Holder:
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


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An office expected in a unit that nobody holds."""

    office: str
    office_names: dict[str, str]
    unit_id: int
    rank: int
    unit_code: str = ""
    unit_names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Below:
    """Of one office below a unit: how many units should have it, how many have, how many are disputed."""

    office: str
    office_names: dict[str, str]
    unit_kind: str
    expected: int
    held: int
    disputed: int

    @property
    def vacant(self) -> int:
        return self.expected - self.held


_HOLDER = """
    select ap.public_id, a.id, a.public_id, a.name, o.code, o.names, o.rank, u.id, u.code, u.kind, u.names,
      p.depth, ap.state, ap.starts_on
    from {units} join units_unit u on u.id = p.unit_id
    join org_appointment ap on ap.unit_id = p.unit_id and ap.state in ('active', 'disputed')
      and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)
    join org_office o on o.id = ap.office_id
    join people_account a on a.id = ap.account_id
    order by p.depth desc, o.rank, ap.starts_on, ap.id
"""


def _holders(units: str, given: Mapping[str, int | date | list[int]]) -> list[Holder]:
    with prepared.cursor() as cursor:
        cursor.execute(_HOLDER.format(units=units), given)
        return [
            Holder(
                appointment_id=row[0],
                account_id=row[1],
                account=row[2],
                name=row[3],
                office=row[4],
                office_names=read_names(row[5]),
                rank=row[6],
                unit_id=row[7],
                unit_code=row[8],
                unit_kind=row[9],
                unit_names=read_names(row[10]),
                depth=row[11],
                state=row[12],
                since=row[13],
            )
            for row in cursor.fetchall()
        ]


def read_names(value: Any) -> dict[str, str]:
    """A jsonb of names: Django reads it as text in raw SQL."""
    found: dict[str, str] = json.loads(value) if isinstance(value, str) else value
    return found


def holders(unit_id: int, *, on: date) -> list[Holder]:
    """Who holds which office in a unit, senior first, disputed ones among them. In the caller's scope."""
    return _holders(
        "(select unit_id, min(depth) as depth from units_placement where unit_id = %(unit)s and lo is not null"
        " group by unit_id) p",
        {"unit": unit_id, "on": on},
    )


def office_bearers(text: str, *, on: date, limit: int = 20) -> list[Holder]:
    """Who holds an office and is called like this, in either script; the highest first. In the caller's scope."""
    called = people.accounts_called(text)
    if not called:
        return []
    found = _holders(
        "(select unit_id, min(depth) as depth from units_placement where lo is not null and unit_id = any("
        " select unit_id from org_appointment where account_id = any(%(accounts)s) and state <> 'ended')"
        " group by unit_id) p",
        {"accounts": called, "on": on},
    )
    wanted = set(called)
    among = [holder for holder in found if holder.account_id in wanted]
    return sorted(among, key=lambda holder: (holder.depth, holder.rank, holder.name))[:limit]


def line_of_command(unit_id: int, hierarchy: int, *, on: date) -> list[Holder]:
    """The appointments from a unit upwards in one hierarchy, nearest first, up to the root of the tree.

    Names above one's own state are told too, for everybody knows who leads them: so past the viewer's scope.
    """
    with system("line of command"):
        return _holders(
            """(with recursive up as (
                 select unit_id, parent_id, depth from units_placement
                 where unit_id = %(unit)s and hierarchy = %(hierarchy)s and valid_to is null
                 union all
                 select q.unit_id, q.parent_id, q.depth from up join units_placement q
                   on q.unit_id = up.parent_id and q.hierarchy = %(hierarchy)s and q.valid_to is null
               ) select * from up) p""",
            {"unit": unit_id, "hierarchy": hierarchy, "on": on},
        )


def vacancies(unit_id: int, *, on: date) -> list[Vacancy]:
    """The offices expected in a unit that nobody holds on a day, senior first.

    None of a unit whose appointments the scope in force does not see: what is out of sight is not vacant.
    """
    with prepared.cursor() as cursor:
        cursor.execute(
            f"""
            select o.code, o.names, u.id, o.rank from units_unit u join org_office o on u.kind = any (o.expected_in)
            where u.id = %(unit)s and u.closed_on is null and not exists (
                select 1 from org_appointment ap where ap.unit_id = u.id and ap.office_id = o.id
                and ap.body_id is null and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
                and (ap.ends_on is null or ap.ends_on >= %(on)s))
              and ({EVERYTHING} or {placed("u.id", COUNTS)})
            order by o.rank, o.code
            """,
            {"unit": unit_id, "on": on},
        )
        return [Vacancy(code, read_names(names), unit, rank) for code, names, unit, rank in cursor.fetchall()]


def vacancies_below(
    unit_id: int,
    hierarchy: int,
    *,
    on: date,
    span: tuple[int, int] | None = None,
    counts: Mapping[str, int] | None = None,
    is_top: bool = False,
) -> list[Below]:
    """Per office and kind of unit beneath a unit (itself left out): expected, held, disputed. Set-wise.

    span, counts: what `units.span` and `units.counts_below` say, from whoever has asked already. is_top: nothing
    stands above the unit; then nearly every appointment is beneath it, and one plan is right: read them all.
    """
    position = "p.lo + 0" if is_top else "p.lo"  # a sum is in no index
    lo, hi = span or units.span(unit_id, hierarchy)
    expected = units.counts_below(unit_id, hierarchy) if counts is None else counts
    with prepared.cursor() if is_top else connection.cursor() as cursor:
        cursor.execute(
            f"""
            select ap.office_id, u.kind, count(distinct ap.unit_id),
              count(distinct ap.unit_id) filter (where ap.state = 'disputed')
            from org_appointment ap
            join units_unit u on u.id = ap.unit_id
            join units_placement p on p.unit_id = ap.unit_id
            where {position} > %(lo)s and {position} < %(hi)s and ap.state in ('active', 'disputed')
              and ap.body_id is null and ap.starts_on <= %(on)s
              and (ap.ends_on is null or ap.ends_on >= %(on)s)
            group by ap.office_id, u.kind
            """,
            {"lo": lo, "hi": hi, "on": on},
        )
        held = {(office, kind): (n, disputed) for office, kind, n, disputed in cursor.fetchall()}
    with prepared.cursor() as cursor:
        cursor.execute("select id, code, names, expected_in from org_office order by rank, code")
        offices = [(pk, code, read_names(names), kinds) for pk, code, names, kinds in cursor.fetchall()]
    return [
        Below(code, names, kind, n, *held.get((pk, kind), (0, 0)))
        for kind, n in expected.items()
        for pk, code, names, kinds in offices
        if kind in kinds
    ]


class VacantRows(Sequence[Vacancy]):
    """Vacant offices of a unit and all below it in sight, in the order of the tree, read page by page."""

    def __init__(self, lo: int, hi: int, *, on: date, office: str = "") -> None:
        self.given: dict[str, int | date | str] = {"lo": lo, "hi": hi, "on": on, "office": office}

    _FROM = f"""
        from units_placement p
        join units_unit u on u.id = p.unit_id and u.closed_on is null
        join org_office o on u.kind = any (o.expected_in) and (%(office)s = '' or o.code = %(office)s)
        where p.lo >= %(lo)s and p.lo < %(hi)s and ({EVERYTHING} or p.lo <@ {COUNTS}) and not exists (
            select 1 from org_appointment ap where ap.unit_id = u.id and ap.office_id = o.id
            and ap.body_id is null and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
            and (ap.ends_on is null or ap.ends_on >= %(on)s))
    """

    def __len__(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) {self._FROM}", self.given)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    @overload
    def __getitem__(self, part: int) -> Vacancy: ...
    @overload
    def __getitem__(self, part: slice) -> list[Vacancy]: ...
    def __getitem__(self, part: int | slice) -> Vacancy | list[Vacancy]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        start, stop = part.start or 0, part.stop
        with connection.cursor() as cursor:
            cursor.execute(
                f"select o.code, o.names, u.id, o.rank, u.code, u.names {self._FROM}"
                " order by p.lo, o.rank, o.code offset %(start)s limit %(n)s",
                self.given | {"start": start, "n": None if stop is None else stop - start},
            )
            return [
                Vacancy(code, read_names(names), unit, rank, unit_code, read_names(unit_names))
                for code, names, unit, rank, unit_code, unit_names in cursor.fetchall()
            ]


def appointments(
    lo: int, hi: int, *, state: str = "", office: str = "", text: str = ""
) -> QuerySet[Appointment]:
    """Appointments in a subtree, in the caller's scope, with `holder` (a name), `last4` and `place` (position).

    state: active, disputed, ended, or "" for those that hold. text: part of the holder's name.
    """
    found = Appointment.objects.select_related("office", "unit").annotate(
        holder=RawSQL("(select a.name from people_account a where a.id = org_appointment.account_id)", []),
        place=RawSQL(
            "(select min(pl.lo) from units_placement pl where pl.unit_id = org_appointment.unit_id"
            " and pl.lo >= %s and pl.lo < %s)",
            [lo, hi],
        ),
    )
    found = found.filter(place__isnull=False)
    if state in Appointment.State.values:
        found = found.filter(state=state)
    else:
        found = found.exclude(state=Appointment.State.ENDED)
    if office:
        found = found.filter(office__code=office)
    for word in text.split()[:4]:
        found = found.filter(holder__icontains=word)
    return found


def claimants(appointment: Appointment) -> list[Appointment]:
    """All who claim a disputed office, oldest first."""
    same = Q(body=None) if appointment.body_id is None else Q(body_id=appointment.body_id)
    return list(
        Appointment.objects.select_related("office", "unit")
        .filter(
            same,
            office_id=appointment.office_id,
            unit_id=appointment.unit_id,
            state=Appointment.State.DISPUTED,
        )
        .order_by("made_at", "id")
    )


def offices_used() -> list[Office]:
    """Every office, senior first."""
    return list(Office.objects.order_by("rank", "code"))


def is_anybody_appointed() -> bool:
    """Whether anybody holds an office. In a scope that sees it."""
    return Appointment.objects.filter(state=Appointment.State.ACTIVE).exists()


def offices_to_give(by: Actor, unit_id: int, hierarchy: int) -> list[Office]:
    """The offices `by` may give in a unit, as `actions.appoint` would decide."""
    kind = units.unit_by_id(unit_id).kind
    here = [office for office in offices_used() if not office.expected_in or kind in office.expected_in]
    if by.kind == "system":
        return here
    if by.kind != "person" or by.account_id is None:
        return []
    if is_root(by.account_id):
        return here
    grants = grants_at(by.account_id, unit_id, hierarchy)
    return [
        office
        for office in here
        if granting.may_appoint(grants, rank=office.rank)
        and granting.is_within(grants, capabilities=office.capabilities, sees_people=office.sees_people)
    ]


def cast(language: str) -> list[people.Part]:
    """The demo's people with their highest office, for the sign-in page. In a scope that sees them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct on (a.id) a.public_id, a.name, o.names, u.names, p.depth, o.rank
            from people_account a
            join org_appointment ap on ap.account_id = a.id and ap.state in ('active', 'disputed')
            join org_office o on o.id = ap.office_id
            join units_unit u on u.id = ap.unit_id
            join units_placement p on p.unit_id = u.id and p.hierarchy = ap.hierarchy and p.valid_to is null
            where a.is_demo and a.closed_at is null
            order by a.id, p.depth, o.rank
            """
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (row[4], row[5], row[1]))
    return [
        people.Part(account, name, named(read_names(office), language), named(read_names(unit), language))
        for account, name, office, unit, _depth, _rank in rows[:CAST_SHOWN]
    ]
