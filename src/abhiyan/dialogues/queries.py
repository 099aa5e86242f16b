"""Reads of dialogues: who calls and who is called, a leader's own calls, and how far units are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from abhiyan.core import clock, sql
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import language
from abhiyan.elections.queries import newest_classes
from abhiyan.helpdesk.queries import AskedFor, asked_for
from abhiyan.org.queries.offices import HELD
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id, open_of
from abhiyan.units import queries as units

from .models import Absence, CallPlan, Dialogue
from .rules.roster import WEAKEST, BoothToCall, Caller, Came, days_of_round

KIND = "dialogues"
PRESIDENT = "booth_president"
PER_DAY = 2
OFFICES = ("state_general_secretary", "state_vice_president", "state_secretary", "district_in_charge")


def plan_of(programme_id: int) -> CallPlan:
    """Which offices call in a programme, and how many presidents a day; the usual ones until somebody sets them."""
    found = CallPlan.objects.filter(programme_id=programme_id).first()
    return found or CallPlan(programme_id=programme_id, offices=list(OFFICES), per_day=PER_DAY)


def running(at: datetime) -> list[Programme]:
    """Programmes of dialogues that are open today."""
    return [one for one in open_of(KIND) if one.opens_on <= clock.day_in(one.zone, at) <= one.closes_on]


# Appointments `ap` of the offices that call, at units p that stand in the programme's tree.
_CALLERS = f"""from org_appointment ap
  join org_office o on o.id = ap.office_id and o.code = any(%(offices)s)
  join units_placement p on p.unit_id = ap.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
 where ap.body_id is null and ap.state = 'active' and {HELD} and exists (select from programmes_scope s
   join units_placement top on top.unit_id = s.unit_id and top.hierarchy = p.hierarchy
   where s.programme_id = %(programme)s and top.lo < p.hi and top.hi > p.lo)"""
_AWAY = """exists (select from dialogues_absence a
  where a.account_id = ap.account_id and %(on)s between a.first_on and a.last_on)"""
# Booths `b` of a programme, with their president of the day (none: vacant).
_BOOTHS = f"""
with booth as (
  select distinct b.unit_id, b.lo from programmes_scope s
  join units_placement top on top.unit_id = s.unit_id and top.hierarchy = %(hierarchy)s and top.lo is not null
  join units_placement b on b.hierarchy = %(hierarchy)s and b.lo >= top.lo and b.lo < top.hi
  join units_unit u on u.id = b.unit_id and u.kind = 'booth' and u.closed_on is null
  where s.programme_id = %(programme)s and b.lo >= %(lo)s and b.lo < %(hi)s),
president as (
  select distinct on (ap.unit_id) ap.unit_id, ap.account_id from org_appointment ap
  join org_office o on o.id = ap.office_id and o.code = '{PRESIDENT}'
  where ap.body_id is null and ap.state = 'active' and {HELD}
  order by ap.unit_id, ap.starts_on desc, ap.id),
past as (
  select d.unit_id, max(d.day) as given_on, count(*) filter (where d.outcome = 'talked') as done,
    max(d.day) filter (where d.outcome = 'talked' and i.ended_at is null) as heard_on,
    count(*) filter (where i.confirmed_at is not null and i.ended_at is null) as confirmed,
    count(t.id) as needs, count(t.solved_at) as solved
  from dialogues_dialogue d left join programmes_item i on i.id = d.item_id
  left join helpdesk_ticket t on t.id = d.ticket_id
  where d.programme_id = %(programme)s group by d.unit_id)
