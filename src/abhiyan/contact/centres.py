"""Reads of call centres: who sits where, which queues a centre works, what is left in them, who needs help."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.titles import title_sql
from abhiyan.core.words import active_language
from abhiyan.messaging.queries import open_hours
from abhiyan.messaging.rules import hours
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import runs_now

from . import queries
from .models import (
    CallHandover,
    CallQueue,
    CallSeat,
    CallTurn,
    ContactEntry,
    ContactList,
    ContactTry,
    PausedCentre,
)
from .rules.retries import into_hours

AGENT, SUPERVISOR = "call_agent", "call_supervisor"
LOST_AFTER = timedelta(minutes=3)  # without a sign of the caller's page, while they have somebody
AWAY_AFTER = timedelta(minutes=10)
LONG = timedelta(minutes=8)  # with one person
MOST_PROMISED = 20  # shown at once
MOST_OWN_SHOWN = 300  # calls of one day
TAKE_BACK = timedelta(seconds=10)  # So long a caller takes the outcome of a call back.
HELP_FOR = timedelta(minutes=30)  # a wish for help that nobody answered
HANDED_FOR = timedelta(minutes=15)  # a call-back waits for its caller so long after it is due
AT_WORK = ("long", "calling", "free")  # states of callers who are there


def sits(account_id: int, body_id: int, office: str, *, at: datetime) -> bool:
    """Return whether somebody holds this office in a call centre today. In a system scope."""
    return sql.exists(
        """select from org_appointment ap join org_office o on o.id = ap.office_id and o.code = %(office)s
        join org_body b on b.id = ap.body_id and b.ended_on is null
        where ap.account_id = %(account)s and ap.body_id = %(body)s and ap.state = 'active'
          and ap.starts_on <= %(today)s and (ap.ends_on is null or ap.ends_on >= %(today)s)""",
        {"account": account_id, "body": body_id, "office": office}
        | {"today": clock.day_in(settings.TIME_ZONE, at)},
    )


# Queues whose unit is that of the centre or above it, in a tree where both stand.
_QUEUES = """select q.id from org_body b join contact_call_queue q on exists (
    select from units_placement c join units_placement p on p.unit_id = q.unit_id and p.hierarchy = c.hierarchy
      and c.lo >= p.lo and c.lo < p.hi where c.unit_id = b.unit_id)
 where b.id = %(body)s and b.ended_on is null order by q.priority, q.id"""


def queues_of(body_id: int, *, at: datetime) -> list[CallQueue]:
    """Return the queues that a centre works, of programmes that run now, in order. In a system scope.

    A queue whose last day is over is left out.
    """
    ids = sql.column(_QUEUES, {"body": body_id})
    queues = CallQueue.objects.select_related("programme").in_bulk(ids)
    return [
        queue
        for queue in (queues[pk] for pk in ids)
        if runs_now(queue.programme, at) and not is_queue_over(queue, at=at)
    ]


def is_queue_over(queue: CallQueue, *, at: datetime) -> bool:
    """Return whether the last day of a queue is over."""
    return queue.last_day is not None and queue.last_day < clock.day_in(queue.programme.zone, at)


def is_queue_open(queue: CallQueue, *, at: datetime) -> bool:
    """Return whether a queue is not paused, and the instant is inside its hours and those of the settings."""
    zone = queue.programme.zone
    return (
        queue.paused_at is None
        and hours.is_in_hours(at, zone, open_hours())
        and at == into_hours(at, zone=zone, opens=queue.opens, closes=queue.closes)
    )


def lists_of_queue(queue: CallQueue, *, at: datetime) -> list[int]:
    """Return the lists (ids) of a queue that are approved and have not ended, in its order. In a system scope."""
    on = clock.day_in(queue.programme.zone, at)
    lists = ContactList.objects.filter(
        pk__in=queue.list_ids, state=ContactList.State.APPROVED, last_day__gte=on
    )
    in_use = set(lists.values_list("pk", flat=True))
    return [pk for pk in queue.list_ids if pk in in_use]


def languages_taken(queue: CallQueue, languages: Collection[str]) -> list[str]:
    """Return the languages of entries that a caller takes from a queue: their own, and the unknown one."""
    return ["", *(code for code in languages if not queue.languages or code in queue.languages)]


# --- an empty queue, and where a list stands ---


@dataclass(frozen=True, slots=True)
class EntriesLeft:
    """Entries of a queue in one state. why: called, opted_out, out, with_others, retry, language, hours, ready.

    first_at: when the first waiting entry may be called.
    """

    why: str
    n: int
    first_at: datetime | None = None


_OPEN = "e.state in ('ready', 'later') and e.phone_id is not null"
_LEFT = f"""select case when e.state = 'done' then 'called' when e.state = 'leased' then 'with_others'
    when e.state = 'out' then case when e.why_out in ('opted_out', 'erased') then 'opted_out' else 'out' end
    when e.phone_id is null then 'out'
    when e.again_at > %(at)s or e.next_day > %(on)s then 'retry'
    when not e.language = any(%(languages)s) then 'language' else %(free)s end as why,
  count(*)::int, min(e.again_at) filter (where e.again_at > %(at)s and e.state = 'later')
 from ((select e.* from contact_entry e where e.list_id = any(%(lists)s) and {_OPEN} and e.again_at is null
    limit %(most)s)
  union all (select e.* from contact_entry e where e.list_id = any(%(lists)s) and {_OPEN} and e.again_at is not null
    limit %(most)s)
  union all (select e.* from (select * from contact_entry o where o.list_id = any(%(lists)s) limit %(most)s) e
    where not ({_OPEN}))) e group by 1"""
WHYS = ("ready", "hours", "retry", "language", "with_others", "called", "opted_out", "out")
MOST_COUNTED = 20_000  # entries that are read for a caller's page; a supervisor's board reads all


def entries_left(
    queue: CallQueue, languages: Collection[str], *, at: datetime, most: int | None = None
) -> list[EntriesLeft]:
    """Count the entries of a queue in each state, for a caller's languages. In a system scope; two queries.

    most: stop reading there, so an empty queue of a long list answers at once. Then the counts are of a part.
    """
    values = {
        "lists": lists_of_queue(queue, at=at),
        "languages": languages_taken(queue, languages),
        "at": at,
        "on": clock.day_in(queue.programme.zone, at),
        "free": "ready" if is_queue_open(queue, at=at) else "hours",
        "most": most,
    }
    counts = [EntriesLeft(*row) for row in sql.rows(_LEFT, values)]
    return sorted(counts, key=lambda count: WHYS.index(count.why))


def shown_left(rows: Iterable[EntriesLeft]) -> list[tuple[str, str, datetime | None]]:
    """Tell (why, how many in words, when first) of the entries of a queue, as anybody at a centre may read it.

    They see no list, so figures are whole tens. Fewer than ten noes are not told: of a short list they name people.
    """
    return [
        (row.why, small_cells.seen_count(row.n, is_exact=False), row.first_at)
        for row in rows
        if row.why != "opted_out" or small_cells.shown_count(row.n)
    ]


# --- one's own person ---


@dataclass(frozen=True, slots=True)
class PersonOnCall:
    """The person in front of a caller. phone: masked. tries: calls before this one.

    source, purpose, basis: of the list; they say why this call is allowed.
    """

    turn: CallTurn
    name: str
    phone: str
    language: str
    tries: int
    last: str
    source: str
    basis: str
    purpose: str
    scheme: str

    @property
    def is_rung(self) -> bool:
        return self.turn.rung_at is not None


def turn_of_caller(account_id: int, *, at: datetime) -> CallTurn | None:
    """Return the person a caller has, while the lease lasts. In a system scope."""
    turns = CallTurn.objects.filter(agent_id=account_id, ended_at=None, until__gt=at)
    return turns.select_related("queue__programme", "entry__list").first()


def own_turn(account_id: int, turn: UUID) -> CallTurn:
    """Return a caller's own call, ended or not. NotFound for anybody else's. In a system scope."""
    rows = CallTurn.objects.filter(pk=turn, agent_id=account_id).select_related(
        "queue__programme", "entry__list"
    )
    return or_refuse(rows.first())


def number_shown_to_caller(turn: CallTurn) -> str:
    """Return the number (E.164) that a caller was shown, from their own phone; "" before. In a system scope."""
    if turn.way != CallTurn.Way.OWN or turn.entry.phone_id is None:
        return ""
    return people.number_again(turn.entry.phone_id)


def count_own_calls(account_id: int, *, at: datetime) -> int:
    """Return how many calls a caller made from their own phone today. In a system scope."""
    midnight = _today(at)["midnight"]
    return CallTurn.objects.filter(agent_id=account_id, begun_at__gte=midnight, way=CallTurn.Way.OWN).count()


@dataclass(frozen=True, slots=True)
class CallOfToday:
    """A call of a caller's own day. outcome: words; "" once it is taken back. left_s: so long it can be taken back.

    is_no: it is a no that stands; nobody corrects it.
    """

    turn: CallTurn
    name: str
    outcome: str
    left_s: int = 0
    is_no: bool = False


def calls_today(account_id: int, *, at: datetime, most: int = MOST_OWN_SHOWN) -> list[CallOfToday]:
    """Return the calls that a caller noted today, newest first. In a system scope; two queries."""
    noted = (*queries.CALL_OUTCOMES, CallTurn.End.UNDONE)
    rows = CallTurn.objects.filter(
        agent_id=account_id, begun_at__gte=_today(at)["midnight"], outcome__in=noted
    )
    turns = list(rows.select_related("entry").order_by("-ended_at", "pk")[:most])
    tries = ContactTry.objects.filter(turn_id__in=[turn.pk for turn in turns], undone_at=None)
    stands = {made.turn_id: made for made in tries}
    return [_call_of_today(turn, stands.get(turn.pk), at) for turn in turns]


def call_of_today(turn: CallTurn, *, at: datetime) -> CallOfToday:
    """Return one of these calls. In a system scope."""
    return _call_of_today(turn, queries.outcome_of(turn), at)


def _call_of_today(turn: CallTurn, made: ContactTry | None, at: datetime) -> CallOfToday:
    name = queries.unsealed_text(turn.entry.person_name, turn.entry.public_id)
    left = made.stored_at + TAKE_BACK - at if made else timedelta(0)
    outcome = str(made.get_outcome_display()) if made else ""
    is_no = made is not None and made.outcome == ContactTry.Outcome.NEVER and left < timedelta(0)
    return CallOfToday(turn, name, outcome, max(0, int(left.total_seconds())), is_no)


def caller_languages(account_id: int) -> list[str]:
    """Return the languages a caller ticked last; none before the first time. In a system scope."""
    seat = CallSeat.objects.filter(account_id=account_id).first()
    return seat.languages if seat else []


def person_on_call(turn: CallTurn) -> PersonOnCall:
    """Return what the caller's page shows of a person. In a system scope; one query."""
    entry, contact_list = turn.entry, turn.entry.list
    last4 = sql.value("select last4 from people_phone where id = %s", [entry.phone_id])
    return PersonOnCall(
        turn,
        queries.unsealed_text(entry.person_name, entry.public_id),
        phones.masked_phone(last4 or ""),
        entry.language,
        entry.tries,
        entry.last_outcome,
        contact_list.source,
        contact_list.get_basis_display(),
        contact_list.purpose,
        contact_list.scheme,
    )


