"""Who holds what where, who may do what, and what is vacant."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import Scope, current, system
from abhiyan.people import queries as people
from abhiyan.people.actions import sessions
from abhiyan.people.models import Session

from .models import Appointment, Release
from .rules import capabilities as known
from .rules.granting import Grant
from .rules.ranges import literal
from .viewer import NOBODY, Held, Viewer

FIRST_POSITION, LAST_POSITION = 1 << 56, 4 << 56  # of all hierarchies together


class NotYours(Refused):
    """The actor's appointments do not let them do this here."""

    code = "not_yours"
    message = _("Your appointments do not allow this here.")
    status = 403


# An account's appointments as one JSON value: office, unit, today's positions, and the positions of the state (or
# the nation) they stand in, in every hierarchy. %(on)s: today. Put where `a` is the account.
_HELD = """
    select json_agg(json_build_array(
        ap.id, ap.public_id, o.code, o.names, o.rank, o.capabilities, o.sees_people, ap.state = 'disputed',
        ap.body_id, u.id, u.code, u.kind, u.names, p.hierarchy, p.depth, p.lo, p.hi, reach.ranges, wide.ranges
      ) order by p.depth, o.rank, ap.id)
    from org_appointment ap
    join org_office o on o.id = ap.office_id
    join units_unit u on u.id = ap.unit_id
    join units_placement p
      on p.unit_id = ap.unit_id and p.hierarchy = ap.hierarchy and p.valid_to is null and p.lo is not null
    cross join lateral (
        select json_agg(json_build_array(r.lo, r.hi)) as ranges from units_placement r
        where r.unit_id = u.id and r.lo is not null and (r.hierarchy = p.hierarchy or u.kind in ('state', 'nation'))
    ) reach
    left join lateral (
        with recursive up as (
            select p.unit_id as id, p.parent_id as parent, u.kind as kind
            union all
            select q.unit_id, q.parent_id, v.kind from up
            join units_placement q
              on q.unit_id = up.parent and q.hierarchy = p.hierarchy and q.valid_to is null
            join units_unit v on v.id = q.unit_id
            where up.kind not in ('state', 'nation')
        )
        select json_agg(json_build_array(z.lo, z.hi)) as ranges
        from up join units_placement z on z.unit_id = up.id and z.lo is not null
        where up.kind in ('state', 'nation')
    ) wide on true
    where ap.account_id = a.id and ap.state in ('active', 'disputed')
      and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)
"""
_ACCOUNT = "a.id, a.public_id, a.name, a.language, a.is_root, a.is_demo"
_SESSION = ("key", "public_id", "account_id", "phone_id", "data", "device", "origin")
_SESSION_TIMES = ("created_at", "seen_at", "ends_at", "strong_at", "ended_at")


def visit_of(key: str, *, on: date, at: datetime) -> tuple[Session | None, Viewer]:
    """The living session of a key and its viewer, by one query. The scope must name the key."""
    columns = ", ".join(f"s.{name}" for name in _SESSION + _SESSION_TIMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {columns}, {_ACCOUNT}, held.rows from people_session s"
            " left join people_account a on a.id = s.account_id and a.closed_at is null"
            f" left join lateral ({_HELD}) held(rows) on true where s.key = %(key)s",
            {"key": key, "on": on},
        )
        row = cursor.fetchone()
    if row is None:
        return None, NOBODY
    size = len(_SESSION) + len(_SESSION_TIMES)
    session = Session(**dict(zip(_SESSION + _SESSION_TIMES, row[:size], strict=True)))
    if isinstance(session.data, str):
        session.data = json.loads(session.data)
    if not sessions.is_alive(session=session, at=at):
        return None, NOBODY
    if session.account_id is None:
        return session, replace(NOBODY, scope=Scope(session=key, phone=session.phone_id))
    if row[size] is None:  # the account was closed
        return None, NOBODY
    return session, _viewer(row[size:], session)