"""
_EVERYWHERE = {"lo": 0, "hi": 2**62}


def _given(programme: Programme, on: date) -> dict[str, object]:
    offices = plan_of(programme.pk).offices
    return {"programme": programme.pk, "hierarchy": programme.hierarchy, "on": on, "offices": offices}


def callers(programme: Programme, *, on: date) -> list[Caller]:
    """Leaders who call on a day: without those who are away. In a system scope; one query.

    Somebody with two offices reaches what either reaches.
    """
    rows = sql.rows(
        f"select ap.account_id, p.unit_id, p.lo, p.hi {_CALLERS} and not {_AWAY} order by 1, p.lo, p.hi desc",
        _given(programme, on),
    )
    held: dict[int, dict[int, tuple[int, int]]] = {}
    for account, unit, lo, hi in rows:
        areas = held.setdefault(account, {})
        if not any(low <= lo < high for low, high in areas.values()):  # the wider comes first
            areas[unit] = lo, hi
    return [
        Caller(account, ",".join(map(str, sorted(areas))), tuple(areas.values()))
        for account, areas in held.items()
    ]


def booths_to_call(programme: Programme, *, on: date) -> dict[int, BoothToCall]:
    """Booths of a programme that have a president, by unit. In a system scope; one query."""
    seed = str(programme.public_id)
    rows = sql.rows(
        f"""{_BOOTHS}, class as (
          select distinct on (c.unit_id) c.unit_id, c.code from elections_unit_class c
          join elections_election e on e.id = c.election_id order by c.unit_id, e.year desc, e.id desc)
        select b.unit_id, b.lo, p.account_id, past.given_on, past.heard_on, coalesce(class.code, '')
        from booth b join president p on p.unit_id = b.unit_id
        left join past on past.unit_id = b.unit_id left join class on class.unit_id = b.unit_id""",
        _given(programme, on) | _EVERYWHERE,
    )
    return {
        unit: BoothToCall(unit, lo, account, given_on, heard_on, WEAKEST[code], _lot(seed, unit))
        for unit, lo, account, given_on, heard_on, code in rows
    }


def _lot(seed: str, unit: int) -> int:
    return int.from_bytes(sha256(f"{seed}|{unit}".encode()).digest()[:8], "big")


def undone(programme_id: int, *, before: date) -> list[tuple[int, int, Came]]:
    """(leader, booth, how it came) of the calls of the last day before a day that were not done. In a system scope."""
    days = Dialogue.objects.filter(programme_id=programme_id, day__lt=before).order_by("-day")
    last = days.values_list("day", flat=True).first()
    if last is None:
        return []
    left = Dialogue.objects.filter(programme_id=programme_id, day=last).exclude(
        outcome=Dialogue.Outcome.TALKED
    )
    rows = left.order_by("unit_id").values_list("leader_id", "unit_id", "came")
    return [(leader, unit, Came(came)) for leader, unit, came in rows]


def calls_there(account_id: int, programme: Programme, unit_id: int, *, on: date) -> bool:
    """Whether somebody calls in the area of a booth by an office they hold on a day. In a system scope."""
    return sql.exists(
        f"select {_CALLERS} and ap.account_id = %(account)s and exists (select from units_placement b"
        " where b.unit_id = %(unit)s and b.hierarchy = %(hierarchy)s and b.lo >= p.lo and b.lo < p.hi)",
        _given(programme, on) | {"account": account_id, "unit": unit_id},
    )


@dataclass(frozen=True, slots=True)
class Before:
    """The last talk with a booth. is_other: another president held the office then."""

    day: date
    by: str
    is_other: bool
    need: AskedFor | None


@dataclass(frozen=True, slots=True)
class OwnCall:
    """One call of a leader's own day, as its card shows it. is_confirmed: the president said yes."""

    of: Dialogue
    name: str
    booth: str
    class_name: str
    before: Before | None
    is_confirmed: bool

    @property
    def is_done(self) -> bool:
        return self.of.outcome == Dialogue.Outcome.TALKED

    @property
    def is_carried(self) -> bool:
        return self.of.came == Came.CARRIED


def has_calls(account_id: int, *, at: datetime) -> bool:
    """Tell in one query whether a leader was given calls lately. In their own scope, which shows them theirs."""
    lately = at.date() - timedelta(days=1)  # today of every zone
    return Dialogue.objects.filter(leader_id=account_id, day__gte=lately).exists()


def own_calls(account_id: int, *, at: datetime) -> list[OwnCall]:
    """A leader's calls of today, in the order they were given. Few queries, however many there are."""
    with system("somebody's own calls"):
        today = {one.pk: clock.day_in(one.zone, at) for one in running(at)}
        found = Dialogue.objects.filter(
            leader_id=account_id, programme_id__in=today, day__in=set(today.values())
        )
        return _drawn([one for one in found.order_by("-came", "pk") if one.day == today[one.programme_id]])


def own_call(account_id: int | None, ident: UUID) -> OwnCall:
    """One of a leader's own calls, of any day. NotFound for anybody else's."""
    with system("somebody's own call"):
        found = needed(Dialogue.objects.filter(pk=ident, leader_id=needed(account_id)).first())
        return _drawn([found])[0]


def _drawn(some: Sequence[Dialogue]) -> list[OwnCall]:
    booths = [one.unit_id for one in some]
    talks = Dialogue.objects.filter(unit_id__in=booths, outcome=Dialogue.Outcome.TALKED)
    last = {
        one.pk: max(
            (
                talk
                for talk in talks
                if talk.unit_id == one.unit_id
                and talk.programme_id == one.programme_id
                and talk.day < one.day
            ),
            key=lambda talk: talk.day,
            default=None,
        )
        for one in some
    }
    before = [one for one in last.values() if one]
    names = people.names_of({one.president_id for one in some} | {one.leader_id for one in before})
    places = units.names_of(booths, language=language())
    said = {unit: str(one.get_code_display()) for unit, one in newest_classes(booths).items()}
    needs = asked_for([one.ticket_id for one in before if one.ticket_id])
    counted = items_by_id([one.item_id for one in some if one.item_id])
    return [
        OwnCall(
            one,
            names.get(one.president_id, ""),
            places.get(one.unit_id, ""),
            said.get(one.unit_id, ""),
            Before(
                then.day,
                names.get(then.leader_id, ""),
                then.president_id != one.president_id,
                needs.get(then.ticket_id) if then.ticket_id else None,
            )
            if (then := last[one.pk])
            else None,
            _is_confirmed(counted.get(one.item_id) if one.item_id else None),
        )
        for one in some
    ]


