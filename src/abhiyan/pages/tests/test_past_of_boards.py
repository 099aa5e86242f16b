"""A board of days that are past keeps its numbers, whatever units close or open afterwards."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from abhiyan.contact.tests.at_doors import no_poll
from abhiyan.core.lot import uuid
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import grades
from abhiyan.dialogues.actions import CallReport
from abhiyan.dialogues.tests import make as dialogues
from abhiyan.org.models import Office
from abhiyan.org.tests.make import World
from abhiyan.stays import queries as stays
from abhiyan.stays.tests import make as stays_made
from abhiyan.units import queries as units
from abhiyan.units.models import Placement, Unit
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards
from abhiyan.work.rules.schedules import DueState

pytestmark = pytest.mark.django_db
TODAY, DAY = NOW.date(), timedelta(days=1)
Read = Callable[[], Any]  # the numbers of a board of past days


def span(world: World) -> tuple[int, int]:
    return world.lo("N1"), world.lo("N2")


def weekly_reports(world: World) -> Read:
    """Three weeks ago two of four mandals reported; one of them closes today."""
    presidents = [
        dialogues.reachable(world, "mandal_president", code, 70 + n)
        for n, code in enumerate(("N111", "N112", "N121"))
    ]
    assert presidents
    with system("test"):
        asked = Schedule.objects.create(
            public_id=uuid(),
            typed_title="Weekly",
            wanted="report",
            unit=world.units["N1"],
            office=Office.objects.get(code="mandal_president"),
            kind="mandal",
            rhythm="weekly",
            first_on=TODAY - 21 * DAY,
            last_on=TODAY + 21 * DAY,
            hour=time(18),
            asked_at=NOW - 22 * DAY,
        )
        period = asked.timing.begun(NOW)[0]
        for code in ("N111", "N112"):
            Due.objects.create(
                schedule=asked,
                unit_id=world.unit(code),
                begins_on=period.begins_on,
                state=DueState.DONE,
                done_at=asked.timing.due_at(period) - timedelta(hours=3),
            )

    def read() -> Any:
        with system("test"):
            counts = units.counts_below(world.unit("N1"), 1)
            of = schedule_boards.schedule_numbers([(asked, period)], span(world), counts, at=NOW)
            numbers = of[asked.pk, period.begins_on]
            rows = schedule_boards.UnitBoard(asked, period, span(world), of=numbers, on=TODAY)
            return numbers, sorted(row.code for row in rows.each())

    return read


def _talks(world: World) -> Any:
    no_poll(world.unit("N1"))
    for n, code in enumerate(("N1111", "N1112", "N1121")):
        dialogues.reachable(world, "booth_president", code, 10 + n)
    leader = dialogues.reachable(world, "district_in_charge", "N11", 1)
    run = dialogues.programme(world.unit("N1"), opens=TODAY - 60 * DAY)
    for ago in (40, 39):
        dialogues.morning(days=-ago)
        for call in dialogues.calls(leader, days=-ago):
            at = dialogues.clock(12, days=-ago)
            dialogues.note(leader, call, CallReport("talked", True, 3), at=at)
    return run


def months_of_grades(world: World) -> Read:
    """In October leaders graded booths; one of them closes today."""
    run = _talks(world)
    return lambda: [
        month.by_grade for month in grades.months_of_grades(run, span(world), on=TODAY) if month.called
    ]


def grades_of_a_month(world: World) -> Read:
    run = _talks(world)
    october = date(2026, 10, 1)
    return lambda: grades.grades(run, world.unit("N1"), span(world), on=TODAY, month=october)[0].by_grade


def stays_of_a_window_that_is_over(world: World) -> Read:
    run = stays_made.programme(world.unit("N1"), opens=TODAY - 9 * DAY, days=3)

    def read() -> Any:
        whole, _below = stays.stays_below(run, world.unit("N1"), span(world), at=NOW)
        return whole.parts

    return read


BOARDS = [weekly_reports, months_of_grades, grades_of_a_month, stays_of_a_window_that_is_over]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.__name__)
def test_a_unit_that_closes_or_opens_today_changes_no_board_of_past_days(
    db: None, board: Callable[[World], Read]
) -> None:
    world = World()
    read = board(world)
    before = read()
    assert before, "the board has numbers"
    with system("test"):
        for code in ("N111", "N1111"):
            Unit.objects.filter(pk=world.unit(code)).update(closed_on=TODAY)
        for code, kind, beside in (("N119", "mandal", "N111"), ("N1119", "booth", "N1111")):
            new = Unit.objects.create(code=code, kind=kind, names={"en": code}, opened_on=TODAY)
            place = Placement.objects.get(unit=world.units[beside], hierarchy=1, valid_to=None)
            Placement.objects.create(
                unit=new,
                parent_id=place.parent_id,
                hierarchy=1,
                depth=place.depth,
                lo=(place.lo or 0) + 1,
                hi=(place.lo or 0) + 2,
                valid_from=TODAY,
            )
    assert read() == before
