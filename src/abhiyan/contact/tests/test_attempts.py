"""A person nobody reached is tried again on another day, in another part of it; never by two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.contact import actions
from abhiyan.contact.models import Attempt
from abhiyan.contact.rules.retries import ENOUGH, LAST, PARTS, next_try, part_of
from abhiyan.core.actor import Actor

KOLKATA = ZoneInfo("Asia/Kolkata")
TEN = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # half past ten in Kolkata
NO_ANSWER = Attempt.Outcome.NO_ANSWER


def agent(number: int) -> Actor:
    return Actor(kind="person", id=uuid4(), account_id=number)


@given(
    st.lists(
        st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 1)), min_size=1, max_size=4
    )
)
def test_each_try_is_on_another_day_in_another_part_of_it(hours: list[datetime]) -> None:
    tried = [one.replace(tzinfo=KOLKATA) for one in hours]
    again = next_try(tried, KOLKATA)
    if len(tried) >= ENOUGH:
        assert again is None
        return
    assert again is not None and again.date() > max(one.date() for one in tried)
    assert again.time() in PARTS and again.time() < LAST
    if len({part_of(one.time()) for one in tried}) < len(PARTS):
        assert part_of(again.time()) not in {part_of(one.time()) for one in tried}


@pytest.mark.django_db(transaction=True)
def test_two_agents_never_try_the_same_and_a_lapsed_try_is_anybodys() -> None:
    about = uuid4()
    first = actions.begin_attempt(room="checks", about=about, by=agent(1), at=TEN)
    with pytest.raises(actions.TriedByAnother):
        actions.begin_attempt(room="checks", about=about, by=agent(2), at=TEN + timedelta(minutes=5))
    later = TEN + timedelta(hours=1)
    second = actions.begin_attempt(room="checks", about=about, by=agent(2), at=later)
    with pytest.raises(actions.TryOver):
        actions.end_attempt(attempt_id=first.id, outcome=NO_ANSWER, zone=KOLKATA, by=agent(1), at=later)
    ended = actions.end_attempt(attempt_id=second.id, outcome=NO_ANSWER, zone=KOLKATA, by=agent(2), at=later)
    assert ended.again_at == datetime(2026, 11, 22, 13, 0, tzinfo=KOLKATA)
    with pytest.raises(actions.NotNow):
        actions.begin_attempt(room="checks", about=about, by=agent(1), at=later + timedelta(hours=2))


@pytest.mark.django_db(transaction=True)
def test_whoever_calls_everybody_at_once_has_one_call() -> None:
    def begun(about: UUID) -> str:
        try:
            actions.begin_attempt(room="checks", about=about, by=agent(1), at=TEN)
        except actions.FinishFirst:
            return "refused"
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(6) as pool:
        told = sorted(pool.map(begun, [uuid4() for _ in range(6)]))
    assert told == ["begun", *["refused"] * 5]
    visits = [
        actions.begin_attempt(room="checks", about=uuid4(), is_visit=True, by=agent(1), at=TEN) for _ in "ab"
    ]
    assert len(visits) == 2, "a visit waits for nobody at a phone"


@pytest.mark.django_db(transaction=True)
def test_after_three_tries_nobody_is_rung_again() -> None:
    about, at = uuid4(), TEN
    for left in (2, 1, 0):
        begun = actions.begin_attempt(room="checks", about=about, by=agent(1), at=at)
        ended = actions.end_attempt(attempt_id=begun.id, outcome=NO_ANSWER, zone=KOLKATA, by=agent(1), at=at)
        assert (ended.again_at is not None) == (left > 0)
        at = ended.again_at or at
