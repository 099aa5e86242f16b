"""Every seat of a plan passed down in one act, at once or as a job; what does not fit is left as it was, and named."""

from datetime import timedelta
from typing import Any

import pytest

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.elections import actions, tasks
from abhiyan.elections.actions import every_seat
from abhiyan.elections.models import Plan, PlanPart, PlanSeat
from abhiyan.elections.queries import planning, progress, units_below
from abhiyan.elections.refusals import BasisUnfit, DepthUnfit, NothingSoFarDown, PassingUnderWay
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.units.models import Unit
from abhiyan.units.tests.make import AT, SYSTEM

from .test_passing_down import plan, president, world
from .test_passing_down_moves import Ground, ground
from .test_plan_pages import text

__all__ = ["ground", "plan", "president", "world"]
pytestmark = pytest.mark.django_db


def all_down(ground: Ground, down_to: str = "booth", basis: str = "electors") -> progress.Passing:
    return actions.cascade_seats(
        public_id=ground.plan.public_id, basis=basis, down_to=down_to, by=SYSTEM, at=AT
    )


def told(plan: Plan, **facts: Any) -> None:
    """Let a plan say something else of how it was passed down."""
    with system("test"):
        found = Plan.objects.get(pk=plan.pk).found
        found[progress.KEY] |= facts
        Plan.objects.filter(pk=plan.pk).update(found=found)


def locked_out(ground: Ground) -> None:
    """B1 of C1 keeps 250 votes where the seat has only 100."""
    ground.version(C1=300, C2=500)
    ground.passes("C1", by_hand={ground.ids["B1"]: 250})
    ground.version(C1=100)


def test_all_seats_are_passed_down_whole_and_what_does_not_fit_is_left_and_named(ground: Ground) -> None:
    with pytest.raises(BasisUnfit):
        all_down(ground, basis="mood")
    with pytest.raises(DepthUnfit):
        all_down(ground, down_to="mood")
    locked_out(ground)
    before = ground.found()
    done = all_down(ground)
    assert (done.seats, done.done, done.passed) == (2, 2, 1) and done.ended_at == AT
    assert [(one.unit_id, one.locked) for one in done.left] == [(ground.ids["C1"], 250)]
    ground.assert_sums("C2")
    after = ground.found()
    assert {code: after[code] for code in before} == before and len(after) == 2 * len(before)
    (entry,) = AuditEntry.objects.filter(act="elections.cascade_seats")
    assert entry.n == 2
    ground.version(C1=400)
    assert all_down(ground, basis="equal").left == () and ground.found()["B1"] == 250
    ground.assert_sums("C1", "C2")
    assert ground.told() == []


def test_nothing_is_passed_where_no_units_stand_so_far_down(ground: Ground) -> None:
    Unit.objects.filter(kind="segment").update(closed_on=AT.date())
    with pytest.raises(NothingSoFarDown):
        all_down(ground)
    ground.plan.refresh_from_db()
    assert progress.passing_of(ground.plan) is None


def test_a_seat_below_which_nothing_stands_so_far_down_is_not_counted_as_passed(ground: Ground) -> None:
    Unit.objects.filter(code__in=("A3", "A4")).update(kind="booth")
    found = all_down(ground, "segment")
    assert (found.seats, found.done, found.passed, found.left) == (2, 2, 1, ())
    assert units_below.passed_below(ground.plan, ground.ids.values()) == {ground.ids["C1"]}


