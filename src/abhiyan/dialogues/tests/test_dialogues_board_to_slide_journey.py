"""From the board to the slide: how the organisation is doing in the booths called, and which leaders did not call.

The number on the slide, on the board, in the file and in the review is that of a recount.
"""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from abhiyan.contact.tests.at_doors import no_poll
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions, grades, leaders
from abhiyan.dialogues.actions import CallReport
from abhiyan.dialogues.models import Dialogue
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions.items import erase_items_of_phone
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.review.tests.test_slides import slides

from .make import DAY, TODAY, calls, clock, morning, note, programme, reachable

pytestmark = pytest.mark.django_db
WORDS = {1: "Needs help", 2: "Works in part", 3: "Works well"}
BOOTHS = ("N1111", "N1112", "N1121")


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def presidents(world: World) -> list[Account]:
    return [
        reachable(world, "booth_president", code, 10 + n, f"Farooq {code}") for n, code in enumerate(BOOTHS)
    ]


@pytest.fixture
def leader(world: World, presidents: list[Account]) -> Account:
    assert presidents
    return reachable(world, "district_in_charge", "N11", 1, "Imtiyaz Mir")


@pytest.fixture
def head(world: World) -> Account:
    return reachable(world, "state_president", "N1", 5, "Rohini Koul")


@pytest.fixture
def run(world: World, leader: Account) -> Programme:
    """A day of October with two talks, a day of November with one, and a day on which nobody called."""
    no_poll(world.unit("N1"))
    made = programme(world.unit("N1"), opens=TODAY - 60 * DAY)
    for ago, marks in ((40, [3, 1]), (3, [2]), (1, [])):
        morning(days=-ago)
        for call, grade in zip(calls(leader, days=-ago), marks, strict=False):
            note(leader, call, CallReport("talked", True, grade), at=clock(12, days=-ago))
    return made


def recount(run: Programme) -> list[int]:
    """The last grade of each booth: how many have each, the best first."""
    with system("test"):
        talks = Dialogue.objects.filter(programme_id=run.pk, organisation__isnull=False).order_by("day")
        last = {talk.unit_id: talk.organisation for talk in talks}
    return [sum(grade == number for grade in last.values()) for number in (3, 2, 1)]


def graded(world: World, run: Programme) -> tuple[int, ...]:
    span = (world.lo("N1"), world.lo("N2"))
    return grades.grades(run, world.unit("N1"), span, on=TODAY)[0].by_grade


def deck(client: Client, run: Programme, where: str = "N1") -> list[tuple[str, str]]:
    """The slides that somebody makes of the calls in a unit: title and words."""
    form = {"language": "en", "programme": str(run.public_id), "measure": "1"}
    made = client.post(f"/review/slides/new/?unit={where}&programme={run.public_id}&measure=1", form)
    assert made.status_code == 302, made.content.decode()[:2000]
    return slides(bytes(client.get(f"{made['Location']}file/pptx/").content))


def rows_of(client: Client, page: str) -> list[dict[str, Any]]:
    text = client.get(f"{page}&format=csv").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_slide_says_how_strong_the_booths_called_are_as_board_review_and_recount_do(
    world: World, run: Programme, head: Account
) -> None:
    well, part, weak = recount(run)
    assert (well + part + weak, well, part, weak) == graded(world, run)
    assert part == 1 and well + part + weak in (2, 3)
    words = f"The organisation works well in {well} of {well + part + weak} booths called."
    client = browser(head)
    page = f"/dialogues/{run.public_id}/organisation/?unit=N1"
    board = client.get(page).text
    assert words in board and "September 2026" not in board
    assert "October 2026" in board and "November 2026" in board
    words_on = next(words_on for title, words_on in deck(client, run) if title == words)
    total = well + part + weak
    assert f"Last talk with each booth | {total} | {well} | {part} | {weak}" in words_on
    assert "October 2026 | 2 | 1 | 0 | 1" in words_on and "November 2026 | 1 | 0 | 1 | 0" in words_on
    rows = rows_of(client, page)
    assert sum(int(row["Works in part"]) for row in rows) == part
    assert words in client.get("/units/N1/more/").text
    review = client.get("/review/dossier/N1/").text
    assert "Organisation in the booths: Dialogues" in review
    october = client.get(f"{page}&month=2026-10-01").text
    assert "October 2026" in october
    assert client.get(f"{page}&month=nonsense").status_code == 200


