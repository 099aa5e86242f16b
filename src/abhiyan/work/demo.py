"""The sample of the demo: tasks in every state, meetings and reports that units owe, and materials."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from abhiyan.core import clock, printing
from abhiyan.core.actor import Actor
from abhiyan.core.samples import ZONE, Place, SampleGround
from abhiyan.core.scope import system
from abhiyan.forms.demo import form_in_use
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import figures_of_measures, programme_by_id
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.units import queries as units
from abhiyan.units.models import Unit

from . import actions
from .actions import dues, materials
from .actions import schedules as acts
from .models import Material, Schedule
from .queries import materials as material_queries
from .queries import schedule_boards as boards
from .queries import schedules as found
from .queries import tasks as task_queries
from .rules.schedules import Period
from .rules.tasks import Act

SAMPLE = "(नमूना)"
# The giver, the office it is for, the task, effort in minutes, given days ago, due in days, and the acts on it.
GIVEN: tuple[tuple[str, str, str, int, int, int, tuple[tuple[Act, str], ...]], ...] = (
    ("state_president", "district_president", "मंडल बैठकों की तारीख़ें तय करें", 60, 1, 2, ()),
    ("district_president", "mandal_president", "हर बूथ पर एक घर-घर संपर्क करें", 180, 3, 1, ((Act.ACCEPT, ""),)),
    ("district_president", "mandal_in_charge", "पुराने सदस्यों की सूची देखें", 120, 6, -2, ()),
    ("mandal_president", "cluster_in_charge", "दस परिवारों से मिलें", 90, 5, 1, ((Act.DO, "बारह परिवार मिले"),)),
    (
        "cluster_in_charge",
        "booth_president",
        "बूथ समिति की बैठक करें",
        60,
        8,
        -3,
        ((Act.DO, ""), (Act.CONFIRM, "")),
    ),
    ("mandal_president", "booth_president", "पोस्टर लगवाएँ", 45, 4, 2, ((Act.DECLINE, "पोस्टर अभी नहीं पहुँचे"),)),
    ("booth_president", "booth_worker", "नए सदस्यों को बधाई दें", 30, 2, 1, ((Act.ACCEPT, ""),)),
    ("state_president", "district_in_charge", "पुरानी रिपोर्ट भेजें", 30, 7, 1, ((Act.WITHDRAW, ""),)),
)
TIFFIN, WEEKLY, WORKSHOP = "मासिक टिफ़िन बैठक (नमूना)", "साप्ताहिक रिपोर्ट (नमूना)", "सदस्यता कार्यशाला (नमूना)"
TIFFIN_OF_DISTRICTS = "ज़िलों की मासिक टिफ़िन बैठक (नमूना)"
VISITS, COMMITTEES = "बूथ प्रवास (नमूना)", "समितियों की साप्ताहिक प्रगति (नमूना)"
MUCH, TOO_MUCH = 5, 180  # one district in so many reports so much of 100 entered.
MONTHS, WEEKS = 7, 8  # how long they have been asked: eight periods with the one that runs.
MONTHS_OF_STATE = 2  # how long districts have been asked
WORDS = ("सब बूथ अध्यक्ष आए।", "दो नए परिवार जुड़े।", "अगली बैठक दूसरे गाँव में होगी।")
UNNAMED = "किन बूथों पर गए, उनके नाम भी लिखें।"
RECOUNT = "कितने घरों में गए, फिर गिनकर लिखें।"
REASON, RETURNED = "बर्फ़बारी से रास्ते बंद हैं", "दो मंडलों के आँकड़े नहीं हैं, जोड़कर भेजें।"
LEAFLET = printing.PrintTemplate.read(Path(__file__).parent / "leaflet.typ")
MATERIAL_NOTE = "नमूना / sample"
AT_DOORS = {"hi": "घर पर क्या कहें (नमूना)", "en": "What to say at a door (sample)"}
SAY = (
    "नमस्ते। हम संगठन की ओर से आए हैं।",
    "क्या आप सदस्य बनना चाहेंगे? आपकी मर्ज़ी है।",
    "आपका नंबर बस इसी काम के लिए रखा जाएगा।",
    "अपने फ़ोन से कॉल करें या संदेश भेजें।",
)
SAY_NO = "मना करें तो धन्यवाद कहें और आगे बढ़ें।"
OF_MEETINGS = {"hi": "बूथ की बैठक: क्या-क्या करना है (नमूना)", "en": "Meeting of a booth: what to do (sample)"}
DO = ("सूची साथ लाएँ।", "घर बाँट लें।", "जिनसे नहीं मिले, उनके नाम लिखें।", "अगली बैठक का दिन तय करें।")
READERS = ("mandal_president", "cluster_in_charge", "booth_president")


def sample(ground: SampleGround) -> None:
    """Make tasks, answers and materials of the people one may sign in as, in the drive."""
    state = ground.ids["JK"]
    with system("demo"):
        programme = programme_by_id(ground.programme_id)
        _give(programme, ground.shown, unit_id=state, at=ground.at)
        _ask_for_meetings(ground, "district_president", "mandal", TIFFIN, MONTHS)
        _ask_for_meetings(ground, "state_president", "district", TIFFIN_OF_DISTRICTS, MONTHS_OF_STATE)
        _ask_for_visits(ground)
        _ask_committees(ground)
        _ask_for_workshops(ground)
        _put_up(programme, ground.shown, at=ground.at)


def report_weekly_figures(ground: SampleGround) -> None:
    """Have districts report each week what was entered, once all of it is there; some say far more."""
    with system("demo"):
        _ask_for_reports(programme_by_id(ground.programme_id), ground)


def _evening(at: datetime) -> datetime:
    """Return six in the evening of the same day."""
    zone = ZoneInfo(ZONE)
    return datetime.combine(clock.day_in(zone.key, at), time(18), zone)


def _give(programme: Programme, people: Mapping[str, Place], *, unit_id: int, at: datetime) -> None:
    """Give them all, and one to every district president of a state by one act.

    people: office -> its person of the cast, and the unit (id) they hold it in. unit_id: of the state.
    """
    for giver, office, title, effort, ago, due, moves in GIVEN:
        asker, (holder, where) = people[giver][0], people[office]
        given_at = at - timedelta(days=ago)
        task = actions.ask_task(
            what=actions.What(
                title=f"{title} {SAMPLE}",
                due_at=_evening(at + timedelta(days=due)),
                effort_min=effort,
                programme_id=programme.pk,
            ),
            unit_id=where,
            office=office,
            account_id=holder.account_id,
            by=asker,
            at=given_at,
        )
        for hours, (act, note) in enumerate(moves, 1):
            by = holder if act in (Act.ACCEPT, Act.DECLINE, Act.DO) else asker
            actions.change_task(
                public_id=task.public_id, act=act, note=note, by=by, at=given_at + timedelta(hours=hours)
            )
    what = actions.What(
        title=f"इस हफ़्ते की रिपोर्ट देखें {SAMPLE}",
        due_at=_evening(at + timedelta(days=4)),
        programme_id=programme.pk,
    )
    president = people["state_president"][0]
    on = clock.day_in(ZONE, at)
    n = task_queries.count_seats(unit_id=unit_id, hierarchy=1, office="district_president", on=on)
    actions.ask_tasks(
        what=what, unit_id=unit_id, hierarchy=1, office="district_president", expected=n, by=president, at=at
    )


def _ask(
    asking: acts.Asking,
    unit_id: int,
    *,
    by: Actor,
    at: datetime,
    above: Schedule | None = None,
) -> Schedule:
    """Ask every unit that there is. Runs in a system scope."""
    below = found.offices_to_ask(unit_id, 1, at=at)
    n = next(
        office.expected
        for office in below
        if (office.office, office.unit_kind) == (asking.office, asking.kind)
    )
    return acts.ask_units(
        asking=asking, unit_id=unit_id, expected=n, above=above.public_id if above else None, by=by, at=at
    )


def _owing(
    schedule: Schedule, holders: Mapping[int, Actor], *, at: datetime
) -> Iterator[tuple[int, int, Period, Actor]]:
    """Yield each unit with a holder and each of the last periods, from the oldest: their numbers, the period,
    the holder."""
    unit_ids = [unit for unit in sorted(holders) if found.asked_unit(schedule, unit_id=unit) is not None]
    for unit, number in zip(unit_ids, range(len(unit_ids)), strict=True):
        for age, period in enumerate(reversed(schedule.timing.begun(at))):
            yield unit, number * 7 + age * 3, period, holders[unit]


def _ask_for_meetings(ground: SampleGround, asker: str, kind: str, title: str, months: int) -> None:
    """Have a unit ask those of a kind below it for a meeting each month.

    Some hold it, some set a day, some are silent. asker: the office that asks. months: how long ago it asked
    first.
    """
    leader, above = ground.shown[asker]
    first = (ground.today.replace(day=1) - timedelta(days=30 * months)).replace(day=1)
    last, office = ground.today + timedelta(days=150), f"{kind}_president"
    asking = acts.Asking(title, "meeting", "monthly", first, last, office=office, kind=kind)
    schedule = _ask(asking, above, by=leader, at=ground.at - timedelta(days=30 * months))
    current = schedule.timing.current(ground.at)
    begun_at = datetime.combine(current.begins_on, time(), ZoneInfo(ZONE)) if current else ground.at
    for unit, turn, period, holder in _owing(schedule, ground.holders[office], at=ground.at):
        owes = dues.Owes(schedule.public_id, unit, period.begins_on)
        if period == current:
            if turn % 4 == 0:
                day = min(period.ends_on, ground.today + timedelta(days=2))
                dues.plan_due(owes=owes, on=day, by=holder, at=max(ground.at - timedelta(days=1), begun_at))
            continue
        if turn % 9 == 8:
            continue
        evening = _evening(schedule.timing.due_at(period) + timedelta(days=2 if turn % 5 == 4 else -1))
        at = min(evening, ground.at)
        if turn % 11 == 10:
            dues.cannot_due(owes=owes, reason=REASON, by=holder, at=at)
        else:
            words = WORDS[turn % len(WORDS)]
            meeting_day = period.begins_on + timedelta(days=13)
            dues.hold_due(owes=owes, on=meeting_day, people=14 + turn % 23, text=words, by=holder, at=at)


def _ask_for_reports(programme: Programme, ground: SampleGround) -> None:
    """Have the state ask its districts for a report each week; most are accepted, some wait or are returned."""
    president, state = ground.shown["state_president"]
    first = ground.today - timedelta(days=7 * WEEKS - 3)
    asking = acts.Asking(
        WEEKLY,
        "report",
        "weekly",
        first,
        ground.today + timedelta(days=60),
        office="district_president",
        kind="district",
        programme_id=programme.pk,
        figures={"figure_1": 1},
    )
    schedule = _ask(asking, state, by=president, at=ground.at - timedelta(days=7 * WEEKS))
    periods, presidents = schedule.timing.begun(ground.at), ground.holders["district_president"]
    stood_of = {unit: ladder_by_day(programme, unit, at=ground.at) for unit in presidents}
    for unit, turn, period, holder in _owing(schedule, presidents, at=ground.at):
        if period == periods[-1] or turn % 13 == 12:
            continue
        owes = dues.Owes(schedule.public_id, unit, period.begins_on)
        at = min(schedule.timing.due_at(period) + timedelta(hours=20 if turn % 6 == 5 else -3), ground.at)
        stood = stood_of[unit]
        new = entered(stood(period.ends_on)) - entered(stood(period.begins_on - timedelta(days=1)))
        numbers = {"figure_1": new * (TOO_MUCH if turn // 7 % MUCH == 0 else 100 + turn % 9) // 100}
        dues.report_due(owes=owes, text=WORDS[turn % len(WORDS)], numbers=numbers, by=holder, at=at)
        if period != periods[-2] or turn % 4 == 0:
            dues.accept_due(owes=owes, by=president, at=min(at + timedelta(hours=2), ground.at))
        elif turn % 4 == 1:
            dues.return_due(
                owes=owes, reason=RETURNED, by=president, at=min(at + timedelta(hours=2), ground.at)
            )


def _ask_for_visits(ground: SampleGround) -> None:
    """Have a district ask its mandals for booth visits each week, by form.

    Some wait; the mandal of the cast mends one.
    """
    leader, district = ground.shown["district_president"]
    own_mandal = ground.shown["mandal_president"][1]
    asking = acts.Asking(
        VISITS,
        "report",
        "weekly",
        ground.today - timedelta(days=7 * WEEKS - 3),
        ground.today + timedelta(days=60),
        office="mandal_president",
        kind="mandal",
        form_id=form_in_use(ground, "booth").pk,
    )
    schedule = _ask(asking, district, by=leader, at=ground.at - timedelta(days=7 * WEEKS))
    periods = schedule.timing.begun(ground.at)
    places = units.units_by_id(ground.holders["mandal_president"])
    for unit, turn, period, holder in _owing(schedule, ground.holders["mandal_president"], at=ground.at):
        is_newest = period == periods[-2]
        if period == periods[-1] or (turn % 9 == 8 and unit != own_mandal):
            continue
        owes = dues.Owes(schedule.public_id, unit, period.begins_on)
        at = min(schedule.timing.due_at(period) + timedelta(hours=20 if turn % 6 == 5 else -3), ground.at)
        filled = dues.Filled(_visit(period, turn, places[unit]))
        dues.report_due(owes=owes, text=WORDS[turn % len(WORDS)], filled=filled, by=holder, at=at)
        if is_newest and unit == own_mandal:
            dues.return_due(owes=owes, reason=RECOUNT, by=leader, at=min(at + timedelta(hours=2), ground.at))
        elif not is_newest or turn % 3 == 0:
            dues.accept_due(owes=owes, by=leader, at=min(at + timedelta(hours=2), ground.at))


def _ask_committees(ground: SampleGround) -> None:
    """Have the state ask its committees for a report each week, by form.

    One waits, one is returned, some are silent.
    """
    president, state = ground.shown["state_president"]
    asking = acts.Asking(
        COMMITTEES,
        "report",
        "weekly",
        ground.today - timedelta(days=7 * WEEKS - 3),
        ground.today + timedelta(days=60),
        body_kind="committee",
        form_id=form_in_use(ground, "weekly").pk,
    )
    asked_at = ground.at - timedelta(days=7 * WEEKS)
    expected = found.bodies_to_ask(state, 1).get("committee", 0)
    schedule = acts.ask_units(asking=asking, unit_id=state, expected=expected, by=president, at=asked_at)
    periods = schedule.timing.begun(ground.at)
    numbers = boards.BoardNumbers()
    asked_units = boards.bodies_asked(
        schedule, periods[-1], units.span(state, 1), of=numbers, on=ground.today
    )
    holders = found.responsible(schedule, asked_units, on=ground.today)
    for number, body in enumerate(asked_unit for asked_unit in asked_units if asked_unit.key in holders):
        holder = holders[body.key]
        by = Actor(kind="person", id=holder.account, account_id=holder.account_id)
        for age, period in enumerate(reversed(periods)):
            turn = number * 3 + age
            if age == 0 or (age > 1 and turn % 5 == 4):
                continue
            owes = dues.Owes(schedule.public_id, body.unit_id, period.begins_on, body_id=body.body_id)
            at = min(schedule.timing.due_at(period) + timedelta(hours=20 if turn % 6 == 5 else -3), ground.at)
            filled = dues.Filled(_week(turn))
            dues.report_due(owes=owes, text=WORDS[turn % len(WORDS)], filled=filled, by=by, at=at)
            if age > 1:
                dues.accept_due(owes=owes, by=president, at=min(at + timedelta(hours=2), ground.at))
            elif number % 2:
                dues.return_due(
                    owes=owes, reason=UNNAMED, by=president, at=min(at + timedelta(hours=2), ground.at)
                )


def _week(turn: int) -> dict[str, object]:
    """Return the answers to the ready form of a week's progress."""
    answers: dict[str, object] = {
        "done": WORDS[turn % len(WORDS)],
        "booths": 6 + turn * 3 % 17,
        "homes": 40 + turn * 11 % 90,
        "workers": 5 + turn % 8,
        "pace": ("ahead", "on_time", "behind")[turn % 3],
    }
    return answers | ({"held_up": REASON} if answers["pace"] == "behind" else {})