# --- help, and call-backs handed over ---


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """A caller's wish for help. reason: in words. heard_at: when a supervisor answered; None while it waits."""

    since: datetime
    reason: str
    heard_at: datetime | None = None


def asks_help(seat: CallSeat, *, on_call: UUID | None, at: datetime) -> HelpAsked | None:
    """Return the wish for help of a caller, where it is open or was just answered.

    on_call: the call they have. A wish ends with its call, with a break, and after half an hour.
    """
    if seat.help_at is None or seat.left_at is not None or at - seat.help_at > HELP_FOR:
        return None
    if seat.help_turn_id is not None and seat.help_turn_id != on_call:
        return None
    return HelpAsked(seat.help_at, str(seat.get_help_for_display()), seat.heard_at)


def seat_of_caller(account_id: int) -> CallSeat | None:
    """Return where a caller sits, or sat last. In a system scope."""
    return CallSeat.objects.filter(account_id=account_id).first()


def handed_to(account_id: int, *, at: datetime) -> list[datetime]:
    """Return when a caller's handed call-backs are due, the earliest first. In a system scope."""
    handovers = CallHandover.objects.filter(
        agent_id=account_id, until__gt=at, entry__state__in=("ready", "later")
    )
    return sorted(due for due in handovers.values_list("entry__again_at", flat=True) if due)


