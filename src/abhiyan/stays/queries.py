"""Reads of stays: the places of a programme and their states, free workers nearby, and a worker's own stay."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.core.places import Point
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org.queries.offices import HELD, held_on, offices_of
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import IS_PLACE, is_past, items_by_id, open_programmes_of, programme_by_id
from abhiyan.programmes.rules.items import CONFIRMED_ITEM, WAITING_ITEM
from abhiyan.ui.numbers import grouped
from abhiyan.ui.squares import Shape, Squares
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .models import Stay
from .rules.stays import StayFlaw, StayMark, asked_until
from .words import FLAWS, STATES

KIND = "stays"
REPORT_FORM, REPORT_OF = "stay", "stays.stay"  # the ready form of the report; what its submissions are about
SHAPES = dict(zip(STATES, (Shape.EMPTY, Shape.OPEN, Shape.HALF, Shape.CROSSED, Shape.FULL), strict=True))
FREE_SHOWN = 3  # workers nearby
MOST_OWN = 5  # stays of one worker
LATE_FOR = timedelta(days=8)  # so long after the last day a worker still sends marks and the report

# Places `u` of a programme at `p` within [lo, hi), with their stay `t`. A worker who is there after the last day
# never recorded leaving.
_PLACES = """from programmes_scope s
  join units_placement top on top.unit_id = s.unit_id and top.hierarchy = %(hierarchy)s and top.lo is not null
  join units_placement p on p.hierarchy = %(hierarchy)s and p.lo >= greatest(top.lo, %(lo)s)
    and p.lo < least(top.hi, %(hi)s)
  join units_unit u on u.id = p.unit_id and u.kind in ('booth', 'village', 'ward')
  left join stays_stay t on t.programme_id = s.programme_id and t.unit_id = u.id and t.ended_at is null"""
_STATE = """case when t.id is null then 'empty' when t.flaw <> '' or t.state = 'there' and %(is_over)s then 'doubtful'
  when t.state in ('there', 'done') then t.state else 'assigned' end"""
# Places that are open today, of a window that is over those of its last day; and where somebody stays or stayed.
_OF = f"""where s.programme_id = %(programme)s and (t.state in ('there', 'done')
  or (u.opened_on is null or u.opened_on <= %(on)s) and (u.closed_on is null or u.closed_on > %(on)s)
    and ({IS_PLACE}))"""
# Null where a point is not known.
_KM = """12742 * asin(sqrt(power(sin(radians({b}.lat - {a}.lat) / 2), 2) + cos(radians({a}.lat))
  * cos(radians({b}.lat)) * power(sin(radians({b}.lon - {a}.lon) / 2), 2)))"""


def to_staff(at: datetime) -> list[Programme]:
    """Open programmes of stays that are not over: their places get workers before the first day too."""
    return [programme for programme in open_programmes_of(KIND) if not is_past(programme, at)]


def may_begin(programme: Programme, at: datetime) -> bool:
    """Return whether a stay can still begin. Afterwards offices assign no worker, and we ask no one."""
    until = asked_until(programme.opens_on, programme.closes_on, programme.zone)
    return programme.state == Programme.State.OPEN and at < until


def programme_days(programme: Programme) -> str:
    """The days of a programme in the language in force: 8–10 February."""
    first, last = programme.opens_on, programme.closes_on
    form = "j" if (first.year, first.month) == (last.year, last.month) else "j F"
    return (
        date_format(first, "j F")
        if first == last
        else f"{date_format(first, form)}–{date_format(last, 'j F')}"
    )


def mark_of(kept: dict[str, Any]) -> StayMark:
    """A mark as it is kept."""
    lat, lon, moved = kept["lat"], kept["lon"], kept["clock"]
    return StayMark(
        datetime.fromisoformat(kept["at"]),
        datetime.fromisoformat(kept["stored_at"]),
        (lat, lon) if lat is not None and lon is not None else None,
        kept["accuracy"],
        datetime.fromisoformat(moved) if moved else None,
    )


def _given(programme: Programme, span: tuple[int, int], at: datetime) -> dict[str, Any]:
    values = {"programme": programme.pk, "hierarchy": programme.hierarchy, "places": programme.places}
    values["is_over"] = is_past(programme, at)
    on = min(clock.day_in(programme.zone, at), programme.closes_on)
    return values | {"lo": span[0], "hi": span[1], "on": on}


@dataclass(frozen=True, slots=True)
class StaysBelow(units.BoardUnit):
    """A unit and how many of its places are in each of STATES."""

    empty: int
    assigned: int
    there: int
    doubtful: int
    done: int

    @property
    def parts(self) -> dict[str, int]:
        return {state: getattr(self, state) for state in STATES}

    @property
    def places(self) -> int:
        return sum(self.parts.values())

    @property
    def squares(self) -> Squares:
        return Squares([(SHAPES[state], n) for state, n in self.parts.items() if n])


_COUNTED = f"""select x.lo, {", ".join(f"(x.state = '{state}')::int as {state}" for state in STATES)}
from (select p.lo, {_STATE} as state {_PLACES} {_OF}) x"""


def stays_below(
    programme: Programme, unit_id: int, span: tuple[int, int], *, at: datetime
) -> tuple[StaysBelow, list[StaysBelow]]:
    """Count the states of places in a unit, and in each unit right below it that has places. One query.

    Only for somebody who sees the people there.
    """
    values = _given(programme, span, at)
    with system("stays of a unit, for who sees its people"):
        whole, below = units.unit_board(
            StaysBelow, _COUNTED, values, unit_id=unit_id, hierarchy=programme.hierarchy
        )
    return whole, [row for row in below if row.places]


@dataclass(frozen=True, slots=True)
class FreeWorker:
    """Somebody nearby without a place. km: from their own unit; None where a point is not known."""

    account_id: int
    public_id: UUID
    name: str
    unit: dict[str, str]
    km: float | None

    @property
    def said(self) -> str:
        """Name, unit and distance, to choose from."""
        km = _("%(km)s km") % {"km": grouped(round(self.km))} if self.km is not None else ""
        return " · ".join(filter(None, (local_person(self.name), name_in_language(self.unit), km)))


@dataclass(frozen=True, slots=True)
class StayPlaceRow:
    """One place of a board. gone, why: how the last stay there ended. free: workers nearby, of an empty one.

    waits: its stay waits for a sign.
    """

    unit_id: int
    code: str
    names: dict[str, str]
    above: dict[str, str]
    state: str
    stay_id: UUID | None
    worker: str | None
    worker_id: int | None
    own_state: str | None
    flaw: str | None
    is_confirmed: bool
    waits: bool
    gone: str | None
    why: str | None
    free: Sequence[FreeWorker] = field(default=())

    @property
    def name(self) -> str:
        return name_in_language(self.names)

    @property
    def over(self) -> str:
        """The unit right above."""
        return name_in_language(self.above) if self.above else ""

    @property
    def said(self) -> str:
        """The state in a word."""
        accepted = self.state == "assigned" and self.own_state == Stay.State.ACCEPTED
        return str(Stay.State.ACCEPTED.label if accepted else STATES[self.state][0])

    @property
    def kind(self) -> str:
        """How its badge looks."""
        return STATES[self.state][1]

    @property
    def reason(self) -> str:
        """Why it is empty or doubtful, in words."""
        if self.state == "doubtful":
            return str(FLAWS[StayFlaw(self.flaw)]) if self.flaw else _("departure not known")
        if self.state == "empty":
            how = str(Stay.State(self.gone).label) if self.gone else _("never assigned")
            return f"{how}: {self.why}" if self.why else how
        if self.waits:
            return _("a place is not known: waits for the host’s yes")
        return _("host said yes") if self.is_confirmed else ""

    @property
    def nearest(self) -> str:
        """The nearest free worker."""
        return self.free[0].said if self.free else ""


def place_rows(
    programme: Programme, span: tuple[int, int], *, at: datetime, state: str = "", text: str = ""
) -> Rows[StayPlaceRow]:
    """Places within [lo, hi), the empty first. state: of STATES; text: as units.fitting reads it. Finishing a page
    looks for the free workers near its empty places. In the scope of somebody who sees the people there."""
    more = f" and ({_STATE}) = %(state)s" if state else ""
    fits, params = units.fitting(text)
    more += f" and {fits}" if text else ""
    source = f"""{_PLACES}
  left join units_unit above on above.id = p.parent_id
  left join people_account a on a.id = t.worker_id
  left join programmes_item i on i.id = t.item_id
  left join lateral (select e.state, e.why from stays_stay e where e.programme_id = s.programme_id
    and e.unit_id = u.id and e.ended_at is not null order by e.ended_at desc limit 1) e on t.id is null
 {_OF}{more}"""
    number = f"array_position(array{list(STATES)}::text[], {_STATE})"

    def finish(rows: list[StayPlaceRow]) -> list[StayPlaceRow]:
        free = free_near(programme, [row.unit_id for row in rows if row.state == "empty"], at=at)
        return [replace(row, free=free.get(row.unit_id, ())) for row in rows]

    return Rows(
        f"u.id, u.code, u.names, above.names, {_STATE}, t.id, a.name, t.worker_id, t.state, t.flaw,"
        f" coalesce({CONFIRMED_ITEM}, false), coalesce({WAITING_ITEM}, false), e.state, e.why",
        source,
        _given(programme, span, at) | {"state": state} | params,
        orders={"state": (number, "p.lo"), "place": ("p.lo",)},
        make=StayPlaceRow,
        finish=finish,
        last="u.id",
    )


# Workers `a` with an office at `h` in the mandal (block) of a place `pl`, without a place in this programme.
_FREE = f"""
select pl.unit_id, w.* from units_placement pl join units_unit u on u.id = pl.unit_id
join lateral (select m.lo, m.hi from units_placement m join units_unit k on k.id = m.unit_id
  where m.hierarchy = pl.hierarchy and m.lo <= pl.lo and m.hi > pl.lo
    and k.kind in ('mandal', 'block', 'segment', 'district') order by m.lo desc limit 1) m on true
