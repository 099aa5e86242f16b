"""How fast a programme runs now, by channel, from what is noted each minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from abhiyan.core import sql
from abhiyan.programmes.models import Pace, Programme, UnitPace
from abhiyan.programmes.rules import rates
from abhiyan.units import queries as units

LATE = rates.UNITS_NOTED + timedelta(minutes=3)  # a note of units that is older tells nothing of now
SHOWN = timedelta(hours=3)
FIVE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NotedPace:
    """channels: by channel; whole: of all together; steps: what came in each five minutes of the last hours."""

    whole: rates.ReportRate
    channels: dict[int, rates.ReportRate]
    steps: list[rates.Point]


def noted_pace(programme: Programme, *, at: datetime) -> NotedPace:
    """Return the notes of one read of at most a few rows a minute; nothing where the viewer does not see all of
    the programme."""
    rows = Pace.objects.filter(programme=programme, minute__gt=at - SHOWN).order_by("minute")
    return _noted(rows.values_list("channel", "minute", "n"), at=at, late=rates.NOW)


def noted_below(programme: Programme, span: tuple[int, int], *, at: datetime) -> NotedPace:
    """Return the notes of the districts below a unit together, noted every five minutes.

    Nothing of those whose people the viewer does not see; one read.
    """
    rows = (
        UnitPace.objects.filter(programme=programme, minute__gt=at - SHOWN, unit_id__in=units.within(span))
        .values("channel", "minute")
        .annotate(sum=Sum("n"))
        .order_by("minute")
    )
    return _noted(((row["channel"], row["minute"], row["sum"]) for row in rows), at=at, late=LATE)


def _noted(rows: Iterable[tuple[int, datetime, int]], *, at: datetime, late: timedelta) -> NotedPace:
    by_channel: dict[int, list[rates.Point]] = {}
    sums: dict[datetime, int] = {}
    for channel, minute, n in rows:
        by_channel.setdefault(channel, []).append((minute, n))
        sums[minute] = sums.get(minute, 0) + n
    whole = sorted(sums.items())
    return NotedPace(
        rates.report_rate(whole, at=at, late=late),
        {channel: rates.report_rate(points, at=at, late=late) for channel, points in by_channel.items()},
        rates.points_by_stretch(whole, every=FIVE, most=36),
    )


@dataclass(frozen=True, slots=True)
class UnitRate:
    """How fast it goes in one unit: entries of the last five minutes, and in all."""

    unit_id: int
    code: str
    names: dict[str, str]
    came: int
    n: int

    @property
    def a_minute(self) -> float:
        return self.came / (rates.UNITS_NOTED / timedelta(minutes=1))


_SLOWEST = """
with last as (select max(minute) as minute from programmes_unit_pace
  where programme_id = %(programme)s and minute > %(since)s)
select u.id, u.code, u.names, came, n from (
  select p.unit_id, (sum(p.n) filter (where p.minute = last.minute)
      - coalesce(sum(p.n) filter (where p.minute < last.minute), 0))::bigint as came,
    (sum(p.n) filter (where p.minute = last.minute))::bigint as n
  from programmes_unit_pace p, last
  where p.programme_id = %(programme)s and p.minute in (last.minute, last.minute - %(step)s) and exists (
    select from units_placement w where w.unit_id = p.unit_id and w.lo >= %(lo)s and w.lo < %(hi)s)
  group by 1) rates join units_unit u on u.id = rates.unit_id, last
where n > 0 and exists (select from programmes_unit_pace b
  where b.programme_id = %(programme)s and b.minute = last.minute - %(step)s)
order by came, n desc, u.code limit %(limit)s"""


def slowest(programme: Programme, span: tuple[int, int], *, at: datetime, limit: int) -> list[UnitRate]:
    """Return districts below a unit that have begun, the slowest of the last five minutes first; none while
    fewer than two notes tell of now. In a scope that sees them; one read."""
    return sql.each(
        UnitRate,
        _SLOWEST,
        {
            "programme": programme.pk,
            "since": at - LATE,
            "step": rates.UNITS_NOTED,
            "lo": span[0],
            "hi": span[1],
            "limit": limit,
        },
    )