def callers_for(language: str, body_id: int, *, at: datetime) -> "list[CallerNow]":
    """Return the callers of a centre who are at work and speak a language ("" is any). In a system scope; one query."""
    return [
        caller
        for caller in callers_of(body_id, at=at)
        if caller.state in AT_WORK and language in ("", *caller.languages)
    ]


# --- the board of a centre ---


@dataclass(frozen=True, slots=True)
class CallerNow:
    """A caller of a centre today. state: lost, long, calling, free, break, done, away. since, minutes: of that state.

    reason: of the break, in words. help: the wish that no supervisor has answered. title: of the queue they call now.
    """

    account_id: int
    name: str
    state: str
    since: datetime | None
    turn_id: UUID | None
    calls: int
    reached: int
    an_hour: int
    minutes: int | None = None
    reason: str = ""
    languages: Sequence[str] = ()
    help: HelpAsked | None = None
    title: str = ""

    @property
    def reached_pct(self) -> int | None:
        return self.reached * 100 // self.calls if self.calls else None


_CALLERS = f"""select a.id, a.name, s.came_at, t.id, t.begun_at, coalesce(d.calls, 0), coalesce(d.reached, 0),
  d.first_at, coalesce({title_sql("q")}, '')
 from org_appointment ap join org_office o on o.id = ap.office_id and o.code = 'call_agent'
 join people_account a on a.id = ap.account_id
 left join contact_call_seat s on s.account_id = a.id and s.body_id = ap.body_id
 left join contact_call_turn t on t.agent_id = a.id and t.body_id = ap.body_id and t.ended_at is null
 left join contact_call_queue q on q.id = t.queue_id
 left join lateral (select count(*)::int as calls,
    count(*) filter (where c.outcome = any(%(talks)s))::int as reached, min(c.begun_at) as first_at
    from contact_call_turn c where c.body_id = ap.body_id and c.agent_id = a.id and c.begun_at >= %(midnight)s
      and c.outcome = any(%(outcomes)s)) d on true
 where ap.body_id = %(body)s and ap.state = 'active'
   and ap.starts_on <= %(today)s and (ap.ends_on is null or ap.ends_on >= %(today)s)"""
