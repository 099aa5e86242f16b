"""Records of phones: they belong to their own period, the newer of two stands, and nobody's words vanish."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from abhiyan.core.scope import scoped, system
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import SYSTEM, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.programmes.models import OwnFigure, Programme, ProgrammeUnit
from abhiyan.programmes.tests import make
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.work.actions import dues, schedules
from abhiyan.work.actions.dues import AcceptedAlready
from abhiyan.work.models import Due, DueRecord, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules.schedules import DueSign, DueState

from .test_schedules import DAY, as_, ask, owes

pytestmark = pytest.mark.django_db
WEEK = date(2026, 11, 21)  # Saturday; its seventh day is the 27th
DUE = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)  # six in the evening
HOUR = timedelta(hours=1)


@pytest.fixture
def programme(world: World) -> Programme:
    with system("test"):
        made = make.programme(world.units["N1"])
        ProgrammeUnit.objects.create(programme=made, unit=world.units["N1"])
    return made


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1")


@pytest.fixture
def district(world: World) -> Account:
    return world.holder("district_president", "N11")


@pytest.fixture
def mandal(world: World) -> Account:
    return world.holder("mandal_president", "N111", name="Asha")


@pytest.fixture
def weekly(world: World, president: Account, programme: Programme) -> Schedule:
    more: dict[str, Any] = {"rhythm": "weekly", "first_on": WEEK, "programme_id": programme.pk}
    return ask(world, president, wanted="report", figures={"f1": 1}, **more)


@pytest.fixture
def meeting(world: World, president: Account) -> Schedule:
    return ask(world, president, rhythm="weekly", first_on=WEEK)


@pytest.fixture
def second(world: World) -> Account:
    """Another leader of the same mandal."""
    return world.holder("mandal_in_charge", "N111", name="Bilal")


@pytest.fixture
def send(world: World, weekly: Schedule) -> Callable[..., Due]:
    def sent(who: Account, n: int, *, made_at: datetime | None, at: datetime, text: str = "words") -> Due:
        mine = owes(world, weekly, begins_on=WEEK)
        due: Due = as_(who, dues.report_due, owes=mine, numbers={"f1": n}, text=text, made_at=made_at, at=at)
        return due

    return sent


def standing() -> Due:
    with system("test"):
        return Due.objects.get()


def beside() -> list[tuple[str, int | None, str]]:
    with system("test"):
        rows = DueRecord.objects.order_by("made_at")
        return [(one.why, one.figures.get("1", one.people), one.text) for one in rows]


def sign(world: World, who: Account, one: Schedule, at: datetime) -> DueSign:
    with scoped(viewer_of(account_id=who.pk, on=TODAY).scope):
        asked = found.asked_unit(one, unit_id=world.unit("N111"))
        assert asked is not None
        (owing,) = found.with_dues([(one, asked)], at=at)
        return owing.sign(*owing.periods[0], at)


def head(world: World, who: Account, one: Schedule, at: datetime) -> boards.BoardNumbers:
    with scoped(viewer_of(account_id=who.pk, on=TODAY).scope):
        period = one.timing.begun(at)[0]
        span = (world.lo("N1"), world.lo("N2"))
        return boards.schedule_numbers([(one, period)], span, {"mandal": 4}, at=at)[one.pk, period.begins_on]


def test_what_a_phone_finished_before_the_hour_is_in_time_within_seven_days(
    world: World,
    weekly: Schedule,
    president: Account,
    mandal: Account,
    send: Callable[..., Due],
) -> None:
    due = send(mandal, 41, made_at=DUE - 5 * HOUR, at=DUE + 2 * DAY)
    assert (due.done_at, due.sent_later, due.beside) == (DUE - 5 * HOUR, 2, "")
    assert sign(world, president, weekly, DUE + 3 * DAY) == DueSign.ON_TIME


@pytest.mark.parametrize("hours", [1, 24 * 6])
def test_what_a_phone_finished_after_the_hour_is_late(
    world: World,
    weekly: Schedule,
    president: Account,
    mandal: Account,
    send: Callable[..., Due],
    hours: int,
) -> None:
    send(mandal, 41, made_at=DUE + hours * HOUR, at=DUE + hours * HOUR + HOUR)
    assert sign(world, president, weekly, DUE + 8 * DAY) == DueSign.LATE
    assert head(world, president, weekly, DUE + 8 * DAY).finished == 1


def test_what_comes_after_seven_days_is_kept_as_late_and_changes_no_figure(
    world: World,
    weekly: Schedule,
    president: Account,
    mandal: Account,
    district: Account,
    send: Callable[..., Due],
) -> None:
    late = DUE + 7 * DAY + HOUR
    before = head(world, president, weekly, late)
    due = send(mandal, 41, made_at=DUE - 5 * HOUR, at=late)
    after = head(world, president, weekly, late)
    assert due.is_after and due.figures == {"1": 41}, "it is kept"
    assert sign(world, president, weekly, late) == DueSign.LATE
    assert (after.finished, after.said, after.after) == (before.finished, before.said, 1)
    accepted = as_(district, dues.accept_due, owes=owes(world, weekly, begins_on=WEEK), at=late + HOUR)
    assert accepted.fed == []
    with system("test"):
        assert not OwnFigure.objects.exists()


def test_a_record_never_moves_to_another_period_however_late_it_comes(
    world: World,
    weekly: Schedule,
    mandal: Account,
    send: Callable[..., Due],
) -> None:
    send(mandal, 41, made_at=DUE - HOUR, at=DUE + 80 * DAY)
    assert (standing().begins_on, standing().is_after) == (WEEK, True)


@pytest.mark.parametrize("age", [timedelta(days=60), timedelta(0), timedelta(days=-3)])
def test_a_record_is_never_older_than_its_period_nor_of_the_future(
    mandal: Account,
    send: Callable[..., Due],
    age: timedelta,
) -> None:
    at = DUE - DAY
    due = send(mandal, 41, made_at=at - age, at=at)
    begun = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # midnight in Kolkata
    assert due.made_at is not None and begun <= due.made_at <= at


def test_of_two_leaders_records_the_newer_stands_and_the_other_is_kept_and_shown(
    mandal: Account,
    second: Account,
    send: Callable[..., Due],
) -> None:
    send(mandal, 41, made_at=None, at=DUE - 4 * HOUR, text="counted at the gate")
    older = send(second, 12, made_at=DUE - 2 * DAY, at=DUE - HOUR, text="first guess")
    assert (older.beside, standing().figures, standing().text) == ("older", {"1": 41}, "counted at the gate")
    assert beside() == [("older", 12, "first guess")]
    newer = send(second, 44, made_at=DUE - 2 * HOUR, at=DUE, text="with those who came late")
    assert (newer.beside, standing().figures, standing().said_by) == ("", {"1": 44}, second.pk)
    assert beside() == [("older", 12, "first guess"), ("replaced", 41, "counted at the gate")]


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_records_arrive_the_latest_stands_and_no_other_is_lost(
    mandal: Account,
    second: Account,
    send: Callable[..., Due],
    seed: int,
) -> None:
    lot = random.Random(seed)
    made = [(n, DUE - n * timedelta(minutes=1)) for n in lot.sample(range(1, 2_000), 5)]
    for k, (n, made_at) in enumerate(made):
        send(lot.choice((mandal, second)), n, made_at=made_at, at=DUE + k * HOUR, text=f"count {n}")
    *others, (latest, made_at) = sorted(made, key=lambda each: each[1])
    assert (standing().figures, standing().made_at) == ({"1": latest}, made_at)
    assert [n for _why, n, _text in beside()] == [n for n, _made_at in others]


def test_an_older_record_that_was_in_time_makes_the_unit_be_in_time(
    world: World,
    weekly: Schedule,
    president: Account,
    mandal: Account,
    second: Account,
    send: Callable[..., Due],
) -> None:
    send(mandal, 41, made_at=None, at=DUE + 5 * HOUR)
    assert sign(world, president, weekly, DUE + DAY) == DueSign.LATE
    send(second, 12, made_at=DUE - HOUR, at=DUE + DAY)
    assert sign(world, president, weekly, DUE + DAY) == DueSign.ON_TIME and standing().figures == {"1": 41}


def test_a_record_of_an_accepted_report_is_kept_beside_it(
    world: World,
    weekly: Schedule,
    mandal: Account,
    second: Account,
    district: Account,
    send: Callable[..., Due],
) -> None:
    send(mandal, 41, made_at=None, at=DUE - 4 * HOUR)
    as_(district, dues.accept_due, owes=owes(world, weekly, begins_on=WEEK), at=DUE - 3 * HOUR)
    due = send(second, 50, made_at=DUE - 2 * HOUR, at=DUE - HOUR)
    assert (due.beside, standing().state, standing().figures) == ("after", DueState.ACCEPTED, {"1": 41})
    assert beside() == [("after", 50, "words")]
    with pytest.raises(AcceptedAlready):
        send(second, 50, made_at=None, at=DUE)


def test_what_was_taken_back_is_still_shown(
    world: World,
    weekly: Schedule,
    mandal: Account,
    second: Account,
    send: Callable[..., Due],
) -> None:
    send(mandal, 41, made_at=None, at=DUE - 4 * HOUR)
    as_(second, dues.take_back_due, owes=owes(world, weekly, begins_on=WEEK), at=DUE - 3 * HOUR)
    assert standing().state == DueState.OPEN and beside() == [("back", 41, "words")]


def test_the_same_sent_again_is_no_other_record(mandal: Account, send: Callable[..., Due]) -> None:
    for hours in (4, 3):
        send(mandal, 41, made_at=None, at=DUE - hours * HOUR)
    assert beside() == []


def test_meetings_keep_both_numbers_too(
    world: World,
    meeting: Schedule,
    mandal: Account,
    second: Account,
) -> None:
    mine = owes(world, meeting, begins_on=WEEK)
    as_(mandal, dues.hold_due, owes=mine, on=WEEK, people=41, text="all", at=DUE - HOUR)
    late: dict[str, Any] = {"made_at": DUE - 2 * DAY, "at": DUE}
    due = as_(second, dues.hold_due, owes=mine, on=WEEK, people=12, text="first guess", **late)
    assert (due.beside, standing().people, beside()) == ("older", 41, [("older", 12, "first guess")])
    as_(
        mandal,
        dues.cannot_due,
        owes=owes(world, meeting, "N111", WEEK + 7 * DAY),
        reason="Snow",
        at=DUE + DAY,
    )
    more: dict[str, Any] = {
        "owes": owes(world, meeting, "N111", WEEK + 7 * DAY),
        "on": WEEK + 7 * DAY,
        "at": DUE + 2 * DAY,
    }
    as_(second, dues.hold_due, people=9, text="held all the same", **more)
    assert ("replaced", None, "Snow") in beside()


def test_ticks_keep_the_leaders_word_and_no_earlier_tick(
    world: World, meeting: Schedule, mandal: Account
) -> None:
    mine = owes(world, meeting, begins_on=WEEK)
    due = as_(mandal, dues.hold_due, owes=mine, on=WEEK, people=23, at=DUE - HOUR)
    for n in (1, 2, 3, 3, 2):
        as_(mandal, dues.count_people, due=due, on=WEEK, n=n, seen=n, at=DUE)
    assert (standing().people, standing().seen) == (2, 2)
    assert beside() == [("replaced", 23, "")]


def test_a_tick_weeks_later_changes_no_figure_of_the_period(
    world: World, meeting: Schedule, mandal: Account
) -> None:
    mine = owes(world, meeting, begins_on=WEEK)
    due = as_(mandal, dues.begin_due, owes=mine, at=DUE - HOUR)
    as_(mandal, dues.count_people, due=due, on=WEEK, n=7, seen=7, at=DUE + 2 * DAY)
    as_(mandal, dues.count_people, due=due, on=WEEK, n=90, seen=90, at=DUE + 20 * DAY)
    assert (standing().people, standing().seen, standing().is_after) == (7, 7, False)
    with system("test"):
        Due.objects.update(state=DueState.OPEN, people=None, seen=None, done_at=None)
    as_(mandal, dues.count_people, due=due, on=WEEK, n=5, seen=5, at=DUE + 20 * DAY)
    assert (standing().state, standing().is_after) == (DueState.DONE, True), "kept, and late"


def test_who_took_the_office_after_the_hour_is_neither_late_nor_reminded(
    world: World, weekly: Schedule, president: Account, mandal: Account
) -> None:
    """The unit stays silent: its former leader was asked."""
    at = DUE + DAY
    with system("test"):
        Appointment.objects.filter(account_id=mandal.pk).update(state="ended", ended_at=DUE + HOUR)
    new = world.account("New")
    made = org.appoint(
        account_id=new.pk, office="mandal_president", unit_id=world.unit("N111"), by=SYSTEM, at=DUE + 2 * HOUR
    )
    if made.state == Appointment.State.OFFERED:
        org.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(new), at=DUE + 2 * HOUR)
    assert sign(world, president, weekly, at) == DueSign.SILENT
    viewer = viewer_of(account_id=new.pk, on=at.date())
    with scoped(viewer.scope):
        (owing,), _below = found.owed_by(viewer, at=at)
        assert owing.signs(at) == [DueSign.NOT_ASKED, DueSign.NOT_YET]
    given: dict[str, Any] = {"public_id": weekly.public_id, "unit_id": world.unit("N1"), "begins_on": WEEK}
    with pytest.raises(NobodyToRemind):
        as_(president, schedules.remind_silent, **given, at=at)


# --- boards of the past ---


def test_a_board_of_the_past_keeps_the_units_that_were_open_in_it(
    world: World,
    weekly: Schedule,
    president: Account,
    mandal: Account,
    second: Account,
    send: Callable[..., Due],
) -> None:
    """Two leaders, and their unit closes afterwards; another one is new."""
    send(mandal, 41, made_at=None, at=DUE - HOUR)
    send(second, 12, made_at=DUE - 2 * DAY, at=DUE)
    past, at = head(world, president, weekly, DUE + DAY), DUE + 3 * DAY
    assert (past.asked, past.finished, past.open) == (4, 1, 3)
    with system("test"):
        units.close_units(unit_id=world.unit("N111"), on=at.date(), by=SYSTEM, at=at, with_below=True)
        new = units.make_unit(
            unit=units.NewUnit(code="N119", kind="mandal", names={"en": "New"}), by=SYSTEM, at=at
        )
        places = [(new, world.unit("N11"))]
        units.place_units(hierarchy=1, places=places, on=at.date(), by=SYSTEM, at=at)
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        of_today = unit_queries.counts_below(world.unit("N1"), 1)
        first, second_week = weekly.timing.begun(at)
        span = (world.lo("N1"), world.lo("N2"))
        numbers = boards.schedule_numbers([(weekly, first), (weekly, second_week)], span, of_today, at=at)
        now = numbers[weekly.pk, first.begins_on]
        assert (now.asked, now.finished, now.open) == (4, 1, 3), "as it was"
        rows = list(boards.UnitBoard(weekly, first, span, of=now, on=at.date()).each())
        assert len(rows) == 4 and rows[-1].code == "N111"
        later = numbers[weekly.pk, second_week.begins_on]
        assert later.asked == 4, "one went, one came"
