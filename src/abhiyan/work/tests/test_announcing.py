"""Units hear what they are asked: one message to each office, at its hour, once."""

import json
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Suppression
from abhiyan.work.actions import announcing, dues, schedules
from abhiyan.work.models import Schedule

from .test_schedules import as_, ask, owes

pytestmark = pytest.mark.django_db
HALF, DAY = timedelta(minutes=30), timedelta(days=1)
HOUR = AT + HALF  # AT is half past two in India


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


def holder(world: World, phone: str, code: str, office: str = "mandal_president", **more: Any) -> Account:
    account = people.open_account(phone=phone, name=f"Of {code}", language="en", by=SYSTEM, at=AT)
    world.appoint(account, office, code, **more)
    return account


@pytest.fixture
def mandal(world: World) -> Account:
    return holder(world, "9906000031", "N111")


def tell(at: datetime) -> int:
    with system("test"):
        return announcing.announce_schedules(at=at)


def told() -> list[tuple[str, dict[str, str]]]:
    """Last digits of the phone and blanks of each message, in the order they were queued."""
    with system("test"):
        rows = list(Message.objects.filter(template="duty.ask").order_by("queued_at", "last4"))
    return [
        (one.last4, json.loads(keyring().unseal(bytes(one.sealed_blanks), about=one.pk.bytes)))
        for one in rows
    ]


def test_who_holds_the_office_is_announced_once_at_the_full_hour_with_a_link_to_answer(
    world: World, president: Account, mandal: Account
) -> None:
    one = ask(world, president)
    assert tell(AT) == 0 == tell(HOUR - timedelta(seconds=1)), "there may be more in this hour"
    assert tell(HOUR) == 1, "three mandals have nobody"
    ((phone, blanks),) = told()
    assert (phone, blanks["title"], blanks["unit"], blanks["more"]) == (
        "0031",
        "Tiffin meeting",
        "Unit N111",
        "",
    )
    assert blanks["day"] == "30-11-2026"
    assert f"/{one.public_id}/" in blanks["link"] and "unit=N111" in blanks["link"]
    for later in (HALF, DAY, 11 * DAY, 40 * DAY):
        assert tell(HOUR + later) == 0, "not for its later periods either"
    holder(world, "9906000032", "N112")
    assert tell(HOUR + DAY) == 0, "who comes later finds it on Today"


def test_several_asks_of_one_hour_are_one_message(world: World, president: Account, mandal: Account) -> None:
    ask(world, president)
    with system("test"):
        Schedule.objects.update(asked_at=AT - timedelta(minutes=20))
    ask(world, president, title="Report of the week", wanted="report", rhythm="once", last_on=TODAY + 2 * DAY)
    assert tell(HOUR) == 1
    ((_phone, blanks),) = told()
    assert (blanks["title"], blanks["more"]) == ("Report of the week", "1"), "what is due first is named"
    ask(world, president, title="Another")
    with system("test"):
        Schedule.objects.filter(typed_title="Another").update(asked_at=HOUR + timedelta(minutes=1))
    assert tell(HOUR + timedelta(minutes=59)) == 0
    assert tell(HOUR + 2 * HALF) == 1 and [each["title"] for _phone, each in told()][1:] == ["Another"]


@pytest.mark.parametrize(
    ("asked_at", "told_at"),
    [
        ("2026-11-20T20:10+05:30", "2026-11-21T10:00+05:30"),
        ("2026-11-20T23:59+05:30", "2026-11-21T10:00+05:30"),
        ("2026-11-20T06:15+05:30", "2026-11-20T10:00+05:30"),
        ("2026-11-20T15:00+05:30", "2026-11-20T15:00+05:30"),
    ],
)
def test_nobody_is_announced_at_night(
    world: World, president: Account, mandal: Account, asked_at: str, told_at: str
) -> None:
    ask(world, president)
    with system("test"):
        Schedule.objects.update(asked_at=datetime.fromisoformat(asked_at))
    when = datetime.fromisoformat(told_at)
    hours = [when - n * HALF for n in range(12, 0, -1) if when - n * HALF >= datetime.fromisoformat(asked_at)]
    assert [tell(each) for each in hours] == [0] * len(hours)
    assert tell(when) == 1


