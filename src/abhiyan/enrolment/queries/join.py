"""Reads of the public pages: which drives one may join, where, and whether a code is asked there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries.drives import SPANS, covered
from abhiyan.enrolment.queries.first_calls import link_digest
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import RollKind
from abhiyan.people import queries as notices
from abhiyan.people.models import Notice
from abhiyan.people.rules.notices import other_than
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules.fold import folded_words
from abhiyan.units.rules.pins import read_pin

MOST_DRIVES = 20
# Kinds of unit that answer "where do you live or vote". People know villages best, so they come first.
HOMES = ("village", "ward", "booth", "mandal", "block", "cluster")
TOWNS = ("mandal", "block", "cluster")
SMALLEST = ("booth", "village", "ward")
WORK_IN = (*SMALLEST, "cluster", "mandal")  # where people enter others themselves
FOUND = 20
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class OpenDrive:
    """A drive somebody may join today, with the programme it belongs to, and the notices asked of it so far."""

    programme: Programme
    drive: Drive
    _notices: dict[str, Notice] = field(default_factory=dict, compare=False)

    def name(self, language: str = "") -> str:
        return name_in_language(self.programme.names, language)

    @property
    def other(self) -> str:
        """Return the organisation whose notice the drive has, if that is another than ours: then joining waits."""
        return other_than(self.notice("").organisation, settings.ORGANISATION)

    @property
    def said(self) -> RollKind:
        """Return the words of the roll it fills."""
        return rolls.of_roll(self.drive.roll.code)

    def notice(self, language: str) -> Notice:
        """Return its notice in a language, or the nearest there is; read once."""
        if language not in self._notices:
            drive = self.drive
            self._notices[language] = notices.notice(drive.notice_code, language, drive.notice_version)
        return self._notices[language]


def open_drives(at: datetime) -> list[OpenDrive]:
    """Return the drives whose window holds this day, in their own zone; soonest to close first, at most
    MOST_DRIVES.

    Drives beneath one of them are left out: people who join there by their place count in those.
    """
    rows = sql.rows(
        "select p.id from programmes_programme p join enrolment_drive d on d.programme_id = p.id"
        " where p.state = %(open)s"
        " and (%(at)s::timestamptz at time zone p.zone)::date between p.opens_on and p.closes_on"
        " and not exists (select from programmes_programme w where w.id = p.parent_id and w.state = %(open)s"
        "  and (%(at)s::timestamptz at time zone w.zone)::date between w.opens_on and w.closes_on)"
        " order by p.closes_on, p.id limit %(most)s",
        {"open": Programme.State.OPEN, "at": at, "most": MOST_DRIVES},
    )
    return [drive_of(programme_id) for (programme_id,) in rows]


def drive_by_slug(slug: str) -> OpenDrive:
    """Return the drive of /join/<slug>/, whether open or not. NotFound, also for drafts."""
    return _found(Drive.objects.filter(join_slug=slug))


def drive_of(programme_id: int) -> OpenDrive:
    """Return the drive of a programme. NotFound, also for drafts."""
    return _found(Drive.objects.filter(programme_id=programme_id))


def _found(drives: QuerySet[Drive]) -> OpenDrive:
    drive = or_refuse(drives.select_related("roll").first())
    programme = programmes.programme_by_id(drive.programme_id)
    if programme.state == Programme.State.DRAFT:
        raise NotFound
    return OpenDrive(programme, drive)


def counting_drive_id(drive: OpenDrive, *, unit_id: int | None, at: datetime) -> int:
    """Return the id of the drive that counts somebody who joins for this unit: one open beneath it that covers
    the unit, else its own."""
    if not drive.programme.parts or unit_id is None:
        return drive.programme.pk
    part = sql.column(
        "select g.id from programmes_programme g join programmes_scope s on s.programme_id = g.id"
        " join units_placement a on a.unit_id = s.unit_id and a.hierarchy = g.hierarchy and a.lo is not null"
        " join units_placement p on p.unit_id = %s and p.lo >= a.lo and p.lo < a.hi"
        " where g.parent_id = %s and g.state = %s"
        " and (%s::timestamptz at time zone g.zone)::date between g.opens_on and g.closes_on order by g.id limit 1",
        [unit_id, drive.programme.pk, Programme.State.OPEN, at],
    )
    return int(part[0]) if part else drive.programme.pk


def counting_drive(drive: OpenDrive, *, unit_id: int, at: datetime) -> OpenDrive:
    """Return the drive that counts somebody who joins for this unit, as `counting_drive_id` tells."""
    programme_id = counting_drive_id(drive, unit_id=unit_id, at=at)
    return drive if programme_id == drive.programme.pk else drive_of(programme_id)


def asks_code(drive: Drive, *, unit_id: int, on: date) -> bool:
    """Return True if somebody who joins for this unit on this day needs a code (codes may be off by state and
    date)."""
    off = [
        entry["unit"]
        for entry in drive.codes_off
        if str(entry.get("from", "")) <= on.isoformat() <= str(entry.get("to", "9999"))
    ]
    if not off:
        return True
    return not any(units.stands_below(unit_id, unit_off) for unit_off in units.ids_of(off).values())


def tree_for(drive: OpenDrive) -> int:
    """Return the tree people are led down: the administrative one they know (districts, blocks, villages) if it
    has the places of the drive; else the drive's own."""
    own_tree = int(drive.programme.hierarchy)
    if own_tree == Hierarchy.ADMINISTRATIVE:
        return own_tree
    return (
        Hierarchy.ADMINISTRATIVE.value
        if sql.value(_KNOWN_WAY, [Hierarchy.ADMINISTRATIVE, list(SMALLEST), LOOKED_AT, drive.programme.pk])
        else own_tree
    )


