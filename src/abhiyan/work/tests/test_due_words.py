"""Late, due, not due: over random asking, births and ends, only what was asked and there is silent or reminded."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.deadlines import DueWord, Presence, due_word, was_asked
from abhiyan.core.lot import uuid
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment, Body, Office
from abhiyan.org.tests.make import World
from abhiyan.units.models import Unit
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules.schedules import DueSign, DueState

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Kolkata")
FIRST, HOUR = date(2026, 11, 2), time(18)
UNITS = ("N111", "N112", "N121", "N122")
DAYS = st.integers(-3, 24)
MOMENTS = st.tuples(DAYS, st.integers(0, 23))
BORN = st.one_of(st.none(), MOMENTS)


def moment(when: tuple[int, int]) -> datetime:
    return datetime.combine(FIRST + timedelta(days=when[0]), time(when[1]), ZONE)


def begun(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


# One unit's history: its first day and the day it closed, its body, when its holder said yes and left, its answer.
HISTORY = st.fixed_dictionaries(
    {
        "opened": BORN,
        "closed": BORN,
        "made": BORN,
        "held": BORN,
        "left": BORN,
        "said": BORN,
        "state": st.sampled_from([2, 4]),
    }
)
WORLDS = st.fixed_dictionaries(
    {
        "asked": MOMENTS,
        "ended": BORN,
        "rhythm": st.sampled_from(["daily", "weekly", "once"]),
        "of_body": st.booleans(),
        "at": MOMENTS,
        "units": st.lists(HISTORY, min_size=4, max_size=4),
    }
)


def spans(told: dict[str, Any], *, of_body: bool) -> list[Presence]:
    """When the unit, its body and its holder were there, by the model of this test."""
    unit = Presence(
        begun(moment(told["opened"]).date() + timedelta(days=1)) if told["opened"] else None,
        begun(moment(told["closed"]).date()) if told["closed"] else None,
    )
    body = Presence(moment(told["made"]) if told["made"] else None)
    never = Presence(until=begun(date(2000, 1, 1)))
    holder = (
        Presence(moment(told["held"]), moment(told["left"]) if told["left"] else None)
        if told["held"]
        else never
    )
    return [unit, holder, *([body] if of_body else [])]


def listed(rows: Any) -> list[found.AskedUnit]:
    return rows if isinstance(rows, list) else list(rows.each())


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


@pytest.mark.examples(25, 300)
@given(world_told=WORLDS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_silent_or_reminded_who_was_not_asked_or_not_there_or_whose_hour_is_to_come(
    world: World, numbers: Iterator[int], world_told: dict[str, Any]
) -> None:
    at, of_body = moment(world_told["at"]), world_told["of_body"]
    with system("test"):
        Due.objects.all().delete()
        Schedule.objects.all().delete()
        Appointment.objects.all().delete()
        Body.objects.all().delete()
        office = Office.objects.get(code="body_member" if of_body else "mandal_president")
        one = Schedule.objects.create(
            public_id=uuid(),
            typed_title="Weekly",
            wanted="meeting",
            unit=world.units["N1"],
            office=None if of_body else office,
            kind="" if of_body else "mandal",
            body_kind="committee" if of_body else "",
            rhythm=world_told["rhythm"],
            first_on=FIRST,
            last_on=FIRST + timedelta(days=20),
            hour=HOUR,
            asked_at=moment(world_told["asked"]),
            ended_at=moment(world_told["ended"]) if world_told["ended"] else None,
        )
        periods = [each for each in one.timing.begun(at) if each.begins_on <= at.astimezone(ZONE).date()]
        if not periods:
            return
        period = periods[len(periods) // 2]
        due_at, keys = one.timing.due_at(period), {}
        for code, told in zip(UNITS, world_told["units"], strict=True):
            unit = world.unit(code)
            Unit.objects.filter(pk=unit).update(
                opened_on=moment(told["opened"]).date() if told["opened"] else None,
                closed_on=moment(told["closed"]).date() if told["closed"] else None,
            )
            body = None
            if of_body:
                made_at = moment(told["made"]) if told["made"] else None
                body = Body.objects.create(unit_id=unit, kind="committee", names={"en": "C"}, made_at=made_at)
            if told["held"]:
                is_over = told["left"] is not None
                Appointment.objects.create(
                    public_id=uuid(),
                    account_id=next(numbers),
                    office=office,
                    unit_id=unit,
                    body=body,
                    state="ended" if is_over else "active",
                    starts_on=moment(told["held"]).date(),
                    made_at=moment(told["held"]),
                    accepted_at=moment(told["held"]),
                    accepted_how="link",
                    ended_at=moment(told["left"]) if is_over else None,
                )
            said_at = moment(told["said"]) if told["said"] else None
            has_said = said_at is not None and said_at <= at
            if has_said:
                Due.objects.create(
                    schedule=one,
                    unit_id=unit,
                    body=body,
                    begins_on=period.begins_on,
                    state=told["state"],
                    planned_on=period.ends_on - timedelta(days=1),
                    done_at=said_at if told["state"] == DueState.DONE else None,
                )
            is_there = [each.holds(due_at) for each in spans(told, of_body=of_body)]
            there = was_asked(asked_at=one.asked_at, due_at=due_at, there=spans(told, of_body=of_body))
            is_on = one.ended_at is None or due_at <= one.ended_at
            keys[unit, body.pk if body else None] = (there and is_on, has_said, told, all(is_there))
        span = (world.lo("N1"), world.lo("N2"))
        open_now = Unit.objects.filter(pk__in=[unit for unit, _body in keys], closed_on=None).count()
        of = boards.schedule_numbers([(one, period)], span, {"mandal": open_now}, at=at)[
            one.pk, period.begins_on
        ]
        silent = {
            key
            for key, (is_asked, has_said, _told, _there) in keys.items()
            if not has_said and due_word(due_at=due_at, at=at, is_asked=is_asked) == DueWord.SILENT
        }
        assert of.silent == len(silent), (silent, of)
        make: Any = boards.bodies_asked if of_body else boards.UnitBoard
        rows = listed(make(one, period, span, of=of, on=at.date(), state=DueState.OPEN))
        assert not of.is_over or {each.key for each in rows} == silent
        everybody = listed(make(one, period, span, of=of, on=at.date()))
        assert len(everybody) == of.asked, "the head of a board counts its rows"
        owings = found.with_dues([(one, each) for each in everybody], at=at)
        signs = {owing.asked.key: owing.sign(period, dict(owing.periods)[period], at) for owing in owings}
        drawn = {key for key, sign in signs.items() if sign == DueSign.SILENT and not keys[key][1]}
        assert drawn == silent, "a square says what the head of the board counts"
        reminded = boards.to_remind(one, period, span, at=at, most=9)
        known = found.responsible(one, reminded, on=at.astimezone(ZONE).date(), period=period)
        for key in known:
            is_asked, has_said, told, _there = keys[key]
            assert is_asked and due_at < at, "only who was asked, after the hour"
            assert not has_said or told["state"] == DueState.PLANNED
