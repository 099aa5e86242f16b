"""The demo shows a meeting held with minutes and open tasks, one to come, and a visit."""

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import demo, queries
from abhiyan.meetings.models import Meeting
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import actions as programmes

from .make import reachable

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_meeting_held_one_to_come_and_a_visit() -> None:
    cast = reachable()
    units = {"IN": "IN", "JK": "JK", "JK-D627": "JK-SRI"}
    ids = {code: cast.world.units[here].pk for code, here in units.items()}
    presidents = {ids["JK"]: cast.actor("state_president")}
    with system("test"):
        cast.appoint(
            cast.accounts["district_in_charge"],
            "district_president",
            "JK-SRI",
            by=cast.actor("state_president"),
        )
    ground = SampleGround(
        seed="one seed",
        at=NOW,
        ids=ids,
        shown={
            "national_president": (cast.actor("national_president"), ids["IN"]),
            "state_president": (cast.actor("state_president"), ids["JK"]),
        },
        holders={
            "state_president": presidents,
            "district_president": {ids["JK-D627"]: cast.actor("district_in_charge")},
        },
        programme_id=cast.world.programme.pk,
    )
    demo.sample(ground)
    with system("test"):
        held, visit, to_come = Meeting.objects.order_by("first_on")
        assert (held.kind, visit.kind, to_come.kind) == ("meeting", "visit", "meeting")
        viewer = Viewer(account_id=cast.accounts["state_president"].pk, is_strong=True)
        (soon,) = queries.agenda_programmes(viewer, to_come, at=NOW)
    assert not soon.drawn and any(one.done for one in soon.prepared), "it is not begun, but prepared"
    came = queries.attendance(held, at=NOW).drawn
    assert (came.reported or 0) > (came.counted or 0) >= (came.confirmed or 0) > 0
    assert {one.state for one in queries.meeting_points(held)} >= {"", "asked"} and held.minutes is not None
    assert programmes.recount_facts(at=NOW).is_right