# A few of the drive's smallest places tell: booths and villages are placed by the list, not one by one.
_KNOWN_WAY = f"""
    select exists (select from units_placement o join units_placement d on d.hierarchy = o.hierarchy
             and d.valid_to is null and d.lo > o.lo and d.lo < o.hi
            where o.unit_id = c.owner_id and o.hierarchy = %s and o.valid_to is null and d.unit_id = any(c.few))
      from (select p.owner_id, array(select t.unit_id from {SPANS} join units_placement t
                     on t.hierarchy = p.hierarchy and t.valid_to is null and t.lo >= a.lo and t.lo < a.hi
                   join units_unit u on u.id = t.unit_id and u.closed_on is null and u.kind = any(%s)
                  limit %s) few
              from programmes_programme p where p.id = %s) c"""


def top_of(drive: OpenDrive, hierarchy: int) -> int:
    """Return the id of the unit where the way down begins: the one the drive covers, else its owner's."""
    scope = programmes.scope_units(drive.programme)
    if len(scope) == 1 and units.spans(scope, hierarchy):
        return scope[0]
    return drive.programme.owner_id


@dataclass(frozen=True, slots=True)
class LinkedPlace:
    """The unit that a link names. People who open the link join in it, or say that they live elsewhere.

    hierarchy: the tree in which its places are shown. may_join: the act takes somebody for the unit itself.
    is_whole: the unit holds the whole drive, so it bounds nothing.
    """

    row: units.UnitRow
    hierarchy: int
    may_join: bool
    has_places: bool
    is_whole: bool

    @property
    def is_home(self) -> bool:
        """Return True if the unit itself answers "where do you live"."""
        return self.may_join and self.row.kind in HOMES


def linked_place(drive: OpenDrive, code: str, *, hierarchy: int) -> LinkedPlace | None:
    """Return the unit of a link, by its code; None where nobody may join the drive in it.

    hierarchy: the tree tried first.
    """
    try:
        ident = unit_id(code)
    except NotFound:
        return None
    own_tree = int(drive.programme.hierarchy)
    trees = [
        each for each in dict.fromkeys((hierarchy, own_tree, *Hierarchy.values)) if units.spans([ident], each)
    ]
    having = [each for each in trees if sql.value(_HAS_PLACES, _homes_in(drive, ident, each))]
    tree = next(iter(having or trees), hierarchy)
    place = LinkedPlace(
        row=units.row_of_unit(ident, tree),
        hierarchy=tree,
        may_join=bool(covered(programme_id=drive.programme.pk, unit_ids=[ident])),
        has_places=bool(having),
        is_whole=units.stands_below(drive.programme.owner_id, ident),
    )
    return place if place.may_join or place.has_places or place.is_whole else None


