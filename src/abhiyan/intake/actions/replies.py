"""Answer calls, SMS and WhatsApp messages: one message per phone, drive and day.

Nothing is sent while somebody calls. A loop finds the first calls without a reply. It queues the message under
a key made of phone and drive, and marks them, in one commit: a crash in between sends nothing twice. A phone
that calls again on a later day and has not joined is sent its link once more; a text message can be lost.
Messages above the drive's budget are held by the breaker (messaging) until two people release them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.leaving import leave_by_phone, stop_by_phone
from abhiyan.enrolment.actions.receipts import LEAVE, PAGE, STOP, send_receipt
from abhiyan.enrolment.queries.drives import drive_row, roll_of
from abhiyan.enrolment.queries.first_calls import link_secret
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.channels import HOOKS, WELCOMED, WRITTEN
from abhiyan.intake.queries.calls import REPLIED_WITHIN
from abhiyan.intake.queries.notices import drives_that_wait
from abhiyan.intake.queries.texts import waits_for_yes
from abhiyan.intake.rules.backlog import WITHOUT_REPLY
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messaging_queries
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Notice

AT_ONCE = 1_000
LATEST = REPLIED_WITHIN
LINK = "/j/%s/"  # the address of a personal link
CALL = "call"  # the word of a call's address

_UNANSWERED = f"""
select w.id, w.programme_id, w.phone_id, w.unit_id, w.at, w.completed_at is not null, p.sealed, w.channel,
       w.language, w.completed_at is not null and exists (select from enrolment_membership m
         join enrolment_enrolment e on e.membership_id = m.id and e.channel = any(%(welcomed)s)
          and e.signed_at >= w.at and e.ended_at is null where m.phone_id = w.phone_id) as is_welcomed
  from enrolment_waiting w join people_phone p on p.id = w.phone_id
 where {WITHOUT_REPLY} and w.at > %(from)s and w.programme_id <> all(%(wait)s::int[])
 order by w.at limit %(n)s for update of w skip locked"""
_AGAIN = """
select w.id, w.programme_id, w.phone_id, w.unit_id, w.called_at, false, p.sealed, w.channel, w.language,
       w.completed_at is not null or w.called_at <= %(from)s
         or (w.called_at at time zone %(zone)s)::date <= (w.replied_at at time zone %(zone)s)::date as is_nothing
  from enrolment_waiting w join people_phone p on p.id = w.phone_id
 where w.called_at is not null and (w.replied_at is not null or w.completed_by is not null)
   and w.programme_id <> all(%(wait)s::int[])
 order by w.called_at limit %(n)s for update of w skip locked"""


@dataclass(frozen=True, slots=True)
class _ReplyTexts:
    """The texts of a drive's replies besides the link."""

    notice: str
    hear: str
    mark: str  # of its roll


def reply(*, at: datetime) -> int:
    """Queue the reply to everybody who called for the first time, or again on a later day. Returns how many calls were
    looked at. In a transaction, as jobs.

    To an unknown caller: the short notice, the personal link, where to hear the notice, how to stop messages; to who
    wrote, also how to join by a text. To a member: that they are one, and where to see, correct or leave. A member who
    counts by this call gets no reply, for they are welcomed (`welcoming`). A phone that has said no since its call gets
    none (messaging). A second call on the day of a reply gets none, nor does a caller who has joined.
    Callers of a drive wait while its notice is another organisation's.
    """
    params = {"from": at - LATEST, "n": AT_ONCE, "welcomed": list(WELCOMED), "zone": settings.TIME_ZONE}
    params["wait"] = [waiting_drive.programme_id for waiting_drive in drives_that_wait()]
    rows, again = sql.rows(_UNANSWERED, params), sql.rows(_AGAIN, params)
    if not rows and not again:
        return 0
    _send([row[:9] for row in rows if not row[9]], at)
    sql.run("update enrolment_waiting set replied_at = %s where id = any(%s)", [at, [row[0] for row in rows]])
    due = [row for row in again if not row[9]]
    _send([row[:9] for row in due], at, of_day=True)
    sql.run(
        "update enrolment_waiting set called_at = null, replied_at = case when id = any(%s) then %s"
        " else replied_at end where id = any(%s)",
        [[row[0] for row in due], at, [row[0] for row in again]],
    )
    return len(rows) + len(again)