def _visit(period: Period, turn: int, where: Unit) -> dict[str, object]:
    """Return the answers to the ready form of a booth visit."""
    answers: dict[str, object] = {
        "day": (period.begins_on + timedelta(days=turn % 5)).isoformat(),
        "president": turn % 4 != 0,
        "committee": turn % 5 != 0,
        "members": 4 + turn % 7,
        "list": turn % 3 != 0,
        "homes": 9 + turn * 5 % 31,
        "needs": ["people", "material", "training", "visit"][turn % 3 : turn % 3 + 2],
    }
    if where.lat is not None and where.lon is not None:
        answers["place"] = [where.lat + turn % 7 / 300, where.lon + turn % 5 / 300, 12 + turn % 20]
    return answers


def ladder_by_day(programme: Programme, unit_id: int, *, at: datetime) -> Callable[[date], Ladder]:
    """Return the ladder of a unit at the end of any day of a programme. One read for all days."""
    trend = figures_of_measures(node=unit_id, hierarchy=programme.hierarchy, programme=programme, at=at).trend

    def on(day: date) -> Ladder:
        return next((trend_day.ladder for trend_day in reversed(trend) if trend_day.on <= day), Ladder())

    return on


def entered(stood: Ladder) -> int:
    """Return how many people were entered, whether or not their phone has answered."""
    return (stood.counted or 0) + (stood.unsigned or 0)


