"""Find who is in charge of a programme where, units without anybody, and namings of one's own."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from abhiyan.core import sql
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.imports.models import StagedImport
from abhiyan.messaging.queries import last_reminders, reminded
from abhiyan.org import queries as org
from abhiyan.org.rules.ranges import literal, merged
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.queries.rows import escape_like
from abhiyan.units.rules import fold, levels

from .answered_for import AnsweredFor, accepted_by_measure, answered_for, unit_targets
from .holders import Offices, holders_by_account
from .kinds import IN_PLAY
from .programmes import measures

REMINDER = "in_charge"  # as messaging's table of reminders names it


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """Somebody in charge, with the offices they hold today: a line of the list to publish.

    last4: of the phone, for people who run programmes at the unit, named them or are them; else empty.
    """

    id: int
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_names: dict[str, str]
    account_id: int
    role: str
    state: str
    since: datetime
    is_told: bool
    sees_phone: bool
    reminded_on: date | None = None
    name: str = ""
    last4: str = ""
    offices: Offices = ()

    @property
    def role_name(self) -> str:
        return str(InCharge.Role(self.role).label)

    @property
    def state_name(self) -> str:
        return str(InCharge.State(self.state).label)

    @property
    def kind_name(self) -> str:
        return str(Kind(self.unit_kind).label)


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A unit without somebody in charge; who declined it last, if somebody did.

    reason: theirs, for people who run programmes at the unit, named them or are them; else empty.
    """

    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    above: dict[str, str]
    declined_account: int | None
    declined_at: datetime | None
    reason: str
    declined_by: str = ""

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class ChargeLevel:
    """The units of a kind a programme has below a unit, and how many of them miss somebody in charge."""

    kind: str
    units: int
    missing: int


@dataclass(frozen=True, slots=True)
class OwnCharge:
    """One of somebody's own charges.

    lo: the unit's position in the programme's hierarchy, if it has one. targets: the unit's now; accepted: when they
    accepted. reports_to: who leads the nearest unit above, or empty.
    """

    id: int
    role: str
    state: str
    since: datetime
    unit_code: str
    unit_names: dict[str, str]
    lo: int | None
    programme: Programme
    named_by: str
    unit_id: int
    targets: list[AnsweredFor]
    accepted: list[AnsweredFor]
    reports_to: str

    @property
    def role_name(self) -> str:
        return str(InCharge.Role(self.role).label)

    @property
    def is_open(self) -> bool:
        """Return True if it waits for an answer."""
        return self.state == InCharge.State.NAMED

    @property
    def is_declined(self) -> bool:
        """Return True if they said no, and may still say yes."""
        return self.state == InCharge.State.DECLINED


# Places of a programme at and below a place: whole subtrees of its scope, and the single units above them.
_PLACES = """with recursive own as (
    select sp.parent_id, sp.lo, sp.hi from programmes_scope s
    join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = %(h)s and sp.lo is not null
    where s.programme_id = %(programme)s and sp.lo < %(hi)s and sp.hi > %(lo)s),
  up as (
    select p.parent_id, p.lo from own join units_placement p on p.unit_id = own.parent_id and p.hierarchy = %(h)s
    where p.lo >= %(lo)s
    union
    select p.parent_id, p.lo from up join units_placement p on p.unit_id = up.parent_id and p.hierarchy = %(h)s
    where p.lo >= %(lo)s)
  select greatest(lo, %(lo)s), least(hi, %(hi)s) from own union all select lo, lo + 1 from up"""
# A unit `u` at a place `p` of those: by two comparisons and a search among few ranges, where IN_PLAY asks each time.
# (Of one range it is not asked: the planner takes a search among ranges for a rare match.)
_PLAYS = """p.lo >= %(first)s and p.lo < %(last)s and (%(is_one)s or p.lo <@ %(places)s::int8multirange)
  and (u.closed_on is null or u.closed_on > %(on)s)"""
