"""A body of a kind of the organisation's own is asked for reports as a committee is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Schedule

from .test_schedules_pages import DAY, TODAY, due_page, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def weekly(cast: Cast, title: str) -> Schedule:
    asking = Asking(
        title=title,
        wanted="report",
        rhythm="weekly",
        first_on=TODAY - 7 * DAY,
        last_on=TODAY + 60 * DAY,
        body_kind="own_media",
    )
    with cast.as_("state_president"):
        return ask_units(
            asking=asking,
            unit_id=cast.world.units["JK"].pk,
            expected=1,
            by=cast.actor("state_president"),
            at=NOW - DAY,
        )


def test_all_bodies_of_an_own_kind_are_asked_by_its_name_and_their_members_answer(cast: Cast) -> None:
    body = cast.seats_in_own_body({"no_office": "body_member"})
    state, member = cast.client("state_president"), cast.client("no_office")
    assert 'value="body:own_media"' in page(state, reverse("work:asked_new") + "?unit=JK")
    schedule = weekly(cast, "Tiffin")
    assert "Media cell" in page(state, reverse("work:schedule", args=[schedule.public_id]))
    assert "Tiffin" in page(member, "/today/")
    sent = due_page(schedule, "JK-SRI", "report", body=str(body.pk))
    assert member.post(sent, {"text": "Two articles"}).status_code == 302
    assert cast.client("booth_worker").post(sent, {"text": "Mine"}).status_code in (403, 404)


def test_a_list_of_what_is_asked_reads_the_names_of_own_kinds_once(cast: Cast) -> None:
    cast.seats_in_own_body({})
    for number in range(3):
        weekly(cast, f"Tiffin {number}")
    client = cast.client("state_president")
    with CaptureQueriesContext(connection) as queries:
        text = page(client, reverse("work:asked") + "?unit=JK")
    assert text.count("Media cell") >= 3
    assert sum("org_body_kind" in (query["sql"] or "") for query in queries) == 1