join lateral (select a.id, a.public_id, a.name, v.names, {_KM.format(a="u", b="v")} as km
  from units_placement h join org_appointment ap on ap.unit_id = h.unit_id and ap.body_id is null and {HELD}
  join org_office o on o.id = ap.office_id and o.capabilities @> array['enrolment.enrol']
  join people_account a on a.id = ap.account_id and a.closed_at is null
  join units_unit v on v.id = h.unit_id
  where h.hierarchy = pl.hierarchy and h.lo >= m.lo and h.lo < m.hi and h.unit_id <> pl.unit_id
    and not exists (select from stays_stay t where t.programme_id = %(programme)s and t.worker_id = a.id
      and (t.ended_at is null or t.unit_id = pl.unit_id))
  order by km nulls last, h.lo, a.id limit %(most)s) w on true
where pl.hierarchy = %(hierarchy)s and pl.lo is not null and pl.unit_id = any(%(units)s)"""


def free_near(
    programme: Programme, unit_ids: Collection[int], *, at: datetime, most: int = FREE_SHOWN
) -> dict[int, list[FreeWorker]]:
    """The nearest free workers of the mandal of each place, who were not there before. One query."""
    on = clock.day_in(programme.zone, at)
    values = {"programme": programme.pk, "hierarchy": programme.hierarchy, "units": list(unit_ids)}
    workers: dict[int, list[FreeWorker]] = {}
    if unit_ids:
        for unit, *row in sql.rows(_FREE, values | {"on": on, "most": most}):
            workers.setdefault(unit, []).append(FreeWorker(*row))
    return workers


def host_before(programme: Programme, unit_id: int) -> tuple[str, str] | None:
    """The host (name, E.164 or empty) whose worker does not come any more. None where the host said no, or nobody was
    assigned. In the scope of somebody who sees the people there."""
    ended = Stay.objects.filter(programme_id=programme.pk, unit_id=unit_id, ended_at__isnull=False)
    stay = ended.order_by("-ended_at").first()
    if stay is None or stay.state == Stay.State.HOST_NO or not (stay.host_name or stay.host_phone):
        return None
    with system("the host of a place that is assigned again"):
        return stay.host_name, people.number_again(stay.host_phone) if stay.host_phone else ""


def places_among(programme: Programme, unit_ids: Collection[int]) -> dict[int, Point | None]:
    """Pick the places of a programme among these units, with their points. In a system scope; one query."""
    rows = sql.rows(
        f"select u.id, u.lat, u.lon {_PLACES} {_OF} and u.id = any(%(units)s)",
        {"programme": programme.pk, "hierarchy": programme.hierarchy, "lo": 0, "hi": 2**62}
        | {"places": programme.places, "units": list(unit_ids), "on": date.max},  # no unit that is closed
    )
    return {unit: (lat, lon) if lat is not None and lon is not None else None for unit, lat, lon in rows}


_CONSTITUENCIES = f"""select x.unit_id, c.unit_id from units_placement x join units_placement c
  on c.hierarchy = x.hierarchy and c.lo <= x.lo and c.hi > x.lo join units_unit k on k.id = c.unit_id
  where x.hierarchy = {Hierarchy.ELECTORAL} and x.lo is not null and k.kind = 'constituency' and x.unit_id = any(%s)"""


def constituencies(unit_ids: Collection[int]) -> dict[int, int]:
    """The constituency of each unit that is in one. One query."""
    return dict(sql.rows(_CONSTITUENCIES, [list(unit_ids)]))


def homes(account_ids: Collection[int], *, on: date) -> dict[int, set[int]]:
    """The units of the offices that each of these holds. In a system scope; one query."""
    units_held: dict[int, set[int]] = {}
    rows = sql.rows(
        f"select ap.account_id, ap.unit_id from org_appointment ap where ap.account_id = any(%(ids)s) and {HELD}",
        {"ids": list(account_ids), "on": on},
    )
    for account, unit in rows:
        units_held.setdefault(account, set()).add(unit)
    return units_held


@dataclass(frozen=True, slots=True)
class HostVisit:
    """The worker, as a host reads about them in the language in force. by: the office that gave us the host's number;
    "" where we do not know it."""

    worker: str
    office: str
    by: str
    is_one_day: bool


def visit_to_host(stay: Stay) -> HostVisit:
    """Say who would stay with a host, and who gave us the host's number. In a system scope."""
    accounts = people.accounts(filter(None, (stay.worker_id, stay.assigned_by)))
    offices = offices_of({holder.public_id for holder in accounts.values()})

    def office(account_id: int | None) -> str:
        account = accounts.get(account_id) if account_id else None
        names = offices.get(account.public_id) if account else None
        return ", ".join(map(name_in_language, names)) if names else ""

    programme = programme_by_id(stay.programme_id)
    worker = accounts.get(stay.worker_id)
    return HostVisit(
        local_person(worker.name) if worker else "",
        office(stay.worker_id),
        office(stay.assigned_by),
        programme.opens_on == programme.closes_on,
    )