def _is_confirmed(item: Item | None) -> bool:
    return item is not None and item.confirmed_at is not None and item.ended_at is None


def absences(account_id: int, *, since: date) -> list[Absence]:
    """Days on which somebody is away, from a day on. In a scope that sees them."""
    return list(Absence.objects.filter(account_id=account_id, last_on__gte=since).order_by("first_on", "pk"))


@dataclass(frozen=True, slots=True)
class Level:
    """How far the calls in a unit are. silent: booths with a president never heard; vacant: without one."""

    unit_id: int
    code: str
    names: dict[str, str]
    booths: int
    vacant: int
    silent: int
    done: int
    confirmed: int
    needs: int
    solved: int


_LEVEL = f"""{_BOOTHS}
select u.id, u.code, u.names, count(b.unit_id), count(b.unit_id) filter (where p.unit_id is null),
  count(b.unit_id) filter (where p.unit_id is not null and past.heard_on is null),
  coalesce(sum(past.done), 0)::bigint, coalesce(sum(past.confirmed), 0)::bigint,
  coalesce(sum(past.needs), 0)::bigint, coalesce(sum(past.solved), 0)::bigint
from units_placement c join units_unit u on u.id = c.unit_id
left join booth b on b.lo >= c.lo and b.lo < c.hi
left join president p on p.unit_id = b.unit_id left join past on past.unit_id = b.unit_id
where c.hierarchy = %(hierarchy)s and c.lo is not null and (c.parent_id = %(unit)s or c.unit_id = %(unit)s)
group by u.id, c.lo order by c.lo"""


def levels(programme: Programme, unit_id: int, span: tuple[int, int], *, on: date) -> list[Level]:
    """A unit, and each unit right below it. For who sees the people there; one query."""
    with system("calls of a unit, for who sees its people"):
        given = _given(programme, on) | {"unit": unit_id, "lo": span[0], "hi": span[1]}
        return sql.each(Level, _LEVEL, given)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one round of all booths takes. leaders: who call today, of those not away."""

    booths: int
    leaders: int
    per_day: int
    days: int | None
    window: int  # days the programme runs

    @property
    def is_too_long(self) -> bool:
        return self.days is None or self.days > self.window


def pace(programme: Programme, *, on: date) -> Pace:
    """How long a round takes with the leaders of a day. Two queries."""
    with system("how long a round takes"):
        leaders = len(callers(programme, on=on))
        booths = sql.count(f"{_BOOTHS} select count(*) from booth", _given(programme, on) | _EVERYWHERE)
        per_day = plan_of(programme.pk).per_day
    window = (programme.closes_on - programme.opens_on) // timedelta(days=1) + 1
    return Pace(booths, leaders, per_day, days_of_round(booths, leaders * per_day), window)


_CALLS = """select count(*), count(*) filter (where d.outcome = 'talked'),
  count(*) filter (where i.confirmed_at is not null and i.ended_at is null)
from dialogues_dialogue d left join programmes_item i on i.id = d.item_id where d.day >= %(since)s and """


def calls_of(account_id: int, *, since: date) -> tuple[int, int, int]:
    """Calls given to a leader, noted as talks, and confirmed, from a day on. In a system scope; one query."""
    n: tuple[int, int, int] = sql.row(
        f"{_CALLS} d.leader_id = %(leader)s", {"since": since, "leader": account_id}
    )
    return n


def calls_in(span: tuple[int, int], *, since: date) -> tuple[int, int, int]:
    """The same of the booths within [lo, hi)."""
    inside = "d.unit_id in (select unit_id from units_placement where lo >= %(lo)s and lo < %(hi)s)"
    n: tuple[int, int, int] = sql.row(f"{_CALLS} {inside}", {"since": since, "lo": span[0], "hi": span[1]})
    return n


def may_call(account_id: int, *, at: datetime) -> bool:
    """Whether somebody holds an office that calls in a programme of today. In a system scope."""
    return any(
        sql.exists(
            f"select {_CALLERS} and ap.account_id = %(account)s",
            _given(one, clock.day_in(one.zone, at)) | {"account": account_id},
        )
        for one in running(at)
    )


def covers(programme: Programme, span: tuple[int, int]) -> bool:
    """Whether a programme covers the unit within [lo, hi), or units below it."""
    return sql.exists(
        "select from programmes_scope s join units_placement top on top.unit_id = s.unit_id"
        " where s.programme_id = %(programme)s and top.hierarchy = %(hierarchy)s"
        " and top.lo < %(hi)s and top.hi > %(lo)s",
        {"programme": programme.pk, "hierarchy": programme.hierarchy, "lo": span[0], "hi": span[1]},
    )