def _ask_for_workshops(ground: SampleGround) -> None:
    """Have the state ask each district once for a workshop; one that held its own asks its mandals."""
    president, state = ground.shown["state_president"]
    leader, district = ground.shown["district_president"]
    begun = ground.today - timedelta(days=7)
    asking = acts.Asking(
        WORKSHOP,
        "meeting",
        "once",
        begun,
        ground.today + timedelta(days=4),
        office="district_president",
        kind="district",
    )
    schedule = _ask(asking, state, by=president, at=ground.at - timedelta(days=7))
    said_at = ground.at - timedelta(days=3)
    for unit, turn, period, holder in _owing(schedule, ground.holders["district_president"], at=ground.at):
        owes = dues.Owes(schedule.public_id, unit, period.begins_on)
        if unit == district or turn % 3 == 0:
            day = ground.today - timedelta(days=3 + turn % 2)
            dues.hold_due(owes=owes, on=day, people=48 + turn % 70, by=holder, at=said_at)
        elif turn % 3 == 1:
            dues.plan_due(owes=owes, on=ground.today - timedelta(days=turn % 2), by=holder, at=said_at)
    question = replace(
        asking, first_on=ground.today - timedelta(days=2), office="mandal_president", kind="mandal"
    )
    below = _ask(question, district, by=leader, at=ground.at - timedelta(days=2), above=schedule)
    for unit, turn, period, holder in _owing(below, ground.holders["mandal_president"], at=ground.at):
        owes = dues.Owes(below.public_id, unit, period.begins_on)
        if turn % 4 == 0:
            dues.hold_due(owes=owes, on=ground.today, people=14 + turn % 20, text="", by=holder, at=ground.at)
        elif turn % 4 == 1:
            day = ground.today + timedelta(days=1 + turn % 3)
            dues.plan_due(owes=owes, on=day, by=holder, at=ground.at)