def hosts_who_refused(phone_ids: Collection[UUID]) -> set[UUID]:
    """Pick the phones whose host said no to a stay. In a system scope; one query."""
    refused = Stay.objects.filter(host_phone__in=phone_ids, state=Stay.State.HOST_NO)
    return {phone_id for phone_id in refused.values_list("host_phone", flat=True) if phone_id}


def last_before(programme: Programme, span: tuple[int, int]) -> list[Stay]:
    """The stays of the last programme before this one, in the places within [lo, hi) that both have. In a system
    scope; two queries."""
    inside = "t.unit_id in (select unit_id from units_placement where lo >= %(lo)s and lo < %(hi)s)"
    values = {"lo": span[0], "hi": span[1], "opens": programme.opens_on, "own": programme.pk, "kind": KIND}
    last = sql.column(
        f"""select g.id from programmes_programme g where g.kind = %(kind)s and g.id <> %(own)s
        and g.opens_on < %(opens)s and exists (select from stays_stay t where t.programme_id = g.id and {inside})
        order by g.opens_on desc, g.id desc limit 1""",
        values,
    )
    if not last:
        return []
    ids = sql.column(
        f"select t.id from stays_stay t where t.programme_id = %(last)s and t.ended_at is null and {inside}",
        values | {"last": last[0]},
    )
    return list(Stay.objects.filter(pk__in=ids).order_by("unit_id"))


