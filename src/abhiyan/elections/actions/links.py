"""Which contest belongs to which unit. Results stand without units; a link only says where to look for them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.imports import running
from abhiyan.core.models import StagedImport
from abhiyan.elections import known
from abhiyan.elections.models import ClassRule, Contest, Election, Kind, Part, Plan, PlanPart, PlanSeat
from abhiyan.elections.refusals import UnitsPlanned
from abhiyan.org import queries as org
from abhiyan.units.news import UnitsGoing

from .made import made_of

KIND_OF_UNIT = {"pc": "constituency", "ac": "segment"}
ROOM = 10_000  # units of one kind looked at


def link_contests(*, election: str, by: Actor, at: datetime, at_unit: int | None = None) -> int:
    """Link contests of today's numbering, and segments, to the units that are those constituencies. Returns how many.

    A unit is one when its kind fits and its code says so: the state's abbreviation or Election Commission's code,
    then PC or AC and the number (JK-PC3, S24/AC-017), or when it stands below the state in the electoral tree and
    its code ends so. A link once made stays. Contests of another numbering are not linked: their numbers mean
    other seats today. Who may: `results.import` over `at_unit`; without one only the system.
    """
    if by.kind != "system":
        org.require(by, "results.import", at=at_unit or 0)
    with transaction.atomic():
        of = Election.objects.filter(code=election).first()
        if of is None:
            return 0
        level = "pc" if of.kind == Kind.PARLIAMENT else "ac"
        contests = list(
            Contest.objects.filter(election=of, numbering="", unit=None).only("id", "state", "number", "unit")
        )
        parts = list(
            Part.objects.filter(
                contest__election=of, contest__numbering="", kind=Part.Kind.SEGMENT, unit=None
            ).select_related("contest")
        )
        states = {one.state for one in contests} | {one.contest.state for one in parts}
        n = _link(contests, units_of_seats(level=level, states=states)) if contests else 0
        if parts:
            n += _link_parts(parts, units_of_seats(level="ac", states=states))
        if n:
            audit.record(by=by, at=at, act="elections.link_contests", subject=of.code, unit_id=at_unit, n=n)
    return n


def _link(contests: list[Contest], units: Mapping[tuple[str, int], int]) -> int:
    found = []
    for contest in contests:
        unit_id = units.get((contest.state, contest.number))
        if unit_id is not None:
            contest.unit_id = unit_id
            found.append(contest)
    Contest.objects.bulk_update(found, ["unit"], batch_size=1_000)
    return len(found)


def _link_parts(parts: list[Part], units: Mapping[tuple[str, int], int]) -> int:
    found = []
    for part in parts:
        unit_id = units.get((part.contest.state, int(part.number))) if part.number.isdecimal() else None
        if unit_id is not None:
            part.unit_id = unit_id
            found.append(part)
    Part.objects.bulk_update(found, ["unit"], batch_size=1_000)
    return len(found)


def units_of_seats(*, level: str, states: Iterable[str]) -> dict[tuple[str, int], int]:
    """(state, number) -> unit of each seat that has one here, in one query."""
    wanted = {known.states()[eci].abbr.casefold(): eci for eci in states if eci in known.states()}
    wanted |= {eci.casefold(): eci for eci in states}
    sign = level.upper()
    ending = re.compile(rf"^(?:(?P<state>[a-z0-9]+)[-_/.])?.*?{level}[-_/.]?0*(?P<number>[0-9]+)$")
    with connection.cursor() as cursor:
        cursor.execute(
            """select u.id, u.code, s.code from units_unit u
               left join units_placement p on p.unit_id = u.id and p.hierarchy = 2 and p.lo is not null
               left join lateral (
                 select su.code from units_placement sp join units_unit su on su.id = sp.unit_id
                 where su.kind = 'state' and sp.hierarchy = 2 and sp.lo is not null
                   and p.lo >= sp.lo and p.lo < sp.hi limit 1) s on true
               where u.kind = %s and u.closed_on is null and upper(u.code) like %s order by u.id limit %s""",
            [KIND_OF_UNIT[level], f"%{sign}%", ROOM],
        )
        rows = cursor.fetchall()
    found: dict[tuple[str, int], int] = {}
    for unit_id, code, state_code in rows:
        told = ending.match(code.casefold())
        if told is None:
            continue
        eci = wanted.get(told["state"] or "") or wanted.get((state_code or "").casefold())
        if eci is not None:
            found.setdefault((eci, int(told["number"])), unit_id)
    return found


def let_go(*, going: UnitsGoing) -> None:
    """Units made by an undone import go: results lose the link and stay. Refuses
    UnitsPlanned where a plan has them, or rules of classes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_id from units_change where import_id = %s and change = 'made'", [going.import_id]
        )
        units = [unit_id for (unit_id,) in cursor.fetchall()]
    if not units:
        return
    on_parts = PlanPart.objects.filter(unit_id__in=units).values("plan")
    on_seats = PlanSeat.objects.filter(unit_id__in=units).values("plan")
    plans = Plan.objects.filter(Q(unit_id__in=units) | Q(pk__in=on_seats) | Q(pk__in=on_parts))
    rules = ClassRule.objects.filter(unit_id__in=units)
    if plans.exists() or rules.exists():
        asked = StagedImport.objects.get(id=going.import_id)
        by, at = running.actor_of(asked), asked.worked_at or asked.created_at
        stand = made_of(plans, rules, by=by, at=at)
        raise UnitsPlanned(n=stand.n, seen=stand.seen)
    Contest.objects.filter(unit_id__in=units).update(unit=None)
    Part.objects.filter(unit_id__in=units).update(unit=None)
