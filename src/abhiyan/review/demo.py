"""The sample of the demo: two review rounds. One over mandals is half done, one over district presidents has begun."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import NamedTuple
from zoneinfo import ZoneInfo

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.samples import BY, Ground
from abhiyan.core.scope import system
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.queries.tasks import candidates
from abhiyan.programmes.rules.tasks import Act
from abhiyan.review.actions import keeping, rounds
from abhiyan.review.actions import reviews as acts
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import reviewers as who
from abhiyan.review.queries import rounds as found
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.models import Hierarchy, Kind

ZONE = ZoneInfo("Asia/Kolkata")
MANDALS, PRESIDENTS = "नवंबर में हर मंडल की समीक्षा (नमूना)", "ज़िला अध्यक्षों की समीक्षा (नमूना)"
CLOSED = "JK-D627-MX"  # a mandal that closes during the round
GONE, LEFT = 9, 12  # days of the round over mandals
SHARES = (0, 0.3, 0.8, 0.9, 1)  # decided in one district after another; by days 0.4 are due


class Said(NamedTuple):
    """A decision with its minute, the task that follows, and what the unit replies; or nothing of the last two."""

    decision: str
    text: str
    task: str = ""
    reply: str = ""


SAID = (
    Said("keep", "लक्ष्य समय पर है। इसी तरह आगे बढ़ें।"),
    Said(
        "help",
        "तीन बूथों पर अध्यक्ष नहीं हैं। ज़िला मदद करेगा।",
        "तीन बूथ अध्यक्ष नियुक्त करें (नमूना)",
        "अगले हफ़्ते तक नियुक्तियाँ हो जाएँगी।",
    ),
    Said("keep", "बैठकें हो रही हैं, काम ठीक है।"),
    Said(
        "again",
        "बताए गए आँकड़े गिने गए से बहुत ज़्यादा हैं।",
        "आँकड़े दोबारा जाँचकर भेजें (नमूना)",
        "आँकड़े ठीक कर दिए हैं।",
    ),
    Said("change", "दो महीने से बैठक नहीं हुई।", "मंडल समिति की बैठक बुलाएँ (नमूना)"),
)
# What district presidents answer; of the decided, every second, what is decided on that answer.
ANSWERS = (
    "दो मंडलों में बर्फ़ के कारण काम रुका था, अब चल रहा है।",
    "लक्ष्य पूरा होगा। सत्यापन में मदद चाहिए।",
    "तीन मंडल अध्यक्ष नए हैं, उनका प्रशिक्षण इसी हफ़्ते है।",
)
DECIDED = (
    Said("keep", "बर्फ़ वाले मंडलों में काम फिर चल रहा है। इसी तरह आगे बढ़ें।"),
    Said("help", "नए मंडल अध्यक्षों के प्रशिक्षण में मदद दी जाएगी।", "तीनों नए मंडल अध्यक्षों का प्रशिक्षण पूरा करें (नमूना)"),
    Said("help", "सत्यापन के लिए लोग दिए जाएँगे।"),
)


Holders = Mapping[str, Mapping[int, Actor]]  # of each office who holds it, by unit (id)


def sample(ground: Ground) -> None:
    """Both rounds and what came of them. The state's president opens them."""
    with system("demo"):
        _review(ground.holders, ground.ids, ground.actor("state_president"), at=ground.at)


def _review(offices: Holders, ids: Mapping[str, int], president: Actor, *, at: datetime) -> None:
    one = _open(MANDALS, "mandal", "district_president", ids["JK"], president, at, GONE)
    _close_one(ids["JK-D627"], at)
    for (unit_id, some), share in zip(_by_reviewer(one), cycle(SHARES), strict=False):
        if reviewer := offices["district_president"].get(unit_id):
            _work(some, share, reviewer, offices["mandal_president"], at)
    _stand_in(one, president, at)
    two = _open(PRESIDENTS, "district_president", "region_in_charge", ids["JK"], president, at, 2)
    noon = datetime.combine(clock.day_in(ZONE.key, at) - timedelta(days=1), time(12), ZONE)
    keeping.tell_holders(at=noon)
    for unit_id, some in _by_reviewer(two):
        if reviewer := offices["region_in_charge"].get(unit_id):
            _talk(some, reviewer, offices["district_president"], ids["JK-D627"], at)


def _open(name: str, what: str, office: str, unit_id: int, by: Actor, at: datetime, ago: int) -> Round:
    """A round that began some days ago."""
    first = clock.day_in(ZONE.key, at) - timedelta(days=ago)
    return rounds.open_round(
        name=name,
        unit_id=unit_id,
        what=what,
        office=office,
        begins_on=first,
        ends_on=first + timedelta(days=ago + LEFT),
        by=by,
        at=at - timedelta(days=ago),
    )


