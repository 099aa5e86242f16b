"""The attendances of a meeting are frozen, drawn, asked about by somebody outside the line, and estimated."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import actions
from abhiyan.meetings.models import Invitee
from abhiyan.meetings.rules.attendance import ATTENDED
from abhiyan.org import actions as org
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import SYSTEM
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

from .make import TODAY, call_as, counting, reachable

# Committed: checks are taken one after the other, each in a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def test_who_came_to_a_meeting_is_checked_and_estimated() -> None:
    cast, at = reachable(), NOW + timedelta(hours=4)
    unit_id = cast.world.units["JK-SRI"].pk
    with system("test"):
        org.appoint_many(
            bearers=[
                org.OfficeBearer(f"+9199061{n:05d}", f"Agent {n}", "call_centre_agent", unit_id, TODAY)
                for n in range(90)
            ],
            by=SYSTEM,
            at=NOW,
        )
    one = call_as(
        cast,
        by="district_in_charge",
        unit="JK-SRI",
        offices=("call_centre_agent",),
        first_on=TODAY,
        last_on=TODAY,
        starts=time(15),
        programme_id=counting(cast),
    )
    with cast.as_("district_in_charge"):
        for each in Invitee.objects.filter(meeting=one):
            by = cast.actor("district_in_charge")
            actions.tick(public_id=one.public_id, invitee=each.public_id, came=True, by=by, at=at)
    with system("test"):
        assert one.programme_id is not None
        run = Programme.objects.get(pk=one.programme_id)
    plan = frames.FramePlan(
        checks=40,
        source="a round of the beacon",
        due_at=at + timedelta(seconds=1),
        ends_on=at.date() + timedelta(days=9),
    )
    frame = freeze_frame(programme=run, measure=ATTENDED, plan=plan, by=SYSTEM, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(seconds=2))
    me, client, n = cast.actor("verifier"), cast.client("verifier"), 0
    while True:
        try:
            check = take_check(by=me, at=at)
        except NothingForYou:
            break
        begin_try(check_id=check.id, by=me, at=at)
        if not n:
            page = client.get(reverse("verification:check", args=[check.id])).text
            assert "Agent" in page and "Which one?" in page and "State meeting" not in page, (
                "the answer comes last"
            )
        close_answers(
            check_id=check.id, said=SaidUnseen(words={"meeting": "A meeting"}, meaning="joined"), by=me, at=at
        )
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
        n += 1
    refresh_estimates(at=at)
    with system("test"):
        (found,) = Estimate.objects.filter(frame=frame, unit_id=unit_id, shade=Estimate.Shade.SIGNED)
    assert n >= 40 and found.genuine == n and found.rate == 1
