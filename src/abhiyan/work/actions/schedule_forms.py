"""Acts on the form of a schedule: it asks the newest version from its next period on, or stays with what it asks."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.queries import latest_version
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.work.models import Schedule
from abhiyan.work.queries import schedule_forms as found
from abhiyan.work.queries.schedules import SCHEDULES, schedule_for

from .schedules import with_passed_on


class FormIsNewest(Refused, status=409):
    message = _("It asks the newest version of its form already.")


class NoNextPeriod(Refused, status=409):
    message = _("It has no next period. End it, and ask once more with the newest version.")


class FigureNotAsked(Refused, status=409):
    message = _("The newest version has no whole number “%(names)s”, which gives a figure here.")


class FormStays(Refused, status=409):
    message = _("No newer version waits for the next period.")


def ask_newest_form(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Let a schedule, and what was passed on because of it, ask the newest version of its form from the next period on.

    Each period keeps its version, so answers stay comparable. Returns how many schedules moved. One that
    was passed on stays where its own days are over. `stay_with_form` undoes it until the next period begins.
    An actor with `tasks.ask` at the asking unit may. Refuses NotFound, FormIsNewest, NoNextPeriod, FigureNotAsked.
    """
    with transaction.atomic():
        schedule, (form_of_schedule, *passed_on) = _held(public_id, by=by, at=at)
        if not form_of_schedule.is_older:
            raise FormIsNewest
        if form_of_schedule.next_on is None:
            raise NoNextPeriod
        if form_of_schedule.lacks:
            raise FigureNotAsked(names=", ".join(form_of_schedule.lacks))
        newest = or_refuse(latest_version(form_of_schedule.form_id))
        moved = [each for each in (form_of_schedule, *passed_on) if each.can_move]
        with system("a schedule asks a newer version"):
            for each in moved:
                since = str(each.next_on)
                kept = [[day, pk] for day, pk in each.one.later_forms if day < since]
                each.one.later_forms = [*kept, [since, newest.pk]]
                each.one.save(update_fields=["later_forms"])
        _record("ask_newest_form", schedule, n=len(moved), by=by, at=at)
    return len(moved)


def stay_with_form(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Undo `ask_newest_form` before the next period begins. Returns how many schedules stay.

    Needs the same. Refuses NotFound, FormStays.
    """
    with transaction.atomic():
        schedule, (form_of_schedule, *passed_on) = _held(public_id, by=by, at=at)
        if not form_of_schedule.later:
            raise FormStays
        stayed = [each.one for each in (form_of_schedule, *passed_on) if each.later]
        with system("a schedule stays with its form"):
            for asked_schedule in stayed:
                today = clock.day_in(asked_schedule.timing.zone, at)
                asked_schedule.later_forms = [
                    [day, pk] for day, pk in asked_schedule.later_forms if date.fromisoformat(day) <= today
                ]
                asked_schedule.save(update_fields=["later_forms"])
        _record("stay_with_form", schedule, n=len(stayed), by=by, at=at)
    return len(stayed)


def _held(public_id: UUID, *, by: Actor, at: datetime) -> tuple[Schedule, list[found.FormOfSchedule]]:
    """Return a schedule with a form in the caller's sight, for who may change it; it and what was passed on,
    locked."""
    seen = schedule_for(public_id)
    org.require(by, LEADS, at=seen.unit_id)
    form = or_refuse(seen.form)
    with system("the form of a schedule"):
        rows = with_passed_on(seen, None)
        schedules = SCHEDULES.select_for_update(of=("self",)).filter(pk__in=rows, form__form_id=form.form_id)
        by_pk = {schedule.pk: schedule for schedule in schedules.order_by("pk")}
        if seen.pk not in by_pk or by_pk[seen.pk].ended_at is not None:
            raise FormStays
        return seen, found.with_forms([by_pk.pop(seen.pk), *by_pk.values()], at=at)


def _record(act: str, schedule: Schedule, *, n: int, by: Actor, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=f"programmes.{act}", subject=str(schedule.public_id), unit_id=schedule.unit_id, n=n
    )
