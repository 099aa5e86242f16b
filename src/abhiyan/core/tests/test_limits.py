"""A limit counts at once, refuses with the time to wait, and keeps nobody's phone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import translation

from abhiyan.core import limits
from abhiyan.core.models import RateCount
from abhiyan.core.refusals import TooMany

AT = datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(subject: str = "somebody", *, at: datetime = AT, allowed: int = 3, n: int = 1) -> None:
    limits.take(limit="test", subject=subject, at=at, allowed=allowed, window_s=60, n=n)


def test_the_fourth_of_three_is_refused_until_the_window_ends() -> None:
    for _ in range(3):
        take()
    with pytest.raises(TooMany) as refused:
        take()
    assert refused.value.facts["wait_s"] == 30
    take("somebody else")
    take(at=AT + timedelta(seconds=30))


def test_a_day_ends_at_midnight_where_the_organisation_is() -> None:
    def today(at: datetime) -> None:
        limits.take(limit="day", subject="somebody", at=at, allowed=1, window_s=86_400)

    midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # in India
    today(midnight - timedelta(hours=23))
    with pytest.raises(TooMany) as refused:
        today(midnight - timedelta(seconds=40))
    assert refused.value.facts["wait_s"] == 40
    today(midnight)


@pytest.mark.parametrize(
    ("wait_s", "en", "hi"),
    [(1, "1 second.", "1 सेकंड"), (120, "120 seconds.", "120 सेकंड"), (2_724, "46 minutes.", "46 मिनट")],
)
def test_a_wait_is_said_in_seconds_and_beyond_two_minutes_in_minutes(wait_s: int, en: str, hi: str) -> None:
    refused = TooMany(wait_s=wait_s)
    with translation.override("en"):
        assert str(refused).endswith(f"Try again in {en}")
    with translation.override("hi"):
        assert hi in str(refused)


def test_a_request_that_rolls_back_still_counts() -> None:
    with transaction.atomic():
        take(allowed=1)
        transaction.set_rollback(True)
    with pytest.raises(TooMany):
        take(allowed=1)


def test_many_at_once_are_taken_as_a_whole_or_not_at_all() -> None:
    take(n=2)
    with pytest.raises(TooMany):
        take(n=2)
    take(n=1)
    with pytest.raises(TooMany):
        take("one who asks for more than there ever is", n=4)


def test_counters_are_kept_under_keyed_hashes_only() -> None:
    take("+919812345678")
    with connection.cursor() as cursor:
        cursor.execute("select core_rate_count::text from core_rate_count")
        rows = [row for (row,) in cursor.fetchall()]
    assert rows
    assert not any("9812345678" in row or b"9812345678".hex() in row for row in rows)


def test_racing_callers_never_get_more_than_allowed() -> None:
    def attempt(_: int) -> bool:
        try:
            take("raced", allowed=5)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as callers:
        assert sum(callers.map(attempt, range(40))) == 5


@pytest.mark.django_db(transaction=True)
def test_counters_of_windows_past_are_swept() -> None:
    take()
    take(at=AT + timedelta(minutes=5))
    assert limits.sweep(AT + timedelta(minutes=2)) == 1
    assert RateCount.objects.count() == 1


def test_what_a_check_counts_is_refused_beyond_the_limit_and_given_back_at_its_end() -> None:
    take()
    with limits.given_back():
        take(n=2)
        with pytest.raises(TooMany):
            take()
    take(n=2)
    with pytest.raises(TooMany):
        take()
