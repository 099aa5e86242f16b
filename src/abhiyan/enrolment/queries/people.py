"""Reads about members: one's own membership, a unit's people, one person.

Everything here runs in the caller's scope: the policies decide who is in sight; the filters only keep it quick.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.models import CardWanted, Claim, Membership, Roll, Taken
from abhiyan.enrolment.rules import endings, names, rolls
from abhiyan.enrolment.rules.number import public_ids
from abhiyan.enrolment.rules.rolls import RollKind
from abhiyan.enrolment.rules.terms import last_day
from abhiyan.messaging import queries as messaging
from abhiyan.org import queries as org
from abhiyan.people import phones
from abhiyan.people import queries as known
from abhiyan.people.rules.called import is_called
from abhiyan.programmes.models import Rung

from .terms import LATEST, TERM

MOST_LEAVES = 2_000  # of a unit whose people are listed at once; above it a smaller unit is to be chosen
PER_PAGE = 50
MOST_OF_ONE = 200  # claims and messages shown of one person


@dataclass(frozen=True, slots=True)
class Member:
    """A membership with its person and its latest term. rung: programmes.Rung.

    is_withheld: the person has left and the reader is an office: name, year of birth and phone are empty.
    has_left: the same, as the phone itself reads it.
    """

    id: UUID
    public_id: UUID
    phone_id: UUID
    person_id: UUID
    last4: str
    name: str | None
    birth_year: int | None
    language: str
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_names: dict[str, str]
    roll: str
    roll_names: dict[str, str]
    programme_id: int
    term: int
    rung: int
    channel: int
    kind: int
    day: date
    at: datetime
    ended_at: datetime | None
    end_reason: str
    is_struck: bool
    enrolment_id: UUID
    ended_on: date | None
    is_withheld: bool
    has_left: bool

    def unit_name(self, language: str = "") -> str:
        return name_in_language(self.unit_names, language)

    def roll_name(self, language: str = "") -> str:
        return name_in_language(self.roll_names, language)

    @property
    def said(self) -> RollKind:
        """Return the words of the roll they are on."""
        return rolls.of_roll(self.roll)

    @property
    def is_current(self) -> bool:
        return self.ended_at is None

    @property
    def has_run_out(self) -> bool:
        return self.end_reason == endings.RUN_OUT and not self.has_left

    @property
    def is_merged(self) -> bool:
        """Return True if they are on the roll by another entry."""
        return self.end_reason == endings.MERGED and not self.has_left

    @property
    def is_counted(self) -> bool:
        return self.rung != Rung.UNSIGNED


# The highest rung of a term.
_RUNG = f"case when e.confirmed_at is null then e.rung else {Rung.CONFIRMED} end"
_COLUMNS = (
    "m.id, m.public_id, m.phone_id, m.person_id, coalesce(f.last4, ''), p.name, p.birth_year,"
    f" coalesce(p.language, ''), e.unit_id, u.code, u.kind, u.names, r.code, r.names, e.programme_id, e.term, {_RUNG},"
    " e.channel, e.kind, e.day, e.at, e.ended_at, e.end_reason, m.struck_at is not null, e.id, m.ended_on,"
    " p.id is null, p.left_at is not null"
)
# The policy hides the person who has left. Their phone may still be in sight: somebody else is on it.
_JOINED = (
    " left join people_person p on p.id = m.person_id"
    " left join people_phone f on f.id = m.phone_id and p.id is not null"
    " join units_unit u on u.id = e.unit_id join enrolment_roll r on r.id = m.roll_id"
)
_FROM = f"select {_COLUMNS} from enrolment_membership m {LATEST}{_JOINED}"


def _members(where: str, values: Sequence[Any]) -> list[Member]:
    return sql.each(Member, f"{_FROM} where {where}", values)


def members_on(phone_ids: Iterable[UUID]) -> list[Member]:
    """Return the members on these phones, phone by phone in the order they joined."""
    return _members(
        "m.phone_id = any(%s) and m.merged_into is null and m.ended_on is null order by m.slot",
        [list(phone_ids)],
    )


def memberships_of(phones: Mapping[UUID, UUID]) -> list[Member]:
    """Return the memberships of people (id -> phone), current ones last."""
    return _members(
        "m.phone_id = any(%s) and m.person_id = any(%s) and m.merged_into is null order by m.ended_on",
        [list(phones.values()), list(phones)],
    )


def members_asking(phone_id: UUID) -> list[Member]:
    """Return the members a request from a phone may be about: those on it, and the entries that one on it was merged
    into. A member whose term is over counts too. The caller's scope shows none who has left."""
    there = _members(
        "m.phone_id = %s and m.merged_into is null order by m.ended_on is not null, m.slot", [phone_id]
    )
    with system("entries merged with those on a phone"):
        on_phone = {one.pk for one in known.persons_on(phone_id)}
        merged = {one.pk: one.phone_id for one in known.persons(known.merged_with(on_phone))}
    there += [member for member in memberships_of(merged) if member.phone_id != phone_id] if merged else []
    return [
        member for member in there if member.is_current or (member.has_run_out and not member.is_withheld)
    ]