def _put_up(programme: Programme, shown: Mapping[str, Place], *, at: datetime) -> None:
    """Put up materials by the state and by the district; three of the cast have read the newest."""
    president, state = shown["state_president"]
    leader, district = shown["district_president"]
    doors = _add(programme, state, AT_DOORS, [], SAY, by=president, at=at - timedelta(days=20))
    materials.replace_material(
        public_id=doors.public_id,
        data=_drawn(AT_DOORS["hi"], (*SAY, SAY_NO), at=at - timedelta(days=6)),
        by=president,
        at=at - timedelta(days=6),
    )
    offices = ["booth_president", "mandal_president"]
    _add(programme, district, OF_MEETINGS, offices, DO, by=leader, at=at - timedelta(days=2))
    with system("demo"):
        newest = material_queries.newest([doors])[doors.pk]
    for hours, office in enumerate(READERS, start=3):
        reader, unit_id = shown[office]
        materials.note_material_opened(
            version=newest, place=(unit_id, office), by=reader, at=at - timedelta(hours=hours)
        )


def _add(
    programme: Programme,
    unit_id: int,
    names: Mapping[str, str],
    offices: Sequence[str],
    lines: Sequence[str],
    *,
    by: Actor,
    at: datetime,
) -> Material:
    return materials.add_material(
        programme_id=programme.pk,
        unit_id=unit_id,
        names=names,
        offices=offices,
        data=_drawn(names["hi"], lines, at=at),
        by=by,
        at=at,
    )


def _drawn(title: str, lines: Sequence[str], *, at: datetime) -> bytes:
    blanks = {"title": title, "lines": list(lines), "note": MATERIAL_NOTE}
    return printing.print_pdf(LEAFLET, [blanks], title=title, language="hi", at=at, with_lines=False)
