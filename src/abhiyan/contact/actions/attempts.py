"""A try begins under a lease, and ends with what came of it."""

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.models import Attempt
from abhiyan.contact.rules.retries import next_try
from abhiyan.core import lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system

LEASE = timedelta(minutes=30)
VISIT_LEASE = timedelta(days=3)


class TriedByAnother(Refused, status=409):
    message = _("Somebody else is trying this at the moment.")


class FinishFirst(Refused, status=409):
    message = _("Finish the call you have begun. One call at a time.")


class NotNow(Refused):
    message = _("Try again on another day, at another hour.")


class TryOver(Refused, status=409):
    message = _("Somebody else has this now, or it is noted already.")


class NoVisit(Refused, status=409):
    message = _("There is nothing to undo.")


def begin_attempt(*, room: str, about: UUID, is_visit: bool = False, by: Actor, at: datetime) -> Attempt:
    """Begin a try: nobody else gets the thing until the try or its lease ends. The holder gets the same try again.

    The room asks beforehand who may. Nobody calls two at once: refuses FinishFirst; TriedByAnother, NotNow.
    """
    assert by.account_id is not None
    with system("beginning a try"):
        sql.wait_for(f"tries of account {by.account_id}")
        _lapse(Attempt.objects.filter(room=room, about=about, until__lt=at), at)
        last = Attempt.objects.filter(room=room, about=about).order_by("-begun_at").first()
        if last is not None and last.outcome == "" and last.account_id == by.account_id:
            return last
        if last is not None and last.again_at is not None and last.again_at > at:
            raise NotNow
        calls = Attempt.objects.filter(account_id=by.account_id, outcome="", is_visit=False, until__gte=at)
        if not is_visit and calls.exists():
            raise FinishFirst
        try:
            with transaction.atomic():
                return Attempt.objects.create(
                    id=lot.uuid(),
                    room=room,
                    about=about,
                    account_id=by.account_id,
                    is_visit=is_visit,
                    begun_at=at,
                    until=at + (VISIT_LEASE if is_visit else LEASE),
                )
        except IntegrityError:
            raise TriedByAnother from None


def end_attempt(
    *, attempt_id: UUID, outcome: Attempt.Outcome, zone: tzinfo, by: Actor, at: datetime
) -> Attempt:
    """Write what came of a try. A call without an answer is tried again on another day, in another part of it.

    Only its beginner may, also after the lease, until somebody else begins: the talk took place. Refuses TryOver.
    `again_at` is None once it was tried enough.
    """
    assert by.account_id is not None
    with system("ending a try"):
        found = Attempt.objects.select_for_update().filter(id=attempt_id, account_id=by.account_id).first()
        attempt = or_refuse(found)
        if attempt.outcome:
            raise TryOver
        _end(attempt, outcome, zone, at)
        attempt.save(update_fields=["outcome", "done_at", "again_at"])
    return attempt


def _end(attempt: Attempt, outcome: Attempt.Outcome, zone: tzinfo, at: datetime) -> None:
    attempt.outcome, attempt.done_at = outcome, at
    if outcome in (Attempt.Outcome.NO_ANSWER, Attempt.Outcome.LATER):
        tried = Attempt.objects.filter(room=attempt.room, about=attempt.about)
        begun = tried.exclude(outcome=Attempt.Outcome.LAPSED).exclude(pk=attempt.pk)
        attempt.again_at = next_try([*begun.values_list("begun_at", flat=True), attempt.begun_at], zone)


def note_other_try(
    *,
    room: str,
    about: UUID,
    outcome: Attempt.Outcome,
    is_visit: bool = False,
    again_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Attempt:
    """Write a try that took no lease, with its outcome. No rule says when the next one is: again_at: not before then.

    The room asks beforehand who may.
    """
    assert by.account_id is not None
    with system("a try is noted"):
        return Attempt.objects.create(
            id=lot.uuid(),
            room=room,
            about=about,
            account_id=by.account_id,
            is_visit=is_visit,
            begun_at=at,
            until=at,
            outcome=outcome,
            done_at=at,
            again_at=again_at,
        )


def lapse_attempts(*, room: str, about: Collection[UUID], at: datetime) -> None:
    """End the tries under way of things that were taken from their holders. In the system's scope."""
    _lapse(Attempt.objects.filter(room=room, about__in=about), at)


def _lapse(attempts: QuerySet[Attempt], at: datetime) -> None:
    attempts.filter(outcome="").update(outcome=Attempt.Outcome.LAPSED, done_at=at)
