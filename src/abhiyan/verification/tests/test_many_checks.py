"""Many checks taken and told in one act, as a sample does: the same rules as one by one."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import ToldCheck, assigning, take_check, take_checks, tell_checks
from abhiyan.verification.models import Check
from abhiyan.verification.refusals import NothingForYou, NotTaken, NoVerifier, ToldAlready
from abhiyan.verification.rules.outcomes import NOT_REACHED

from .test_assigning import ME, OTHER, third, workers
from .test_checks import GENUINE, drawn, entered

pytestmark = pytest.mark.django_db
MANY = 200


def found(checks: list[Check], outcome: Check.Outcome, reason: str, at: datetime) -> list[ToldCheck]:
    return [ToldCheck(one.id, outcome, reason, at + timedelta(minutes=n)) for n, one in enumerate(checks)]


def test_many_at_once_are_those_one_would_get_one_by_one(cast: Cast) -> None:
    entered(cast, "district_elsewhere", 30)
    drawn(cast, 90)
    me = cast.actor(ME)
    checks = take_checks(n=MANY, by=me, at=NOW)
    assert len(checks) == len({one.id for one in checks}) > 3
    assert {one.stratum.unit.code for one in checks} == {"JK-JAM"}, "outside their line"
    of = Counter(one for one in workers(checks) if one is not None)
    assert of and max(of.values()) == assigning.MOST_OF_A_WORKER
    assert take_check(by=me, at=NOW).id in {one.id for one in checks}, "what is in hand comes first"
    with pytest.raises(NoVerifier):
        take_checks(n=1, by=cast.actor("district_in_charge"), at=NOW)


def test_so_many_are_asked_for_and_no_more_and_nobody_gets_anothers(cast: Cast) -> None:
    third(cast)
    drawn(cast, 60)
    first = take_checks(n=5, by=cast.actor(ME), at=NOW)
    rest = take_checks(n=MANY, by=cast.actor("third"), at=NOW)
    assert len(first) == 5 and rest and not {one.id for one in first} & {one.id for one in rest}
    assert take_checks(n=MANY, by=cast.actor("third"), at=NOW, is_visit=True) == []


def test_what_many_found_is_written_once_and_all_or_none(cast: Cast) -> None:
    drawn(cast, 60)
    me, checks = cast.actor(ME), take_checks(n=MANY, by=cast.actor(ME), at=NOW)
    told = found(checks, GENUINE, "", NOW)
    with pytest.raises(NotTaken):
        tell_checks(told_checks=told, by=cast.actor(OTHER), at=NOW)
    tell_checks(told_checks=told, by=me, at=NOW)
    with system("test"):
        kept = {one.id: one for one in Check.objects.filter(id__in=[one.id for one in checks])}
    assert [(kept[one.check_id].outcome, kept[one.check_id].done_at) for one in told] == [
        (GENUINE, one.at) for one in told
    ]
    with pytest.raises(ToldAlready):
        tell_checks(told_checks=told[-1:], by=me, at=NOW)
    with pytest.raises(NothingForYou):
        take_check(by=me, at=NOW)


def test_of_those_nobody_reached_some_are_visited(cast: Cast) -> None:
    drawn(cast, 80)
    checks = take_checks(n=MANY, by=cast.actor(ME), at=NOW)
    tell_checks(
        told_checks=found(checks, Check.Outcome.UNRESOLVED, NOT_REACHED, NOW), by=cast.actor(ME), at=NOW
    )
    with system("test"):
        visits = Check.objects.filter(arm=Check.Arm.VISIT).count()
    assert 0 < visits < len(checks)


def test_taking_and_telling_more_asks_the_database_no_more(cast: Cast) -> None:
    drawn(cast, 80)
    me, asked = cast.actor(ME), []
    for n in (1, 2, 12):  # the first has no checks of before to look at
        with CaptureQueriesContext(connection) as ran:
            checks = take_checks(n=n, by=me, at=NOW)
            tell_checks(told_checks=found(checks, Check.Outcome.REFUSED, "", NOW), by=me, at=NOW)
        assert len(checks) == n
        asked.append(len(ran))
    assert asked[1] == asked[2]