# One's own membership: in the scope of a proven phone

_NOT_ERASED = " and p.erased_at is null"


def own_memberships(phone_id: UUID) -> list[Member]:
    """Return the memberships on a phone, first slot first. An erased one is never shown.

    Somebody who is on another roll now has that entry.
    """
    members = _members(f"m.phone_id = %s and m.merged_into is null{_NOT_ERASED} order by m.slot", [phone_id])
    living = {told_apart_by(member) for member in members if member.is_current}
    return [
        member
        for member in members
        if member.end_reason != endings.BECAME or told_apart_by(member) not in living
    ]


def own_membership(phone_id: UUID, public_id: UUID) -> Member | None:
    """Return one membership of a phone."""
    return next(
        iter(_members(f"m.phone_id = %s and m.public_id = %s{_NOT_ERASED}", [phone_id, public_id])), None
    )


def matching_members(members: Sequence[Member], *, birth_year: int, name: str) -> list[Member]:
    """Return the members of a phone that fit a second fact: the year, and the name if it is given."""
    matches = [member for member in members if member.birth_year == birth_year]
    if name:
        matches = [
            member
            for member in matches
            if member.name is not None and names.key(member.name) == names.key(name)
        ]
    return matches


def told_apart_by(member: Member) -> tuple[str, int | None]:
    """Return what tells people on one phone apart: as the act does."""
    return names.key(member.name or ""), member.birth_year


def is_phone_known(phone_id: UUID) -> bool:
    """Return True if anything is held under a phone: a member, a call, or a place on a contact list.

    In a system scope.
    """
    return sql.exists(
        "select 1 where exists (select from enrolment_membership where phone_id = %s)"
        " or exists (select from enrolment_claim where phone_id = %s)"
        " or exists (select from contact_entry where phone_id = %s)",
        [phone_id, phone_id, phone_id],
    )


def is_session_over(session: str) -> bool:
    """Return True if the session of a key has ended meanwhile (by a twin of this request)."""
    return sql.exists("select 1 from people_session where key = %s and ended_at is not null", [session])


def join_number(programme_id: int) -> str:
    """Return the number a missed call joins by: the drive's own, that of the open drive above it, or the one of
    all drives.

    "" while there is none. A call to the number above signs for a member of the drive below as well.
    """
    return messaging.our_number("join", programme_id)


# Data held about one person


@dataclass(frozen=True, slots=True)
class MembershipTerm:
    """One term of a membership."""

    term: int
    programme_names: dict[str, str]
    kind: int
    channel: int
    rung: int
    day: date
    unit_names: dict[str, str]
    ended_at: datetime | None
    end_reason: str

    def programme(self, language: str = "") -> str:
        return name_in_language(self.programme_names, language)

    def unit(self, language: str = "") -> str:
        return name_in_language(self.unit_names, language)


