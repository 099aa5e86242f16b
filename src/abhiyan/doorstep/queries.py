"""Reads of the worker's page: where they may enrol, their own entries, and what became of them. In their scope."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.queries.drives import covered
from abhiyan.enrolment.queries.join import SMALLEST, OpenDrive, open_drives
from abhiyan.enrolment.queries.terms import LATEST_IF_ANY
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people.actions.codes import LIVES
from abhiyan.programmes.models import Rung

from .models import DoorEntry, DoorTry
from .rules.states import DoorState

LISTED = 60  # places below a larger unit; where there are more, the worker searches
LATELY = 5  # places somebody worked in last
OF_LATEST = 200  # entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a worker's own entries. name, last4, birth_year: as they typed them; "" and None once all was erased.

    code_at: when the last code was sent.
    """

    public_id: UUID
    at: datetime
    name: str
    last4: str
    became: DoorState
    code_at: datetime | None
    programme_id: int
    unit_id: int
    birth_year: int | None

    @property
    def waits(self) -> bool:
        return self.became is DoorState.WAITS

    def has_live_code(self, at: datetime) -> bool:
        """Return True while the last code sent is good."""
        return self.code_at is not None and at < self.code_at + LIVES


# An earlier member shows nothing until the phone gave this entry's code, or called since: otherwise any number could
# be tried out at a door.
BECAME = f"""case when not (d.is_new or s.has_answered) then {DoorState.WAITS.value}
  when m.ended_on is not null then {DoorState.ENDED.value}
  when e.confirmed_at is not null then {DoorState.CONFIRMED.value}
  when s.has_answered or e.rung = {Rung.COUNTED.value} then {DoorState.COUNTED.value}
  else {DoorState.WAITS.value} end"""
_OWN = f"""
  from enrolment_door_entry d
  left join enrolment_membership m on m.id = d.membership_id
  {LATEST_IF_ANY}
  cross join lateral (select d.proven_at is not null or exists (select from enrolment_claim c
    where c.phone_id = d.phone_id and c.membership_id = d.membership_id and c.sign > 0 and c.at >= d.at)
    as has_answered) s
  cross join lateral (select {BECAME} as became) b"""
_WITH_NAMES = " left join people_person p on p.id = m.person_id left join people_phone f on f.id = d.phone_id"
_COLUMNS = """d.public_id, d.at, coalesce(nullif(d.name, ''), case when d.is_new or d.proven_at is not null
 then p.name end, ''), coalesce(nullif(d.last4, ''), f.last4, ''), b.became, d.code_at,
 d.programme_id, d.unit_id, d.birth_year"""


def _entry(*row: Any) -> Entry:
    public_id, at, name, last4, became, code_at, programme_id, unit_id, birth_year = row
    return Entry(public_id, at, name, last4, DoorState(became), code_at, programme_id, unit_id, birth_year)


def own_entries(
    by: UUID, *, became: int | None = None, since: datetime | None = None, day: date | None = None
) -> Rows[Entry]:
    """Return a worker's own entries, waiting ones first, then the latest first; cut like a list.

    became: only these. since: only those made from then on. day: only those of a day.
    """
    params = {
        "d.by = %(by)s": by,
        "b.became = %(became)s": became,
        "d.at >= %(since)s": since,
        "(d.at at time zone %(zone)s)::date = %(day)s": day,
    }
    wanted = " and ".join(condition for condition, value in params.items() if value is not None)
    return Rows(
        _COLUMNS,
        f"{_OWN}{_WITH_NAMES} where {wanted}",
        {"by": by, "became": became, "since": since, "day": day, "zone": settings.TIME_ZONE},
        orders={"": (f"b.became <> {DoorState.WAITS.value}", "d.at desc")},
        last="d.id",
        make=_entry,
    )


def own_entry(by: UUID, public_id: UUID) -> Entry:
    """Return one of a worker's own entries. NotFound."""
    row = sql.row(
        f"select {_COLUMNS}{_OWN}{_WITH_NAMES} where d.by = %s and d.public_id = %s", [by, public_id]
    )
    return _entry(*or_refuse(row))


def day_began(at: datetime) -> datetime:
    """Return the first instant of today here."""
    return datetime.combine(clock.day_in(settings.TIME_ZONE, at), time(), ZoneInfo(settings.TIME_ZONE))