_HELD = """exists (select from programmes_in_charge i where i.unit_id = p.unit_id and i.programme_id = %(programme)s
  and i.role = %(role)s and i.ended_at is null)"""
# Every name of a unit, as written or by its words as they sound, or its code. The whole names as one text are looked at
# first, at a fifth of the price.
_MATCHING = """ and (%(text)s = '' or u.code ilike %(like)s or (%(is_odd)s or u.names::text ilike %(like)s) and exists (
  select 1 from jsonb_each_text(u.names) one where one.value ilike %(like)s)
  or %(sounds)s::text[] <> '{}'
  and u.id = any(array(select unit_id from units_words where words @> %(sounds)s::text[])))"""
# People who may read why somebody declined, and the last digits of their phone.
_CONCERNS = """(i.named_by = %(viewer)s or i.account_id = %(viewer)s or exists (
  select from units_placement pl where pl.unit_id = i.unit_id and pl.lo <@ %(runs)s::int8multirange))"""
_FEW = (
    20  # a kind that is one unit in so many is found from the top down, not by walking past all the others.
)
_WIDE = 5_000  # units from which on their counts are kept

_Kept = tuple[int, dict[str, int]]
_kept: dict[tuple[int, str, date], _Kept] = {}


def _like(text: str) -> dict[str, Any]:
    text = text.replace("\0", "").strip()[:100]
    like = {"text": text, "like": f"%{escape_like(text)}%", "is_odd": '"' in text or "\\" in text}
    return like | {"sounds": fold.folded_words(text)}


def _reader(viewer: Viewer) -> dict[str, Any]:
    runs = [
        span
        for office in viewer.appointments
        if "programmes.run" in office.capabilities
        for span in office.ranges
    ]
    return {"viewer": viewer.account_id, "runs": literal(runs) if viewer.is_strong else "{}"}


def _places(programme: Programme, lo: int, hi: int) -> dict[str, Any]:
    rows = sql.rows(_PLACES, {"programme": programme.pk, "h": programme.hierarchy, "lo": lo, "hi": hi})
    ranges = [(int(a), int(b)) for a, b in rows]
    whole = merged(ranges)
    return {
        "programme": programme.pk,
        "h": programme.hierarchy,
        "places": literal(whole),
        "is_one": len(whole) == 1,
        "first": min((a for a, _b in whole), default=lo),
        "last": max((b for _a, b in whole), default=lo),
    }


def units_without_charge(
    programme: Programme,
    *,
    lo: int,
    hi: int,
    on: date,
    viewer: Viewer = NOBODY,
    level: str = "",
    role: str = InCharge.Role.IN_CHARGE,
    text: str = "",
    declined: bool = False,
) -> Rows[MissingRow]:
    """Return units of a programme at and below a place [lo, hi) without somebody of a role, in the order of the
    tree.

    level: only units of this kind. text: part of a name or code. A unit is missing too when somebody declined;
    declined: only such units. viewer: who reads it. Counting the rows costs more than a page of them:
    `coverage` knows how many there are of each kind.
    """
    places = _places(programme, lo, hi)
    values = places | _reader(viewer) | _like(text) | {"on": on, "level": level, "role": role, "lo": lo}
    source, said_no = "units_placement p", _SAID_NO if declined else ""
    if level:
        counts = _in_play(places, on)
        if counts.get(level, 0) * _FEW < sum(counts.values()):
            source = _DOWN
            values["down_to"] = _kinds_down_to(programme.hierarchy, level)
    return Rows(
        """u.id, u.code, u.kind, u.names,
          coalesce((select a.names from units_unit a where a.id = p.parent_id), '{}'::jsonb),
          d.account_id, d.answered_at, coalesce(d.reason, '')""",
        f"""from {source} join units_unit u on u.id = p.unit_id
          left join lateral (
            select i.account_id, i.answered_at, case when {_CONCERNS} then i.reason end as reason
            from programmes_in_charge i
            where i.unit_id = p.unit_id and i.programme_id = %(programme)s and i.role = %(role)s
              and i.state = 'declined'
            order by i.answered_at desc limit 1) d on true
          where {_PLAYS} and (%(level)s = '' or u.kind = %(level)s) and not {_HELD}{_MATCHING}{said_no}""",
        values,
        orders={"tree": ("p.lo",)},
        make=MissingRow,
        finish=_with_decliners,
    )


