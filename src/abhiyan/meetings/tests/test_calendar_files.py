"""The file of a meeting for a calendar, read by a strict parser and against RFC 5545."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

import abhiyan
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import actions
from abhiyan.meetings.models import Meeting
from abhiyan.site.tests.cast import Cast

from .make import DAY, TODAY, again, call_as, reachable

pytestmark = pytest.mark.django_db
FIRST = TODAY + 5 * DAY


@pytest.fixture
def cast() -> Cast:
    return reachable()


def read(cast: Cast, one: Meeting) -> Any:
    """The event of a meeting's file. Each line, zone and field is what the standard allows."""
    file = cast.client("state_president").get(f"/meetings/{one.public_id}/file/ics/")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    lines = file.content.split(b"\r\n")
    assert lines[-1] == b"" and not any(b"\n" in line or b"\r" in line for line in lines)
    assert all(len(line) <= 75 for line in lines), "longer lines are folded (3.1)"
    calendar: Any = Calendar.from_ical(file.content)
    assert calendar["version"] == "2.0" and calendar["prodid"]
    assert not [each.errors for each in calendar.walk() if each.errors]
    zones = {str(each["tzid"]) for each in calendar.walk("VTIMEZONE")}
    (event,) = calendar.walk("VEVENT")
    for values in event.values():
        for value in values if isinstance(values, list) else [values]:
            zone = getattr(value, "params", {}).get("TZID")
            assert zone is None or zone in zones, "a zone without its rules is guessed (3.2.19)"
    assert [name for name in ("uid", "dtstamp", "dtstart") if name not in event] == []
    assert event["dtstamp"].dt.tzinfo is not None and event["dtstamp"].dt.utcoffset() == timedelta()
    assert type(event["dtstart"].dt) is type(event["dtend"].dt if "dtend" in event else event["dtstart"].dt)
    return event


@pytest.mark.parametrize("starts", [time(0), time(5, 29), time(5, 30), time(11), time(18, 45), time(23, 59)])
def test_a_meeting_begins_at_its_hour_and_blocks_none(cast: Cast, starts: time) -> None:
    event = read(cast, call_as(cast, starts=starts))
    begins = event["dtstart"].dt
    assert begins == datetime.combine(FIRST, starts, UTC) - timedelta(hours=5, minutes=30)
    assert begins.utcoffset() == timedelta() and b"TZID" not in event.to_ical()
    assert "dtend" not in event and "duration" not in event, "nobody said when it ends"


@pytest.mark.parametrize("more", [1, 2, 6])
def test_a_meeting_of_several_days_is_its_days_and_blocks_no_night(cast: Cast, more: int) -> None:
    event = read(cast, call_as(cast, last_on=FIRST + more * DAY, starts=time(10, 15)))
    assert event["dtstart"].dt == FIRST and event["dtend"].dt == FIRST + (more + 1) * DAY
    assert type(event["dtstart"].dt) is date and event["transp"] == "TRANSPARENT"
    assert event["description"].endswith("10:15")


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Review; of, districts\\ “new”: 50%"},
        {"title": "प्रदेश कार्यसमिति की बैठक, जिसका नाम एक पंक्ति से बहुत लंबा है और फिर भी पूरा रहता है"},
        {"title": "مجلس عاملہ", "place": "سری نگر"},
        {"title": "Meet 🎉 " + "x" * 60},
        {"place": "Hall 2, Jammu; gate\\3"},
        {"place": "", "link": "https://meet.example.org/a?b=c,d;e"},
    ],
)
def test_words_come_out_as_they_were_typed(cast: Cast, other: dict[str, Any]) -> None:
    one = call_as(cast, **other)
    event = read(cast, one)
    assert event["summary"] == one.title
    assert event["location"] == (one.place or one.link)


def test_a_meeting_that_moved_or_was_called_off_is_the_same_event(cast: Cast) -> None:
    one = call_as(cast)
    before = read(cast, one)
    with cast.as_("state_president"):
        actions.move_meeting(
            public_id=one.public_id,
            first_on=FIRST + DAY,
            last_on=FIRST + DAY,
            starts=time(12),
            why="Rain",
            by=cast.actor("state_president"),
            at=NOW,
        )
    moved = read(cast, again(one.public_id))
    assert moved["uid"] == before["uid"] and moved["sequence"] > before["sequence"]
    assert moved["dtstart"].dt.date() == FIRST + DAY and moved["status"] == "CONFIRMED"
    with system("test"):
        Meeting.objects.filter(pk=one.pk).update(cancelled_at=NOW)
    assert read(cast, again(one.public_id))["status"] == "CANCELLED"


def test_no_other_module_makes_calendar_files() -> None:
    package = Path(abhiyan.__file__).parent
    made = [
        str(path.relative_to(package))
        for path in sorted(package.rglob("*.py"))
        if "tests" not in path.parts
        and re.search(r"text/calendar|icalendar|VEVENT|\.ics\b", path.read_text())
    ]
    assert made == ["meetings/views/files.py"], "read the file of another one in a test as here"