def viewer_of(*, account_id: int, session: Session | None = None, on: date) -> Viewer:
    """The viewer of an account on a day; without a session as if it were strong (jobs, reports, tests).

    Reads past the caller's scope: who somebody is does not depend on who asks.
    """
    with system("who an account is"), connection.cursor() as cursor:
        cursor.execute(
            f"select {_ACCOUNT}, held.rows from people_account a"
            f" left join lateral ({_HELD}) held(rows) on true"
            " where a.id = %(account)s and a.closed_at is null",
            {"account": account_id, "on": on},
        )
        row = cursor.fetchone()
    return NOBODY if row is None else _viewer(row, session)


def scope_of(account_id: int, on: date) -> Scope:
    """What an account's appointments of a day put in sight."""
    return viewer_of(account_id=account_id, on=on).scope


def _viewer(row: Sequence[Any], session: Session | None) -> Viewer:
    account_id, public_id, name, language, is_root, is_demo, rows = row
    if isinstance(rows, str):
        rows = json.loads(rows)
    held = tuple(_held(each) for each in rows or ())
    is_strong = session is None or session.strong_at is not None
    own = Scope(
        account=account_id,
        session=session.key if session else "",
        phone=session.phone_id if session else None,
    )
    return Viewer(
        account_id=account_id,
        public_id=public_id,
        name=name,
        language=language,
        appointments=held,
        scope=_scope(held, is_root=is_root, own=own) if is_strong else own,
        is_strong=is_strong,
        is_root=is_root,
        is_demo=is_demo,
    )


def _held(row: Sequence[Any]) -> Held:
    (id_, public_id, office, office_names, rank, capabilities, sees_people, is_disputed, body_id) = row[:9]
    (unit_id, code, kind, names, hierarchy, depth, lo, hi, reach, counts) = row[9:]
    return Held(
        id=id_,
        public_id=UUID(public_id),
        office=office,
        office_names=office_names,
        rank=rank,
        capabilities=frozenset() if is_disputed else frozenset(capabilities),
        sees_people=sees_people,
        is_disputed=is_disputed,
        body_id=body_id,
        unit_id=unit_id,
        unit_code=code,
        unit_kind=kind,
        unit_names=names,
        hierarchy=hierarchy,
        depth=depth,
        lo=lo,
        hi=hi,
        ranges=tuple((int(a), int(b)) for a, b in reach),
        counts=tuple((int(a), int(b)) for a, b in counts) if counts else ((lo, hi),),
    )


def _scope(held: Iterable[Held], *, is_root: bool, own: Scope) -> Scope:
    """The nation's offices see everything: without bounds the database is quicker than with one vast range."""
    held = tuple(held)
    counts = [each for one in held for each in one.counts]
    if is_root:
        counts.append((FIRST_POSITION, LAST_POSITION))
    return replace(
        own,
        people=literal(each for one in held if one.sees_people for each in one.ranges),
        counts=literal(counts),
        bodies=tuple(sorted({one.body_id for one in held if one.body_id is not None})),
        everything=any(
            one.unit_kind == "nation" and one.depth == 0 and one.sees_people and not one.is_disputed
            for one in held
        ),
    )


# Authority to act. Asked inside the act, of the database: an appointment ended a moment ago gives nothing.
#
# An appointment reaches from its unit downwards in its own hierarchy; at the state and the nation, where every
# tree holds the same booths, in all of them.

_REACH = """
    from org_appointment ap
    join org_office o on o.id = ap.office_id
    join units_unit u on u.id = ap.unit_id
    join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
      and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
    join units_placement t on t.unit_id = %(unit)s and t.lo >= p.lo and t.lo < p.hi
    where ap.account_id = %(account)s and ap.state = 'active' and ap.starts_on <= today.day
      and (ap.ends_on is null or ap.ends_on >= today.day)
"""
_TODAY = "(select (now() at time zone %(zone)s)::date as day) today"


@contextmanager
def _own_appointments(account_id: int) -> Iterator[None]:
    """A scope that sees an account's appointments: the one in force, when it does already."""
    seen = current()
    if seen.everything or seen.account == account_id:
        yield
    else:
        with system("authority"):
            yield


