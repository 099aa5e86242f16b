"""Withdraw what somebody made of results: a plan with all its versions, an alliance, the classes of a unit."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.elections.models import Alliance, ClassRule, Election, Plan, PlanPart, PlanSeat, UnitClass
from abhiyan.elections.queries import listing
from abhiyan.elections.queries.plans import plan_for
from abhiyan.elections.refusals import AllianceInUse
from abhiyan.org import queries as org

from . import grounds
from .dependents import refuse_made


def withdraw_plan(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Take a plan away, every version of it with its seats and all that was passed down. Returns how many versions.

    Targets of programmes that were taken from it are copies and stay.
    It needs `plans.make` at the plan's unit. NotFound where it is out of sight, or gone.
    """
    seen = plan_for(public_id)
    org.require(by, "plans.make", at=seen.unit_id)
    with system("withdraw a plan"):  # all of it, also what was passed down to units out of the maker's sight
        versions = _versions(seen.pk)
        PlanPart.objects.filter(plan__in=versions).delete()
        PlanSeat.objects.filter(plan__in=versions).delete()
        for version_id in reversed(versions):  # the newest first: each names the one before it
            Plan.objects.filter(pk=version_id).delete()
        audit.record(
            by=by,
            at=at,
            act="elections.withdraw_plan",
            subject=str(seen.public_id),
            unit_id=seen.unit_id,
            n=len(versions),
            facts={"names": seen.names, "election": seen.election.code, "state": seen.state},
        )
    return len(versions)


def _versions(of: int) -> list[int]:
    """Every version of a plan, locked, so that none can follow; the oldest first. NotFound where it is gone by now."""
    version_ids: list[int] = []
    waiting = [of]
    while waiting:
        plans = Plan.objects.select_for_update().filter(pk__in=waiting).exclude(pk__in=version_ids)
        rows = dict(plans.values_list("pk", "previous"))
        version_ids += rows
        waiting = [before for before in rows.values() if before is not None and before not in version_ids]
        waiting += (
            Plan.objects.filter(previous__in=list(rows))
            .exclude(pk__in=version_ids)
            .values_list("pk", flat=True)
        )
    if of not in version_ids:
        raise NotFound
    return sorted(version_ids)


def withdraw_alliance(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Take an alliance away; its parties count alone again. It needs the right to change it. Refuses AllianceInUse
    while plans or rules of classes are made with it."""
    with transaction.atomic():
        seen = listing.alliance(public_id)
        at_unit = grounds.require_on_ground(by, "plans.make", election=seen.election, state=seen.state)
        alliance = or_refuse(Alliance.objects.select_for_update(of=("self",)).filter(pk=seen.pk).first())
        with system("what is made with an alliance"):
            plans, rules = Plan.objects.filter(alliance=alliance), ClassRule.objects.filter(alliance=alliance)
            refuse_made(AllianceInUse, plans, rules, by=by, at=at)
        alliance.delete()
        audit.record(
            by=by,
            at=at,
            act="elections.withdraw_alliance",
            subject=str(public_id),
            unit_id=at_unit,
            facts={"names": seen.names, "state": seen.state, "parties": seen.parties},
        )


def withdraw_classes(*, election: str, unit_id: int, by: Actor, at: datetime) -> int:
    """Take away the rules a unit sorted by in an election, and the classes they gave. Returns how many units lost one.

    Classes that a unit above or below has given since stay. It needs `plans.make` over the unit. NotFound where it has
    no rules of its own.
    """
    org.require(by, "plans.make", at=unit_id)
    with system("withdraw classes"):
        of = Election.objects.select_for_update().filter(code=election).first()
        rules = list(ClassRule.objects.filter(election=of, unit=unit_id)) if of is not None else []
        if of is None or not rules:
            raise NotFound
        gone, _each = UnitClass.objects.filter(rule__in=rules).delete()
        ClassRule.objects.filter(pk__in=[rule.pk for rule in rules]).delete()
        audit.record(
            by=by,
            at=at,
            act="elections.withdraw_classes",
            subject=of.code,
            unit_id=unit_id,
            n=gone,
            facts={"rules": len(rules)},
        )
    return gone
