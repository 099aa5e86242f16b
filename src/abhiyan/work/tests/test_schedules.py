"""Schedules and dues: periods, asking, answering, deciding, reminding, ending; and who sees what of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import database, sql
from abhiyan.core.deadlines import Presence
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import scoped, system
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.models import Message
from abhiyan.messaging.queries import last_reminders
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes import refusals
from abhiyan.programmes.models import OwnFigure, Programme, ProgrammeUnit
from abhiyan.programmes.tests import make
from abhiyan.ui import tables
from abhiyan.units.models import Unit
from abhiyan.work.actions import dues, schedules
from abhiyan.work.actions.dues import Owes
from abhiyan.work.actions.schedules import Asking
from abhiyan.work.actions.tasks import NobodyToAsk, NoteMissing, TextTooLong, TitleMissing
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules import schedules as rules
from abhiyan.work.rules.schedules import DueSign, DueState, Period, Rhythm, Timing

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)
LAST = date(2027, 3, 31)
MEETING = Asking(
    title="Tiffin meeting",
    wanted="meeting",
    rhythm="monthly",
    first_on=SEPTEMBER,
    last_on=LAST,
    office="mandal_president",
    kind="mandal",
)


@pytest.fixture
def programme(world: World) -> Programme:
    with system("test"):
        made = make.programme(world.units["N1"])
        ProgrammeUnit.objects.create(programme=made, unit=world.units["N1"])
    return made


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def district(world: World) -> Account:
    return world.holder("district_president", "N11", name="Bilal Dar")


@pytest.fixture
def mandal(world: World) -> Account:
    account = people.open_account(phone="9906000031", name="Asha Devi", language="hi", by=SYSTEM, at=AT)
    world.appoint(account, "mandal_president", "N111")
    return account


def as_(account: Account, do: Callable[..., Any], at: datetime = AT, **more: Any) -> Any:
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return do(**more, by=actor(account), at=at)


def ask(world: World, by: Account, code: str = "N1", expected: int = 4, **other: Any) -> Schedule:
    asking = Asking(**{one: getattr(MEETING, one) for one in MEETING.__dataclass_fields__} | other)
    given: dict[str, Any] = {"asking": asking, "unit_id": world.unit(code), "expected": expected}
    made: Schedule = as_(by, schedules.ask_units, **given)
    return made


def owes(world: World, one: Schedule, code: str = "N111", begins_on: date = NOVEMBER, **more: Any) -> Owes:
    return Owes(one.public_id, world.unit(code), begins_on, **more)


def count(model: type[Schedule] | type[Due]) -> int:
    with system("test"):
        return model.objects.count()


def timing(rhythm: str, first: date, last: date, **more: Any) -> Timing:
    return Timing(rhythm, first, last, time(18), "Asia/Kolkata", **more)


# --- periods ---


@pytest.mark.parametrize(
    ("rhythm", "day", "period"),
    [
        ("once", date(2026, 10, 3), (date(2026, 9, 15), date(2026, 12, 20))),
        ("daily", date(2026, 10, 3), (date(2026, 10, 3), date(2026, 10, 3))),
        ("weekly", date(2026, 9, 21), (date(2026, 9, 15), date(2026, 9, 21))),
        ("weekly", date(2026, 12, 20), (date(2026, 12, 15), date(2026, 12, 20))),
        ("monthly", date(2026, 9, 30), (date(2026, 9, 15), date(2026, 9, 30))),
        ("monthly", date(2026, 11, 5), (date(2026, 11, 1), date(2026, 11, 30))),
        ("monthly", date(2026, 12, 1), (date(2026, 12, 1), date(2026, 12, 20))),
    ],
)
def test_a_day_lies_in_one_period(rhythm: str, day: date, period: tuple[date, date]) -> None:
    asked = timing(rhythm, date(2026, 9, 15), date(2026, 12, 20))
    assert asked.period_of(day) == Period(*period)
    assert asked.period_of(date(2026, 9, 14)) is None and asked.period_of(date(2026, 12, 21)) is None


@given(
    rhythm=st.sampled_from(list(Rhythm)),
    first=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    days=st.integers(0, 400),
    now=st.integers(-20, 500),
)
def test_the_periods_of_a_schedule_follow_each_other_without_a_gap(
    rhythm: str, first: date, days: int, now: int
) -> None:
    asked = timing(rhythm, first, first + days * DAY)
    at = datetime.combine(first, time(9), UTC) + now * DAY
    found = asked.begun(at)
    assert len(found) <= rules.SHOWN and all(
        each.begins_on <= each.ends_on <= asked.last_on for each in found
    )
    assert all(before.ends_on + DAY == after.begins_on for before, after in pairwise(found))
    assert (asked.current(at) is None) == (now < 0)
    assert all(each == asked.period_of(each.begins_on) == asked.period_of(each.ends_on) for each in found)
    if len(found) < rules.SHOWN and found:
        assert found[0].begins_on == first


def test_a_square_says_on_time_late_silent_or_not_due_yet() -> None:
    asked = timing("monthly", SEPTEMBER, LAST)
    november, october = asked.begun(AT)[-1], asked.begun(AT)[-2]
    due = asked.due_at(october)
    assert due == datetime(2026, 10, 31, 12, 30, tzinfo=UTC)
    for period, state, done_at, expected in (
        (november, None, None, DueSign.NOT_YET),
        (november, DueState.PLANNED, None, DueSign.PLANNED),
        (october, None, None, DueSign.SILENT),
        (october, DueState.OPEN, None, DueSign.SILENT),
        (october, DueState.PLANNED, None, DueSign.SILENT),
        (october, DueState.DONE, due, DueSign.ON_TIME),
        (october, DueState.ACCEPTED, due + DAY, DueSign.LATE),
        (october, DueState.RETURNED, due, DueSign.RETURNED),
        (october, DueState.CANNOT, None, DueSign.CANNOT),
    ):
        said = None if state is None else Due(state=state, done_at=done_at)
        assert asked.sign(period, AT, said, is_there=True) == expected
        absent = expected if said and expected != DueSign.SILENT else DueSign.NOT_ASKED
        assert asked.sign(october, AT, said, is_there=False) == absent or period == november
    later = Due(state=DueState.PLANNED, planned_on=TODAY)
    assert asked.sign(october, AT, later, is_there=True) == DueSign.PLANNED, (
        "it set a day that is still to come"
    )
    ended = timing("monthly", SEPTEMBER, LAST, ended_at=due - DAY)
    assert ended.begun(AT)[-1] == october, "nothing begins after the end"
    not_asked = (
        ended,  # before the hour
        timing("monthly", SEPTEMBER, LAST, asked_at=due + DAY),
        timing("monthly", SEPTEMBER, LAST, pauses=[Presence(due - DAY, due + DAY)]),
    )
    for one in not_asked:
        assert one.sign(october, AT, None, is_there=True) == DueSign.NOT_ASKED and not one.is_over(
            october, AT
        )
    assert rules.due_shares(
        {DueSign.ON_TIME: 3, DueSign.SILENT: 2, DueSign.NOT_YET: 9, DueSign.CANNOT: 1}
    ) == (
        6,
        3,
        0,
        2,
    )


def test_a_figure_is_clipped_to_the_programme_and_the_day_it_was_sent() -> None:
    november = Period(NOVEMBER, date(2026, 11, 30))
    window = {"opens_on": date(2026, 11, 5), "closes_on": date(2026, 11, 20)}
    assert rules.clipped(november, **window, sent_on=date(2026, 12, 2)) == Period(*window.values())
    assert rules.clipped(november, **window, sent_on=date(2026, 11, 7)) == Period(
        date(2026, 11, 5), date(2026, 11, 7)
    )
    assert rules.clipped(november, **window, sent_on=date(2026, 11, 4)) is None


# --- asking ---


def test_a_state_asks_every_mandal_and_each_finds_it(
    world: World, president: Account, mandal: Account
) -> None:
    with pytest.raises(schedules.AskedCountChanged):
        ask(world, president, expected=3)
    one = ask(world, president)
    assert count(Due) == 0, "silence needs no row"
    viewer = viewer_of(account_id=mandal.pk, on=TODAY)
    with scoped(viewer.scope):
        (owing,), below = found.owed_by(viewer, at=AT)
    assert (owing.schedule, owing.asked.code, below) == (one, "N111", [])
    assert [period.begins_on.month for period, due in owing.periods if due is None] == [10, 11]
    above = viewer_of(account_id=president.pk, on=TODAY)
    with scoped(above.scope):
        assert found.owed_by(above, at=AT) == ([], [one])


def test_asking_refuses_what_cannot_be_asked(world: World, programme: Programme, president: Account) -> None:
    report: dict[str, Any] = {"wanted": "report", "programme_id": programme.pk, "figures": {"f1": 1}}
    ask(world, president, **report)
    wrong: list[tuple[type[Refused], dict[str, Any]]] = [
        (TitleMissing, {"title": " "}),
        (TitleMissing, {"title": "x" * 121}),
        (schedules.DaysUnfit, {"last_on": TODAY - DAY}),
        (schedules.DaysUnfit, {"first_on": LAST + DAY}),
        (schedules.DaysUnfit, {"first_on": TODAY + 400 * DAY, "last_on": TODAY + 500 * DAY}),
        (schedules.DaysUnfit, {"last_on": date(2031, 1, 1)}),
        (schedules.TooOften, {"rhythm": "daily", "office": "booth_president", "kind": "booth"}),
        (NobodyToAsk, {"rhythm": "hourly"}),
        (NobodyToAsk, {"office": "data_officer", "kind": "district"}),
        (NobodyToAsk, {"office": "mandal_president", "kind": "district"}),
        (NobodyToAsk, {"office": "", "kind": "", "body_kind": "wing"}),
        (schedules.FiguresUnfit, {"figures": {"f1": 1}}),
        (schedules.FiguresUnfit, {"programme_id": programme.pk, "figures": {"f1": 1}}),
        (refusals.UnknownMeasure, report | {"figures": {"f1": 9}}),
        (refusals.UnknownMeasure, report | {"figures": {"f1": 1, "f2": 1}}),
        (schedules.FigureFed, report),
        (NotFound, {"programme_id": programme.pk + 1}),
        (NotYours, {"code": "N2"}),
    ]
    for refusal, other in wrong:
        with pytest.raises(refusal):
            ask(world, president, **other)
    district = world.holder("district_president", "N11")
    with pytest.raises(schedules.FigureFed):
        ask(world, district, "N11", 2, **report)
    ask(
        world,
        district,
        "N11",
        2,
        **report | {"first_on": LAST - 9 * DAY, "last_on": LAST + 99 * DAY, "figures": {}},
    )
    assert count(Schedule) == 2
    with system("test"):
        Unit.objects.filter(code="N1").update(closed_on=TODAY)
    with pytest.raises(schedules.DueUnitClosed):
        ask(world, president)


def test_a_district_passes_on_what_it_was_asked_once(
    world: World, president: Account, district: Account
) -> None:
    top = ask(
        world,
        president,
        expected=2,
        rhythm="once",
        last_on=TODAY,
        office="district_president",
        kind="district",
    )
    given: dict[str, Any] = {"unit_id": world.unit("N11"), "expected": 2, "above": top.public_id}
    one = as_(district, schedules.ask_units, asking=MEETING, **given)
    assert one.above == top
    with pytest.raises(schedules.AskedBefore):
        as_(district, schedules.ask_units, asking=MEETING, **given)
    other = world.holder("district_president", "N12")
    other_unit: dict[str, Any] = {"unit_id": world.unit("N12")}
    mandals = as_(other, schedules.ask_units, asking=MEETING, **other_unit, expected=2)
    with pytest.raises(schedules.NotAsked):
        as_(other, schedules.ask_units, asking=MEETING, **given | other_unit | {"above": mandals.public_id})
    assert as_(president, schedules.end_schedule, public_id=top.public_id) == 2
    with pytest.raises(schedules.ScheduleEnded):
        as_(district, schedules.end_schedule, public_id=one.public_id)
    with pytest.raises(schedules.ScheduleEnded):
        as_(district, dues.plan_due, owes=owes(world, top, "N11", SEPTEMBER), on=TODAY)
    with pytest.raises(NotYours):
        as_(district, schedules.resume_schedule, public_id=top.public_id)
    assert as_(president, schedules.resume_schedule, public_id=top.public_id) == 2
    with pytest.raises(schedules.AskedBefore):
        as_(president, schedules.resume_schedule, public_id=top.public_id)


# --- answering ---


def test_a_mandal_plans_holds_and_takes_back(
    world: World, president: Account, mandal: Account, district: Account
) -> None:
    one = ask(world, president)
    mine = owes(world, one)
    planned = as_(mandal, dues.plan_due, owes=mine, on=date(2026, 11, 28))
    assert (planned.state, planned.planned_on) == (DueState.PLANNED, date(2026, 11, 28))
    done = as_(mandal, dues.hold_due, owes=mine, on=TODAY - DAY, people=23, text="Good talk")
    assert (done.state, done.people, done.done_at) == (DueState.DONE, 23, AT)
    with pytest.raises(dues.DoneAlready):
        as_(mandal, dues.plan_due, owes=mine, on=TODAY)
    as_(mandal, dues.hold_due, owes=mine, on=TODAY, at=AT + DAY)
    back = as_(mandal, dues.take_back_due, owes=mine)
    assert (back.state, back.people, back.held_on, back.done_at) == (DueState.PLANNED, None, None, None)
    back = as_(mandal, dues.take_back_due, owes=mine)
    assert (back.state, back.planned_on) == (DueState.OPEN, None)
    with pytest.raises(dues.DueAnswerMissing):
        as_(mandal, dues.take_back_due, owes=mine)
    cannot = as_(mandal, dues.cannot_due, owes=mine, reason="  Snow \n on the roads ")
    assert (cannot.state, cannot.reason) == (DueState.CANNOT, "Snow on the roads")
    as_(district, dues.hold_due, owes=mine, on=TODAY)  # the level above may say it too
    assert count(Due) == 1


def test_an_answer_that_cannot_be_is_refused(world: World, president: Account, mandal: Account) -> None:
    one = ask(world, president)
    mine, said = owes(world, one), {"on": TODAY}
    wrong: list[tuple[type[Refused], Callable[..., Any], dict[str, Any]]] = [
        (dues.PlannedDayUnfit, dues.plan_due, {"on": TODAY - DAY}),
        (dues.PlannedDayUnfit, dues.plan_due, {"on": date(2026, 12, 1)}),
        (dues.HeldDayUnfit, dues.hold_due, {"on": TODAY + DAY}),
        (dues.HeldDayUnfit, dues.hold_due, {"on": date(2026, 10, 31)}),
        (dues.PeopleUnfit, dues.hold_due, said | {"people": 0}),
        (dues.PeopleUnfit, dues.hold_due, said | {"people": 10_000}),
        (TextTooLong, dues.hold_due, said | {"text": "x" * 2_001}),
        (TextTooLong, dues.hold_due, said | {"text": "a\0b"}),
        (dues.DueWordsUnfit, dues.hold_due, said | {"text": "Ramesh has cancer"}),
        (dues.DueWordsUnfit, dues.hold_due, said | {"text": "वे किस जाति के हैं, पूछा गया"}),
        (NoteMissing, dues.cannot_due, {"reason": " "}),
        (TextTooLong, dues.cannot_due, {"reason": "x" * 501}),
        (dues.NotThis, dues.report_due, {"text": "A report"}),
        (NotFound, dues.plan_due, said | {"owes": owes(world, one, begins_on=date(2026, 12, 1))}),
        (NotFound, dues.plan_due, said | {"owes": owes(world, one, begins_on=date(2026, 11, 2))}),
        (NotFound, dues.plan_due, said | {"owes": owes(world, one, "N11")}),
        (NotFound, dues.plan_due, said | {"owes": owes(world, one, "N211")}),
        (NotYours, dues.plan_due, said | {"owes": owes(world, one, "N112")}),
    ]
    for refusal, act, other in wrong:
        with pytest.raises(refusal):
            as_(mandal, act, **{"owes": mine} | other)
    assert count(Due) == 0
    as_(mandal, dues.hold_due, owes=owes(world, one, begins_on=SEPTEMBER), on=TODAY)  # late, and said so
    stranger = world.holder("mandal_president", "N211")
    with pytest.raises(NotFound):
        as_(stranger, dues.hold_due, owes=mine, on=TODAY)
    with system("test"):
        Unit.objects.filter(code="N111").update(closed_on=TODAY)
    with pytest.raises(schedules.DueUnitClosed):
        as_(mandal, dues.hold_due, owes=mine, on=TODAY)


# --- reports ---


@pytest.fixture
def report(world: World, programme: Programme, president: Account) -> Schedule:
    return ask(world, president, wanted="report", programme_id=programme.pk, figures={"f1": 1})


def figures(unit: Unit) -> list[tuple[date, date, int]]:
    with system("test"):
        return list(
            OwnFigure.objects.filter(unit=unit, replaced_at=None).values_list("begins_on", "ends_on", "n")
        )


def test_an_accepted_report_is_the_units_own_figure_until_it_is_returned(
    world: World, report: Schedule, mandal: Account, district: Account
) -> None:
    mine, unit = owes(world, report), world.units["N111"]
    for refusal, wrong in (
        (dues.NumberUnfit, {"f1": 10**9}),
        (dues.NumberUnfit, {"f1": -1}),
        (dues.NumberUnfit, {"f2": 1}),
    ):
        with pytest.raises(refusal):
            as_(mandal, dues.report_due, owes=mine, numbers=wrong)
    with pytest.raises(dues.NothingSent):
        as_(district, dues.accept_due, owes=mine)
    as_(mandal, dues.report_due, owes=mine, numbers={"f1": 140})
    with pytest.raises(NotYours):
        as_(mandal, dues.accept_due, owes=mine)
    as_(district, dues.return_due, owes=mine, reason="Booths are missing")
    with pytest.raises(dues.DueAnswerMissing):
        as_(mandal, dues.take_back_due, owes=mine)
    sent = as_(mandal, dues.report_due, owes=mine, numbers={"f1": 150}, text="All booths", at=AT + DAY)
    assert (sent.state, sent.reason, sent.done_at) == (DueState.DONE, "", AT), "it was on time the first time"
    assert figures(unit) == []
    as_(district, dues.accept_due, owes=mine, at=AT + 2 * DAY)
    assert figures(unit) == [(make.OPENS, TODAY + DAY, 150)]
    with pytest.raises(dues.AcceptedAlready):
        as_(mandal, dues.report_due, owes=mine, numbers={"f1": 160})
    with pytest.raises(dues.AcceptedAlready):
        as_(mandal, dues.take_back_due, owes=mine)
    as_(district, dues.return_due, owes=mine, reason="Accepted by mistake", at=AT + 2 * DAY)
    assert figures(unit) == []
    as_(district, dues.accept_due, owes=mine, at=AT + 2 * DAY)
    assert figures(unit) == [(make.OPENS, TODAY + DAY, 150)]


PERIODS = (date(2026, 10, 1), NOVEMBER)
STEPS = st.tuples(
    st.sampled_from(["report", "report", "accept", "accept", "return", "take_back", "cannot", "remind"]),
    st.sampled_from(PERIODS),
    st.integers(0, 900),
)


@pytest.mark.examples(12, 150)
@given(steps=st.lists(STEPS, max_size=14))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_there_is_one_due_and_the_own_figure_is_that_of_the_accepted_report(
    world: World, report: Schedule, mandal: Account, district: Account, steps: list[tuple[str, date, int]]
) -> None:
    with system("test"):
        Due.objects.all().delete()
        OwnFigure.objects.all().delete()
    accepted: dict[date, int] = {}
    sent: dict[date, int] = {}
    for minutes, (step, begins_on, n) in enumerate(steps):
        mine, at = owes(world, report, begins_on=begins_on), AT + timedelta(minutes=minutes)
        try:
            if step == "report":
                as_(mandal, dues.report_due, owes=mine, numbers={"f1": n}, at=at)
                sent[begins_on] = n
            elif step == "accept":
                as_(district, dues.accept_due, owes=mine, at=at)
                accepted[begins_on] = sent[begins_on]
            elif step == "return":
                as_(district, dues.return_due, owes=mine, reason="Look again", at=at)
                accepted.pop(begins_on, None)
            elif step == "take_back":
                as_(mandal, dues.take_back_due, owes=mine, at=at)
                sent.pop(begins_on, None)
            elif step == "cannot":
                as_(mandal, dues.cannot_due, owes=mine, reason="Snow", at=at)
            else:
                given = {"public_id": report.public_id, "unit_id": world.unit("N11"), "begins_on": begins_on}
                as_(district, schedules.remind_silent, **given, at=at)
        except Refused:
            continue
    with system("test"):
        rows = list(Due.objects.values_list("schedule", "unit", "body", "begins_on"))
        states = {due.begins_on: due.state for due in Due.objects.all()}
    assert len(rows) == len(set(rows)) <= len(PERIODS)
    # October lies before the programme: its reports are accepted, and give no figure
    expected = {n for begins_on, n in accepted.items() if begins_on == NOVEMBER}
    assert {n for _first, _last, n in figures(world.units["N111"])} == expected
    assert {day for day, state in states.items() if state == DueState.ACCEPTED} == accepted.keys()


# --- reminding ---


def test_the_silent_get_one_message_a_day(
    world: World, president: Account, mandal: Account, district: Account
) -> None:
    one = ask(world, president)
    given = {"public_id": one.public_id, "unit_id": world.unit("N11"), "begins_on": NOVEMBER}

    def remind(by: Account, at: datetime = AT, **more: Any) -> int:
        n: int = as_(by, schedules.remind_silent, **given | more, at=at)
        return n

    with pytest.raises(NotYours):
        remind(district, unit_id=world.unit("N1"))
    with pytest.raises(NotFound):
        remind(district, begins_on=date(2026, 12, 1))
    with pytest.raises(NobodyToRemind):
        remind(district)  # it is not due yet
    over = AT + 11 * DAY
    assert remind(district, over) == 1, "the other mandal is vacant"
    with pytest.raises(NobodyToRemind):
        remind(president, over, unit_id=world.unit("N1"))
    with system("test"):
        (message,) = Message.objects.filter(template="duty.asked")
        (due,) = Due.objects.all()
    assert message.phone_id == mandal.phone_id
    assert (due.state, due.said_at) == (DueState.OPEN, None)
    assert last_reminders("due", [due.pk]) == {due.pk: TODAY + 11 * DAY}
    as_(mandal, dues.plan_due, owes=owes(world, one), on=TODAY + 13 * DAY, at=over)
    with pytest.raises(NobodyToRemind):
        remind(district, over + DAY)
    assert remind(president, over + 3 * DAY, unit_id=world.unit("N1")) == 1, "its day went by"
    as_(mandal, dues.cannot_due, owes=owes(world, one), reason="Snow", at=over + 3 * DAY)
    with pytest.raises(NobodyToRemind):
        remind(president, over + 4 * DAY)
    as_(president, schedules.end_schedule, public_id=one.public_id)
    with pytest.raises(schedules.ScheduleEnded):
        remind(president, over + 5 * DAY)


# --- the board ---


def board(one: Schedule, lo_hi: tuple[int, int], **more: Any) -> tuple[boards.UnitBoard, boards.BoardNumbers]:
    period = one.timing.current(AT)
    assert period is not None
    of = boards.schedule_numbers([(one, period)], lo_hi, {"mandal": 4}, at=AT)[one.pk, period.begins_on]
    return boards.UnitBoard(one, period, lo_hi, of=of, on=TODAY, **more), of


def codes(rows: boards.UnitBoard) -> list[str]:
    return [each.code for each in rows.each()]


def test_a_board_has_units_without_an_answer_first_then_by_how_far_they_are(
    world: World, president: Account, mandal: Account
) -> None:
    one = ask(world, president)
    for code, act, more in (
        ("N111", dues.hold_due, {"on": TODAY, "people": 23}),
        ("N121", dues.plan_due, {"on": TODAY + DAY}),
        ("N122", dues.cannot_due, {"reason": "Snow"}),
    ):
        as_(president, act, owes=owes(world, one, code), **more)
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        span = (world.lo("N1"), world.lo("N2"))
        rows, of = board(one, span)
        in_order = ["N112", "N121", "N122", "N111"]
        assert codes(rows) == in_order and rows.total == 4
        marks = [None, *(rows.mark(each) for each in rows.after(None, 9))]
        for n, mark in enumerate(marks):
            assert [each.code for each in rows.after(mark, 2)] == in_order[n : n + 2]
        assert [each.code for each in rows.after((0, 0), 2)] == in_order[:2], "no mark leads out of the span"
        assert (of.asked, of.not_due, of.silent, of.late, of.finished, of.people) == (4, 1, 0, 0, 1, 23)
        for state, of_state in (
            (DueState.OPEN, ["N112"]),
            (DueState.PLANNED, ["N121"]),
            (DueState.RETURNED, []),
        ):
            some, _of = board(one, span, state=state)
            assert (codes(some), some.total) == (of_state, len(of_state))
    district = world.holder("district_president", "N11")
    with scoped(viewer_of(account_id=district.pk, on=TODAY).scope):
        rows, of = board(one, (world.lo("N11"), world.lo("N12")))
        assert (of.said, codes(rows)[:1]) == (1, ["N112"])


@pytest.mark.parametrize("mark", [("9", "1"), ("-1", "1"), ("1", "-1"), ("1", str(1 << 63)), ("x", "1")])
def test_a_mangled_mark_of_a_board_is_its_first_page(mark: tuple[str, str]) -> None:
    assert tables.read_page_mark(tables.page_mark(50, 1, 77), *boards.UnitBoard.kinds) == (50, [1, 77])
    assert tables.read_page_mark(tables.page_mark(50, *mark), *boards.UnitBoard.kinds) is None


PLAN_LEAST, PLAN_BOOTHS = 400, 6_000


@pytest.mark.django_db(transaction=True)  # the owner, over a connection of its own, counts what was written
def test_a_page_of_a_board_over_many_booths_reads_its_own_rows(world: World, president: Account) -> None:
    one = ask(world, president, expected=8, rhythm="weekly", office="booth_president", kind="booth")
    with system("test"):
        lo, hi = world.lo("N111") + 1, world.lo("N112")
        sql.run(
            "update units_placement set lo = lo + 1000000, hi = hi + 1000000 where lo >= %s and lo < %s",
            [hi, 2 << 56],
        )
        sql.run(
            "update units_placement set hi = hi + 1000000 where lo < %s and hi >= %s and hierarchy = 1",
            [lo, hi],
        )
        sql.run(
            "insert into units_unit (code, kind, names)"
            " select 'B' || n, 'booth', jsonb_build_object('en', 'Booth ' || n) from generate_series(1, %s) n",
            [PLAN_BOOTHS],
        )
        sql.run(
            "insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, valid_from)"
            " select 1, id, %s, 4, n, n + 1, '2026-01-01'"
            " from (select id, %s + row_number() over (order by id) as n from units_unit where code like 'B%%') u",
            [world.unit("N111"), hi],
        )
        begins_on = one.timing.begun(AT)[-1].begins_on
        sql.run(
            "insert into programmes_due (schedule_id, unit_id, begins_on, state) select %s, id, %s, 4 from units_unit"
            " where code like 'B%%' and id %% 3 = 0",
            [one.pk, begins_on],
        )
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(database.conninfo("owner", dbname=name), autocommit=True) as owner:
        owner.execute("analyze units_unit, units_placement, programmes_due")
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        period = one.timing.current(AT)
        assert period is not None
        said: dict[int, int] = {DueState.DONE: PLAN_BOOTHS // 3}
        of = boards.BoardNumbers(asked=PLAN_BOOTHS, states=said, silent=1_000, is_over=True)
        span = (world.lo("N1"), world.lo("N2"))
        rows = boards.UnitBoard(one, period, span, of=of, on=TODAY)
        late = sql.value(f"select unit_id from programmes_due offset {PLAN_BOOTHS // 6} limit 1")
        wanted = [
            *rows.parts(None),  # the first page, and the first unit that answered
            rows.parts((DueState.OPEN, hi + PLAN_BOOTHS // 2))[0],
            *rows.parts((DueState.DONE, late)),
            *boards.UnitBoard(one, period, span, of=of, on=TODAY, state=DueState.DONE).parts(None),
            *boards.UnitBoard(one, period, span, of=of, on=TODAY, vacant=True).parts(None),
        ]
        assert len(wanted) == 6
        for part in wanted:
            query, given = part.statement(0, 51)
            assert len(part[:51]) == 51
            (plan,) = sql.value(f"explain (analyze, format json) {query}", given)
            assert most_rows(plan["Plan"]) < PLAN_LEAST, plan


def most_rows(node: dict[str, Any]) -> float:
    """The most rows any part of a plan has read or thrown away, also where a policy looks something up."""
    own: float = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return max([own, *(most_rows(each) for each in node.get("Plans", []))])


# --- bodies ---


def test_a_seat_in_a_body_shows_what_the_body_owes_and_no_people_and_no_counts(
    world: World, president: Account, district: Account
) -> None:
    with system("test"):
        media = org.make_body(
            unit_id=world.unit("N11"), kind="committee", names={"en": "Media"}, by=SYSTEM, at=AT
        )
        other = org.make_body(
            unit_id=world.unit("N11"), kind="committee", names={"en": "Other"}, by=SYSTEM, at=AT
        )
        member = world.account("Farooq")
        made = org.appoint(
            account_id=member.pk,
            office="body_member",
            unit_id=world.unit("N11"),
            body_id=media.pk,
            by=SYSTEM,
            at=AT,
        )
        if made.state == Appointment.State.OFFERED:
            org.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(member), at=AT)
    one = ask(
        world,
        president,
        expected=2,
        wanted="report",
        rhythm="weekly",
        office="",
        kind="",
        body_kind="committee",
    )
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        begins_on = one.timing.begun(AT)[-1].begins_on
    viewer = viewer_of(account_id=member.pk, on=TODAY)
    assert (viewer.scope.people, viewer.scope.counts, viewer.scope.line) == ("{}", "{}", "{}")
    assert (viewer.home, viewer.capabilities) == (None, frozenset())
    with scoped(viewer.scope):
        (owing,), below = found.owed_by(viewer, at=AT)
        assert (owing.asked.body_id, below) == (media.pk, [])
    mine = owes(world, one, "N11", begins_on, body_id=media.pk)
    as_(member, dues.report_due, owes=mine, text="Two articles")
    theirs = owes(world, one, "N11", begins_on, body_id=other.pk)
    as_(district, dues.report_due, owes=theirs, text="Nothing")
    with scoped(viewer.scope):
        assert list(Due.objects.values_list("body", flat=True)) == [media.pk]
    for refusal, act, wanted in (
        (NotYours, dues.report_due, {"owes": theirs, "text": "Mine"}),
        (NotYours, dues.accept_due, {"owes": mine}),
        (NotYours, schedules.ask_units, {"asking": MEETING, "unit_id": world.unit("N11"), "expected": 2}),
    ):
        with pytest.raises(refusal):
            as_(member, act, **wanted)
    as_(district, dues.return_due, owes=mine, reason="Name them")
    as_(member, dues.report_due, owes=mine, text="Two articles, named")
    assert as_(district, dues.accept_due, owes=mine).fed == []
    with scoped(viewer_of(account_id=district.pk, on=TODAY).scope):
        period = one.timing.begun(AT)[-1]
        assert [
            each.body_id
            for each in boards.bodies_asked(
                one, period, (world.lo("N11"), world.lo("N12")), of=boards.BoardNumbers(), on=TODAY
            )
        ] == [
            other.pk,
            media.pk,
        ]