def test_what_was_asked_before_such_seats_were_counted_is_read_and_gone_on_with(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    Unit.objects.filter(code__in=("A3", "A4")).update(kind="booth")
    all_down(ground, "segment")
    ground.plan.refresh_from_db()
    del ground.plan.found[progress.KEY]["empty"]
    ground.plan.save(update_fields=["found"])
    asked = progress.passing_of(ground.plan)
    assert asked and asked.empty == 0
    tasks.pass_seats(public_id=str(ground.plan.public_id), key=AT.isoformat())
    ground.plan.refresh_from_db()
    whole = progress.passing_of(ground.plan)
    assert whole and (whole.done, whole.passed) == (2, 1)


def locks(ground: Ground, code: str) -> None:
    """A newer version, with this seat of the plan locked."""
    contest = PlanSeat.objects.get(plan=ground.plan, contest__number=int(code[1:])).contest_id
    ground.plan = actions.lock_seats(
        public_id=ground.plan.public_id, contest_ids=[contest], locked=True, by=SYSTEM, at=AT
    )


def all_told(ground: Ground) -> list[str]:
    ground.plan.refresh_from_db()
    return [one.code for one in planning.findings(ground.plan, "contradictions")]


def test_a_version_of_other_locks_says_of_numbers_below_what_is_so_in_it(ground: Ground) -> None:
    ground.version(C1=600)
    ground.passes("C1", by_hand={ground.ids["B1"]: 400})
    ground.passes("C2")
    assert all_told(ground) == ["part_above_electors"]
    ground.move("B1", "A3")  # with its number, out of the seat that was reported
    locks(ground, "C2")
    assert all_told(ground) == ["cascade_moved"]
    Unit.objects.filter(kind="segment").update(closed_on=AT.date())
    locks(ground, "C1")
    assert all_told(ground) == ["cascade_lost", "cascade_lost"]
    locks(ground, "C1")
    assert all_told(ground) == []


def test_a_newer_version_ends_the_job_and_has_none_of_its_own(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    all_down(ground)
    before = ground.plan
    assert actions.pass_next_seat(public_id=before.public_id, key=AT.isoformat(), at=AT)
    locks(ground, "C2")
    assert progress.passing_of(ground.plan) is None
    tasks.pass_seats(public_id=str(before.public_id), key=AT.isoformat())
    before.refresh_from_db()
    ended = progress.passing_of(before)
    assert ended and ended.ended_at and (ended.done, ended.seats, ended.why) == (1, 2, "newer")
    assert ended.is_broken_off(AT)
    assert all_down(ground).seats == 2  # the newer one may be asked at once


def test_the_job_ends_with_the_office_of_whoever_asked(
    world: World, president: Account, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    with system("test"):
        actions.cascade_seats(
            public_id=plan.public_id, basis="electors", down_to="booth", by=actor(president), at=AT
        )
        office = Appointment.objects.get(account_id=president.pk)
        org.end_appointment(public_id=office.public_id, reason="r", by=SYSTEM, at=AT)
    tasks.pass_seats(public_id=str(plan.public_id), key=AT.isoformat())
    with system("test"):
        plan.refresh_from_db()
        assert not PlanPart.objects.exists()
    ended = progress.passing_of(plan)
    assert ended and ended.ended_at and (ended.done, ended.why) == (0, "office")


def test_a_large_plan_is_a_job_that_finds_its_place_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    locked_out(ground)
    asked = all_down(ground)
    assert (asked.seats, asked.done) == (2, 0) and asked.is_under_way(AT)
    with pytest.raises(PassingUnderWay):
        all_down(ground)
    given = {"public_id": ground.plan.public_id, "key": AT.isoformat()}
    assert not actions.pass_next_seat(public_id=ground.plan.public_id, key="another", at=AT)
    assert actions.pass_next_seat(**given, at=AT)  # type: ignore[arg-type]  # one bundle
    ground.plan.refresh_from_db()
    half = progress.passing_of(ground.plan)
    assert half and (half.done, half.ended_at, len(half.left)) == (1, None, 1)
    assert not half.is_under_way(AT + timedelta(hours=1))  # it died: it may be asked for again
    tasks.pass_seats(public_id=str(ground.plan.public_id), key=AT.isoformat())
    ground.plan.refresh_from_db()
    whole = progress.passing_of(ground.plan)
    assert whole and not whole.is_broken_off(AT)
    assert whole.done == 2 and whole.ended_at and whole.changed == len(ground.found()) // 2
    ground.assert_sums("C2")


def test_the_page_passes_every_seat_down_and_says_how_far_it_is(
    world: World, president: Account, plan: Plan
) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/below/"
    assert "Pass every seat down" in body(client, path)
    assert client.get(path + "pass-all/?sort=-votes")["Location"] == path + "?sort=-votes"
    assert client.post(path + "pass-all/", {"basis": "electors"}).status_code == 422
    answer = client.post(path + "pass-all/?sort=-votes", {"basis": "electors", "down_to": "booth"})
    assert answer["Location"] == path + "?sort=-votes"
    page = text(body(client, path))
    assert "Seats passed down: 1" in page and "Numbers changed: 12" in page
    assert "The units right below add up exactly" in text(body(client, path + "?unit=C1"))
    told(plan, left=[[world.unit("C1"), world.unit("C1"), 90, 7]], seats=3)
    assert "Unit C1: locked below Unit C1 90, votes there 7" in text(body(client, path))
    told(plan, why="office")
    assert "1 of 3 seats were done. The person who asked for it may no longer make plans here." in text(
        body(client, path)
    )
    told(plan, why="", ended_at=None, step_at="2000-01-01T00:00:00+00:00")
    page = text(body(client, path))
    assert "Its job stopped. Ask again" in page and "How far down?" in page
    told(plan, step_at="2999-01-01T00:00:00+00:00")
    page = text(body(client, path))
    assert "1 of 3 done" in page and "How far down?" not in page
    answer = client.post(path + "pass-all/", {"basis": "electors", "down_to": "booth"})
    assert answer.status_code == 409