@dataclass(frozen=True, slots=True)
class LeadersToName:
    """Units of a level without an in-charge. leaders: unit -> account of who leads it.

    vacant: nobody leads so many units. declined: so many leaders said no there.
    """

    leaders: dict[int, int]
    vacant: int
    declined: int


def leaders_to_name(programme: Programme, unit_id: int, kind: str, *, on: date) -> LeadersToName:
    """Return who can be named in every unit of a kind below a unit. In the caller's scope."""
    span = units.spans([unit_id], programme.hierarchy).get(unit_id)
    lacking = units_without_charge(programme, lo=span[0], hi=span[1], on=on, level=kind) if span else None
    rows = list(lacking.each()) if lacking is not None else []
    found = org.ask_leaders_of([row.unit_id for row in rows], on=on)() if rows else {}
    leaders = {row.unit_id: found[row.unit_id].account_id for row in rows if row.unit_id in found}
    said_no = {row.unit_id for row in rows if leaders.get(row.unit_id, 0) == row.declined_account}
    return LeadersToName(
        {unit: account for unit, account in leaders.items() if unit not in said_no},
        len(rows) - len(leaders),
        len(said_no),
    )


def charges_told(programme: Programme, unit_id: int) -> QuerySet[InCharge]:
    """Return charges in and below a unit that people got notice of and did not answer."""
    span = units.spans([unit_id], programme.hierarchy).get(unit_id)
    if span is None or programme.state != Programme.State.OPEN:
        return InCharge.objects.none()
    return InCharge.objects.filter(
        programme=programme,
        state=InCharge.State.NAMED,
        ended_at=None,
        told_at__isnull=False,
        unit__closed_on=None,
        unit__in=units.within(span),
    )


def charges_to_remind(programme: Programme, unit_id: int, *, on: date) -> QuerySet[InCharge]:
    """Return charges in and below a unit without an answer, of people whose last message is of an earlier day.

    People without a phone that we keep are left out: they never got a message.
    """
    begins = datetime.combine(on, time(), ZoneInfo(settings.TIME_ZONE))
    waiting = charges_told(programme, unit_id).filter(told_at__lt=begins)
    return waiting.exclude(reminded(REMINDER, "pk", day=on)).order_by("pk")


@dataclass(frozen=True, slots=True)
class NamedTogether:
    """One act that named the leaders of a level. n: charges that still hold."""

    together: UUID
    n: int
    named_at: datetime


def named_together(programme: Programme, by: int | None) -> list[NamedTogether]:
    """Return the last acts by which an account named leaders of a level, while some charges hold."""
    rows = (
        InCharge.objects.filter(programme=programme, named_by=by, ended_at=None)
        .exclude(together=None)
        .values_list("together")
        .annotate(n=Count("pk"), named_at=Max("named_at"))
        .order_by("-named_at")[:3]
    )
    return [NamedTogether(*row) for row in rows]


def last_declined(programme: Programme, *, lo: int | None, on: date) -> MissingRow | None:
    """Return who declined last to be in charge of the unit at a position; None where somebody is, or nobody was
    asked."""
    rows = [] if lo is None else units_without_charge(programme, lo=lo, hi=lo + 1, on=on)[:1]
    return next((row for row in rows if row.declined_at), None)


_SAID_NO = """ and p.unit_id in (select n.unit_id from programmes_in_charge n
            where n.programme_id = %(programme)s and n.role = %(role)s and n.state = 'declined')"""
