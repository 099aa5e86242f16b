"""Workshops: held by one unit, asked of those below, given a day by each, reminded of, withdrawn and brought back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import scoped, system
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions, owed_workshops
from abhiyan.programmes.actions import tasks as task_acts
from abhiyan.programmes.actions import workshops as acts
from abhiyan.programmes.models import Programme, ProgrammeUnit, Task, Workshop
from abhiyan.programmes.queries import workshops as found
from abhiyan.programmes.rules import workshops as rules
from abhiyan.programmes.rules.tasks import Act, State
from abhiyan.programmes.rules.workshops import Stage
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed

from . import make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
UNTIL = TODAY + 5 * DAY


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
    account = people.open_account(phone="9906000031", name="Bilal Dar", language="en", by=SYSTEM, at=AT)
    world.appoint(account, "district_president", "N11")
    return account


def as_(account: Account, do: Any, at: Any = AT, **given: Any) -> Any:
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return do(**given, by=actor(account), at=at)


def start(world: World, programme: Programme, by: Account, **other: Any) -> Workshop:
    given = {
        "programme_id": programme.pk,
        "unit_id": world.unit("N1"),
        "title": "Membership workshop",
        "held_on": TODAY - DAY,
        "attended": 140,
        "asked": acts.Asked("district_president", UNTIL, 2),
    }
    made: Workshop = as_(by, acts.hold_first, **given | other)
    return made


def below(world: World, code: str) -> Workshop:
    with system("test"):
        return Workshop.objects.select_related("task").get(unit=world.units[code], above__isnull=False)


def counts(one: Workshop, on: date = TODAY) -> found.Groups:
    with system("test"):
        return found.groups([one], on=on)[one.pk]


def things(account: Account, at: Any = AT) -> list[Any]:
    viewer = viewer_of(account_id=account.pk, on=TODAY)
    with scoped(viewer.scope), override("en"):
        return list(owed_workshops.owed(viewer, at=at))


def test_a_unit_has_held_its_workshop_has_a_day_or_is_silent() -> None:
    assert rules.stage(planned_on=None, held_on=None) == Stage.SILENT
    assert rules.stage(planned_on=TODAY, held_on=None) == Stage.PLANNED
    assert rules.stage(planned_on=TODAY, held_on=TODAY) == Stage.HELD
    for planned, held, due, expected in (
        (None, None, TODAY, False),
        (None, None, TODAY - DAY, True),
        (TODAY - DAY, None, UNTIL, True),
        (TODAY - DAY, TODAY - DAY, TODAY - DAY, False),
    ):
        assert rules.is_behind(planned_on=planned, held_on=held, due_on=due, on=TODAY) is expected
    assert rules.day_to_tap(planned_on=None, due_on=UNTIL, on=TODAY) == ("plan", UNTIL)
    assert rules.day_to_tap(planned_on=TODAY, due_on=UNTIL, on=TODAY) == ("hold", TODAY)
    assert rules.day_to_tap(planned_on=UNTIL, due_on=UNTIL, on=TODAY) is None
    assert rules.day_to_tap(planned_on=None, due_on=TODAY - DAY, on=TODAY) is None


def test_districts_are_asked_plan_hold_and_are_silent(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    with pytest.raises(task_acts.CountChanged):
        start(world, programme, president, asked=acts.Asked("district_president", UNTIL, 3))
    top = start(world, programme, president)
    assert counts(top) == found.Groups(asked=2, silent=2, vacant=1)
    mine = below(world, "N11")
    assert mine.task is not None and mine.task.account_id == district.pk
    planned = as_(district, acts.plan_workshop, public_id=mine.public_id, on=TODAY + DAY)
    assert planned.planned_on == TODAY + DAY
    assert counts(top) == found.Groups(asked=2, planned=1, silent=1, vacant=1)
    assert counts(top, on=TODAY + 2 * DAY).behind == 1
    with system("test"):
        late = found.asked_by(top).filter(found.shown("behind", on=TODAY + 2 * DAY))
        assert [one.pk for one in late] == [mine.pk] and not late.filter(found.shown("behind", on=TODAY))
    as_(district, acts.hold_workshop, public_id=mine.public_id, on=TODAY, attended=60)
    assert counts(top) == found.Groups(asked=2, held=1, silent=1, vacant=1, attended=60)
    assert below(world, "N11").task.state == State.CONFIRMED  # type: ignore[union-attr]  # asserted above
    as_(district, acts.take_back_day, public_id=mine.public_id)
    back = below(world, "N11")
    assert (back.held_on, back.attended, back.planned_on) == (None, None, TODAY + DAY)
    assert back.task is not None and back.task.state == State.ACCEPTED
    as_(district, acts.take_back_day, public_id=mine.public_id)
    assert below(world, "N11").planned_on is None
    with pytest.raises(acts.NothingToTakeBack):
        as_(district, acts.take_back_day, public_id=mine.public_id)


def test_days_that_cannot_be_are_refused(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    refused: list[tuple[type[Refused], dict[str, Any]]] = [
        (acts.DayToCome, {"held_on": TODAY + DAY}),
        (acts.DayUnfit, {"held_on": TODAY - 400 * DAY}),
        (acts.AttendanceUnfit, {"attended": -1}),
        (task_acts.TitleMissing, {"title": "  "}),
        (acts.DayOver, {"asked": acts.Asked("district_president", TODAY - DAY, 2)}),
        (acts.DayUnfit, {"asked": acts.Asked("district_president", TODAY + 400 * DAY, 2)}),
        (task_acts.NobodyToAsk, {"asked": acts.Asked("no_such_office", UNTIL, 0)}),
        (NotYours, {"unit_id": world.unit("N")}),
    ]
    for refusal, other in refused:
        with pytest.raises(refusal):
            start(world, programme, president, **other)
    with system("test"):
        assert not Workshop.objects.exists()
    start(world, programme, president)
    mine = below(world, "N11").public_id
    wrong: list[tuple[type[Refused], Any, dict[str, Any]]] = [
        (acts.DayOver, acts.plan_workshop, {"on": TODAY - DAY}),
        (acts.DayUnfit, acts.plan_workshop, {"on": TODAY + 400 * DAY}),
        (acts.DayToCome, acts.hold_workshop, {"on": TODAY + DAY}),
        (acts.NotHeldYet, acts.ask_below, {"asked": acts.Asked("mandal_president", UNTIL, 2)}),
    ]
    for refusal, act, given in wrong:
        with pytest.raises(refusal):
            as_(district, act, public_id=mine, **given)


def test_a_district_gives_only_its_own_day_and_the_state_gives_it_for_a_vacant_one(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    top = start(world, programme, president)
    vacant = below(world, "N12").public_id
    other = world.holder("state_president", "N2")
    for stranger in (district, other):
        with pytest.raises((NotYours, NotFound)):
            as_(stranger, acts.hold_workshop, public_id=vacant, on=TODAY)
    for act in (acts.withdraw_asking, acts.remind_silent):
        with pytest.raises((NotYours, NotFound)):
            as_(district, act, public_id=top.public_id)
    as_(president, acts.hold_workshop, public_id=vacant, on=TODAY)
    assert counts(top).held == 1


def test_a_district_that_held_its_own_asks_its_mandals(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    mandal = world.holder("mandal_president", "N111")
    top = start(world, programme, president)
    mine = below(world, "N11")
    as_(district, acts.hold_workshop, public_id=mine.public_id, on=TODAY)
    asked = acts.Asked("mandal_president", UNTIL, 2)
    assert as_(district, acts.ask_below, public_id=mine.public_id, asked=asked) == 2
    assert below(world, "N111").task.account_id == mandal.pk  # type: ignore[union-attr]  # the office is held
    with pytest.raises(acts.AsksAlready):
        as_(district, acts.ask_below, public_id=mine.public_id, asked=asked)
    with pytest.raises(acts.AsksOthers):
        as_(district, acts.take_back_day, public_id=mine.public_id)
    # the state takes its request back, and with it what came of it; then brings all of it back
    assert as_(president, acts.withdraw_asking, public_id=top.public_id) == 4
    with system("test"):
        assert found.groups([top, mine], on=TODAY) == {}
        assert set(Task.objects.values_list("state", flat=True)) == {State.CONFIRMED, State.WITHDRAWN}
    with pytest.raises(NotFound):
        as_(mandal, acts.plan_workshop, public_id=below(world, "N111").public_id, on=TODAY)
    assert as_(president, acts.bring_back_asking, public_id=top.public_id) == 4
    assert counts(top).held == 1 and counts(mine).silent == 2
    assert below(world, "N111").task.state == State.ASKED  # type: ignore[union-attr]  # the office is held
    with pytest.raises(acts.AsksAlready):
        as_(president, acts.bring_back_asking, public_id=top.public_id)


def test_a_workshop_entered_by_mistake_is_taken_back_altogether(
    world: World, programme: Programme, president: Account
) -> None:
    top = start(world, programme, president)
    with pytest.raises(acts.AsksOthers):
        as_(president, acts.take_back_day, public_id=top.public_id)
    as_(president, acts.withdraw_asking, public_id=top.public_id)
    with pytest.raises(acts.NothingAsked):
        as_(president, acts.withdraw_asking, public_id=top.public_id)
    as_(president, acts.take_back_day, public_id=top.public_id)
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        assert not found.workshops_of(programme).exists()


def test_a_reminder_is_one_message_a_day_to_who_gave_no_day_and_a_task_to_who_came_new(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    top = start(world, programme, president)

    def remind(days: int) -> int:
        n: int = as_(president, acts.remind_silent, public_id=top.public_id, at=AT + days * DAY)
        return n

    def going(days: int) -> int:
        with system("test"):
            return found.reminders(top, on=TODAY + days * DAY)

    assert going(1) == 1, "none to the vacant office"
    with pytest.raises(acts.RemindedToday):
        remind(0)
    new = people.open_account(phone="9906000032", name="New", language="hi", by=SYSTEM, at=AT)
    world.appoint(new, "district_president", "N12")
    assert remind(1) == 2
    assert below(world, "N12").task.account_id == new.pk  # type: ignore[union-attr]  # given just now
    with pytest.raises(acts.RemindedToday):
        remind(1)
    with system("test"):
        told = list(Message.objects.filter(template="duty.workshop").values_list("kind", "phone_id"))
    assert sorted(told) == sorted([(2, district.phone_id), (2, new.phone_id)])
    declined = below(world, "N12").task
    assert declined is not None
    as_(new, actions.change_task, public_id=declined.public_id, act=Act.DECLINE, note="Elections")
    as_(district, acts.plan_workshop, public_id=below(world, "N11").public_id, on=TODAY + 4 * DAY)
    with pytest.raises(acts.NobodyToRemind):  # one has a day, the other's reason is on the board
        remind(2)
    assert counts(top) == found.Groups(asked=2, planned=1, silent=1, declined=1)
    assert [going(2), going(5)] == [0, 1]
    assert remind(5) == 1  # its day went by


def test_the_task_of_a_workshop_is_done_by_its_day_alone_and_goes_on_with_the_office(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    start(world, programme, president)
    mine = below(world, "N11")
    assert mine.task is not None
    for account, act in ((district, Act.DO), (president, Act.WITHDRAW)):
        with pytest.raises(task_acts.GivesADay):
            as_(account, actions.change_task, public_id=mine.task.public_id, act=act)
    with system("test"):
        seat = Appointment.objects.get(account_id=district.pk, state="active")
        org.end_appointment(public_id=seat.public_id, reason="resigned", by=SYSTEM, at=AT)
    assert below(world, "N11").task.account_id == president.pk  # type: ignore[union-attr]  # the office above
    as_(president, acts.hold_workshop, public_id=mine.public_id, on=TODAY)


def test_today_gives_a_day_in_one_tap_and_says_who_is_silent(
    world: World, programme: Programme, president: Account, district: Account
) -> None:
    start(world, programme, president)
    mine = below(world, "N11")
    (row,) = [one for one in things(district) if isinstance(one, Owed)]
    assert (str(row.title), str(row.act), row.posts) == (
        "Workshop: Membership workshop",
        "Plan it for 25 Nov",
        True,
    )
    (waits,) = [one for one in things(president) if isinstance(one, Beside) and one.sheet == I_WAIT_FOR]
    assert str(waits.title) == "2 units have no day for their workshop"
    as_(district, acts.plan_workshop, public_id=mine.public_id, on=TODAY + DAY)
    assert not [one for one in things(district) if isinstance(one, Owed)]
    (row,) = [one for one in things(district, AT + DAY) if isinstance(one, Owed)]
    assert str(row.act) == "It was held on 21 Nov" and row.href.endswith("/hold/")
