"""Reads of what waits for a human eye: entries without a place, calls that name nobody. In the caller's scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Taken
from abhiyan.enrolment.rules.paper_forms import sheets_to_enter_sql
from abhiyan.people.models import Double

from .people import Mark, Member, members_on

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Narrowed:
    """How a queue is narrowed and ordered.

    span: of a unit; only its entries and those below. An entry without a place is at the unit it joined, a call
    without a name at the home of a member of its phone.
    """

    channel: int | None = None
    since: date | None = None
    until: date | None = None
    span: tuple[int, int] | None = None
    newest_first: bool = False


_ALL = Narrowed()


# A call has only the drive's own place: its possible members have their own.
_MAY_LIVE_THERE = (
    "exists (select 1 from enrolment_membership h join units_placement x on x.unit_id = h.unit_id"
    " where h.phone_id = c.phone_id and h.merged_into is null and h.ended_on is null"
    " and x.lo >= %s and x.lo < %s)"
)
_STANDS_THERE = (
    "exists (select 1 from units_placement x where x.unit_id = c.unit_id and x.lo >= %s and x.lo < %s)"
)


def _queued(narrowed: Narrowed, within: str, after: Mark | None, limit: int) -> tuple[str, list[Any]]:
    """Return the rest of a query of claims `c`: its conditions, and the page that begins after a mark (at,
    public id). within: whether one is of the unit asked for."""
    way, order = ("<", "desc") if narrowed.newest_first else (">", "asc")
    conditions: list[tuple[str, list[Any]]] = []
    if narrowed.channel is not None:
        conditions.append(("c.channel = %s", [narrowed.channel]))
    if narrowed.since is not None:
        conditions.append(("c.day >= %s", [narrowed.since]))
    if narrowed.until is not None:
        conditions.append(("c.day <= %s", [narrowed.until]))
    if narrowed.span is not None:
        conditions.append((within, [*narrowed.span]))
    if after is not None:
        conditions.append((f"(c.at, c.public_id) {way} (%s, %s)", [*after]))
    where = "".join(f" and {condition}" for condition, _params in conditions)
    params = [param for _condition, params in conditions for param in params]
    return f"{where} order by c.at {order}, c.public_id {order} limit %s", [*params, limit]


@dataclass(frozen=True, slots=True)
class UnplacedClaim:
    """A member's claim whose place is not known yet. said: what the person told of their place; "" if nothing."""

    public_id: UUID
    member: UUID
    name: str | None
    last4: str
    channel: int
    day: date
    at: datetime
    by: UUID
    phone_id: UUID
    unit_id: int
    said: str


def unplaced_claims(
    narrowed: Narrowed = _ALL, *, after: Mark | None = None, limit: int = PER_PAGE
) -> list[UnplacedClaim]:
    """Return claims without a place of current members in scope, oldest first unless told: an index of just these."""
    rest, params = _queued(narrowed, _STANDS_THERE, after, limit)
    return sql.each(
        UnplacedClaim,
        'select c.public_id, m.public_id, p.name, f.last4, c.channel, c.day, c.at, c."by", c.phone_id, c.unit_id,'
        " trim(coalesce(w.pin, '') || ' ' || coalesce(w.place, ''))"
        " from enrolment_claim c join enrolment_membership m on m.id = c.membership_id"
        " join people_person p on p.id = m.person_id join people_phone f on f.id = c.phone_id"
        " left join enrolment_whereabout w on w.claim = c.public_id"
        f" where not c.is_placed and c.membership_id is not null and c.taken in ({_OPENERS})"
        f" and m.ended_on is null{rest}",
        params,
    )


_OPENERS = f"{Taken.JOINED.value}, {Taken.RENEWED.value}, {Taken.WAITS.value}"


@dataclass(frozen=True, slots=True)
class Suggested:
    """A place a claim may belong to: somebody on its phone is at home there."""

    unit_id: int
    code: str
    names: dict[str, str]

    def name(self, language: str = "") -> str:
        return name_in_language(self.names, language)


def suggestions(waiting: Sequence[UnplacedClaim]) -> dict[UUID, list[Suggested]]:
    """Return by claim the places it may belong to, by one query for the whole page; three at most."""
    suggested_by_id: dict[UUID, list[Suggested]] = {
        unplaced_claim.public_id: [] for unplaced_claim in waiting
    }
    if not waiting:
        return suggested_by_id
    by_phone: dict[UUID, list[Suggested]] = {}
    for phone_id, unit, code, names_, _n in sql.rows(
        "select c.phone_id, u.id, u.code, u.names, count(*) from enrolment_claim c"
        " join units_unit u on u.id = c.unit_id"
        " where c.phone_id = any(%s) and c.is_placed group by 1, 2, 3, 4 order by count(*) desc limit 500",
        [list({unplaced_claim.phone_id for unplaced_claim in waiting})],
    ):
        by_phone.setdefault(phone_id, []).append(Suggested(unit, code, names_))
    for claim in waiting:
        suggested_by_id[claim.public_id] = by_phone.get(claim.phone_id, [])[:3]
    return suggested_by_id