def test_the_next_caller_reads_the_last_grade_with_its_day_and_office(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    with system("test"):
        last = {
            talk.unit_id: talk
            for talk in Dialogue.objects.filter(outcome="talked", day__lt=TODAY).order_by("day")
        }
    call = next(row for row in calls(leader) if row.unit_id in last)
    talk = last[call.unit_id]
    client, page = browser(leader), f"/dialogues/call/{call.pk}/"
    words = client.get(page).text
    assert "Organisation then" in words and WORDS[or_refuse(talk.organisation)] in words
    assert f"{talk.day.day} {talk.day:%b}, District in-charge" in words
    with system("test"):
        programmes.end_items(ids=[or_refuse(talk.item_id)], why=Item.Why.DENIED, at=NOW)
    assert "Organisation then" not in client.get(page).text


def test_a_denied_talk_and_an_erased_president_give_no_grade_anywhere(
    world: World, run: Programme, head: Account
) -> None:
    before = graded(world, run)[0]
    with system("test"):
        first, second = Dialogue.objects.filter(day=TODAY - 40 * DAY, outcome="talked").order_by("unit_id")
        programmes.end_items(ids=[or_refuse(first.item_id)], why=Item.Why.DENIED, at=NOW)
        phone = Item.objects.get(pk=or_refuse(second.item_id)).phone_id
    assert graded(world, run)[0] in (before, before - 1)
    with system("test"):
        erase_items_of_phone(erasure=ItemsErased((), or_refuse(phone), NOW))
    client = browser(head)
    assert "October 2026" not in client.get(f"/dialogues/{run.public_id}/organisation/?unit=N1").text
    assert not any("October 2026" in words_on for _title, words_on in deck(client, run))
    span = (world.lo("N1"), world.lo("N2"))
    assert all(month.first.month == 11 for month in grades.months_of_grades(run, span, on=TODAY))


def test_the_slide_names_the_leaders_who_did_not_call_as_the_list_and_its_file_do(
    world: World, run: Programme, leader: Account, head: Account
) -> None:
    client = browser(head)
    page = f"/dialogues/{run.public_id}/leaders/?unit=N1"
    words = "1 of 1 leader did not call on their last day"
    text = client.get(page).text
    assert words in text and "Imtiyaz Mir" in text and "Remind who did not call" in text
    words_on = next(words_on for title, words_on in deck(client, run) if title == words)
    with system("test"):
        days = Dialogue.objects.filter(leader_id=leader.pk, day__gte=TODAY - 30 * DAY, day__lt=TODAY)
        due = days.values("day").distinct().count()
        called = days.exclude(outcome="").values("day").distinct().count()
    assert (due, called) == (2, 1)
    assert f"Imtiyaz Mir | District in-charge, {world.units['N11'].names['en']} | 2 | 1" in words_on
    (row,) = rows_of(client, page)
    assert (row["Last day due"], row["Days due"], row["Days called"]) == ("Did not call", "2", "1")
    assert "Imtiyaz Mir" not in row.values(), "a file of names is asked for"


def test_a_leader_who_called_is_away_or_left_the_office_is_not_reproached(
    world: World, run: Programme, leader: Account, head: Account
) -> None:
    span = (world.lo("N1"), world.lo("N2"))
    (row,) = leaders.calling_leaders(run, span, on=TODAY)
    assert not row.has_called and row.last == TODAY - DAY
    with system("test"):
        actions.note_absence(first_on=TODAY - DAY, last_on=TODAY, by=actor(leader), at=clock(8, days=-1))
    (row,) = leaders.calling_leaders(run, span, on=TODAY)
    assert row.has_called and row.last == TODAY - 3 * DAY, "the day of absence is not due"
    assert "Every leader called on their last day" in [title for title, _said in deck(browser(head), run)]
    assert "Remind" not in browser(head).get(f"/dialogues/{run.public_id}/leaders/?unit=N1").text
    assert leaders.calling_leaders(run, (world.lo("N12"), world.lo("N2")), on=TODAY) == [], "another district"
    with system("test"):
        held = Appointment.objects.get(account_id=leader.pk)
        org.end_appointment(public_id=held.public_id, reason="Moved", by=actor(head), at=NOW - DAY)
    assert leaders.calling_leaders(run, span, on=TODAY + DAY) == []


def test_the_leaders_who_did_not_call_get_one_sms_a_day_from_who_leads_them_alone(
    world: World, run: Programme, leader: Account, head: Account
) -> None:
    def remind(who: Account = head, days: int = 0) -> int:
        return actions.remind_leaders(
            programme=run, unit_id=world.unit("N1"), by=actor(who), at=NOW + timedelta(days=days)
        )

    with pytest.raises(NotYours):
        remind(leader)
    page = f"/dialogues/{run.public_id}/leaders/remind/?unit=N1"
    client = browser(head)
    assert "1 leader did not call on their last day." in client.get(page).text
    assert client.post(page).status_code == 302
    with system("test"):
        (message,) = Message.objects.filter(template="duty.today")
    assert message.phone_id == leader.phone_id
    with pytest.raises(NobodyToRemind):
        remind()
    assert client.post(page).status_code == 409
    assert remind(days=1) == 1


def test_nobody_reads_the_organisation_or_the_leaders_of_a_unit_whose_people_they_do_not_see(
    world: World, run: Programme, leader: Account
) -> None:
    other = reachable(world, "district_in_charge", "N12", 2, "Sunita Devi")
    for page in ("organisation", "leaders", "leaders/remind"):
        address = f"/dialogues/{run.public_id}/{page}/"
        assert browser(leader).get(f"{address}?unit=N11").status_code == 200
        for who, where in ((leader, "N12"), (leader, "N1"), (other, "N11")):
            assert browser(who).get(f"{address}?unit={where}").status_code in (403, 404), (page, where)
    titles = " ".join(title for title, _said in deck(browser(other), run, "N12"))
    assert "works well" not in titles and "did not call" not in titles
