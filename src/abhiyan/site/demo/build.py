"""Making the demo's data: units and PIN codes by import, offices by appointment, claims by the act. Nothing else."""

import csv
import itertools
import json
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from abhiyan.core import audit_seals, clock, home
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment import queries_drive
from abhiyan.enrolment.actions import tokens
from abhiyan.enrolment.models import Channel, Sign
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.people import actions as people_actions
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.units import actions as units_actions
from abhiyan.units import queries as units

from . import elections, history, lists, people, tree

DAYS = 20
WINDOW_DAYS = 60
CLAIMS = 250_000
TARGET = 2_000_000
LOCKED = {
    "JK-D5": 110,
    "JK-D7": 90,
    "JK-D13": 130,
}  # districts set by hand: per cent of what the last result gives
DECLINES, REASON = 4, "परिवार में विवाह है, जनवरी तक बाहर हूँ"
BATCH = 500
LEAVE_NUMBER, JOIN_NUMBER = "+918000000002", "+918000000001"
BY = Actor.system("demo")


def worker_id(code: str) -> UUID:
    """The public id a sample worker's entries carry."""
    return uuid5(NAMESPACE_URL, f"abhiyan-demo-worker-{code}")


@dataclass(frozen=True, slots=True)
class Part:
    """One named person of the demo: an office in a unit."""

    office: str
    unit: str
    hierarchy: int = 1


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
    say("importing the results of past elections")
    elections.bring_results(at=at)
    acting = {part.office: _acting(account) for part, account in holders.items() if part in CAST}
    president = acting["state_president"]
    elections.plan(seed, ids["JK"], by=president, nation=acting["national_president"], at=at)
    say("splitting the drive's target by the last result")
    with system("demo"):
        programme = _programme(ids, first, president, at)
        _name_in_charges(programme, holders, ids, president, at)
    token = _token(programme, ids["JK"], acting["it_administrator"], acting["state_general_secretary"], at)
    say(f"taking in about {CLAIMS:,} claims of {DAYS} days")
    _enrol(seed, rows, programme, token, first, at, say)
    enrolment.consider_answered(programme_id=programme.pk, until=at - timedelta(minutes=20), by=BY, at=at)
    say("sealing the trail")
    with system("demo"):
        programmes.fold(at=at)
        audit_seals.seal(at)


