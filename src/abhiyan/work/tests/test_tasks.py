"""Tasks: given to one or to many, answered, done, looked at, handed over, reminded of; and who sees them."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed
from abhiyan.work import actions, offers
from abhiyan.work.actions import tasks as acts
from abhiyan.work.models import Task, TaskStep
from abhiyan.work.numbers import TaskNumbers
from abhiyan.work.queries import record
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules.tasks import MOVES, Act, TaskState, possible

pytestmark = pytest.mark.django_db
DUE = AT + timedelta(days=3)


def what(title: str = "Meet ten families", **more: Any) -> actions.What:
    return actions.What(title=title, due_at=more.pop("due_at", DUE), **more)


def given(world: World, by: Account, office: str, code: str, **more: Any) -> Task:
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        return actions.ask_task(
            what=what(**more), unit_id=world.unit(code), office=office, by=actor(by), at=AT
        )


def change(task: Task, act: Act, by: Account, note: str = "", at: Any = AT) -> Task:
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        return actions.change_task(public_id=task.public_id, act=act, note=note, by=actor(by), at=at)


def seen_by(account: Account) -> set[str]:
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return set(Task.objects.values_list("typed_title", flat=True))


def now(task: Task) -> Task:
    with system("test"):
        return Task.objects.get(pk=task.pk)


def things(account: Account, at: Any = AT) -> list[Any]:
    viewer = viewer_of(account_id=account.pk, on=TODAY)
    with scoped(viewer.scope), override("en"):
        return list(offers.todo(viewer, at=at))


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("district_president", "N11", name="Rohini Koul")


@pytest.fixture
def mandal(world: World) -> Account:
    return world.holder("mandal_president", "N111", name="Bilal Dar")


def test_every_move_starts_from_a_state_and_leads_to_another() -> None:
    assert set(MOVES) == set(Act)
    assert all(move.to not in move.sources for move in MOVES.values())
    assert possible("asked", is_asked=True, is_over=False) == [Act.ACCEPT, Act.DECLINE, Act.DO]
    assert possible("done", is_asked=False, is_over=True) == [Act.CONFIRM, Act.REOPEN]
    assert possible("confirmed", is_asked=True, is_over=False) == []
    assert possible("done", is_asked=True, is_over=True) == [Act.TAKE_BACK, Act.REOPEN]


def test_a_task_is_accepted_done_looked_at_and_reopened(
    world: World, president: Account, mandal: Account
) -> None:
    task = given(world, president, "mandal_president", "N111", effort_min=90)
    assert (task.account_id, task.state, task.effort_min) == (mandal.pk, TaskState.ASKED, 90)
    assert change(task, Act.ACCEPT, mandal).state == TaskState.ACCEPTED
    done = change(task, Act.DO, mandal, note="Ten of them")
    assert (done.state, done.note, done.done_at) == (TaskState.DONE, "Ten of them", AT)
    back = change(task, Act.TAKE_BACK, mandal)
    assert (back.state, back.done_at) == (TaskState.ACCEPTED, None)
    change(task, Act.DO, mandal)
    assert change(task, Act.CONFIRM, president).done_at == AT
    assert change(task, Act.REOPEN, president, note="Two are missing").state == TaskState.ASKED
    assert change(task, Act.WITHDRAW, president).state == TaskState.WITHDRAWN
    with system("test"):
        assert TaskStep.objects.filter(task=task).count() == 7
    with pytest.raises(acts.MovedMeanwhile):
        change(task, Act.DO, mandal)


def test_who_was_asked_answers_and_who_asked_looks(world: World, president: Account, mandal: Account) -> None:
    task = given(world, president, "mandal_president", "N111")
    for act in (Act.ACCEPT, Act.DO):
        with pytest.raises(NotYours):
            change(task, act, president)
    with pytest.raises(acts.NoteMissing):
        change(task, Act.DECLINE, mandal, note=" ")
    assert change(task, Act.DECLINE, mandal, note="Exams").state == TaskState.DECLINED
    assert change(task, Act.ACCEPT, mandal).state == TaskState.ACCEPTED  # after all
    change(task, Act.DO, mandal)
    with pytest.raises(NotYours):
        change(task, Act.CONFIRM, mandal)
    state_president = world.holder("state_president", "N1")
    assert change(task, Act.CONFIRM, state_president).state == TaskState.CONFIRMED  # leads from above


def test_tasks_are_given_in_the_own_unit_and_below_by_those_who_lead(
    world: World, president: Account, mandal: Account
) -> None:
    world.holder("district_president", "N12")
    worker = world.holder("booth_worker", "N1111")
    booth = world.holder("booth_president", "N1111")
    for giver, office, code in (
        (mandal, "district_president", "N11"),
        (president, "district_president", "N12"),
        (worker, "booth_president", "N1111"),
    ):
        with pytest.raises(NotYours):
            given(world, giver, office, code)
    assert given(world, booth, "booth_worker", "N1111").account_id == worker.pk
    with pytest.raises(acts.NobodyToAsk):
        given(world, president, "mandal_president", "N112")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"title": "  "}, acts.TitleMissing),
        ({"title": "x" * 121}, acts.TitleMissing),
        ({"text": "x" * 2001}, acts.TextTooLong),
        ({"due_at": AT}, acts.DueTooEarly),
        ({"effort_min": 0}, acts.EffortWrong),
        ({"programme_id": 987654}, NotFound),
    ],
)
def test_a_task_without_words_or_time_is_refused(
    world: World, president: Account, mandal: Account, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        given(world, president, "mandal_president", "N111", **wrong)


@pytest.mark.versions
def test_a_task_is_seen_by_who_gave_it_who_has_it_and_the_line_above(
    world: World, president: Account, mandal: Account
) -> None:
    task = given(world, president, "mandal_president", "N111")
    above = [world.holder("state_president", "N1"), world.holder("national_president", "N")]
    assert all(seen_by(one) == {"Meet ten families"} for one in (president, mandal, *above))
    others = [
        world.holder("district_president", "N12"),
        world.holder("mandal_president", "N112"),
        world.holder("call_centre_agent", "N11"),  # sees people of the district, and leads nobody
        world.holder("booth_president", "N1111"),
        world.holder("it_administrator", "N1"),
        world.account("No office"),
    ]
    assert [seen_by(one) for one in others] == [set()] * len(others)
    with scoped(viewer_of(account_id=others[0].pk, on=TODAY).scope):
        assert not TaskStep.objects.exists()
        with pytest.raises(NotFound):
            actions.change_task(public_id=task.public_id, act=Act.DO, by=SYSTEM, at=AT)


def ask_mandals(world: World, by: Account, expected: int) -> UUID:
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        return actions.ask_tasks(
            what=what(),
            unit_id=world.unit("N1"),
            hierarchy=1,
            office="mandal_president",
            expected=expected,
            by=actor(by),
            at=AT,
        )


def test_one_act_gives_every_holder_of_an_office_below_a_task(world: World, mandal: Account) -> None:
    other = world.holder("mandal_president", "N121")
    world.holder("mandal_president", "N211")  # of another state
    chief = world.holder("state_president", "N1")
    with pytest.raises(acts.CountChanged):
        ask_mandals(world, chief, 3)
    batch = ask_mandals(world, chief, 2)
    with system("test"):
        rows = list(Task.objects.filter(batch=batch).order_by("unit__code"))
    assert [(row.account_id, row.title) for row in rows] == [
        (mandal.pk, "Meet ten families"),
        (other.pk, "Meet ten families"),
    ]
    change(rows[0], Act.DO, mandal)

    def together(act: Act) -> int:
        with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope):
            return actions.change_together(batch=batch, act=act, by=actor(chief), at=AT)

    assert together(Act.CONFIRM) == 1
    assert together(Act.WITHDRAW) == 1
    assert together(Act.REOPEN) == 1  # what was withdrawn, not what is confirmed
    assert [now(row).state for row in rows] == [TaskState.CONFIRMED, TaskState.ASKED]
    with pytest.raises(NotFound), scoped(viewer_of(account_id=mandal.pk, on=TODAY).scope):
        actions.change_together(batch=batch, act=Act.WITHDRAW, by=actor(mandal), at=AT)


def test_a_task_is_handed_to_somebody_one_leads(world: World, president: Account, mandal: Account) -> None:
    booth = world.holder("booth_president", "N1111", name="Asha Devi")
    seat = org_seat(booth)
    task = given(world, president, "mandal_president", "N111")
    change(task, Act.ACCEPT, mandal)
    with scoped(viewer_of(account_id=mandal.pk, on=TODAY).scope):
        moved = actions.hand_over_task(public_id=task.public_id, appointment=seat, by=actor(mandal), at=AT)
    assert (moved.account_id, moved.unit_id, moved.state) == (booth.pk, world.unit("N1111"), TaskState.ASKED)
    with pytest.raises(NotYours), scoped(viewer_of(account_id=booth.pk, on=TODAY).scope):
        actions.hand_over_task(public_id=task.public_id, appointment=org_seat(mandal), by=actor(booth), at=AT)
    with scoped(viewer_of(account_id=mandal.pk, on=TODAY).scope):  # who leads the unit takes it back
        actions.hand_over_task(
            public_id=task.public_id, appointment=org_seat(mandal), by=actor(mandal), at=AT
        )
    assert now(task).account_id == mandal.pk


def body(answer: Any) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return str(content.decode())


def org_seat(account: Account) -> UUID:
    with system("test"):
        found_one = Appointment.objects.get(account_id=account.pk, state="active")
    return UUID(str(found_one.public_id))


def end(account: Account) -> None:
    org.end_appointment(public_id=org_seat(account), reason="resigned", by=SYSTEM, at=AT)


def test_an_ended_appointment_hands_its_tasks_to_a_colleague_or_the_office_above(
    world: World, president: Account, mandal: Account
) -> None:
    chief = world.holder("state_president", "N1")
    first, second = world.holder("booth_worker", "N1111"), world.holder("booth_worker", "N1111")
    with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope):
        by_worker = actions.ask_of(what=what(), appointment=org_seat(first), by=actor(chief), at=AT)
    of_mandal, asked = (
        given(world, president, "mandal_president", "N111"),
        given(world, mandal, "booth_worker", "N1111"),
    )
    done = given(world, president, "mandal_president", "N111", title="Done before")
    change(done, Act.DO, mandal)
    end(first)
    assert now(by_worker).account_id == second.pk  # the same office
    end(mandal)
    assert (now(of_mandal).account_id, now(of_mandal).unit_id) == (president.pk, world.unit("N11"))
    assert now(asked).asked_by == president.pk  # somebody looks at what is done
    assert now(done).account_id == mandal.pk
    with system("test"):
        assert found.acts_on_task(now(of_mandal))[-1].act == "moved"


def told(account: Account) -> list[tuple[str, dict[str, str]]]:
    with system("test"):
        rows = list(Message.objects.filter(phone_id=account.phone_id).order_by("queued_at"))
    assert all(row.kind == 2 for row in rows)
    return [
        (row.template, json.loads(keyring().unseal(bytes(row.sealed_blanks), about=row.pk.bytes)))
        for row in rows
    ]


def test_one_message_reminds_of_what_is_due_tomorrow_and_one_of_what_is_late(
    world: World, president: Account
) -> None:
    asha = people.open_account(phone="9906000011", name="Asha", language="hi", by=SYSTEM, at=AT)
    world.appoint(asha, "mandal_president", "N111")
    for title in ("One", "Two"):
        given(world, president, "mandal_president", "N111", title=title)
    far = given(world, president, "mandal_president", "N111", title="Far", due_at=DUE + timedelta(days=9))

    def remind(at: Any) -> int:
        with system("test"):
            return acts.remind_of_tasks(at=at)

    the_day_before, night = DUE - timedelta(days=1), DUE - timedelta(hours=35)
    assert remind(AT) == 0 and remind(night.replace(hour=22)) == 0
    assert remind(the_day_before) == 1 and remind(the_day_before) == 0
    ((template, blanks),) = told(asha)
    assert (template, blanks["task"], blanks["more"]) == ("duty.task_tomorrow", "One", "1")
    change(now(far), Act.DO, asha)
    assert remind(DUE + timedelta(minutes=5)) == 1 and remind(DUE + timedelta(hours=1)) == 0
    assert [template for template, _blanks in told(asha)] == ["duty.task_tomorrow", "duty.task_late"]


def test_who_has_a_task_handed_over_or_reopened_is_reminded_as_well(world: World, president: Account) -> None:
    first, second = (
        people.open_account(phone=f"990600002{n}", name=f"Holder {n}", language="hi", by=SYSTEM, at=AT)
        for n in range(2)
    )
    for one in (first, second):
        world.appoint(one, "booth_worker", "N1111")
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        task = actions.ask_of(what=what(), appointment=org_seat(first), by=actor(president), at=AT)
    the_day_before = DUE - timedelta(days=1)
    with system("test"):
        assert acts.remind_of_tasks(at=the_day_before) == 1
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        actions.hand_over_task(
            public_id=task.public_id, appointment=org_seat(second), by=actor(president), at=the_day_before
        )
    with system("test"):
        assert acts.remind_of_tasks(at=the_day_before + timedelta(minutes=5)) == 1
    assert [template for template, _blanks in told(second)] == ["duty.task_tomorrow"]
    change(now(task), Act.DO, second)
    change(now(task), Act.REOPEN, president)
    with system("test"):
        assert acts.remind_of_tasks(at=the_day_before + timedelta(minutes=10)) == 0, "once a day"
        assert acts.remind_of_tasks(at=DUE + timedelta(minutes=5)) == 1
    at = DUE + timedelta(minutes=10)
    change(now(task), Act.DO, second, at=at)
    change(now(task), Act.REOPEN, president, at=at)
    with system("test"):
        assert acts.remind_of_tasks(at=at) == 0, "once a day"
        assert acts.remind_of_tasks(at=at + timedelta(days=1)) == 1, "it was given again"
        assert acts.remind_of_tasks(at=at + timedelta(days=2)) == 0
    assert [template for template, _blanks in told(second)] == ["duty.task_tomorrow"] + ["duty.task_late"] * 2


def test_today_names_what_is_due_and_what_one_waits_for(
    world: World, president: Account, mandal: Account
) -> None:
    late = given(world, president, "mandal_president", "N111", title="Late one", due_at=AT + timedelta(1))
    given(world, president, "mandal_president", "N111")
    change(late, Act.ACCEPT, mandal)
    at = AT + timedelta(days=2)
    mine = [one for one in things(mandal, at) if isinstance(one, Owed) and one.posts]
    assert [(one.title, one.urgency) for one in mine] == [("Late one", 0), ("Meet ten families", 1)]
    assert [str(one.act) for one in mine] == ["Mark as done", "Accept"]
    waits = [one for one in things(president, at) if isinstance(one, Beside) and one.sheet == I_WAIT_FOR]
    assert [(str(one.title), one.meta) for one in waits] == [("1 task is late", "Late one")]
    change(late, Act.DO, mandal)
    waits = [one for one in things(president, at) if isinstance(one, Beside) and one.sheet == I_WAIT_FOR]
    assert [str(one.title) for one in waits] == ["1 task done: look at it"]


def test_a_record_is_seen_by_its_owner_and_one_level_above_alone(
    world: World, president: Account, mandal: Account
) -> None:
    task = given(world, president, "mandal_president", "N111")
    change(task, Act.DO, mandal, at=DUE + timedelta(1))
    others = [
        world.holder("state_president", "N1"),
        world.holder("district_president", "N12"),
        world.holder("booth_president", "N1111"),
        world.holder("mandal_in_charge", "N111"),
    ]

    def read(reader: Account) -> record.Record:
        viewer = viewer_of(account_id=reader.pk, on=TODAY)
        with scoped(viewer.scope):
            return record.record_for(viewer, UUID(str(mandal.public_id)), at=AT)

    for reader in (mandal, president):
        seen = read(reader)
        assert [one.office_names["en"] for one in seen.offices] == ["Mandal president"]
        assert seen.tasks == TaskNumbers(open=0, late=0, in_time=0, done_late=1, declined=0)
    for reader in others:
        with pytest.raises(NotFound):
            read(reader)
    end(president)
    assert read(others[0]).name == "Bilal Dar"  # now the nearest level that leads


@pytest.fixture
def page(world: World, president: Account, mandal: Account) -> Client:
    return browser(president)


def test_a_task_is_given_by_the_page_and_done_with_one_tap(
    world: World, page: Client, mandal: Account
) -> None:
    address = "/programmes/tasks/new/?unit=N111"
    assert "Bilal Dar" in body(page.get(address))
    day = (NOW + timedelta(days=2)).date().isoformat()
    sent = {"title": "Meet", "due_on": day, "due_time": "18:00", "effort": "2", "effort_in": "hours"}
    wrong = page.post(address, sent)
    assert wrong.status_code == 422
    made = page.post(address, sent | {"whom": str(org_seat(mandal))})
    assert made.status_code == 302
    with system("test"):
        task = Task.objects.get()
    assert (task.effort_min, task.title) == (120, "Meet")
    assert "2 hours" in body(page.get(made["Location"]))
    theirs = browser(mandal)
    for act, word in (("accept", "Accepted."), ("do", "take it back"), ("take_back", "Taken back")):
        answered = theirs.post(f"/programmes/tasks/{task.public_id}/{act}/", follow=True)
        assert word in body(answered)
    assert theirs.post(f"/programmes/tasks/{task.public_id}/decline/").status_code == 422
    assert theirs.post(f"/programmes/tasks/{task.public_id}/confirm/").status_code == 403
    assert theirs.post(f"/programmes/tasks/{task.public_id}/nothing/").status_code == 404
    listed = body(page.get("/programmes/tasks/?show=given&format=csv"))
    assert "Meet,Mandal president,Unit N111" in listed and "Bilal Dar" not in listed


def test_the_page_shows_how_many_get_it_before_they_get_it(
    world: World, page: Client, mandal: Account
) -> None:
    world.holder("mandal_president", "N112")
    day = (NOW + timedelta(days=2)).date().isoformat()
    sent = {"title": "Meet", "due_on": day, "due_time": "18:00", "effort_in": "hours"}
    sent |= {"whom": "below:mandal_president"}
    shown = page.post("/programmes/tasks/new/?unit=N11", sent)
    assert "2 people: Mandal president" in body(shown)
    with system("test"):
        assert not Task.objects.exists()
    changed = page.post("/programmes/tasks/new/?unit=N11", sent | {"expected": "mandal_president:3"})
    assert changed.status_code == 409 and "2 people" in body(changed)
    done = page.post("/programmes/tasks/new/?unit=N11", sent | {"expected": "mandal_president:2"})
    assert done.status_code == 302
    listed = body(page.get("/programmes/tasks/?show=given"))
    assert listed.count("Meet</a>") == 1 and "0 of 2 done" in listed
    assert body(page.get("/programmes/tasks/?show=given&format=csv")).count("Meet,") == 2
    assert body(page.get("/programmes/tasks/?show=unit&unit=N112")).count("Meet</a>") == 1


def test_the_list_of_tasks_asks_no_more_for_many(
    world: World, page: Client, president: Account, mandal: Account
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get("/programmes/tasks/?show=given")
        return len(queries)

    given(world, president, "mandal_president", "N111")
    asked()
    few = asked()
    for n in range(5):
        given(world, president, "mandal_president", "N111", title=f"Task {n}")
    assert asked() == few


def test_a_record_and_its_list_of_those_below_have_a_page(
    world: World, page: Client, mandal: Account
) -> None:
    own = body(page.get("/programmes/work/"))
    assert "My work" in own and f"/bearers/{mandal.public_id}/" in own
    assert f"/programmes/record/{mandal.public_id}/" in body(page.get(f"/bearers/{mandal.public_id}/"))
    assert "Bilal Dar" in body(page.get(f"/programmes/record/{mandal.public_id}/"))
    answer = browser(mandal).get(f"/programmes/record/{mandal.public_id}/?lang=en")
    assert answer.headers["Location"] == "/programmes/work/?lang=en", "their own is My work"
    for old in ("record", "in-charge"):
        assert page.get(f"/programmes/{old}/?lang=en").headers["Location"] == "/programmes/work/?lang=en", old
