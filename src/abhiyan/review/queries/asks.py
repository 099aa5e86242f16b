"""Requests after a meeting: to units furthest behind, to people who fill offices, and to holders of late tasks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import named, short_day
from abhiyan.org import queries as org
from abhiyan.programmes.models import Task
from abhiyan.programmes.queries import tasks
from abhiyan.review.models import Round
from abhiyan.review.rules.deck_pages import DeckAsk
from abhiyan.review.rules.decks import Behind
from abhiyan.units import queries as units

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
    late = tasks.tasks_of(below=(here.id, hierarchy)).filter(tasks.is_late(at))
    return rows + of_late(late.order_by("due_at", "pk")[:OF_EACH])


def _of_behind(behind: Sequence[Behind], closes_on: date | None, *, on: date) -> Iterator[DeckAsk]:
    furthest = [row for row in behind if row.n and row.lacks][:OF_EACH]
    if not furthest or closes_on is None or closes_on < on:
        return
    leaders = org.ask_leaders_of([row.unit_id for row in furthest], on=on)()
    for row in furthest:
        leader = leaders.get(row.unit_id)
        what = say("%(n)s more, to reach the target") % {"n": grouped(row.lacks)}
        yield DeckAsk(row.name, named(leader.office_names) if leader else "", what, short_day(closes_on))


def _of_vacant(lo: int, hi: int, hierarchy: int, *, on: date) -> list[DeckAsk]:
    vacant = org.vacant_rows(lo, hi, on=on).ordered("unit")[:OF_EACH]
    rows = []
    for vacancy, appointer in zip(vacant, org.appointers(vacant, hierarchy, on=on), strict=True):
        if appointer is None:
            continue
        office = named(vacancy.office_names)
        about = {"office": office, "unit": named(vacancy.unit_names)}
        what = say("Fill a vacant office: %(office)s, %(unit)s") % about
        if vacancy.since:
            since = say("vacant since %(day)s") % {"day": short_day(vacancy.since)}
            what += f" ({since})"
        rows.append(DeckAsk(named(appointer.unit_names), named(appointer.office_names), what, say("now")))
    return rows


def of_late(late: Iterable[Task]) -> list[DeckAsk]:
    """Return the requests for late tasks."""
    return [
        DeckAsk(
            named(task.unit.names),
            named(task.office.names) if task.office else "",
            task.title,
            say("late since %(day)s") % {"day": short_day(clock.day_in(settings.TIME_ZONE, task.due_at))},
        )
        for task in late
    ]


def _to_decide(n: int) -> str:
    return ngettext("%(n)s review to decide", "%(n)s reviews to decide", n) % {"n": grouped(n)}


def asks_of_round(one: Round, branches: Sequence[boards.BoardBranch], office: str) -> list[DeckAsk]:
    """Return the requests in a round: reviews from the branches furthest back. office: the name of who reviews."""
    waiting = [each for each in branches if each.coverage.of > each.coverage.decided]
    return [
        DeckAsk(
            named(each.names),
            office,
            _to_decide(each.coverage.of - each.coverage.decided),
            short_day(one.ends_on),
        )
        for each in waiting[:OF_EACH]
    ]