def _bring(kind: str, lines: Iterable[Sequence[object]], *, options: dict[str, str], at: datetime) -> None:
    """One list through the staged import, as anybody's would go."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"demo-{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(lines)
        lists.bring(kind, path, options=options, at=at)


def _units_file(rows: Sequence[tree.Row]) -> Iterator[Sequence[object]]:
    names = [
        "code",
        "kind",
        "name_en",
        "name_hi",
        "organisational_parent",
        "electoral_parent",
        "administrative_parent",
        "electors",
        "households",
        "lat",
        "lon",
        "source",
    ]
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


def _appoint(
    seed: str, rows: Sequence[tree.Row], ids: dict[str, int], at: datetime, today: date
) -> dict[Part, Account]:
    """Who holds which office: the cast, one line down to a booth, most districts and mandals."""
    holders = {}
    rng = random.Random(f"offices {seed}")  # noqa: S311  # sample data
    crowd = people.people(f"offices {seed}", first=0)
    katra = next(row.code for row in rows if row.kind == "mandal" and row.name_en == "Katra")
    cluster = f"{katra}-C1"
    booth = next(row.code for row in rows if row.kind == "booth" and row.organisational_parent == cluster)
    parts = [
        *CAST,
        Part("mandal_president", katra),
        Part("mandal_in_charge", katra),
        Part("cluster_in_charge", cluster),
        Part("booth_president", booth),
        Part("booth_worker", booth),
    ]
    for part in parts:
        since = today - timedelta(days=rng.randint(100, 700))
        holders[part] = _seat(part, next(crowd), ids, at, since=since, is_demo=True)
    taken = {(part.office, part.unit) for part in parts}
    for row in rows:
        near = row.organisational_parent.startswith(f"{katra}-") or row.organisational_parent == katra
        office, share = {
            "district": ("district_president", 0.9),
            "mandal": ("mandal_president", 0.75),
            "cluster": ("cluster_in_charge", 0.8 if near else 0.0),
            "booth": ("booth_president", 0.7 if near else 0.0),
        }.get(row.kind, ("", 0.0))
        if not office or (office, row.code) in taken or rng.random() > share:
            continue
        since = today - timedelta(days=rng.randint(30, 900))
        part = Part(office, row.code)
        holders[part] = _seat(part, next(crowd), ids, at, since=since, is_demo=False)
    return holders


def _seat(
    part: Part, person: people.Sample, ids: dict[str, int], at: datetime, *, since: date, is_demo: bool
) -> Account:
    account = people_actions.open_account(
        phone=person.phone,
        name=person.name_hi if is_demo else person.name,
        by=BY,
        at=at,
        unit_id=ids[part.unit],
        is_demo=is_demo,
    )
    org.appoint(
        account_id=account.pk,
        office=part.office,
        unit_id=ids[part.unit],
        hierarchy=part.hierarchy,
        by=BY,
        at=at,
        starts_on=since,
    )
    return account


def _name_in_charges(
    made: Programme, holders: dict[Part, Account], ids: dict[str, int], president: Actor, at: datetime
) -> None:
    """District presidents answer for the drive, the district in-charge of the cast in one; most have said yes, one
    no, three have not answered."""
    homes = {part.unit: account for part, account in holders.items() if part.office == "district_president"}
    homes |= {part.unit: account for part, account in holders.items() if part.office == "district_in_charge"}
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


def _programme(ids: dict[str, int], first: date, president: Actor, at: datetime) -> Programme:
    """The drive: its programme, target split down to the booths by the state's president, numbers to call."""
    made = programmes.make_programme(
        template="membership_drive",
        names={"en": "Membership drive 2026 (sample)", "hi": "सदस्यता अभियान 2026 (नमूना)"},
        owner_id=ids["JK"],
        unit_ids=[ids["JK"]],
        opens_on=first,
        closes_on=first + timedelta(days=WINDOW_DAYS - 1),
        by=president,
        at=at,
        is_sample=True,
    )
    programmes.open_programme(programme_id=made.pk, by=president, at=at)
    programmes.set_target(programme_id=made.pk, unit_id=ids["JK"], n=TARGET, by=president, at=at)
    _split(made, ids, president, at)
    enrolment.set_up_drive(programme_id=made.pk, join_slug="jk-2026", by=BY, at=at)
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
    """The token by which claims of the API come: asked by one, allowed by another. Its secret is nobody's."""
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


def _enrol(
    seed: str,
    rows: Sequence[tree.Row],
    programme: Programme,
    token: UUID,
    first: date,
    at: datetime,
    say: Callable[[str], None],
) -> None:
    """Twenty days of claims through the act, each day's in order; the truth about fabrication goes to a file."""
    parent = {row.code: row.organisational_parent for row in rows}
    eager = history.eagerness(seed, [row.code for row in rows if row.kind == "district"])
    for code, pull in _pulls(rows, parent, programme).items():
        eager[code] *= pull
    booths = [
        history.Booth(
            row.code,
            row.electors or 0,
            row.organisational_parent,
            eager[parent[parent[row.organisational_parent]]],
        )
        for row in rows
        if row.kind == "booth"
    ]
    first_claims = CLAIMS * 100 // 121  # calls that are repeated and entries sent again make up the rest
    done = 0
    with (home.path() / "demo-truth.csv").open("w", newline="") as file:
        truth = csv.writer(file)
        truth.writerow(["claim_id", "worker"])
        for number, day in enumerate(
            history.events(seed, booths=booths, first=first, days=DAYS, claims=first_claims), 1
        ):
            until = min(datetime.combine(first + timedelta(number), time(0, 0), history.ZONE), at)
            happened = [event for event in day if event.at <= until]
            for part in _batched(happened):
                done += _take_in(programme.pk, part, token, truth)
            with system("demo"):
                programmes.fold(at=until)
            if used := [event.at for event in happened if event.kind == history.API]:
                tokens.note_token_used(public_id=token, by=BY, at=used[-1])
            if number % 5 == 0:
                say(f"  day {number}: {done:,} claims")


