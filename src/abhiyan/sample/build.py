"""Making the demo's data: units and PIN codes by import, offices by appointment, claims by the act. Nothing else."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from abhiyan.core import audit_seals, clock, home, lot, rooms
from abhiyan.core.actor import Actor
from abhiyan.core.samples import SampleGround, note_all_made, note_made, sample_phone
from abhiyan.core.scope import system
from abhiyan.elections.demo import PARTY
from abhiyan.enrolment import actions as enrolment
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.org.rules.offices import SEATS
from abhiyan.paper import queries as batches
from abhiyan.people import actions as people_actions
from abhiyan.people.actions import finding
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import ages
from abhiyan.programmes.models import Programme
from abhiyan.targets import queries as target_queries
from abhiyan.targets.actions import lock_target, set_target, split_target
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.work.demo import report_weekly_figures

from . import (
    answers,
    asked,
    bulk,
    charges,
    contributors,
    doubles,
    fieldwork,
    flags,
    former,
    frames,
    friends,
    history,
    hosts,
    lists,
    noes,
    people,
    placeless,
    rights,
    said,
    texts,
    tree,
)
from . import claims as made_claims
from .claims import BY, EARLIER_FROM, LISTED_FROM, cast_booth, claim_of_event, sample_workers
from .data_files import sample_shares, sample_words
from .run import PEOPLE
from .truth import SampleTruth

SHARES, WORDS = sample_shares(), sample_words()
DAYS = 43
WINDOW_DAYS = 60
CHECKS = 1_000  # in the largest frame, or one in 20 claims if that is fewer.
A_TURN = 27_500  # claims of a drive that asks its members for one minute a day.
CAST_DISTRICT, CAST_TARGETS = "JK-D627", (170, 110, 90)  # of the mandal, cluster and booth of the cast.
NAMED_DOWN = "JK-D14"  # the district whose mandal presidents are all named at once.
LINKED = 4  # people who join the drive of the district by the own link of the cast's worker
JOIN_NUMBER, LEAVE_NUMBER, STOP_NUMBER, HELP_NUMBER, ANSWER_NUMBER = (f"+91800000000{n}" for n in range(1, 6))
LEVELS = [kind.value for kind in Kind]
CALLERS = ("call_agent", "call_supervisor")
MOST_CALLERS, CENTRE_DAYS = 10, 60  # seats of a call centre; for how long there are centres


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """One named person of the demo: an office in a unit. seat: which of its seats."""

    office: str
    unit: str
    hierarchy: int = 1
    seat: int = 1


# One named person per office, each on a level of its own, down one line and a little beside it.
CAST = (
    DemoOfficer("national_president", "IN"),
    DemoOfficer("national_general_secretary", "IN"),
    DemoOfficer("state_president", "JK"),
    DemoOfficer("state_general_secretary", "JK"),
    DemoOfficer("it_administrator", "JK"),
    DemoOfficer("region_in_charge", "JK-R2"),
    DemoOfficer("district_president", "JK-D627"),
    DemoOfficer("district_in_charge", "JK-D627"),
    DemoOfficer("call_centre_agent", "JK-D627"),
    DemoOfficer("verifier", "JK-D14"),
    DemoOfficer("constituency_in_charge", "JK-PC4", 2),
    DemoOfficer("segment_in_charge", "JK-AC58", 2),
)
# Offices that nobody misses where they are vacant.
BESIDE = (
    *(DemoOfficer(office, "IN") for office in ("national_vice_president", "national_secretary")),
    *(DemoOfficer(office, "JK") for office in ("state_vice_president", "state_secretary")),
    DemoOfficer("friends_organiser", "JK-PC4", 2),
    DemoOfficer("call_centre_supervisor", "JK-D627"),
    DemoOfficer("member_of_parliament", "JK-PC4", 2),
    DemoOfficer("legislator", "JK-AC58", 2),
)
# The approvers of others' requests.
OFFICERS = (
    *(DemoOfficer("data_officer", "IN", seat=seat) for seat in (1, 2)),
    *(DemoOfficer("data_officer", unit) for unit in ("JK-D627", "JK")),
)


@dataclass(frozen=True, slots=True)
class Laid:
    """The ground of the demo, with what is made of it further. claims: of the drive, about; first: its first day."""

    ground: SampleGround
    rows: Sequence[tree.UnitRowSample]
    holders: Mapping[DemoOfficer, Account]
    programme: Programme
    claims: int
    first: date


def build_demo(
    seed: str,
    *,
    at: datetime,
    claims: int,
    say: Callable[[str], None],
    serve: Callable[[], None] = lambda: None,
) -> None:
    """Make everything the demo shows, in the order a real campaign would make it.

    As role `jobs`; commits as it goes. serve: called once pages can be looked at; samples of rooms follow.
    """
    note_made()
    with lot.seeded(f"demo {seed}"):
        laid = lay_ground(seed, at=at, claims=claims, say=say)
        note_made("people", "units", "ui")
        serve()
        fill_rooms(laid, say)
    note_all_made()


def lay_ground(seed: str, *, at: datetime, claims: int, say: Callable[[str], None]) -> Laid:
    """Lay units, people in offices, and the drive they are to work for."""
    today = clock.day_in("Asia/Kolkata", at)
    first = today - timedelta(days=DAYS - 1)
    with system("demo"):
        people_actions.ensure_sample_notice(by=BY, at=at)
        messaging.publish_templates(by=BY, at=at)
        org.ensure_offices()
    rows = list(tree.tree_rows(seed))
    say(f"importing {len(rows):,} units in three trees")
    lists.bring_rows("units", lists.units_file(rows), options={}, at=at - timedelta(days=former.ORGANISED))
    say("appointing people to offices")
    with system("demo"):
        ids = units.ids_of(row.code for row in rows if row.kind != "village")
        centres = _centres(rows, ids, at - timedelta(days=former.ORGANISED))
        holders = _appoint(seed, rows, ids, centres, at, today)
        shown = {
            part.office: (_acting(each), ids[part.unit]) for part, each in holders.items() if each.is_demo
        }
        programme = _programme(ids, first, claims, shown["state_president"][0], at)
    offices: dict[str, dict[int, Actor]] = {}
    for held, account in holders.items():
        offices.setdefault(held.office, {})[ids[held.unit]] = _acting(account)
    (home.home_folder() / PEOPLE).write_text(by_level(holders, rows), encoding="utf-8")
    ground = SampleGround(seed, at, ids, shown, offices, programme.pk)
    return Laid(ground, rows, holders, programme, claims, first)


def fill_rooms(laid: Laid, say: Callable[[str], None]) -> None:
    """Make the sample of each room, the lowest floor first, each noted once it is there; then what needs several."""
    found = [
        (config.label, module.sample) for config, module in rooms.modules("demo") if hasattr(module, "sample")
    ]
    floor = settings.ROOMS.index("enrolment")
    below = [one for one in found if settings.ROOMS.index(one[0]) < floor]
    say("bringing PIN codes and outlines")
    lists.bring_rows("pins", lists.pins_file(laid.rows), options={}, at=laid.ground.at)
    with system("demo"):
        lists.set_sample_outlines(laid.ground.at)
    for room, sample in below:
        say(f"making the sample of {room}")
        sample(laid.ground)
        note_made(*({room} - {"programmes", "messaging"}))
    _targets(laid, say)
    note_made("programmes")
    _history(laid, say)
    note_made("verification")
    _last_days(laid, say)
    note_made("enrolment", "messaging")
    for room, sample in found[len(below) :]:
        say(f"making the sample of {room}")
        sample(laid.ground)
        note_made(room)
    say("asking hosts of stays, booth presidents, and people at doors")
    planner, verifiers = laid.ground.actor("state_president"), sample_verifiers(laid.holders)
    hosts.check_sample_stays(laid.ground, planner, verifiers)
    hosts.check_sample_field_days(laid.ground, planner, verifiers)
    hosts.ask_at_doors(laid.ground, planner, verifiers)
    say("sealing the trail")
    with system("demo"):
        programmes.fold_changes(at=laid.ground.at)
        ages.count_ages(programme=laid.programme, at=laid.ground.at)
        audit_seals.seal_entries(laid.ground.at)


def _targets(laid: Laid, say: Callable[[str], None]) -> None:
    """Make targets by the last result, in-charges of the drive, and the drives before it."""
    ground, programme = laid.ground, laid.programme
    president = ground.actor("state_president")
    say("splitting the drive's target by the last result")
    with system("demo"):
        _split(programme, laid)
        homes = {p.unit: one for p, one in laid.holders.items() if p.office == "district_president"}
        homes |= {part.unit: laid.holders[part] for part in CAST if part.office == "district_in_charge"}
        by_unit = {ground.ids[code]: _acting(account) for code, account in homes.items()}
        named_at = ground.at - timedelta(days=charges.AGO)
        charges.name_in_charges(programme, by_unit, president, named_at)
        every = [(ground.ids[part.unit], _acting(account)) for part, account in laid.holders.items()]
        charges.name_mandal_leaders(programme, ground.ids[NAMED_DOWN], every, president, named_at)
    say("taking in three earlier drives")
    _past_lists(laid)
    _earlier_drives(laid)


def _history(laid: Laid, say: Callable[[str], None]) -> None:
    """Make the claims of the drive, with the frames that are frozen and the workers who are asked meanwhile."""
    ground, programme, officer = laid.ground, laid.programme, _acting(laid.holders[OFFICERS[-1]])
    seed, at, president = ground.seed, ground.at, ground.actor("state_president")
    token = asked.approved_token(
        programme, ground.ids["JK"], ground.actor("it_administrator"), officer, WINDOW_DAYS, at
    )
    with system("demo"):
        asked.ask_for_sample_list(ground.ids["JK-D627"], ground.actor("district_in_charge"), at)
    say(f"taking in about {laid.claims:,} claims of {DAYS} days")
    checks = min(CHECKS, laid.claims // 20)
    by_mandal = {ground.ids[code]: n for code, n in frames.BY_MANDAL.items()}
    checking = frames.Frames(seed, programme, president, sample_verifiers(laid.holders), checks, by_mandal)
    asking = flags.Flags(programme, president, officer, checking)
    saying = said.Sayings(ground)

    def after(number: int, until: datetime, truth: SampleTruth) -> None:
        checking.after(number, until, truth)
        asking.after(number, until)
        saying.after(number, until)

    made_claims.enrol_days(
        seed, laid.rows, programme, token, laid.first, at, say, days=DAYS, about=laid.claims, after=after
    )
    report_weekly_figures(ground)
    checking.end(at)
    asking.decide(at)


def _last_days(laid: Laid, say: Callable[[str], None]) -> None:
    """Make the last days: another drive, doors, paper, answers, bulk messages, duplicates."""
    ground, programme, holders = laid.ground, laid.programme, laid.holders
    seed, at, ids, shown = ground.seed, ground.at, ground.ids, ground.shown
    president = ground.actor("state_president")
    say("starting a drive of one district beneath it: members of its trial renew")
    part = _district_drive(laid)
    say("entering people at doors, on paper and by links of workers")
    _field(laid, part)
    placeless.join_without_place(seed, programme, part, at)
    enrolment.consider_answered(programme_id=programme.pk, until=at - timedelta(minutes=20), by=BY, at=at)
    texts.bring_texts(programme, JOIN_NUMBER, at)
    say("asking who joined, and taking in their answers")
    answers.ask_and_answer(seed, turns=max(1, laid.claims // A_TURN), at=at, say=say)
    spared = [shown[office][0].id for office in ("booth_worker", "booth_president")]
    noes.say_noes(programme, at, spared=spared)
    rights.ask_for_rights(ids["JK-D627"], _acting(holders[DemoOfficer("data_officer", "JK-D627")]), at)
    say("sending two bulk messages, one of them half-way")
    with system("demo"):
        read = [one for part, one in holders.items() if part.office == "district_president"][1::2]
        bulk.send_sample_text(
            president,
            _acting(holders[OFFICERS[-1]]),
            programme_id=programme.pk,
            state=ids["JK"],
            district=ids["JK-D627"],
            mandal=shown["mandal_president"][1],
            readers=map(_acting, read),
            at=at,
        )
    booths = _booths_of("JK-D627", laid.rows)
    planted = doubles.plant(programme, [cast_booth(laid.rows).code, *booths[:: len(booths) // 9 or 1]], at)
    if finding.may_look():
        say("looking for duplicates")
        finding.find_doubles(at=at)
        doubles.decide_doubles(planted, shown["district_president"][0], at)
    say("gathering friends in 65 constituencies")
    friends.gather_friends(ground, laid.rows)
    say("gathering contributors of the state")
    contributors.gather_contributors(ground, laid.rows)


def _past_lists(laid: Laid) -> None:
    """Make lists a state has brought before: totals of an earlier drive, and paper forms that wait."""
    rows, at, ids = laid.rows, laid.ground.at, laid.ground.ids
    president = laid.ground.actor("state_president")
    lists.bring_rows(
        "totals",
        lists.totals_file(laid.ground.seed, rows, int(laid.claims * SHARES.drive.last)),
        options={"label": lists.LAST_LABEL, "source": WORDS.drives.last_source},
        at=at - timedelta(days=12),
        by=president,
        unit_id=ids["JK"],
    )
    with system("demo"):
        programmes.change_programme(
            programme_id=laid.programme.pk, earlier=lists.LAST_LABEL, by=president, at=at
        )
    booth = cast_booth(rows)
    crowd = itertools.islice(people.sample_people(f"listed {laid.ground.seed}", first=LISTED_FROM), 24)
    forms = [("phone", "name", "birth_year", "booth")]
    forms += [(one.phone[3:], one.name_hi, str(one.birth_year), booth.code) for one in crowd]
    forms += [("98765", WORDS.drives.half_phone, "1984", booth.code)]
    forms += [(sample_phone(LISTED_FROM + 99), "", "1971", "X-1")]
    lists.bring_rows(
        "paper",
        forms,
        options={"drive": str(laid.programme.public_id), "notice_version": "1", "language": "hi"},
        at=at - timedelta(hours=2),
        by=laid.ground.actor("it_administrator"),
        unit_id=ids["JK-D627"],
        steps=("check",),
    )


def _earlier_drives(laid: Laid) -> None:
    """Make two trials of one district each, a month long and closed since: five in six of what was asked for."""
    seed, rows, ids, today = laid.ground.seed, laid.rows, laid.ground.ids, laid.ground.today
    president, n = laid.ground.actor("state_president"), laid.claims // 100
    for number, place in enumerate(WORDS.drives.trial_places):
        code, trial = place.code, WORDS.drives.trial
        first = today - timedelta(days=730 - 365 * number)
        at = datetime.combine(first, time(9), history.ZONE)
        names = {
            "en": trial.en.format(place=place.en, year=first.year),
            "hi": trial.hi.format(place=place.hi, year=first.year),
        }
        with system("demo"):
            made = _drive(names, ids["JK"], ids[code], first, 30, n * 6 // 5, president, at)
            slug = f"{code.lower()}-{first.year}"  # the year alone may be that of the drive, too
            enrolment.set_up_drive(programme_id=made.pk, join_slug=slug, by=BY, at=at)
        homes = _booths_of(code, rows)
        crowd = people.sample_people(f"{code} {seed}", first=EARLIER_FROM + number * n)
        claims = []
        for index, one in enumerate(itertools.islice(crowd, n)):
            when, booth = at + timedelta(minutes=index * 40_000 // n), homes[index % len(homes)]
            said = (f"{code}-{index}", when, one.phone, one.name_hi, one.birth_year, booth)
            claims.append(claim_of_event(history.Event(history.WEB, *said), None, {}))
        intake.enrol_batch(programme_id=made.pk, claims=claims, by=BY, at=at + timedelta(days=29))
        with system("demo"):
            programmes.close_programme(programme_id=made.pk, by=president, at=at + timedelta(days=30))


def _district_drive(laid: Laid) -> Programme:
    """Make a drive of the second trial's district, from the sixth day on: four in ten members renew by web."""
    seed, rows, at, programme = laid.ground.seed, laid.rows, laid.ground.at, laid.programme
    code, n = "JK-D627", laid.claims // 100
    opens = laid.first + timedelta(days=5)
    begins = datetime.combine(opens, time(10), history.ZONE)
    with system("demo"):
        (made,) = programmes.start_in_units(
            programme_id=programme.pk,
            unit_ids=[laid.ground.ids[code]],
            opens_on=opens,
            closes_on=programme.closes_on,
            by=laid.ground.actor("state_president"),
            at=begins - timedelta(days=2),
        )
    homes = _booths_of(code, rows)
    crowd = people.sample_people(f"{code} {seed}", first=EARLIER_FROM + n)
    claims = []
    for index, one in enumerate(itertools.islice(crowd, n * 4 // 10)):
        minutes = int((at - begins).total_seconds()) // 60 - 60
        when, booth = begins + timedelta(minutes=index * minutes // (n * 4 // 10)), homes[index % len(homes)]
        said = (f"{code}-again-{index}", when, one.phone, one.name_hi, one.birth_year, booth)
        claims.append(claim_of_event(history.Event(history.WEB, *said), None, {}))
    for start in range(0, len(claims), 500):
        intake.enrol_batch(programme_id=made.pk, claims=claims[start : start + 500], by=BY, at=at)
    return made


def _booths_of(district: str, rows: Sequence[tree.UnitRowSample]) -> list[str]:
    above = {row.code: row.organisational_parent for row in rows}
    return [
        row.code
        for row in rows
        if row.kind == "booth" and above[above[row.organisational_parent]] == district
    ]


def _field(laid: Laid, part: Programme) -> None:
    """Make the last days of the cast's booth, at doors, on paper and by links; the truth of all of it is noted."""
    seed, at, shown = laid.ground.seed, laid.ground.at, laid.ground.shown
    rows, programme = laid.rows, laid.programme
    booth = cast_booth(rows)
    worker, president = shown["booth_worker"], shown["booth_president"]
    entries = fieldwork.knock(seed, programme, (worker, president), at)
    fieldwork.join_by_links(seed, programme, ((worker, booth.code, 9), (president, booth.code, 5)), at)
    fieldwork.join_by_links(
        seed, part, ((worker, booth.code, LINKED),), at, first=1_000
    )  # the link that Today offers
    batch, filled = fieldwork.fill_forms(seed, programme, shown["mandal_president"], worker, booth.code, at)
    typist = sample_workers(seed, rows)[booth.organisational_parent].phone
    lists.bring_rows(
        "paper",
        fieldwork.typed_rows(filled, booth=booth.code, worker=typist, at=at),
        options={"drive": str(programme.public_id), "batch": batch.number, "language": "hi"},
        at=at - timedelta(hours=26),
        by=laid.ground.actor("it_administrator"),
        unit_id=laid.ground.ids["JK-D627"],
    )
    with system("demo"):
        made_claims.tell_genuine(entries | batches.entries_of(batch))


def _centres(rows: Sequence[tree.UnitRowSample], ids: dict[str, int], at: datetime) -> dict[str, int]:
    """Make a call centre in every district; return their ids by its code."""
    districts, centre = [row for row in rows if row.kind == "district"], WORDS.tree.centre
    names = {
        ids[row.code]: {"en": centre.en.format(name=row.name_en), "hi": centre.hi.format(name=row.name_hi)}
        for row in districts
    }
    since = at - timedelta(days=CENTRE_DAYS)
    made = org.make_bodies(kind="centre", names=names, seats=MOST_CALLERS, by=BY, at=since)
    return {row.code: made[ids[row.code]] for row in districts}


def _appoint(
    seed: str,
    rows: Sequence[tree.UnitRowSample],
    ids: dict[str, int],
    centres: Mapping[str, int],
    at: datetime,
    today: date,
) -> dict[DemoOfficer, Account]:
    """Return the holder of each office: the cast, one line down to a booth, workers; a share of the others."""
    rng = random.Random(f"offices {seed}")  # noqa: S311  # sample data
    crowd = people.sample_people(f"offices {seed}", first=0)
    cluster = cast_booth(rows).organisational_parent
    katra = cluster.removesuffix("-C1")
    first_booths: dict[str, str] = {}
    for row in rows:
        if row.kind == "booth":
            first_booths.setdefault(row.organisational_parent, row.code)
    cast = [
        *CAST,
        DemoOfficer("mandal_president", katra),
        DemoOfficer("mandal_in_charge", katra),
        DemoOfficer("cluster_in_charge", cluster),
        DemoOfficer("booth_president", first_booths[cluster]),
        *OFFICERS,
    ]
    asked = {part: next(crowd) for part in cast}
    taken = {(part.office, part.unit) for part in cast}
    for row in rows:
        for seat in SEATS:
            if row.kind in ("constituency", "district") and not row.code.startswith("JK-"):
                continue  # only organisers of friends are there, and call centres
            is_vacant = row.kind in seat.expected_in and (seat.code, row.code) not in taken
            if is_vacant and rng.random() < SHARES.people.offices:
                hierarchy = 1 if row.organisational_parent else 2
                asked[DemoOfficer(seat.code, row.code, hierarchy)] = next(crowd)
    districts = [row.code for row in rows if row.kind == "district" and row.code.startswith("JK-")]
    unchecked = [code for code in districts[::2] if ("verifier", code) not in taken]
    asked |= {DemoOfficer("verifier", code): next(crowd) for code in unchecked}
    workers = sample_workers(seed, rows).items()
    asked |= {DemoOfficer("booth_worker", first_booths[code]): one for code, one in workers}
    asked |= {part: next(crowd) for part in BESIDE}
    shown = {*cast, *BESIDE, DemoOfficer("booth_worker", first_booths[cluster])}
    shown |= {DemoOfficer(office, CAST_DISTRICT) for office in CALLERS}
    asked |= {DemoOfficer("call_supervisor", code): next(crowd) for code in centres}
    asked |= {DemoOfficer("call_agent", code): next(crowd) for code in districts}
    accounts = org.appoint_many(
        bearers=[
            org.OfficeBearer(
                phone=one.phone,
                name=one.name_hi if part in shown else one.name,
                office=part.office,
                unit_id=ids[part.unit],
                since=today - timedelta(days=rng.randint(30, 900)),
                hierarchy=part.hierarchy,
                body_id=centres[part.unit] if part.office in CALLERS else None,
                is_demo=part in shown,
            )
            for part, one in asked.items()
        ]
        + former.former_holders(seed, rows, ids, [(part.office, part.unit) for part in asked], today),
        by=BY,
        at=at,
    )
    return dict(zip(asked, accounts, strict=False))


def sample_verifiers(holders: Mapping[DemoOfficer, Account]) -> list[Actor]:
    """Return the people who make the back-checks."""
    return [_acting(account) for part, account in holders.items() if part.office == "verifier"]


def by_level(holders: Mapping[DemoOfficer, Account], rows: Sequence[tree.UnitRowSample]) -> str:
    """List the demo's people, one a line under their level, from the nation down; electoral levels last."""
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


def _acting(account: Account) -> Actor:
    return Actor(kind="person", id=account.public_id, account_id=account.pk)


def _drive(
    names: dict[str, str], owner: int, unit: int, first: date, days: int, target: int, by: Actor, at: datetime
) -> Programme:
    """Make a sample drive that is open, with its target. Its address is to be set up."""
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
    set_target(programme_id=made.pk, unit_id=unit, n=target, by=by, at=at)
    return made


def _programme(ids: Mapping[str, int], first: date, claims: int, president: Actor, at: datetime) -> Programme:
    """Make the drive: its programme with a target, and numbers to call."""
    names = WORDS.drives.now.by_language()
    target = round(claims * SHARES.drive.target, -3)
    made = _drive(names, ids["JK"], ids["JK"], first, WINDOW_DAYS, int(target), president, at)
    enrolment.set_up_drive(programme_id=made.pk, join_slug=f"jk-{first.year}", by=BY, at=at)
    numbers = {
        JOIN_NUMBER: "join",
        LEAVE_NUMBER: "leave",
        STOP_NUMBER: "stop",
        HELP_NUMBER: "help",
        ANSWER_NUMBER: "answers",
    }
    for number, meaning in numbers.items():
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


def _split(made: Programme, laid: Laid) -> None:
    """Split the target by the last result, down to the booths.

    Three districts have a locked target. So had the cast's booth, with what is above it, during the split.
    It enrols far more than others.
    """
    ground, ids = laid.ground, laid.ground.ids
    president, at = ground.actor("state_president"), ground.at

    def split(above: str, levels: int | None) -> None:
        split_target(
            programme_id=made.pk,
            unit_id=ids[above],
            how="result",
            options={"election": "JK2024", "party": PARTY},
            levels=levels,
            by=president,
            at=at,
        )

    def give(code: str, n: int) -> None:
        set_target(programme_id=made.pk, unit_id=ids[code], n=n, lock=True, by=president, at=at)

    for above in ("JK", "JK-R1", "JK-R2"):
        split(above, 1)
    booth = cast_booth(laid.rows)
    cluster = booth.organisational_parent
    own = (cluster.removesuffix("-C1"), cluster, booth.code)
    found = target_queries.targets(
        programme=made, units=[ids[code] for code in (*SHARES.drive.locked, CAST_DISTRICT)]
    )
    for code, pct in SHARES.drive.locked.items():
        give(code, 100 * round(found[ids[code]].n * pct / 10_000))
    sisters = Counter(row.organisational_parent for row in laid.rows)
    most = found[ids[CAST_DISTRICT]].n * 2 // 3
    for code, above, wanted in zip(own, (CAST_DISTRICT, *own), CAST_TARGETS, strict=False):
        most = min(most, wanted) if sisters[above] > 1 else most  # an only child has all of it
        give(code, most)
    for region in ("JK-R1", "JK-R2"):
        split(region, None)
    for code in own:
        lock_target(programme_id=made.pk, unit_id=ids[code], locked=False, by=president, at=at)