def entered_since(since: datetime, *, by: UUID, programme_id: int) -> int:
    """Count a worker's own entries in one drive. In their scope."""
    return DoorEntry.objects.filter(by=by, at__gte=since, programme_id=programme_id).count()


def own_counts(
    by: UUID, *, today: datetime, since: datetime | None = None, programme_id: int | None = None
) -> tuple[Counter[DoorState], Counter[DoorState], Counter[DoorState]]:
    """Count the people of a worker's own entries by what they became: of today, and of all. The third counts entries.

    Somebody who was entered twice and has answered is one. since: only those made from then on. programme_id: only
    those in one drive.
    """
    of_today, of_all, entries = Counter[DoorState](), Counter[DoorState](), Counter[DoorState]()
    # A waiting entry may have anybody's number: only an answer shows that two entries are one person.
    who = f"distinct case when b.became = {DoorState.WAITS.value} then d.id else coalesce(m.id, d.id) end"
    for became, today_n, n, rows in sql.rows(
        f"select b.became, count({who}) filter (where d.at >= %(today)s), count({who}), count(*) {_OWN}"
        " where d.by = %(by)s and (%(since)s::timestamptz is null or d.at >= %(since)s)"
        " and (%(programme)s::int is null or d.programme_id = %(programme)s) group by 1",
        {"by": by, "today": today, "since": since, "programme": programme_id},
    ):
        of_today[DoorState(became)], of_all[DoorState(became)], entries[DoorState(became)] = today_n, n, rows
    return of_today, of_all, entries


def door_try_counts(by: UUID, *, today: date) -> tuple[Counter[DoorTry.Outcome], Counter[DoorTry.Outcome]]:
    """Count the doors at which a worker entered nobody, by why: today, and in all."""
    of_today, of_all = Counter[DoorTry.Outcome](), Counter[DoorTry.Outcome]()
    for outcome, is_of_today, n in sql.rows(
        'select outcome, day >= %s, sum(n)::int from enrolment_door_try where "by" = %s group by 1, 2',
        [today, by],
    ):
        of_all[DoorTry.Outcome(outcome)] += n
        of_today[DoorTry.Outcome(outcome)] += n if is_of_today else 0
    return of_today, of_all


def heard_lately(by: UUID, unit_id: int, *, since: datetime) -> bool:
    """Return True if a worker has entered somebody in this place since: their house may have heard the notice
    together."""
    return DoorEntry.objects.filter(by=by, unit_id=unit_id, at__gte=since).exists()


def minors_refused(unit_id: int, programme_ids: Sequence[int]) -> int:
    """Count the people refused for their age at the doors of a unit."""
    return int(
        sql.value(
            "select coalesce(sum(n), 0) from enrolment_refused_count where unit_id = %s"
            " and programme_id = any(%s) and channel = %s and reason = 'not_adult'",
            [unit_id, list(programme_ids), Channel.DOOR.value],
        )
    )


def drives_at(unit_id: int, at: datetime) -> list[OpenDrive]:
    """Return the open drives that take people for a unit, soonest to close first."""
    with system("which drives take people at a door"):
        return [
            drive for drive in open_drives(at) if covered(programme_id=drive.programme.pk, unit_ids=[unit_id])
        ]


def last_places(by: UUID) -> list[tuple[str, str]]:
    """Return the last places of a worker's entries: name and code of each open place, the latest first."""
    return _named(
        sql.rows(
            "select u.names, u.code from (select unit_id, max(at) as at from (select unit_id, at from"
            ' enrolment_door_entry where "by" = %s order by at desc limit %s) l group by 1) d'
            " join units_unit u on u.id = d.unit_id where u.closed_on is null order by d.at desc limit %s",
            [by, OF_LATEST, LATELY],
        )
    )


def door_places_below(lo: int, hi: int, hierarchy: int) -> list[tuple[str, str]]:
    """Return booths, villages and wards at positions [lo, hi): name and code; none where there are more than
    LISTED."""
    rows = sql.rows(
        "select u.names, u.code from units_placement p join units_unit u on u.id = p.unit_id"
        " where p.hierarchy = %s and p.lo >= %s and p.lo < %s and u.kind = any(%s) and u.closed_on is null"
        " order by p.lo limit %s",
        [hierarchy, lo, hi, list(SMALLEST), LISTED + 1],
    )
    return _named(rows) if len(rows) <= LISTED else []


def _named(rows: Iterable[tuple[Mapping[str, str], str]]) -> list[tuple[str, str]]:
    return [(name_in_language(names), code) for names, code in rows]
