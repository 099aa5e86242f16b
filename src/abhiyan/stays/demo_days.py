"""The demo's sample: a month of field days. Most are confirmed, some are not, and one leader has a letter."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.core.actor import Actor
from abhiyan.core.samples import BY, ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.programmes import actions as programmes
from abhiyan.stays import actions
from abhiyan.stays.actions import MarkGiven
from abhiyan.units import queries as units

NAMES = {"en": "Field days (sample)", "hi": "क्षेत्र दिवस (नमूना)"}
DAYS = 28
EVERY = 3  # days from one of a leader to the next
LEADERS = 12  # mandal presidents from all over the state, that of the cast first
YES = 0.75  # of booth presidents


def sample_field_days(ground: SampleGround) -> None:
    """Mandal presidents spend days in their booths. The cast's one has a letter, and a day planned today."""
    rng = random.Random(f"field days {ground.seed}")  # noqa: S311  # sample data
    home = ground.shown["mandal_president"][1]
    first = ground.today - timedelta(days=DAYS)
    month = (first + timedelta(days=DAYS // 2)).replace(day=1)  # it has half of the days
    with system("demo"):
        begun = _at(first, 6)
        made = programmes.make_programme(
            template="field_days",
            names=NAMES,
            owner_id=ground.ids["JK"],
            unit_ids=[ground.ids["JK"]],
            opens_on=first,
            closes_on=first + timedelta(days=90),
            by=BY,
            at=begun,
            is_sample=True,
        )
        run = programmes.open_programme(programme_id=made.pk, by=BY, at=begun)
    others = [unit for unit in sorted(ground.holders["mandal_president"]) if unit != home]
    for mandal in [home, *others[:: max(1, len(others) // LEADERS)]][:LEADERS]:
        leader = ground.holders["mandal_president"][mandal]
        with system("demo"):
            booths = sorted(units.of_kind_below(mandal, 1, "booth"))
        if not booths:
            continue
        for n in range(0, DAYS, EVERY):
            day = first + timedelta(days=n)
            certain = mandal == home
            _day(leader, booths[n % len(booths)], datetime.combine(day, time(), ZoneInfo(ZONE)), certain, rng)
        if mandal == home:
            actions.issue_letter(programme=run, month=month, by=leader, at=_at(ground.today, 8))
            actions.plan_day(day=ground.today, unit_id=booths[0], by=leader, at=_at(ground.today, 8))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))


def _day(leader: Actor, booth: int, midnight: datetime, certain: bool, rng: random.Random) -> None:
    """One leader's day: planned in the morning, marked at noon, and perhaps confirmed in the evening."""
    with system("demo"):
        unit = units.unit_by_id(booth)
    point = (unit.lat, unit.lon) if unit.lat is not None and unit.lon is not None else None
    plan = actions.plan_day(day=midnight.date(), unit_id=booth, by=leader, at=midnight + timedelta(hours=8))
    noon = midnight + timedelta(hours=12)
    done = actions.mark_day(
        day=plan.pk, mark_given=MarkGiven(point, 15.0 if point else None), by=leader, at=noon
    )
    with system("demo"):
        if done.item_id and (certain or rng.random() < YES):
            programmes.confirm_items(ids=[done.item_id], at=midnight + timedelta(hours=19))
