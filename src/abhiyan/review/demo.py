"""The sample of the demo has three review rounds, and reports of district presidents on mandals.

The rounds over all mandals and over the booths of one district are half done. A round over district presidents began.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import grouped
from abhiyan.core.samples import BY, SampleGround
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import windows
from abhiyan.review.actions import keeping, rounds
from abhiyan.review.actions import reviews as acts
from abhiyan.review.actions.leader_reports import write_leader_report
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import reviewers as who
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reached import reached_below
from abhiyan.review.rules.reached import MeasureReached, contradicting
from abhiyan.targets import queries as target_queries
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.models import Hierarchy, Kind
from abhiyan.work import actions as work
from abhiyan.work.demo import entered, ladder_by_day
from abhiyan.work.queries.tasks import task_candidates
from abhiyan.work.rules.tasks import Act

ZONE = ZoneInfo("Asia/Kolkata")
MANDALS, PRESIDENTS = "नवंबर में हर मंडल की समीक्षा (नमूना)", "ज़िला अध्यक्षों की समीक्षा (नमूना)"
BOOTHS, BOOTHS_OF = "ज़िले के हर बूथ की समीक्षा (नमूना)", "JK-D627"
CLOSED = "JK-D627-MX"  # a mandal that closes during the round
GONE, LEFT = 9, 12  # days of the round over mandals
SHARES = (0, 0.3, 0.8, 0.9, 1)  # decided in one district after another; by days 0.4 are due


class DecisionSaid(NamedTuple):
    """A decision with its minute, the task that follows, and what the unit replies; or nothing of the last two."""

    decision: str
    text: str
    task: str = ""
    reply: str = ""


# Decisions follow from the figures. WELL, BADLY: the counted share of what was due by the day.
WELL, BADLY = 0.8, 0.3
TOO_MUCH = 1.5  # times as many said as entered
REACHED = "{day} तक {due} सदस्य होने थे, {counted} गिने गए। "
KEEP = "इसी तरह आगे बढ़ें।"
HELP = "और कार्यकर्ता भेजे जाएँगे।"
HELP_VACANT = "जिन बूथों पर अध्यक्ष नहीं: {vacant}। नियुक्तियों में मदद की जाएगी।"
AGAIN = "{said} सदस्य बताए गए, सूची में {entered} हैं।"
CHANGE = "काम का तरीक़ा बदलना होगा।"
APPOINT, APPOINTED = "ख़ाली बूथों पर अध्यक्ष नियुक्त करें (नमूना)", "अगले हफ़्ते तक नियुक्तियाँ हो जाएँगी।"
RECHECK, RECHECKED = "आँकड़े दोबारा जाँचकर भेजें (नमूना)", "सूची से मिला रहे हैं, सही आँकड़े भेजेंगे।"
CALL_MEETING = "समिति की बैठक बुलाएँ (नमूना)"
# District presidents report so many more than were counted.
REPORTED, REPORTED_MORE = "पाँच बूथ देखे, फ़ॉर्म गिने।", (60, 0)
# What district presidents answer.
DECIDED = 3  # of the district presidents of a region
ANSWERS = (
    "दो मंडलों में बर्फ़ के कारण काम रुका था, अब चल रहा है।",
    "लक्ष्य पूरा होगा। सत्यापन में मदद चाहिए।",
    "तीन मंडल अध्यक्ष नए हैं, उनका प्रशिक्षण इसी हफ़्ते है।",
)
Holders = Mapping[str, Mapping[int, Actor]]  # of each office who holds it, by unit (id)


def sample(ground: SampleGround) -> None:
    """Make both rounds, and work in them. The state's president opens them."""
    with system("demo"):
        drive = programme_queries.programme_by_id(ground.programme_id)
        _review(ground.holders, ground.ids, ground.actor("state_president"), drive, at=ground.at)


def _review(
    offices: Holders, ids: Mapping[str, int], president: Actor, drive: Programme, *, at: datetime
) -> None:
    review_round = _open(MANDALS, "mandal", "district_president", ids["JK"], president, at, GONE)
    _close_one(ids["JK-D627"], at)
    for (unit_id, some), share in zip(_by_reviewer(review_round), cycle(SHARES), strict=False):
        if reviewer := offices["district_president"].get(unit_id):
            _work(some, share, reviewer, offices["mandal_president"], drive, at)
            _report(some, reviewer, drive, at)
    _stand_in(review_round, president, at)
    two = _open(PRESIDENTS, "district_president", "region_in_charge", ids["JK"], president, at, 2)
    noon = datetime.combine(clock.day_in(ZONE.key, at) - timedelta(days=1), time(12), ZONE)
    keeping.tell_holders(at=noon)
    for unit_id, some in _by_reviewer(two):
        if reviewer := offices["region_in_charge"].get(unit_id):
            _talk(some, reviewer, offices["district_president"], ids["JK-D627"], drive, at)
    _booths(ids[BOOTHS_OF], president, offices["mandal_president"], at)