# Placements from a node down to a rare kind, without a look at what is below it.
_DOWN = """(with recursive down as (
    select p.unit_id, p.parent_id, p.lo, u.kind from units_placement p join units_unit u on u.id = p.unit_id
    where p.lo = %(lo)s
    union all
    select c.unit_id, c.parent_id, c.lo, u.kind from down
    join units_placement c on c.parent_id = down.unit_id and c.hierarchy = %(h)s and c.lo is not null
    join units_unit u on u.id = c.unit_id and u.kind = any(%(down_to)s)
    where down.kind <> %(level)s)
  select unit_id, parent_id, lo from down) p"""


def _kinds_down_to(hierarchy: int, kind: str) -> list[str]:
    deepest = levels.level_of_kind(hierarchy, kind)
    return [
        level_kind
        for level_kind in levels.placed_kinds(hierarchy)
        if deepest is not None and (levels.level_of_kind(hierarchy, level_kind) or 0) <= deepest
    ]


def _with_decliners(rows: list[MissingRow]) -> list[MissingRow]:
    holders = holders_by_account(row.declined_account for row in rows if row.declined_account is not None)
    return [
        replace(row, declined_by=holders[row.declined_account].name)
        if row.declined_account in holders
        else row
        for row in rows
    ]


def charges(
    programme: Programme,
    *,
    lo: int,
    hi: int,
    on: date,
    viewer: Viewer = NOBODY,
    level: str = "",
    role: str = "",
    text: str = "",
    state: str = "",
) -> Rows[ChargeRow]:
    """Return who is in charge at and below a place [lo, hi), with offices: in the order of the tree, in-charges
    first.

    level: only units of this kind. role: only these. text: part of the unit's name or code. state: only these
    answers. viewer: who reads it.
    """

    def with_people(rows: list[ChargeRow]) -> list[ChargeRow]:
        known = holders_by_account((row.account_id for row in rows), on=on)
        days = last_reminders(REMINDER, [row.id for row in rows])
        rows = [replace(row, reminded_on=days.get(row.id)) for row in rows]
        return [
            replace(row, name=one.name, last4=one.last4 if row.sees_phone else "", offices=one.offices)
            if (one := known.get(row.account_id))
            else row
            for row in rows
        ]

    return Rows(
        f"""i.id, u.id, u.code, u.kind, u.names, i.account_id, i.role, i.state, i.named_at,
          i.told_at is not null, coalesce({_CONCERNS}, false)""",
        f"""from programmes_in_charge i join units_unit u on u.id = i.unit_id
          join units_placement p on p.unit_id = i.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
          where i.programme_id = %(programme)s and i.ended_at is null and (%(level)s = '' or u.kind = %(level)s)
            and (%(role)s = '' or i.role = %(role)s) and (%(state)s = '' or i.state = %(state)s){_MATCHING}""",
        {
            "programme": programme.pk,
            "lo": lo,
            "hi": hi,
            "on": on,
            "level": level,
            "role": role,
            "state": state,
        }
        | _reader(viewer)
        | _like(text),
        orders={"tree": ("p.lo", "i.role desc", "i.named_at", "i.id")},
        make=ChargeRow,
        finish=with_people,
    )


def coverage(
    programme: Programme, *, lo: int, hi: int, on: date, role: str = InCharge.Role.IN_CHARGE
) -> list[ChargeLevel]:
    """Count each kind of unit at and below a place, and the units of it that miss an in-charge; from the top."""
    places = _places(programme, lo, hi)
    counts = _in_play(places, on)
    n_by_kind = dict(
        sql.rows(
            f"""select u.kind, count(distinct i.unit_id) from programmes_in_charge i
        join units_placement p on p.unit_id = i.unit_id join units_unit u on u.id = i.unit_id
        where i.programme_id = %(programme)s and i.role = %(role)s and i.ended_at is null and {_PLAYS}
        group by u.kind""",
            places | {"on": on, "role": role},
        )
    )
    return [
        ChargeLevel(kind, counts[kind], max(0, counts[kind] - n_by_kind.get(kind, 0)))
        for kind in levels.placed_kinds(programme.hierarchy)
        if kind in counts
    ]


