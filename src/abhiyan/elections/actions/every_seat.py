"""Every seat of a plan passed down in one act; a large plan seat by seat, later, as a job."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from abhiyan.core import audit, jobs
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.plans import plan_for
from abhiyan.elections.queries.progress import KEY, Passing, passing_of, seats_with_units_below
from abhiyan.elections.refusals import NothingSoFarDown, NothingToPass, PassingUnderWay
from abhiyan.org import queries as org

from . import passing_down

MOST_SEATS, MOST_UNITS = 100, 20_000  # passed down at once; what is more is a job


def cascade_seats(*, public_id: UUID, basis: str, down_to: str, by: Actor, at: datetime) -> Passing:
    """Pass the votes of every seat that has units below it down, as `cascade_plan` does a single one's.

    A seat whose locks do not fit is left as it was, and told. A large plan is passed down later, seat by seat, and says
    how far it is. One entry in the trail. It needs `plans.make` at the plan's unit.
    Refuses BasisUnfit, DepthUnfit, NewerVersion, PassingUnderWay, NothingSoFarDown.
    """
    passing_down.require_way(basis, down_to)
    with transaction.atomic():
        plan = passing_down.lock_newest_plan(public_id, by)
        before = passing_of(plan)
        if before is not None and before.is_under_way(at):
            raise PassingUnderWay
        seats = seats_with_units_below(plan)
        report: dict[str, Any] = {
            "key": at.isoformat(),
            "basis": basis,
            "down_to": down_to,
            "by": by.account_id,
            "seats": len(seats),
            "done": 0,
            "empty": 0,
            "n": 0,
            "after": 0,
            "left": [],
            "step_at": at.isoformat(),
            "ended_at": None,
            "why": "",
        }
        is_later = len(seats) > MOST_SEATS or sum(seat_below.units for seat_below in seats) > MOST_UNITS
        if not is_later:
            for one in seats:
                _pass(plan, report, one.unit_id, by=by, at=at)
            if report["empty"] == len(seats):
                raise NothingSoFarDown(field="down_to")
            report |= {"ended_at": at.isoformat()}
        _keep(plan, report)
        audit.record(
            by=by,
            at=at,
            act="elections.cascade_seats",
            subject=str(plan.public_id),
            unit_id=plan.unit_id,
            n=len(seats),
            facts={"basis": basis, "down_to": down_to, "left": len(report["left"]), "is_later": is_later},
        )
        if is_later:
            key = report["key"]
            jobs.later(
                "elections.pass_seats",
                f"{plan.public_id}/{key}",
                at=at,
                public_id=str(plan.public_id),
                key=key,
            )
    passing = passing_of(plan)
    assert passing is not None
    return passing


def pass_next_seat(*, public_id: UUID, key: str, at: datetime) -> bool:
    """Pass the next seat of a large plan down, whole or not at all. Return True if there may be more.

    This locks the plan until the transaction ends, so every seat should get a transaction of its own.
    key: of the asking. A newer request, a withdrawal or a newer version ends the passing. So does the loss of the right
    by the account that asked.
    """
    with transaction.atomic():
        try:
            plan = plan_for(public_id)
            passing_down.lock(plan)
        except NotFound:
            return False
        report = dict(plan.found.get(KEY, {}))
        if report.get("key") != key or report["ended_at"]:
            return False
        seats = seats_with_units_below(plan, after=report["after"], most=1)
        why = "newer" if not planning.is_newest(plan) else "" if _may(report["by"], plan) else "office"
        if why or not seats:
            _keep(plan, report | {"ended_at": at.isoformat(), "why": why if seats else ""})
            return False
        by = replace(Actor.system("pass every seat down, as asked"), account_id=report["by"])
        _pass(plan, report, seats[0].unit_id, by=by, at=at)
        _keep(plan, report | {"after": seats[0].seat_id, "step_at": at.isoformat()})
    return True


def _may(account_id: int | None, plan: Plan) -> bool:
    """Return True if the account that asked still has the right. The software itself always has it."""
    return account_id is None or org.holds(account_id, "plans.make", at=plan.unit_id)


def _pass(plan: Plan, told: dict[str, Any], unit_id: int, *, by: Actor, at: datetime) -> None:
    """Pass one seat down, whole or not at all. Nothing happens where no unit is as deep as the request says."""
    told["done"] += 1
    try:
        changed, gap = passing_down.pass_whole(
            plan, unit_id, basis=told["basis"], down_to=told["down_to"], by=by, at=at
        )
    except NothingToPass:
        told["empty"] = told.get("empty", 0) + 1  # what was asked before they were counted has no such number
        return
    told["n"] += changed
    if gap is not None:
        told["left"] = [*told["left"], [unit_id, gap.parent, gap.locked, gap.total]]


def _keep(plan: Plan, told: dict[str, Any]) -> None:
    plan.found = plan.found | {KEY: told}
    plan.save(update_fields=["found"])
