"""Making the demo's data: units and PIN codes by import, offices by appointment, claims by the act. Nothing else."""

import csv
import itertools
import json
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from abhiyan.core import audit_seals, clock, home
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions import exporting, tokens
from abhiyan.enrolment.queries import batches
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.org.rules.offices import SEATS
from abhiyan.people import actions as people_actions
from abhiyan.people.actions import finding
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.actions import ages
from abhiyan.programmes.models import Programme
from abhiyan.units import actions as units_actions
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.staging import COLUMNS

from . import (
    answers,
    bulk,
    doubles,
    elections,
    fieldwork,
    flags,
    frames,
    helpline,
    history,
    lists,
    materials,
    noes,
    people,
    placeless,
    polls,
    reviews,
    rights,
    tasks,
    texts,
    tree,
    workshops,
)
from .claims import BY, EARLIER_FROM, LISTED_FROM, cast_booth, claim_of, enrol, tell_genuine, workers
from .run import PEOPLE
from .truth import Truth

DAYS = 43
WINDOW_DAYS = 60
CLAIMS = 110_000
CHECKS = 200  # of the largest frame
TARGET = 135_000
LAST_DRIVE, LAST_LABEL = 1_600_000, "2019 का अभियान (नमूना)"  # what a list says of the drive before
LOCKED = {
    "JK-D5": 110,
    "JK-D7": 90,
    "JK-D13": 130,
}  # districts set by hand: per cent of what the last result gives
DECLINES, REASON = 4, "परिवार में विवाह है, जनवरी तक बाहर हूँ"
LEAVE_NUMBER, JOIN_NUMBER = "+918000000002", "+918000000001"
LEVELS = [kind.value for kind in Kind]
HELD = 0.86  # of the offices that are expected somewhere


@dataclass(frozen=True, slots=True)
class Part:
    """One named person of the demo: an office in a unit. seat: which of its seats."""

    office: str
    unit: str
    hierarchy: int = 1
    seat: int = 1


# One named person per office, each on a level of its own, down one line and a little beside it.
CAST = (
    Part("national_president", "IN"),
    Part("national_general_secretary", "IN"),
    Part("state_president", "JK"),
    Part("state_general_secretary", "JK"),
    Part("it_administrator", "JK"),
    Part("region_in_charge", "JK-R2"),
    Part("district_president", "JK-D627"),
    Part("district_in_charge", "JK-D627"),
    Part("call_centre_agent", "JK-D627"),
    Part("verifier", "JK-D14"),
    Part("constituency_in_charge", "JK-PC4", 2),
    Part("segment_in_charge", "JK-AC58", 2),
)
# Who approves what others ask.
OFFICERS = (
    *(Part("data_officer", "IN", seat=seat) for seat in (1, 2)),
    *(Part("data_officer", unit) for unit in ("JK-D627", "JK")),
)


