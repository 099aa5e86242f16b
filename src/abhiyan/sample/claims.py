"""The claims of the demo: who sends them, twenty days of them through the act, and the truth beside the product."""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from abhiyan.core import clock, home
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.rolls import MEMBERS
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import tokens
from abhiyan.intake.queries import drive as queries_drive
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Purpose
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.targets import queries as target_queries
from abhiyan.units import queries as units

from . import history, people, tree
from .data_files import sample_shares
from .truth import SampleTruth

BATCH = 500
# The first numbers of others' phones among the sample ones.
NEIGHBOUR, WORKERS_FROM, LISTED_FROM, EARLIER_FROM = 40_000_000, 50_000_000, 55_000_000, 60_000_000
DOORS_FROM, SHEETS_FROM, LINKS_FROM = 46_000_000, 46_100_000, 46_200_000
UNPLACED_FROM, DOUBLES_FROM, FORMER_FROM = 46_300_000, 46_400_000, 47_000_000
TRUTH = "demo-truth.csv"
BY = Actor.system("demo")


def home_of_worker(cluster: str) -> str:
    """Return the first of three neighbouring clusters that share a worker: the worker lives there."""
    mandal, _, number = cluster.rpartition("-C")
    return f"{mandal}-C{(int(number) - 1) // 3 * 3 + 1}"


def sample_workers(seed: str, rows: Iterable[tree.UnitRowSample]) -> dict[str, people.Sample]:
    """Return the worker who lives in each of those clusters, and writes down what people around there say."""
    homes = sorted({home_of_worker(row.code) for row in rows if row.kind == "cluster"})
    return dict(zip(homes, people.sample_people(f"workers {seed}", first=WORKERS_FROM), strict=False))


def worker_accounts(sample_people: Mapping[str, people.Sample]) -> dict[str, UUID]:
    """Return the public ids of those workers' accounts: what the product keeps of who wrote an entry down.

    In system scope.
    """
    ids = {code: keyring().phone_id(sample.phone) for code, sample in sample_people.items()}
    found = people_queries.accounts_of(phone_ids=ids.values())
    return {code: found[phone_id].public_id for code, phone_id in ids.items()}


def cast_booth(rows: Sequence[tree.UnitRowSample]) -> tree.UnitRowSample:
    """Return the booth of the cast: the first of the first cluster of Katra."""
    katra = next(row.code for row in rows if row.kind == "mandal" and row.name_en == "Katra")
    return next(row for row in rows if row.kind == "booth" and row.organisational_parent == f"{katra}-C1")


def neighbour_of(seed: str) -> people.Sample:
    """Return the person the cast's booth president may call: their phone never answers."""
    return next(people.sample_people(f"neighbour {seed}", first=NEIGHBOUR))


def enrol_days(
    seed: str,
    rows: Sequence[tree.UnitRowSample],
    programme: Programme,
    token: UUID,
    first: date,
    at: datetime,
    say: Callable[[str], None],
    *,
    days: int,
    about: int,
    after: Callable[[int, datetime, SampleTruth], None] = lambda *_given: None,
) -> None:
    """Enrol so many days of claims through the act, each day's in order. about: how many claims come.

    after: called when a day is over, with its number from 1, its end, and what is true of the entries until
    then. The truth, which entry was whose and which were invented, goes to a file beside the product.
    """
    parent = {row.code: row.organisational_parent for row in rows}
    eager = history.eagerness(seed, [row.code for row in rows if row.kind == "district"])
    for code, pull in _pulls(rows, parent, programme).items():
        eager[code] *= pull * sample_shares().drive.eager_districts.get(code, 1)
    booths = [
        history.Booth(
            row.code,
            row.electors or 0,
            home_of_worker(row.organisational_parent),
            eager[parent[parent[row.organisational_parent]]],
        )
        for row in rows
        if row.kind == "booth"
    ]
    sample_person, booth = neighbour_of(seed), cast_booth(rows)
    neighbour = history.Event(  # the cast's booth president may call them
        history.API,
        "neighbour",
        datetime.combine(first, time(7), history.ZONE),
        sample_person.phone,
        sample_person.name_hi,
        sample_person.birth_year,
        booth.code,
        home_of_worker(booth.organisational_parent),
        calls=True,
    )
    first_claims = about * 100 // 121  # calls that are repeated and entries sent again make up the rest
    done = 0
    named = sample_workers(seed, rows)
    with system("demo"):
        whose = worker_accounts(named)
    with (home.home_folder() / TRUTH).open("w", newline="") as file:
        truth = SampleTruth(file, whose)
        truth.begin()
        for number, day in enumerate(
            history.events(seed, booths=booths, first=first, days=days, claims=first_claims), 1
        ):
            until = min(datetime.combine(first + timedelta(number), time(0, 0), history.ZONE), at)
            if number == 1:
                day.insert(0, neighbour)
            happened = [event for event in day if event.at <= until]
            for part in _batched(happened):
                done += _take_in(programme.pk, part, token, named, truth)
            with system("demo"):
                programmes.fold_changes(at=until)
            if used := [event.at for event in happened if event.kind == history.API]:
                tokens.note_token_used(public_id=token, by=BY, at=used[-1])
            after(number, until, truth)
            if number % 5 == 0:
                say(f"  day {number}: {done:,} claims")