def _by_reviewer(one: Round) -> Iterator[tuple[int, Sequence[Review]]]:
    """What waits in a round, by the unit that reviews."""
    waiting = found.reviews_in(one, show=found.WAITING, text="", under=one.unit_id, today=one.begins_on)
    rows = list(waiting.order_by("by_unit__code", "unit__code"))
    for unit_id in dict.fromkeys(each.by_unit_id for each in rows):
        yield unit_id, [each for each in rows if each.by_unit_id == unit_id]


def _work(
    some: Sequence[Review], share: float, reviewer: Actor, mandals: Mapping[int, Actor], at: datetime
) -> None:
    """A district president works through the mandals. share: decided, from 0 to 1."""
    n, today = round(len(some) * share), clock.day_in(ZONE.key, at)
    decided, prepared = some[:n], some[n : n + 4] if share else []
    for each_of, ago in ((decided, 7), (prepared, 1)):
        acts.note_opened(reviews=[each.pk for each in each_of], by=reviewer, at=at - timedelta(days=ago))
    for number, (each, said, days) in enumerate(
        zip(decided, cycle(SAID), cycle((6, 5, 3, 2, 1)), strict=False)
    ):
        _decide(each, said, mandals, reviewer, at - timedelta(days=days), is_done=number % 3 == 1)
        if said.reply and (whom := mandals.get(each.unit_id)):
            acts.reply_to_review(public_id=each.public_id, text=said.reply, by=whom, at=at)
    for each, days in zip(prepared, (-1, 0, 1), strict=False):
        meets_on = today + timedelta(days=days)
        acts.set_meeting(public_id=each.public_id, meets_on=meets_on, by=reviewer, at=at)


def _decide(
    one: Review,
    said: Said,
    holders: Mapping[int, Actor],
    by: Actor,
    at: datetime,
    *,
    is_done: bool = False,
) -> None:
    """One decision, with a task for who leads the unit, where somebody does. is_done: they have done it."""
    day, whom = clock.day_in(ZONE.key, at), holders.get(one.unit_id)
    todo = None
    if said.task and whom:
        (first, *_others) = candidates([one.unit_id], on=day)
        todo = acts.ToDo(said.task, first.appointment, day + timedelta(days=4))
    acts.decide_review(
        public_id=one.public_id, decision=said.decision, text=said.text, todo=todo, by=by, at=at
    )
    if is_done and todo and whom:
        given = found.minutes_of(one)[0].one.task
        if given is not None and given.account_id == whom.account_id:
            programmes.change_task(public_id=given.public_id, act=Act.DO, by=whom, at=at + timedelta(days=1))


def _talk(
    some: Sequence[Review], reviewer: Actor, presidents: Mapping[int, Actor], last: int, at: datetime
) -> None:
    """District presidents answer, but for one (their unit's id), and some are decided."""
    able = [each for each in some if each.unit_id in presidents and each.unit_id != last]
    answered = able[: 2 * len(ANSWERS)]
    for each, text in zip(answered, cycle(ANSWERS), strict=False):
        whom = presidents[each.unit_id]
        acts.reply_to_review(public_id=each.public_id, text=text, by=whom, at=at - timedelta(hours=20))
    acts.note_opened(reviews=[each.pk for each in answered], by=reviewer, at=at - timedelta(hours=3))
    for each, said in zip(answered[::2], DECIDED, strict=False):
        _decide(each, said, presidents, reviewer, at - timedelta(hours=2))


def _close_one(district: int, at: datetime) -> None:
    """A mandal made during the round, so that it joined it, is closed again."""
    names = {"en": "Old Katra (sample)", "hi": "पुराना कटरा (नमूना)"}
    new = units.NewUnit(code=CLOSED, kind=Kind.MANDAL, names=names, is_sample=True)
    made, on = units.make_unit(unit=new, by=BY, at=at), clock.day_in(ZONE.key, at)
    tree = Hierarchy.ORGANISATIONAL
    units.place_many(hierarchy=tree, places=[(made, district)], on=on - timedelta(days=3), by=BY, at=at)
    units.close_units(unit_id=made, on=on, by=BY, at=at)


def _stand_in(one: Round, president: Actor, at: datetime) -> None:
    """One of the districts without a president has a stand-in."""
    on = clock.day_in(ZONE.key, at)
    for each in who.vacant(one, on=on)[:1]:
        unit_id = unit_queries.unit(each.code).pk
        for fit in who.candidates(one, unit_id, on=on)[:1]:
            rounds.name_stand_in(
                public_id=one.public_id,
                unit_id=unit_id,
                appointment=fit.appointment_id,
                by=president,
                at=at,
            )