_ORDER = ("lost", "long", "calling", "free", "break", "done", "away")


def callers_of(body_id: int, *, at: datetime) -> list[CallerNow]:
    """Return the callers of a centre, who needs help first. In a system scope; two queries."""
    seats = {seat.account_id: seat for seat in CallSeat.objects.filter(body_id=body_id)}
    rows = sql.rows(_CALLERS, {"body": body_id, "language": active_language()} | _today(at))
    callers = [_caller(seats.get(account), account, *rest, at=at) for account, *rest in rows]
    return sorted(
        callers,
        key=lambda caller: (caller.help is None, _ORDER.index(caller.state), caller.since or at, caller.name),
    )


def _today(at: datetime) -> dict[str, object]:
    zone = settings.TIME_ZONE
    today = clock.day_in(zone, at)
    return {
        "today": today,
        "midnight": datetime.combine(today, time(), ZoneInfo(zone)),
        "talks": [outcome.value for outcome in queries.TALKS],
        "outcomes": list(queries.CALL_OUTCOMES),
    }


def _caller(
    seat: CallSeat | None,
    account_id: int,
    name: str,
    came_at: datetime | None,
    turn_id: UUID | None,
    begun_at: datetime | None,
    calls: int,
    reached: int,
    first_at: datetime | None,
    title: str,
    *,
    at: datetime,
) -> CallerNow:
    seen_at, left_at = (seat.seen_at, seat.left_at) if seat else (None, None)
    silent = at - seen_at if seen_at else None
    state, since, reason = "away", left_at or seen_at, ""
    if turn_id is not None:
        is_lost = silent is None or silent > LOST_AFTER
        state = "lost" if is_lost else "long" if begun_at and at - begun_at > LONG else "calling"
        since = begun_at
    elif (
        seat and left_at and clock.day_in(settings.TIME_ZONE, left_at) == clock.day_in(settings.TIME_ZONE, at)
    ):
        state, reason = (
            "done" if seat.break_for == CallSeat.BreakReason.DONE else "break",
            seat.get_break_for_display(),
        )
    elif silent is not None and silent <= AWAY_AFTER and left_at is None:
        state, since = "free", came_at
    hours = max((at - first_at).total_seconds() / 3600, 1) if first_at else 1
    wish = asks_help(seat, on_call=turn_id, at=at) if seat else None
    return CallerNow(
        account_id,
        name,
        state,
        since,
        turn_id,
        calls,
        reached,
        round(calls / hours),
        int((at - since).total_seconds() // 60) if since else None,
        str(reason),
        seat.languages if seat else (),
        wish if wish and wish.heard_at is None else None,
        title,
    )


@dataclass(frozen=True, slots=True)
class PromisedCallBack:
    """A call-back that somebody was promised. caller: the account it was handed to, while it waits for them. title:
    of its queue."""

    entry: UUID
    due_at: datetime
    name: str
    language: str
    is_late: bool
    caller: int | None
    title: str


def promised_calls(
    some: QuerySet[ContactEntry], queues: Iterable[CallQueue], *, at: datetime
) -> QuerySet[ContactEntry]:
    """Narrow entries to promised call-backs of queues, the earliest first. In a system scope."""
    lists = [pk for queue in queues for pk in lists_of_queue(queue, at=at)]
    entries = some.filter(list_id__in=lists, state__in=("ready", "later"), phone_id__isnull=False)
    return entries.filter(again_at__isnull=False, last_outcome="later").order_by("again_at", "pk")


def promised_in(
    queues: Sequence[CallQueue], *, at: datetime
) -> tuple[list[PromisedCallBack], dict[str, int]]:
    """Return the first promised call-backs of queues, the earliest first, with the counts of all (`n`) and of the late
    ones (`late`). In a system scope."""
    promised = promised_calls(ContactEntry.objects.all(), queues, at=at)
    counts = promised.order_by().aggregate(n=Count("pk"), late=Count("pk", filter=Q(again_at__lt=at)))
    rows = list(promised[:MOST_PROMISED])
    handed = CallHandover.objects.filter(entry__in=rows, until__gt=at)
    callers = dict(handed.values_list("entry_id", "agent_id"))
    titles = {list_id: queue.title for queue in reversed(queues) for list_id in queue.list_ids}
    call_backs = [
        PromisedCallBack(
            row.public_id,
            row.again_at,
            queries.unsealed_text(row.person_name, row.public_id),
            row.language,
            row.again_at < at,
            callers.get(row.pk),
            titles[row.list_id],
        )
        for row in rows
        if row.again_at
    ]
    return call_backs, counts


def late_in(body_id: int, *, at: datetime) -> int:
    """Count the promised call-backs of a centre's queues that are late. In a system scope."""
    promised = promised_calls(ContactEntry.objects.all(), queues_of(body_id, at=at), at=at)
    return promised.filter(again_at__lt=at).count()


def queues_in(programme: Programme) -> Sequence[CallQueue]:
    """Return the queues of a programme, the first to call first, in the sight of the scope in force."""
    return list(CallQueue.objects.filter(programme=programme).order_by("priority", "pk"))


def is_paused(body_id: int) -> bool:
    """Return whether a centre is paused by its supervisor. In a system scope."""
    return PausedCentre.objects.filter(body_id=body_id).exists()
