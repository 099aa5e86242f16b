"""`abhiyan doctor` finds results without their units, plans that do not sum, and classes without results."""

from pathlib import Path

import pytest

from abhiyan.core import doctor
from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.models import ClassRule, Contest, Plan, PlanPart, PlanSeat, UnitClass
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.tests.make import bring, reasons, rows_of, written
from abhiyan.elections.tests.test_passing_down_moves import Ground, ground
from abhiyan.org.tests.make import AT, SYSTEM, World
from abhiyan.units.models import Unit

pytestmark = pytest.mark.django_db
__all__ = ["ground"]
SEATS = {1: [("A", "BJP", 500), ("B", "INC", 450)]}


def told(check: str) -> list[tuple[str, dict[str, object]]]:
    return [(one.finding.level, dict(one.finding.facts)) for one in doctor.examine(AT, only=check)]


@pytest.fixture
def plan(db: None, tmp_path: Path) -> Plan:
    world = World()
    Unit.objects.filter(code="N1").update(names={"en": "Goa"})
    Unit.objects.filter(code="C1").update(code="GA-PC1")
    staged = bring(written(tmp_path, rows_of(SEATS)), election="LS2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    with system("test"):
        plan = actions.make_plan(
            names={"en": "One"},
            election="LS2024",
            unit_id=world.unit("N1"),
            party="BJP",
            aims=Aims(seats_goal=1),
            by=SYSTEM,
            at=AT,
        )
        actions.cascade_plan(public_id=plan.public_id, unit_id=world.unit("C1"), by=SYSTEM, at=AT)
    return plan


def test_nothing_is_found_where_all_is_well(plan: Plan) -> None:
    assert told("results") == [(doctor.OK, {})]
    assert told("plans") == [(doctor.OK, {})]
    assert told("classes") == []


def test_results_that_lost_their_unit_are_counted(plan: Plan) -> None:
    Contest.objects.update(unit=None)
    assert told("results") == [(doctor.WARN, {"waiting": 1})]
    Contest.objects.update(unit=987_654_321)
    assert told("results") == [(doctor.FAIL, {"lost": 1})]


def test_plans_that_do_not_sum_are_counted_unless_they_say_so_themselves(plan: Plan) -> None:
    with system("test"):
        part = PlanPart.objects.filter(plan=plan, replaced_at=None).order_by("pk")[0]
        PlanPart.objects.filter(pk=part.pk).update(n=part.n + 1)
        assert told("plans") == [(doctor.WARN, {"seats": 0, "parts": 1})]
        seat = PlanSeat.objects.get(plan=plan)
        gap = ["cascade_gap", seat.contest_id, {"votes": seat.votes}]
        Plan.objects.filter(pk=plan.pk).update(found=plan.found | {"contradictions": [gap]})
        assert told("plans") == [(doctor.OK, {})]
        PlanSeat.objects.filter(plan=plan).update(votes=seat.votes + 5)
        assert told("plans") == [(doctor.WARN, {"seats": 1, "parts": 0})]


def test_what_a_plan_says_of_one_seat_hides_no_other(ground: Ground) -> None:
    ground.passes("C1")
    ground.passes("C2")
    ground.move("B4", "A3")
    ground.passes("C2")
    assert ground.told() == ["cascade_left"] and told("plans") == [(doctor.OK, {})]
    other = PlanPart.objects.get(plan=ground.plan, unit=ground.ids["B7"], replaced_at=None)
    PlanPart.objects.filter(pk=other.pk).update(n=other.n + 1)
    assert told("plans") == [(doctor.WARN, {"seats": 0, "parts": 1})]


def test_classes_without_results_are_counted(plan: Plan) -> None:
    with system("test"):
        rule = ClassRule.objects.create(
            election=plan.election, unit=plan.unit, party="BJP", rules=[], made_at=AT
        )
        UnitClass.objects.create(unit=plan.unit, election=plan.election, code="swing", rule=rule)
    assert told("classes") == [(doctor.WARN, {"classes": 1})]
