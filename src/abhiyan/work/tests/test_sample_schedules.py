"""The demo's schedules: committees report each week by form, and every day of a year has its sample."""

from collections import Counter
from datetime import datetime

import pytest
from django.db.models import Q

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.forms import demo as forms
from abhiyan.forms.models import Submission
from abhiyan.org import demo as bodies
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.work import demo
from abhiyan.work.models import Due, Schedule
from abhiyan.work.rules.schedules import DueState

pytestmark = pytest.mark.django_db


def test_committees_have_eight_weeks_behind_them_with_reports_that_wait_and_came_back(world: World) -> None:
    president = actor(world.holder("state_president", "N1"))
    state = world.unit("N1")
    shown = {"state_president": (president, state)}
    ground = SampleGround(seed="one seed", at=AT, ids={"JK": state}, shown=shown, holders={}, programme_id=0)
    forms.sample(ground)
    with system("test"):
        bodies._sit(ground)
        demo._ask_committees(ground)
        one = Schedule.objects.get()
        periods = one.timing.begun(AT)
        dues = Counter(one.dues.values_list("body__names__en", "state"))
        of_newest = Counter(one.dues.filter(begins_on=periods[-1].begins_on).values_list("state"))
        filled = Counter(Submission.objects.values_list("state", flat=True))
    assert len(periods) == 8 and one.body_kind == "committee" and of_newest == {}
    assert dues == {
        ("Programme committee", DueState.ACCEPTED): 5,
        ("Programme committee", DueState.DONE): 1,
        ("Media committee", DueState.ACCEPTED): 5,
        ("Media committee", DueState.RETURNED): 1,
    }, "each is silent in one week"
    assert filled == {"accepted": 10, "reported": 1, "returned": 1}


@pytest.mark.parametrize(
    "at",
    [
        "2026-12-01T00:05",  # a month begins
        "2026-12-01T10:30",
        "2026-12-02T09:00",
        "2026-11-30T23:55",  # a month ends, and a week begins
        "2026-12-06T23:55",  # a week ends
        "2027-01-01T08:00",
        "2028-02-29T15:00",
    ],
)
def test_the_sample_can_be_made_on_any_day_and_says_nothing_before_its_time(world: World, at: str) -> None:
    now = datetime.fromisoformat(f"{at}+05:30")
    given.time(now)
    shown = {
        office: (actor(world.holder(office, code)), world.unit(code))
        for office, code in (
            ("state_president", "N1"),
            ("district_president", "N11"),
            ("mandal_president", "N111"),
        )
    }
    holders = {
        "district_president": {world.unit("N11"): shown["district_president"][0]},
        "mandal_president": {world.unit("N111"): shown["mandal_president"][0]},
    }
    for office, code in (("district_president", "N12"), ("mandal_president", "N112")):
        holders[office][world.unit(code)] = actor(world.holder(office, code))
    ground = SampleGround(
        seed="one seed", at=now, ids={"JK": world.unit("N1")}, shown=shown, holders=holders, programme_id=0
    )
    forms.sample(ground)
    with system("test"):
        bodies._sit(ground)
        demo._ask_for_meetings(ground, "district_president", "mandal", demo.TIFFIN, demo.MONTHS)
        demo._ask_for_meetings(
            ground, "state_president", "district", demo.TIFFIN_OF_DISTRICTS, demo.MONTHS_OF_STATE
        )
        demo._ask_for_visits(ground)
        demo._ask_committees(ground)
        demo._ask_for_workshops(ground)
        states = set(Due.objects.values_list("state", flat=True))
        assert {DueState.PLANNED, DueState.DONE, DueState.ACCEPTED} <= states
        assert not Due.objects.filter(Q(said_at__gt=now) | Q(decided_at__gt=now)).exists()
