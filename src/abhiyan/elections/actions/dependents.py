"""Refuse an undo while plans, alliances or classes rest on the results. A viewer reads the names in sight, else only a
count."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from abhiyan.core.actor import Actor
from abhiyan.core.scope import NOTHING, Scope, scoped, system
from abhiyan.core.words import name_in_language
from abhiyan.elections.models import Alliance, ClassRule, Election, Plan, Stated
from abhiyan.elections.refusals import MadeOf
from abhiyan.org import queries as org
from abhiyan.people import queries as people

NAMED = 6  # the others are counted


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """n: how many. seen: the names in the viewer's sight, with their makers where those are in sight too; "–" where
    there is none."""

    n: int
    seen: str


def refuse_made(
    refusal: type[MadeOf], plans: QuerySet[Plan], rules: QuerySet[ClassRule], *, by: Actor, at: datetime
) -> None:
    """Refuse as `refusal` says where there are plans or rules of classes. Asked in the system's scope."""
    made = made_of(plans, rules, by=by, at=at)
    if made.n:
        raise refusal(n=made.n, seen=made.seen)


def made_of(plans: QuerySet[Plan], rules: QuerySet[ClassRule], *, by: Actor, at: datetime) -> MadeFrom:
    """Plans (one for all its versions) and rules of classes, as `by` may see them. Asked in the system's scope."""
    newest = {plan.pk: plan for plan in plans.select_related("unit")}
    followed = {plan.previous_id for plan in newest.values()}
    standing = [plan for pk, plan in sorted(newest.items()) if pk not in followed]
    sorting = list(rules.select_related("unit", "election").order_by("pk"))
    with _sight_of(by, at):
        plans_seen = set(
            Plan.objects.filter(pk__in=[plan.pk for plan in standing]).values_list("pk", flat=True)
        )
        rules_seen = set(
            ClassRule.objects.filter(pk__in=[class_rule.pk for class_rule in sorting]).values_list(
                "pk", flat=True
            )
        )
        plan_facts = [
            (name_in_language(plan.names), plan.made_by) for plan in standing if plan.pk in plans_seen
        ]
        plan_facts += [
            (f"{class_rule.election.code}, {name_in_language(class_rule.unit.names)}", class_rule.made_by)
            for class_rule in sorting
            if class_rule.pk in rules_seen
        ]
        return MadeFrom(len(standing) + len(sorting), _named(plan_facts))


def made_from_election(election: Election, *, by: Actor, at: datetime) -> MadeFrom:
    """Alliances and stated figures of an election: published, so everybody may know them."""
    facts = [
        (name_in_language(alliance.names), alliance.made_by)
        for alliance in Alliance.objects.filter(election=election).order_by("pk")
    ]
    facts += [
        (f"{stated_total.party}, {stated_total.source[:40]}", stated_total.stated_by)
        for stated_total in Stated.objects.filter(election=election).order_by("pk")
    ]
    with _sight_of(by, at):
        return MadeFrom(len(facts), _named(facts))


def _sight_of(by: Actor, at: datetime) -> AbstractContextManager[Scope]:
    if by.kind == "system":
        return system("what stands on results")
    if by.account_id is None:
        return scoped(NOTHING)
    return org.seeing_as(by.account_id, on=timezone.localdate(at))


def _named(told: Iterable[tuple[str, int | None]]) -> str:
    rows = list(told)
    makers = people.names_of_accounts([who for _name, who in rows if who])
    words = [
        f"“{name}” ({makers[who]})" if who and makers.get(who) else f"“{name}”" for name, who in rows[:NAMED]
    ]
    return ", ".join(words) + (" …" if len(rows) > NAMED else "") if words else "–"