def build(seed: str, *, at: datetime, say: Callable[[str], None]) -> None:
    """Everything the demo shows, in the order a real campaign would make it. As role `jobs`; commits as it goes."""
    today = clock.day_in("Asia/Kolkata", at)
    first = today - timedelta(days=DAYS - 1)
    with system("demo"):
        people_actions.ensure_sample_notice(by=BY, at=at)
        messaging.publish_templates(by=BY, at=at)
        org.ensure_offices()
    rows = list(tree.rows(seed))
    say(f"importing {len(rows):,} units in three trees")
    _bring("units", _units_file(rows), options={}, at=at)
    _bring("pins", _pins_file(rows), options={}, at=at)
    with system("demo"):
        _outlines(at)
    say("appointing people to offices")
    with system("demo"):
        ids = units.ids_of(row.code for row in rows if row.kind != "village")
        holders = _appoint(seed, rows, ids, at, today)
    (home.path() / PEOPLE).write_text(by_level(holders, rows), encoding="utf-8")
    say("importing the results of past elections")
    elections.bring_results(at=at)
    acting = {part.office: _acting(account) for part, account in holders.items() if part in CAST}
    president = acting["state_president"]
    elections.plan(seed, ids["JK"], by=president, nation=acting["national_president"], at=at)
    with system("demo"):
        polls.calendar(rows, ids, today, president, at)
    say("splitting the drive's target by the last result")
    with system("demo"):
        programme = _programme(ids, first, president, at)
        _name_in_charges(programme, holders, ids, president, at)
        shown = {
            part.office: (_acting(each), ids[part.unit]) for part, each in holders.items() if each.is_demo
        }
        tasks.give(programme, shown, unit_id=ids["JK"], at=at)
        leads = {
            ids[part.unit]: _acting(each) for part, each in holders.items() if part.office == workshops.OFFICE
        }
        workshops.hold(programme, ids["JK"], president, leads, at=at)
        materials.put_up(programme, shown, at=at)
    _past_lists(seed, rows, programme, ids, acting, at)
    say("taking in two earlier drives")
    _earlier_drives(seed, rows, ids, president, today)
    token = _token(programme, ids["JK"], acting["it_administrator"], _acting(holders[OFFICERS[-1]]), at)
    with system("demo"):
        _ask_for_list(ids["JK-D627"], acting["district_in_charge"], at)
    say(f"taking in about {CLAIMS:,} claims of {DAYS} days")
    checking = frames.Frames(seed, programme, president, verifiers_of(holders), min(CHECKS, CLAIMS // 20))
    asking = flags.Flags(programme, president, _acting(holders[OFFICERS[-1]]), checking)

    def after(number: int, until: datetime, truth: Truth) -> None:
        checking.after(number, until, truth)
        asking.after(number, until)

    enrol(seed, rows, programme, token, first, at, say, days=DAYS, about=CLAIMS, after=after)
    asking.decide(at)
    say("starting a drive of one district beneath it: members of its trial renew")
    part = _district_drive(seed, rows, ids, programme, president, first, at)
    say("entering people at doors, on paper and by links of workers")
    _field(seed, rows, ids, programme, shown, acting["it_administrator"], at)
    placeless.join(seed, programme, part, at)
    enrolment.consider_answered(programme_id=programme.pk, until=at - timedelta(minutes=20), by=BY, at=at)
    texts.write(programme, JOIN_NUMBER, president, at)
    say("asking who joined, and taking in their answers")
    answers.ask_and_answer(seed, at=at, say=say)
    noes.say(programme, at, spared=[shown[office][0].id for office in ("booth_worker", "booth_president")])
    rights.ask(ids["JK-D627"], _acting(holders[Part("data_officer", "JK-D627")]), at)
    say("typing requests to the helpline")
    helpline.ask(programme, shown, setter=president, at=at)
    say("sending two bulk messages, one of them half-way")
    with system("demo"):
        read = [one for part, one in holders.items() if part.office == "district_president"][1::2]
        bulk.send(
            president,
            _acting(holders[OFFICERS[-1]]),
            programme_id=programme.pk,
            state=ids["JK"],
            district=ids["JK-D627"],
            mandal=shown["mandal_president"][1],
            readers=map(_acting, read),
            at=at,
        )
    booths = _booths_of("JK-D627", rows)
    planted = doubles.plant(programme, [cast_booth(rows).code, *booths[:: len(booths) // 9 or 1]], at)
    if finding.may_look():
        say("looking for duplicates")
        finding.find_doubles(at=at)
        doubles.decide(planted, shown["district_president"][0], at)
    say("reviewing mandals and district presidents")
    offices: dict[str, dict[int, Actor]] = {}
    for held, account in holders.items():
        offices.setdefault(held.office, {})[ids[held.unit]] = _acting(account)
    with system("demo"):
        reviews.review(offices, ids, president, at=at)
    say("sealing the trail")
    with system("demo"):
        programmes.fold(at=at)
        ages.count_ages(programme=programme, at=at)
        audit_seals.seal(at)


def _bring(
    kind: str, lines: Iterable[Sequence[object]], *, options: dict[str, str], at: datetime, **more: Any
) -> None:
    """One list through the staged import, as anybody's would go."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"demo-{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(lines)
        lists.bring(kind, path, options=options, at=at, **more)


def _units_file(rows: Sequence[tree.Row]) -> Iterator[Sequence[object]]:
    names = COLUMNS[: COLUMNS.index("sample")]
    yield [*names, "sample"]
    root = units_actions.RESERVED
    for row in rows:
        values = [getattr(row, name) for name in names]
        if row.kind == "nation":
            values[4:7] = [root, root, root]
        yield [*("" if value is None else value for value in values), "yes" if row.sample else "no"]


def _pins_file(rows: Sequence[tree.Row]) -> Iterator[Sequence[object]]:
    """One sample PIN code per mandal, naming its booths; of a stretch that no post office has."""
    mandals = {
        row.code: str(199_000 + number) for number, row in enumerate(r for r in rows if r.kind == "mandal")
    }
    yield ["pin", "unit_code", "sample"]
    for row in rows:
        if row.kind == "booth":
            yield [mandals[row.organisational_parent.rpartition("-C")[0]], row.code, "yes"]


def _outlines(at: datetime) -> None:
    geojson = json.loads((tree.DATA / "jk_pcs.geojson").read_text(encoding="utf-8"))
    units_actions.set_outlines(
        outlines={
            f"JK-PC{feature['properties']['pc_no']}": feature["geometry"]
            for feature in geojson["features"]
            if feature["properties"]["pc_no"]
        },
        source="HindustanTimesLabs/shapefiles (MIT); not authoritative",
        by=BY,
        at=at,
    )


def _past_lists(
    seed: str,
    rows: Sequence[tree.Row],
    programme: Programme,
    ids: dict[str, int],
    acting: Mapping[str, Actor],
    at: datetime,
) -> None:
    """What lists a state has brought before: totals of an earlier drive, and paper forms that wait to be taken in."""
    districts = [row for row in rows if row.kind == "district"]
    weights = [40 + 7 * (number * 5 % len(districts)) for number in range(len(districts))]
    shares = [LAST_DRIVE * weight // sum(weights) for weight in weights]
    shares[0] += LAST_DRIVE - sum(shares)
    totals = [("unit_code", "total")]
    totals += [(row.code, str(n)) for row, n in zip(districts, shares, strict=True)]
    _bring(
        "totals",
        totals,
        options={"label": LAST_LABEL, "source": "नमूना / sample"},
        at=at - timedelta(days=12),
        by=acting["state_president"],
        unit_id=ids["JK"],
    )
    with system("demo"):
        programmes.change_programme(
            programme_id=programme.pk, earlier=LAST_LABEL, by=acting["state_president"], at=at
        )
    booth = cast_booth(rows)
    crowd = itertools.islice(people.people(f"listed {seed}", first=LISTED_FROM), 24)
    forms = [("phone", "name", "birth_year", "booth")]
    forms += [(one.phone[3:], one.name_hi, str(one.birth_year), booth.code) for one in crowd]
    forms += [("98765", "सुनीता देवी", "1984", booth.code), (people.phone(LISTED_FROM + 99), "", "1971", "X-1")]
    _bring(
        "paper",
        forms,
        options={"drive": str(programme.public_id), "notice_version": "1", "language": "hi"},
        at=at - timedelta(hours=2),
        by=acting["it_administrator"],
        unit_id=ids["JK-D627"],
        steps=("check",),
    )


def _earlier_drives(
    seed: str, rows: Sequence[tree.Row], ids: dict[str, int], president: Actor, today: date
) -> None:
    """Two trials of one district each, a month long and closed since: five in six of what was asked for."""
    n = CLAIMS // 100
    for number, (code, en, hi) in enumerate(
        (("JK-D14", "Udhampur", "उधमपुर"), ("JK-D627", "Reasi", "रियासी"))
    ):
        first = today - timedelta(days=730 - 365 * number)
        at = datetime.combine(first, time(9), history.ZONE)
        names = {
            "en": f"Trial drive, {en} {first.year} (sample)",
            "hi": f"परीक्षण अभियान, {hi} {first.year} (नमूना)",
        }
        with system("demo"):
            made = _drive(names, ids["JK"], ids[code], first, 30, n * 6 // 5, president, at)
        homes = _booths_of(code, rows)
        crowd = people.people(f"{code} {seed}", first=EARLIER_FROM + number * n)
        claims = []
        for index, one in enumerate(itertools.islice(crowd, n)):
            when, booth = at + timedelta(minutes=index * 40_000 // n), homes[index % len(homes)]
            said = (f"{code}-{index}", when, one.phone, one.name_hi, one.birth_year, booth)
            claims.append(claim_of(history.Event(history.WEB, *said), None, {}))
        enrolment.enrol_batch(programme_id=made.pk, claims=claims, by=BY, at=at + timedelta(days=29))
        with system("demo"):
            programmes.close_programme(programme_id=made.pk, by=president, at=at + timedelta(days=30))


def _district_drive(
    seed: str,
    rows: Sequence[tree.Row],
    ids: dict[str, int],
    programme: Programme,
    president: Actor,
    first: date,
    at: datetime,
) -> Programme:
    """A drive of the district of the second trial, from the sixth day on: four in ten of its members renew by web."""
    code, n = "JK-D627", CLAIMS // 100
    opens = first + timedelta(days=5)
    begins = datetime.combine(opens, time(10), history.ZONE)
    with system("demo"):
        (made,) = programmes.start_in_units(
            programme_id=programme.pk,
            unit_ids=[ids[code]],
            opens_on=opens,
            closes_on=programme.closes_on,
            by=president,
            at=begins - timedelta(days=2),
        )
    homes = _booths_of(code, rows)
    crowd = people.people(f"{code} {seed}", first=EARLIER_FROM + n)
    claims = []
    for index, one in enumerate(itertools.islice(crowd, n * 4 // 10)):
        minutes = int((at - begins).total_seconds()) // 60 - 60
        when, booth = begins + timedelta(minutes=index * minutes // (n * 4 // 10)), homes[index % len(homes)]
        said = (f"{code}-again-{index}", when, one.phone, one.name_hi, one.birth_year, booth)
        claims.append(claim_of(history.Event(history.WEB, *said), None, {}))
    for start in range(0, len(claims), 500):
        enrolment.enrol_batch(programme_id=made.pk, claims=claims[start : start + 500], by=BY, at=at)
    return made


def _booths_of(district: str, rows: Sequence[tree.Row]) -> list[str]:
    above = {row.code: row.organisational_parent for row in rows}
    return [
        row.code
        for row in rows
        if row.kind == "booth" and above[above[row.organisational_parent]] == district
    ]


def _field(
    seed: str,
    rows: Sequence[tree.Row],
    ids: dict[str, int],
    programme: Programme,
    shown: Mapping[str, tuple[Actor, int]],
    importer: Actor,
    at: datetime,
) -> None:
    """What the cast's booth did in the last days, at doors, on paper and by links; of all of it the truth is told."""
    booth = cast_booth(rows)
    worker, president = shown["booth_worker"], shown["booth_president"]
    entries = fieldwork.knock(seed, programme, (worker, president), at)
    fieldwork.invite(seed, programme, ((worker, booth.code, 9), (president, booth.code, 5)), at)
    batch, filled = fieldwork.fill_forms(seed, programme, shown["mandal_president"], worker, booth.code, at)
    typist = workers(seed, rows)[booth.organisational_parent].phone
    _bring(
        "paper",
        fieldwork.list_of(filled, booth=booth.code, worker=typist, at=at),
        options={"drive": str(programme.public_id), "batch": batch.number, "language": "hi"},
        at=at - timedelta(hours=26),
        by=importer,
        unit_id=ids["JK-D627"],
    )
    with system("demo"):
        tell_genuine(entries | batches.entries_of(batch))


def _appoint(
    seed: str, rows: Sequence[tree.Row], ids: dict[str, int], at: datetime, today: date
) -> dict[Part, Account]:
    """Who holds which office: the cast, one line down to a booth, workers; the others as `HELD` says."""
    rng = random.Random(f"offices {seed}")  # noqa: S311  # sample data
    crowd = people.people(f"offices {seed}", first=0)
    cluster = cast_booth(rows).organisational_parent
    katra = cluster.removesuffix("-C1")
    first_booths: dict[str, str] = {}
    for row in rows:
        if row.kind == "booth":
            first_booths.setdefault(row.organisational_parent, row.code)
    cast = [
        *CAST,
        Part("mandal_president", katra),
        Part("mandal_in_charge", katra),
        Part("cluster_in_charge", cluster),
        Part("booth_president", first_booths[cluster]),
        *OFFICERS,
    ]
    asked = {part: next(crowd) for part in cast}
    taken = {(part.office, part.unit) for part in cast}
    for row in rows:
        for seat in SEATS:
            if row.kind in seat.expected_in and (seat.code, row.code) not in taken and rng.random() < HELD:
                hierarchy = 1 if row.organisational_parent else 2
                asked[Part(seat.code, row.code, hierarchy)] = next(crowd)
    districts = [row.code for row in rows if row.kind == "district"]
    asked |= {
        Part("verifier", code): next(crowd) for code in districts[::2] if ("verifier", code) not in taken
    }
    asked |= {Part("booth_worker", first_booths[code]): one for code, one in workers(seed, rows).items()}
    shown = {*cast, Part("booth_worker", first_booths[cluster])}
    accounts = org.appoint_many(
        bearers=[
            org.OfficeBearer(
                phone=one.phone,
                name=one.name_hi if part in shown else one.name,
                office=part.office,
                unit_id=ids[part.unit],
                since=today - timedelta(days=rng.randint(30, 900)),
                hierarchy=part.hierarchy,
                is_demo=part in shown,
            )
            for part, one in asked.items()
        ],
        by=BY,
        at=at,
    )
    return dict(zip(asked, accounts, strict=True))


def verifiers_of(holders: Mapping[Part, Account]) -> list[Actor]:
    """Who makes the back-checks."""
    return [_acting(account) for part, account in holders.items() if part.office == "verifier"]


def by_level(holders: Mapping[Part, Account], rows: Sequence[tree.Row]) -> str:
    """The demo's people, one a line under their level, from the nation down; electoral levels last."""
    of = {row.code: row for row in rows}
    titles = {seat.code: seat.en for seat in SEATS}
    levels: dict[str, list[str]] = {}
    for part, account in sorted(
        ((part, account) for part, account in holders.items() if account.is_demo),
        key=lambda held: (held[0].hierarchy, LEVELS.index(of[held[0].unit].kind)),
    ):
        unit = of[part.unit]
        levels.setdefault(unit.kind, []).append(
            f"    {titles[part.office]}, {unit.name_en}: {account.name}\n"
        )
    return "".join(f"  {level.capitalize()}\n{''.join(lines)}" for level, lines in levels.items())


def _name_in_charges(
    made: Programme, holders: dict[Part, Account], ids: dict[str, int], president: Actor, at: datetime
) -> None:
    """District presidents answer for the drive, the district in-charge of the cast in one; most have said yes, one
    no, three have not answered."""
    homes = {part.unit: account for part, account in holders.items() if part.office == "district_president"}
    homes |= {part.unit: holders[part] for part in CAST if part.office == "district_in_charge"}
    for number, (code, account) in enumerate(homes.items()):
        named = programmes.name_in_charge(
            programme_id=made.pk, unit_id=ids[code], account=account.public_id, by=president, at=at
        )
        if number == DECLINES or number % 6:
            programmes.answer_charge(
                in_charge_id=named.pk,
                accepts=number != DECLINES,
                reason=REASON if number == DECLINES else "",
                by=_acting(account),
                at=at,
            )


def _acting(account: Account) -> Actor:
    return Actor(kind="person", id=account.public_id, account_id=account.pk)


def _drive(
    names: dict[str, str], owner: int, unit: int, first: date, days: int, target: int, by: Actor, at: datetime
) -> Programme:
    """A sample drive that is open, with its target and its address."""
    made = programmes.make_programme(
        template="membership_drive",
        names=names,
        owner_id=owner,
        unit_ids=[unit],
        opens_on=first,
        closes_on=first + timedelta(days=days - 1),
        by=by,
        at=at,
        is_sample=True,
    )
    programmes.open_programme(programme_id=made.pk, by=by, at=at)
    programmes.set_target(programme_id=made.pk, unit_id=unit, n=target, by=by, at=at)
    enrolment.set_up_drive(programme_id=made.pk, join_slug=f"jk-{first.year}", by=BY, at=at)
    return made


def _programme(ids: dict[str, int], first: date, president: Actor, at: datetime) -> Programme:
    """The drive: its programme, target split down to the booths by the state's president, numbers to call."""
    names = {"en": "Membership drive 2026 (sample)", "hi": "सदस्यता अभियान 2026 (नमूना)"}
    made = _drive(names, ids["JK"], ids["JK"], first, WINDOW_DAYS, TARGET, president, at)
    _split(made, ids, president, at)
    for number, meaning in ((JOIN_NUMBER, "join"), (LEAVE_NUMBER, "leave")):
        messaging.connect_number(
            number=number,
            provider="generic",
            meaning=meaning,
            programme_id=made.pk,
            addresses=["127.0.0.0/8"],
            by=BY,
            at=at,
        )
    return made


def _token(made: Programme, unit_id: int, asks: Actor, allows: Actor, at: datetime) -> UUID:
    """The token by which claims of the API come: asked by one, approved by another. Its secret is nobody's."""
    asked = tokens.ask_token(
        programme_id=made.pk,
        unit_id=unit_id,
        name="कार्यकर्ता ऐप / Workers' app (sample)",
        reason="कार्यकर्ताओं के फ़ोन से सदस्यता / Members from the phones of workers",
        days=WINDOW_DAYS,
        by=asks,
        at=at,
    )
    org.decide_release(public_id=asked.public_id, allow=True, by=allows, at=at)
    return tokens.make_token(release_id=asked.public_id, by=asks, at=at).public_id


def _ask_for_list(unit_id: int, asks: Actor, at: datetime) -> None:
    """A request that waits for a data officer, to be approved or refused in the demo."""
    settings = {"unit": "JK-D627", "in": "organisational", "rung": "counted"}
    exporting.ask_for_list(
        unit_id=unit_id,
        n=1,
        reason="धन्यवाद पत्र / Letters of thanks (sample)",
        settings=settings,
        by=asks,
        at=at,
    )


def _split(made: Programme, ids: dict[str, int], president: Actor, at: datetime) -> None:
    """By the last result, down to the booths; three districts have a target of their own, locked."""

    def split(above: str, levels: int | None) -> None:
        programmes.split_target(
            programme_id=made.pk,
            unit_id=ids[above],
            how="result",
            options={"election": "JK2024", "party": elections.PARTY},
            levels=levels,
            by=president,
            at=at,
        )

    for above in ("JK", "JK-R1", "JK-R2"):
        split(above, 1)
    locked = programme_queries.targets(programme=made, units=[ids[code] for code in LOCKED])
    for code, pct in LOCKED.items():
        n = 100 * round(locked[ids[code]].n * pct / 10_000)
        programmes.set_target(programme_id=made.pk, unit_id=ids[code], n=n, by=president, at=at)
        programmes.lock_target(programme_id=made.pk, unit_id=ids[code], locked=True, by=president, at=at)
    for region in ("JK-R1", "JK-R2"):
        split(region, None)