def _booths(district: int, president: Actor, mandals: Mapping[int, Actor], at: datetime) -> None:
    """Have each second mandal president decide on all booths, from the list and by their figures."""
    review_round = _open(BOOTHS, "booth", "mandal_president", district, president, at, 4)
    for unit_id, some in list(_by_reviewer(review_round))[::2]:
        if reviewer := mandals.get(unit_id):
            figures = reached_below(
                unit_id, [review.unit_id for review in some], review_round.hierarchy, at=at
            )
            acts.decide_listed(
                public_id=review_round.public_id,
                decisions={review.public_id: _fitting(figures[review.unit_id]) for review in some},
                sure={},
                by=reviewer,
                at=at - timedelta(hours=1),
            )


def _fitting(figures: Sequence[MeasureReached]) -> str:
    """Return a decision that the figures allow."""
    decided = Review.Decision
    return decided.KEEP if not contradicting(decided.KEEP, figures) else decided.HELP


def _open(name: str, what: str, office: str, unit_id: int, by: Actor, at: datetime, ago: int) -> Round:
    """Open a round that began some days ago."""
    first = clock.day_in(ZONE.key, at) - timedelta(days=ago)
    return rounds.open_round(
        title=name,
        unit_id=unit_id,
        what=what,
        office=office,
        begins_on=first,
        ends_on=first + timedelta(days=ago + LEFT),
        by=by,
        at=at - timedelta(days=ago),
    )


def _by_reviewer(review_round: Round) -> Iterator[tuple[int, Sequence[Review]]]:
    """Yield what waits in a round, by the unit that reviews."""
    waiting = found.reviews_in(
        review_round, show=found.WAITING, text="", under=review_round.unit_id, at=review_round.made_at
    )
    rows = list(waiting.order_by("by_unit__code", "unit__code"))
    for unit_id in dict.fromkeys(review.by_unit_id for review in rows):
        yield unit_id, [review for review in rows if review.by_unit_id == unit_id]


@dataclass(frozen=True, slots=True)
class FiguresReached:
    """A unit on the day it was decided. said, entered: of the same days; 0 where it gave no figure of its own."""

    day: date
    due: int
    counted: int
    said: int
    entered: int
    vacant: int

    def decided(self) -> DecisionSaid:
        """Return what follows from it."""
        names = ("due", "counted", "said", "entered", "vacant")
        with translation.override("hi"):
            day = date_format(self.day, "j F")
        blanks = {"day": day, **{name: grouped(getattr(self, name)) for name in names}}
        if self.said > TOO_MUCH * self.entered:
            return DecisionSaid("again", AGAIN.format(**blanks), RECHECK, RECHECKED)
        if self.counted >= WELL * self.due:
            return DecisionSaid("keep", (REACHED + KEEP).format(**blanks))
        if self.counted < BADLY * self.due:
            return DecisionSaid("change", (REACHED + CHANGE).format(**blanks), CALL_MEETING)
        if self.vacant:
            return DecisionSaid("help", (REACHED + HELP_VACANT).format(**blanks), APPOINT, APPOINTED)
        return DecisionSaid("help", (REACHED + HELP).format(**blanks))


def _reached(drive: Programme, unit_id: int, *, at: datetime) -> FiguresReached:
    """Read a unit's figures at the end of the day before. Vacancies are those of today."""
    day, stood = clock.day_in(ZONE.key, at) - timedelta(days=1), ladder_by_day(drive, unit_id, at=at)
    typed = [
        figure
        for figure in programme_queries.typed_figures(drive, unit_id=unit_id, at=at)
        if not figure.is_replaced and figure.ends_on <= day
    ]
    new = sum(
        entered(stood(figure.ends_on)) - entered(stood(figure.begins_on - timedelta(days=1)))
        for figure in typed
    )
    below = org.ask_vacancies_below(unit_id, drive.hierarchy, at=at)()
    vacant = sum(office.vacant for office in below if office.office == "booth_president")
    target = target_queries.targets(programme=drive, units=[unit_id]).get(unit_id)
    due = windows.target_due(target.n if target else 0, drive.opens_on, drive.closes_on, day)
    return FiguresReached(day, due, stood(day).counted or 0, sum(figure.n for figure in typed), new, vacant)


