"""The demo's sample: a national meeting with minutes and open tasks, a state meeting to come, and a leader's visit.

A list of beneficiaries is invited to a convention. The agenda of the state meeting reviews a programme that has not
begun.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import BY, ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.meetings import actions, queries
from abhiyan.meetings.actions.telling import CAME, COMES, ROOM
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.demo import go_out
from abhiyan.messaging.rules import audiences, questions
from abhiyan.org import actions as org
from abhiyan.programmes import actions as programmes
from abhiyan.work import actions as work
from abhiyan.work.queries.tasks import task_candidates
from abhiyan.work.rules.tasks import Act

NATION, STATE, DISTRICT = "IN", "JK", "JK-D627"
LEADERS = (
    "national_general_secretary",
    "national_vice_president",
    "national_secretary",
    "state_president",
    "state_general_secretary",
    "wing_president",
)
HELD_AGO, CALLED_AGO = 4, 12  # days
ANSWER, COME, CONFIRM = 48, 60, 30  # people
PEOPLE = 410  # by the organiser's count
CAME_TO_CONVENTION = 180
INVITATION = {  # wording, and the id of its template: nobody's
    "en": ("{organisation}: {title}, {day}, {place}. Messages stop with STOP.", "1107000000000000003"),
    "hi": ("{organisation}: {title}, {day}, {place}। संदेश बंद करने को STOP लिखें।", "1107000000000000004"),
}
AGENDA = (
    "10:00 उद्घाटन",
    "10:30 पिछले कामों की समीक्षा",
    "11:30 सदस्यता अभियान",
    "14:00 बूथ समितियाँ",
    "16:00 फ़ैसले",
)
DECISIONS = ("हर प्रदेश महीने में एक बार समीक्षा करेगा। (नमूना)", "बूथ समितियों की सूची एक ही प्रारूप में रहेगी। (नमूना)")
TASKS = ("ख़ाली ज़िला अध्यक्षों के नाम भेजें (नमूना)", "मोर्चों की बैठकें तय करें (नमूना)", "प्रशिक्षण के दिन बताएँ (नमूना)")
STOPS = ("10:00 कटरा: मंडल अध्यक्ष स्वागत करेंगे", "13:00 बूथ समिति के साथ भोजन", "16:00 कार्यकर्ताओं से बातचीत")


def sample(ground: SampleGround) -> None:
    """All of them. The national president and the state's call them."""
    with system("demo"):
        _held(ground)
        _to_come(ground)
        _visit(ground)
        convene(ground)


def _call(
    ground: SampleGround,
    plan: actions.MeetingPlan,
    unit: str,
    offices: Sequence[str],
    by: Actor,
    at: datetime,
) -> UUID:
    """Call it, and have everybody told."""
    unit_id, inviting = ground.ids[unit], queries.Inviting(tuple(offices))
    n = queries.count_chosen(
        queries.chosen_parameters(inviting, unit_id=unit_id, hierarchy=1, on=plan.first_on)
    )
    made = actions.call_meeting(
        plan=plan, inviting=inviting, unit_id=unit_id, hierarchy=1, expected=n, by=by, at=at
    )
    while actions.tell_next_invitees(public_id=made, at=at):
        pass
    return made


