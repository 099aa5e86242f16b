"""When a message may go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.messaging.rules import hours, texts

INDIA = "Asia/Kolkata"
instants = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)
)


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(INDIA))


def test_a_code_goes_at_night_while_it_is_fresh() -> None:
    asked = at(2, 10)
    assert hours.may_go(kind=texts.SERVICE, queued_at=asked, at=at(2, 19), zone=INDIA) == at(2, 19)


def test_what_was_held_over_ten_minutes_waits_for_the_morning() -> None:
    assert hours.may_go(kind=texts.SERVICE, queued_at=at(2, 10), at=at(2, 21), zone=INDIA) == at(10)


def test_after_a_week_a_service_message_is_given_up() -> None:
    late = at(9) + timedelta(days=7)
    assert hours.may_go(kind=texts.SERVICE, queued_at=at(9), at=late, zone=INDIA) is None


def test_nine_in_the_evening_is_closed_and_ten_in_the_morning_is_open() -> None:
    assert hours.next_opening(at(21), INDIA) == at(10, day=21)
    assert hours.next_opening(at(10), INDIA) == at(10)


@given(queued=instants, later=st.integers(0, 20 * 86400), kind=st.sampled_from([texts.DUTY, texts.OUTREACH]))
def test_nothing_but_service_ever_goes_outside_the_hours(queued: datetime, later: int, kind: int) -> None:
    when = hours.may_go(kind=kind, queued_at=queued, at=queued + timedelta(seconds=later), zone=INDIA)
    assert when is not None and hours.is_in_hours(when, INDIA)


@given(queued=instants, later=st.integers(601, 20 * 86400))
def test_late_service_messages_keep_the_hours_too(queued: datetime, later: int) -> None:
    when = hours.may_go(
        kind=texts.SERVICE, queued_at=queued, at=queued + timedelta(seconds=later), zone=INDIA
    )
    assert when is None or hours.is_in_hours(when, INDIA)