def _in_play(places: dict[str, Any], on: date) -> dict[str, int]:
    """Count the open units of each kind that a programme has there.

    Large counts are kept in this process until the tree changes.
    """
    key = (places["h"], places["places"], on)
    version = sql.count(
        "select coalesce(max(version), 0) from units_tree where hierarchy = %s", [places["h"]]
    )
    cached = _kept.get(key)
    if cached is not None and cached[0] == version:
        return cached[1]
    n_by_kind: dict[str, int] = dict(
        sql.rows(
            f"""select u.kind, count(*) from units_placement p join units_unit u on u.id = p.unit_id
        where {_PLAYS} group by u.kind""",
            places | {"on": on},
        )
    )
    if sum(n_by_kind.values()) >= _WIDE:
        if len(_kept) >= 1_000:
            _kept.clear()
        _kept[key] = (version, n_by_kind)
    return n_by_kind


def declined_by(account_id: int) -> QuerySet[InCharge]:
    """Return charges an account declined in open programmes and may still accept: nobody else has the place.

    Nor is the list undone that named them. In a scope that sees who else is in charge.
    """
    there = InCharge.objects.filter(programme=OuterRef("programme"), unit=OuterRef("unit"))
    mine = Q(account_id=account_id)
    return InCharge.objects.filter(
        ~Exists(there.filter(Q(role=OuterRef("role")) | mine, ended_at=None)),
        ~Exists(there.filter(mine, role=OuterRef("role"), pk__gt=OuterRef("pk"))),
        ~Exists(StagedImport.objects.filter(pk=OuterRef("import_id"), state=StagedImport.State.UNDONE)),
        account_id=account_id,
        state=InCharge.State.DECLINED,
        programme__state=Programme.State.OPEN,
    )


def own_charges(account_id: int, *, on: date) -> list[OwnCharge]:
    """Return the charges of an account in programmes that are not over. Charges that wait for an answer come first.

    Charges that they declined and may still accept come last. on: the day of who leads above.
    """
    with system("who is in charge"):
        declined = list(declined_by(account_id).values_list("pk", flat=True)[:200])
    rows = list(
        InCharge.objects.filter(Q(ended_at=None) | Q(pk__in=declined), account_id=account_id)
        .exclude(programme__state=Programme.State.CLOSED)
        .exclude(programme__state=Programme.State.DRAFT)
        .select_related("programme", "unit")
        .order_by("-named_at", "-pk")[:200]
    )
    signed_holders = holders_by_account(in_charge.named_by for in_charge in rows if in_charge.named_by)
    places = {
        hierarchy: units.spans((in_charge.unit_id for in_charge in rows), hierarchy)
        for hierarchy in {in_charge.programme.hierarchy for in_charge in rows}
    }
    names = measures({in_charge.programme for in_charge in rows})
    with system("what those named answer for, and to whom"):
        targets = unit_targets(rows)
        above = {
            (hierarchy, unit_id): name
            for hierarchy in places
            for unit_id, name in _leaders_above(
                {in_charge.unit_id for in_charge in rows if in_charge.programme.hierarchy == hierarchy},
                hierarchy,
                on=on,
            )
        }
    found = [
        OwnCharge(
            in_charge.pk,
            in_charge.role,
            in_charge.state,
            in_charge.named_at,
            in_charge.unit.code,
            in_charge.unit.names,
            places[in_charge.programme.hierarchy].get(in_charge.unit_id, (None,))[0],
            in_charge.programme,
            signed_holders[in_charge.named_by].name if in_charge.named_by in signed_holders else "",
            in_charge.unit_id,
            answered_for(names[in_charge.programme_id], targets[in_charge.programme_id, in_charge.unit_id]),
            answered_for(names[in_charge.programme_id], accepted_by_measure(in_charge)),
            above.get((in_charge.programme.hierarchy, in_charge.unit_id), ""),
        )
        for in_charge in rows
    ]
    return sorted(found, key=lambda own_charge: (not own_charge.is_open, own_charge.is_declined))


