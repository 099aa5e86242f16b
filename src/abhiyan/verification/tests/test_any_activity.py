"""Whatever kind of campaign says what its items are is frozen, drawn, asked about and estimated as the drive is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Items, Question, Whom
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.test_activities import FIELD_APP, NIGHTS, VILLAGES, made
from abhiyan.verification.actions import (
    begin_try,
    close_answers,
    conclude_check,
    draw_frame,
    frames,
    freeze_frame,
    refresh_estimates,
    take_check,
)
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.checks import Said
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
ME = "verifier_of_srinagar"
# Every phone there is was a host for one night in a booth of Jammu.
HOSTS = f"""
select g.id as programme_id, md5(p.id::text)::uuid as item_id, u.id as unit_id, null::uuid as by,
    {FIELD_APP} as channel, date '2026-11-20' as day, timestamptz '{NOW}' as stored_at,
    true as is_signed, false as is_confirmed, p.id as phone_id
  from people_phone p join programmes_programme g on g.kind = 'nights' join units_unit u on u.code = 'JK-B004'"""
GONE = """
select null::bigint as programme_id, null::uuid as item_id, null::bigint as unit_id, ''::text as why where false"""


@pytest.fixture
def nights(cast: Cast) -> Iterator[Programme]:
    items = Items(
        NIGHTS,
        HOSTS,
        GONE,
        questions=(Question("who", "Who", "Did anybody stay with you lately? Who?"),),
        whom=lambda *_item: Whom("The Host", {"who": "Ravi"}),
    )
    activities.register(VILLAGES)
    try:
        one = made(cast)
        facts = activities.of("nights").facts
        activities.forget("nights")
        activities.register(replace(VILLAGES, facts=facts, items=(items,)))
        yield one
    finally:
        activities.forget("nights")


def test_nights_in_villages_are_checked_as_members_are(cast: Cast, nights: Programme) -> None:
    at = NOW
    plan = frames.Plan(
        checks=40,
        source="a round of the beacon",
        due_at=at + timedelta(seconds=1),
        ends_on=at.date() + timedelta(days=9),
    )
    frame = freeze_frame(programme=nights, measure=NIGHTS, plan=plan, by=SYSTEM, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(seconds=2))
    me, client = cast.actor(ME), cast.client(ME)
    heard = 0
    while True:
        try:
            check = take_check(by=me, at=at)
        except NothingForYou:
            break
        begin_try(check_id=check.id, by=me, at=at)
        if not heard:
            page = client.get(reverse("verification:check", args=[check.id])).text
            assert "The Host" in page and "Who?" in page and "Ravi" not in page
        said = Said(words={"who": "A boy from town"}, meaning="joined")
        close_answers(check_id=check.id, said=said, by=me, at=at)
        if not heard:
            assert "Ravi" in client.get(reverse("verification:check", args=[check.id])).text
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
        heard += 1
    refresh_estimates(at=at)
    with system("test"):
        found = Estimate.objects.get(
            frame=frame, unit=cast.world.units["JK-JAM"], shade=Estimate.Shade.SIGNED
        )
        assert Frame.objects.get(pk=frame.pk).programme.kind == "nights"
    assert found.genuine >= 40 and found.rate == 1 and found.low is not None and found.low > 0.8
    page = cast.client("state_president").get(reverse("verification:frame", args=[frame.public_id])).text
    assert "of 100 are real" in page
