"""Reads of dialogues: the roster's leaders and booths, a leader's own calls, and the numbers of units."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils.formats import date_format

from abhiyan.core import clock, languages, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections.queries import newest_classes
from abhiyan.helpdesk.queries import RequestOnBehalf, asked_for
from abhiyan.org.queries.offices import HELD, held_on
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id, programme_by_id, running_of_kind
from abhiyan.programmes.queries.holders import SignedHolder, holders_by_account
from abhiyan.programmes.rules.items import CONFIRMED_ITEM
from abhiyan.units import queries as units

from .models import Absence, CallPlan, Dialogue, Outcome, OutcomeBeside
from .rules.grades import GRADES
from .rules.roster import WEAKEST, BoothToCall, Caller, RosterSource, days_of_round

KIND = "dialogues"
ENDED = (
    Outcome.TALKED,
    Outcome.GONE,
    Outcome.WRONG_NUMBER,
    Outcome.NEVER,
)  # the call does not come again tomorrow
PRESIDENT = "booth_president"
PER_DAY = 2
MONTH = 30  # days within which each booth should be heard once
MOST_NEEDS = 5  # of one talk
MOST_BESIDE = 20  # outcomes of one call that do not stand, on its card
OFFICES = ("state_general_secretary", "state_vice_president", "state_secretary", "district_in_charge")


def plan_of(programme_id: int) -> CallPlan:
    """Return the offices that call in a programme and the calls a day. Until somebody sets them: the usual ones."""
    plan = CallPlan.objects.filter(programme_id=programme_id).first()
    return plan or CallPlan(programme_id=programme_id, offices=list(OFFICES), per_day=PER_DAY)


# Appointments `ap` of the offices that call, at units p of the programme's tree.
_OF_CALLERS = """from org_appointment ap
  join org_office o on o.id = ap.office_id and o.code = any(%(offices)s)
  join units_placement p on p.unit_id = ap.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
 where ap.body_id is null and {stands} and exists (select from programmes_scope s
   join units_placement top on top.unit_id = s.unit_id and top.hierarchy = p.hierarchy
   where s.programme_id = %(programme)s and top.lo < p.hi and top.hi > p.lo)"""
CALLERS = _OF_CALLERS.format(stands=f"ap.state <> 'disputed' and {HELD}")
AWAY = """exists (select from dialogues_absence a
  where a.account_id = ap.account_id and %(on)s between a.first_on and a.last_on)"""
_BOOTHS = """
with booth as (
  select distinct b.unit_id, b.lo from programmes_scope s
  join units_placement top on top.unit_id = s.unit_id and top.hierarchy = %(hierarchy)s and top.lo is not null
  join units_placement b on b.hierarchy = %(hierarchy)s and b.lo >= top.lo and b.lo < top.hi
  join units_unit u on u.id = b.unit_id and u.kind = 'booth'{is_open}
  where s.programme_id = %(programme)s and b.lo >= %(lo)s and b.lo < %(hi)s)"""
# Every booth `b` that a programme has or had: what was said in a month stays when a booth closes.
BOOTHS_EVER = _BOOTHS.format(is_open="")
_OPEN = """
    and (u.opened_on is null or u.opened_on <= %(on)s) and (u.closed_on is null or u.closed_on > %(on)s)"""
# Booths `b` of a programme on a day, with their president of the day (none: vacant).
BOOTHS = f"""{_BOOTHS.format(is_open=_OPEN)},
president as (
  select distinct on (ap.unit_id) ap.unit_id, ap.account_id from org_appointment ap
  join org_office o on o.id = ap.office_id and o.code = '{PRESIDENT}'
  where ap.body_id is null and ap.state = 'active' and {HELD}
  order by ap.unit_id, ap.starts_on desc, ap.id),