def _held(ground: SampleGround) -> None:
    by, at = ground.actor("national_president"), ground.at - timedelta(days=CALLED_AGO)
    day = ground.today - timedelta(days=HELD_AGO)
    run = programmes.make_programme(
        template="meetings",
        names={"en": "National meetings (sample)", "hi": "राष्ट्रीय बैठकें (नमूना)"},
        owner_id=ground.ids[NATION],
        unit_ids=[ground.ids[NATION]],
        opens_on=ground.today - timedelta(days=CALLED_AGO),
        closes_on=day,
        by=BY,
        at=at,
    )
    programmes.open_programme(programme_id=run.pk, by=BY, at=at)
    plan = actions.MeetingPlan(
        "meeting",
        "राष्ट्रीय पदाधिकारी बैठक (नमूना)",
        day,
        day,
        time(10),
        "दिल्ली (नमूना)",
        agenda=AGENDA,
        programme_id=run.pk,
        reviewed=(ground.programme_id,),
    )
    made = _call(ground, plan, NATION, LEADERS, by, at)
    meeting = Meeting.objects.get(public_id=made)
    go_out(at + timedelta(hours=20))
    rows = list(meeting.invitees.order_by("pk")[:COME])
    for n, invitee in enumerate(rows[:ANSWER]):
        _say(invitee, COMES, yes=n % 8 != 5, at=at + timedelta(days=2))
    there = datetime.combine(day, time(11), ZoneInfo(ZONE))
    for invitee in rows:
        actions.tick(public_id=made, invitee=invitee.public_id, came=True, by=by, at=there)
    actions.set_people(public_id=made, n=PEOPLE, by=by, at=there)
    _write(ground, meeting, by, there + timedelta(hours=6))
    asked_at = there + timedelta(days=1)
    actions.ask_who_came(at=asked_at)
    go_out(asked_at)
    for n, invitee in enumerate(meeting.invitees.filter(has_been_asked=True).order_by("pk")[:CONFIRM]):
        _say(invitee, CAME, yes=n % 15 != 7, at=asked_at + timedelta(hours=2))
    programmes.close_programme(programme_id=run.pk, by=BY, at=asked_at + timedelta(days=1))


def _write(ground: SampleGround, meeting: Meeting, by: Actor, at: datetime) -> None:
    """Decisions, and tasks for leaders of states: one of them is done."""
    for text in DECISIONS:
        actions.add_point(public_id=meeting.public_id, text=text, by=by, at=at)
    states = [ground.ids[STATE], *sorted(ground.holders["state_president"])][: len(TASKS)]
    for n, (text, whom) in enumerate(zip(TASKS, task_candidates(states, on=meeting.first_on), strict=False)):
        actions.add_point(
            public_id=meeting.public_id,
            text=text,
            appointment=whom.appointment,
            due_on=ground.today + timedelta(days=n - 1),
            by=by,
            at=at + timedelta(minutes=n),
        )
    (*_open, last) = queries.meeting_points(meeting)
    doer = next(
        (
            actor
            for actor in ground.holders["state_president"].values()
            if actor.account_id == last.account_id
        ),
        None,
    )
    if last.task is not None and doer is not None:
        work.change_task(public_id=last.task, act=Act.DO, by=doer, at=at + timedelta(days=1))
    actions.send_minutes(public_id=meeting.public_id, by=by, at=at + timedelta(hours=1))


def _to_come(ground: SampleGround) -> None:
    by, at = ground.actor("state_president"), ground.at - timedelta(days=2)
    soon = programmes.make_programme(
        template="meetings",
        names={"en": "Mandal conventions (sample)", "hi": "मंडल सम्मेलन (नमूना)"},
        owner_id=ground.ids[STATE],
        unit_ids=[ground.ids[STATE]],
        opens_on=ground.today + timedelta(days=15),
        closes_on=ground.today + timedelta(days=45),
        by=by,
        at=at,
    )
    programmes.open_programme(programme_id=soon.pk, by=by, at=at)
    for unit_id, holder in sorted(ground.holders["district_president"].items())[:7]:
        assert holder.id is not None
        programmes.name_in_charge(programme_id=soon.pk, unit_id=unit_id, account=holder.id, by=by, at=at)
    day = ground.today + timedelta(days=6)
    plan = actions.MeetingPlan(
        "meeting",
        "प्रदेश बैठक: मंडल सम्मेलनों की तैयारी (नमूना)",
        day,
        day,
        time(11),
        "जम्मू (नमूना)",
        chair_id=by.account_id,
        agenda=("11:00 ज़िलों की तैयारी", "13:00 सम्मेलनों के दिन"),
        reviewed=(soon.pk,),
    )
    _call(ground, plan, STATE, ("district_president", "district_in_charge"), by, at)