def test_what_begins_later_is_announced_on_its_first_day(
    world: World, president: Account, mandal: Account
) -> None:
    ask(world, president, rhythm="once", first_on=TODAY + 3 * DAY, last_on=TODAY + 5 * DAY)
    assert tell(HOUR) == 0 == tell(HOUR + 2 * DAY)
    assert tell(datetime.fromisoformat("2026-11-23T10:00+05:30")) == 1


def test_what_is_due_before_the_full_hour_is_announced_at_once(
    world: World, president: Account, mandal: Account
) -> None:
    ask(world, president, rhythm="once", first_on=TODAY, last_on=TODAY, hour=time(14, 45))
    assert tell(AT) == 1


def test_what_has_ended_is_not_told_and_what_is_resumed_is_not_told_again(
    world: World, president: Account, mandal: Account
) -> None:
    one = ask(world, president)
    as_(president, schedules.end_schedule, public_id=one.public_id)
    assert tell(HOUR) == 0
    as_(president, schedules.resume_schedule, public_id=one.public_id)
    assert tell(HOUR) == 1, "nobody had been told"
    as_(president, schedules.end_schedule, public_id=one.public_id, at=HOUR)
    as_(president, schedules.resume_schedule, public_id=one.public_id, at=HOUR + HALF)
    assert tell(HOUR + 2 * HALF) == 0 and len(told()) == 1


def test_who_has_answered_by_then_is_not_told(world: World, president: Account, mandal: Account) -> None:
    one = ask(world, president)
    as_(mandal, dues.plan_due, owes=owes(world, one), on=TODAY + DAY)
    assert tell(HOUR) == 0 == tell(HOUR + HALF)


def test_after_days_without_the_loop_nobody_is_announced_any_more(
    world: World, president: Account, mandal: Account
) -> None:
    ask(world, president)
    assert tell(HOUR + 2 * DAY) == 0 == tell(HOUR + 2 * DAY + HALF)
    with system("test"):
        assert Schedule.objects.get().is_announced


def test_many_are_told_in_batches_each_once(
    world: World, president: Account, mandal: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, code in enumerate(("N112", "N121"), 32):
        holder(world, f"99060000{n}", code)
    monkeypatch.setattr(announcing, "AT_ONCE", 1)
    ask(world, president)
    assert [tell(HOUR + timedelta(seconds=n)) for n in range(5)] == [1, 1, 1, 0, 0]
    assert sorted(phone for phone, _blanks in told()) == ["0031", "0032", "0033"]
    ask(world, president, title="Another")
    with system("test"):
        Schedule.objects.filter(typed_title="Another").update(asked_at=HOUR)
    assert [tell(HOUR + HALF + timedelta(seconds=n)) for n in range(2)] == [1, 1]


def test_the_first_of_each_body_that_is_asked_is_announced(world: World, president: Account) -> None:
    with system("test"):
        media = org.make_body(
            unit_id=world.unit("N11"), kind="committee", names={"en": "Media"}, by=SYSTEM, at=AT
        )
        for n, office in enumerate(("body_member", "body_convener"), 41):
            account = people.open_account(
                phone=f"99060000{n}", name=f"Asha {n}", language="en", by=SYSTEM, at=AT
            )
            made = org.appoint(
                account_id=account.pk,
                office=office,
                unit_id=world.unit("N11"),
                body_id=media.pk,
                by=SYSTEM,
                at=AT,
            )
            if made.state == Appointment.State.OFFERED:
                org.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(account), at=AT)
    ask(world, president, expected=1, wanted="report", office="", kind="", body_kind="committee")
    assert tell(HOUR) == 1
    ((phone, blanks),) = told()
    assert (phone, blanks["unit"]) == ("0042", "Media") and f"body={media.pk}" in blanks["link"]


def test_it_leaves_as_a_duty_and_not_to_a_phone_that_said_no_to_everything(
    world: World, president: Account, mandal: Account
) -> None:
    other = holder(world, "9906000032", "N112")
    with system("test"):
        messaging.publish_templates(at=AT, by=SYSTEM)
        Suppression.objects.create(phone_id=other.phone_id, scope="all", at=AT, channel=1)
    ask(world, president)
    assert tell(HOUR) == 2
    kept = Kept()
    assert send_due(kept, at=HOUR) == 1
    assert kept.letters[0].text.startswith(
        "Abhiyan: you are asked for: Tiffin meeting (Unit N111), due on 30-11-2026."
    )
    assert "more" not in kept.letters[0].text
