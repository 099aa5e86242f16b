"""Tasks of the units below: counts by unit, tasks given at once as one row, reminders to people who are late."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core.scope import scoped, system
from abhiyan.core.tests import given as given_clock
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.actions import NobodyToRemind, TooManyToRemind, reminding
from abhiyan.messaging.models import Message
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser, undrawn
from abhiyan.ui.due import due_said
from abhiyan.ui.owed import Owed
from abhiyan.work import actions
from abhiyan.work.actions import tasks as acts
from abhiyan.work.models import Task
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules.tasks import Act

from .test_tasks import body, change, things, what

pytestmark = pytest.mark.django_db
LATE = NOW - timedelta(days=17)
PAGE = "/programmes/tasks/?show=unit&unit=N1"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


def give(world: World, by: Account, office: str, code: str, title: str = "Meet", due: object = LATE) -> Task:
    """A task that was given long ago, due on a day."""
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        task = actions.ask_task(
            what=what(title=title, due_at=NOW + timedelta(days=2)),
            unit_id=world.unit(code),
            office=office,
            by=actor(by),
            at=NOW,
        )
    with system("test"):
        asked_at = NOW - timedelta(days=20)
        Task.objects.filter(pk=task.pk).update(due_at=due, asked_at=asked_at, state_at=asked_at)
    return task


def ask_all(world: World, by: Account, office: str, n: int, title: str = "Call the booths") -> UUID:
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        return actions.ask_tasks(
            what=what(title=title, due_at=NOW + timedelta(days=2)),
            unit_id=world.unit("N1"),
            hierarchy=1,
            office=office,
            expected=n,
            by=actor(by),
            at=NOW,
        )


@pytest.fixture
def chief(world: World) -> Account:
    return world.holder("state_president", "N1", name="Meena Raina")


@pytest.fixture
def districts(world: World) -> list[Account]:
    """The presidents of two districts, with phones of their own."""
    found_ones = []
    for n, code in enumerate(("N11", "N12")):
        one = people.open_account(phone=f"990600003{n}", name=f"Of {code}", language="en", by=SYSTEM, at=NOW)
        world.appoint(one, "district_president", code)
        found_ones.append(one)
    return found_ones


@pytest.fixture
def client(chief: Account) -> Client:
    return browser(chief)


def lines(page: str) -> list[str]:
    """Rows of the table of tasks by unit, in words."""
    table = page.partition("Tasks by unit")[2].partition("</table>")[0]
    return [words(row) for row in re.findall("<tr.*?</tr>", table, re.DOTALL)[1:]]


def test_a_leader_sees_each_district_with_its_late_open_and_done_tasks_worst_first(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    for _n in range(2):
        give(world, chief, "district_president", "N12")
    world.holder("mandal_president", "N111")
    give(world, chief, "mandal_president", "N111")
    give(world, chief, "district_president", "N11", due=NOW + timedelta(days=3))
    change(give(world, chief, "district_president", "N11"), Act.DO, districts[0], at=NOW)
    change(give(world, chief, "district_president", "N11"), Act.DECLINE, districts[0], note="No", at=NOW)
    give(world, chief, "state_president", "N1")
    page = body(client.get(PAGE))
    assert lines(page) == [
        "Unit N12 2 0 0 0 2",
        "Unit N11 1 1 1 1 4",
        "Above this level 1 0 0 0 1",
        "All 4 1 1 1 7",
    ]
    links = dict(re.findall(r'href="([^"]*unit=N11&amp;[^"]*state=[^"]*)">([^<]*)</a>', page))
    assert sorted(links.values()) == ["1", "1", "1", "1", "Unit N11"]
    for href, n in links.items():
        listed = body(client.get(unescape(href))).rpartition("<caption")[2].count('<td class="sn">')
        assert listed == (4 if n == "Unit N11" else int(n)), href


def test_late_tasks_come_first_and_done_ones_last_and_late_is_said_in_days(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    soon = give(world, chief, "district_president", "N11", "Soon", due=NOW + timedelta(days=1))
    done = give(world, chief, "district_president", "N11", "Done before")
    give(world, chief, "district_president", "N12", "Long late")
    change(done, Act.DO, districts[0], at=NOW)
    page = words(body(client.get(PAGE)).rpartition("<caption")[2])
    assert page.index("Long late") < page.index("Soon") < page.index("Done before")
    assert "17 days late" in page and page.count("late") == 2  # and its badge
    assert "17 days late" in words(body(browser(districts[1]).get("/today/")))
    told = words(body(browser(districts[0]).get(f"/programmes/tasks/{soon.public_id}/")))
    assert "days late" not in told


def test_how_late_is_said_as_people_say_it() -> None:
    with override("en"):
        assert due_said(NOW - timedelta(hours=2), at=NOW) == "2 hours late"
        assert due_said(NOW - timedelta(hours=47), at=NOW) == "47 hours late"
        assert due_said(NOW - timedelta(hours=48), at=NOW) == "2 days late"
        assert due_said(NOW + timedelta(minutes=1), at=NOW) == "today, 12:01"


def test_tasks_given_at_once_are_one_row_that_opens(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    batch = ask_all(world, chief, "district_president", 2)
    give(world, chief, "district_president", "N11", "Another")
    with system("test"):
        mine = Task.objects.get(batch=batch, account_id=districts[0].pk)
    change(mine, Act.DO, districts[0], at=NOW)
    page = body(client.get(PAGE))
    assert page.count(">Call the booths</a>") == 1
    assert "1 of 2 done" in words(page) and "2 people" in words(page)
    (href,) = re.findall(r'href="([^"]*batch=[^"]*)">Call the booths</a>', page)
    opened = body(client.get(unescape(href)))
    assert opened.rpartition("<caption")[2].count(">Call the booths</a>") == 2 and "Another" not in opened
    assert lines(opened) == ["Unit N12 0 1 0 1", "Unit N11 0 0 1 1", "All 0 1 1 2"]
    assert words(opened).index("Unit N12") < words(opened).index("Unit N11")
    file = body(client.get(PAGE + "&format=csv"))
    assert file.count("Call the booths,") == 2
    alone = body(client.get("/programmes/tasks/?show=unit&unit=N11"))  # one of them is there: a plain row
    assert "of 2 done" not in alone and alone.count(">Call the booths</a>") == 1


def test_one_press_reminds_each_person_with_late_tasks_once_a_day(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    for title in ("One", "Two"):
        give(world, chief, "district_president", "N11", title)
    give(world, chief, "district_president", "N12", "Three")
    give(world, chief, "state_president", "N1", "My own")
    where = "/programmes/tasks/remind/?unit=N1&in=organisational"
    assert where in unescape(body(client.get(PAGE)))
    asked = words(body(client.get(where)))
    assert "2 people have late tasks." in asked
    assert client.post(where).status_code == 302

    def sent() -> list[str]:
        with system("test"):
            return list(Message.objects.values_list("template", flat=True))

    assert sent() == ["duty.task_late"] * 2
    text = words(body(client.get(PAGE)))
    assert "Remind 2" not in text and "You can remind them again tomorrow." in text
    again = client.post(where)
    assert again.status_code == 409 and "at most one message a day" in words(body(again))
    given_clock.time(NOW + timedelta(days=1))
    assert browser(chief).post(where).status_code == 302
    assert sent() == ["duty.task_late"] * 4


def test_a_late_task_that_was_handed_over_today_brings_no_reminder_before_tomorrow(
    world: World, chief: Account, districts: list[Account]
) -> None:
    task = give(world, chief, "district_president", "N12", due=NOW - timedelta(days=2))
    with system("test"):
        Task.objects.filter(pk=task.pk).update(state_at=NOW - timedelta(hours=1))
    for days, who in ((0, 0), (1, 1)):
        at = NOW + timedelta(days=days)
        with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope):
            late = found.late_to_remind(world.unit("N1"), 1, at=at, but=None)
        assert len(late) == who
        given_clock.time(at)
        text = words(body(browser(chief).get(PAGE)))
        assert ("were given after they were due" in text, "Remind 1" in text) == (not who, bool(who))
        with system("test"):
            assert acts.remind_of_tasks(at=at) == who


def test_only_leaders_of_a_unit_remind_there(world: World, chief: Account, districts: list[Account]) -> None:
    give(world, chief, "district_president", "N12")
    own = browser(districts[0])
    assert own.get("/programmes/tasks/remind/?unit=N12").status_code == 403
    with scoped(viewer_of(account_id=districts[0].pk, on=TODAY).scope), pytest.raises(NotYours):
        acts.remind_late(unit_id=world.unit("N12"), hierarchy=1, by=actor(districts[0]), at=NOW)
    with scoped(viewer_of(account_id=districts[0].pk, on=TODAY).scope), pytest.raises(NobodyToRemind):
        acts.remind_late(unit_id=world.unit("N11"), hierarchy=1, by=actor(districts[0]), at=NOW)


def test_more_people_than_one_press_reminds_are_refused(
    world: World, chief: Account, districts: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("N11", "N12"):
        give(world, chief, "district_president", code)
    monkeypatch.setattr(reminding, "MOST_REMINDED", 1)
    with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope), pytest.raises(TooManyToRemind):
        acts.remind_late(unit_id=world.unit("N1"), hierarchy=1, by=actor(chief), at=NOW)


def test_today_has_one_row_for_late_tasks_below_that_leads_to_them(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    for code in ("N12", "N12", "N11"):
        give(world, chief, "district_president", code)
    give(world, chief, "state_president", "N1", "My own")  # is a row of its own
    (row,) = [one for one in things(chief, NOW) if isinstance(one, Owed) and one.key == "tasks-late"]
    assert (row.title, row.meta) == ("3 tasks are late below you", "Unit N12 2, Unit N11 1")
    assert "Unit N12 2 0 0 2" in lines(body(client.get(row.href)))
    assert not [one for one in things(districts[0], NOW) if isinstance(one, Owed) and one.key == "tasks-late"]


def test_nobody_confirms_what_they_did_themselves(world: World, chief: Account, client: Client) -> None:
    own = give(world, chief, "state_president", "N1")
    change(own, Act.DO, chief, at=NOW)
    with pytest.raises(NotYours):
        change(own, Act.CONFIRM, chief, at=NOW)
    page = words(body(client.get(f"/programmes/tasks/{own.public_id}/")))
    assert "Done, said by Meena Raina" in page and "Confirm" not in page
    assert "Meet" not in lines(body(client.get("/programmes/tasks/")))
    with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope):
        assert not found.tasks_of(mine=chief.pk).filter(found.unfinished()).exists()


def test_who_gives_a_task_to_many_and_to_themselves_confirms_only_the_others(
    world: World, chief: Account, districts: list[Account]
) -> None:
    batch = ask_all(world, chief, "district_president", 2)
    with system("test"):
        Task.objects.filter(batch=batch, account_id=districts[1].pk).update(account_id=chief.pk)
        Task.objects.filter(batch=batch).update(state="done")
    with scoped(viewer_of(account_id=chief.pk, on=TODAY).scope):
        assert actions.change_together(batch=batch, act=Act.CONFIRM, by=actor(chief), at=NOW) == 1
    with system("test"):
        assert Task.objects.get(batch=batch, account_id=chief.pk).state == "done"


def test_tasks_of_many_units_are_counted_by_as_many_queries_as_those_of_few(
    world: World, chief: Account, districts: list[Account], client: Client
) -> None:
    def queries_of() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE).status_code == 200
        return len(seen)

    give(world, chief, "district_president", "N11")
    ask_all(world, chief, "district_president", 2, "First")
    queries_of()
    few = queries_of()
    for code in ("N12", "N12", "N11"):
        give(world, chief, "district_president", code)
    ask_all(world, chief, "district_president", 2, "Second")
    assert queries_of() == few