def _leaders_above(unit_ids: Collection[int], hierarchy: int, *, on: date) -> Iterator[tuple[int, str]]:
    """Yield a unit with the leaders of the nearest unit above it that has some."""
    paths = units.paths_of_units(sorted(unit_ids), hierarchy)
    above = {unit_id: [row.id for row in path if row.id != unit_id] for unit_id, path in paths.items()}
    leaders = org.ask_leaders_of({unit_above for found in above.values() for unit_above in found}, on=on)()
    for unit_id, found in above.items():
        if nearest := next((leaders[above] for above in reversed(found) if above in leaders), None):
            yield unit_id, nearest.name


def open_charges(account_id: int) -> list[InCharge]:
    """Return the charges of an account in open programmes: the unanswered ones first, then the accepted ones."""
    return list(
        InCharge.objects.filter(
            account_id=account_id,
            ended_at=None,
            state__in=(InCharge.State.NAMED, InCharge.State.ACCEPTED),
            programme__state=Programme.State.OPEN,
        )
        .select_related("programme", "unit")
        .order_by("-state", "named_at", "pk")[:50]
    )


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The people named in charge of a programme below a unit who have not answered.

    units: code and names of those with the longest wait.
    """

    programme: Programme
    n: int
    units: list[tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Declined:
    """In how many units below somebody declined a role of a programme, and nobody took over since."""

    programme: Programme
    n: int
    role: str


def answers_below(
    lo: int, hi: int, *, hierarchy: int, kinds: Sequence[str], on: date, most: int = 5
) -> tuple[list[Unanswered], list[Declined]]:
    """Return who was named below a place at units of these kinds and has not answered, by open programme, with
    `most` units each. Add by role the units there where somebody declined. The most first.

    Units that are closed or out of the programme by now do not count as declined. Two queries, however many
    there are.
    """
    rows = sql.rows(
        f"""with named as (
          select i.id, i.programme_id, i.unit_id, i.role, i.state, i.ended_at, i.named_at, p.lo, u.kind, u.code,
            u.names, i.state = 'declined' and {IN_PLAY.replace("%(programme)s", "i.programme_id")} as in_play
          from programmes_in_charge i
          join programmes_programme r on r.id = i.programme_id and r.state = 'open' and r.hierarchy = %(h)s
          join units_placement p on p.unit_id = i.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
          join units_unit u on u.id = i.unit_id
          where i.state = 'declined' or (i.state = 'named' and i.ended_at is null))
        select programme_id, '', count(*) as n, (array_agg(code order by named_at, id))[1:%(most)s],
          (array_agg(names order by named_at, id))[1:%(most)s]
        from named where state = 'named' and lo > %(lo)s and kind = any(%(kinds)s) group by 1
        union all
        select programme_id, role, count(distinct unit_id), null, null from named
        where state = 'declined' and in_play and not exists (
          select 1 from programmes_in_charge j where j.unit_id = named.unit_id
            and j.programme_id = named.programme_id and j.role = named.role and j.ended_at is null)
        group by 1, 2 order by 3 desc, 1, 2 desc""",
        {"lo": lo, "hi": hi, "h": hierarchy, "kinds": list(kinds), "on": on, "most": most},
    )
    programmes = {
        programme.pk: programme for programme in Programme.objects.filter(pk__in={row[0] for row in rows})
    }
    answers = [(programmes[number], *facts) for number, *facts in rows if number in programmes]
    return (
        [
            Unanswered(programme, n, list(zip(codes, names, strict=True)))
            for programme, role, n, codes, names in answers
            if not role
        ],
        [Declined(programme, n, role) for programme, role, n, _codes, _names in answers if role],
    )
