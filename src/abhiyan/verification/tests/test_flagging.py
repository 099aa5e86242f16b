"""A worker with odd entries is asked, answers, is checked; a second reviewer decides, and the rest vanishes."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.urls import reverse

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules.texts import TEXTS
from abhiyan.org.actions import decide_release, lapse_releases
from abhiyan.org.actions.releases import withdraw_releases
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.queries.deciding import MayNotDecide
from abhiyan.people.actions.accounts import keep_sealed_phone
from abhiyan.people.models import Account
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    answer_flag,
    ask_look,
    ask_worker,
    begin_fresh_checks,
    drop_flag,
    expire_flags,
    judge_fresh_checks,
    look_at_workers,
    propose_finding,
)
from abhiyan.verification.models import Check, Flag, Frame, FreshChecks, Look, Rest, Stratum
from abhiyan.verification.refusals import (
    FlagNotNow,
    FlagOver,
    FreshUnderWay,
    NobodyReady,
    NothingOdd,
    NotProven,
    PartOfWhole,
    SameReviewer,
    SaySomething,
    WorkerAskedBefore,
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
    look_at_workers(programme=programme, measure=ENROLMENTS, by=SYSTEM, at=at)
    return ask(cast, HASTY, at)


def ask(cast: Cast, role: str, at: datetime, by: str = PRESIDENT) -> Flag:
    worker = cast.accounts[role].public_id
    return ask_worker(
        programme=cast.world.programme, measure=ENROLMENTS, worker=worker, by=cast.actor(by), at=at
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
        Check.objects.filter(arm=Check.Arm.PLANTED).delete()
        plant(frame, flag.unit_id, 40, outcome=Check.Outcome.GENUINE, at=at)


def plant(frame: Frame, unit_id: int, n: int, *, outcome: str = "", at: datetime | None = None) -> None:
    """So many people of a district with a known answer are asked; in a system scope."""
    stratum = Stratum.objects.filter(frame=frame, unit_id=unit_id)[0]
    Check.objects.bulk_create(
        Check(
            id=f"00000000-0000-4000-8000-{number:012}",
            frame=frame,
            stratum=stratum,
            order=number,
            arm=Check.Arm.PLANTED,
            is_known_genuine=True,
            outcome=outcome,
            done_at=at,
        )
        for number in range(1, n + 1)
    )


def begin(cast: Cast, at: datetime, by: str = PRESIDENT) -> FreshChecks:
    """Fresh checks begin; enough people with a known answer are asked where the flags are."""
    programme = cast.world.programme
    with system("test"):
        frame = Frame.objects.get(programme=programme, state=Frame.State.DRAWN)
        if not Check.objects.filter(arm=Check.Arm.PLANTED).exists():
            plant(frame, Flag.objects.filter(programme=programme)[0].unit_id, 40)
    return begin_fresh_checks(programme=programme, measure=ENROLMENTS, by=cast.actor(by), at=at)


def checked(
    cast: Cast, at: datetime, *, bad: int, reason: str = "other_answers", ask_by: str = PRESIDENT
) -> Flag:
    """The hasty worker has answered, fresh checks are finished, and their round is judged."""
    cast.world.send(*rows_of_ten_workers(cast))
    look_at_workers(programme=cast.world.programme, measure=ENROLMENTS, by=SYSTEM, at=at)
    flag = ask(cast, HASTY, at, by=ask_by)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    frame = drawn(cast)
    begin(cast, at)
    told(frame, flag, at, bad=bad, reason=reason)
    assert judge_fresh_checks(at=at) == 1
    return flag


def propose(cast: Cast, flag: Flag, at: datetime, by: str = PRESIDENT) -> Release:
    return propose_finding(flag_id=flag.pk, reason="See the checks", by=cast.actor(by), at=at)


def decide(cast: Cast, asked: Release, at: datetime, *, by: str = SECOND, allow: bool = True) -> None:
    decide_release(public_id=asked.public_id, allow=allow, by=cast.actor(by), at=at)


def test_a_worker_is_asked_answers_is_checked_and_found_by_somebody_else(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    with pytest.raises(WorkerAskedBefore):
        ask(cast, HASTY, at)
    with pytest.raises(NothingOdd):
        ask(cast, HONEST[4], at)
    frame = drawn(cast)
    with pytest.raises(NobodyReady):  # the worker still has time to answer
        begin(cast, at)
    for role in (PRESIDENT, HONEST[0]):
        with pytest.raises(NotYours):
            do(cast, answer_flag, flag, role, at, text=SAID)
    with pytest.raises(SaySomething):
        do(cast, answer_flag, flag, HASTY, at, text="no")
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    with pytest.raises(FlagNotNow):
        do(cast, answer_flag, flag, HASTY, at, text="Again, differently")
    later = at + timedelta(days=3)
    begin(cast, later)
    with pytest.raises(FreshUnderWay):
        begin(cast, later)
    assert judge_fresh_checks(at=later) == 0, "checks are open"
    told(frame, flag, later, bad=12)
    with pytest.raises(NotProven):  # nobody stops at the result they like
        propose(cast, flag, later)
    assert judge_fresh_checks(at=later) == 1 and judge_fresh_checks(at=later) == 0
    with system("test"):
        flag.refresh_from_db()
    assert (flag.bad, flag.told) == (12, findings.CALLS)
    asked = propose(cast, flag, later)
    with pytest.raises(FlagNotNow):
        propose(cast, flag, later)
    with pytest.raises(MayNotDecide):
        decide(cast, asked, later, by=PRESIDENT)
    page = cast.client(SECOND).get(reverse("org:decide_release", args=[asked.public_id]) + "?allow=yes").text
    for words in ("came less than a minute", SAID, "12 were not genuine"):
        assert words in page, words
    assert cast.accounts[HASTY].name not in page, "whoever decides sees no name"
    decide(cast, asked, later)
    assert expire_flags(at=at + timedelta(days=900)) == 0
    with system("test"):
        flag.refresh_from_db()
        acts = set(AuditEntry.objects.filter(subject=str(flag.pk)).values_list("act", flat=True))
    assert (flag.step, flag.said) == (Flag.Step.FOUND, SAID)
    assert len(acts) == 5
    for role in ("district_in_charge", "booth_president"):  # the line does not learn of it
        with cast.as_(role):
            assert not AuditEntry.objects.filter(subject=str(flag.pk)).exists(), role
    mine = cast.client(HASTY).get(reverse("verification:flag_mine", args=[flag.pk])).text
    assert "It is a finding" in mine and "12 were not genuine" in mine and SAID in mine


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(3, "other_answers"), (12, "never_joined")],  # as many as honest errors; people who only deny
)
def test_what_fresh_checks_do_not_prove_vanishes_and_the_worker_hears_that_it_is_closed(
    cast: Cast, bad: int, reason: str
) -> None:
    at = NOW
    flag = checked(cast, at, bad=bad, reason=reason)
    with system("test"):
        assert not Flag.objects.exists() and Rest.objects.count() == 1
    today = cast.client(HASTY).get("/today/").text
    assert "The question about your entries is closed" in today
    assert cast.client(HASTY).get(reverse("verification:flag_mine", args=[flag.pk])).status_code == 404


def test_where_too_few_people_have_a_known_answer_the_worker_waits_and_the_district_is_named(
    cast: Cast,
) -> None:
    """Nothing could be proven there: the flag is not used up, and its planner reads what is missing."""
    at = NOW
    flag = flagged(cast, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    frame = drawn(cast)
    with system("test"):
        plant(frame, flag.unit_id, findings.KNOWN - 1)
    with pytest.raises(NobodyReady):
        begin(cast, at)
    with system("test"):
        flag.refresh_from_db()
    assert flag.step == Flag.Step.ANSWERED and not FreshChecks.objects.exists()
    programme = cast.world.programme.public_id
    for page in ("workers", "fresh_new"):
        text = cast.client(PRESIDENT).get(reverse(f"verification:{page}", args=[programme])).text
        assert f"Srinagar has {findings.KNOWN - 1}." in text, page


def test_a_worker_who_does_not_answer_comes_to_whoever_plans_once_their_time_is_over(cast: Cast) -> None:
    at = NOW
    flagged(cast, at)
    assert "gave no answer in time" not in cast.client(PRESIDENT).get("/today/").text
    with system("test"):
        Flag.objects.update(asked_at=at - findings.ANSWERS - timedelta(hours=1))
    assert "1 worker gave no answer in time" in cast.client(PRESIDENT).get("/today/").text
    assert "gave no answer" not in cast.client("district_in_charge").get("/today/").text


def test_a_proposal_whose_asker_lost_their_office_is_no_refusal_and_a_dropped_one_waits_for_nobody(
    cast: Cast,
) -> None:
    at = NOW
    flag = checked(cast, at, bad=12)
    asked = propose(cast, flag, at)
    with system("test"):
        assert withdraw_releases(account_id=asked.asked_by, by=cast.actor(SECOND), at=at) == 1
        flag.refresh_from_db()
    assert flag.step == Flag.Step.CHECKING, "nobody decided anything"
    again = propose(cast, flag, at)
    do(cast, drop_flag, flag, SECOND, at)
    with system("test"):
        assert not Flag.objects.exists()
        assert Release.objects.get(pk=again.pk).state == Release.State.WITHDRAWN


def test_the_request_to_confirm_a_finding_is_read_only_by_who_may_decide(cast: Cast) -> None:
    at = NOW
    asked = propose(cast, checked(cast, at, bad=12), at)
    address = reverse("org:decide_release", args=[asked.public_id]) + "?allow=yes"
    list_ = reverse("org:releases")
    for role in cast.accounts:
        client, may = cast.client(role), role in (PRESIDENT, SECOND)
        assert ("See the checks" in client.get(list_).text) is may or "Confirm a finding" not in client.get(
            list_
        ).text
        page = client.get(address)
        assert (SAID in page.text) is (role == SECOND), role
        rows = client.get(list_ + "?format=csv")
        assert "See the checks" not in (rows.getvalue().decode() if rows.status_code == 200 else ""), role
    decide(cast, asked, at)
    assert SAID not in cast.client(SECOND).get(address).text, "what is decided is not read again"


def test_a_part_of_a_drive_is_looked_at_with_the_whole(cast: Cast) -> None:
    at = NOW
    cast.world.send(*rows_of_ten_workers(cast))
    part = cast.world.programme
    part.parent_id = part.pk
    for act in (look_at_workers, ask_look):
        with pytest.raises(PartOfWhole):
            act(programme=part, measure=ENROLMENTS, by=cast.actor(PRESIDENT), at=at)
    with pytest.raises(PartOfWhole):
        ask(cast, HASTY, at)


def test_a_second_reviewer_who_refuses_ends_it_and_one_who_lets_it_lie_does_not(cast: Cast) -> None:
    at = NOW
    flag = checked(cast, at, bad=12)
    asked = propose(cast, flag, at)
    late = at + timedelta(days=4)
    with system("test"):
        assert lapse_releases(at=late) == 1
        flag.refresh_from_db()
    assert flag.step == Flag.Step.CHECKING
    again = propose(cast, flag, late)
    assert again.pk != asked.pk
    decide(cast, again, late, allow=False)
    with system("test"):
        assert not Flag.objects.exists()


def test_whoever_asked_the_worker_does_not_decide_either(cast: Cast) -> None:
    at = NOW
    flag = checked(cast, at, bad=12, ask_by=SECOND)
    with pytest.raises(SameReviewer):
        decide(cast, propose(cast, flag, at), at, by=SECOND)
    with system("test"):
        flag.refresh_from_db()
    assert flag.step == Flag.Step.PROPOSED


def test_districts_short_of_test_calls_are_named_fewest_first_with_a_link_to_add_people(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    page = reverse("verification:workers", args=[cast.world.programme.public_id])
    with system("test"):
        flag.refresh_from_db()
    assert "No round is open now." in cast.client(PRESIDENT).get(page).text
    frame = drawn(cast)
    with system("test"):
        plant(frame, flag.unit_id, 2)
        other = Flag.objects.get(pk=flag.pk)
        other.pk, other.worker, other.unit = uuid4(), uuid4(), cast.world.units["JK-JAM"]
        other.save(force_insert=True)
    shown = cast.client(PRESIDENT).get(page).text
    assert "2 districts need 30 test calls each before fresh checks. Jammu has 0." in shown
    assert shown.index(">Jammu<") < shown.index(">Srinagar<")
    assert re.search(r">Srinagar<.*?>2<.*?>28<", shown, re.DOTALL)
    assert reverse("verification:planted", args=[frame.public_id]) in shown


def test_while_checks_are_under_way_nobody_sees_how_they_go(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    frame = drawn(cast)
    begin(cast, at)
    with system("test"):
        flag.refresh_from_db()
        Check.objects.filter(aim=flag.aim).update(outcome=Check.Outcome.GENUINE, done_at=at)
        assert judge_fresh_checks(at=at) == 0, "people with a known answer are still asked there"
    told(frame, flag, at, bad=12)
    president = cast.client(PRESIDENT)
    page = president.get(reverse("verification:flag", args=[flag.pk])).text
    assert "not genuine" not in page and "judged together" in page
    programme, aims = cast.world.programme.public_id, reverse("verification:aims", args=[frame.public_id])
    assert "0 checks are open" in president.get(reverse("verification:workers", args=[programme])).text
    assert "Fresh checks after a flag" not in president.get(aims).text
    assert b"Fresh checks after a flag" not in president.get(aims + "?format=csv").getvalue()


def test_what_speaks_for_a_worker_is_shown_to_both_sides(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    with system("test"):
        assert (flag.entries, flag.parcels) == (30, 1), "the world sends them all at once"
    said = "All 30 entries were sent together."
    assert said in cast.client(PRESIDENT).get(reverse("verification:flag", args=[flag.pk])).text
    assert said in cast.client(HASTY).get(reverse("verification:flag_mine", args=[flag.pk])).text


def test_the_worker_gets_a_message_that_gives_nothing_away(cast: Cast) -> None:
    at = NOW
    with system("test"):
        Message.objects.all().delete()
        phone_id = keep_sealed_phone(phone="+919876543210")
        Account.objects.filter(pk=cast.accounts[HASTY].pk).update(phone_id=phone_id)
    flag = checked(cast, at, bad=12)
    decide(cast, propose(cast, flag, at), at)
    with system("test"):
        (message,) = Message.objects.exclude(template="duty.release")
    assert message.template == "duty.today" and message.phone_id == phone_id
    said = TEXTS["duty.today", "en"] + TEXTS["duty.today", "hi"]
    assert not [word for word in ("entr", "check", "question", "सवाल", "जाँच", "प्रविष्टि") if word in said]


def test_reasons_of_a_drive_that_ended_are_deleted_too(cast: Cast) -> None:
    at = NOW
    flagged(cast, at)
    expire_flags(at=at + findings.EXPIRES - timedelta(hours=1))
    with system("test"):
        assert Look.objects.exists()
    expire_flags(at=at + findings.EXPIRES + timedelta(hours=1))
    with system("test"):
        assert not Look.objects.exists()


def test_a_flag_that_was_explained_or_is_too_old_is_deleted_and_the_worker_left_alone(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    with pytest.raises(NotYours):
        do(cast, drop_flag, flag, HASTY, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    do(cast, drop_flag, flag, PRESIDENT, at)
    with system("test"):
        assert not Flag.objects.exists()
    with pytest.raises(WorkerAskedBefore):
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
    at = NOW
    flag = flagged(cast, at)
    name, reason = cast.accounts[HASTY].name, "came less than a minute after the one before"
    programme = cast.world.programme.public_id
    list_ = reverse("verification:workers", args=[programme])
    page, mine = (reverse(f"verification:flag{end}", args=[flag.pk]) for end in ("", "_mine"))
    president = cast.client(PRESIDENT)
    assert name in president.get(list_).text
    assert reason in president.get(page).text and "No answer yet" in president.get(page).text
    worker = cast.client(HASTY)
    assert mine in worker.get("/today/").text
    assert reason in worker.get(mine).text
    assert worker.get(page).status_code == 403
    for role in ("district_in_charge", "booth_president", "data_officer", "verifier"):
        client = cast.client(role)
        told_ = [client.get(path) for path in (list_, page, mine)]
        assert [one.status_code for one in told_] == [403, 403, 404], role
        assert mine not in client.get("/today/").text
        with cast.as_(role):
            assert not Flag.objects.exists(), role
    assert worker.post(mine, {"text": "no"}).status_code == 422
    assert worker.post(mine, {"text": SAID}).status_code == 302
    assert SAID in worker.get(mine).text and mine not in worker.get("/today/").text
    assert list_ in president.get("/today/").text and SAID in president.get(page).text
    with system("test"):
        assert Flag.objects.filter(said=SAID, answered_at__gte=F("asked_at")).count() == 1