past as (
  select d.unit_id, max(d.day) as given_on, count(*) filter (where d.outcome = 'talked') as done,
    max(d.day) filter (where d.outcome = 'talked' and i.ended_at is null) as heard_on,
    array_agg(distinct d.president_id) filter (where d.outcome in ('no_answer', 'later') and d.day < %(on)s) as called,
    count(*) filter (where {CONFIRMED_ITEM}) as confirmed,
    count(*) filter (where d.outcome in ('gone', 'wrong_number')) as missed,
    sum(n.needs) as needs, sum(n.solved) as solved
  from dialogues_dialogue d left join programmes_item i on i.id = d.item_id
  left join lateral (select count(*) as needs, count(t.solved_at) as solved from helpdesk_ticket t
    where d.ticket_ids <> '{{}}' and t.id = any(d.ticket_ids)) n on true
  where d.programme_id = %(programme)s group by d.unit_id)
"""
_EVERYWHERE = {"lo": 0, "hi": 2**62}


def values_on(programme: Programme, on: date) -> dict[str, object]:
    """Return the parameters of BOOTHS and CALLERS on a day, but for the positions."""
    offices = plan_of(programme.pk).offices
    return {"programme": programme.pk, "hierarchy": programme.hierarchy, "on": on, "offices": offices}


def callers_on_day(programme: Programme, *, on: date) -> list[Caller]:
    """Return the leaders who call on a day and are not away. In a system scope; one query.

    The area of a leader with two offices is that of both.
    """
    rows = sql.rows(
        f"select ap.account_id, p.unit_id, p.lo, p.hi {CALLERS} and not {AWAY} order by 1, p.lo, p.hi desc",
        values_on(programme, on),
    )
    areas_of: dict[int, dict[int, tuple[int, int]]] = {}
    for account, unit, lo, hi in rows:
        areas = areas_of.setdefault(account, {})
        if not any(low <= lo < high for low, high in areas.values()):  # the wider comes first
            areas[unit] = lo, hi
    return [
        Caller(account, ",".join(map(str, sorted(areas))), tuple(areas.values()))
        for account, areas in areas_of.items()
    ]


def booths_to_call(programme: Programme, *, on: date) -> dict[int, BoothToCall]:
    """Booths whose president may be called, by unit: their phone said no to nothing. In a system scope; one query."""
    seed = str(programme.public_id)
    rows = sql.rows(
        f"""{BOOTHS}, class as (
          select distinct on (c.unit_id) c.unit_id, c.code from elections_unit_class c
          join elections_election e on e.id = c.election_id order by c.unit_id, e.year desc, e.id desc)
        select b.unit_id, b.lo, p.account_id, past.given_on, past.heard_on, coalesce(class.code, '')
        from booth b join president p on p.unit_id = b.unit_id
        left join past on past.unit_id = b.unit_id left join class on class.unit_id = b.unit_id
        where not exists (select from people_account a join people_suppression x on x.phone_id = a.phone_id
          where a.id = p.account_id and x.lifted_at is null)""",
        values_on(programme, on) | _EVERYWHERE,
    )
    return {
        unit: BoothToCall(unit, lo, account, given_on, heard_on, WEAKEST[code], _lot(seed, unit))
        for unit, lo, account, given_on, heard_on, code in rows
    }


def _lot(seed: str, unit: int) -> int:
    return int.from_bytes(sha256(f"{seed}|{unit}".encode()).digest()[:8], "big")


def undone(programme_id: int, *, before: date) -> list[tuple[int, int, RosterSource]]:
    """Return (leader, booth, how it came) of the last day's calls that were not done. In a system scope."""
    days = Dialogue.objects.filter(programme_id=programme_id, day__lt=before).order_by("-day")
    last = days.values_list("day", flat=True).first()
    if last is None:
        return []
    left = Dialogue.objects.filter(programme_id=programme_id, day=last).exclude(outcome__in=ENDED)
    rows = left.order_by("unit_id").values_list("leader_id", "unit_id", "came")
    return [(leader, unit, RosterSource(came)) for leader, unit, came in rows]


