"""Make twenty days of a drive, claim by claim: a plausible funnel, duplicates, minors, and some fabrication.

Pure and deterministic by seed. Shares follow earlier drives: about seven in ten calls come from different
phones, about half of those open the link, most of them complete it; some workers invent entries.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from . import people
from .data_files import sample_shares

ZONE = ZoneInfo("Asia/Kolkata")
CALL, OPEN, COMPLETE, WEB, API, PAPER = "call", "open", "complete", "web", "api", "paper"


@dataclass(frozen=True, slots=True)
class Booth:
    """A home of people: a booth of the demo's tree.

    worker: code of who writes entries down there. eagerness: how much above or below the usual it joins.
    """

    code: str
    electors: int
    worker: str
    eagerness: float


@dataclass(frozen=True, slots=True)
class Event:
    """One message of the drive. key: the sender's idempotency key. worker: code of who wrote it down, or empty.

    at: aware instant at which it happened and was received. fabricated: the truth, kept aside from the product.
    calls: the person agreed to be called, and to get messages.
    """

    kind: str
    key: str
    at: datetime
    phone: str
    name: str = ""
    birth_year: int | None = None
    booth: str = ""
    worker: str = ""
    fabricated: bool = False
    calls: bool = False


SHARES = sample_shares().history
WORST = 2  # of the inventors, these invent half of it all


def eagerness(seed: str, codes: Sequence[str]) -> dict[str, float]:
    """Return a factor per unit around 1: districts differ."""
    rng = random.Random(f"eagerness {seed}")  # noqa: S311  # sample data
    return {code: rng.uniform(*sample_shares().drive.eager) for code in codes}


def events(
    seed: str, *, booths: Sequence[Booth], first: date, days: int, claims: int
) -> Iterator[list[Event]]:
    """Yield the events of each day, in order of time.

    `claims` counts calls, web, API and paper claims over all days.
    """
    rng = random.Random(f"history {seed}")  # noqa: S311  # sample data
    crowd = people.sample_people(seed, first=1_000)
    weights = [booth.electors * booth.eagerness for booth in booths]
    liars = {
        worker for worker in sorted({booth.worker for booth in booths}) if rng.random() < SHARES.fabricators
    }
    growth = [
        SHARES.first_day
        + SHARES.growth * (day / max(1, days - 1))
        + (SHARES.sunday if (first + timedelta(day)).weekday() == 6 else 0)
        for day in range(days)
    ]
    whole = sum(growth)
    sample_people: list[people.Sample] = []
    for day in range(days):
        on = first + timedelta(day)
        wanted = round(claims * growth[day] / whole)
        homes = rng.choices(booths, weights, k=wanted)
        ways = rng.choices(list(SHARES.ways), list(SHARES.ways.values()), k=wanted)
        made: list[Event] = []
        for number, (home, way) in enumerate(zip(homes, ways, strict=True)):
            key = f"{on:%m%d}-{number}"
            luck = rng.random()
            person = next(crowd)
            if sample_people and luck < SHARES.again:
                person = rng.choice(sample_people)
            elif sample_people and luck < SHARES.again + SHARES.family:
                person = people.Sample(
                    person.name, person.name_hi, rng.choice(sample_people).phone, person.birth_year
                )
            else:
                sample_people.append(person)
            if rng.random() < SHARES.minor:
                person = people.Sample(
                    person.name, person.name_hi, person.phone, on.year - rng.randint(11, 17)
                )
            name = person.name_hi if rng.random() < SHARES.in_hindi else person.name
            at = _moment(rng, on)
            worker = home.worker if way in (API, PAPER) else ""
            made += _claim(rng, way, key, at, person, name, home, worker)
            if rng.random() < SHARES.resent:
                made.append(made[-1])
        made += _invented(rng, on, booths, liars, wanted)
        made.sort(key=lambda event: (event.at, event.key, event.kind))
        yield made


def _moment(rng: random.Random, on: date) -> datetime:
    minutes = min(22 * 60 + 59, max(7 * 60, int(rng.gauss(15 * 60, 190))))
    return datetime.combine(on, time(minutes // 60, minutes % 60, rng.randrange(60)), ZONE)


def _claim(
    rng: random.Random,
    way: str,
    key: str,
    at: datetime,
    person: people.Sample,
    name: str,
    home: Booth,
    worker: str,
) -> list[Event]:
    calls = rng.random() < SHARES.agrees_to_calls
    if way != CALL:
        return [Event(way, key, at, person.phone, name, person.birth_year, home.code, worker, calls=calls)]
    made = [Event(CALL, key, at, person.phone)]
    made += (
        Event(CALL, f"{key}-{again}", at + timedelta(seconds=20 + 35 * again), person.phone)
        for again in range(rng.choices((0, 1, 2), SHARES.calls_again)[0])
    )
    if rng.random() < SHARES.opens:
        opened = at + timedelta(minutes=rng.randint(1, 40))
        made.append(Event(OPEN, key, opened, person.phone))
        if rng.random() < SHARES.completes:
            done = opened + timedelta(seconds=rng.randint(50, 400))
            fields = (person.phone, name, person.birth_year, home.code)
            made.append(Event(COMPLETE, key, done, *fields, calls=calls))
    return made


def _invented(
    rng: random.Random, on: date, booths: Sequence[Booth], liars: set[str], wanted: int
) -> Iterator[Event]:
    """Yield invented entries: neighbouring phones, in bursts, late in the evening, round birth years."""
    homes = [booth for booth in booths if booth.worker in liars]
    if not homes:
        return
    worst = [booth for booth in homes if booth.worker in sorted(liars)[:WORST]]
    for burst in range(max(1, wanted // 900)):
        home = rng.choice(worst if rng.random() < SHARES.by_worst else homes)
        start = rng.randrange(10**7)
        at = datetime.combine(on, time(rng.choice((21, 22, 23)), rng.randrange(60)), ZONE)
        for number in range(rng.randint(8, 30)):
            given_name = rng.choice(people.MEN)[0]
            family = rng.choice(people.FAMILIES[:6])[0]
            yield Event(
                rng.choice((API, PAPER)),
                f"{on:%m%d}-x{burst}-{number}",
                at + timedelta(seconds=number * rng.randint(9, 40)),
                f"+9171{(start + number) % 10**8:08d}",
                f"{given_name} {family}",
                rng.choice((1970, 1975, 1980, 1985, 1990)),
                home.code,
                home.worker,
                fabricated=True,
            )
