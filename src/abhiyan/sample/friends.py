"""The demo's friends: 65 constituencies by name, 31 organisers and some friends in each, most in the state's own five.

The organisers of a constituency are one in charge and 30 beside them. The friends of the own five have certificates,
most of them handed over, and say what they think.
"""

import io
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageDraw

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions.motives import note_motive
from abhiyan.enrolment.models import How
from abhiyan.enrolment.rules.motives import SCHEME, WORK
from abhiyan.friends.actions import certificates
from abhiyan.friends.queries.certificates import friends_of
from abhiyan.org import actions as org
from abhiyan.people import actions as people_actions
from abhiyan.people.rules import standard_notice
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.targets import actions as target_actions
from abhiyan.units.models import Hierarchy

from . import charges, history, opinions, people, tree
from .claims import BY, join_by_web
from .data_files import sample_words

WORDS = sample_words().friends
OFFICE = "friends_organiser"
BESIDE = 30  # co-in-charges of a constituency
ORGANISERS_FROM, FRIENDS_FROM, BESIDE_FROM = 46_500_000, 46_600_000, 46_650_000
DAYS, LONGEST = 40, 180
OWN = 36  # friends in each of the state's own constituencies.
BESIDE_EACH = (2, 3, 4, 5, 6)  # friends of each other constituency, by turns.
# Questions to each constituency over all days: to the state's own by turns, and to the others.
OWN_TARGETS, TARGET_BESIDE = (150, 210, 130, 180, 230), 20
WHY = (SCHEME, WORK, 0, SCHEME, WORK, SCHEME)  # Motives of friends, by turns. 0: not said.
YES = 5  # So many of six say yes a day later.
CERTIFICATES = 750  # So many of each segment, at most.
BATCHES = 3  # So many segments of a constituency got theirs.
HANDED = 2  # So many of three are handed over.


def gather_friends(ground: SampleGround, rows: Sequence[tree.UnitRowSample]) -> Programme:
    """Make the programme with its organisers and friends. The cast's organiser is in charge where they are."""
    first = ground.today - timedelta(days=DAYS)
    seats = [row.code for row in rows if row.kind == "constituency"]
    states = {row.code: row.electoral_parent for row in rows if row.kind == "constituency"}
    with system("demo"):
        made = _programme(ground, seats, first)
        _ask_each(ground, made, states)
        in_charge = _organise(ground, made, [ground.ids[code] for code in seats], first)
    segments = {row.code: row.electoral_parent for row in rows if row.kind == "booth"}
    _set_sheet(ground, made)
    booths, joined = _booths(rows), {}
    for code, homes in booths.items():
        lived = _join(ground.seed, made, code, homes, first)
        joined[code] = list(lived)
        some = list(dict.fromkeys(segments[home] for home in lived.values()))[:BATCHES]
        _certify(
            ground, made, [ground.ids[segment_code] for segment_code in some], in_charge[ground.ids[code]]
        )
    beside = [
        code for n, code in enumerate(seats) if code not in booths for _each in range(BESIDE_EACH[n % 5])
    ]
    crowd = itertools.islice(people.sample_people(f"friends {ground.seed}", first=BESIDE_FROM), len(beside))
    join_by_web(made.pk, list(crowd), beside, at=_at(first + timedelta(days=9), 12))
    opinions.say_opinions(ground, booths, joined)
    return made


def _programme(ground: SampleGround, seats: Sequence[str], first: date) -> Programme:
    at, by, ids = _at(first, 8), ground.actor("national_president"), ground.ids
    publish_sample_notice("friends", at=at)
    made = programmes.make_programme(
        template="friends",
        names=WORDS.names.by_language(),
        owner_id=ids["IN"],
        unit_ids=[ids[code] for code in seats],
        opens_on=first,
        closes_on=first + timedelta(days=LONGEST),
        by=by,
        at=at,
        hierarchy=Hierarchy.ELECTORAL,
        is_sample=True,
    )
    programmes.open_programme(programme_id=made.pk, by=by, at=at)
    enrolment.set_up_drive(programme_id=made.pk, join_slug="friends", minuted=WORDS.minuted, by=BY, at=at)
    made.refresh_from_db()
    return made


def _ask_each(ground: SampleGround, made: Programme, states: Mapping[str, str]) -> None:
    """Set targets of constituencies, of their states and of the nation, each the sum of those below.

    states: the code of the state of each constituency. The targets fit so few friends as a sample has.
    """
    targets = iter(OWN_TARGETS)
    wanted = Counter(
        {seat: next(targets) if state == "JK" else TARGET_BESIDE for seat, state in states.items()}
    )
    for seat, state in states.items():
        wanted[state] += wanted[seat]
        wanted["IN"] += wanted[seat]
    at, by = _at(ground.today - timedelta(days=DAYS), 9), ground.actor("national_president")
    for code in ("IN", *dict.fromkeys(states.values()), *states):
        target_actions.set_target(
            programme_id=made.pk, unit_id=ground.ids[code], n=wanted[code], by=by, at=at
        )


STANDARD = ("friends", "contributors")  # The sample makes these notices from the standard text.


