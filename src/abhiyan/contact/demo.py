"""The demo's sample: lists of people with their sources; half of the doors worked, half of the people called."""

import csv
import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from abhiyan.core import printing, words
from abhiyan.core.actor import Actor
from abhiyan.core.samples import BY, ZONE, SampleGround, sample_phone
from abhiyan.core.scope import system
from abhiyan.imports.samples import bring_sample_list, take_steps
from abhiyan.messaging.demo import go_out
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.people.queries import numbers_of_phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id
from abhiyan.targets import actions as target_actions
from abhiyan.units import queries as units

from . import actions, demo_calls
from .actions import NewList, Told
from .models import ContactEntry, ContactList, ContactTry
from .rules.kinds import CALLED, KIND, LISTED, TALKED

NAMES = {"en": "Meet people at their doors (sample)", "hi": "घर-घर संपर्क (नमूना)"}
CALL_NAMES = {"en": "Talk with people by phone (sample)", "hi": "फ़ोन पर लोगों से बात (नमूना)"}
NATION, STATE, DISTRICT = "IN", "JK", "JK-D627"
BOOTHS, DOORS = 12, 48  # At most; entries of each.
PHONES_FROM = 90_000_000  # The sample phones begin here. No other list has them.
HAS_PHONE, GIVES = 0.7, 0.55  # Shares: of entries, and of people who want to be asked.
YES, NO = 0.7, 0.76  # People asked say yes below the first bound, no below the second.
# Targets that fit so few people as a sample has. Those of the calls are the state's, and are split among its districts.
TARGETS = {TALKED: 500, LISTED: 600}
CALL_TARGETS = {CALLED: 400, LISTED: 1600}
CALLED_BOOTHS, CALLED_EACH = 20, 32  # at most; people of the list that call centres call
CALLED_BY_LINE = 40  # people of the list that one centre calls by the provider's line
OUTCOMES = {"talked": 66, "not_home": 16, "later": 7, "unwilling": 5, "wants_help": 6}
NEEDS = ("गैस चूल्हा अब तक नहीं आया (नमूना)", "सिलेंडर की सब्सिडी खाते में नहीं आई (नमूना)")
SIGNED_WITH = "शिविर के कार्यकर्ता (नमूना)"
HEARD = "सड़क और पानी की बात हुई। (नमूना)"
SILENT = 4  # people who say no after the import
CONSENT = printing.PrintTemplate.of(
    '#let size = (paper: "a5", margin: 16mm)\n#let sheet(of) = [#text(size: 16pt, of.title)\n\n#of.text]'
)


def sample(ground: SampleGround) -> None:
    """A month of talks at doors in the district of the cast. Its first list is half worked, its second waits.

    Call centres call a list of the state.
    """
    rng = random.Random(f"doors {ground.seed}")  # noqa: S311  # sample data
    maker, district = ground.shown["district_president"]
    with system("demo"):
        run = _programme(ground, NAMES, STATE, DISTRICT, TARGETS, ground.actor("state_president"))
        below = set(units.of_kind_below(district, 1, "booth"))
        own_booth = ground.shown["booth_president"][1]
        actors = ground.holders["booth_president"]
        booths = sorted(
            (booth_id for booth_id in actors if booth_id in below), key=lambda one: (one != own_booth, one)
        )[:BOOTHS]
        codes = {booth_id: unit.code for booth_id, unit in units.units_by_id(booths).items()}
    rows = list(_rows(rng, [codes[booth_id] for booth_id in booths], DOORS, PHONES_FROM))
    first = _list(ground, run, "उज्ज्वला योजना के परिवार (नमूना)", rows, maker, district)
    release_id = _ask(ground, first, maker)
    officer = ground.holders["data_officer"][ground.ids[STATE]]
    org.decide_release(public_id=release_id, allow=True, by=officer, at=ground.at)
    _import(ground, first, maker)
    with system("demo"):  # one transaction: it is quicker
        for booth in booths:
            _work(ground, run, actors[booth], booth, rng)
    _hear(first, _at(ground, 1, 18), rng)
    walker, booth = ground.shown["booth_worker"]
    for n in (12, 14, 15):
        talk = Told("talked", point=_near(booth, rng))
        actions.note_walk(
            programme=run, unit_id=booth, door=f"{n} A", told=talk, by=walker, at=_at(ground, 1, n)
        )
    actions.take_doors(programme=run, unit_id=own_booth, by=actors[own_booth], at=_at(ground, 1, 17))
    second = list(_rows(rng, [codes[booth_id] for booth_id in booths], 3, PHONES_FROM + BOOTHS * DOORS))
    waits = _list(ground, run, "जल जीवन मिशन के गाँव (नमूना)", second, maker, district, scheme="JJM", ago=1)
    _ask(ground, waits, maker)
    _calls(ground, rng)


