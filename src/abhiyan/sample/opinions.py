"""The demo's opinions: what people of the state's own constituencies said in two months, and how far it went up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.samples import ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.core.small_cells import FEWEST_ANSWERS
from abhiyan.forms.models import Submission
from abhiyan.friends.actions import in_touch
from abhiyan.opinions import actions as opinions
from abhiyan.opinions import queries
from abhiyan.org import queries as org

from . import history
from .data_files import sample_words

EACH = 6  # opinions of friends of one constituency in this month
AT_DOORS = 14  # Opinions at one booth's doors last month. The mandal reads words from the tenth answer on.
WORDS = sample_words().opinions


def say_opinions(
    ground: SampleGround, booths: Mapping[str, Sequence[str]], friends: Mapping[str, Sequence[UUID]]
) -> None:
    """Write down opinions of last month at doors. This month friends answer by their own links. Pass quotes up.

    booths, friends: by the code of their constituency.
    """
    before = datetime.combine(ground.today.replace(day=1) - timedelta(days=8), time(17), history.ZONE)
    now = ground.at - timedelta(hours=3)
    president = ground.actor("state_president")
    for n, seat in enumerate(sorted(friends)):
        written: list[Submission] = []
        place = ground.ids[booths[seat][0]]
        for m in range(AT_DOORS):
            answers, key = _answers(n + m, says_words=m >= FEWEST_ANSWERS), f"sample {seat} {m}"
            written.append(
                opinions.record_opinion(key=key, unit_id=place, answers=answers, by=president, at=before)
            )
        for m, friend in enumerate(friends[seat][:EACH]):
            link = in_touch.opinion_link(friend, on=clock.day_in(ZONE, now))
            answers = _answers(n + m + 1)
            written.append(in_touch.take_own_opinion(link=link, answers=answers, by=Actor.public(), at=now))
        _pass_up(ground, written)


def _answers(n: int, *, says_words: bool = True) -> dict[str, str]:
    """Return the n-th opinion. Two of three who say something have words of their own."""
    moods, first, advice = WORDS.moods, WORDS.first, WORDS.advice
    answers = {"mood": moods[n % len(moods)], "first": first[n % len(first)]}
    return answers | ({"advice": advice[n % len(advice)]} if says_words and n % 3 else {})


def _pass_up(ground: SampleGround, written: Sequence[Submission]) -> None:
    """Pass every second quote to the district, and every fourth to the state. Answer one at the top."""
    state = ground.shown["state_president"][1]
    with system("demo"):
        some = [submission.opinion for submission in written if hasattr(submission, "opinion")]
    for n, opinion in enumerate(some[::2]):
        at, first = opinion.at + timedelta(hours=1), opinion.desk_id
        while opinion.desk_id != state and (n % 2 == 0 or opinion.desk_id == first):
            with system("demo"):
                text = queries.opinion_words(opinion)
            by = _holder(ground, or_refuse(opinion.desk_id))
            opinion, at = (
                opinions.pass_opinion(
                    public_id=opinion.public_id, text=text, no_names=text.split(), by=by, at=at
                ),
                at + timedelta(minutes=30),
            )
        if n == 0:
            by, done = ground.actor("state_president"), WORDS.done
            opinions.say_done(public_id=opinion.public_id, done=done, no_names=done.split(), by=by, at=at)


def _holder(ground: SampleGround, unit_id: int) -> Actor:
    """Return the office that passes opinions up from a unit: its own, or the nearest above where it is vacant."""
    near = queries.desks_decided([unit_id], on=ground.today).get(unit_id, unit_id)
    for actors in ground.holders.values():
        by = actors.get(near)
        if by is not None and org.holds(by.account_id or 0, queries.CARRY, at=near):
            return by
    return ground.actor("state_president")