@dataclass(frozen=True, slots=True)
class ClaimTold:
    """One claim: when, how it came, and who sent it in."""

    public_id: UUID
    channel: int
    sign: int
    taken: int
    day: date
    at: datetime
    by: UUID
    unit_names: dict[str, str]
    is_placed: bool
    is_own: bool  # of this membership; else of the phone, and nobody's yet

    def unit(self, language: str = "") -> str:
        return name_in_language(self.unit_names, language)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message to the phone, without its words."""

    template: str
    state: str
    at: datetime
    is_kept: bool  # its way out was a file or a terminal of the server: it reached nobody


def membership_terms(membership_id: UUID) -> list[MembershipTerm]:
    """Return the terms of a membership, latest first."""
    return sql.each(
        MembershipTerm,
        f"select e.term, g.names, e.kind, e.channel, {_RUNG}, e.day, u.names, e.ended_at, e.end_reason"
        " from enrolment_enrolment e join programmes_programme g on g.id = e.programme_id"
        " join units_unit u on u.id = e.unit_id where e.id between %s and %s order by e.id desc limit %s",
        [*_terms_of(membership_id), MOST_OF_ONE],
    )


def _terms_of(membership_id: UUID) -> tuple[UUID, UUID]:
    """Return the ids between which the terms of a membership are kept."""
    start = membership_id.bytes[:14]
    return UUID(bytes=start + b"\0\0"), UUID(bytes=start + b"\xff\xff")


def claims(phone_id: UUID, membership_id: UUID) -> list[ClaimTold]:
    """Return the claims of a membership and those of its phone that are nobody's yet, latest first.

    With a new number, a person reads of the old one the entries that opened their terms.
    """
    return sql.each(
        ClaimTold,
        'select c.public_id, c.channel, c.sign, c.taken, c.day, c.at, c."by", u.names, c.is_placed,'
        " c.membership_id is not null from enrolment_claim c join units_unit u on u.id = c.unit_id"
        " where (c.phone_id = %s and (c.membership_id = %s or c.membership_id is null)) or c.id = any(array("
        "select e.claim_id from enrolment_enrolment e where e.id between %s and %s))"
        " order by c.at desc, c.id limit %s",
        [phone_id, membership_id, *_terms_of(membership_id), MOST_OF_ONE],
    )


def senders_of_lists(import_ids: QuerySet[Any]) -> dict[UUID, UUID]:
    """Return the claims in sight that lists brought, each with the public id of the account that wrote it down."""
    return dict(Claim.objects.filter(import_id__in=import_ids).values_list("pk", "by"))


def senders(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return who sent claims in: workers by name, office and unit, channels by name.

    In a system scope: the person concerned may know.
    """
    wanted = list(set(ids))
    offices = org.offices_of(wanted)
    rows = sql.rows(
        "select public_id, name, true from people_account where public_id = any(%s)"
        " union all select public_id, name, false from enrolment_channel_token where public_id = any(%s)",
        [wanted, wanted],
    )
    return {
        public_id: ", ".join(
            [local_person(name) if is_person else name, *map(name_in_language, offices.get(public_id, ()))]
        )
        for public_id, name, is_person in rows
    }


def lasts_until(member: Member) -> date | None:
    """Return the last day of a membership that runs, where its roll has a term. In a scope that sees it."""
    row = sql.row(
        "select r.term_months, r.term_ends_on, r.term_set_on, g.closes_on from enrolment_membership m"
        " join enrolment_roll r on r.id = m.roll_id join programmes_programme g on g.id = m.programme_id"
        " where m.id = %s",
        [member.id],
    )
    if row is None or not member.is_current:
        return None
    months, ends_on, set_on, closes_on = row
    return last_day(joined=member.day, months=months, ends_on=ends_on, set_on=set_on, closes_on=closes_on)


def messages_to_phone(phone_id: UUID) -> list[SentMessage]:
    """Return the messages to a phone, latest first. In the phone's own scope."""
    return sql.each(
        SentMessage,
        "select template, state, coalesce(sent_at, queued_at), state = 'sent' and adapter in ('file', 'console')"
        " from messaging_message where phone_id = %s"
        " order by queued_at desc limit %s",
        [phone_id, MOST_OF_ONE],
    )


# The people of a unit


def member_for(public_id: UUID) -> Member:
    """Return a member in the caller's scope. NotFound."""
    return or_refuse(member_or_none(public_id))


def member_or_none(public_id: UUID) -> Member | None:
    """Return a member in the caller's scope, if there is one."""
    return next(iter(_members("m.public_id = %s", [public_id])), None)


def standing_membership(membership_id: UUID) -> Membership | None:
    """Return a membership that has not ended, by its key. In a system scope."""
    return Membership.objects.filter(pk=membership_id, ended_on=None).first()


def membership_on_phone(public_id: UUID, phone_id: UUID) -> UUID | None:
    """Return the key of a membership, if it is one of this phone."""
    return (
        Membership.objects.filter(public_id=public_id, phone_id=phone_id).values_list("pk", flat=True).first()
    )


def is_on_roll(phone_id: UUID, roll: RollKind) -> bool:
    """Return True if somebody on a phone is on a roll now. In a system scope."""
    theirs = Membership.objects.filter(phone_id=phone_id, merged_into=None, ended_on=None)
    return theirs.filter(roll_id__in=Roll.objects.filter(code=roll.code).values("pk")).exists()


def is_claim_kept(claim_id: UUID) -> bool:
    """Return True if a claim is stored, and its phone was not full."""
    return Claim.objects.filter(pk=claim_id).exclude(taken=Taken.FULL).exists()