def booths_called(account_id: int, programme: Programme, unit_ids: Collection[int], *, on: date) -> set[int]:
    """Return those of some booths in whose area an office of the account calls on a day. In a system scope."""
    stands, when = held_on(account_id, on)
    callers = _OF_CALLERS.format(stands=f"ap.state <> 'disputed' and {stands}")
    return set(
        sql.column(
            "select b.unit_id from units_placement b where b.unit_id = any(%(units)s)"
            f" and b.hierarchy = %(hierarchy)s and exists (select {callers} and ap.account_id = %(account)s"
            " and b.lo >= p.lo and b.lo < p.hi)",
            values_on(programme, on) | when | {"account": account_id, "units": list(unit_ids)},
        )
    )


def in_office(account_id: int, some: Iterable[Dialogue], *, at: datetime) -> list[Dialogue]:
    """Return those of some calls that an office of the account makes today. The others ended with the office.

    In a system scope; few queries a programme.
    """
    rows, by_programme = list(some), dict[int, list[Dialogue]]()
    for row in rows:
        by_programme.setdefault(row.programme_id, []).append(row)
    pks: set[UUID] = set()
    for programme_id, calls in by_programme.items():
        programme = programme_by_id(programme_id)
        there = booths_called(
            account_id, programme, {row.unit_id for row in calls}, on=clock.day_in(programme.zone, at)
        )
        pks |= {row.pk for row in calls if row.unit_id in there}
    return [row for row in rows if row.pk in pks]


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """The last call that ended: a talk, or that nobody was reached. is_other: of another president of the booth.

    grade: how the organisation in the booth was doing, as the leader said; "" where the president denied the talk,
    or had everything erased. office: what the leader is today, such as "District in-charge, Srinagar".
    """

    day: date
    by: str
    outcome: str  # in words
    is_talk: bool
    is_other: bool
    needs: Sequence[RequestOnBehalf]
    grade: str  # in words
    office: str

    @property
    def when(self) -> str:
        """The day, and the office of the leader."""
        return ", ".join(filter(None, (date_format(self.day, "j M"), self.office)))


@dataclass(frozen=True, slots=True)
class OwnCall:
    """One call of a leader's own day, as its card shows it.

    language: the code of the president's own choice. since: when their office began. before: the last talk.
    missed: a later call to the same president that found them gone or the number wrong. needs: of this talk.
    is_confirmed: the president said yes. beside: outcomes of this call that do not stand, the latest first.
    """

    of: Dialogue
    name: str
    language: str
    since: date | None
    booth: str
    class_name: str
    before: EarlierCall | None
    missed: EarlierCall | None
    needs: Sequence[RequestOnBehalf]
    is_confirmed: bool
    beside: Sequence[OutcomeBeside]

    @property
    def language_name(self) -> str:
        return languages.own_language_name(self.language)

    @property
    def is_done(self) -> bool:
        return self.of.outcome in ENDED

    @property
    def is_talk(self) -> bool:
        return self.of.outcome == Outcome.TALKED

    @property
    def is_carried(self) -> bool:
        return self.of.came == RosterSource.CARRIED

    @property
    def takes_need(self) -> bool:
        return self.is_talk and len(self.of.ticket_ids) < MOST_NEEDS


def has_calls(account_id: int, *, at: datetime) -> bool:
    """Tell in one query whether a leader was given calls lately. In their own scope, which shows them theirs."""
    lately = at.date() - timedelta(days=1)  # today of every zone
    return Dialogue.objects.filter(leader_id=account_id, day__gte=lately).exists()


def calls_of_leader(account_id: int, *, at: datetime) -> list[OwnCall]:
    """Return a leader's calls of today, carried ones first. The number of queries does not grow with the calls."""
    with system("somebody's own calls"):
        today = {programme.pk: clock.day_in(programme.zone, at) for programme in running_of_kind(KIND, at)}
        rows = Dialogue.objects.filter(
            leader_id=account_id, programme_id__in=today, day__in=set(today.values())
        )
        now = [row for row in rows.order_by("-came", "pk") if row.day == today[row.programme_id]]
        return _drawn(in_office(account_id, now, at=at))


