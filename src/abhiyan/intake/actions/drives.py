"""Keep in memory what the act must know of a drive: its window, its limits, and the places of units.

A drive is read again when it is older than a second, so closing it holds everywhere within one. Places of units
are kept per drive, at most 200,000 of them (about 80 MB), fetched by the batch. They are forgotten every minute
and whenever a tree moves: 1,200,000 units are never loaded. All places kept at a time are of one version of the
trees. Workers named by a sender are kept alike.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings

from abhiyan.enrolment.queries.drives import SPANS
from abhiyan.enrolment.rules.packed import DAY_ZERO, int4, int8
from abhiyan.people.rules.notices import other_than

DRIVE_LASTS = timedelta(seconds=1)
PLACES_LAST = timedelta(seconds=60)
MOST_PLACES = 200_000

Span = tuple[int, int]
Worker = tuple[
    str, tuple[int, ...] | None
]  # phone as the sender gives it, and the units the sender may claim for


class NoSuchDrive(Exception):
    """The programme is no membership drive: an error of the caller, not of the claim."""


@dataclass(frozen=True, slots=True)
class DrivePlace:
    """A unit: its id, the id as a parameter, and its position in each of its hierarchies today."""

    unit_id: int
    packed: bytes
    positions: tuple[int, ...]


@dataclass(slots=True)
class DriveRead:
    """A membership drive as of `read_at`."""

    programme_id: int
    roll_id: int
    state: str
    zone: str
    opens_on: date
    closes_on: date
    unit_id: int  # the owner's: where claims without a place stand
    people_per_phone: int
    minimum_age: int
    indian_mobiles_only: bool
    renews: bool
    from_lists: bool  # closed: it takes lists of earlier members only.
    gives_way: bool  # its roll gives way to the others.
    others: tuple[int, ...]  # rolls without anybody of this one
    family: frozenset[
        bytes
    ]  # itself and the drives beneath or beside it, as parameters: one person once in all.
    notices: frozenset[int]  # versions of its notice that were published.
    other: str  # the organisation whose notice it has, if that is another than ours: then joining waits.
    halted: frozenset[bytes]  # senders that are stopped until somebody has looked.
    trees: int  # the version of the trees that spans and places are of.
    spans: tuple[Span, ...]  # positions of the units in scope, in the programme's hierarchy
    read_at: datetime
    places_at: datetime
    by_code: dict[str, DrivePlace | None] = field(default_factory=dict)
    by_id: dict[int, DrivePlace | None] = field(default_factory=dict)
    spans_of: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    workers: dict[Worker, bytes | None] = field(default_factory=dict)  # -> public id of their account
    days: dict[int, bytes] = field(default_factory=dict)  # quarter of an hour -> day as a parameter

    @property
    def unplaced(self) -> bytes:
        return int8(self.unit_id)

    def day(self, micros: int) -> date:
        """Return the day, in the drive's zone, of an instant in microseconds since 2000."""
        at = datetime.fromtimestamp(micros / 1e6 + 946_684_800, ZoneInfo(self.zone))
        return at.date()

    def packed_day(self, micros: int) -> bytes:
        """Return that day as a parameter. Every zone's midnight falls on a quarter of an hour."""
        quarter = micros // 900_000_000
        packed = self.days.get(quarter)
        if packed is None:
            if len(self.days) > 10_000:
                self.days.clear()
            packed = self.days[quarter] = int4(self.day(micros).toordinal() - DAY_ZERO)
        return packed

    def may(self, place: DrivePlace, within: tuple[int, ...] | None) -> bool:
        """Return True if a unit lies in the drive's scope and in what the sender may claim for."""
        for p in place.positions:
            if any(lo <= p < hi for lo, hi in self.spans):
                break
        else:
            return False
        if within is None:
            return True
        for unit in within:
            for lo, hi in self.spans_of.get(unit, ()):
                for p in place.positions:
                    if lo <= p < hi:
                        return True
        return False

    def is_within(self, within: tuple[int, ...] | None) -> bool:
        """Return True if a sender may claim for all the places of the drive.

        The units' spans must have been fetched.
        """
        if within is None:
            return True
        reach = [span for unit in within for span in self.spans_of.get(unit, ())]
        return all(any(lo <= first and last <= hi for lo, hi in reach) for first, last in self.spans)


_VERSION = "select coalesce(sum(v.version), 0)::bigint from units_tree v"
_READ = f"""
    select ({_VERSION}),
           d.roll_id, p.state, p.zone, p.opens_on, p.closes_on, p.owner_id, r.people_per_phone, r.minimum_age,
           d.indian_mobiles_only, d.renews, d.from_lists, r.gives_way,
           array(select o.id from enrolment_roll o where o.gives_way <> r.gives_way
                  and not o.stands_beside and not r.stands_beside order by 1),
           array(select f.id from programmes_programme f
                  where coalesce(f.parent_id, f.id) = coalesce(p.parent_id, p.id)),
           array(select distinct n.version from people_notice n where n.code = d.notice_code),
           (select max(n.organisation) from people_notice n
             where n.code = d.notice_code and n.version = d.notice_version),
           array(select h.sender from enrolment_halt h where h.kind = 'sender' and h.ended_at is null),
           array(select array[a.lo, a.hi] from {SPANS} order by a.lo)
      from enrolment_drive d join programmes_programme p on p.id = d.programme_id
      join enrolment_roll r on r.id = d.roll_id
     where d.programme_id = %s"""