def card_holder(public_id: UUID) -> str | None:
    """Return the name on a valid card: of a member whose term runs.

    A merged member is the one they were merged into.
    """
    name = sql.value(
        "select p.name from enrolment_membership o join enrolment_membership m on m.id = coalesce(o.merged_into, o.id)"
        " join people_person p on p.id = m.person_id where o.public_id = %s and m.ended_on is null",
        [public_id],
    )
    return None if name is None else str(name)


def card_wanted(public_id: UUID) -> CardWanted | None:
    """Return the request of a member in scope for a printed card, if there is one."""
    return CardWanted.objects.filter(member=public_id).first()


def waiting_for_card(lo: int, hi: int, *, limit: int, printed_since: datetime | None = None) -> list[Member]:
    """Return members of the units at these positions who asked for a printed card; who asked first comes first.

    printed_since: list members whose card was printed since then instead.
    """
    state = "printed_at is null" if printed_since is None else "printed_at >= %s"
    return _members(
        "m.ended_on is null and m.merged_into is null"
        " and e.unit_id in (select unit_id from units_placement where lo >= %s and lo < %s)"
        f" and m.public_id in (select member from enrolment_card_wanted where {state})"
        " order by (select asked_at from enrolment_card_wanted where member = m.public_id), m.id limit %s",
        [lo, hi, *([printed_since] if printed_since else []), limit],
    )


@dataclass(frozen=True, slots=True)
class PeopleWanted:
    """How a list of people is narrowed and ordered. name: as `is_called` reads it. programmes: ids of those by which
    they joined. claims: the claims that opened their terms."""

    name: str = ""
    programmes: Sequence[int] | None = None
    claims: Sequence[UUID] | None = None
    rung: int | None = None
    channel: int | None = None
    kind: int | None = None
    ended: str = ""  # "" current, "ended", "all"
    since: date | None = None
    oldest_first: bool = False

    @property
    def order(self) -> str:
        return "asc" if self.oldest_first else "desc"


Mark = tuple[datetime, UUID]


_MARGIN = 25  # more of the newest than a page shows: earlier terms and merged entries fall out afterwards.
_LOOKED_THROUGH = 2_000  # of the newest for a name, before every person is read for it.
_MATCHES = 20_000  # of a name looked at: by then it was no rare name, and the newest have been shown
_UNITS = "x as materialized (select unit_id from units_placement where lo >= %s and lo < %s)"


_JOINED_TERMS = """ from e join enrolment_membership m on m.id = e.membership_id and e.term = m.term
 and m.merged_into is null"""


def _listed(order: str) -> str:
    return f"select {_COLUMNS}{_JOINED_TERMS}{_JOINED} order by e.at {order}, e.id {order} limit %s"


def members_below(
    lo: int, hi: int, wanted: PeopleWanted, *, after: Mark | None = None, limit: int = PER_PAGE
) -> list[Member]:
    """Return members of the units at these positions, newest first unless told; begins after a mark (at,
    enrolment id).

    A few of each unit's newest, by its own index, say from which instant on enough of them lie; only those are
    read and joined, and of a unit where most of them are no more than a page needs. The index of words finds a
    rare name; a rare filter reads every term. The oldest are found the same way, from the other end.
    """
    where, params = _conditions(wanted, after)
    order = wanted.order
    within, beyond = ("<=", "infinity") if wanted.oldest_first else (">=", "-infinity")
    unit_terms = f"select * from enrolment_enrolment e where e.unit_id = x.unit_id{where}"
    enough = limit + _MARGIN if not wanted.name else max(limit + _MARGIN, _LOOKED_THROUGH)
    first = (
        f"with {_UNITS}, t as materialized (select y.at from x cross join lateral"
        f" ({unit_terms} order by e.at {order} limit (select 3 + %s / greatest(count(*), 1) from x)) y"
        f" order by y.at {order} offset %s limit 1),"
        f" e as materialized (select z.* from x cross join lateral"
        f" ({unit_terms} and e.at {within} coalesce((select at from t), '{beyond}')"
        f" order by e.at {order}, e.id {order} limit %s) z)"
    )
    values = [lo, hi, *params, 2 * enough, enough - 1, *params, enough]
    if wanted.name:
        return _members_called(lo, hi, wanted, after, limit, newest=(first, values))
    members = sql.each(Member, f"{first} {_listed(order)}", [*values, limit])
    if len(members) >= limit:
        return members
    # Either there are no more, or more fell out than the margin holds.
    everything = (
        f"with {_UNITS}, e as (select z.* from x cross join lateral ({unit_terms}) z) {_listed(order)}"
    )
    return sql.each(Member, everything, [lo, hi, *params, limit])


