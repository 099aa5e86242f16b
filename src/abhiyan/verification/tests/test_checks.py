"""Back-checks: their verifiers, the things nobody may see, and the results of answers."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import QuerySet

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import Human
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    assigning,
    draw_frame,
    estimate_frame,
    frames,
    freeze_frame,
    refresh_estimates,
    take_check,
    tell_check,
)
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.latest import ask_latest
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.refusals import NothingForYou, NotTaken, NoVerifier, ToldAlready

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor(kind="system", id=uuid4())
ACROSS = {"JK-PC1", "JK-AC20", "JK-AC75", "JK-BL1", "JK-BL2"}  # units with entries that have no stratum
GENUINE, NOT_GENUINE = Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE


def drawn(cast: Cast, checks: int = 40) -> Frame:
    now = NOW
    plan = frames.FramePlan(
        checks=checks,
        floor=1,
        source="drand round 4,812,345",
        due_at=now + timedelta(hours=1),
        ends_on=date(2027, 12, 1),
    )
    frame = freeze_frame(programme=cast.world.programme, measure=ENROLMENTS, plan=plan, by=SYSTEM, at=now)
    return draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=now + timedelta(hours=2))


def of_signed(frame: Frame) -> QuerySet[Estimate]:
    return Estimate.objects.filter(frame=frame, shade=Estimate.Shade.SIGNED)


def taken(cast: Cast, role: str, at: datetime, outcome: Check.Outcome = GENUINE) -> list[Check]:
    """Everything a verifier gets, each told before the next."""
    found: list[Check] = []
    while True:
        try:
            check = take_check(by=cast.actor(role), at=at)
        except NothingForYou:
            return found
        found.append(tell_check(check_id=check.id, outcome=outcome, by=cast.actor(role), at=at))


def test_a_verifier_never_gets_an_item_of_their_own_line(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigning, "MOST_OF_A_WORKER", 1_000)
    drawn(cast)
    at = NOW
    for role, district in (("verifier_of_srinagar", "JK-JAM"), ("verifier_of_jammu", "JK-SRI")):
        cast.appoint(cast.accounts[role], "booth_worker", "HP-B001", by=SYSTEM)
        with system("test"):
            codes = Counter(check.stratum.unit.code for check in taken(cast, role, at))
        assert set(codes) == {district}, role
    with pytest.raises(NoVerifier):
        take_check(by=cast.actor("district_in_charge"), at=at)


def test_a_verifier_who_gets_an_office_in_a_place_checks_it_no_more(cast: Cast) -> None:
    drawn(cast)
    cast.appoint(cast.accounts["verifier_of_srinagar"], "booth_worker", "JK-B004", by=SYSTEM)
    with pytest.raises(NothingForYou):
        take_check(by=cast.actor("verifier_of_srinagar"), at=NOW)


def test_none_is_passed_over_and_none_told_twice(cast: Cast) -> None:
    drawn(cast)
    me, other, at = cast.actor("verifier_of_srinagar"), cast.actor("verifier_of_jammu"), NOW
    check = take_check(by=me, at=at)
    assert take_check(by=me, at=at).id == check.id
    with pytest.raises(NotTaken):
        tell_check(check_id=check.id, outcome=GENUINE, by=other, at=at)
    tell_check(check_id=check.id, outcome=NOT_GENUINE, reason="never_joined", by=me, at=at)
    with pytest.raises(ToldAlready):
        tell_check(check_id=check.id, outcome=GENUINE, by=me, at=at)


def test_the_database_shows_a_verifier_only_what_they_took_and_an_office_none(cast: Cast) -> None:
    drawn(cast)
    check = take_check(by=cast.actor("verifier_of_srinagar"), at=NOW)
    with cast.as_("verifier_of_srinagar"):
        assert [one.id for one in Check.objects.all()] == [check.id]
    for role in ("verifier_of_jammu", "state_president", "national_president", "booth_president"):
        with cast.as_(role):
            assert not Check.objects.exists(), role


def entered(cast: Cast, role: str, n: int) -> None:
    """So many entries on paper by somebody, at a booth of Jammu."""
    prefix = f"+9170{list(cast.accounts).index(role):03}"
    names = (f"Paper {role.replace('_', ' ')} {chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(n))
    cast.world.send(
        *(
            cast.world.claim(
                Human(name, 1970, f"{prefix}{i:05}"),
                Channel.PAPER,
                unit=cast.world.far_booth,
                by=cast.actor(role),
            )
            for i, name in enumerate(names)
        )
    )


def test_one_verifier_checks_at_most_three_of_a_worker(cast: Cast) -> None:
    for role in ("district_elsewhere", "booth_president"):
        entered(cast, role, 20)
    drawn(cast, 60)
    told = taken(cast, "verifier_of_srinagar", NOW)
    with system("test"):
        workers = Counter(item_of_check(one).by for one in told)
    assert workers.pop(None) > 20 and set(workers.values()) == {assigning.MOST_OF_A_WORKER}


def test_what_is_aimed_checked_twice_or_planted_is_in_no_estimate(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigning, "MOST_OF_A_WORKER", 1_000)
    frame = drawn(cast, 90)
    at = NOW
    for role in ("verifier_of_srinagar", "verifier_of_jammu"):
        taken(cast, role, at)
    refresh_estimates(at=at)
    with system("test"):
        before = {one.unit_id: one for one in of_signed(frame)}
        Check.objects.filter(arm=Check.Arm.SECOND).update(outcome=NOT_GENUINE, done_at=at)
        for arm in (Check.Arm.TARGETED, Check.Arm.PLANTED):
            for of in Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM)[:20]:
                Check.objects.create(
                    id=uuid4(),
                    frame=frame,
                    stratum_id=of.stratum_id,
                    order=of.order,
                    place=of.place,
                    arm=arm,
                    outcome=NOT_GENUINE,
                    done_at=at,
                    is_known_genuine=True if arm == Check.Arm.PLANTED else None,
                )
    with system("test"):
        estimate_frame(frame=frame, at=at + timedelta(minutes=1))
        after = {one.unit_id: one for one in of_signed(frame)}
    graded = {one.unit.code: one.grade for one in before.values() if one.grade}
    assert graded == dict.fromkeys(("JK-B001", "JK-B004", "JK-JAM-M1", "JK-SRI-M1", "JK-SRI-M1-C1"), "A")
    whole = [one for one in before.values() if not one.grade]
    assert {one.unit.code for one in whole} == {"IN", "JK", "JK-SRI", "JK-JAM"} | ACROSS
    assert all(one.rate == 1 and one.drawn == one.genuine for one in whole)
    for unit_id, one in after.items():
        assert one.at > before[unit_id].at
        assert (one.drawn, one.not_genuine, one.high) == (before[unit_id].drawn, 0, before[unit_id].high)


def test_who_sees_the_counts_of_a_unit_sees_its_estimate_and_nobody_else(cast: Cast) -> None:
    frame = drawn(cast, 90)
    at = NOW
    for role in ("verifier_of_srinagar", "verifier_of_jammu"):
        taken(cast, role, at)
    refresh_estimates(at=at)
    everywhere = [unit.pk for unit in cast.world.units.values()]
    for role, codes in (
        ("state_president", {"JK", "JK-SRI", "JK-JAM"} | ACROSS),
        ("no_office", set[str]()),
    ):
        with cast.as_(role):
            seen = of_signed(frame)
            assert {one.unit.code for one in seen if not one.grade} == codes, role
            found = ask_latest([cast.world.programme.pk], everywhere, at.date())()
            said = {unit for (_, _, unit), one in found.items() if one.counted.rate is not None}
            assert said == {one.unit_id for one in seen if one.rate is not None}


def test_too_few_checks_give_no_number(cast: Cast) -> None:
    frame = drawn(cast)
    check = take_check(by=cast.actor("verifier_of_srinagar"), at=NOW)
    tell_check(check_id=check.id, outcome=GENUINE, by=cast.actor("verifier_of_srinagar"), at=NOW)
    refresh_estimates(at=NOW)
    with system("test"):
        found = of_signed(frame).get(unit=cast.world.state)
    assert (found.rate, found.genuine, found.drawn) == (None, 1, 40)


def test_a_check_that_was_being_written_while_estimates_were_computed_is_in_the_next(cast: Cast) -> None:
    frame = drawn(cast)
    at = NOW + timedelta(hours=3)
    assert refresh_estimates(at=at) == 1
    with system("test"):
        check = Check.objects.filter(frame=frame).first()
        assert check is not None
        Check.objects.filter(id=check.id).update(outcome=GENUINE, done_at=at - timedelta(seconds=10))
    refresh_estimates(at=at + timedelta(seconds=30))
    with system("test"):
        assert sum(of_signed(frame).filter(unit=cast.world.state).values_list("genuine", flat=True)) == 1
    refresh_estimates(at=at + timedelta(minutes=5))
    assert refresh_estimates(at=at + timedelta(minutes=6)) == 0, "nothing has ended since"