def _visit(ground: SampleGround) -> None:
    by, day = ground.actor("state_president"), ground.today + timedelta(days=2)
    plan = actions.MeetingPlan(
        "visit",
        "प्रदेश अध्यक्ष का दौरा (नमूना)",
        day,
        day + timedelta(days=1),
        time(10),
        "कटरा (नमूना)",
        host="ज़िला अध्यक्ष",
        chair_id=by.account_id,
        agenda=STOPS,
    )
    _call(
        ground, plan, DISTRICT, ("district_president", "mandal_president"), by, ground.at - timedelta(days=1)
    )


def convene(ground: SampleGround) -> None:
    """A convention of beneficiaries that was held today: their list was invited by a bulk send that two people made."""
    roll = next(
        (code for code, _name in audiences.offered_audiences() if code.startswith("beneficiaries:")), ""
    )
    if not roll:
        return
    by, district = ground.actor("state_president"), ground.ids[DISTRICT]
    noon = datetime.combine(ground.today, time(12), ZoneInfo(ZONE))
    noon -= timedelta(days=1) if noon > ground.at else timedelta(0)
    called = noon - timedelta(days=2)
    run = programmes.make_programme(
        template="meetings",
        names={"en": "Conventions of beneficiaries (sample)", "hi": "लाभार्थी सम्मेलन (नमूना)"},
        owner_id=ground.ids[STATE],
        unit_ids=[district],
        opens_on=called.date(),
        closes_on=ground.today + timedelta(days=30),
        by=by,
        at=called,
    )
    programmes.open_programme(programme_id=run.pk, by=by, at=called)
    wordings = {language: messaging.Wording(text, ident) for language, (text, ident) in INVITATION.items()}
    text = messaging.register_text(
        name="लाभार्थी सम्मेलन / Convention (sample)",
        entity="1101000000000000001",
        header="SAMPLE",
        wordings=wordings,
        unit_id=ground.ids[STATE],
        by=by,
        at=called,
    )
    plan = actions.MeetingPlan(
        "meeting",
        "उज्ज्वला लाभार्थी सम्मेलन (नमूना)",
        noon.date(),
        noon.date(),
        time(9),
        "रियासी (नमूना)",
        agenda=("09:00 स्वागत", "10:00 लोगों की बात"),
        programme_id=run.pk,
        roll=roll,
        text=text,
    )
    made = actions.call_meeting(
        plan=plan,
        inviting=queries.Inviting(()),
        unit_id=district,
        hierarchy=1,
        expected=0,
        by=by,
        at=called,
    )
    send = Meeting.objects.values_list("roll", flat=True).get(public_id=made)
    assert send is not None
    while messaging.count_next(public_id=send):
        pass
    release = messaging.ask_send(public_id=send, reason="सम्मेलन का निमंत्रण (नमूना)", by=by, at=ground.at)
    officer = ground.holders["data_officer"][ground.ids[STATE]]
    org.decide_release(public_id=release.public_id, allow=True, by=officer, at=ground.at)
    messaging.start_send(public_id=send, by=by, at=ground.at)
    moment = noon
    while messaging.queue_next(public_id=send, at=moment):
        go_out(moment)
        moment += timedelta(minutes=1)
    actions.set_people(public_id=made, n=CAME_TO_CONVENTION, by=by, at=noon)


def _say(invitee: Invitee, kind: str, *, yes: bool, at: datetime) -> None:
    """An invitee answers our question by its word."""
    invitee.refresh_from_db()
    if invitee.question is None:
        return
    question_id = messaging.question_id(
        room=ROOM, kind=kind, about=invitee.question, phone_id=invitee.phone_id
    )
    word = questions.word(keyring().token, question_id, 1)
    messaging.answer_question(
        phone_id=invitee.phone_id, yes=yes, code=word, channel="sms", ref=f"demo {invitee.pk}", by=BY, at=at
    )