def holds(account_id: int, capability: str, *, at: int) -> bool:
    """Whether an account's appointments give it a capability over a unit (id) today."""
    with _own_appointments(account_id), connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select 1 {_REACH} and %(capability)s = any (o.capabilities))"
            " or (%(root)s and exists (select 1 from people_account a where a.id = %(account)s"
            f" and a.is_root and a.closed_at is null)) from {_TODAY}",
            {
                "unit": at,
                "account": account_id,
                "capability": capability,
                "root": capability in known.ROOT,
                "zone": settings.TIME_ZONE,
            },
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def require(by: Actor, capability: str, *, at: int) -> None:
    """Refuse (NotYours) unless `by` may do this over the unit `at` (its id).

    The system may, for its stated reason. Citizens, channels and whoever has not shown a second factor may not.
    """
    if capability not in known.MEANINGS:
        raise LookupError(f"no such capability: {capability}")
    if by.kind == "system":
        return
    if by.kind != "person" or by.account_id is None or not holds(by.account_id, capability, at=at):
        raise NotYours(capability=capability)


def grants_at(account_id: int, unit_id: int, hierarchy: int) -> tuple[Grant, ...]:
    """The appointments of an account that hold all of what an appointment to this unit would open.

    That is the unit's subtree in `hierarchy`, and for a state or nation its subtrees in every hierarchy.
    """
    with _own_appointments(account_id), connection.cursor() as cursor:
        cursor.execute(
            f"""
            select min(t.lo - p.lo) > 0, o.rank, o.capabilities, o.sees_people
            from {_TODAY}, org_appointment ap
            join org_office o on o.id = ap.office_id
            join units_unit u on u.id = ap.unit_id
            join units_unit v on v.id = %(unit)s
            join units_placement t on t.unit_id = v.id and t.lo is not null
              and (t.hierarchy = %(hierarchy)s or v.kind in ('state', 'nation'))
            left join units_placement p on p.unit_id = u.id and p.lo is not null and p.hierarchy = t.hierarchy
              and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
              and p.lo <= t.lo and t.lo < p.hi
            where ap.account_id = %(account)s and ap.state = 'active' and ap.starts_on <= today.day
              and (ap.ends_on is null or ap.ends_on >= today.day)
            group by ap.id, o.id having bool_and(p.id is not null)
            """,
            {"unit": unit_id, "hierarchy": hierarchy, "account": account_id, "zone": settings.TIME_ZONE},
        )
        return tuple(
            Grant(is_above=above, rank=rank, capabilities=frozenset(given), sees_people=sees)
            for above, rank, given, sees in cursor.fetchall()
        )


def is_root(account_id: int) -> bool:
    """Whether the account was made on the server's console."""
    with _own_appointments(account_id):
        account = people.account(account_id)
        return account is not None and account.is_root


def appointment_for(viewer: Viewer, public_id: UUID) -> Appointment:
    """One appointment in the viewer's sight, or NotFound."""
    found = Appointment.objects.select_related("office", "unit", "body").filter(public_id=public_id).first()
    if found is None or not viewer.is_signed_in:
        raise NotFound
    return found


# Lines of command and vacancies


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


def _holders(units: str, given: dict[str, int | date]) -> list[Holder]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER.format(units=units), given)
        return [
            Holder(
                appointment_id=row[0],
                account_id=row[1],
                account=row[2],
                name=row[3],
                office=row[4],
                office_names=_names(row[5]),
                rank=row[6],
                unit_id=row[7],
                unit_code=row[8],
                unit_kind=row[9],
                unit_names=_names(row[10]),
                depth=row[11],
                state=row[12],
                since=row[13],
            )
            for row in cursor.fetchall()
        ]


def _names(value: Any) -> dict[str, str]:
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