_PLACES = """
    select u.code, u.id, array(select t.lo from units_placement t
                                where t.unit_id = u.id and t.valid_to is null and t.lo is not null)
      from units_unit u where u.closed_on is null and """
_SPANS = """
    select t.unit_id, t.lo, t.hi from units_placement t
     where t.unit_id = any(%s) and t.valid_to is null and t.lo is not null"""


class Drives:
    """The drives one writer enrols into."""

    def __init__(self) -> None:
        self._known: dict[int, DriveRead] = {}

    def forget(self) -> None:
        """Read everything again (units have moved)."""
        self._known.clear()

    def get(self, connection: psycopg.Connection[Any], programme_id: int, at: datetime) -> DriveRead:
        """Return the drive as it was at most a second before `at`. Raises NoSuchDrive."""
        drive_read = self._known.get(programme_id)
        if drive_read is not None and abs(at - drive_read.read_at) <= DRIVE_LASTS:
            return drive_read
        row = connection.execute(_READ, [programme_id]).fetchone()
        if row is None:
            raise NoSuchDrive(programme_id)
        (
            trees,
            roll,
            state,
            zone,
            opens_on,
            closes_on,
            owner,
            limit,
            age,
            indian,
            renews,
            from_lists,
            gives_way,
            others,
            family,
            notices,
            published_by,
            halted,
            spans,
        ) = row
        made = DriveRead(
            programme_id=programme_id,
            roll_id=roll,
            state=state,
            zone=zone,
            opens_on=opens_on,
            closes_on=closes_on,
            unit_id=owner,
            people_per_phone=limit,
            minimum_age=age,
            indian_mobiles_only=indian,
            renews=renews,
            from_lists=from_lists,
            gives_way=gives_way,
            others=tuple(others),
            family=frozenset(map(int4, family)),
            notices=frozenset(notices),
            other=other_than(published_by or "", settings.ORGANISATION),
            halted=frozenset(sender.bytes for sender in halted),
            trees=trees,
            spans=tuple((lo, hi) for lo, hi in spans),
            read_at=at,
            places_at=at,
        )
        fits = drive_read is not None and drive_read.trees == trees and drive_read.spans == made.spans
        if drive_read is not None and fits and abs(at - drive_read.places_at) <= PLACES_LAST:
            made.by_code, made.by_id, made.spans_of = (
                drive_read.by_code,
                drive_read.by_id,
                drive_read.spans_of,
            )
            made.places_at = drive_read.places_at
            made.workers = {
                named: account for named, account in drive_read.workers.items() if account is not None
            }
        if drive_read is not None and drive_read.zone == made.zone:
            made.days = drive_read.days
        self._known[programme_id] = made
        return made

    def renew(self, connection: psycopg.Connection[Any], drive: DriveRead) -> None:
        """Bring a drive in use to the trees of now: its scope is read again, its places are forgotten."""
        row = connection.execute(_READ, [drive.programme_id]).fetchone()
        if row is None:
            raise NoSuchDrive(drive.programme_id)
        drive.trees, drive.spans = row[0], tuple((lo, hi) for lo, hi in row[-1])
        for cache in (drive.by_code, drive.by_id, drive.spans_of, drive.workers):
            cache.clear()

    @staticmethod
    def is_current(connection: psycopg.Connection[Any], drive: DriveRead) -> bool:
        """Return True if no unit has been placed or moved since the drive's places were read."""
        row = connection.execute(_VERSION).fetchone()
        return row is not None and row[0] == drive.trees

    def fetch(
        self,
        connection: psycopg.Connection[Any],
        drive: DriveRead,
        *,
        codes: set[str],
        ids: set[int],
        within: set[int],
    ) -> bool:
        """Learn the places of a batch that are not known yet, by at most four queries.

        Returns whether all of it is of the tree the drive was read from; if not, the drive is renewed, and the
        batch has everything to learn again. A missing place is remembered only after the database has said so:
        a query that fails says nothing.
        """
        if len(drive.by_code) + len(drive.by_id) > MOST_PLACES:
            for cache in (drive.by_code, drive.by_id):
                for old in list(cache)[: len(cache) // 2]:
                    del cache[old]  # type: ignore[arg-type]  # its own key
        if codes:
            coded: dict[str, DrivePlace | None] = dict.fromkeys(codes)
            for code, unit, positions in connection.execute(_PLACES + "u.code = any(%s)", [list(codes)]):
                coded[code] = DrivePlace(unit, int8(unit), tuple(positions))
            drive.by_code.update(coded)
        if ids:
            placed: dict[int, DrivePlace | None] = dict.fromkeys(ids)
            for _code, unit, positions in connection.execute(_PLACES + "u.id = any(%s)", [list(ids)]):
                placed[unit] = DrivePlace(unit, int8(unit), tuple(positions))
            drive.by_id.update(placed)
        if within:
            spans_by_unit: dict[int, list[Span]] = {unit: [] for unit in within}
            for unit, lo, hi in connection.execute(_SPANS, [list(within)]):
                spans_by_unit[unit].append((lo, hi))
            drive.spans_of.update({unit: tuple(spans) for unit, spans in spans_by_unit.items()})
        if self.is_current(connection, drive):
            return True
        self.renew(connection, drive)
        return False
