"""A host reads who comes and how to say no; a stay that is over asks nobody; a mark is made once, and after the yes."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.utils import translation

from abhiyan.contact.tests.at_doors import contact_programme
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import helplines
from abhiyan.helpdesk.models import Helpline
from abhiyan.messaging.models import Number
from abhiyan.org.tests.make import World, actor
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.stays import actions
from abhiyan.stays.actions import MarkGiven
from abhiyan.stays.models import Stay
from abhiyan.stays.refusals import NoHostNumber, StaysOver, StayStarted
from abhiyan.stays.rules.stays import StayStep, asked_until
from abhiyan.stays.views.field import done_for

from .make import DAY, HOST, JOBS, TODAY, accepted, assigned, programme, reachable, stay, texts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SENT = {"x-abhiyan-field": "1", "accept": "application/json"}


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def worker(world: World) -> Account:
    return reachable(world, "booth_worker", "N1111", 0, "Sunita Devi")


@pytest.fixture
def run(world: World) -> Programme:
    return programme(world.unit("N1"))


def links(made: Stay, at: datetime = NOW) -> tuple[str, str]:
    """The pages of the questions to the worker and to the host, where their short links lead."""
    with system("test"):
        assert actions.ask_next_stays(at=at) == 1
    (mine,), (hosts,) = texts("+919419000000", "duty.stay"), texts(HOST, "ask.host")
    mine_at, hosts_at = (
        browser().get(sms["link"].removeprefix("http://localhost:8000"))["Location"] for sms in (mine, hosts)
    )
    return mine_at, hosts_at


def words(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def send(worker: Account, made: Stay, step: str, **more: Any) -> Any:
    sent = {
        "key": uuid4(),
        "by": worker.public_id,
        "record": "stay",
        "page": f"/field/stay/{made.pk}/{step}/",
        "form": urlencode({"place": "", "clock": ""}),
        "age": 0,
    }
    return browser(worker).post("/field/send/", sent | more, headers=SENT)


def test_a_host_reads_who_comes_which_night_whom_to_call_who_gave_the_number_and_how_to_stop(
    world: World, worker: Account, run: Programme
) -> None:
    with system("test"):
        Helpline.objects.create(programme_id=run.pk, number="+911942000000")
        Number.objects.create(number="+918000000003", provider="generic", meaning="stop")
    helplines.forget_helplines()
    made = assigned(run, world.unit("N1112"), worker, by=actor(world.holder("mandal_president", "N111")))
    _mine, hosts = links(made)
    (asked,) = texts(HOST, "ask.host")
    assert asked["worker"] == "सुनीता देवी (बूथ कार्यकर्ता)" and "1942000000" in asked["help"]
    page = browser(language="en").get(hosts).text
    said = words(page)
    for part in (
        "Who comes Sunita Devi Booth worker, Unit N1111",
        "One night of 24–26 November",
        "Call the helpline:",
        "Who gave us your number Mandal president, Unit N111",
        "You can say no until the worker arrives.",
        "Give a missed call to",
    ):
        assert part in said, part
    buttons = re.findall(r'<button type="submit" class="([^"]+)" name="answer" value="(\w+)"', page)
    assert buttons == [("secondary tall wide", "yes"), ("secondary tall wide", "no")]
    between = page[page.index('value="yes"') : page.index('value="no"')]
    assert "<input" not in between and page.index('value="no"') < page.index('id="why"')
    hindi = words(browser(language="hi").get(hosts).text)
    assert "सुनीता देवी" in hindi and "Sunita" not in hindi
    with system("test"):
        programmes.close_programme(programme_id=run.pk, by=JOBS, at=NOW)
    assert "Has something changed? Call the helpline:" in words(browser(language="en").get(hosts).text)
    helplines.forget_helplines()


@pytest.mark.parametrize(
    ("opens", "days", "at", "asks"),
    [
        (TODAY - 2 * DAY, 4, NOW, True),
        (TODAY - 2 * DAY, 3, NOW, False),  # the last day: 24 hours fit no more
        (TODAY - DAY, 2, NOW, False),
        (TODAY, 1, NOW, True),  # who arrives on the only day leaves a day later
        (TODAY, 2, NOW, True),
        (TODAY - DAY, 1, NOW, False),
    ],
)
def test_nobody_is_asked_about_a_stay_that_fits_no_more_into_its_days(
    world: World, worker: Account, opens: date, days: int, at: datetime, asks: bool
) -> None:
    run = programme(world.unit("N1"), opens=opens - 20 * DAY, days=60)
    made = assigned(run, world.unit("N1112"), worker)
    mine, hosts = links(made)
    with system("test"):
        Programme.objects.filter(pk=run.pk).update(opens_on=opens, closes_on=opens + (days - 1) * DAY)
    me = browser(worker)
    for page in (mine, hosts):
        assert ('name="answer"' in browser(language="en").get(page).text) is asks, page
    own = me.get(f"/field/stay/{made.pk}/").text
    assert ('name="answer"' in own) is asks and ("are over. You need do nothing." in own) is not asks
    assert ("Say whether you go" in me.get("/today/").text) is asks
    assert (str(made.pk) in me.get("/field/keep.json").text) is asks
    browser().post(hosts, {"answer": "yes"})
    browser().post(mine, {"answer": "yes"})
    assert (stay(made.pk).state == "accepted") is asks


def test_a_programme_closed_by_hand_asks_nobody_and_a_new_stay_sends_nothing(
    world: World, worker: Account, run: Programme
) -> None:
    made = assigned(run, world.unit("N1112"), worker)
    with system("test"):
        programmes.close_programme(programme_id=run.pk, by=JOBS, at=NOW)
        assert actions.ask_next_stays(at=NOW) == 1
    assert not texts(HOST, "ask.host") and not texts("+919419000000", "duty.stay")
    with pytest.raises(StaysOver):
        actions.answer_stay(stay=made.pk, accepts=True, by=actor(worker), at=NOW)
    assert 'name="answer"' not in browser(worker).get(f"/field/stay/{made.pk}/").text


def test_the_last_moment_of_a_question_is_a_day_before_the_end_and_never_before_the_first_evening() -> None:
    zone = "Asia/Kolkata"
    for days in range(1, 8):
        last = TODAY + (days - 1) * DAY
        until = asked_until(TODAY, last, zone)
        assert until.date() == max(last, TODAY + DAY) and until.hour == 0


def test_an_arrival_before_the_yes_waits_on_the_phone_and_goes_after_it(
    world: World, worker: Account, run: Programme
) -> None:
    made = assigned(run, world.unit("N1112"), worker)
    page, me = f"/field/stay/{made.pk}/", browser(worker)
    assert me.get(f"{page}arrive/")["Location"] == page and "arrive/" not in me.get(page).text
    early = send(worker, made, "arrive", key=(key := uuid4()))
    assert early.status_code == 409 and early.json()["code"] == "accept_first"
    assert not stay(made.pk).marks
    actions.answer_stay(stay=made.pk, accepts=True, by=actor(worker), at=NOW)
    assert send(worker, made, "arrive", key=key).json()["kept"] is True
    assert list(stay(made.pk).marks) == ["arrive"]


def test_an_arrival_kept_while_nobody_answered_is_not_lost_when_the_days_are_over(
    world: World, worker: Account, run: Programme
) -> None:
    made = assigned(run, world.unit("N1112"), worker)
    late = MarkGiven(age=3 * DAY)
    actions.add_mark(stay=made.pk, step=StayStep.ARRIVE, mark_given=late, by=actor(worker), at=NOW + 3 * DAY)
    assert stay(made.pk).state == "there"


def test_a_mark_that_was_made_is_offered_no_more_and_sent_again_is_no_error(
    world: World, worker: Account, run: Programme
) -> None:
    made = accepted(run, world.unit("N1112"), worker)
    page, me = f"/field/stay/{made.pk}/", browser(worker)
    assert me.get(f"{page}arrive/").status_code == 200
    first = send(worker, made, "arrive", age=3600)
    assert "note" not in first.json()
    again = send(worker, made, "arrive", age=60)
    assert again.status_code == 200 and again.json()["kept"] is True
    assert "The first one stays." in again.json()["note"]
    assert datetime.fromisoformat(stay(made.pk).marks["arrive"]["at"]) == NOW - HOUR
    assert me.get(f"{page}arrive/")["Location"] == page
    assert me.post(f"{page}arrive/", {"place": "", "clock": ""}).status_code == 302
    assert f"{page}arrive/" not in me.get(page).text + me.get("/field/keep.json").text


def test_hours_are_whole_and_never_a_share_of_the_least(
    world: World, worker: Account, run: Programme
) -> None:
    made = accepted(run, world.unit("N1112"), worker)
    actions.add_mark(stay=made.pk, step=StayStep.ARRIVE, mark_given=MarkGiven(), by=actor(worker), at=NOW)
    later = NOW + 31 * HOUR + timedelta(minutes=16)
    with translation.override("en"):
        assert done_for(stay(made.pk), later) == "31 of at least 24 hours"
    with translation.override("hi"):
        assert done_for(stay(made.pk), later) == "31 घंटे हुए, कम से कम 24 चाहिए"


def test_a_hosts_no_to_the_worker_ends_the_stay_and_is_asked_about_no_other(
    world: World, worker: Account, run: Programme
) -> None:
    made = accepted(run, world.unit("N1112"), worker)
    me, page = browser(worker), f"/field/stay/{made.pk}/"
    assert "The host says no" in me.get(page).text
    assert me.post(f"{page}no/").status_code == 302
    assert stay(made.pk).state == "host_no"
    with system("test"):
        assert not people.phones_that_said_no([or_refuse(made.host_phone)]), (
            "a no to a stay is no end of all calls"
        )
        other = reachable(world, "booth_worker", "N1121", 5)
    later = assigned(run, world.unit("N1112"), other)
    with system("test"):
        actions.ask_next_stays(at=NOW)
    assert not texts(HOST, "ask.host")
    assert len(texts("+919419000005", "duty.stay")) == 1
    with pytest.raises(NoHostNumber):
        actions.show_host(stay=later.pk, by=actor(other), at=NOW)
    shown = browser(other).get(f"/field/stay/{later.pk}/").text
    assert "Ghulam" not in shown and "Ask your office for a host." in shown
    foreign = browser(other).post(f"{page}no/")
    assert foreign.status_code == 404


def test_a_host_who_wants_no_calls_is_as_silent_as_one_whose_phone_said_stop(
    world: World, worker: Account, run: Programme
) -> None:
    made = accepted(run, world.unit("N1112"), worker)
    actions.add_mark(stay=made.pk, step=StayStep.ARRIVE, mark_given=MarkGiven(), by=actor(worker), at=NOW)
    with pytest.raises(StayStarted):
        actions.note_host_no(stay=made.pk, stops=False, by=actor(worker), at=NOW)
    actions.note_host_no(stay=made.pk, stops=True, by=actor(worker), at=NOW)
    assert stay(made.pk).state == "there", "the worker is there, and leaves as they leave"
    assert made.host_phone in people.phones_that_said_no([or_refuse(made.host_phone)])
    with pytest.raises(NoHostNumber):
        actions.show_host(stay=made.pk, by=actor(worker), at=NOW)
    with system("test"):
        assert AuditEntry.objects.filter(act="people.suppress").count() == 1


def test_the_links_to_doors_differ_and_the_host_is_named_in_the_readers_script(
    world: World, worker: Account, run: Programme
) -> None:
    made = accepted(run, world.unit("N1112"), worker)
    with system("test"):
        Stay.objects.filter(pk=made.pk).update(host_name="Manzoor Sheikh")
    for n in range(2):
        one = contact_programme(world.unit("N1"))
        with system("test"):
            Programme.objects.filter(pk=one.pk).update(
                names={"en": f"Doors {n}", "hi": f"घर-घर {n}"}, closes_on=TODAY + (n + 1) * DAY
            )
    page = browser(worker, language="hi").get(f"/field/stay/{made.pk}/").text
    assert "मंज़ूर शेख़" in page and "Manzoor" not in page
    rows = [
        words(row)
        for row in re.findall(r"<li class=\"row between\">.*?</li>", page, re.DOTALL)
        if "घर-घर" in row
    ]
    assert len(rows) == len(set(rows)) == 2
