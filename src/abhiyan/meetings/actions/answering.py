"""An invitee says whether they come: by SMS, by the link of the message, or signed in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.meetings import queries as found
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.meetings.rules import days
from abhiyan.messaging.news import QuestionAnswered

from .attending import note_whether_came
from .calling import tell_later
from .telling import CAME, ROOM

LONGEST_REASON = 300


class CantComeWhy(Refused):
    message = _("Write why you can't come, at most %(longest)s characters.")


class SubstituteWrong(Refused):
    message = _("Choose one person of your own unit. You can name one substitute.")


class SubstituteInvited(Refused, status=409):
    message = _("This person is invited already. Choose somebody else.")


class AnswerOver(Refused, status=409):
    message = _("This meeting has begun or was cancelled. Nobody waits for an answer any more.")


def answer_invitation(*, public_id: UUID, comes: bool, by: Actor, at: datetime, reason: str = "") -> None:
    """Note whether the signed-in invitee of a meeting (its public id) comes. They can change it until it begins.

    Invitees may do this for themselves. Refuses NotFound, CantComeWhy without a reason, AnswerOver.
    """
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON or "\0" in reason or not (comes or reason):
        raise CantComeWhy(field="reason", longest=LONGEST_REASON)
    invitees = Invitee.objects.filter(meeting__public_id=public_id, account_id=by.account_id or 0)
    seen = or_refuse(invitees.first())
    with transaction.atomic(), system("an invitee answers"):
        invitee = Invitee.objects.select_related("meeting").select_for_update(of=("self",)).get(pk=seen.pk)
        if is_meeting_over(invitee.meeting, at=at):
            raise AnswerOver
        _note(invitee, comes=comes, reason=reason, by=by, at=at)


def name_substitute(*, public_id: UUID, appointment: UUID, by: Actor, at: datetime) -> None:
    """Send the holder of an appointment (public id) to a meeting in one's place. They are invited and asked.

    An invitee may do this once, with somebody of their own unit. Refuses NotFound, AnswerOver,
    SubstituteWrong, SubstituteInvited.
    """
    invitees = Invitee.objects.filter(meeting__public_id=public_id, account_id=by.account_id or 0)
    seen = or_refuse(invitees.first())
    with transaction.atomic(), system("an invitee names a substitute"):
        meeting = Meeting.objects.select_for_update().get(pk=seen.meeting_id)
        invitee = Invitee.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if is_meeting_over(meeting, at=at):
            raise AnswerOver
        chosen = {
            substitute.appointment_id: substitute
            for substitute in found.substitutes(invitee, on=meeting.first_on)
        }
        whom = chosen.get(appointment)
        if whom is None or Invitee.objects.filter(stands_for=invitee).exists():
            raise SubstituteWrong(field="appointment")
        if meeting.invitees.filter(account_id=whom.account_id).exists():
            raise SubstituteInvited(field="appointment")
        meeting.invitees.create(
            public_id=lot.uuid(),
            account_id=whom.account_id,
            phone_id=whom.phone_id,
            office=whom.office,
            unit_id=invitee.unit_id,
            called_in_id=invitee.called_in_id,
            is_private=invitee.is_private,
            invited_at=at,
            stands_for=invitee,
        )
        _note(invitee, comes=False, reason="", by=by, at=at)
        tell_later(meeting, at=at)


def hear_invitee_answer(*, answer: QuestionAnswered) -> None:
    """The phone answers by text or link whether its owner comes, or was there. In the transaction of its answer.

    An answer about an earlier day changes nothing.
    """
    if answer.room != ROOM:
        return
    if answer.kind == CAME:
        note_whether_came(
            question=answer.about, phone_id=answer.phone_id, yes=answer.yes, by=answer.by, at=answer.at
        )
        return
    with system("an invitee answers"):
        invitees = Invitee.objects.select_related("meeting").select_for_update(of=("self",))
        invitee = invitees.filter(question=answer.about, phone_id=answer.phone_id).first()
        if invitee is not None and not is_meeting_over(invitee.meeting, at=answer.at):
            _note(invitee, comes=answer.yes, reason=answer.why[:LONGEST_REASON], by=answer.by, at=answer.at)


def is_meeting_over(meeting: Meeting, *, at: datetime) -> bool:
    """Return True if a meeting has begun or is cancelled."""
    return meeting.cancelled_at is not None or days.has_begun(
        meeting.first_on, meeting.starts, settings.TIME_ZONE, at=at
    )


def _note(invitee: Invitee, *, comes: bool, reason: str, by: Actor, at: datetime) -> None:
    invitee.answer = Invitee.Answer.YES if comes else Invitee.Answer.NO
    invitee.answered_at, invitee.reason = at, "" if comes else reason
    invitee.save(update_fields=["answer", "answered_at", "reason"])
    audit.record(
        by=by,
        at=at,
        act="meetings.answer",
        subject=str(invitee.public_id),
        unit_id=invitee.called_in_id,
        facts={"comes": comes},
    )
