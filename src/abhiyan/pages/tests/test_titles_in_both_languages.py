"""A title typed in one language may be given in both; each reader gets their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from abhiyan.core.scope import system
from abhiyan.core.titles import TitledModel
from abhiyan.enrolment.tests.web import today
from abhiyan.meetings.actions.words import blanks_of
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.tests.make import reachable
from abhiyan.messaging.models import Circular
from abhiyan.people.tests.make import body
from abhiyan.review.models import Round
from abhiyan.site.tests.cast import Cast
from abhiyan.work.models import Task

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TYPED, OTHER = "Snow and roads", "बर्फ़ और सड़कें"
ROUND = "/review/rounds/new/", "/review/rounds/", Round, {"what": "mandal", "office": "district_in_charge"}
TASK = (
    "/programmes/tasks/new/",
    "/programmes/tasks/?show=given",
    Task,
    {"due_time": "18:00", "effort_in": "hours"},
)
MEETING = (
    "/meetings/new/",
    "/meetings/",
    Meeting,
    {
        "kind": "meeting",
        "starts": "10:00",
        "place": "Jammu",
        "offices": "district_in_charge",
        "expected": "2",
    },
)
CIRCULAR = (
    "/messages/circulars/new/",
    "/messages/circulars/",
    Circular,
    {"text": "Meet them.", "office": "", "number": ""},
)
ROOMS = pytest.mark.parametrize(
    "room", [ROUND, TASK, MEETING, CIRCULAR], ids=["round", "task", "meeting", "circular"]
)
Room = tuple[str, str, type[TitledModel], dict[str, str]]


@pytest.fixture
def cast() -> Cast:
    return reachable()


def made(cast: Cast, room: Room, **titles: str) -> Any:
    new, _page, model, form = room
    days = {"begins_on": today(), "first_on": today() + 3 * DAY, "ends_on": today() + 9 * DAY}
    form = form | titles | {"unit": "JK"} | {name: day.isoformat() for name, day in days.items()}
    form |= {"due_on": (today() + 3 * DAY).isoformat(), "whom": str(cast.appointments["state_president"])}
    if room is MEETING:
        form["whom"] = ""
    answer = cast.client("state_president").post(f"{new}?unit=JK", form)
    assert answer.status_code == 302
    with system("test"):
        return model._default_manager.latest("pk")


def read(cast: Cast, address: str, language: str) -> str:
    client = cast.client("state_president")
    client.cookies["language"] = language
    return body(client, address)


@ROOMS
def test_each_reader_gets_the_title_in_their_language(cast: Cast, room: Room) -> None:
    asked = read(cast, f"{room[0]}?unit=JK", "en")
    assert 'name="other_title"' in asked and "(in Hindi)" in asked
    assert "(अंग्रेज़ी में)" in read(cast, f"{room[0]}?unit=JK", "hi")
    one = made(cast, room, title=TYPED, other_title=f"  {OTHER} ")
    assert (one.typed_title, one.titles) == (TYPED, {"en": TYPED, "hi": OTHER})
    english, hindi = read(cast, room[1], "en"), read(cast, room[1], "hi")
    assert TYPED in english and OTHER not in english
    assert OTHER in hindi and TYPED not in hindi


@ROOMS
def test_a_title_in_one_language_is_read_as_it_was_typed(cast: Cast, room: Room) -> None:
    assert made(cast, room, title=TYPED).titles == {}
    assert TYPED in read(cast, room[1], "hi")


def test_a_title_is_found_by_its_words_in_either_language(cast: Cast) -> None:
    made(cast, ROUND, title=TYPED, other_title=OTHER)
    for text in ("SNOW", "सड़कें"):
        assert TYPED in read(cast, f"/review/rounds/?q={text}", "en")
    assert TYPED not in read(cast, "/review/rounds/?q=water", "en")


def test_a_message_has_the_title_in_the_language_of_its_reader(cast: Cast) -> None:
    one = made(cast, MEETING, title=TYPED, other_title=OTHER)
    with system("test"), translation.override("en"):
        assert (blanks_of(one, "hi")["title"], blanks_of(one, "en")["title"]) == (OTHER, TYPED)


def test_a_title_that_is_too_long_is_refused_at_its_field(cast: Cast) -> None:
    form = {"unit": "JK", "title": TYPED, "other_title": "x" * 300, "due_on": "2099-12-01"}
    refused = cast.client("state_president").post("/programmes/tasks/new/?unit=JK", form)
    assert refused.status_code == 422 and "Ensure this value has at most 120 characters" in refused.text
