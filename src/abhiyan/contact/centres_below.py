"""Reads of an office: its call centres, which of them are silent, and the call-backs they promised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.messaging.queries import last_reminders
from abhiyan.programmes.models import Programme
from abhiyan.work.queries.presence import HELD

from . import queries
from .centres import AWAY_AFTER, queues_of
from .models import CallTurn

REMINDER = "centre"  # as messaging's table of reminders names it
SILENT, AT_WORK, LATE = "silent", "work", "late"  # what a list of centres may be narrowed to
MOST_PROMISES = 500  # of a page


@dataclass(frozen=True, slots=True)
class CentreToday:
    """A call centre today. seats: callers; at_work: callers seen in the last minutes; lately: calls since yesterday.

    last: the last call. promised: open call-backs that its callers promised; late: of these, how many are due.
    is_asked: it had callers and people to call for the whole of yesterday. head_id: the account of its supervisor.
    """

    body_id: int
    names: dict[str, str]
    unit_id: int
    code: str
    unit: dict[str, str]
    state: dict[str, str] | None
    seats: int
    at_work: int
    calls: int
    reached: int
    lately: int
    last: datetime | None
    promised: int
    late: int
    is_paused: bool
    is_asked: bool
    head_id: int | None
    head: str | None

    @property
    def name(self) -> str:
        return name_in_language(self.names)

    @property
    def place(self) -> str:
        return name_in_language(self.unit)

    @property
    def above(self) -> str:
        return name_in_language(self.state) if self.state else ""

    @property
    def reached_pct(self) -> int | None:
        return self.reached * 100 // self.calls if self.calls else None

    @property
    def is_silent(self) -> bool:
        """True where nobody called since yesterday, though the centre was asked to, and nobody sits there now."""
        return self.is_asked and not (self.lately or self.at_work or self.is_paused)

    def fits(self, show: str) -> bool:
        """Return whether a list that is narrowed to one of SILENT, AT_WORK and LATE has this centre."""
        return {SILENT: self.is_silent, AT_WORK: bool(self.at_work), LATE: bool(self.late)}.get(show, True)


# Queues `q` of the programme; entries `e` with an open promise `p`; centres `b` at places `c` where the programme runs.
_QUEUES = "select q.id from contact_call_queue q where q.programme_id = %(programme)s"
_PROMISES = """select t.body_id, e.again_at, e.unit_id from contact_entry e cross join lateral (
    select n.body_id from contact_call_turn n where n.entry_id = e.id and n.outcome = 'later'
    order by n.begun_at desc limit 1) t
  where e.list_id in (select unnest(q.list_ids) from contact_call_queue q where q.programme_id = %(programme)s)
    and e.state in ('ready', 'later') and e.again_at is not null and e.phone_id is not null
    and e.last_outcome = 'later'"""
_HERE = """org_body b join units_unit u on u.id = b.unit_id
  join units_placement c on c.unit_id = u.id and c.hierarchy = %(hierarchy)s and c.lo >= %(lo)s and c.lo < %(hi)s
  where b.kind = 'centre' and b.ended_on is null and exists (select from programmes_scope s
    join units_placement p on p.unit_id = s.unit_id and p.hierarchy = c.hierarchy
    where s.programme_id = %(programme)s and c.lo >= p.lo and c.lo < p.hi)"""
_CALLS = f"""from contact_call_turn t where t.body_id = b.id and t.queue_id = any(array({_QUEUES}))
    and t.outcome = any(%(outcomes)s)"""
_IN_OFFICE = """ap.body_id = b.id and ap.state = 'active' and ap.starts_on <= %(today)s
    and (ap.ends_on is null or ap.ends_on >= %(today)s)"""
# Queues that had people to call for the whole of the day before: a centre that works one owes calls since then.
_LIVE = """select q.unit_id from contact_call_queue q where q.id = any({queues}) and q.made_at <= %(since)s
    and q.paused_at is null and (q.last_day is null or q.last_day >= %(yesterday)s)
    and exists (select from contact_entry e where e.list_id = any(q.list_ids) and e.state in ('ready', 'later')
      and e.phone_id is not null)"""
_ASKED = f"""((b.made_at is null or b.made_at <= %(since)s) and exists (select from live q
    join units_placement o on o.unit_id = q.unit_id join units_placement n on n.hierarchy = o.hierarchy
      and n.lo >= o.lo and n.lo < o.hi where n.unit_id = b.unit_id)
  and exists (select from org_appointment ap join org_office o on o.id = ap.office_id and o.code = 'call_agent'
    where ap.body_id = b.id and {HELD.format(on="%(yesterday)s", at="%(since)s")}))"""
_AT_WORK = "x.body_id = b.id and x.seen_at > %(recently)s and x.left_at is null"
_IS_SILENT = f"""{_ASKED} and not exists (select from contact_call_seat x where {_AT_WORK})
  and not exists (select from contact_paused_centre z where z.body_id = b.id)"""
_CENTRES = f"""with live as materialized ({_LIVE.format(queues=f"array({_QUEUES})")}),
 p as (select x.body_id, count(*)::int as n, count(*) filter (where x.again_at < %(at)s)::int as late
    from ({_PROMISES}) x group by 1)
 select b.id, b.names, u.id, u.code, u.names, above.names, seats.n, work.n, d.calls, d.reached, d.lately, l.begun_at,
  coalesce(p.n, 0), coalesce(p.late, 0), z.body_id is not null, {_ASKED}, head.id, head.name
 from ({{here}}) here join org_body b on b.id = here.id join units_unit u on u.id = b.unit_id
 left join units_unit above on above.id = here.above
 cross join lateral (select count(*)::int as n from org_appointment ap
    join org_office o on o.id = ap.office_id and o.code = 'call_agent' where {_IN_OFFICE}) seats
 cross join lateral (select count(*)::int as n from contact_call_seat x
    where {_AT_WORK}) work
 cross join lateral (select count(*)::int as lately, count(*) filter (where t.begun_at >= %(midnight)s)::int as calls,
    count(*) filter (where t.begun_at >= %(midnight)s and t.outcome = any(%(talks)s))::int as reached
    {_CALLS} and t.begun_at >= %(since)s) d
 left join lateral (select t.begun_at {_CALLS} order by t.begun_at desc limit 1) l on true
 left join p on p.body_id = b.id
 left join contact_paused_centre z on z.body_id = b.id
 left join lateral (select a.id, a.name from org_appointment ap
    join org_office o on o.id = ap.office_id and o.code = 'call_supervisor'
    join people_account a on a.id = ap.account_id where {_IN_OFFICE} order by ap.id limit 1) head on true
 order by here.lo, b.id"""
_STATE = """(select s.unit_id from units_placement s join units_unit v on v.id = s.unit_id and v.kind = 'state'
    where s.hierarchy = c.hierarchy and s.lo <= c.lo and s.hi > c.lo limit 1)"""


def _given(programme: Programme, span: tuple[int, int], at: datetime) -> dict[str, Any]:
    zone = programme.zone
    today = clock.day_in(zone, at)
    midnight = datetime.combine(today, time(), ZoneInfo(zone))
    return {
        "programme": programme.pk,
        "hierarchy": programme.hierarchy,
        "lo": span[0],
        "hi": span[1],
        "at": at,
        "today": today,
        "midnight": midnight,
        "since": midnight - timedelta(days=1),
        "yesterday": today - timedelta(days=1),
        "recently": at - AWAY_AFTER,
        "talks": [outcome.value for outcome in queries.TALKS],
        "outcomes": list(queries.CALL_OUTCOMES),
    }


def centres_below(programme: Programme, span: tuple[int, int], *, at: datetime) -> list[CentreToday]:
    """Return the call centres of units within [lo, hi) where a programme runs. In a system scope; one query."""
    here = f"select b.id, c.lo, {_STATE} as above from {_HERE}"
    return sql.each(CentreToday, _CENTRES.replace("{here}", here), _given(programme, span, at))


def centre_at(programme: Programme, span: tuple[int, int], body_id: int, *, at: datetime) -> tuple[str, str]:
    """Return (name, place) of a call centre within [lo, hi). NotFound for another body. In a system scope."""
    rows = sql.rows(
        f"select b.names, u.names from {_HERE} and b.id = %(body)s",
        _given(programme, span, at) | {"body": body_id},
    )
    names, place = or_refuse(rows[0] if rows else None)
    return name_in_language(names), name_in_language(place)


def silent_centres(programme: Programme, span: tuple[int, int], *, at: datetime) -> tuple[int, int]:
    """Return (centres, silent centres) within [lo, hi), as `CentreToday.is_silent`. Without a queue (0, 0).

    In a system scope; one query.
    """
    counts: tuple[int, int] = sql.row(
        f"""with live as materialized ({_LIVE.format(queues=f"array({_QUEUES})")})
        select count(*)::int,
          (count(*) filter (where {_IS_SILENT} and not exists (select {_CALLS} and t.begun_at >= %(since)s)))::int
        from {_HERE} and exists ({_QUEUES})""",
        _given(programme, span, at),
    )
    return counts


@dataclass(frozen=True, slots=True)
class PromisedCall:
    """A promised call-back that is open: until when, by which centre, in which unit the person is."""

    due_at: datetime
    is_late: bool
    body_id: int | None
    centre: dict[str, str]
    unit: dict[str, str]

    @property
    def name(self) -> str:
        return name_in_language(self.centre)

    @property
    def place(self) -> str:
        return name_in_language(self.unit)


def promises_below(programme: Programme, span: tuple[int, int], *, at: datetime) -> list[PromisedCall]:
    """Return the open call-backs that centres within [lo, hi) promised, the first due first; at most MOST_PROMISES.

    In a system scope; one query.
    """
    return sql.each(
        PromisedCall,
        f"""select x.again_at, x.again_at < %(at)s, b.id, b.names, u.names from ({_PROMISES}) x
        join (select b.id, b.names from {_HERE}) b on b.id = x.body_id join units_unit u on u.id = x.unit_id
        order by x.again_at, b.id limit %(most)s""",
        _given(programme, span, at) | {"most": MOST_PROMISES},
    )


@dataclass(frozen=True, slots=True)
class CentresWhole:
    """The call centres of a unit in sums. at_work: centres; callers: at work now."""

    centres: int
    at_work: int
    silent: int
    callers: int
    calls: int
    reached: int
    promised: int
    late: int

    @property
    def reached_pct(self) -> int | None:
        return self.reached * 100 // self.calls if self.calls else None


def add_up_centres(rows: Iterable[CentreToday]) -> CentresWhole:
    """Add up centres."""
    centre_todays = list(rows)
    return CentresWhole(
        len(centre_todays),
        sum(row.at_work > 0 for row in centre_todays),
        sum(row.is_silent for row in centre_todays),
        sum(row.at_work for row in centre_todays),
        sum(row.calls for row in centre_todays),
        sum(row.reached for row in centre_todays),
        sum(row.promised for row in centre_todays),
        sum(row.late for row in centre_todays),
    )


def heads_to_remind(
    programme: Programme, span: tuple[int, int], *, at: datetime
) -> tuple[list[CentreToday], int]:
    """Return the silent centres within [lo, hi) whose supervisor got no reminder today, and how many have none.

    In a system scope.
    """
    silent = [row for row in centres_below(programme, span, at=at) if row.is_silent]
    led = [row for row in silent if row.head_id is not None]
    today = clock.day_in(settings.TIME_ZONE, at)
    days = last_reminders(REMINDER, [row.body_id for row in led])
    return [row for row in led if days.get(row.body_id) != today], len(silent) - len(led)


def talks_below(programme: Programme, span: tuple[int, int], *, until: datetime | None = None) -> int:
    """Count the talks of callers with people within [lo, hi), as reported; until: those before.

    In a system scope; one query.
    """
    return sql.count(
        """select count(*) from contact_try t where t.programme_id = %(programme)s and t.way = 'call'
        and t.outcome = any(%(talks)s) and t.undone_at is null and t.at < %(until)s
        and exists (select from units_placement p where p.unit_id = t.unit_id and p.hierarchy = %(hierarchy)s
          and p.lo >= %(lo)s and p.lo < %(hi)s)""",
        {"programme": programme.pk, "hierarchy": programme.hierarchy, "lo": span[0], "hi": span[1]}
        | {"talks": [outcome.value for outcome in queries.TALKS], "until": until or "infinity"},
    )


def is_centre_silent(body_id: int, *, at: datetime) -> bool:
    """Return whether a centre is silent over all its queues, as `CentreToday.is_silent`. In a system scope."""
    yesterday = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=1)
    since = datetime.combine(yesterday, time(), ZoneInfo(settings.TIME_ZONE))
    called = CallTurn.objects.filter(
        body_id=body_id, begun_at__gte=since, outcome__in=queries.CALL_OUTCOMES
    ).exists()
    queue_ids = [] if called else [call_queue.pk for call_queue in queues_of(body_id, at=at)]
    return bool(queue_ids) and sql.exists(
        f"with live as ({_LIVE.format(queues='%(queues)s')})"
        f" select from org_body b where b.id = %(body)s and {_IS_SILENT}",
        {
            "queues": queue_ids,
            "body": body_id,
            "since": since,
            "yesterday": yesterday,
            "recently": at - AWAY_AFTER,
        },
    )