def count_below(lo: int, hi: int, wanted: PeopleWanted, *, most: int) -> int:
    """Count what `members_below` would list, not asked by name; counted no further than `most`."""
    where, params = _conditions(wanted, None)
    return sql.count(
        f"with {_UNITS} select count(*) from (select 1 from x cross join lateral"
        f" (select * from enrolment_enrolment e where e.unit_id = x.unit_id{where}) e join enrolment_membership m"
        " on m.id = e.membership_id and e.term = m.term and m.merged_into is null limit %s) y",
        [lo, hi, *params, most],
    )


def _conditions(wanted: PeopleWanted, after: Mark | None) -> tuple[str, list[Any]]:
    """Return the condition on a term, as SQL that follows a condition, and its parameters."""
    where = {"ended": " and e.ended_at is not null", "all": ""}.get(wanted.ended, " and e.ended_at is null")
    params: list[Any] = []
    if wanted.rung == Rung.CONFIRMED:
        where += " and e.confirmed_at is not null"
    rung = None if wanted.rung == Rung.CONFIRMED else wanted.rung
    for column, value in (("e.rung", rung), ("e.channel", wanted.channel), ("e.kind", wanted.kind)):
        if value is not None:
            where += f" and {column} = %s"
            params.append(value)
    for column, several in (("e.programme_id", wanted.programmes), ("e.claim_id", wanted.claims)):
        if several is not None:
            where += f" and {column} = any(%s)"
            params.append(list(several))
    if wanted.since is not None:
        where += " and e.day >= %s"
        params.append(wanted.since)
    if after is not None:
        way = ">" if wanted.oldest_first else "<"
        where += f" and e.at {way}= %s and (e.at, e.id) {way} (%s, %s)"
        params += [after[0], *after]
    return where, params


def _members_called(
    lo: int, hi: int, wanted: PeopleWanted, after: Mark | None, limit: int, *, newest: tuple[str, list[Any]]
) -> list[Member]:
    """Return members with a name: among the newest by what they are called, else by the index of words.

    newest: the start of a statement with the newest terms as `e`, and its values. The index has a name a few
    seconds after somebody joined. So the newest are always looked at.
    """
    order = wanted.order
    start, values = newest
    rows = sql.rows(
        f"{start} select e.at, e.id, p.name{_JOINED_TERMS} join people_person p on p.id = m.person_id"
        f" where p.name is not null order by e.at {order}, e.id {order} limit %s",
        [*values, _LOOKED_THROUGH],
    )
    marks = {(at, ident) for at, ident, name in rows if is_called(name, wanted.name)}
    if len(marks) < limit:
        marks |= _indexed(lo, hi, wanted, after, limit)
    ids = [ident for _at, ident in sorted(marks, reverse=not wanted.oldest_first)[:limit]]
    listed = f"with e as (select * from enrolment_enrolment where id = any(%s)) {_listed(order)}"
    return sql.each(Member, listed, [ids, limit]) if ids else []


def _indexed(lo: int, hi: int, wanted: PeopleWanted, after: Mark | None, limit: int) -> set[Mark]:
    """Return the first terms of people whose words have a name: person by person, then their memberships by the
    phone's index.

    `offset 0` keeps the planner to one look by index per person: it cannot guess how rare a name is.
    """
    where, params = _conditions(wanted, after)
    order = wanted.order
    people, phones_ = known.people_called(lo, hi, wanted.name, limit=_MATCHES)
    return set(
        sql.rows(
            "with q as materialized (select * from unnest(%s::uuid[], %s::uuid[]) q(id, phone_id)),"
            " e as materialized (select e.* from q cross join lateral (select m.id, m.term from enrolment_membership m"
            " where m.phone_id = q.phone_id and m.person_id = q.id offset 0) m cross join lateral"
            f" (select e.* from enrolment_enrolment e where e.id = {TERM}{where} offset 0) e)"
            f" select e.at, e.id{_JOINED_TERMS} order by e.at {order}, e.id {order} limit %s",
            [people, phones_, *params, limit + _MARGIN],
        )
    )


def members_by_phone(text: str) -> list[Member] | None:
    """Return members on a whole phone number, in scope, except people who have left; None when the text is no
    phone."""
    number = phones.parse(text)
    if number is None:
        return None
    whose = [keyring().phone_id(number)]
    return _members("m.phone_id = %s and p.id is not null order by m.slot", whose)


def members_by_number(text: str) -> list[Member] | None:
    """Return the member of a member number, in scope; None when the text is none."""
    bounds = public_ids(text)
    if bounds is None:
        return None
    return _members("m.public_id between %s and %s", [*bounds])
