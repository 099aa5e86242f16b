"""How fast a programme runs now, by channel, from what is noted each minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from abhiyan.programmes.models import Pace, Programme
from abhiyan.programmes.rules import rates

SHOWN = timedelta(hours=3)
FIVE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Noted:
    """channels: by channel; whole: of all together; steps: what came in each five minutes of the last hours."""

    whole: rates.Pace
    channels: dict[int, rates.Pace]
    steps: list[rates.Point]


def noted(programme: Programme, *, at: datetime) -> Noted:
    """One read of at most a few rows a minute; nothing where the viewer does not see all of the programme."""
    rows = Pace.objects.filter(programme=programme, minute__gt=at - SHOWN).order_by("minute")
    by_channel: dict[int, list[rates.Point]] = {}
    sums: dict[datetime, int] = {}
    for channel, minute, n in rows.values_list("channel", "minute", "n"):
        by_channel.setdefault(channel, []).append((minute, n))
    for points in by_channel.values():
        for minute, n in points:
            sums[minute] = sums.get(minute, 0) + n
    whole = sorted(sums.items())
    return Noted(
        rates.pace(whole, at=at),
        {channel: rates.pace(points, at=at) for channel, points in by_channel.items()},
        rates.steps(whole, every=FIVE, most=36),
    )
