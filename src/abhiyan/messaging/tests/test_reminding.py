"""Reminders: of one matter once a day, never too many at once, taken back and forgotten; and who sees them."""

from datetime import datetime, timedelta

import pytest

from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions
from abhiyan.messaging.actions import reminding
from abhiyan.messaging.models import Message, Reminder
from abhiyan.messaging.queries import last_reminders
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import SYSTEM, World
from abhiyan.people import actions as people
from abhiyan.people.models import Account

pytestmark = pytest.mark.django_db
DAY, TODAY = timedelta(days=1), NOW.date()


@pytest.fixture
def world(db: None) -> World:
    with system("test"):
        actions.publish_templates(at=NOW, by=SYSTEM)
    return World()


def reader(world: World, n: int, language: str = "en") -> Account:
    account = people.open_account(
        phone=f"99060000{n:02d}", name=f"Asha {n}", language=language, by=SYSTEM, at=NOW
    )
    world.appoint(account, "mandal_president", "N111")
    return account


def remind(
    world: World,
    *accounts: Account,
    about: int = 1,
    kind: str = "centre",
    at: datetime = NOW,
    is_by_loop: bool = False,
) -> int:
    people_there = [
        actions.RemindedPerson(
            account_id=account.pk,
            unit_id=world.unit("N111"),
            blanks=lambda language: {"link": f"https://{language}.example/"},
            about=about,
        )
        for account in accounts
    ]
    return actions.remind_people(
        kind=kind, template="duty.centre", people=people_there, at=at, is_by_loop=is_by_loop
    )


def sent(**of: object) -> int:
    with system("test"):
        return Message.objects.filter(template="duty.centre", **of).count()


def test_a_person_is_reminded_of_one_matter_once_a_day_in_their_language(world: World) -> None:
    asha, bilal = reader(world, 1), reader(world, 2, "hi")
    assert remind(world, asha, asha, bilal) == 2
    assert sent(language="en") == sent(language="hi") == 1
    with pytest.raises(actions.NobodyToRemind):
        remind(world, asha, bilal, at=NOW + timedelta(hours=1))
    assert remind(world, asha, is_by_loop=True) == 0
    assert remind(world, asha, about=2) == remind(world, asha, kind="due") == 1, "another matter"
    assert remind(world, asha, bilal, at=NOW + DAY) == 2 and sent() == 6
    assert last_reminders("centre", [1, 2, 3]) == {1: TODAY + DAY, 2: TODAY}


def test_the_day_is_that_of_the_organisation(world: World) -> None:
    asha = reader(world, 1)
    late = NOW.replace(hour=18, minute=20)  # ten minutes before midnight in Kolkata
    assert remind(world, asha, at=late) == 1
    assert remind(world, asha, at=late + timedelta(minutes=20)) == 1


def test_nobody_and_too_many_are_refused_and_leave_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha, bilal = reader(world, 1), reader(world, 2)
    monkeypatch.setattr(reminding, "MOST_REMINDED", 1)
    with pytest.raises(actions.TooManyToRemind):
        remind(world, asha, bilal)
    with pytest.raises(actions.NobodyToRemind):
        remind(world)
    with system("test"):
        assert not Reminder.objects.exists()


def test_what_is_settled_takes_back_its_reminders_that_have_not_left(world: World) -> None:
    asha, bilal = reader(world, 1), reader(world, 2)
    remind(world, asha, bilal)
    remind(world, asha, about=2)
    actions.take_back_reminders(kind="centre", abouts=[1], at=NOW)
    assert (sent(state="dropped"), sent(state="queued")) == (2, 1)


def test_a_reminder_is_forgotten_after_a_year(world: World) -> None:
    asha = reader(world, 1)
    remind(world, asha)
    remind(world, asha, at=NOW + 10 * DAY)
    assert actions.forget_reminders(at=NOW + 370 * DAY) == 1
    assert last_reminders("centre", [1]) == {1: TODAY + 10 * DAY}


def test_leaders_of_the_unit_see_reminders_and_nobody_elsewhere_does(world: World) -> None:
    asha = reader(world, 1)
    remind(world, asha)
    above, elsewhere = world.holder("state_president", "N1"), world.holder("state_president", "N2")
    for account, n in ((asha, 1), (above, 1), (elsewhere, 0)):
        with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
            assert Reminder.objects.count() == n, account.name