def _calls(ground: SampleGround, rng: random.Random) -> None:
    """A list of people in every district of the state, which call centres call; a short one goes by the line."""
    state = ground.shown["state_president"][1]
    with system("demo"):
        run = _programme(ground, CALL_NAMES, NATION, NATION, CALL_TARGETS, BY)
        for measure, n in CALL_TARGETS.items():
            target_actions.set_target(
                programme_id=run.pk, measure=measure, unit_id=state, n=n, by=BY, at=_at(ground, 9, 11)
            )
            target_actions.set_expected(
                programme_id=run.pk,
                measure=measure,
                unit_id=state,
                n=n * 5 // 4,
                by=ground.actor("national_president"),
                at=_at(ground, 9, 11),
            )
            target_actions.split_target(
                programme_id=run.pk,
                measure=measure,
                unit_id=state,
                how="equally",
                levels=2,
                by=BY,
                at=_at(ground, 9, 12),
            )
        below = units.of_kind_below(state, 1, "booth")
        places = units.units_by_id(ground.holders["booth_president"])
        booth_ids = sorted(booth_id for booth_id in below if booth_id in places)
        some = booth_ids[:: max(1, len(booth_ids) // CALLED_BOOTHS)][:CALLED_BOOTHS]
        rows = list(
            _rows(rng, [places[booth_id].code for booth_id in some], CALLED_EACH, PHONES_FROM + 10_000)
        )
        own_booth = ground.shown["booth_president"][1]
        by_line = list(_rows(rng, [places[own_booth].code], CALLED_BY_LINE, PHONES_FROM + 20_000))
    first = _called(ground, run, "शिविरों में आए लोग (नमूना)", rows, signed=True)
    _hear_signed(first[0], _at(ground, 5, 18), rng)
    demo_calls.call_sample_list(ground, run, first[0], STATE)
    _hear(first, ground.at - timedelta(minutes=40), rng)
    second = _called(ground, run, "मेले में मिले लोग (नमूना)", by_line)
    with system("demo"):
        demo_calls.call_by_line(ground, run, second[0], ground.ids[DISTRICT])


def _called(
    ground: SampleGround, run: Programme, title: str, rows: Sequence[Sequence[str]], *, signed: bool = False
) -> tuple[ContactList, UUID]:
    """An approved and imported list of the state. signed: its people signed consent forms at a desk."""
    maker, state = ground.shown["state_president"]
    listed = _list(ground, run, title, rows, maker, state, scheme="", signed=signed)
    officer = ground.holders["data_officer"][ground.ids[NATION]]
    org.decide_release(public_id=_ask(ground, listed, maker), allow=True, by=officer, at=ground.at)
    _import(ground, listed, maker)
    return listed


def _at(ground: SampleGround, ago: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(ground.today - timedelta(days=ago), time(hour, minute), ZoneInfo(ZONE))


def _programme(
    ground: SampleGround, names: dict[str, str], owner: str, unit: str, targets: dict[int, int], by: Actor
) -> Programme:
    at = _at(ground, 9, 10)
    made = programmes.make_programme(
        template="contact",
        names=names,
        owner_id=ground.ids[owner],
        unit_ids=[ground.ids[unit]],
        opens_on=ground.today - timedelta(days=9),
        closes_on=ground.today + timedelta(days=20),
        by=BY,
        at=at,
        is_sample=True,
    )
    run = programmes.open_programme(programme_id=made.pk, by=BY, at=at)
    for measure, n in targets.items():
        target_actions.set_target(
            programme_id=made.pk, measure=measure, unit_id=ground.ids[unit], n=n, by=by, at=at
        )
    return run


def _rows(rng: random.Random, codes: Sequence[str], n: int, first: int) -> Iterator[Sequence[str]]:
    """People of each booth with their houses, some without a phone."""
    names = words.name_words()
    given_names = [name["devanagari"] for name in names if name["sample"] in ("woman", "man")]
    families = [name["devanagari"] for name in names if name["sample"] == "family"]
    for at, code in enumerate(codes):
        for house in range(1, n + 1):
            number = sample_phone(first + at * n + house)[3:] if rng.random() < HAS_PHONE else ""
            yield code, f"{rng.choice(given_names)} {rng.choice(families)}", number, str(house)


def _list(
    ground: SampleGround,
    run: Programme,
    title: str,
    rows: Sequence[Sequence[str]],
    by: Actor,
    district: int,
    *,
    scheme: str = "PMUY",
    ago: int = 8,
    signed: bool = False,
) -> tuple[ContactList, UUID]:
    """A list with its source and basis, and its checked file."""
    at = _at(ground, ago, 11)
    paper = {"title": title, "text": "सहमति पत्रों का ब्योरा (नमूना)"}
    new = NewList(
        title=title,
        source="अक्टूबर शिविर के सहमति पत्र (नमूना)",
        basis="consent",
        purpose="योजना कैसी चल रही है, यह सुनना (नमूना)",
        scheme=scheme,
        last_day=ground.today + timedelta(days=20),
        document=printing.print_pdf(CONSENT, [paper], title=title, language="hi", at=at, with_lines=False),
        signed="desk" if signed else "",
        signed_on=at.date() if signed else None,
        signed_with=SIGNED_WITH if signed else "",
    )
    contact_list = actions.make_list(programme=run, unit_id=district, new=new, by=by, at=at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo-doors.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([("unit_code", "name", "phone", "house"), *rows])
        options = {"list": str(contact_list.public_id)}
        file = bring_sample_list(
            KIND, path, options=options, at=at, by=by, unit_id=district, steps=("check",)
        )
    return contact_list, file


def _ask(ground: SampleGround, of: tuple[ContactList, UUID], by: Actor) -> UUID:
    """Approval is asked now: nobody held an office of the sample before."""
    return actions.ask_list(public_id=of[0].public_id, by=by, at=ground.at).public_id


def _import(ground: SampleGround, of: tuple[ContactList, UUID], by: Actor) -> None:
    take_steps(of[1], ("commit",), by=by, at=_at(ground, 7, 9))
    with system("demo"):
        theirs = ContactEntry.objects.filter(list=of[0], phone_id__isnull=False).order_by("-pk")[:SILENT]
        for entry in theirs:
            assert entry.phone_id is not None
            people.suppress(phone_id=entry.phone_id, scope="outreach", channel=1, by=BY, at=_at(ground, 6, 9))


def _near(booth: int, rng: random.Random) -> tuple[float, float] | None:
    with system("demo"):
        unit = units.unit_by_id(booth)
    if unit.lat is None or unit.lon is None:
        return None
    return round(unit.lat + rng.uniform(-0.004, 0.004), 6), round(unit.lon + rng.uniform(-0.004, 0.004), 6)


def _work(ground: SampleGround, run: Programme, by: Actor, booth: int, rng: random.Random) -> None:
    """A worker takes thirty doors, and works them in two days."""
    taken, _held = actions.take_doors(programme=run, unit_id=booth, by=by, at=_at(ground, 4, 9))
    numbers = _numbers(taken)
    is_cast = by == ground.actor("booth_president")
    for n, entry in enumerate(sorted(taken, key=lambda entry: entry.pk)):
        (outcome,) = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))
        at = _at(ground, 4 if n < 15 else 3, 10 + n % 15 // 3, rng.randrange(60))
        number = numbers.get(entry.pk, "") if rng.random() < GIVES else ""
        need = ""
        if is_cast and n < len(NEEDS):
            outcome, need = "entitled", NEEDS[n]
        note = HEARD if outcome == "talked" and rng.random() < 0.1 else ""
        talk = Told(outcome, phone=number, note=note, need=need, point=_near(booth, rng))
        actions.note_door(entry=entry.public_id, told=talk, by=by, at=at)


def _numbers(entries: Sequence[ContactEntry]) -> dict[int, str]:
    """The numbers of entries by their ids, as the worker hears them."""
    with system("demo"):
        number_by_phone = numbers_of_phones(entry.phone_id for entry in entries if entry.phone_id)
    return {
        entry.pk: number_by_phone[entry.phone_id] for entry in entries if entry.phone_id in number_by_phone
    }


def _hear(of: tuple[ContactList, UUID], at: datetime, rng: random.Random) -> None:
    """People who gave a number are asked the day after. Most say yes, some say no, and some do not answer."""
    with system("demo"):
        while actions.ask_persons(at=at):
            go_out(at)
        contact_tries = ContactTry.objects.filter(entry__list=of[0], item_id__isnull=False, ask_on=None)
        items = items_by_id([contact_try.item_id for contact_try in contact_tries if contact_try.item_id])
        for item in sorted(items.values(), key=lambda row: row.pk):
            if item.phone_id is not None and (yes := _said(item, at, rng)) is not None:
                actions.hear_person(item=item, yes=yes, at=at + timedelta(minutes=20))


def _hear_signed(contact_list: ContactList, at: datetime, rng: random.Random) -> None:
    """People who signed a form are asked whether they did."""
    with system("demo"):
        while actions.ask_signed(at=at):
            go_out(at)
        signed = ContactEntry.objects.filter(list=contact_list, item_id__isnull=False, phone_id__isnull=False)
        items = items_by_id([entry.item_id for entry in signed if entry.item_id])
        for item in sorted(items.values(), key=lambda row: row.pk):
            if (yes := _said(item, at, rng)) is not None:
                actions.hear_signed(item=item, yes=yes, at=at + timedelta(minutes=20))


def _said(item: Item, at: datetime, rng: random.Random) -> bool | None:
    """Return what the phone of an item answers, which the ladder has then; None where it does not answer."""
    luck = rng.random()
    if luck < YES:
        programmes.confirm_items(ids=[item.pk], at=at + timedelta(minutes=20))
    elif luck < NO:
        programmes.end_items(ids=[item.pk], why=Item.Why.DENIED, at=at + timedelta(minutes=20))
    return luck < YES if luck < NO else None
