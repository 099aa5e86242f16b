"""Reads of field days: a leader's own area, own days, and their counts of a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org.queries.offices import HELD, held_on
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import covers_part, items_by_id, open_programmes_of, runs_on
from abhiyan.programmes.rules.estimated import estimated_rungs, is_doubted
from abhiyan.programmes.rules.items import CONFIRMED_ITEM, COUNTED_ITEM, WAITING_ITEM
from abhiyan.units import queries as units
from abhiyan.units.queries import UnitRow

from .models import FieldDay, ThanksLetter, ThanksRule
from .rules.days import LEAST_CONFIRMED
from .rules.stays import LOOSEST_M, RADIUS_M, StayMark

KIND = "field_days"
DAYS = 1  # the measure
MOST_SHOWN = 100  # days of one leader
FOUND = 6  # booths that fit a text
MOST_OFFERED = 200  # booths of an area that a field offers
BOX = 0.04  # degrees around a mark; more than the radius and the loosest accuracy everywhere in India

# Areas `h` of an account: units of offices above the booth that lead, and of seats of a house. As of %(on)s.
_OF_AREAS = """from org_appointment ap
  join org_office o on o.id = ap.office_id and o.capabilities && array['tasks.ask', 'plans.read']
  join units_unit v on v.id = ap.unit_id and v.kind not in ('booth', 'village', 'ward')
  join units_placement h on h.unit_id = ap.unit_id and h.hierarchy = ap.hierarchy and h.lo is not null
  where ap.account_id = %(account)s and ap.body_id is null and {stands}"""
_AREAS = _OF_AREAS.format(stands=HELD)
_INSIDE = "b.hierarchy = h.hierarchy and b.lo > h.lo and b.lo < h.hi"


def area_of(account_id: int, unit_id: int, *, on: date) -> int | None:
    """The unit in whose area somebody has a booth on a day, the smallest. None: it is not theirs. In a system scope."""
    stands, when = held_on(account_id, on)
    areas = sql.column(
        f"select h.unit_id {_OF_AREAS.format(stands=stands)} and exists (select from units_placement b"
        f" where b.unit_id = %(unit)s and {_INSIDE}) order by h.hi - h.lo limit 1",
        {"account": account_id, "unit": unit_id} | when,
    )
    return areas[0] if areas else None


def has_area(account_id: int, *, on: date) -> bool:
    """True for who may plan field days. In a system scope."""
    return sql.exists(f"select {_AREAS}", {"account": account_id, "on": on})


def find_own_booths(account_id: int, text: str, *, on: date) -> list[UnitRow]:
    """Booths of the own area by code or name, a few. In a system scope."""
    booths: dict[int, UnitRow] = {}
    for unit, tree in sql.rows(f"select h.unit_id, h.hierarchy {_AREAS}", {"account": account_id, "on": on}):
        rows = units.search_units(
            text, language=active_language(), within=(unit, tree), kinds=("booth",), limit=FOUND
        )
        booths |= {row.id: row for row in rows}
    return [row for row in booths.values() if row.code.lower() == text.lower()] or list(booths.values())


def booths_offered(account_id: int, *, on: date) -> list[tuple[str, str]]:
    """List code and name of each booth of the own area; none where there are more than MOST_OFFERED.

    In a system scope; one query.
    """
    rows = sql.rows(
        f"""select u.code, u.names from (select h.hierarchy, h.lo, h.hi {_AREAS}) h
        join units_placement b on {_INSIDE}
        join units_unit u on u.id = b.unit_id and u.kind = 'booth' and u.closed_on is null
        limit {MOST_OFFERED + 1}""",
        {"account": account_id, "on": on},
    )
    return (
        sorted({code: name_in_language(names) for code, names in rows}.items())
        if len(rows) <= MOST_OFFERED
        else []
    )


def is_inside(account_id: int, booth: int, mark: StayMark, *, on: date) -> bool | None:
    """Tell whether a mark lies in somebody's area: near a place of it. None where the phone or the booth has no point.

    In a system scope; one query, and one more for a mark that is not near the booth.
    """
    if mark.point is None:
        return None
    lat, lon = mark.point
    reach = (RADIUS_M + min(mark.accuracy or 0.0, LOOSEST_M)) / 1000
    stands, when = held_on(account_id, on)
    areas = _OF_AREAS.format(stands=stands)
    near = f"select {areas} and exists (select from units_placement b join units_unit u on u.id = b.unit_id"
    values = when | {"account": account_id, "lat": lat, "lon": lon, "box": BOX, "km": reach}
    if sql.exists(
        f"""{near} where {_INSIDE} and u.kind in ('booth', 'village', 'ward')
        and u.lat between %(lat)s - %(box)s and %(lat)s + %(box)s
        and u.lon between %(lon)s - %(box)s and %(lon)s + %(box)s
        and 12742 * asin(sqrt(power(sin(radians(u.lat - %(lat)s) / 2), 2) + cos(radians(u.lat))
          * cos(radians(%(lat)s)) * power(sin(radians(u.lon - %(lon)s) / 2), 2))) <= %(km)s)""",
        values,
    ):
        return True
    unit = units.unit_by_id(booth)
    return None if unit.lat is None or unit.lon is None else False


def programme_of(unit_id: int, *, on: date) -> Programme | None:
    """The open programme of field days that covers a booth on a day, the oldest. In a system scope."""
    for programme in open_programmes_of(KIND):
        span = units.spans([unit_id], programme.hierarchy).get(unit_id)
        if span and runs_on(programme, on) and covers_part(programme, span):
            return programme
    return None


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A leader's own day as pages show it. item: what is counted, once it is marked."""

    of: FieldDay
    place: str
    item: Item | None

    @property
    def of_unknown_booth(self) -> bool:
        """Return True if the mark has a place, so that what is missing is the booth's."""
        return self.item is not None and self.item.lat is not None

    @property
    def is_denied(self) -> bool:
        return self.item is not None and self.item.ended_at is not None

    @property
    def has_president(self) -> bool:
        """False where nobody could be asked."""
        return self.item is not None and self.item.phone_id is not None


