"""A worker with odd entries is asked, answers, is checked; a second reviewer decides, and the rest vanishes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse

from abhiyan.core import clock
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.recount import MEASURE
from abhiyan.org.queries import NotYours
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    answer_flag,
    ask_worker,
    begin_checks,
    confirm_finding,
    drop_flag,
    expire_flags,
    look_at_workers,
    propose_finding,
)
from abhiyan.verification.models import Check, Flag, Frame, Rest, Stratum
from abhiyan.verification.refusals import (
    AskedBefore,
    FlagNotNow,
    FlagOver,
    MayStillAnswer,
    NotDrawn,
    NothingOdd,
    NotProven,
    SameReviewer,
    SaySomething,
)
from abhiyan.verification.rules import findings
from abhiyan.verification.tests.test_checks import SYSTEM, drawn
from abhiyan.verification.tests.test_looks import HASTY, HONEST, rows_of_ten_workers

pytestmark = pytest.mark.django_db(transaction=True)
PRESIDENT, SECOND = "state_president", "national_president"
SAID = "There was a fair at the temple; my nephew typed."


def flagged(cast: Cast, at: datetime) -> Flag:
    """The hasty worker is asked."""
    cast.world.send(*rows_of_ten_workers(cast))
    programme = cast.world.programme
    look_at_workers(programme=programme, measure=MEASURE, by=SYSTEM, at=at)
    return ask(cast, HASTY, at)


def ask(cast: Cast, role: str, at: datetime, by: str = PRESIDENT) -> Flag:
    worker = cast.accounts[role].public_id
    return ask_worker(
        programme=cast.world.programme, measure=MEASURE, worker=worker, by=cast.actor(by), at=at
    )


def do(cast: Cast, act: Any, flag: Flag, role: str, at: datetime, **more: Any) -> None:
    act(flag_id=flag.pk, by=cast.actor(role), at=at, **more)


def told(frame: Frame, flag: Flag, at: datetime, *, bad: int, reason: str = "other_answers") -> None:
    """Verifiers finish the fresh checks: so many are not genuine. And 40 known people of the district all told."""
    with system("test"):
        flag.refresh_from_db()
        for n, check in enumerate(Check.objects.filter(aim=flag.aim)):
            check.outcome = Check.Outcome.NOT_GENUINE if n < bad else Check.Outcome.GENUINE
            check.reason, check.done_at = reason if n < bad else "", at
            check.save()
        stratum = Stratum.objects.filter(frame=frame, unit_id=flag.unit_id)[0]
        Check.objects.filter(arm=Check.Arm.PLANTED).delete()
        Check.objects.bulk_create(
            Check(
                id=f"00000000-0000-4000-8000-{n:012}",
                frame=frame,
                stratum=stratum,
                order=n,
                arm=Check.Arm.PLANTED,
                is_known_genuine=True,
                outcome=Check.Outcome.GENUINE,
                done_at=at,
            )
            for n in range(1, 41)
        )


def test_a_worker_is_asked_answers_is_checked_and_found_by_somebody_else(cast: Cast) -> None:
    at = clock.now()
    flag = flagged(cast, at)
    with pytest.raises(AskedBefore):
        ask(cast, HASTY, at)
    with pytest.raises(NothingOdd):
        ask(cast, HONEST[4], at)
    with pytest.raises(MayStillAnswer):
        do(cast, begin_checks, flag, PRESIDENT, at)
    for role in (PRESIDENT, HONEST[0]):
        with pytest.raises(NotYours):
            do(cast, answer_flag, flag, role, at, text=SAID)
    with pytest.raises(SaySomething):
        do(cast, answer_flag, flag, HASTY, at, text="no")
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    with pytest.raises(FlagNotNow):
        do(cast, answer_flag, flag, HASTY, at, text="Again, differently")
    with pytest.raises(NotDrawn):
        do(cast, begin_checks, flag, PRESIDENT, at)
    frame = drawn(cast)
    later = at + timedelta(days=3)
    do(cast, begin_checks, flag, PRESIDENT, later)
    told(frame, flag, later, bad=3)
    with pytest.raises(NotProven):
        do(cast, propose_finding, flag, PRESIDENT, later)
    told(frame, flag, later, bad=12, reason="never_joined")
    with pytest.raises(NotProven):  # who only denies may deny to a stranger
        do(cast, propose_finding, flag, PRESIDENT, later)
    told(frame, flag, later, bad=12)
    do(cast, propose_finding, flag, PRESIDENT, later)
    with pytest.raises(SameReviewer):
        do(cast, confirm_finding, flag, PRESIDENT, later)
    do(cast, confirm_finding, flag, SECOND, later)
    assert expire_flags(at=at + timedelta(days=900)) == 0
    with system("test"):
        flag.refresh_from_db()
        acts = set(AuditEntry.objects.filter(subject=str(flag.pk)).values_list("act", flat=True))
    assert (flag.step, flag.said) == (Flag.Step.FOUND, SAID)
    assert len(acts) == 5
    for role in ("district_in_charge", "booth_president"):  # the line does not learn of it
        with cast.as_(role):
            assert not AuditEntry.objects.filter(subject=str(flag.pk)).exists(), role


def test_a_flag_that_was_explained_or_is_too_old_is_deleted_and_the_worker_left_alone(cast: Cast) -> None:
    at = clock.now()
    flag = flagged(cast, at)
    with pytest.raises(NotYours):
        do(cast, drop_flag, flag, HASTY, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    do(cast, drop_flag, flag, PRESIDENT, at)
    with system("test"):
        assert not Flag.objects.exists()
    with pytest.raises(AskedBefore):
        ask(cast, HASTY, at + timedelta(days=30))
    again = ask(cast, HASTY, at + findings.EXPIRES)
    late = at + 2 * findings.EXPIRES
    with pytest.raises(FlagOver):
        do(cast, answer_flag, again, HASTY, late, text=SAID)
    assert expire_flags(at=late - timedelta(days=1)) == 0
    assert expire_flags(at=late) == 1
    with system("test"):
        assert not Flag.objects.exists() and Rest.objects.count() == 1


def test_only_who_decides_and_the_worker_see_a_flag(cast: Cast) -> None:
    at = clock.now()
    flag = flagged(cast, at)
    name, reason = cast.accounts[HASTY].name, "came less than a minute after the one before"
    programme = cast.world.programme.public_id
    list_ = reverse("verification:workers", args=[programme])
    page, mine = (reverse(f"verification:flag{end}", args=[flag.pk]) for end in ("", "_mine"))
    president = cast.client(PRESIDENT)
    assert name in president.get(list_).text
    assert reason in president.get(page).text and "No answer yet" in president.get(page).text
    worker = cast.client(HASTY)
    assert mine in worker.get("/").text
    assert reason in worker.get(mine).text
    assert worker.get(page).status_code == 403
    for role in ("district_in_charge", "booth_president", "data_officer", "verifier"):
        client = cast.client(role)
        told_ = [client.get(path) for path in (list_, page, mine)]
        assert [one.status_code for one in told_] == [403, 403, 404], role
        assert mine not in client.get("/").text
        with cast.as_(role):
            assert not Flag.objects.exists(), role
    assert worker.post(mine, {"text": "no"}).status_code == 422
    assert worker.post(mine, {"text": SAID}).status_code == 302
    assert SAID in worker.get(mine).text and mine not in worker.get("/").text
    assert list_ in president.get("/").text and SAID in president.get(page).text
    with system("test"):
        assert Flag.objects.filter(said=SAID, answered_at__gte=F("asked_at")).count() == 1
