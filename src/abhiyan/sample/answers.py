"""Make the demo's questions and answers: some are asked on each of the last days, and a third of them confirm."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.actions.members import QUESTION
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.messaging.actions import questions
from abhiyan.messaging.demo import go_out
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions as words

from . import history
from .claims import BY, neighbour_of
from .data_files import sample_shares

DAYS = 6  # of asking
SHARES = sample_shares().answers


def ask_and_answer(seed: str, *, turns: int, at: datetime, say: Callable[[str], None]) -> None:
    """Have the loops ask each day at noon, and those of the day before answer, with the word or by the link.

    turns: how many minutes a day they ask; each minute has its share of people.
    """
    today, n = clock.day_in("Asia/Kolkata", at), 0
    for day in range(DAYS, 0, -1):
        noon = datetime.combine(today - timedelta(days=day), time(12), history.ZONE)
        with system("demo"):
            n += sum(confirming.ask_new_members(at=noon) for _turn in range(turns))
            questions.remind_unanswered(at=noon)
        go_out(noon)
        _answer(seed, noon.date() - timedelta(days=1), noon + timedelta(hours=3))
        go_out(noon + timedelta(hours=3))
    say(f"  {n:,} people were asked whether they joined themselves")


def _answer(seed: str, day: date, at: datetime) -> None:
    """Answer as people asked on a day will: mostly not at all."""
    noon = datetime.combine(day, time(12), history.ZONE)
    room, kind = QUESTION
    silent = keyring().phone_id(neighbour_of(seed).phone)
    with system("demo"):
        waiting = asked.questions_asked(room=room, kind=kind, since=noon, until=noon + timedelta(hours=1))
    for question in waiting:
        rng = random.Random(f"answer {seed} {question.phone_id}")  # noqa: S311  # sample data
        chance, by_link = rng.random(), rng.random() < SHARES.by_link
        if chance < SHARES.yes + SHARES.no and question.phone_id != silent:
            answered_at = at + timedelta(seconds=rng.randrange(7200))
            _say(question, yes=chance < SHARES.yes, by_link=by_link, at=answered_at)


def _say(question: Question, *, yes: bool, by_link: bool, at: datetime) -> None:
    key = keyring().token
    with transaction.atomic():
        if by_link:
            messaging.answer_link(link=words.link_part(key, question.pk, 1), yes=yes, by=BY, at=at)
        else:
            messaging.answer_question(
                phone_id=question.phone_id,
                yes=yes,
                code=words.word(key, question.pk, 1),
                channel="sms",
                ref=f"demo-{question.pk}",
                by=BY,
                at=at,
            )