def _work(
    some: Sequence[Review],
    share: float,
    reviewer: Actor,
    mandals: Mapping[int, Actor],
    drive: Programme,
    at: datetime,
) -> None:
    """Have a district president work through the mandals. share: decided, from 0 to 1."""
    n, today = round(len(some) * share), clock.day_in(ZONE.key, at)
    decided, prepared = some[:n], some[n : n + 4] if share else []
    for each_of, ago in ((decided, 7), (prepared, 1)):
        acts.note_dossiers_opened(
            reviews=[review.pk for review in each_of], by=reviewer, at=at - timedelta(days=ago)
        )
    for number, (each, days) in enumerate(zip(decided, cycle((6, 5, 3, 2, 1)), strict=False)):
        decided_at = at - timedelta(days=days)
        decision = _reached(drive, each.unit_id, at=decided_at).decided()
        _decide(each, decision, mandals, reviewer, decided_at, is_done=number % 3 == 1)
        if decision.reply and (whom := mandals.get(each.unit_id)):
            acts.reply_to_review(public_id=each.public_id, text=decision.reply, by=whom, at=at)
    for each, days in zip(prepared, (-1, 0, 1), strict=False):
        meets_on = today + timedelta(days=days)
        acts.set_meeting(public_id=each.public_id, meets_on=meets_on, is_held=days < 0, by=reviewer, at=at)


def _report(some: Sequence[Review], leader: Actor, drive: Programme, at: datetime) -> None:
    """Have a district president report on two mandals: on the first more than was counted, on the second the same."""
    (measure,) = programme_queries.measures([drive])[drive.pk]
    for review, more in zip(some, REPORTED_MORE, strict=False):
        figures = _reached(drive, review.unit_id, at=at)
        write_leader_report(
            unit_id=review.unit_id,
            programme=drive.public_id,
            measure=measure.number,
            day=figures.day,
            n=figures.counted + more,
            words=REPORTED,
            by=leader,
            at=at,
        )


def _decide(
    review: Review,
    said: DecisionSaid,
    holders: Mapping[int, Actor],
    by: Actor,
    at: datetime,
    *,
    is_done: bool = False,
) -> None:
    """Take one decision, with a task for who leads the unit, where somebody does. is_done: they have done it."""
    day, whom = clock.day_in(ZONE.key, at), holders.get(review.unit_id)
    todo = None
    if said.task and whom:
        (first, *_others) = task_candidates([review.unit_id], on=day)
        todo = acts.ToDo(said.task, first.appointment, day + timedelta(days=4))
    acts.decide_review(
        public_id=review.public_id,
        decision=said.decision,
        text=said.text,
        todo=todo,
        has_met=True,
        sure=said.decision,
        by=by,
        at=at,
    )
    if is_done and todo and whom:
        task = found.minutes_of(review)[0].one.task
        if task is not None and task.account_id == whom.account_id:
            work.change_task(public_id=task.public_id, act=Act.DO, by=whom, at=at + timedelta(days=1))


def _talk(
    some: Sequence[Review],
    reviewer: Actor,
    presidents: Mapping[int, Actor],
    last: int,
    drive: Programme,
    at: datetime,
) -> None:
    """Have district presidents answer, but for one (their unit's id), and decide on some."""
    able = [review for review in some if review.unit_id in presidents and review.unit_id != last]
    answered = able[: 2 * len(ANSWERS)]
    for each, text in zip(answered, cycle(ANSWERS), strict=False):
        whom = presidents[each.unit_id]
        acts.reply_to_review(public_id=each.public_id, text=text, by=whom, at=at - timedelta(hours=20))
    acts.note_dossiers_opened(
        reviews=[review.pk for review in answered], by=reviewer, at=at - timedelta(hours=3)
    )
    for each in answered[: 2 * DECIDED : 2]:
        decision = _reached(drive, each.unit_id, at=at).decided()
        _decide(each, decision, presidents, reviewer, at - timedelta(hours=2))


def _close_one(district: int, at: datetime) -> None:
    """Close a mandal made during the round, so that it joined it."""
    names = {"en": "Old Katra (sample)", "hi": "पुराना कटरा (नमूना)"}
    new = units.NewUnit(code=CLOSED, kind=Kind.MANDAL, names=names, is_sample=True)
    made, on = units.make_unit(unit=new, by=BY, at=at), clock.day_in(ZONE.key, at)
    tree = Hierarchy.ORGANISATIONAL
    units.place_units(hierarchy=tree, places=[(made, district)], on=on - timedelta(days=3), by=BY, at=at)
    units.close_units(unit_id=made, on=on, by=BY, at=at)


def _stand_in(review_round: Round, president: Actor, at: datetime) -> None:
    """Give one of the districts without a president a stand-in."""
    on = clock.day_in(ZONE.key, at)
    for vacancy in who.vacant(review_round, on=on)[:1]:
        unit_id = unit_queries.unit(vacancy.code).pk
        for fit in who.stand_in_candidates(review_round, unit_id, on=on)[:1]:
            rounds.name_stand_in(
                public_id=review_round.public_id,
                unit_id=unit_id,
                appointment=fit.appointment_id,
                by=president,
                at=at,
            )