def on_different_lines(a: int, b: int, *, on: date) -> bool:
    """Whether of two accounts neither stands above or below the other, by any of their appointments.

    Above: at a unit that has the other's beneath it, in the hierarchy of the one above.
    """
    if a == b:
        return False
    with system("lines of command"), connection.cursor() as cursor:
        cursor.execute(
            """
            with held as (
                select ap.account_id as account, ap.unit_id as unit, p.lo, p.hi
                from org_appointment ap
                join units_unit u on u.id = ap.unit_id
                join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
                  and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
                where ap.account_id in (%(a)s, %(b)s) and ap.state in ('active', 'disputed')
                  and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)
            )
            select exists (
                select 1 from held above join held below on below.account <> above.account
                join units_placement t on t.unit_id = below.unit and t.lo > above.lo and t.lo < above.hi
            )
            """,
            {"a": a, "b": b, "on": on},
        )
        row = cursor.fetchone()
    return not (row and row[0])


def vacancies(unit_id: int, *, on: date) -> list[Vacancy]:
    """The offices expected in a unit that nobody holds on a day, senior first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select o.code, o.names, u.id, o.rank from units_unit u join org_office o on u.kind = any (o.expected_in)
            where u.id = %(unit)s and u.closed_on is null and not exists (
                select 1 from org_appointment ap where ap.unit_id = u.id and ap.office_id = o.id
                and ap.body_id is null and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
                and (ap.ends_on is null or ap.ends_on >= %(on)s))
            order by o.rank, o.code
            """,
            {"unit": unit_id, "on": on},
        )
        return [Vacancy(code, _names(names), unit, rank) for code, names, unit, rank in cursor.fetchall()]


def vacancies_below(unit_id: int, hierarchy: int, *, on: date) -> list[Below]:
    """Per office and kind of unit beneath a unit (itself left out): expected, held, disputed. Set-wise."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with node as (
                select lo, hi from units_placement
                where unit_id = %(unit)s and hierarchy = %(hierarchy)s and valid_to is null
            ), kinds as (
                select u.kind, count(*) as n from node
                join units_placement p on p.lo > node.lo and p.lo < node.hi
                join units_unit u on u.id = p.unit_id and u.closed_on is null
                group by u.kind
            ), held as (
                select ap.office_id, u.kind, count(distinct ap.unit_id) as n,
                  count(distinct ap.unit_id) filter (where ap.state = 'disputed') as disputed
                from node, org_appointment ap
                join units_unit u on u.id = ap.unit_id and u.closed_on is null
                join units_placement p on p.unit_id = ap.unit_id
                where p.lo > node.lo and p.lo < node.hi and ap.state in ('active', 'disputed')
                  and ap.body_id is null and ap.starts_on <= %(on)s
                  and (ap.ends_on is null or ap.ends_on >= %(on)s)
                group by ap.office_id, u.kind
            )
            select o.code, o.names, k.kind, k.n, coalesce(h.n, 0), coalesce(h.disputed, 0)
            from kinds k join org_office o on k.kind = any (o.expected_in)
            left join held h on h.office_id = o.id and h.kind = k.kind
            order by k.n, o.rank, o.code
            """,
            {"unit": unit_id, "hierarchy": hierarchy, "on": on},
        )
        return [Below(code, _names(names), *rest) for code, names, *rest in cursor.fetchall()]


def releases_asked(account_id: int, *, act: str, at: datetime) -> list[Release]:
    """What somebody asked for one act and has not lapsed, newest first; at most 20."""
    return list(
        Release.objects.filter(asked_by=account_id, act=act, expires_at__gt=at).order_by("-asked_at", "-pk")[
            :20
        ]
    )


def releases_to_decide(account_id: int, *, at: datetime) -> list[Release]:
    """What others asked and nobody has decided yet, in sight of this person, soonest to lapse first; at most 20.

    Whether this person may decide is asked by the act: a different line, and the act's own capability.
    """
    return list(
        Release.objects.filter(state=Release.State.ASKED, expires_at__gt=at)
        .exclude(asked_by=account_id)
        .order_by("expires_at", "pk")[:20]
    )