@dataclass(frozen=True, slots=True)
class Nameless:
    """A claim on a phone of several people that names none of them, with the current members it may be."""

    public_id: UUID
    channel: int
    day: date
    at: datetime
    last4: str
    phone_id: UUID
    candidates: tuple[Member, ...] = ()


# Nobody decides about a phone all of whose members have left.
_SOMEBODY_STAYS = (
    "not coalesce((select bool_and(s.ended_on is not null) from enrolment_membership s"
    " where s.phone_id = c.phone_id and s.merged_into is null), false)"
)


def nameless_claims(
    narrowed: Narrowed = _ALL, *, after: Mark | None = None, limit: int = PER_PAGE
) -> list[Nameless]:
    """Return such claims in scope, oldest first unless told, each with the current members of its phone; two
    queries."""
    return _nameless(f" and {_SOMEBODY_STAYS}", *_queued(narrowed, _MAY_LIVE_THERE, after, limit))


def nameless_claim(public_id: UUID) -> Nameless | None:
    """Return one such claim in scope; None where there is none, or where it has been settled."""
    return next(iter(_nameless("", " and c.public_id = %s", [public_id])), None)


def _nameless(where: str, rest: str, params: Sequence[Any]) -> list[Nameless]:
    nameless_entries = sql.each(
        Nameless,
        "select c.public_id, c.channel, c.day, c.at, f.last4, c.phone_id from enrolment_claim c"
        " join people_phone f on f.id = c.phone_id"
        f" where c.taken = {Taken.WORKLIST.value} and c.membership_id is null{where}{rest}",
        params,
    )
    on_phone: dict[UUID, list[Member]] = {}
    for member in members_on({nameless_entry.phone_id for nameless_entry in nameless_entries}):
        on_phone.setdefault(member.phone_id, []).append(member)
    return [
        replace(nameless_entry, candidates=tuple(on_phone.get(nameless_entry.phone_id, ())))
        for nameless_entry in nameless_entries
    ]


@dataclass(frozen=True, slots=True)
class AwaitingCounts:
    """The numbers of what waits: claims of `unplaced_claims` and of `nameless_claims`, open pairs of possible
    duplicates.

    sheets: photographed, and no list has brought them. cards: members who asked for a printed one.
    """

    unplaced: int
    nameless: int
    pairs: int
    sheets: int
    cards: int


def waiting_counts(limit: int = 1_000, *, before: datetime | None = None) -> AwaitingCounts:
    """Count what waits in scope, each kind up to a limit, by one query.

    before: of calls, pairs, sheets and cards, count only what waits since then.
    """
    (awaiting_counts,) = sql.each(
        AwaitingCounts,
        "select (select count(*) from (select 1 from enrolment_claim c"
        " join enrolment_membership m on m.id = c.membership_id where not c.is_placed"
        f" and c.membership_id is not null and c.taken in ({_OPENERS}) and m.ended_on is null"
        " limit %(limit)s) a),"
        " (select count(*) from (select 1 from enrolment_claim c where c.membership_id is null"
        f" and c.taken = {Taken.WORKLIST.value} and {_SOMEBODY_STAYS}"
        " and c.at < %(before)s::timestamptz limit %(limit)s) b),"
        " (select count(*) from (select 1 from people_double d where d.state = %(open)s"
        " and d.found_at < %(before)s::timestamptz limit %(limit)s) c),"
        f" (select count(*) from ({sheets_to_enter_sql()} limit %(limit)s) d),"
        " (select count(*) from (select 1 from enrolment_card_wanted w"
        " join enrolment_membership m on m.public_id = w.member where w.printed_at is null and m.ended_on is null"
        " and m.merged_into is null and w.asked_at < %(before)s::timestamptz limit %(limit)s) e)",
        {"limit": limit, "open": Double.State.OPEN, "before": before or "infinity"},
    )
    return awaiting_counts


def unplaced_of(
    programme_ids: Sequence[int], span: tuple[int, int], *, limit: int
) -> tuple[int, datetime | None]:
    """Count the claims of `unplaced_claims` of some drives in scope below a unit, up to a limit; add the time of the
    oldest."""
    n, oldest = sql.row(
        "select count(*), min(at) from (select c.at from enrolment_claim c"
        " join enrolment_membership m on m.id = c.membership_id where not c.is_placed"
        f" and c.membership_id is not null and c.taken in ({_OPENERS}) and m.ended_on is null"
        f" and c.programme_id = any(%s) and {_STANDS_THERE} limit %s) a",
        [list(programme_ids), *span, limit],
    )
    return n, oldest


def claim_unit(public_id: UUID) -> int:
    """Return the unit of a claim in scope, for asking who may decide about it. NotFound."""
    return int(
        or_refuse(
            sql.value(
                "select unit_id from enrolment_claim where public_id = %s and ((taken = %s and membership_id is null)"
                f" or (not is_placed and membership_id is not null and taken in ({_OPENERS})))",
                [public_id, Taken.WORKLIST.value],
            )
        )
    )
