"""Reads of requests: what the list shows, one with its words, a phone's own, what waits at a desk, times by level."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .models import Helpline, Ticket, TicketLine
from .rules import tickets as rules

ANSWER = "helpdesk.answer"
SMALL = 10  # of fewer no times are shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for. desks: only what these units have to answer."""

    state: str = ""
    kind: str = ""
    text: str = ""
    unit: tuple[int, int] | None = None  # a unit and the hierarchy it is looked at in
    desks: Collection[int] | None = None
    programme_id: int = 0


def tickets(wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """Requests in the caller's scope; to be ordered and paged. text: a number, a phone, or its last four digits."""
    found = Ticket.objects.all()
    if wanted.state == "late":
        found = found.filter(state=Ticket.State.OPEN, due_at__lt=at)
    elif wanted.state and wanted.state != "all":
        found = found.filter(state=wanted.state)
    elif not wanted.state:
        found = found.filter(state=Ticket.State.OPEN)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.programme_id:
        found = found.filter(programme_id=wanted.programme_id)
    if wanted.desks is not None:
        found = found.filter(desk_id__in=wanted.desks)
    if wanted.unit is not None:
        found = found.filter(unit_id__in=units.below(*wanted.unit))
    if wanted.text:
        found = found.filter(_called(wanted.text))
    return found


def _called(text: str) -> Q:
    digits = text.strip()
    if len(digits) == 4 and digits.isascii() and digits.isdecimal():
        return Q(last4=digits)
    if phone := phones.parse(text):
        return Q(phone_id=keyring().phone_id(phone))
    number = rules.read_number(text)
    return Q(number=number) if number else Q(pk__in=[])


def ticket_for(ident: UUID) -> Ticket:
    """One in the caller's scope. NotFound."""
    return needed(Ticket.objects.filter(pk=ident).first())


@dataclass(frozen=True, slots=True)
class Said:
    """One line, with its words, who wrote it and where it went."""

    line: TicketLine
    text: str
    who: str
    unit_id: int | None


def lines_of(ticket: Ticket, *, with_names: bool = True) -> list[Said]:
    """What was said and done, the oldest first. In the caller's scope."""
    found = list(TicketLine.objects.filter(ticket=ticket).order_by("at", "pk")[:200])
    names: dict[int, str] = {}
    if with_names:
        with system("names of who answered"):
            names = people.names_of({one.account_id for one in found if one.account_id})
    return [
        Said(
            one,
            keyring().unseal(bytes(one.sealed), about=ticket.pk.bytes).decode() if one.sealed else "",
            names.get(one.account_id or 0, ""),
            one.unit_id,
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Own:
    """A request with all its words, for the phone it came from."""

    ticket: Ticket
    lines: Sequence[Said]


def own(phone_id: UUID, *, with_words: bool = True, limit: int = 20) -> list[Own]:
    """What came from a phone, latest first; without the words where several people share it, or where somebody may
    have mistyped the number in the form. In its own scope."""
    rows = Ticket.objects.filter(phone_id=phone_id).order_by("-opened_at", "pk")[:limit]
    return [
        Own(
            row,
            [one for one in lines_of(row, with_names=False) if one.text]
            if row.is_proven and with_words
            else [],
        )
        for row in rows
    ]


def merged_into(ticket: Ticket) -> Ticket | None:
    """The request this one is part of."""
    return Ticket.objects.filter(pk=ticket.merged_into).first() if ticket.merged_into else None


def same_phone(ticket: Ticket, *, limit: int = 10) -> list[Ticket]:
    """Other requests of the same phone in the caller's scope, latest first."""
    others = Ticket.objects.filter(phone_id=ticket.phone_id).exclude(pk=ticket.pk)
    return list(others.order_by("-opened_at", "pk")[:limit])


def desks_of(viewer: Viewer) -> set[int]:
    """The units whose requests the viewer's own offices answer."""
    return {held.unit_id for held in viewer.appointments if ANSWER in held.capabilities}


def waiting(desks: Collection[int], *, at: datetime, limit: int) -> tuple[int, int, int, datetime | None]:
    """Of what these desks have to answer: how many, how many are overdue, how many came up from below, the first due.
    Counted up to a limit, in the caller's scope."""
    rows = Ticket.objects.filter(desk_id__in=desks, state=Ticket.State.OPEN).order_by("due_at")
    found = list(rows.values_list("due_at", "raised")[:limit])
    return (
        len(found),
        sum(due < at for due, _raised in found),
        sum(raised > 0 for _due, raised in found),
        found[0][0] if found else None,
    )


@dataclass(frozen=True, slots=True)
class Level:
    """Requests of one kind of unit, by the desk that had them last. Times in hours: half are faster than the median,
    nine in ten faster than the other; None where too few."""

    kind: str
    opened: int
    waiting: int
    overdue: int
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
      from helpdesk_ticket t join units_unit u on u.id = t.desk_id
      where t.state <> 'merged' and t.opened_at >= %(since)s and exists (
        select from units_placement p where p.unit_id = t.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s))
    select level, count(*), count(*) filter (where state = 'open'),
      count(*) filter (where state = 'open' and due_at < %(at)s), count(done_at),
      count(*) filter (where closed_at is not null or solved_at is not null), count(solved_at),
      case when count(first_h) >= {SMALL} then percentile_cont(0.5) within group (order by first_h) end,
      case when count(first_h) >= {SMALL} then percentile_cont(0.9) within group (order by first_h) end,
      case when count(end_h) >= {SMALL} then percentile_cont(0.5) within group (order by end_h) end,
      case when count(end_h) >= {SMALL} then percentile_cont(0.9) within group (order by end_h) end
    from t group by level
"""  # a number of ours


def times(span: tuple[int, int], *, days: int, at: datetime) -> list[Level]:
    """How long requests of the last days took, by the level that had them. In the caller's scope; one query."""
    lo, hi = span
    given = {"since": at - timedelta(days=days), "lo": lo, "hi": hi, "at": at}
    return sql.each(Level, _TIMES, given)


@dataclass(frozen=True, slots=True)
class Desk:
    """Requests of one desk: how many wait, are overdue, and were solved; half were first answered within median_h
    hours, None where too few were."""

    waiting: int
    overdue: int
    solved: int
    median_h: float | None


def desk_of(unit_id: int, *, days: int, at: datetime) -> Desk:
    """What waits at a unit's desk, and what the last days show of it. In a scope that sees it; one query."""
    row = sql.row(
        f"""select count(*) filter (where t.state = 'open'),
          count(*) filter (where t.state = 'open' and due_at < %(at)s), count(t.solved_at),
          case when count(h.first) >= {SMALL} then percentile_cont(0.5) within group (order by h.first) end
        from (select * from helpdesk_ticket where desk_id = %(desk)s and state = 'open'
          union all select * from helpdesk_ticket
          where desk_id = %(desk)s and state not in ('open', 'merged') and opened_at >= %(since)s) t
        cross join lateral (select extract(epoch from t.answered_at - t.opened_at)::float / 3600 as first) h""",
        {"desk": unit_id, "since": at - timedelta(days=days), "at": at},
    )
    return Desk(*row)


def helpline(programme_id: int) -> str:
    """The number of a programme's helpline as people dial it; "" while none is set."""
    row = Helpline.objects.filter(pk=programme_id).first()
    return row.number if row else ""


@dataclass(frozen=True, slots=True)
class Line:
    """The helpline of a programme that runs. number: that of the programme above it, where it has none."""

    programme: str
    slug: str
    number: str


def helplines(about: str = "") -> list[Line]:
    """Of the programmes that run; only that of a drive's word in its address, or of a public id, where there is one.
    For pages of the public; one query. Those above others are told alone: what runs below them is theirs."""
    found = sql.each(
        Line,
        """
        select p.public_id::text, coalesce(d.join_slug, ''), coalesce(h.number, g.number, '')
        from programmes_programme p left join enrolment_drive d on d.programme_id = p.id
        left join helpdesk_helpline h on h.programme_id = p.id
        left join helpdesk_helpline g on g.programme_id = p.parent_id
        where p.state = 'open' and d.programme_id is not null order by p.parent_id nulls first, p.id limit 200
        """,
        {},
    )
    if about and (own := [one for one in found if about in (one.slug, one.programme)]):
        return own
    numbers = {one.number for one in found}
    return found[:1] if len(numbers) == 1 else found


def place_of_pin(pin: str) -> int | None:
    """The smallest unit that holds all places of a PIN code."""
    found = units.by_pin(pin)
    if len(found) < 2:
        return found[0].id if found else None
    tree = Hierarchy.ORGANISATIONAL
    ways = [[step.id for step in way] for way in units.paths([one.id for one in found], tree).values()]
    shared = [steps[0] for steps in zip(*ways, strict=False) if len(set(steps)) == 1] if ways else []
    return shared[-1] if shared else None