def _pulls(rows: Sequence[tree.Row], parent: dict[str, str], programme: Programme) -> dict[str, float]:
    """How much more, or less, a district joins for being asked for more, or less, per elector than the state."""
    electors: dict[str, int] = {row.code: 0 for row in rows if row.kind == "district"}
    for row in rows:
        if row.kind == "booth":
            electors[parent[parent[row.organisational_parent]]] += row.electors or 0
    with system("demo"):
        ids = units.ids_of(electors)
        targets = programme_queries.targets(programme=programme, units=list(ids.values()))
    asked = {code: targets[ids[code]].n if ids[code] in targets else 0 for code in electors}
    usual = sum(asked.values()) / sum(electors.values())
    return {code: 0.25 + asked[code] / (usual * max(1, n)) for code, n in electors.items()}


def _batched(events: Sequence[history.Event]) -> Iterator[tuple[history.Event, ...]]:
    rest = iter(events)
    while part := tuple(itertools.islice(rest, BATCH)):
        yield part


def _take_in(programme_id: int, events: Sequence[history.Event], token: UUID, truth: Any) -> int:
    """One batch: its claims through `enrol_batch`, its opened links marked. How many claims."""
    at = events[-1].at
    claims = [claim_of(event, token) for event in events if event.kind != history.OPEN]
    enrolment.enrol_batch(programme_id=programme_id, claims=claims, by=BY, at=at)
    opened = [event.phone for event in events if event.kind == history.OPEN]
    if opened:
        enrolment.open_links_of(programme_id=programme_id, phones=opened, by=BY, at=at)
    for event, claim in zip((event for event in events if event.kind != history.OPEN), claims, strict=True):
        if event.fabricated:
            truth.writerow([enrolment.claim_id(claim.channel, claim.key).hex(), event.worker])
    return sum(event.kind != history.COMPLETE for event in events if event.kind != history.OPEN)


_WAYS = {
    history.CALL: (Channel.MISSED_CALL, Sign.CALL),
    history.COMPLETE: (Channel.WEB, Sign.WEB),
    history.WEB: (Channel.WEB, Sign.CODE),
    history.API: (Channel.API, Sign.NONE),
    history.PAPER: (Channel.PAPER, Sign.NONE),
}


def claim_of(event: history.Event, token: UUID | None) -> enrolment.Claim:
    """An event of the history as the claim its channel would send. token: by which claims of the API come.

    Keys are mixed with the worker's id there too: a token's differs in every build, and the order of claims with it.
    """
    channel, sign = _WAYS[event.kind]
    sender = worker_id(event.worker) if event.worker else worker_id(event.kind)
    if event.kind == history.CALL:
        return enrolment.Claim(
            channel=channel.value,
            key=enrolment.sender_key(sender, event.key),
            phone=event.phone,
            by=sender,
            field_at=event.at,
            sign=sign.value,
        )
    return enrolment.Claim(
        channel=channel.value,
        key=enrolment.sender_key(sender, f"{event.kind}-{event.key}"),
        phone=event.phone,
        by=token if token is not None and event.kind == history.API else sender,
        name=event.name,
        birth_year=event.birth_year,
        unit_code=event.booth,
        field_at=event.at,
        sign=sign.value,
        notice_version=1,
        language="hi",
        says_adult=True,
    )


def running_drive(at: datetime) -> int | None:
    """The id of the drive that is open at an instant, if one is."""
    with system("demo"):
        nation = units.unit("IN")
        found = programme_queries.programmes_running(nation.pk, clock.day_in("Asia/Kolkata", at))
    return next((one.pk for one in found if one.kind == "drive"), None)


def token_of(programme_id: int, at: datetime) -> UUID | None:
    """The token in force by which a drive's claims of the API come, if there is one."""
    found = queries_drive.tokens(programme_id, manages=True, language="en", at=at)
    return next(
        (one.row.public_id for one in found if one.row.channel == Channel.API and not one.is_over), None
    )