def _send(rows: Sequence[Sequence[Any]], at: datetime, *, of_day: bool = False) -> None:
    """Queue a reply to each of these calls. of_day: one more, under a key of its day."""
    ring = keyring()
    texts: dict[tuple[int, str], _ReplyTexts] = {}
    letters = []
    wait = _wait_for_yes([(row[1], row[2]) for row in rows if row[7] in WRITTEN], at)
    for waiting_id, programme_id, phone_id, unit_id, called_at, is_member, sealed, _channel, n_told in rows:
        language = n_told or settings.LANGUAGE_CODE
        if (programme_id, language) not in texts:
            texts[programme_id, language] = _texts(programme_id, language)
        reply_texts = texts[programme_id, language]
        if is_member:
            blanks = {"link": settings.ORIGIN + PAGE}
        else:
            link = settings.ORIGIN + LINK % link_secret(waiting_id.bytes)
            blanks = {"link": link, "notice": reply_texts.notice, "hear": reply_texts.hear}
            blanks["born"] = wait.get((programme_id, phone_id), "")
        letters.append(
            messaging.Outgoing(
                template=(
                    "drive.already"
                    if is_member
                    else "drive.reply_yes"
                    if (programme_id, phone_id) in wait
                    else "drive.reply"
                )
                + reply_texts.mark,
                phone=ring.unseal(bytes(sealed), about=phone_id.bytes).decode(),
                language=language,
                blanks=blanks,
                key=f"reply|{programme_id}|{phone_id}"
                + (f"|{clock.day_in(settings.TIME_ZONE, called_at)}" if of_day else ""),
                unit_id=unit_id,
                programme_id=programme_id,
                asked_at=called_at,
            )
        )
    messaging.send_many(messages=letters, at=at)


def _wait_for_yes(phones: Sequence[tuple[int, UUID]], at: datetime) -> dict[tuple[int, UUID], str]:
    """Return those of these (programme, phone) whose details wait for a YES, with the year that an age made."""
    by_programme: dict[int, list[UUID]] = {}
    for programme_id, phone_id in phones:
        by_programme.setdefault(programme_id, []).append(phone_id)
    return {
        (programme_id, phone_id): born
        for programme_id, phone_ids in by_programme.items()
        for phone_id, born in waits_for_yes(programme_id=programme_id, phone_ids=phone_ids, at=at).items()
    }


def _texts(programme_id: int, language: str) -> _ReplyTexts:
    drive = or_refuse(drive_row(programme_id))
    notice = people_queries.notice(drive.notice_code, language, drive.notice_version)
    return _ReplyTexts(
        notice=notice.short,
        hear=messaging_queries.our_number("notice", programme_id) or _heard_at(notice),
        mark=roll_of(programme_id).mark,
    )


def _heard_at(notice: Notice) -> str:
    """Return where the notice is heard without a number of its own: the address of its recording, if there is one."""
    if not notice.has_audio:
        return ""
    roll = rolls.of_notice(notice.code)
    question = "" if roll is None else roll.of_notice
    return settings.ORIGIN + reverse("intake:notice_heard", args=[notice.version, notice.language]) + question


def refuse_by_call(
    *,
    is_leaving: bool,
    programme_id: int | None,
    phone: str,
    ref: str,
    number: str,
    is_believed: bool = True,
    by: Actor,
    at: datetime,
) -> None:
    """Refuse by call: somebody called the number to leave, or the one that stops messages.

    Leaving ends the memberships of the drive's roll at once. The phone has said no to everything until it says
    otherwise itself. A receipt goes out, once. is_believed: false of a number that is new; then it waits
    (`leaving`). phone: E.164. ref: provider and its own id of the call, which makes a replay find the first.
    Known or not, nothing differs outside.
    """
    question = LEAVE if is_leaving else STOP
    facts: dict[str, Any] = {
        "provider": ref.partition("|")[0],
        "ref": ref,
        "kind": CALL,
        "number": number,
        "phone": phone,
    }
    with system("a call that refuses: was it told before?"):
        if messaging_queries.is_inbound_known(**facts):
            return  # they may have joined again since
    if is_leaving:
        leave_by_phone(
            phone=phone,
            programme_id=programme_id,
            channel=HOOKS[CALL].number,
            is_believed=is_believed,
            by=by,
            at=at,
        )
    else:
        stop_by_phone(phone=phone, channel=HOOKS[CALL].number, by=by, at=at)
    with system("the receipt of a call that refuses"):
        if messaging.note_inbound(**facts, outcome=question, at=at):
            send_receipt(of=question, phone=phone, programme_id=programme_id or 0, at=at)
