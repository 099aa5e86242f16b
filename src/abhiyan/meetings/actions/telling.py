"""Messages to invitees: a question whether they come, another after a move, and the news of a cancellation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import lot
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.meetings.rules import days
from abhiyan.messaging import actions as messaging
from abhiyan.people import queries as people

from .words import blanks_of

ROOM, COMES, CAME = "meetings", "comes", "came"
ANSWER_PAGE = "/meetings/answer/%s/"
AT_ONCE = 500  # people told in one commit


def tell_next_invitees(*, public_id: UUID, at: datetime) -> bool:
    """Tell the next invitees who have not heard of a meeting as it is now. Return True if there may be more. By a job.

    Earlier questions close. Before the meeting begins, a new one asks whether they come.
    """
    with system("telling of a meeting"):
        # Locked: a move or cancellation waits, and then tells everybody once more.
        meeting = Meeting.objects.select_for_update().filter(public_id=public_id).first()
        if meeting is None:
            return False
        waiting = meeting.invitees.filter(told__lt=meeting.version).exclude(account_id=None)
        rows = list(waiting.select_for_update().order_by("pk")[:AT_ONCE])
        messaging.close_questions(ids=_asked(rows), at=at, but_answering=True)
        _tell(meeting, rows, at=at)
        for invitee in rows:
            invitee.told = meeting.version
        Invitee.objects.bulk_update(rows, ["told", "question"])
    return len(rows) == AT_ONCE


def reachable(rows: Sequence[Invitee]) -> list[tuple[Invitee, str, str]]:
    """Those whose phone is kept, with language and phone (E.164)."""
    accounts = people.accounts(invitee.account_id for invitee in rows if invitee.account_id is not None)
    phones = people.phones(account.phone_id for account in accounts.values())
    return [
        (
            invitee,
            account.language or settings.LANGUAGE_CODE,
            keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode(),
        )
        for invitee in rows
        if invitee.account_id
        and (account := accounts.get(invitee.account_id))
        and (phone := phones.get(account.phone_id))
    ]


def _asked(rows: Sequence[Invitee]) -> list[UUID]:
    """The ids of what these people were asked last."""
    return [
        messaging.question_id(room=ROOM, kind=COMES, about=invitee.question, phone_id=invitee.phone_id)
        for invitee in rows
        if invitee.question is not None
    ]


def _tell(meeting: Meeting, rows: Sequence[Invitee], *, at: datetime) -> None:
    if meeting.cancelled_at is not None:
        messaging.tell_accounts(
            messages=[
                messaging.AccountMessage(
                    account_id=invitee.account_id,
                    template="duty.meeting_off",
                    blanks=lambda language: {**blanks_of(meeting, language), "why": meeting.why},
                    key=f"meeting|{invitee.public_id}|{meeting.version}",
                    unit_id=meeting.unit_id,
                )
                for invitee in rows
                if invitee.told and invitee.account_id
            ],
            at=at,
        )
        return
    begins_at = days.begins_at(meeting.first_on, meeting.starts, settings.TIME_ZONE)
    if at >= begins_at:
        return
    blanks_by_lang: dict[str, Mapping[str, str]] = {}
    askings = []
    for each, language, phone in reachable(rows):
        each.question = lot.uuid()
        blanks = blanks_by_lang.setdefault(language, blanks_of(meeting, language))
        askings.append(
            messaging.PhoneQuestion(
                room=ROOM,
                kind=COMES,
                about=each.question,
                phone=phone,
                language=language,
                template="duty.meeting_moved" if each.told else "duty.meeting",
                blanks=dict(blanks),
                label=meeting.title_in(language),
                expires_at=begins_at,
                unit_id=meeting.unit_id,
                address=ANSWER_PAGE,
            )
        )
    messaging.ask_many(askings=askings, at=at)
