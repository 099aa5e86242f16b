"""Requests of a deck: to units furthest behind, to people who fill offices, and to holders of late or decided tasks;
to units whose entries are doubted, or lack checks."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import local_person, name_in_language, short_day
from abhiyan.meetings import queries as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.org import queries as org
from abhiyan.review.models import Round
from abhiyan.review.rules.deck_pages import DeckAsk
from abhiyan.review.rules.decks import Behind
from abhiyan.ui.slides.said import Mention
from abhiyan.units import queries as units
from abhiyan.verification.here import ShownLine
from abhiyan.work.models import Task
from abhiyan.work.queries import tasks

from . import board as boards

OF_EACH = 3  # rows of each reason: a leader asks few things
MOST_VACANT = 20_000  # where more offices are vacant, none is singled out


def asks_of_unit(
    here: units.UnitRow,
    hierarchy: int,
    *,
    behind: Sequence[Behind],
    closes_on: date | None,
    vacant: int,
    at: datetime,
) -> list[DeckAsk]:
    """Return the requests in a unit: people from units far behind, holders of vacant offices, and late tasks. They are
    what the scope in force sees. closes_on: the last day of the target."""
    on = clock.day_in(settings.TIME_ZONE, at)
    rows = list(_of_behind(behind, closes_on, on=on))
    if 0 < vacant <= MOST_VACANT and here.lo is not None and here.hi is not None:
        rows += _of_vacant(here.lo, here.hi, hierarchy, on=on)
    late = tasks.tasks_of(below=(here.id, hierarchy)).filter(tasks.tasks_late_at(at))
    return rows + of_late(late.order_by("due_at", "pk")[:OF_EACH])


def _of_behind(behind: Sequence[Behind], closes_on: date | None, *, on: date) -> Iterator[DeckAsk]:
    furthest = [row for row in behind if row.n and row.lacks][:OF_EACH]
    if not furthest or closes_on is None or closes_on < on:
        return
    leaders = org.ask_leaders_of([row.unit_id for row in furthest], on=on)()
    for row in furthest:
        leader = leaders.get(row.unit_id)
        what = say("%(n)s more, to reach the target") % {"n": grouped(row.lacks)}
        office = name_in_language(leader.office_names) if leader else ""
        yield DeckAsk(row.name, office, what, short_day(closes_on), closes_on)


def _of_vacant(lo: int, hi: int, hierarchy: int, *, on: date) -> list[DeckAsk]:
    vacant = org.vacant_rows(lo, hi, on=on).ordered("unit")[:OF_EACH]
    rows = []
    for vacancy, appointer in zip(vacant, org.appointers(vacant, hierarchy, on=on), strict=True):
        if appointer is None:
            continue
        office = name_in_language(vacancy.office_names)
        about = {"office": office, "unit": name_in_language(vacancy.unit_names)}
        what = say("Fill a vacant office: %(office)s, %(unit)s") % about
        if vacancy.since:
            since = say("vacant since %(day)s") % {"day": short_day(vacancy.since)}
            what += f" ({since})"
        rows.append(
            DeckAsk(
                name_in_language(appointer.unit_names),
                name_in_language(appointer.office_names),
                what,
                say("now"),
            )
        )
    return rows


def of_late(late: Iterable[Task]) -> list[DeckAsk]:
    """Return the requests for late tasks."""
    return [
        DeckAsk(
            name_in_language(task.unit.names),
            name_in_language(task.office.names) if task.office else "",
            task.title,
            say("late since %(day)s") % {"day": short_day(clock.day_in(settings.TIME_ZONE, task.due_at))},
        )
        for task in late
    ]


def asks_of_meeting(meeting: Meeting, *, at: datetime) -> list[DeckAsk]:
    """List the open tasks that a meeting decided, as its page does. For readers of the meeting."""
    asks = []
    for point in meetings.meeting_points(meeting):
        if not point.is_open or point.due_at is None:
            continue
        day = clock.day_in(settings.TIME_ZONE, point.due_at)
        is_late = point.due_at < at
        who = Mention(local_person(point.who), "holder", str(point.account_id)) if point.account_id else ""
        unit, office = (
            name_in_language(point.unit_names),
            name_in_language(point.office_names) if point.office_names else "",
        )
        until = say("late since %(day)s") % {"day": short_day(day)} if is_late else short_day(day)
        asks.append(DeckAsk(unit, office, point.text, until, None if is_late else day, who))
    return asks


def asks_of_comparison(
    rows: Sequence[ShownLine], worse: Collection[int], *, ends_on: date | None, on: date
) -> list[DeckAsk]:
    """Return requests of a comparison: aimed checks and a review where a unit is surely below the whole.

    Otherwise it asks for the checks that are lacking, while the frame is open.

    worse: the units surely below. ends_on: the planned end of the frame while it is ahead.
    """
    until = short_day(ends_on) if ends_on else say("now")
    lines_asked = [
        (row, say("Aimed checks of its entries, and a review")) for row in rows if row.line.unit_id in worse
    ]
    if not lines_asked and ends_on:
        lines_asked = [(row, words) for row in rows if (words := _checks_lacking(row))]
    leaders = org.ask_leaders_of([row.line.unit_id for row, _words in lines_asked[:OF_EACH]], on=on)()
    return [
        DeckAsk(row.name, name_in_language(leader.office_names) if leader else "", words, until, ends_on)
        for row, words in lines_asked[:OF_EACH]
        for leader in [leaders.get(row.line.unit_id)]
    ]


def _checks_lacking(row: ShownLine) -> str:
    """Say how many checks a unit lacks, as its sentence does; "" where none are lacking or nothing is to be checked."""
    estimate = row.told
    if (
        estimate.entered.rate is not None
        or estimate.entered.unchecked
        or estimate.finished is None
        or not estimate.entered.items
    ):
        return ""
    lacking = estimate.wanted - estimate.finished
    if lacking <= 0:
        return ""
    if not row.is_exact:
        return say("Checks, until %(wanted)s are answered") % {"wanted": grouped(estimate.wanted)}
    words = ngettext("%(n)s more check to be answered", "%(n)s more checks to be answered", lacking)
    return words % {"n": grouped(lacking)}


def _to_decide(n: int) -> str:
    return ngettext("%(n)s review to decide", "%(n)s reviews to decide", n) % {"n": grouped(n)}


def asks_of_round(review_round: Round, branches: Sequence[boards.BoardBranch], office: str) -> list[DeckAsk]:
    """Return the requests in a round: reviews from the branches furthest back. office: the name of who reviews."""
    waiting = [branch for branch in branches if branch.coverage.of > branch.coverage.decided]
    return [
        DeckAsk(
            name_in_language(branch.names),
            office,
            _to_decide(branch.coverage.of - branch.coverage.decided),
            short_day(review_round.ends_on),
            review_round.ends_on,
        )
        for branch in waiting[:OF_EACH]
    ]
