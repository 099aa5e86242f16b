"""Reads from the trail who read people: by reader in volumes, the odd ones first; and by the person who was read."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.conf import settings

from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.org.rules.readings import FEWEST_ODD, KINDS, MANY_NAMES, TIMES_ODD, is_reading

_KIND = "case " + " ".join(f"when {test} then '{kind}'" for kind, test in KINDS.items()) + " else 'list' end"
_SUMS = ", ".join(
    f"coalesce(sum(k.n) filter (where k.kind = '{kind}'), 0)::bigint as {kind}s" for kind in (*KINDS, "list")
)
# Entries of people in office that are readings, of the units of a data officer.
_READ = f"""select a.id, a.account_id, a.at, a.unit_id, a.n, a.act, a.subject, a.facts, {_KIND} as kind
 from core_audit a where a.account_id is not null and {is_reading("a.act")} and a.at >= %(since)s and a.at < %(until)s
 and (%(is_top)s or exists (select 1 from units_placement pl where pl.unit_id = a.unit_id and pl.lo >= %(lo)s
 and pl.lo < %(hi)s))"""


Row = TypeVar("Row")


class TrailRows(Rows[Row]):
    """Rows of the trail, read past the scope of a data officer, who sees no people. Its page has asked who may."""

    def counted(self, most: int | None) -> int | None:
        with system("who read whom"):
            return super().counted(most)

    def _read(self, start: int, most: int | None) -> list[Row]:
        with system("who read whom"):
            return super()._read(start, most)

    def each(self, *, at_once: int = 2_000) -> Iterator[Row]:
        start = 0
        while rows := self._read(start, at_once):
            yield from rows
            start += len(rows)


@dataclass(frozen=True, slots=True)
class WatchedUnits:
    """The units of a data officer. is_top: also what has no unit."""

    lo: int
    hi: int
    is_top: bool

    def values(self, since: datetime, until: datetime) -> dict[str, object]:
        return {"lo": self.lo, "hi": self.hi, "is_top": self.is_top, "since": since, "until": until}


@dataclass(frozen=True, slots=True)
class ReaderVolume:
    """How much one office-bearer read. others: what the others of their office read on average; None: nobody else.

    numbers: shown; files: rows in files; names: of office-bearers beyond the own line; persons: pages of one person;
    lists: rows of lists.
    """

    account: UUID
    account_id: int
    name: str
    office: dict[str, str]
    unit: dict[str, str]
    numbers: int
    files: int
    names: int
    persons: int
    lists: int
    total: int
    others: int | None
    is_odd: bool


def readers_of_people(watched: WatchedUnits, *, since: datetime, until: datetime) -> TrailRows[ReaderVolume]:
    """Everybody who read people in some days, the odd ones first."""
    source = f"""from (
      select v.*, case when count(*) over office > 1
        then ((sum(v.total) over office - v.total) / (count(*) over office - 1))::bigint end as others
      from (
        select k.account_id, h.office_id, h.office, h.unit, {_SUMS}, sum(k.n)::bigint as total
        from ({_READ}) k left join lateral (
          select o.id as office_id, o.names as office, u.names as unit from org_appointment ap
          join org_office o on o.id = ap.office_id join units_unit u on u.id = ap.unit_id
          where ap.account_id = k.account_id and ap.state in ('active', 'disputed') and ap.body_id is null
          order by o.rank, ap.id limit 1) h on true
        group by k.account_id, h.office_id, h.office, h.unit
      ) v window office as (partition by v.office_id)
    ) r join people_account p on p.id = r.account_id cross join lateral (select
      (r.total >= %(fewest)s and r.total > %(times)s * r.others) or r.names >= %(names)s as is_odd) odd"""
    columns = (
        "p.public_id, p.id, p.name, coalesce(r.office, '{}'), coalesce(r.unit, '{}'), r.numbers, r.files, r.names,"
        " r.persons, r.lists, r.total, r.others, coalesce(odd.is_odd, false)"
    )
    values = watched.values(since, until)
    values |= {"fewest": FEWEST_ODD, "times": TIMES_ODD, "names": MANY_NAMES}
    orders: dict[str, tuple[str, ...]] = {"odd": ("not coalesce(odd.is_odd, false)", "-r.total")}
    orders |= {
        column: (f"r.{column}",) for column in ("numbers", "files", "names", "persons", "lists", "total")
    }
    return TrailRows(columns, source, values, orders=orders, last="p.id", make=ReaderVolume)


@dataclass(frozen=True, slots=True)
class ReadingDay:
    """The rows that one office-bearer read on one day, by kind."""

    day: date
    numbers: int
    files: int
    names: int
    persons: int
    lists: int


def days_of_reader(
    account_id: int, watched: WatchedUnits, *, since: datetime, until: datetime
) -> TrailRows[ReadingDay]:
    """Count what somebody read, day by day, the newest first."""
    source = f"""from (select (k.at at time zone %(zone)s)::date as day, {_SUMS} from ({_READ}) k
      where k.account_id = %(account)s group by 1) d"""
    values = watched.values(since, until) | {"account": account_id, "zone": settings.TIME_ZONE}
    columns = "d.day, d.numbers, d.files, d.names, d.persons, d.lists"
    return TrailRows(
        columns, source, values, orders={"day": ("-extract(epoch from d.day)",)}, make=ReadingDay
    )


@dataclass(frozen=True, slots=True)
class TrailReading:
    """One reading. is_sure: of this very person; otherwise of a list of their unit, which may have shown them."""

    at: datetime
    act: str
    kind: str
    n: int
    unit: dict[str, str]
    name: str
    account_id: int
    reason: str
    is_sure: bool


_COLUMNS = (
    "k.at, k.act, k.kind, k.n, coalesce(u.names, '{}'), p.name, p.id, coalesce(k.facts ->> 'reason', ''), "
)
_WHO = "join people_account p on p.id = k.account_id left join units_unit u on u.id = k.unit_id"


def readings_by(
    account_id: int, watched: WatchedUnits, *, since: datetime, until: datetime
) -> TrailRows[TrailReading]:
    """Each reading of an office-bearer, the newest first."""
    return TrailRows(
        _COLUMNS + "k.subject <> ''",
        f"from ({_READ}) k {_WHO} where k.account_id = %(account)s",
        watched.values(since, until) | {"account": account_id},
        orders={"at": ("-k.id",)},
        make=TrailReading,
    )


def readings_about(
    ids: Collection[UUID],
    unit_ids: Collection[int],
    watched: WatchedUnits,
    *,
    since: datetime,
    until: datetime,
) -> TrailRows[TrailReading]:
    """Each reading of a person, the newest first: of their page or number, and of lists of the units around them.

    ids: public ids of the person's memberships. unit_ids: their unit and those above it.
    """
    return TrailRows(
        _COLUMNS + "k.subject = any(%(ids)s)",
        f"from ({_READ}) k {_WHO} where k.subject = any(%(ids)s)"
        " or (k.subject = '' and k.n > 1 and k.unit_id = any(%(units)s))",
        watched.values(since, until)
        | {"ids": [str(public_id) for public_id in ids], "units": list(unit_ids)},
        orders={"at": ("-k.id",)},
        make=TrailReading,
    )
