"""Talks are frozen, drawn, checked and estimated as members are: the booth president is asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.actions import BY_PHONE, TALKS
from abhiyan.dialogues.models import Dialogue
from abhiyan.dialogues.queries import KIND
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem, item_key
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
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


def talks(cast: Cast) -> Programme:
    """One booth of the other district, called on 90 days by 30 leaders; each president said yes."""
    run = programme(cast.world.units["JK"].pk, opens=TODAY - 100 * DAY)
    leaders = [cast._open(f"Leader {n}").pk for n in range(30)]
    president = cast.accounts["booth_worker"].pk
    booth = cast.world.units["JK-B004"].pk
    with system("test"):
        phones = sql.column("select id from people_phone order by id")
        for n, phone_id in enumerate(phones):
            day, leader = TODAY - (n + 1) * DAY, leaders[n % len(leaders)]
            item = item_key(KIND, run.pk, leader, booth, day)
            talk = NewItem(item, run.pk, TALKS, BY_PHONE, booth, day, by_id=leader, phone_id=phone_id, at=NOW)
            programmes.report_items(new=[talk], at=NOW)
            programmes.confirm_items(ids=[item], at=NOW)
            Dialogue.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                day=day,
                leader_id=leader,
                unit_id=booth,
                president_id=president,
                came=0,
                outcome="talked",
                item_id=item,
            )
    return run


def test_talks_are_frozen_drawn_checked_and_estimated(cast: Cast) -> None:
    run, at = talks(cast), NOW
    plan = frames.FramePlan(
        checks=40, source="a round of the beacon", due_at=at + timedelta(seconds=1), ends_on=TODAY + 9 * DAY
    )
    frame = freeze_frame(programme=run, measure=TALKS, plan=plan, by=SYSTEM, at=at)
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
            assert "Did a leader of the organisation call you lately? Who?" in page
            assert "booth_worker" in page and "Leader" not in page
        close_answers(
            check_id=check.id, said=SaidUnseen(words={"who": "The in-charge"}, meaning="joined"), by=me, at=at
        )
        if not heard:
            assert "Leader" in client.get(reverse("verification:check", args=[check.id])).text
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
        heard += 1
    refresh_estimates(at=at)
    with system("test"):
        found = Estimate.objects.get(
            frame=frame, unit=cast.world.units["JK-JAM"], shade=Estimate.Shade.SIGNED
        )
    assert found.genuine >= 40 and found.rate == 1 and found.low is not None and found.low > 0.8
