"""Link contests to the units that are their constituencies. Results stand without units; a link only says where to look
for them."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import whole_number
from abhiyan.elections import reference
from abhiyan.elections.models import (
    ClassRule,
    Contest,
    Election,
    ElectionKind,
    Part,
    Plan,
    PlanPart,
    PlanSeat,
    UnitClass,
)
from abhiyan.elections.refusals import UnitsPlanned
from abhiyan.org import queries as org
from abhiyan.units.news import UnitsGoing, UnitsMoved

from .dependents import refuse_made

KIND_OF_UNIT = {"pc": "constituency", "ac": "segment"}
ELECTORAL = 2
GOING = "abhiyan.units_going"  # the import whose units the transaction under way removes
ROOM = 10_000  # units of one kind looked at


def link_contests(*, election: str, by: Actor, at: datetime, at_unit: int | None = None) -> int:
    """Link contests of today's numbering, and segments, to the units that are those constituencies. Returns how many.

    A unit fits when its kind fits and its code names the seat. Such a code has the state's abbreviation or the Election
    Commission's code, then PC or AC and the number. Examples are JK-PC3 and S24-AC-017. Below its state in the
    electoral tree, the end of the code is enough. A link once made stays, and a unit a list has given to another seat
    is left to that. Contests of another numbering are not linked: their numbers mean other seats today.
    It needs `results.import` over `at_unit`; without one only the system.
    """
    if by.kind != "system":
        org.require(by, "results.import", at=at_unit or 0)
    with transaction.atomic():
        of = Election.objects.filter(code=election).first()
        if of is None:
            return 0
        n = _link_all(Q(election=of))
        if n:
            audit.record(by=by, at=at, act="elections.link_contests", subject=of.code, unit_id=at_unit, n=n)
    return n


def link_newcomers(*, moved: UnitsMoved) -> int:
    """Link results without a unit to units that came into the electoral tree. This looks at those units only, and at
    none while every result has its unit. The act that placed the units calls it."""
    if moved.hierarchy != ELECTORAL:
        return 0
    spans = [
        (branch.lo, branch.hi)
        for branch in moved.branches
        if branch.new_ancestors or not branch.old_ancestors
    ]
    waiting = Contest.objects.filter(numbering="", unit=None).exists() or _parts_waiting(Q()).exists()
    if not waiting or not spans:
        return 0
    among = set(
        sql.column(
            """select u.id from unnest(%s::bigint[], %s::bigint[]) b(lo, hi)
           join units_placement p on p.lo >= b.lo and p.lo < b.hi
           join units_unit u on u.id = p.unit_id and u.kind = any(%s)
           where not exists (select from units_change c where c.unit_id = u.id and c.change = 'made'
             and c.import_id = nullif(current_setting(%s, true), '')::bigint)""",
            [[lo for lo, _hi in spans], [hi for _lo, hi in spans], list(KIND_OF_UNIT.values()), GOING],
        )
    )
    return _link_all(Q(), among) if among else 0


def _parts_waiting(where: Q) -> QuerySet[Part]:
    return Part.objects.filter(where, contest__numbering="", kind=Part.Kind.SEGMENT, unit=None)


def _link_all(where: Q, among: Collection[int] | None = None) -> int:
    """Link what has no unit, contests that fit and their segments, to any unit or to some alone. Returns how many."""
    contests, parts = _found(where, among)
    Contest.objects.bulk_update(contests, ["unit"], batch_size=1_000)
    Part.objects.bulk_update(parts, ["unit"], batch_size=1_000)
    return len(contests) + len(parts)


def waiting_for_units() -> int:
    """Count the contests and segments without a unit whose unit exists."""
    contests, parts = _found(Q(), None)
    return len(contests) + len(parts)


def _found(where: Q, among: Collection[int] | None) -> tuple[list[Contest], list[Part]]:
    """Contests and segments without a unit, given theirs; not stored."""
    waiting = Contest.objects.filter(where, numbering="", unit=None)
    contests: list[Contest] = []
    for kind in ElectionKind:
        rows = list(waiting.filter(election__kind=kind).only("id", "election", "state", "number", "unit"))
        units = (
            units_of_seats(level=kind.level, states={contest.state for contest in rows}, among=among)
            if rows
            else {}
        )
        seats = Contest.objects.filter(unit__in=units.values()) if units else Contest.objects.none()
        taken = set(seats.values_list("election", "unit"))
        for one in rows:
            unit_id = units.get((one.state, one.number))
            if unit_id is not None and (one.election_id, unit_id) not in taken:
                one.unit_id = unit_id
                contests.append(one)
    inside = Contest.objects.filter(where).values("pk")
    segments = list(_parts_waiting(Q(contest__in=inside)).select_related("contest"))
    states = {one.contest.state for one in segments}
    units = units_of_seats(level="ac", states=states, among=among) if segments else {}
    parts: list[Part] = []
    for part in segments:
        number = whole_number(part.number, most=10**6) or 0
        part.unit_id = units.get((part.contest.state, number))
        parts += [part] if part.unit_id is not None else []
    return contests, parts


def units_of_seats(
    *, level: str, states: Iterable[str], among: Collection[int] | None = None
) -> dict[tuple[str, int], int]:
    """(state, number) -> unit of each seat that has one here, or among some units, in one query."""
    wanted = {
        reference.reference_states()[eci].abbr.casefold(): eci
        for eci in states
        if eci in reference.reference_states()
    }
    wanted |= {eci.casefold(): eci for eci in states}
    sign = level.upper()
    ids = None if among is None else sorted(among)
    ending = re.compile(rf"^(?:(?P<state>[a-z0-9]+)[-_/.])?.*?{level}[-_/.]?0*(?P<number>[0-9]+)$")
    rows = sql.rows(
        """select u.id, u.code, s.code from units_unit u
           left join units_placement p on p.unit_id = u.id and p.hierarchy = 2 and p.lo is not null
           left join lateral (
             select su.code from units_placement sp join units_unit su on su.id = sp.unit_id
             where su.kind = 'state' and sp.hierarchy = 2 and sp.lo is not null
               and p.lo >= sp.lo and p.lo < sp.hi limit 1) s on true
           where u.kind = %s and u.closed_on is null and upper(u.code) like %s
             and (%s::bigint[] is null or u.id = any(%s)) order by u.id limit %s""",
        [KIND_OF_UNIT[level], f"%{sign}%", ids, ids, ROOM],
    )
    unit_by_seat: dict[tuple[str, int], int] = {}
    for unit_id, code, state_code in rows:
        code_match = ending.match(code.casefold())
        if code_match is None:
            continue
        eci = wanted.get(code_match["state"] or "") or wanted.get((state_code or "").casefold())
        if eci is not None:
            unit_by_seat.setdefault((eci, int(code_match["number"])), unit_id)
    return unit_by_seat


def unlink_units(*, going: UnitsGoing) -> None:
    """Units made by an undone import go: results lose the link and stay, the classes the units were given go with them.

    Refuses UnitsPlanned where a plan has them, or rules of classes.
    """
    units = sql.column(
        "select unit_id from units_change where import_id = %s and change = 'made'", [going.import_id]
    )
    if not units:
        return
    on_parts = PlanPart.objects.filter(unit_id__in=units).values("plan")
    on_seats = PlanSeat.objects.filter(unit_id__in=units).values("plan")
    plans = Plan.objects.filter(Q(unit_id__in=units) | Q(pk__in=on_seats) | Q(pk__in=on_parts))
    rules = ClassRule.objects.filter(unit_id__in=units)
    refuse_made(UnitsPlanned, plans, rules, by=going.by, at=going.at)
    # Until the end of the transaction no result is linked to one of them again.
    sql.run("select set_config(%s, %s, true)", [GOING, str(going.import_id)])
    Contest.objects.filter(unit_id__in=units).update(unit=None)
    Part.objects.filter(unit_id__in=units).update(unit=None)
    UnitClass.objects.filter(unit_id__in=units).delete()