def own_days(account_id: int, *, since: date) -> list[OwnDay]:
    """A leader's own days from one on, the latest first. In their own scope; one query where there are none."""
    rows = FieldDay.objects.filter(leader_id=account_id, day__gte=since).order_by("-day")
    return _shown(list(rows[:MOST_SHOWN]))


def days_ahead(account_id: int, programme_id: int, *, since: date) -> list[OwnDay]:
    """The next own days of a programme that are not marked, at most two. In their own scope."""
    ahead = FieldDay.objects.filter(
        leader_id=account_id, programme_id=programme_id, day__gte=since, item_id=None
    )
    return _shown(list(ahead.order_by("day")[:2]))


def own_day(account_id: int | None, ident: UUID) -> OwnDay:
    """One of somebody's own days. NotFound for anybody else's."""
    return _shown([or_refuse(FieldDay.objects.filter(pk=ident, leader_id=or_refuse(account_id)).first())])[0]


def _shown(rows: Sequence[FieldDay]) -> list[OwnDay]:
    if not rows:
        return []
    with system("somebody's own field days"):
        places = units.units_by_id({row.unit_id for row in rows})
        items = items_by_id([row.item_id for row in rows if row.item_id])
    return [
        OwnDay(
            row, name_in_language(places[row.unit_id].names), items.get(row.item_id) if row.item_id else None
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class MonthOfDays:
    """The days of one leader in a month of a programme, by rung. month: its first day.

    waiting: for a sign, because a place is not known.
    area_id: unit of the office, on the last of them. least: how many confirmed days earn a letter. letter_id: of the
    letter that was taken; is_ended: it was taken back.
    """

    programme_id: int
    programme: UUID
    month: date
    marked: int
    counted: int
    waiting: int
    confirmed: int
    area_id: int
    least: int
    letter_id: UUID | None
    is_ended: bool

    @property
    def has_letter(self) -> bool:
        return self.letter_id is not None and not self.is_ended and self.is_earned

    @property
    def is_earned(self) -> bool:
        return self.confirmed >= self.least

    @property
    def key(self) -> str:
        """The month as addresses write it."""
        return f"{self.month:%Y-%m}"


def months_of(account_id: int, *, since: date, month: date | None = None) -> list[MonthOfDays]:
    """Count somebody's marked days by month and programme, the latest first. month: only this. In a system scope; one
    query."""
    return sql.each(
        MonthOfDays,
        f"""select d.programme_id, g.public_id, date_trunc('month', d.day)::date as month, count(*),
          count(*) filter (where {COUNTED_ITEM}), count(*) filter (where {WAITING_ITEM}),
          count(*) filter (where {CONFIRMED_ITEM}),
          (array_agg(d.area_id order by d.day desc))[1],
          coalesce((select r.least from stays_thanks_rule r where r.programme_id = d.programme_id), %(least)s),
          t.id, t.ended_at is not null
        from stays_field_day d join programmes_item i on i.id = d.item_id
        join programmes_programme g on g.id = d.programme_id
        left join stays_thanks_letter t on t.leader_id = d.leader_id and t.programme_id = d.programme_id
          and t.month = date_trunc('month', d.day)::date
        where d.leader_id = %(account)s and d.day >= %(since)s
          {"and date_trunc('month', d.day)::date = %(month)s" if month else ""}
        group by 1, 2, 3, t.id, t.ended_at order by 3 desc, 1""",
        {"account": account_id, "since": since, "month": month, "least": LEAST_CONFIRMED},
    )


def least_of(programme_id: int) -> int:
    """Return the number of confirmed days in a month that earn a letter in a programme."""
    rule = ThanksRule.objects.filter(programme_id=programme_id).first()
    return rule.least if rule else LEAST_CONFIRMED


def is_in_doubt(programme: Programme, unit_id: int, *, on: date) -> bool:
    """True where the independent checks of a unit raise a flag on its field days. In a system scope."""
    return is_doubted(estimated_rungs([programme.pk], [unit_id], on=on).get((programme.pk, DAYS, unit_id)))


def thanks_letter(ident: UUID) -> ThanksLetter:
    """One letter of thanks. NotFound. In the scope of its leader, or of who sees the people of their unit."""
    return or_refuse(ThanksLetter.objects.filter(pk=ident).first())


def last_letter(account_id: int) -> UUID | None:
    """The latest letter of somebody that was not taken back. In a system scope."""
    letters = ThanksLetter.objects.filter(leader_id=account_id, ended_at=None).order_by("-month")
    return letters.values_list("pk", flat=True).first()


def thanked(about: UUID) -> str | None:
    """Return the name of a leader whose confirmed days of the month are still enough."""
    row = ThanksLetter.objects.filter(pk=about, ended_at=None).first()
    if row is None:
        return None
    months = months_of(row.leader_id, since=row.month, month=row.month)
    enough = any(entry.programme_id == row.programme_id and entry.confirmed >= row.least for entry in months)
    return people.names_of_accounts([row.leader_id]).get(row.leader_id) if enough else None