def president_phone(unit_id: int, *, on: date) -> UUID | None:
    """The phone of a booth's president on a day. In a system scope; one query."""
    phones = sql.column(
        f"""select a.phone_id from org_appointment ap join people_account a on a.id = ap.account_id
        join org_office o on o.id = ap.office_id and o.code = 'booth_president'
        where ap.unit_id = %(unit)s and ap.body_id is null and {HELD} order by ap.starts_on desc, ap.id limit 1""",
        {"unit": unit_id, "on": on},
    )
    return phones[0] if phones else None


# Stays `t` around a place: below the unit right above it.
_AROUND = """from units_placement p join units_placement m on m.unit_id = p.parent_id and m.hierarchy = p.hierarchy
  join units_placement q on q.lo >= m.lo and q.lo < m.hi
  join stays_stay t on t.unit_id = q.unit_id and t.programme_id = %(programme)s and t.worker_id <> %(worker)s
  cross join lateral jsonb_each(t.marks) k where p.unit_id = %(unit)s and p.lo is not null"""


def is_elsewhere(stay: Stay, points: Sequence[Point]) -> bool:
    """True where another worker around there made a mark at exactly one of these points. In a system scope; one
    query."""
    return sql.exists(
        f"select {_AROUND} and (k.value->>'lat')::float8 = any(%(lats)s) and exists (select"
        " from unnest(%(lats)s::float8[], %(lons)s::float8[]) x(lat, lon)"
        " where x.lat = (k.value->>'lat')::float8 and x.lon = (k.value->>'lon')::float8)",
        {"programme": stay.programme_id, "worker": stay.worker_id, "unit": stay.unit_id}
        | {"lats": [lat for lat, _lon in points], "lons": [lon for _lat, lon in points]},
    )


