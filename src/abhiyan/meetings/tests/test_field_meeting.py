"""Names ticked on a phone without a network: by the form and the act of the page, all of a record or none."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.pages.tests.test_field import send
from abhiyan.site.tests.cast import Cast

from .make import DAY, LEADERS, TODAY, call_as, invited, number_of, reachable

pytestmark = pytest.mark.django_db
CALLER = "state_president"


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def one(cast: Cast) -> Meeting:
    return call_as(cast, first_on=TODAY, last_on=TODAY, starts=time(15))


def page_of(one: Meeting) -> str:
    return f"/field/meeting/{one.public_id}/"


def ids(cast: Cast, one: Meeting, *roles: str) -> list[UUID]:
    known = invited(one)
    return [known[cast.accounts[role].pk].public_id for role in roles]


def record(cast: Cast, one: Meeting, those: Sequence[Any], by: str = CALLER) -> dict[str, Any]:
    form = urlencode([("invitee", each) for each in those])
    own = {"key": uuid4(), "by": cast.accounts[by].public_id, "record": "attendance", "age": 3600}
    return own | {"page": page_of(one), "form": form}


def ticked(one: Meeting) -> set[UUID]:
    with system("test"):
        return set(
            Invitee.objects.filter(meeting=one, came_at__isnull=False).values_list("public_id", flat=True)
        )


def test_ticks_arrive_once_also_from_two_phones(cast: Cast, one: Meeting) -> None:
    client, those = cast.client(CALLER), ids(cast, one, *LEADERS)
    sent = record(cast, one, those[:2])
    assert send(client, sent) == send(client, sent)
    send(client, record(cast, one, those[1:]))  # the second name again, from another phone
    assert ticked(one) == set(those)
    with system("test"):
        assert set(Invitee.objects.filter(meeting=one).values_list("ticks", flat=True)) <= {0, 1}


def test_one_name_that_is_refused_keeps_the_others_from_being_ticked_and_is_named(
    cast: Cast, one: Meeting
) -> None:
    client, those = cast.client(CALLER), ids(cast, one, *LEADERS)
    with system("test"):
        Invitee.objects.filter(public_id=those[1]).update(denied_at=NOW)
    told = send(client, record(cast, one, those), 422)
    assert cast.accounts[LEADERS[1]].name in told["message"] and told["field"] == "invitee"
    assert ticked(one) == set()
    assert send(client, record(cast, one, [uuid4()]), 422)["errors"]["invitee"].startswith(
        "This person is not"
    )
    assert send(client, record(cast, one, []), 422)["errors"] == {"invitee": "Tick at least one name."}


def test_the_copy_names_who_is_not_ticked_yet_and_holds_no_number(cast: Cast, one: Meeting) -> None:
    client, those = cast.client(CALLER), ids(cast, one, *LEADERS)
    assert page_of(one) in client.get("/field/keep.json").json()["pages"]
    send(client, record(cast, one, those[:1]))
    copy = client.get(page_of(one), headers={"X-Abhiyan-Kept": "1"})
    text = copy.content.decode()
    assert copy["X-Abhiyan-Names"] == "1"
    assert [str(each) in text for each in those] == [False, True, True]
    assert not any(number_of(cast, role)[3:] in text for role in LEADERS)
    later = call_as(cast, first_on=TODAY + 2 * DAY, last_on=TODAY + 2 * DAY)
    assert page_of(later) not in client.get("/field/keep.json").json()["pages"]


def test_the_page_without_script_ticks_the_same_for_who_manages_the_meeting(cast: Cast, one: Meeting) -> None:
    client, those = cast.client(CALLER), ids(cast, one, *LEADERS)
    assert client.post(page_of(one), {"invitee": those[:2]})["Location"] == page_of(one)
    assert ticked(one) == set(those[:2])
    assert client.post(page_of(one), {}).status_code == 422
    other = cast.client("mandal_president")  # invited, and manages nothing here
    assert other.get(page_of(one)).status_code == 403
    assert send(other, record(cast, one, those, by="mandal_president"), 403)
    assert cast.client("booth_worker").get(page_of(one)).status_code == 404
