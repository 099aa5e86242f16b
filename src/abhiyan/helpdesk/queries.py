"""Reads of requests: what the list shows, one with its words, a phone's own, what waits at a desk, times by level."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import Scope, current, scoped, system
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .models import ReadyAnswer, Ticket, TicketLine
from .rules import tickets as rules
from .rules import tries
from .rules.tries import RequestCall

ANSWER = "helpdesk.answer"  # the capabilities: what comes to a unit.
NAMED = "helpdesk.named"  # and what is for one office there.
MOST_LOOKED_AT = 50  # requests among which the next one is looked for.
MOST_READY = 20  # texts to answer with, beside a request.
SMALL = 10  # of fewer no times are shown.
MANY_STRANGERS = 20  # requests an account types a day for phones that never contacted us: offices above look.
MOST_TYPISTS = 5  # named on Today.
NO_SCHEME = "none"  # no code of a scheme.
NO_NEED = (Ticket.State.MERGED, Ticket.State.QUIET)  # requests that are part of another, or ask nothing.


class AnswerToOneself(org.NotYours):
    """The asker may not answer, whichever of their phones asked."""

    message = _(
        "This is your own request. A colleague or the office above answers it. You read the answer on your own page."
    )


@dataclass(frozen=True, slots=True)
class Desks:
    """Whose requests somebody answers. units: somebody answers every request there; named: (unit, office), only with
    the requests for that office."""

    units: frozenset[int] = frozenset()
    named: frozenset[tuple[int, str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.units or self.named)

    @property
    def own(self) -> Q:
        """A condition on requests: they have to answer them."""
        terms = Q(desk_id__in=self.units, offices=[])
        for unit_id, office in sorted(self.named):
            terms |= Q(desk_id=unit_id, offices__contains=[office])
        return terms


def may_answer(viewer: Viewer) -> bool:
    """Return True if somebody answers requests anywhere."""
    return viewer.is_strong and viewer.may_any(ANSWER, NAMED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list. desks: only what these have to answer. unit: and the hierarchy it is looked at in.

    scheme: a code of rules.schemes, or NO_SCHEME. desk: the unit whose offices have it in hand; offices: the codes of
    those there, none for all that answer. since: only needs that came in from then on.
    """

    state: str = ""
    kind: str = ""
    way: str = ""
    text: str = ""
    unit: tuple[int, int] | None = None
    desks: Desks | None = None
    programme_id: int = 0
    is_stranger: bool = False
    scheme: str = ""
    desk: int = 0
    offices: tuple[str, ...] = ()
    since: datetime | None = None


def of_state(state: str, *, at: datetime) -> Q:
    """A condition on requests: they are in a state, or as lists call several states. Empty: they wait."""
    is_ = Ticket.State
    several = {
        "late": Q(state=is_.OPEN, due_at__lt=at),
        "under_way": Q(state__in=(is_.OPEN, is_.DONE)),
        "in_time": Q(state=is_.SOLVED) & _within_time(F("done_at")),
        "all": Q(),
    }
    return several[state] if state in several else Q(state=state or is_.OPEN)


def time_is_over(*, at: datetime) -> Q:
    """A condition on requests: the time that their kind gives for an answer is over, or they ended."""
    return ~_within_time(at) | Q(state__in=(Ticket.State.SOLVED, Ticket.State.CLOSED))


def _within_time(end: Any) -> Q:
    """A condition on requests: `end` is not later than the time that their kind gives for an answer."""
    hours = {kind: rule.answer_h for kind, rule in rules.RULES.items()}
    otherwise = rules.OTHERWISE.answer_h
    terms = Q(~Q(kind__in=hours), opened_at__gte=end - timedelta(hours=otherwise))
    for answer_h in set(hours.values()):
        kinds = [kind for kind, allowed in hours.items() if allowed == answer_h]
        terms |= Q(kind__in=kinds, opened_at__gte=end - timedelta(hours=answer_h))
    return terms


