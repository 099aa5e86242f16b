"""The sample of the demo: a week of calls in the whole state. Some are carried over, some booths are silent."""

import random
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import BY, ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.dialogues import actions, queries
from abhiyan.dialogues.actions import CallReport
from abhiyan.dialogues.models import Dialogue
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.actions.lines import solved_question_id
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import questions
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme

DAYS, LONGEST = 8, 270
CALLERS = ("state_president", *queries.OFFICES)
NAMES = {"en": "Dialogues (sample)", "hi": "बूथ संवाद (नमूना)"}
NEEDS = (
    ("40 सदस्यता फ़ॉर्म चाहिए (नमूना)", "material"),
    ("बैठक के लिए टेंट चाहिए (नमूना)", "material"),
    ("बूथ की सूची नहीं मिली (नमूना)", "place"),
    ("बैठक की तारीख़ बताएँ (नमूना)", "programme"),
)
ANSWER = "भेज दिया है, मंडल कार्यालय से ले लें। (नमूना)"
DONE, LATER, ENDED, CONFIRMED, NEEDED, SOLVED = (
    0.75,
    0.1,
    0.97,
    0.8,
    0.4,
    0.6,
)  # shares of calls, talks and needs


def sample(ground: SampleGround) -> None:
    """Make a week of calls of the state's office-bearers and its district in-charges. Today's calls wait."""
    first = ground.today - timedelta(days=DAYS)
    with system("demo"):
        begun = _at(ground, DAYS, 6)
        made = programmes.make_programme(
            template="dialogues",
            names=NAMES,
            owner_id=ground.ids["JK"],
            unit_ids=[ground.ids["JK"]],
            opens_on=first,
            closes_on=first + timedelta(days=LONGEST),
            by=BY,
            at=begun,
            is_sample=True,
        )
        programme = programmes.open_programme(programme_id=made.pk, by=BY, at=begun)
        actions.set_callers(programme=programme, offices=CALLERS, per_day=queries.PER_DAY, by=BY, at=begun)
        rng = random.Random(f"dialogues {ground.seed}")  # noqa: S311  # sample data
        for ago in range(DAYS, -1, -1):
            actions.give_out(by=BY, at=_at(ground, ago, 7))
            if ago:
                _day(programme, ground, ago, rng)


def _at(ground: SampleGround, days_ago: int, hour: int) -> datetime:
    return datetime.combine(ground.today - timedelta(days=days_ago), time(hour), ZoneInfo(ZONE))


def _day(programme: Programme, ground: SampleGround, ago: int, rng: random.Random) -> None:
    """Leaders note their calls of a day. Presidents and desks answer."""
    noon = _at(ground, ago, 12)
    rows = Dialogue.objects.filter(programme_id=programme.pk, day=ground.today - timedelta(days=ago))
    for call in rows.order_by("unit_id"):
        leader = people.account(call.leader_id)
        assert leader is not None
        by = Actor(kind="person", id=leader.public_id, account_id=leader.pk)
        luck = rng.random()
        if DONE + LATER < luck <= ENDED:
            continue
        noted = CallReport("later")
        if luck > ENDED:
            noted = CallReport("wrong_number" if ago % 2 else "gone")
        if luck < DONE:
            need, kind = rng.choice(NEEDS) if rng.random() < NEEDED else ("", "other")
            noted = CallReport("talked", rng.random() < 0.9, rng.randint(1, 3), need, kind)
        done, ticket = actions.note_dialogue(call=call.pk, noted=noted, by=by, at=noon)
        if done.item_id and rng.random() < CONFIRMED:
            programmes.confirm_items(ids=[done.item_id], at=_at(ground, ago, 20))
        if ticket and rng.random() < SOLVED:
            _solve(ticket.pk, at=noon + timedelta(hours=1))


def _solve(ident: UUID, *, at: datetime) -> None:
    """The desk meets the need, and the president says that it came."""
    ticket = helpdesk.answer_ticket(ticket=ident, text=ANSWER, is_done=True, by=BY, at=at)
    question = solved_question_id(ticket)
    assert question is not None
    messaging.answer_question(
        phone_id=ticket.phone_id,
        yes=True,
        code=questions.word(keyring().token, question, 1),
        channel="sms",
        ref=f"demo {ident}",
        by=BY,
        at=at + timedelta(hours=2),
    )
