"""The demo's sample: four days of village stays in some mandals, two of them gone. Gaps, doubts and hosts' answers."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.core.actor import Actor
from abhiyan.core.places import Point
from abhiyan.core.samples import BY, ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.messaging.demo import go_out
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from . import actions, demo_days, queries
from .actions import MarkGiven, NewStay, StayReport
from .models import Stay
from .rules.stays import StayStep

NAMES = {"en": "Village stays (sample)", "hi": "गाँव प्रवास (नमूना)"}
STAYS = 160  # about; no further mandal is added. Half of the counted ones are checked
WHY = ("परिवार में शादी है (नमूना)", "दफ़्तर से छुट्टी नहीं मिली (नमूना)")
PROBLEMS = ["water", "road", "work", "power"]
HEARD = ("नल में पानी सुबह एक घंटा ही आता है।", "सड़क की मरम्मत बरसात से पहले हो।", "")
# Ends of a stay, and how many of a hundred have each. The others leave after a day.
SORTS = {"declined": 8, "away": 8, "there": 18, "short": 4, "far": 4, "moved": 4, "unknown": 6, "done": 48}
YES, NO = 0.85, 0.92  # of hosts: who says yes, and who says anything
FAR_AWAY = 0.4  # degrees of latitude: 44 km
NEAR = 2  # which booth, counted from the cast's own, its worker goes to


def sample(ground: SampleGround) -> None:
    """Four days of stays, and a month of field days."""
    sample_stays(ground)
    demo_days.sample_field_days(ground)


def sample_stays(ground: SampleGround) -> None:
    """Booth presidents stay in each other's booths, where the president is the host. The demo's booth president is
    there now, and its booth worker has still to answer."""
    rng = random.Random(f"stays {ground.seed}")  # noqa: S311  # sample data
    with system("demo"):
        begun, (mandals, presidents) = _at(ground, 9, 10), _presidents(ground)
        made = programmes.make_programme(
            template="stays",
            names=NAMES,
            owner_id=ground.ids["JK"],
            unit_ids=mandals,
            opens_on=ground.today - timedelta(days=2),
            closes_on=ground.today + timedelta(days=1),
            by=BY,
            at=begun,
            is_sample=True,
        )
        run = programmes.open_programme(programme_id=made.pk, by=BY, at=begun)
        points = queries.places_among(run, presidents)
        president, worker = (ground.actor(office) for office in ("booth_president", "booth_worker"))
        for stay, by in _assigned(ground, run, presidents, begun):
            (sort,) = rng.choices(list(SORTS), list(SORTS.values()))
            if by != worker:
                _stay(ground, stay, by, points[stay.unit_id], "there" if by == president else sort, rng)
        _hear_hosts(ground, run, rng)


def _at(ground: SampleGround, ago: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(ground.today - timedelta(days=ago), time(hour, minute), ZoneInfo(ZONE))


def _presidents(ground: SampleGround) -> tuple[list[int], dict[int, Actor]]:
    """The mandal of the cast and those next to it, and the president of each booth there: the cast's first."""
    home, booth = ground.shown["mandal_president"][1], ground.shown["booth_president"][1]
    holders = sorted(ground.holders["booth_president"].items(), key=lambda pair: (pair[0] != booth, pair[0]))
    mandals: list[int] = []
    presidents: dict[int, Actor] = {}
    spans = units.spans([home, *ground.holders["mandal_president"]], Hierarchy.ORGANISATIONAL)
    for mandal in sorted(spans, key=lambda unit: (abs(spans[unit][0] - spans[home][0]), unit)):
        if len(presidents) >= STAYS:
            break
        below = set(units.of_kind_below(mandal, 1, "booth"))
        mandals.append(mandal)
        presidents |= {unit: actor for unit, actor in holders if unit in below}
    return mandals, presidents


def _assigned(
    ground: SampleGround, run: Programme, presidents: Mapping[int, Actor], at: datetime
) -> Iterator[tuple[Stay, Actor]]:
    """The president of each booth goes to the next one, the cast's booth worker near their own. All are asked."""
    places = list(presidents)
    going = dict(zip(places[1:] + places[:1], (presidents[place] for place in places), strict=True))
    going[places[NEAR]] = ground.actor("booth_worker")
    accounts = people.accounts([actor.account_id for actor in presidents.values() if actor.account_id])
    numbers = people.numbers_of_phones(account.phone_id for account in accounts.values())
    some = []
    for place, worker in going.items():
        host = accounts[presidents[place].account_id or 0]
        some.append(NewStay(place, worker.account_id or 0, host.name, numbers.get(host.phone_id, "")))
    made = actions.store(programme=run, some=some, by=BY, at=at)
    while actions.ask_next_stays(at=at):
        go_out(at)
    yield from ((stay, going[stay.unit_id]) for stay in made)


def _stay(
    ground: SampleGround, stay: Stay, by: Actor, place: Point | None, sort: str, rng: random.Random
) -> None:
    """A worker answers, marks and reports. sort: of SORTS."""
    is_going = sort != "declined"
    why = "" if is_going else rng.choice(WHY)
    actions.answer_stay(stay=stay.pk, accepts=is_going, why=why, by=by, at=_at(ground, 8, 12))
    if sort in ("declined", "away"):
        return
    is_there = sort == "there"
    arrived = _at(ground, 1 if is_there else 2, 10, rng.randrange(60))
    steps = {StayStep.ARRIVE: arrived, StayStep.EVENING: arrived + timedelta(hours=9)}
    if not is_there:
        steps[StayStep.MORNING] = arrived + timedelta(hours=20)
        steps[StayStep.LEAVE] = arrived + timedelta(hours=21 if sort == "short" else 25)
    for step, at in steps.items():
        point = None
        if place and sort != "unknown":
            off = FAR_AWAY if sort == "far" and step is StayStep.LEAVE else 0
            north, east = (rng.uniform(-0.004, 0.004) for _both in range(2))
            point = round(place[0] + off + north, 6), round(place[1] + east, 6)
        moved = timedelta(hours=5 if sort == "moved" and step is StayStep.LEAVE else 0)
        mark = MarkGiven(point, 20.0 if point else None, at - moved)
        actions.add_mark(stay=stay.pk, step=step, mark_given=mark, by=by, at=at)
    if not is_there:
        n = rng.randint(3, 12)
        report = StayReport({"homes": n, "problems": PROBLEMS[n % 3 : n % 3 + 2], "heard": HEARD[n % 3]})
        actions.add_report(stay=stay.pk, report=report, by=by, at=steps[StayStep.LEAVE])


def _hear_hosts(ground: SampleGround, run: Programme, rng: random.Random) -> None:
    """The hosts of yesterday's evening are asked. Most answer."""
    at = _at(ground, 1, 20)
    actions.ask_hosts(at=at)
    go_out(at)
    rows = Stay.objects.filter(programme_id=run.pk).exclude(asked_at=None).order_by("unit_id")
    items = items_by_id([row.item_id for row in rows if row.item_id])
    for item in (items[row.item_id] for row in rows if row.item_id in items):
        luck = rng.random()
        if item.passes and luck < YES:
            programmes.confirm_items(ids=[item.pk], at=at + timedelta(minutes=10))
        elif item.passes and luck < NO:
            programmes.end_items(ids=[item.pk], why=Item.Why.DENIED, at=at + timedelta(minutes=10))
            actions.hear_host(item=item, yes=False, at=at)
