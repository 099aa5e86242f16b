"""Contributors say what they can do, and leaders give them tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import current, system
from abhiyan.enrolment.actions.members import found_member, lock_phone
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.news import MembersMoved
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS
from abhiyan.forms.rules.words import refused_in
from abhiyan.friends.models import ContributorSkill
from abhiyan.friends.queries import contributors as queries
from abhiyan.messaging import actions as messaging
from abhiyan.people import queries as people
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units
from abhiyan.work import actions as work

MOST_ASKED = 20  # contributors an account asks in 24 hours (law.md T3)


class TaskWordsUnfit(Refused):
    """Its facts say why."""

    message = "%(why)s"


class HelperGone(Refused, status=409):
    message = _("Somebody you chose has left the list. Go back and choose again.")


def note_skills(*, membership: UUID, answers: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Keep what a contributor can do and how many hours a week they have; it replaces what they said before.

    It needs the contributor's own phone, proven in this session. Refuses NotFound.
    """
    phone = current().phone
    with system("a contributor says what they can do"):
        one = found_member(membership)
        if phone != one.phone_id or one.ended_on is not None or not _is_helper(one):
            raise NotFound
        lock_phone(one.phone_id)
        hours = whole_number(str(answers.get(queries.HOURS, "")), most=168) or 0
        defaults = {"hours": hours, "unit_id": one.unit_id, "at": at}
        skills = ["", *answers.get(queries.SKILLS, ())]
        ContributorSkill.objects.filter(membership=membership).delete()
        ContributorSkill.objects.bulk_create(
            ContributorSkill(membership=membership, skill=skill, **defaults) for skill in skills
        )
        audit.record(by=by, at=at, act="enrolment.note_skills", subject=str(membership), unit_id=one.unit_id)


def _is_helper(membership: Membership) -> bool:
    return roll_of(membership.programme_id) is CONTRIBUTORS


def follow_contributors(*, moved: MembersMoved) -> None:
    """Keep what contributors can do at the unit where they live now. In the transaction of the move."""
    ContributorSkill.objects.filter(membership__in=moved.memberships).update(unit_id=moved.unit_id)


def forget_skills(*, erasure: ItemsErased) -> None:
    """Forget what contributors can do: they were erased. In a system scope."""
    ContributorSkill.objects.filter(membership__in=erasure.item_ids).delete()


def ask_helpers(
    *, what: work.What, to: Sequence[UUID], unit_id: int, hierarchy: int, by: Actor, at: datetime
) -> int:
    """Give contributors of a unit and below the same task. Each gets an SMS with its words. Returns how many.

    to: their public ids, in the viewer's sight. It needs `tasks.ask` at the unit. An account asks 20 contributors in 24
    hours. Refuses HelperGone, TaskWordsUnfit, TooMany, and what `ask_contributors` refuses.
    """
    helpers = queries.chosen_contributors(to)
    lo, hi = units.span(unit_id, hierarchy)
    spans = units.all_spans([contributor.unit_id for contributor in helpers])
    inside = [
        contributor
        for contributor in helpers
        if any(lo <= at_ < hi for at_, _end in spans.get(contributor.unit_id, ()))
    ]
    if len(inside) != len(set(to)):
        raise HelperGone
    if why := refused_in("\n".join((what.title, *what.titles.values(), what.text))):
        raise TaskWordsUnfit(field="title", why=why)
    with transaction.atomic():
        made = work.ask_contributors(
            what=what,
            helpers=[
                work.HelperAsked(contributor.person_id, contributor.phone_id, contributor.unit_id, hierarchy)
                for contributor in inside
            ],
            unit_id=unit_id,
            by=by,
            at=at,
        )
        for _one in made:
            limits.count_or_refuse(declared.CONTRIBUTOR_TASKS, str(by.account_id), at=at)
        with system("contributors are asked"):
            spoken = {
                person.pk: person.language
                for person in people.persons(contributor.person_id for contributor in inside)
            }
            for task, found_contributor in zip(made, inside, strict=True):
                language = spoken.get(found_contributor.person_id, "") or settings.LANGUAGE_CODE
                with translation.override(language):
                    day = date_format(clock.day_in(settings.TIME_ZONE, task.due_at), "j F")
                messaging.queue_message(
                    template="contributor.task",
                    phone=people.number_of_phone(found_contributor.phone_id),
                    language=language,
                    blanks={
                        "task": task.title_in(language),
                        "day": day,
                        "link": settings.ORIGIN + reverse("friends:me_task", args=[task.public_id]),
                    },
                    key=f"contributor task|{task.public_id}",
                    unit_id=task.unit_id,
                    programme_id=task.programme_id or 0,
                    at=at,
                )
    return len(made)
