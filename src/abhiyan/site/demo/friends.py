"""The demo's friends: 65 constituencies by name, 31 organisers in each, and friends in the state's own five.

The organisers of a constituency are one in charge and 30 beside them.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.models import How
from abhiyan.org import actions as org
from abhiyan.people import actions as people_actions
from abhiyan.people.rules import standard_notice
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Hierarchy

from . import history, people, tree
from .claims import BY, join_by_web

NAMES = {"en": "Friends (sample)", "hi": "मित्र (नमूना)"}
MINUTED = "शाखाएँ कम हैं और दूरी ज़्यादा: बैठक, 12 अक्तूबर 2026 (नमूना) / Few branches and long ways (sample)"
OFFICE = "friends_organiser"
BESIDE = 30  # co-in-charges of a constituency
ORGANISERS_FROM, FRIENDS_FROM = 46_500_000, 46_600_000
DAYS, LONGEST, TARGET = 40, 180, 325_000
OWN = 36  # friends in each of the state's own constituencies
YES = 5  # of six say yes a day later


def gather(ground: SampleGround, rows: Sequence[tree.UnitRowSample]) -> Programme:
    """Make the programme with its organisers and friends. The cast's organiser is in charge where they are."""
    first = ground.today - timedelta(days=DAYS)
    seats = [row.code for row in rows if row.kind == "constituency"]
    with system("demo"):
        made = _programme(ground, seats, first)
        _organise(ground, made, [ground.ids[code] for code in seats], first)
    for code, booths in _booths(rows).items():
        _join(ground.seed, made, code, booths, first)
    return made


def _programme(ground: SampleGround, seats: Sequence[str], first: date) -> Programme:
    at, by, ids = _at(first, 8), ground.actor("national_president"), ground.ids
    texts = {
        language: standard_notice.standard(
            language, organisation="नमूना", contact="नमूना", page="/me/", leave_number="", code="friends"
        )
        for language in standard_notice.LANGUAGES
    }
    people_actions.publish_notice(code="friends", texts=texts, by=BY, at=at, is_sample=True)
    made = programmes.make_programme(
        template="friends",
        names=NAMES,
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
    programmes.set_target(programme_id=made.pk, unit_id=ids["IN"], n=TARGET, by=by, at=at)
    enrolment.set_up_drive(programme_id=made.pk, join_slug="friends", minuted=MINUTED, by=BY, at=at)
    return made


def _organise(ground: SampleGround, made: Programme, seats: Sequence[int], first: date) -> None:
    """Appoint the organisers in a few statements, and name one in charge of each constituency."""
    own, home = ground.shown[OFFICE]
    crowd = people.people(f"organisers {ground.seed}", first=ORGANISERS_FROM)
    places = [seat for seat in seats for _one in range(BESIDE + (seat != home))]
    accounts = org.appoint_many(
        bearers=[
            org.OfficeBearer(
                phone=one.phone,
                name=one.name_hi,
                office=OFFICE,
                unit_id=seat,
                since=first,
                hierarchy=Hierarchy.ELECTORAL,
                is_demo=False,
            )
            for seat, one in zip(places, crowd, strict=False)
        ],
        by=BY,
        at=ground.at,
    )
    in_charge = {home: own.id}
    for seat, account in zip(places, accounts, strict=True):
        in_charge.setdefault(seat, account.public_id)
    by = ground.actor("national_president")
    for seat in seats:
        programmes.name_in_charge(
            programme_id=made.pk, unit_id=seat, account=in_charge[seat], by=by, at=ground.at
        )


def _booths(rows: Sequence[tree.UnitRowSample]) -> Mapping[str, list[str]]:
    """The codes of booths by the code of their constituency."""
    above = {row.code: row.electoral_parent for row in rows if row.kind == "segment"}
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "booth":
            found.setdefault(above[row.electoral_parent], []).append(row.code)
    return found


def _join(seed: str, made: Programme, seat: str, booths: Sequence[str], first: date) -> None:
    """Friends join by web in one constituency; most say yes a day later."""
    crowd = people.people(f"friends {seat} {seed}", first=FRIENDS_FROM + int(seat[-1]) * OWN)
    persons = list(itertools.islice(crowd, OWN))
    homes = booths[:: max(1, len(booths) // OWN)][:OWN]
    joined = _at(first + timedelta(days=5 * int(seat[-1])), 11)
    found = join_by_web(made.pk, persons, homes, at=joined)
    for n, (one, outcome) in enumerate(zip(persons, found, strict=True)):
        if n % 6 < YES and outcome.membership is not None:
            with scoped(Scope(phone=keyring().phone_id(one.phone))):
                enrolment.confirm(
                    membership=outcome.membership,
                    how=How.WORD,
                    message=None,
                    by=Actor(kind="citizen", id=outcome.membership),
                    at=joined + timedelta(days=1, minutes=n),
                )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), history.ZONE)
