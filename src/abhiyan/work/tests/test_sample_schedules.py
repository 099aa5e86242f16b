"""The demo's committees: a report each week, by form."""

from collections import Counter

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.forms import demo as forms
from abhiyan.forms.models import Submission
from abhiyan.org import demo as bodies
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.work import demo
from abhiyan.work.models import Schedule
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