def _pulls(
    rows: Sequence[tree.UnitRowSample], parent: dict[str, str], programme: Programme
) -> dict[str, float]:
    """Return how much more, or less, a district joins for being asked for more, or less, per elector than the
    state."""
    electors: dict[str, int] = {row.code: 0 for row in rows if row.kind == "district"}
    for row in rows:
        if row.kind == "booth":
            electors[parent[parent[row.organisational_parent]]] += row.electors or 0
    with system("demo"):
        ids = units.ids_of(electors)
        targets = target_queries.targets(programme=programme, units=list(ids.values()))
    target_by_code = {code: targets[ids[code]].n if ids[code] in targets else 0 for code in electors}
    usual = sum(target_by_code.values()) / sum(electors.values())
    return {code: 0.25 + target_by_code[code] / (usual * max(1, n)) for code, n in electors.items()}


def _batched(events: Sequence[history.Event]) -> Iterator[tuple[history.Event, ...]]:
    rest = iter(events)
    while part := tuple(itertools.islice(rest, BATCH)):
        yield part


def _take_in(
    programme_id: int,
    events: Sequence[history.Event],
    token: UUID,
    named: Mapping[str, people.Sample],
    truth: SampleTruth,
) -> int:
    """Take in one batch: its claims through `enrol_batch`, its opened links marked. How many claims."""
    at = events[-1].at
    sent = [event for event in events if event.kind != history.OPEN]
    claims = [claim_of_event(event, token, named) for event in sent]
    answers = intake.enrol_batch(programme_id=programme_id, claims=claims, by=BY, at=at)
    opened = [event.phone for event in events if event.kind == history.OPEN]
    if opened:
        intake.open_links_of(programme_id=programme_id, phones=opened, by=BY, at=at)
    for event, claim, answer in zip(sent, claims, answers, strict=True):
        truth.tell(event, claim, answer)
    return sum(event.kind != history.COMPLETE for event in sent)


_WAYS = {
    history.CALL: (Channel.MISSED_CALL, Sign.CALL),
    history.COMPLETE: (Channel.WEB, Sign.WEB),
    history.WEB: (Channel.WEB, Sign.CODE),
    history.API: (Channel.API, Sign.NONE),
    history.PAPER: (Channel.PAPER, Sign.NONE),
}


def claim_of_event(
    event: history.Event, token: UUID | None, named: Mapping[str, people.Sample]
) -> enrolment.ClaimMessage:
    """Return an event of the history as the claim its channel would send.

    token: by which claims of the API come. named: the workers; what they write down names them by their phone.
    """
    channel, sign = _WAYS[event.kind]
    sender = uuid5(NAMESPACE_URL, f"abhiyan-demo-{event.worker or event.kind}")
    if event.kind == history.CALL:
        return enrolment.ClaimMessage(
            channel=channel.value,
            key=enrolment.sender_key(sender, event.key),
            phone=event.phone,
            by=sender,
            field_at=event.at,
            sign=sign.value,
        )
    return enrolment.ClaimMessage(
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
        consents=(Purpose.MEMBERSHIP, Purpose.CALLS, Purpose.MESSAGES)
        if event.calls
        else (Purpose.MEMBERSHIP,),
        says_adult=True,
        worker=named[event.worker].phone if event.worker else None,
    )


def join_by_web(
    programme_id: int, persons: Sequence[people.Sample], booths: Sequence[str | None], *, at: datetime
) -> list[enrolment.ClaimOutcome]:
    """Have some people join on the web, each with the code of their own phone.

    booths: of each; None: they have not said.
    """
    answers = intake.enrol_batch(
        programme_id=programme_id,
        claims=[
            enrolment.ClaimMessage(
                channel=Channel.WEB.value,
                key=enrolment.sender_key(BY.id, f"web {sample_person.phone} {sample_person.name}"),
                phone=sample_person.phone,
                by=BY.id,
                name=sample_person.name,
                birth_year=sample_person.birth_year,
                unit_code=booth,
                sign=Sign.CODE.value,
                notice_version=1,
                language="hi",
                says_adult=True,
            )
            for sample_person, booth in zip(persons, booths, strict=True)
        ],
        by=BY,
        at=at,
    )
    return [answer for answer in answers if isinstance(answer, enrolment.ClaimOutcome)]


def tell_genuine(entries: Mapping[UUID, UUID]) -> None:
    """Add entries of workers that nobody invented to the truth. entries: claim -> account of the worker."""
    with (home.home_folder() / TRUTH).open("a", newline="") as file:
        csv.writer(file).writerows([claim.hex, worker, "no"] for claim, worker in entries.items())


def running_drive(at: datetime) -> int | None:
    """Return the id of the drive that is open at an instant, if one is."""
    with system("demo"):
        nation = units.unit("IN")
        found = programme_queries.programmes_running(nation.pk, clock.day_in("Asia/Kolkata", at))
        return next(
            (
                programme.pk
                for programme in found
                if activities.activity_of(programme.kind).fills_roll
                and queries_drives.roll_of(programme.pk) is MEMBERS
            ),
            None,
        )


def token_in_force(programme_id: int, at: datetime) -> UUID | None:
    """Return the token in force by which a drive's claims of the API come, if there is one."""
    found = queries_drive.tokens(programme_id, manages=True, language="en", at=at)
    return next(
        (token.row.public_id for token in found if token.row.channel == Channel.API and not token.is_over),
        None,
    )