def own_call(account_id: int | None, ident: UUID, *, at: datetime) -> OwnCall:
    """Return one of a leader's own calls, of any day. NotFound for anybody else's, and once the office has ended."""
    with system("somebody's own call"):
        rows = Dialogue.objects.filter(pk=ident, leader_id=or_refuse(account_id))
        row = next(iter(in_office(or_refuse(account_id), rows, at=at)), None)
        return _drawn([or_refuse(row)])[0]


def _drawn(some: Sequence[Dialogue]) -> list[OwnCall]:
    booths = [row.unit_id for row in some]
    ended = Dialogue.objects.filter(unit_id__in=booths, outcome__in=ENDED).order_by("day")
    earlier = {
        row.pk: [
            call
            for call in ended
            if (call.unit_id, call.programme_id) == (row.unit_id, row.programme_id) and call.day < row.day
        ]
        for row in some
    }
    last = {
        pk: [call for call in calls if call.outcome == Outcome.TALKED][-1:] for pk, calls in earlier.items()
    }
    past = [call for calls in earlier.values() for call in calls]
    accounts = people.accounts({row.president_id for row in some} | {row.leader_id for row in past})
    places = units.names_of_units(booths, language=active_language())
    class_names = {
        unit: str(unit_class.get_code_display()) for unit, unit_class in newest_classes(booths).items()
    }
    talks = [talk for calls in last.values() for talk in calls]
    needs = asked_for([ticket for row in (*some, *talks) for ticket in row.ticket_ids])
    counted = items_by_id([row.item_id for row in (*some, *talks) if row.item_id])
    leaders = (
        holders_by_account({row.leader_id for row in past}, on=max(row.day for row in some)) if past else {}
    )
    began = _began(booths)
    beside: dict[UUID, list[OutcomeBeside]] = {row.pk: [] for row in some}
    for kept in OutcomeBeside.objects.filter(call__in=beside).order_by("-made_at", "-pk"):
        beside[kept.call_id].append(kept)

    def before(then: Dialogue, row: Dialogue) -> EarlierCall:
        return EarlierCall(
            then.day,
            accounts[then.leader_id].name if then.leader_id in accounts else "",
            str(then.get_outcome_display()),
            then.outcome == Outcome.TALKED,
            then.president_id != row.president_id,
            [needs[pk] for pk in then.ticket_ids if pk in needs],
            _grade(then, counted.get(then.item_id) if then.item_id else None),
            _office_of(leaders.get(then.leader_id)),
        )

    drawn = []
    for row in some:
        president = accounts.get(row.president_id)
        final = earlier[row.pk][-1] if earlier[row.pk] else None
        is_missed = final and final.outcome != Outcome.TALKED and final.president_id == row.president_id
        drawn.append(
            OwnCall(
                row,
                president.name if president else "",
                president.language if president else "",
                began.get((row.unit_id, row.president_id)),
                places.get(row.unit_id, ""),
                class_names.get(row.unit_id, ""),
                before(last[row.pk][0], row) if last[row.pk] else None,
                before(final, row) if final and is_missed else None,
                [needs[pk] for pk in row.ticket_ids if pk in needs],
                _is_confirmed(counted.get(row.item_id) if row.item_id else None),
                beside[row.pk][:MOST_BESIDE],
            )
        )
    return drawn


def _began(booths: Sequence[int]) -> dict[tuple[int, int], date]:
    """Return when each president's office began, by booth and account."""
    rows = sql.rows(
        f"""select ap.unit_id, ap.account_id, max(ap.starts_on) from org_appointment ap
        join org_office o on o.id = ap.office_id and o.code = '{PRESIDENT}'
        where ap.unit_id = any(%(booths)s) and ap.body_id is null group by 1, 2""",
        {"booths": list(booths)},
    )
    return {(unit, account): day for unit, account, day in rows}