@dataclass(frozen=True, slots=True)
class OwnStay:
    """A worker's own stay as its page shows it. item: what is counted, once they arrived."""

    of: Stay
    programme: Programme
    place: str
    above: str
    item: Item | None

    @property
    def is_over(self) -> bool:
        return self.of.ended_at is not None

    @property
    def is_before(self) -> bool:
        return self.of.state in (Stay.State.ASSIGNED, Stay.State.ACCEPTED)

    def is_missed(self, at: datetime) -> bool:
        """Return whether the stay has not begun and cannot begin any more.

        A worker who accepted may arrive on the last day.
        """
        if self.of.state == Stay.State.ASSIGNED:
            return not may_begin(self.programme, at)
        return self.of.state == Stay.State.ACCEPTED and is_past(self.programme, at)


def stays_there(account_id: int, unit_id: int, at: datetime) -> bool:
    """Return whether a worker has a stay in a place that runs or is to come: they may meet people there. In a system
    scope."""
    rows = Stay.objects.filter(worker_id=account_id, unit_id=unit_id, ended_at=None)
    stay = rows.filter(state__in=(Stay.State.ACCEPTED, Stay.State.THERE)).first()
    return stay is not None and not is_past(programme_by_id(stay.programme_id), at)


def own_stays(account_id: int, *, at: datetime) -> list[OwnStay]:
    """Stays of a worker that have not ended, in programmes that run or ran in the last days; none that was missed. In
    the worker's scope: one query where there are none."""
    rows = list(Stay.objects.filter(worker_id=account_id, ended_at=None).order_by("made_at")[:MOST_OWN])
    drawn = _drawn(rows, at=at) if rows and is_in_office(account_id, at=at) else []
    return [stay for stay in drawn if not stay.is_missed(at)]


