"""Checks are given to verifiers, and one becomes somebody else's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F

from abhiyan.contact.actions import begin_attempt, end_attempt
from abhiyan.contact.models import Attempt
from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    assigning,
    begin_try,
    end_planned,
    estimate_frame,
    hand_back,
    refresh_estimates,
    return_checks,
    take_check,
    tell_check,
    visit_by_lot,
)
from abhiyan.verification.models import Check, Estimate, Frame, Passed, Tie
from abhiyan.verification.queries.agreement import verifiers_of
from abhiyan.verification.queries.checks import ROOM, are_free
from abhiyan.verification.queries.lines import verifiers_for
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.refusals import HeardAlready, NothingForYou, NotTaken, ToldAlready, WhyBack

from .test_checks import GENUINE, SYSTEM, drawn, entered, taken

pytestmark = pytest.mark.django_db(transaction=True)
ME, OTHER = "verifier_of_srinagar", "verifier_of_jammu"


def workers(checks: list[Check]) -> list[UUID | None]:
    with system("test"):
        return [item_of_check(one).by for one in checks]


def took(cast: Cast, role: str, at: datetime) -> Check:
    return take_check(by=cast.actor(role), at=at)


def unanswered(cast: Cast, role: str, check: Check, at: datetime) -> datetime:
    """Nobody answers a try; when the next may begin."""
    one = begin_attempt(room=ROOM, about=check.id, by=cast.actor(role), at=at)
    ended = end_attempt(
        attempt_id=one.id, outcome=Attempt.Outcome.NO_ANSWER, zone=UTC, by=cast.actor(role), at=at
    )
    assert ended.again_at is not None
    return ended.again_at


def test_what_is_handed_back_is_somebody_elses_and_never_theirs_again(cast: Cast) -> None:
    drawn(cast, 90)
    me, at = cast.actor(ME), NOW
    check = took(cast, ME, at)
    with pytest.raises(WhyBack):
        hand_back(check_id=check.id, reason="", by=me, at=at)
    with pytest.raises(NotTaken):
        hand_back(check_id=check.id, reason="knows", by=cast.actor(OTHER), at=at)
    hand_back(check_id=check.id, reason="knows", by=me, at=at)
    with pytest.raises(NotTaken):
        tell_check(check_id=check.id, outcome=GENUINE, by=me, at=at)
    assert check.id not in {one.id for one in taken(cast, ME, at)}
    with system("test"):
        (left,) = Check.objects.filter(stratum__unit__code="JK-JAM", outcome="", arm=Check.Arm.RANDOM)
        (passed,) = Passed.objects.all()
        (of_me,) = [one for one in verifiers_of(left.frame).each if one.account_id == me.account_id]
        assert of_me.passed == 1
        Passed.objects.update(reason="in_line")  # not their doing
        (of_me,) = [one for one in verifiers_of(left.frame).each if one.account_id == me.account_id]
        assert of_me.passed == 0
    assert left.id == check.id and (passed.account_id, passed.reason) == (me.account_id, "knows")
    third(cast)
    assert check.id in {one.id for one in taken(cast, "third", at)}


def third(cast: Cast) -> None:
    cast._seat("third", "verifier", "JK-SRI", 1)


def test_who_was_heard_is_not_handed_back(cast: Cast) -> None:
    drawn(cast)
    at = NOW
    check = took(cast, ME, at)
    with system("test"):
        Check.objects.filter(id=check.id).update(said=b"sealed", said_at=at)
    with pytest.raises(HeardAlready):
        hand_back(check_id=check.id, reason="knows", by=cast.actor(ME), at=at)


def test_nobody_checks_their_own_entries_a_colleagues_or_those_of_whom_they_know(cast: Cast) -> None:
    for role in (ME, "district_in_charge", "district_elsewhere", "booth_president"):
        entered(cast, role, 10)
    drawn(cast, 80)
    with system("test"):
        ours = {
            role: cast.accounts[role].public_id for role in (ME, "district_in_charge", "district_elsewhere")
        }
        Tie.objects.create(
            account_id=cast.accounts[ME].pk,
            worker=ours["district_elsewhere"],
            stated_at=NOW,
            stated_by=cast.accounts[ME].pk,
        )
    found = set(workers(taken(cast, ME, NOW)))
    assert cast.accounts["booth_president"].public_id in found and not found & set(ours.values())


def test_what_is_stated_later_takes_a_check_away(cast: Cast) -> None:
    entered(cast, "district_elsewhere", 30)
    drawn(cast, 60)
    at = NOW
    while workers([check := took(cast, ME, at)]) == [None]:
        tell_check(check_id=check.id, outcome=GENUINE, by=cast.actor(ME), at=at)
    with system("test"):
        worker = cast.accounts["district_elsewhere"].public_id
        Tie.objects.create(
            account_id=cast.accounts[ME].pk, worker=worker, stated_at=at, stated_by=cast.accounts[ME].pk
        )
    with pytest.raises(NotTaken):
        tell_check(check_id=check.id, outcome=GENUINE, by=cast.actor(ME), at=at)


def test_whoever_gets_an_office_or_loses_theirs_keeps_no_check(cast: Cast) -> None:
    drawn(cast)
    at = NOW
    mine, theirs = took(cast, ME, at), took(cast, OTHER, at)
    cast.appoint(cast.accounts[ME], "booth_worker", "JK-B004", by=SYSTEM)
    with pytest.raises(NotTaken):
        tell_check(check_id=mine.id, outcome=GENUINE, by=cast.actor(ME), at=at)
    with system("test"):
        org.end_appointment(public_id=cast.appointments[OTHER], reason="moved", by=SYSTEM, at=at)
        assert return_checks(at=at) == 2
        assert not Check.objects.exclude(verifier_id=None).exists()
        assert set(Passed.objects.values_list("check_id", "reason")) == {
            (mine.id, "in_line"),
            (theirs.id, "in_line"),
        }


def test_a_check_that_is_let_lie_comes_back_and_one_that_waits_stays(cast: Cast) -> None:
    drawn(cast)
    at = NOW
    check, kept = took(cast, ME, at), took(cast, OTHER, at)
    again_at = unanswered(cast, OTHER, kept, at + timedelta(days=2))
    with system("test"):
        Check.objects.filter(id=check.id).update(said=b"sealed", said_at=at)
        assert return_checks(at=at + timedelta(days=3)) == 0
        assert return_checks(at=at + timedelta(days=3, seconds=1)) == 1
        assert return_checks(at=again_at + timedelta(days=3)) == 0
        assert return_checks(at=again_at + timedelta(days=3, seconds=1)) == 1
        back = Check.objects.get(id=check.id)
    assert (back.verifier_id, back.taken_at, back.said, back.said_at) == (None, None, None, None)


def test_what_somebody_else_took_meanwhile_is_not_taken_from_them(cast: Cast) -> None:
    drawn(cast)
    at = NOW
    check = took(cast, ME, at)
    with system("test"):  # the loop looked while another verifier had it
        assigning._give_back({check.id: (cast.actor(OTHER).account_id or 0, "lapsed")}, at=at)
        assert Check.objects.get(id=check.id).verifier_id == cast.actor(ME).account_id
        assert not Passed.objects.exists()


def test_while_one_waits_for_another_day_the_next_is_given_and_then_that_one_first(cast: Cast) -> None:
    drawn(cast)
    at = NOW
    first = took(cast, ME, at)
    again_at = unanswered(cast, ME, first, at)
    second = took(cast, ME, at + timedelta(minutes=1))
    assert second.id != first.id and took(cast, ME, at + timedelta(minutes=1)).id == second.id
    assert took(cast, ME, again_at).id == first.id


def test_who_left_or_was_struck_off_is_given_to_nobody(cast: Cast) -> None:
    frame = drawn(cast, 90)
    at = NOW
    check = took(cast, ME, at)
    with system("test"):
        item = item_of_check(check)
        struck = [one for one in Check.objects.exclude(id=check.id) if one.stratum.unit.code == "JK-JAM"]
        gone = {item_of_check(one).item_id for one in struck[:5]}
        sql.run(
            "update enrolment_enrolment e set ended_at = %s, end_reason = 'not_genuine'"
            " from enrolment_membership m where m.id = e.membership_id and m.public_id = any(%s)",
            [NOW, [*gone, item.item_id]],
        )
    closed, number = begin_try(check_id=check.id, by=cast.actor(ME), at=at)
    assert (closed.outcome, closed.reason, number) == ("unresolved", "gone", "")
    told = taken(cast, ME, at)
    with system("test"):
        assert not {item_of_check(one).item_id for one in told} & gone
        for state, n in ((Frame.State.DRAWN, 0), (Frame.State.CLOSED, 6)):  # else it would tell who was drawn
            frame.state = state
            estimate_frame(frame=frame, at=at + timedelta(seconds=1))
            assert Estimate.objects.get(frame=frame, unit__code="JK-JAM", shade=1).not_genuine == n


def test_visits_are_chosen_by_lot_and_made_by_somebody_else_of_the_state(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(cast, 90)
    at = NOW
    check = tell_check(
        check_id=took(cast, ME, at).id,
        outcome=Check.Outcome.UNRESOLVED,
        reason="not_reached",
        by=cast.actor(ME),
        at=at,
    )
    with system("test"):
        monkeypatch.setattr(assigning, "VISITED", 0)
        assert not visit_by_lot(check=check)
        monkeypatch.setattr(assigning, "VISITED", 1)
        assert visit_by_lot(check=check)
    third(cast)
    cast._seat("of_himachal", "verifier", "HP", 1)
    with system("test"):  # visits are made near home
        assert are_free(cast.accounts["third"].pk, is_visit=True, at=at)
        assert not are_free(cast.accounts["of_himachal"].pk, is_visit=True, at=at)
    with pytest.raises(NothingForYou):
        take_check(by=cast.actor(ME), at=at, is_visit=True)
    call = took(cast, "third", at)
    visit = take_check(by=cast.actor("third"), at=at, is_visit=True)
    assert (visit.arm, visit.place) == (Check.Arm.VISIT, check.place) and call.arm != Check.Arm.VISIT
    assert took(cast, "third", at).id == call.id, "a visit in hand keeps nobody from calling"


def test_after_the_planned_end_nobody_is_asked(cast: Cast) -> None:
    frame = drawn(cast)
    at = NOW
    check = took(cast, ME, at)
    end = datetime(2027, 12, 1, 20, tzinfo=at.tzinfo)  # the next day in India
    assert end_planned(at=end - timedelta(hours=2)) == 0
    assert end_planned(at=end) == 40
    with pytest.raises(ToldAlready):
        tell_check(check_id=check.id, outcome=GENUINE, by=cast.actor(ME), at=end)
    refresh_estimates(at=end)
    with system("test"):
        found = Estimate.objects.get(frame=frame, unit=cast.world.state, shade=1)
    assert (found.genuine, found.unresolved) == (0, found.drawn)


def test_a_district_whose_every_verifier_stands_in_its_line_is_named(cast: Cast) -> None:
    units = {code: cast.world.units[code].pk for code in ("JK", "JK-SRI", "JK-JAM", "HP")}
    with system("test"):
        found = verifiers_for(units.values(), since=cast.world.programme.opens_on, day=NOW.date())
        assert {code: found[pk] for code, pk in units.items()} == {"JK": 0, "JK-SRI": 2, "JK-JAM": 1, "HP": 3}
        Appointment.objects.filter(office__code="verifier").update(ends_on=F("starts_on"))
        assert set(
            verifiers_for(units.values(), since=cast.world.programme.opens_on, day=NOW.date()).values()
        ) == {0}


def test_of_two_verifiers_at_once_each_check_is_one_s(cast: Cast) -> None:
    drawn(cast)
    third(cast)
    at = NOW
    both = Barrier(2)

    def hour(role: str) -> list[UUID]:
        try:
            both.wait()
            return [one.id for one in taken(cast, role, at)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        mine, theirs = pool.map(hour, (ME, "third"))
    with system("test"):
        others = set(
            Check.objects.filter(arm=Check.Arm.RANDOM, stratum__unit__code="JK-JAM").values_list("id")
        )
    assert mine and theirs and not set(mine) & set(theirs)
    assert {(one,) for one in (*mine, *theirs)} >= others
