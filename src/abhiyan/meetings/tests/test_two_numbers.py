"""Two leaders of one meeting give different numbers: the later finished stands, the other is kept and shown."""

import random
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.meetings import actions
from abhiyan.meetings.models import CountBeside, Meeting
from abhiyan.pages.tests.test_field import send
from abhiyan.site.tests.cast import Cast

from .make import TODAY, again, call_as, invited, reachable

pytestmark = pytest.mark.django_db
STATE, NATION = "state_president", "national_president"
LATER = NOW + timedelta(hours=4)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def one(cast: Cast) -> Meeting:
    return call_as(cast, first_on=TODAY, last_on=TODAY, starts=time(13))


def give(cast: Cast, one: Meeting, role: str, n: int, *, made_at: datetime, at: datetime) -> Meeting:
    with cast.as_(role):
        return actions.set_people(public_id=one.public_id, n=n, age=at - made_at, by=cast.actor(role), at=at)


def beside(one: Meeting) -> list[tuple[int, int | None, datetime | None]]:
    with system("test"):
        rows = CountBeside.objects.filter(meeting__public_id=one.public_id).order_by("made_at")
        return [(each.n, each.by, each.made_at) for each in rows]


@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_numbers_arrive_the_latest_stands_and_no_other_is_lost(
    cast: Cast, one: Meeting, seed: int
) -> None:
    lot = random.Random(seed)
    minutes = lot.sample(range(180), 5)
    given = [(lot.choice((STATE, NATION)), 100 + n, LATER - n * MINUTE) for n in minutes]
    for k, (role, n, made_at) in enumerate(given):
        at = LATER + k * MINUTE
        told = give(cast, one, role, n, made_at=made_at, at=at)
        assert told.is_beside == any(earlier > made_at for _role, _n, earlier in given[:k])
    given.sort(key=lambda each: each[2])
    words = [(n, cast.accounts[role].pk, made_at) for role, n, made_at in given]
    kept = again(one.public_id)
    assert (kept.total, kept.total_by, kept.total_at) == words[-1] and beside(one) == words[:-1]


def test_the_same_number_of_the_same_person_again_is_no_other_number(cast: Cast, one: Meeting) -> None:
    for k in range(2):
        give(cast, one, STATE, 240, made_at=LATER + k * MINUTE, at=LATER + k * MINUTE)
    assert beside(one) == []
    give(cast, one, NATION, 240, made_at=LATER + 2 * MINUTE, at=LATER + 2 * MINUTE)
    assert beside(one) == [(240, cast.accounts[STATE].pk, LATER + MINUTE)]


def test_a_number_of_before_somebody_wrote_down_when_is_replaced_and_kept(cast: Cast, one: Meeting) -> None:
    with system("test"):
        Meeting.objects.filter(pk=one.pk).update(total=90)
    give(cast, one, STATE, 240, made_at=LATER - MINUTE, at=LATER)
    assert again(one.public_id).total == 240 and beside(one) == [(90, None, None)]


def test_an_older_number_from_a_phone_is_kept_its_sender_reads_so_and_the_page_shows_both(
    cast: Cast, one: Meeting
) -> None:
    let_it_be(LATER)
    page = f"/meetings/{one.public_id}/"
    assert "Leaders gave different numbers" not in cast.client(STATE).get(page).text
    cast.client(STATE).post(page + "act/people/", {"n": "240", "walk_ins": "4"})
    let_it_be(LATER + 5 * MINUTE)
    client, form = cast.client(NATION), {"n": 120, "walk_ins": 20}

    def record(age: int, **given: Any) -> dict[str, Any]:
        own = {"key": uuid4(), "by": cast.accounts[NATION].public_id, "record": "attendance", "age": age}
        return own | {"page": f"/field/meeting/{one.public_id}/", "form": urlencode(given)}

    note = send(client, record(3600, **form))["note"]
    assert note == "A newer number of everybody who came stands. Yours is kept beside it."
    assert (again(one.public_id).total, again(one.public_id).walk_ins) == (240, 4)
    for shown in (page, page + "?show=door"):
        text = " ".join(cast.client(STATE).get(shown).text.split())
        numbers = text[text.index("Leaders gave different numbers") :]
        assert numbers.index(">240<") < numbers.index(">120<"), "the one that stands comes first"
        assert all(cast.accounts[role].name in numbers for role in (STATE, NATION))
        assert "Reported without an invitation: 20." in numbers
    assert "note" not in send(client, record(60, n=250))
    assert again(one.public_id).total == 250
    told = send(client, record(0, walk_ins=3), 422)
    assert told["field"] == "n", "people without an invitation are part of a number"


def test_names_and_a_number_of_one_record_are_taken_together_or_not_at_all(cast: Cast, one: Meeting) -> None:
    let_it_be(LATER)
    client, page = cast.client(STATE), f"/field/meeting/{one.public_id}/"
    who = invited(one)[cast.accounts["mandal_president"].pk]
    sent = {"invitee": [str(who.public_id)], "n": "3", "walk_ins": "5"}
    assert client.post(page, sent).status_code == 422
    assert again(one.public_id).total is None
    assert invited(one)[cast.accounts["mandal_president"].pk].came_at is None
    assert client.post(page, sent | {"walk_ins": "1"}).status_code == 302
    assert (again(one.public_id).total, again(one.public_id).walk_ins) == (3, 1)
    assert invited(one)[cast.accounts["mandal_president"].pk].came_at is not None
