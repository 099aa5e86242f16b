"""The sample of the demo: tasks in every state, a workshop that some districts held, and materials."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from abhiyan.core import clock, printing
from abhiyan.core.actor import Actor
from abhiyan.core.samples import ZONE, Ground, Place
from abhiyan.core.scope import system
from abhiyan.programmes import actions
from abhiyan.programmes.actions import materials, tasks
from abhiyan.programmes.actions import workshops as acts
from abhiyan.programmes.models import Programme
from abhiyan.programmes.models_materials import Material
from abhiyan.programmes.queries import materials as material_queries
from abhiyan.programmes.queries import programme_by_id
from abhiyan.programmes.queries import tasks as task_queries
from abhiyan.programmes.queries import workshops as workshop_queries
from abhiyan.programmes.rules.tasks import Act

SAMPLE = "(नमूना)"
# Who gives it, whose office it is for, what, effort in minutes, given days ago, due in days, and what became of it.
GIVEN: tuple[tuple[str, str, str, int, int, int, tuple[tuple[Act, str], ...]], ...] = (
    ("state_president", "district_president", "मंडल बैठकों की तारीखें तय करें", 60, 1, 2, ()),
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
TITLE = "सदस्यता कार्यशाला (नमूना)"
OFFICE = "district_president"
AGO, LEFT = 7, 4  # days since the state asked, and until the last day
REASON = "बर्फ़बारी से रास्ते बंद हैं"
LEAFLET = printing.Template.read(Path(__file__).parent / "leaflet.typ")
MATERIAL_NOTE = "नमूना / sample"
AT_DOORS = {"hi": "दरवाज़े पर क्या कहें (नमूना)", "en": "What to say at a door (sample)"}
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


def sample(ground: Ground) -> None:
    """What the people one may sign in as gave each other, said and put up in the drive."""
    state = ground.ids["JK"]
    with system("demo"):
        programme = programme_by_id(ground.programme_id)
        _give(programme, ground.shown, unit_id=state, at=ground.at)
        _hold(programme, state, ground.actor("state_president"), ground.holders[OFFICE], at=ground.at)
        _put_up(programme, ground.shown, at=ground.at)


def _evening(at: datetime) -> datetime:
    """Six in the evening of the same day."""
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


def _hold(
    programme: Programme, unit_id: int, president: Actor, districts: Mapping[int, Actor], *, at: datetime
) -> None:
    """The state's workshop and what came of it. districts: unit (id) -> its president. Within a system scope."""
    asked_at, today = at - timedelta(days=AGO), clock.day_in(programme.zone, at)
    asked_on = clock.day_in(programme.zone, asked_at)
    n = len(
        workshop_queries.seats_to_ask(
            programme, unit_id=unit_id, office=OFFICE, on=asked_on, limit=acts.MOST_ASKED
        )
    )
    top = acts.hold_first(
        programme_id=programme.pk,
        unit_id=unit_id,
        title=TITLE,
        held_on=asked_on - timedelta(days=1),
        attended=214,
        asked=acts.Asked(OFFICE, today + timedelta(days=LEFT), n),
        by=president,
        at=asked_at,
    )
    with system("demo"):
        rows = list(workshop_queries.asked_by(top).filter(unit_id__in=list(districts)).order_by("unit__code"))
    for number, row in enumerate(rows):
        by, said_at, of = districts[row.unit_id], at - timedelta(days=3), row.public_id
        if number % 5 in (0, 1):
            day = today - timedelta(days=3 + number % 2)
            acts.hold_workshop(public_id=of, on=day, attended=48 + 9 * number % 70, by=by, at=said_at)
        elif number % 5 == 2:
            day = today + timedelta(days=-1 if number == 2 else 2)
            acts.plan_workshop(public_id=of, on=day, by=by, at=said_at)
        elif number == 3 and row.task is not None:
            tasks.change_task(public_id=row.task.public_id, act=Act.DECLINE, note=REASON, by=by, at=said_at)
    acts.remind_silent(public_id=top.public_id, by=president, at=at - timedelta(days=2))


def _put_up(programme: Programme, shown: Mapping[str, Place], *, at: datetime) -> None:
    """By the state and by the district; three of the cast have read the newest."""
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
        materials.note_opened(
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
    of = {"title": title, "lines": list(lines), "note": MATERIAL_NOTE}
    return printing.pdf(LEAFLET, [of], title=title, language="hi", at=at)
