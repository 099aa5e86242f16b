"""Stays are frozen, drawn, checked and estimated as members are: the host is asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem, item_key
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.stays.actions import IN_PLACE, STAYS
from abhiyan.stays.models import Stay
from abhiyan.stays.queries import KIND
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
from abhiyan.verification.models import Check, Estimate
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import SYSTEM

from .make import DAY, TODAY, programme

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=44, foreign=44)
    made._seat("verifier_of_srinagar", "verifier", "JK-SRI", 1)
    return made


def stayed(cast: Cast) -> Programme:
    """90 booths' worth of stays in the other district: workers of one booth, each with a host who said yes."""
    run = programme(cast.world.units["JK"].pk, opens=TODAY - 100 * DAY, days=200)
    booth = cast.world.units["JK-B004"].pk
    with system("test"):
        for n, phone_id in enumerate(sql.column("select id from people_phone order by id")):
            worker, day = cast._open(f"Worker {n}").pk, TODAY - (n % 90 + 1) * DAY
            ident = item_key(KIND, run.pk, worker, booth)
            new = NewItem(ident, run.pk, STAYS, IN_PLACE, booth, day, by_id=worker, phone_id=phone_id, at=NOW)
            programmes.report_items(new=[new], at=NOW)
            programmes.count_items(ids=[ident], at=NOW)
            programmes.confirm_items(ids=[ident], at=NOW)
            Stay.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                unit_id=booth,
                worker_id=worker,
                host_name=f"Host {n}",
                state="done",
                item_id=ident,
                made_at=NOW,
                ended_at=NOW,  # a place has one at a time
            )
    return run


def test_stays_are_frozen_drawn_checked_and_estimated(cast: Cast) -> None:
    run, at = stayed(cast), NOW
    plan = frames.FramePlan(
        checks=40, source="a round of the beacon", due_at=at + timedelta(seconds=1), ends_on=TODAY + 9 * DAY
    )
    frame = freeze_frame(programme=run, measure=STAYS, plan=plan, by=SYSTEM, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(seconds=2))
    me, client = cast.actor("verifier_of_srinagar"), cast.client("verifier_of_srinagar")
    heard = 0
    while True:
        try:
            check = take_check(by=me, at=at)
        except NothingForYou:
            break
        begin_try(check_id=check.id, by=me, at=at)
        if not heard:
            page = client.get(reverse("verification:check", args=[check.id])).text
            assert "Did a worker of the organisation stay with you lately? Who?" in page
            assert "Host " in page and "Worker " not in page
        close_answers(
            check_id=check.id, said=SaidUnseen(words={"who": "A worker"}, meaning="joined"), by=me, at=at
        )
        if not heard:
            assert "Worker " in client.get(reverse("verification:check", args=[check.id])).text
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
        heard += 1
    refresh_estimates(at=at)
    with system("test"):
        found = Estimate.objects.get(
            frame=frame, unit=cast.world.units["JK-JAM"], shade=Estimate.Shade.SIGNED
        )
    assert found.genuine >= 40 and found.rate == 1 and found.low is not None and found.low > 0.8