def own_stay(account_id: int | None, ident: UUID, *, at: datetime) -> OwnStay:
    """One of a worker's own stays, also an ended one. NotFound for anybody else's, and without an office."""
    stay = or_refuse(Stay.objects.filter(pk=ident, worker_id=or_refuse(account_id)).first())
    return _drawn([or_refuse(stay if is_in_office(or_refuse(account_id), at=at) else None)], at=at)[0]


def is_in_office(worker_id: int, *, at: datetime) -> bool:
    """Return True if a worker holds an office today. Without one they are not assigned and do not see their host."""
    stands, when = held_on(worker_id, clock.day_in(settings.TIME_ZONE, at))
    with system("whether a worker is in office"):
        return sql.exists(
            f"select from org_appointment ap where ap.account_id = %(worker)s and {stands}",
            when | {"worker": worker_id},
        )


def _drawn(rows: Sequence[Stay], *, at: datetime) -> list[OwnStay]:
    with system("a worker's own stays"):
        runs = {pk: programme_by_id(pk) for pk in {row.programme_id for row in rows}}
        places = units.units_by_id({row.unit_id for row in rows})
        above = {
            row.unit_id: units.path_of_unit(row.unit_id, runs[row.programme_id].hierarchy)[-2:-1]
            for row in rows
        }
        items = items_by_id([row.item_id for row in rows if row.item_id])
    return [
        OwnStay(
            row,
            runs[row.programme_id],
            name_in_language(places[row.unit_id].names),
            name_in_language(above[row.unit_id][0].names) if above[row.unit_id] else "",
            items.get(row.item_id) if row.item_id else None,
        )
        for row in rows
        if clock.day_in(runs[row.programme_id].zone, at) <= runs[row.programme_id].closes_on + LATE_FOR
        or row.ended_at is not None
    ]


def states_in(programme: Programme, span: tuple[int, int], *, at: datetime) -> dict[str, int]:
    """Count the places within [lo, hi) in each of STATES. One query; numbers alone. In a system scope."""
    counts = dict(
        sql.rows(f"select {_STATE}, count(*) {_PLACES} {_OF} group by 1", _given(programme, span, at))
    )
    return {state: counts.get(state, 0) for state in STATES}


# The query reads what had reached the server before an instant. It leaves doubts out, which come later.
_CLOSED_PLACES = _PLACES.replace(
    "t.ended_at is null", "t.made_at < %(until)s and coalesce(t.ended_at >= %(until)s, true)"
)
_CLOSED_STATE = """case when t.id is null then 'empty'
  when (t.marks #>> '{leave,stored_at}')::timestamptz < %(until)s then 'done'
  when (t.marks #>> '{arrive,stored_at}')::timestamptz < %(until)s then 'there' else 'assigned' end"""


def states_before(
    programme: Programme, span: tuple[int, int], *, at: datetime, until: datetime
) -> dict[str, int]:
    """The same for somebody outside, as the server knew it at the end of the last closed day. In a system scope."""
    values = _given(programme, span, at) | {"until": until}
    counts = dict(sql.rows(f"select {_CLOSED_STATE}, count(*) {_CLOSED_PLACES} {_OF} group by 1", values))
    return {state: counts.get(state, 0) for state in STATES if state != "doubtful"}