def publish_sample_notice(code: str, *, at: datetime) -> None:
    """Publish the standard notice of a roll of the sample, with the words of a sample in its brackets."""
    texts = {
        language: standard_notice.with_holes_filled(
            standard_notice.standard(
                language,
                organisation=settings.ORGANISATION or WORDS.notice[language].name,
                contact=WORDS.notice[language].contact,
                page=settings.ORIGIN + reverse("enrolment:me"),
                leave_number="",
                code=code,
            ),
            WORDS.notice[language].holes,
        )
        for language in standard_notice.LANGUAGES
    }
    people_actions.publish_notice(code=code, texts=texts, by=BY, at=at, is_sample=True)


def _organise(ground: SampleGround, made: Programme, seats: Sequence[int], first: date) -> dict[int, Actor]:
    """Return appoint the organisers in a few statements, and name one in charge of each constituency.

    Return who is.
    """
    own, home = ground.shown[OFFICE]
    crowd = people.sample_people(f"organisers {ground.seed}", first=ORGANISERS_FROM)
    places = [seat for seat in seats for _one in range(BESIDE + (seat != home))]
    accounts = org.appoint_many(
        bearers=[
            org.OfficeBearer(
                phone=sample_person.phone,
                name=sample_person.name_hi,
                office=OFFICE,
                unit_id=seat,
                since=first,
                hierarchy=Hierarchy.ELECTORAL,
                is_demo=False,
            )
            for seat, sample_person in zip(places, crowd, strict=False)
        ],
        by=BY,
        at=ground.at,
    )
    in_charge = {home: own}
    for seat, account in zip(places, accounts, strict=True):
        actor = Actor(kind="person", id=account.public_id, account_id=account.pk)
        in_charge.setdefault(seat, actor)
    by, named_at = ground.actor("national_president"), ground.at - timedelta(days=charges.AGO)
    charges.name_in_charges(made, {seat: in_charge[seat] for seat in seats}, by, named_at)
    return in_charge


def _booths(rows: Sequence[tree.UnitRowSample]) -> Mapping[str, list[str]]:
    """Return the codes of booths by the code of their constituency."""
    above = {row.code: row.electoral_parent for row in rows if row.kind == "segment"}
    booths_by_code: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "booth":
            booths_by_code.setdefault(above[row.electoral_parent], []).append(row.code)
    return booths_by_code


def _join(seed: str, made: Programme, seat: str, booths: Sequence[str], first: date) -> dict[UUID, str]:
    """Have friends join by web in one constituency; most say yes a day later.

    Return these, with the booths they live in.
    """
    crowd = people.sample_people(f"friends {seat} {seed}", first=FRIENDS_FROM + int(seat[-1]) * OWN)
    persons = list(itertools.islice(crowd, OWN))
    homes = booths[:: max(1, len(booths) // OWN)][:OWN]
    joined = _at(first + timedelta(days=5 * int(seat[-1])), 11)
    claim_outcomes = join_by_web(made.pk, persons, homes, at=joined)
    confirmed: dict[UUID, str] = {}
    for n, (sample_person, outcome, home) in enumerate(zip(persons, claim_outcomes, homes, strict=True)):
        note_motive(why=WHY[n % len(WHY)], outcome=outcome, at=joined)
        if n % 6 < YES and outcome.membership is not None:
            with scoped(Scope(phone=keyring().phone_id(sample_person.phone))):
                enrolment.confirm(
                    membership=outcome.membership,
                    how=How.WORD,
                    message=None,
                    by=Actor(kind="citizen", id=outcome.membership),
                    at=joined + timedelta(days=1, minutes=n),
                )
            confirmed[outcome.membership] = home
    return confirmed


def _set_sheet(ground: SampleGround, made: Programme) -> None:
    """Set a signature that is a drawn line, and the number of the plan."""
    drawn = Image.new("RGB", (310, 100), "white")
    ImageDraw.Draw(drawn).line([(30, 60), (90, 30), (120, 75), (170, 35), (280, 55)], fill="navy", width=4)
    picture = io.BytesIO()
    drawn.save(picture, "PNG")
    new = certificates.NewSheet(
        each=CERTIFICATES,
        line_hi=WORDS.signs.hi,
        line_en=WORDS.signs.en,
        signature=picture.getvalue(),
    )
    by = ground.actor("national_president")
    certificates.set_sheet(programme=made, new=new, by=by, at=_at(ground.today - timedelta(days=12), 10))


def _certify(ground: SampleGround, made: Programme, segments: Sequence[int], in_charge: Actor) -> None:
    """Make certificates for some segments: the state asks, its data officer approves, the in-charge hands most
    over."""
    at, officer = ground.at, ground.holders["data_officer"][ground.ids["JK"]]
    for segment in segments:
        release = certificates.ask_batch(
            programme=made,
            unit=segment,
            n=CERTIFICATES,
            reason=WORDS.certificates_reason,
            by=ground.actor("state_president"),
            at=at,
        )
        org.decide_release(public_id=release.public_id, allow=True, by=officer, at=at)
        with system("demo"):
            friends = friends_of(made, segment)
        for n, friend in enumerate(friends):
            if n % 3 < HANDED:
                certificates.hand_over_certificate(friend=friend, by=in_charge, at=at)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), history.ZONE)