def _is_confirmed(item: Item | None) -> bool:
    return item is not None and item.is_confirmed


def _grade(talk: Dialogue, item: Item | None) -> str:
    is_gone = item is None or item.ended_at is not None or item.phone_id is None
    return "" if is_gone or talk.organisation is None else str(GRADES[talk.organisation])


def _office_of(leader: SignedHolder | None) -> str:
    offices = leader.offices if leader is not None else ()
    return next(
        (", ".join((name_in_language(office), name_in_language(unit))) for office, unit in offices), ""
    )


def absences(account_id: int, *, since: date) -> list[Absence]:
    """Return the account's absences from a day on. In a scope that sees them."""
    return list(Absence.objects.filter(account_id=account_id, last_on__gte=since).order_by("first_on", "pk"))


@dataclass(frozen=True, slots=True)
class CallLevel(units.BoardUnit):
    """The numbers of the calls in a unit. silent: booths whose president was called before today, and never heard.

    vacant: booths without a president. missed: calls that found the president gone or the number wrong.
    """

    booths: int
    vacant: int
    silent: int
    done: int
    confirmed: int
    needs: int
    solved: int
    missed: int


_COUNTED = f"""{BOOTHS}
select b.lo, 1 as booths, (p.unit_id is null)::int as vacant,
  (past.heard_on is null and p.account_id = any(past.called))::int as silent,
  past.done, past.confirmed, past.needs, past.solved, past.missed
from booth b left join president p on p.unit_id = b.unit_id left join past on past.unit_id = b.unit_id"""


def call_levels(
    programme: Programme, unit_id: int, span: tuple[int, int], *, on: date
) -> tuple[CallLevel, list[CallLevel]]:
    """Return the numbers of a unit, and of each unit right below it. The viewer sees people there; one query."""
    # A programme that is over keeps the booths and presidents of its last day.
    values = values_on(programme, min(on, programme.closes_on)) | {"lo": span[0], "hi": span[1]}
    with system("calls of a unit, for who sees its people"):
        return units.unit_board(CallLevel, _COUNTED, values, unit_id=unit_id, hierarchy=programme.hierarchy)


@dataclass(frozen=True, slots=True)
class RoundPace:
    """The length of one round of all booths. leaders: how many call today."""

    booths: int
    leaders: int
    per_day: int
    days: int | None
    window: int  # days the programme runs

    @property
    def leaders_for_month(self) -> int | None:
        """Return the number of leaders who make one round in a MONTH; None where today's leaders do."""
        if self.days is not None and self.days <= MONTH:
            return None
        return -(-self.booths // (MONTH * self.per_day))

    @property
    def is_too_long(self) -> bool:
        return self.days is None or self.days > self.window


def round_pace(programme: Programme, *, on: date) -> RoundPace:
    """Return the length of a round with the leaders of a day. Two queries."""
    with system("how long a round takes"):
        leaders = len(callers_on_day(programme, on=on))
        booths = sql.count(f"{BOOTHS} select count(*) from booth", values_on(programme, on) | _EVERYWHERE)
        per_day = plan_of(programme.pk).per_day
    window = (programme.closes_on - programme.opens_on) // timedelta(days=1) + 1
    return RoundPace(booths, leaders, per_day, days_of_round(booths, leaders * per_day), window)


def may_call(account_id: int, *, at: datetime) -> bool:
    """Return True if an office of the account calls in a programme of today. In a system scope."""
    return any(
        sql.exists(
            f"select {CALLERS} and ap.account_id = %(account)s",
            values_on(programme, clock.day_in(programme.zone, at)) | {"account": account_id},
        )
        for programme in running_of_kind(KIND, at)
    )
