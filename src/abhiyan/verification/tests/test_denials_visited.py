"""Somebody else visits a person who denied an aimed check of a flag on the phone: a denial alone proves nothing."""

from datetime import datetime, timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    aim_checks,
    answer_flag,
    judge_fresh_checks,
    take_check,
    tell_check,
)
from abhiyan.verification.models import Check, Flag
from abhiyan.verification.queries.flags import told_of
from abhiyan.verification.queries.frames import ESTIMATED
from abhiyan.verification.queries.opening import opened_many
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.rules.findings import CALLS
from abhiyan.verification.rules.indicators import IndicatorTally
from abhiyan.verification.rules.outcomes import Meaning
from abhiyan.verification.tests.test_checks import drawn
from abhiyan.verification.tests.test_flagging import PRESIDENT, SAID, begin, do, flagged, told
from abhiyan.verification.tests.test_looks import HASTY

pytestmark = pytest.mark.django_db(transaction=True)
CALLER, VISITOR = "verifier_of_jammu", "verifier"
DENIED, NEVER = Check.Outcome.NOT_GENUINE, Meaning.NEVER.value


def denied(cast: Cast, checks: list[Check], at: datetime) -> None:
    """A verifier has them all in hand, and everybody says that they never joined."""
    with system("test"):
        Check.objects.filter(pk__in=[one.pk for one in checks]).update(
            verifier_id=cast.accounts[CALLER].pk, taken_at=at
        )
    for one in checks:
        tell_check(check_id=one.id, outcome=DENIED, reason=NEVER, by=cast.actor(CALLER), at=at)


def of_aim(flag: Flag, arm: Check.Arm) -> list[Check]:
    with system("test"):
        flag.refresh_from_db()
        return list(Check.objects.filter(aim=flag.aim, arm=arm))


def test_a_denial_is_followed_by_a_visit_and_only_then_proves_something(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    frame = drawn(cast)
    begin(cast, at)
    told(frame, flag, at, bad=0)  # people of the place are known to be genuine, and say so
    calls = of_aim(flag, Check.Arm.TARGETED)
    with system("test"):
        Check.objects.filter(aim=flag.aim).update(outcome="", done_at=None)
    denied(cast, calls, at)
    visits = of_aim(flag, Check.Arm.AGAIN)
    assert {(one.stratum_id, one.place) for one in visits} == {(one.stratum_id, one.place) for one in calls}
    assert len(visits) == len(calls) == CALLS and Check.Arm.AGAIN not in ESTIMATED
    with system("test"):
        assert told_of(flag) == IndicatorTally(0, 0)
    assert judge_fresh_checks(at=at) == 0, "the visits are to come"

    later = at + timedelta(days=8)
    for role, when in ((VISITOR, at + timedelta(days=2)), (CALLER, later)):
        with pytest.raises(NothingForYou):  # too early; or it is who called
            take_check(by=cast.actor(role), at=when, is_visit=True)
    visit = take_check(by=cast.actor(VISITOR), at=later, is_visit=True)
    assert visit.arm == Check.Arm.AGAIN and visit.is_visit
    tell_check(check_id=visit.id, outcome=Check.Outcome.GENUINE, by=cast.actor(VISITOR), at=later)
    with system("test"):
        assert told_of(flag) == IndicatorTally(0, 1), "on the doorstep they say yes"
        left = Check.objects.filter(aim=flag.aim, arm=Check.Arm.AGAIN, outcome="")
        left.update(outcome=DENIED, reason=NEVER, done_at=later)
        assert told_of(flag) == IndicatorTally(CALLS - 1, CALLS)
        assert len({item.item_id for item in opened_many(one.id for one in visits).values()}) == CALLS
    assert judge_fresh_checks(at=later) == 1
    with system("test"):
        flag.refresh_from_db()
    assert (flag.bad, flag.told) == (CALLS - 1, CALLS)


def test_nobody_is_visited_for_a_denial_where_no_worker_is_asked(cast: Cast) -> None:
    at = NOW
    flagged(cast, at)
    frame = drawn(cast)
    aim = aim_checks(
        public_id=frame.public_id,
        unit_id=cast.world.units["JK-SRI"].pk,
        worker=cast.accounts[HASTY].public_id,
        checks=2,
        reason="The in-charge asked for it",
        by=cast.actor(PRESIDENT),
        at=at,
    )
    with system("test"):
        calls = list(Check.objects.filter(aim=aim))
    denied(cast, calls, at)
    with system("test"):
        assert not Check.objects.filter(arm=Check.Arm.AGAIN).exists()