def tickets(wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """Requests in the caller's scope; to be ordered and paged. text: a number, a phone, or its last four digits."""
    return Ticket.objects.filter(condition(wanted), of_state(wanted.state, at=at))


def of_others() -> Q:
    """A condition on requests: not from a phone of the viewer's own, nor from one whose entry was merged with it."""
    phone_ids = viewer_phones()
    return ~Q(phone_id__in=phone_ids) if phone_ids else Q()


def viewer_phones() -> set[UUID]:
    """The phones of the viewer in scope; none of who has no account."""
    account_id = current().account
    if account_id is None:
        return set()
    with system("which phones are the viewer's own"):
        return people.account_phones(account_id)


def condition(wanted: Wanted) -> Q:
    """The same without their state."""
    terms = of_others()
    for name in ("kind", "way", "programme_id", "is_stranger"):
        if value := getattr(wanted, name):
            terms &= Q(**{name: value})
    if wanted.desks is not None:
        terms &= wanted.desks.own
    if wanted.unit is not None:
        terms &= Q(unit_id__in=units.ids_below(*wanted.unit))
    if wanted.scheme:
        terms &= Q(scheme="" if wanted.scheme == NO_SCHEME else wanted.scheme)
    if wanted.desk:
        terms &= Q(desk_id=wanted.desk, offices=list(wanted.offices))
    if wanted.since is not None:
        terms &= Q(opened_at__gte=wanted.since, sealed__isnull=False) & ~Q(state__in=NO_NEED)
    if wanted.text:
        terms &= _called(wanted.text)
    return terms


def _called(text: str) -> Q:
    if last4 := phones.last_four(text):
        return Q(last4=last4)
    if phone := phones.parse(text):
        return Q(phone_id=keyring().phone_id(phone))
    number = rules.read_ticket_number(text)
    return Q(number=number) if number else Q(pk__in=[])


def open_tickets(phone_id: UUID) -> QuerySet[Ticket]:
    """The requests of a phone that are open, or done and not solved yet, the newest first. In a system scope."""
    rows = Ticket.objects.filter(phone_id=phone_id, is_proven=True)
    return rows.filter(state__in=(Ticket.State.OPEN, Ticket.State.DONE)).order_by("-opened_at", "pk")


def has_called_since(phone_id: UUID, since: datetime) -> bool:
    """Return whether a phone itself called the helpline after an instant. In a system scope."""
    what = TicketLine.What.CALLED
    return TicketLine.objects.filter(ticket__phone_id=phone_id, what=what, at__gt=since).exists()


def typists(*, at: datetime) -> list[tuple[int, int]]:
    """Return accounts that typed `MANY_STRANGERS` requests or more in 24 hours for phones that never contacted us, with
    how many. Only accounts in the caller's scope count, the most first."""
    strangers = Ticket.objects.filter(
        is_stranger=True, opened_by__isnull=False, opened_at__gt=at - timedelta(days=1)
    )
    counted = strangers.values("opened_by").annotate(n=Count("pk")).filter(n__gte=MANY_STRANGERS)
    rows = counted.order_by("-n", "opened_by").values_list("opened_by", "n")[:MOST_TYPISTS]
    return [(account, n) for account, n in rows if account is not None]


def ticket_for(ident: UUID) -> Ticket:
    """One in the caller's scope. Refuses AnswerToOneself, NotFound."""
    if others := of_others():
        with system("whether a request is the viewer's own"):
            if Ticket.objects.filter(pk=ident).exclude(others).exists():
                raise AnswerToOneself
    return or_refuse(Ticket.objects.filter(pk=ident).first())


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line, with its words, who wrote it and where it went. of: the request it was said in, where that was merged
    into this one."""

    line: TicketLine
    text: str
    who: str
    unit_id: int | None
    of: Ticket | None = None


def ticket_lines(ticket: Ticket, *, merged: Sequence[Ticket] = (), with_names: bool = True) -> list[SaidLine]:
    """Return what was said and done, the oldest first; also of requests that were merged into it. In the caller's
    scope."""
    others = {part.pk: part for part in merged}
    lines = list(TicketLine.objects.filter(ticket__in=[ticket.pk, *others]).order_by("at", "pk")[:200])
    names: dict[int, str] = {}
    if with_names:
        with system("names of who answered"):
            names = people.names_of_accounts({line.account_id for line in lines if line.account_id})
    return [
        SaidLine(
            line,
            keyring().unseal(bytes(line.sealed), about=line.ticket_id.bytes).decode() if line.sealed else "",
            names.get(line.account_id or 0, ""),
            line.unit_id,
            others.get(line.ticket_id),
        )
        for line in lines
        if line.what != TicketLine.What.MERGED or line.ticket_id == ticket.pk  # once, not of either
    ]


FIRST_WORDS = 70  # letters that a list shows of a request


def readable_tickets(some: Sequence[Ticket], viewer: Viewer) -> list[Ticket]:
    """Those of some requests whose words the viewer reads: who answers at their unit, or holds the office they are
    for. One query."""
    named = desks_of(viewer).named
    spans = units.all_spans({request.unit_id for request in some}) if some else {}

    def reads(request: Ticket) -> bool:
        positions = [lo for lo, _hi in spans.get(request.unit_id, [])]
        return viewer.may_at(ANSWER, *positions) or any(
            (request.desk_id, office) in named for office in request.offices
        )

    return [request for request in some if reads(request)]


def first_words(some: Sequence[Ticket]) -> dict[UUID, str]:
    """The beginning of what was asked, by request, on one line; nothing of what is erased. One query, in the caller's
    scope."""
    by_id = {request.pk: request for request in some}
    what = TicketLine.What
    lines = TicketLine.objects.filter(
        Q(what=what.SAID, sealed__isnull=False) | Q(what=what.CALLED), ticket__in=by_id
    )
    return {line.ticket_id: _begun(line) for line in lines.order_by("ticket", "at", "pk").distinct("ticket")}


def _begun(entry: TicketLine) -> str:
    if entry.sealed is None:
        return str(entry.get_what_display())
    line = " ".join(keyring().unseal(bytes(entry.sealed), about=entry.ticket_id.bytes).decode().split())
    return line if len(line) <= FIRST_WORDS else f"{line[:FIRST_WORDS].rsplit(' ', 1)[0]}…"


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """The words on the page behind our question: the request, and our last answer."""

    asked: str
    answer: str


def matter_of_question(ticket: Ticket) -> AskedAgain:
    """Return what the question "is it solved?" is about. In a system scope.

    Our answer went to the phone in the SMS with the link. The person's own words are shown only where they came as a
    message from this phone. The page says the kind of other requests.
    """
    what = TicketLine.What
    lines = [entry for entry in ticket_lines(ticket, with_names=False) if entry.text]
    words = [entry.text for entry in lines if entry.line.what == what.SAID]
    answers = [entry.text for entry in lines if entry.line.what in (what.REPLIED, what.DONE)]
    is_own = ticket.is_proven and ticket.way in (Ticket.Way.SMS, Ticket.Way.CHAT)
    request = "\n".join(words) if is_own and words else str(ticket.get_kind_display())
    return AskedAgain(request, answers[-1] if answers else "")


def next_waiting(of: QuerySet[Ticket], *, but: UUID, at: datetime) -> Ticket | None:
    """Return what is due first in a list, after one was answered. A request that rests after a call waits."""
    rows = list(of.filter(state=Ticket.State.OPEN).exclude(pk=but).order_by("due_at", "pk")[:MOST_LOOKED_AT])
    calls = calls_about_requests([row.pk for row in rows])
    return next((row for row in rows if not _rests(calls.get(row.pk, ()), at)), None)


def calls_about_requests(ids: Collection[UUID]) -> Mapping[UUID, Sequence[RequestCall]]:
    """Return the noted calls about requests in sight, by request, the oldest first."""
    if not ids:
        return {}
    with system("calls about requests"):
        return tries.book().calls(ids)


def names_of_request_callers(calls: Mapping[UUID, Sequence[RequestCall]]) -> dict[int, str]:
    """Return the names of the callers, by account."""
    with system("who called about requests"):
        return people.names_of_accounts({call.account_id for history in calls.values() for call in history})


def _rests(calls: Sequence[RequestCall], at: datetime) -> bool:
    """Return True if the last call asks for another one later."""
    again_at = calls[-1].again_at if calls else None
    return again_at is not None and again_at > at


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request with all its words, for the phone it came from."""

    ticket: Ticket
    lines: Sequence[SaidLine]


def tickets_of_phone(phone_id: UUID, *, with_words: bool = True, limit: int = 20) -> list[OwnRequest]:
    """Return the requests that came from a phone, latest first.

    They are without words where several people share the phone, or where somebody may have mistyped the number in the
    form. The phone is proven in the scope in force.
    """
    if current().phone != phone_id:
        return []
    # An account's own scope hides it: at a desk nobody reads what they asked themselves.
    with scoped(Scope(phone=phone_id)):
        rows = Ticket.objects.filter(phone_id=phone_id).order_by("-opened_at", "pk")[:limit]
        return [
            OwnRequest(
                row,
                [line for line in ticket_lines(row, with_names=False) if line.text]
                if row.is_proven and with_words
                else [],
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class RequestOnBehalf:
    """A request as who asked for it in somebody's name reads it. answer: the office's last words."""

    number: str
    kind: str
    state: str
    is_open: bool
    is_solved: bool
    since: datetime
    answer: str


def asked_for(ids: Collection[UUID]) -> dict[UUID, RequestOnBehalf]:
    """Requests by their ids: what each is about, and what came of it. In a scope that sees them; two queries."""
    rows = list(Ticket.objects.filter(pk__in=ids)) if ids else []
    what = TicketLine.What
    lines = TicketLine.objects.filter(
        ticket__in=rows, what__in=[what.REPLIED, what.DONE], sealed__isnull=False
    )
    answers = {
        line.ticket_id: keyring().unseal(bytes(line.sealed or b""), about=line.ticket_id.bytes).decode()
        for line in (lines.order_by("ticket", "-at", "-pk").distinct("ticket") if rows else ())
    }
    return {
        row.pk: RequestOnBehalf(
            row.number,
            str(row.get_kind_display()),
            str(row.get_state_display()),
            row.state == Ticket.State.OPEN,
            row.state == Ticket.State.SOLVED,
            row.opened_at,
            answers.get(row.pk, ""),
        )
        for row in rows
    }


def open_by_state(ids: Collection[UUID]) -> list[tuple[str, int]]:
    """Count those of some requests that nobody called solved or closed, by state in words. In a system scope."""
    some = Ticket.objects.filter(pk__in=ids, state__in=(Ticket.State.OPEN, Ticket.State.DONE))
    counts = dict(some.order_by().values_list("state").annotate(n=Count("pk")))
    return [(str(state.label), counts[state]) for state in Ticket.State if counts.get(state)]


def places_of_phone(phone: str, *, limit: int = 3) -> list[int]:
    """Units where the people of a phone live, else what its last requests were about, as far as the caller's scope sees
    them. Nothing for what is no number."""
    number = phones.parse(phone)
    if number is None:
        return []
    phone_id = keyring().phone_id(number)
    if homes := people.units_of_phone(phone_id):
        return homes[:limit]
    before = Ticket.objects.filter(phone_id=phone_id).order_by("-opened_at").values_list("unit_id", flat=True)
    return list(dict.fromkeys(before[:limit]))


def merged_into(ticket: Ticket) -> Ticket | None:
    """The request this one is part of."""
    return Ticket.objects.filter(pk=ticket.merged_into).first() if ticket.merged_into else None


def merged_here(ticket: Ticket, *, limit: int = 10) -> list[Ticket]:
    """Requests that are part of this one now, in the caller's scope."""
    return list(Ticket.objects.filter(phone_id=ticket.phone_id, merged_into=ticket.pk)[:limit])


def same_phone(ticket: Ticket, *, limit: int = 10) -> list[Ticket]:
    """Other requests of the same phone in the caller's scope, latest first."""
    others = Ticket.objects.filter(phone_id=ticket.phone_id).exclude(pk=ticket.pk)
    return list(others.order_by("-opened_at", "pk")[:limit])


_ABOVE = """select a.unit_id from units_placement d join units_placement a on a.hierarchy = d.hierarchy
 and a.lo <= d.lo and d.lo < a.hi where d.unit_id = %s and d.lo is not null"""


def _line(unit_id: int) -> RawSQL:
    return RawSQL(_ABOVE, [unit_id])  # noqa: S611  # the unit is a parameter


def ready_for(ticket: Ticket) -> list[ReadyAnswer]:
    """Texts to answer a request with, in the person's language: of its kind first, of its desk before those above."""
    rows = ReadyAnswer.objects.filter(
        unit_id__in=_line(ticket.desk_id),
        language=ticket.language,
        kind__in=["", ticket.kind],
        is_used=True,
    )
    return list(rows.order_by("-kind", "made_at", "pk")[:MOST_READY])


def ready_around(unit_id: int, span: tuple[int, int]) -> QuerySet[ReadyAnswer]:
    """Texts of a unit, of those above it, which it uses too, and of those below it."""
    return ReadyAnswer.objects.filter(Q(unit_id__in=_line(unit_id)) | Q(unit_id__in=units.within(span)))


def ready(ident: UUID) -> ReadyAnswer:
    """One of them. NotFound."""
    return or_refuse(ReadyAnswer.objects.filter(pk=ident).first())


def desks_of(viewer: Viewer) -> Desks:
    """Return what the viewer's own offices answer."""
    return Desks(
        frozenset(seat.unit_id for seat in viewer.appointments if ANSWER in seat.capabilities),
        frozenset((seat.unit_id, seat.office) for seat in viewer.appointments if NAMED in seat.capabilities),
    )


def ticket_called(number: str) -> list[Ticket]:
    """The request of this number, if it is in the caller's scope."""
    return list(Ticket.objects.filter(of_others(), number=number)[:2])


@dataclass(frozen=True, slots=True)
class RequestLevel:
    """Requests of one kind of unit, by the desk they first came to. raised: that desks of this kind handed up, late.
    Times in hours: half are faster than the median, nine in ten faster than the other; None where too few."""

    kind: str
    opened: int
    waiting: int
    overdue: int
    raised: int
    done: int
    counted: int
    confirmed: int
    first_median_h: float | None
    first_most_h: float | None
    end_median_h: float | None
    end_most_h: float | None


_TIMES = f"""
    with t as (
      select t.*, u.kind as level, extract(epoch from t.answered_at - t.opened_at) / 3600 as first_h,
        extract(epoch from coalesce(t.solved_at, t.closed_at) - t.opened_at) / 3600 as end_h
      from helpdesk_ticket t join units_unit u on u.id = coalesce(t.came_id, t.desk_id)
      where t.state not in ('merged', 'quiet') and t.opened_at >= %(since)s and exists (
        select from units_placement p where p.unit_id = t.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s)),
    up as (
      select u.kind as level, count(*) as raised from t join helpdesk_ticket_line l on l.ticket_id = t.id
      join units_unit u on u.id = l.from_id where l.what = 'raised' group by 1)
    select level, count(t.id), count(*) filter (where state = 'open'),
      count(*) filter (where state = 'open' and due_at < %(at)s), coalesce(max(up.raised), 0), count(done_at),
      count(*) filter (where closed_at is not null or solved_at is not null), count(solved_at),
      case when count(first_h) >= {SMALL} then percentile_cont(0.5) within group (order by first_h) end,
      case when count(first_h) >= {SMALL} then percentile_cont(0.9) within group (order by first_h) end,
      case when count(end_h) >= {SMALL} then percentile_cont(0.5) within group (order by end_h) end,
      case when count(end_h) >= {SMALL} then percentile_cont(0.9) within group (order by end_h) end
    from t full join up using (level) group by level
"""  # a number of ours


def answer_times(span: tuple[int, int], *, days: int, at: datetime) -> list[RequestLevel]:
    """How long requests of the last days took, by the level they came to. In the caller's scope; one query."""
    lo, hi = span
    values = {"since": at - timedelta(days=days), "lo": lo, "hi": hi, "at": at}
    return sql.each(RequestLevel, _TIMES, values)


def place_of_pin(pin: str) -> int | None:
    """The smallest unit that holds all places of a PIN code."""
    places = units.by_pin(pin)
    if len(places) < 2:
        return places[0].id if places else None
    tree = Hierarchy.ORGANISATIONAL
    ways = [
        [step.id for step in way]
        for way in units.paths_of_units([place.id for place in places], tree).values()
    ]
    shared = [steps[0] for steps in zip(*ways, strict=False) if len(set(steps)) == 1] if ways else []
    return shared[-1] if shared else None