def _homes_in(drive: OpenDrive, ident: int, hierarchy: int) -> list[object]:
    lo, hi = units.span(ident, hierarchy)
    return [lo, hi, ident, list(HOMES), drive.programme.pk]


# True if the drive takes some place below a unit.
_HAS_PLACES = f"""
    select exists (select from units_placement t join units_unit u on u.id = t.unit_id and u.closed_on is null
     where t.lo >= %s and t.lo < %s and t.valid_to is null and t.unit_id <> %s and u.kind = any(%s)
       and exists (select from programmes_programme p join lateral (select a.lo, a.hi from {SPANS}) a on true
         join units_placement d on d.unit_id = t.unit_id and d.valid_to is null and d.lo >= a.lo and d.lo < a.hi
        where p.id = %s))"""


def _inside(rows: list[units.UnitRow], within: LinkedPlace | None) -> list[units.UnitRow]:
    return rows if within is None else [row for row in rows if units.stands_below(row.id, within.row.id)]


def places(
    drive: OpenDrive, text: str, *, hierarchy: int, language: str, within: LinkedPlace | None = None
) -> list[units.UnitRow]:
    """Return places a PIN code, a name or a booth's number may mean, of those the drive takes; at most FOUND.

    hierarchy: where what is above them is read. within: only places in the unit of a link.
    """
    text = text.replace("\x00", "").strip()[:100]
    if pin := read_pin(text):
        return units_to_join(drive, _inside(units.by_pin(pin, limit=LOOKED_AT), within))[:FOUND]
    own_tree = drive.programme.hierarchy if within is None else within.hierarchy
    inside = (top_of(drive, own_tree) if within is None else within.row.id, own_tree)
    if not text or not units.spans(inside[:1], own_tree):
        return []
    rows = units.search_units(
        text,
        language=language,
        within=inside,
        kinds=HOMES,
        hierarchy=hierarchy,
        limit=LOOKED_AT,
        as_listed=True,
    )
    towns = units_to_join(drive, _towns(text, language, inside))
    others = [
        row
        for row in units_to_join(drive, rows)
        if not any(units.stands_below(row.id, town.id) for town in towns)
    ]
    return [*towns, *others][:FOUND]


def _towns(text: str, language: str, inside: tuple[int, int]) -> list[units.UnitRow]:
    """Return the places above villages and booths with just this name.

    The picker opens one; it does not list all in it.
    """
    rows = units.search_units(
        text, language=language, within=inside, kinds=TOWNS, hierarchy=inside[1], limit=FOUND
    )
    words = folded_words(text)
    return [row for row in rows if any(folded_words(name) == words for name in row.names.values())]


def district_of_pin(drive: OpenDrive, text: str, *, hierarchy: int) -> units.UnitRow | None:
    """Return the unit above homes that a PIN code leads to, inside the drive; None where the text is no PIN
    code of one."""
    if not (pin := read_pin(text)):
        return None
    top = top_of(drive, hierarchy)
    above = [row for row in units.by_pin(pin, limit=LOOKED_AT) if row.kind not in HOMES]
    ways = units.paths_of_units([row.id for row in above], hierarchy) if above else {}
    return next((row for row in above if top in {step.id for step in ways.get(row.id, [])}), None)


def units_to_join(drive: OpenDrive, rows: Sequence[units.UnitRow]) -> list[units.UnitRow]:
    """Return those somebody may join for: where people live or vote, and the act takes them."""
    may = covered(programme_id=drive.programme.pk, unit_ids=[row.id for row in rows])
    return [row for row in rows if row.id in may and row.kind in HOMES]


def unit_id(code: str) -> int:
    """Return the id of a unit by its code. NotFound."""
    ident: int = units.unit(code).pk
    return ident


def behind_link(link: str) -> tuple[int, UUID, str] | None:
    """Return programme, phone id and last digits of the call a link answers; None for no such link.

    In a system scope. Only a look: `open_link` locks the phone until the request ends, and `complete` must lock
    it from elsewhere.
    """
    link_row: tuple[int, UUID, str] | None = sql.row(
        "select w.programme_id, w.phone_id, f.last4 from enrolment_waiting w"
        " join people_phone f on f.id = w.phone_id where w.link_digest = %s",
        [link_digest(link)],
    )
    return link_row
