"""Bulk sends: drafted, asked, approved by another person, started, paused, resumed, stopped half-way."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, environment, jobs, lot, small_cells, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging import sends as reads
from abhiyan.messaging.models import Message, Send, Template
from abhiyan.messaging.queries import SendRecipient, open_hours, stop_number
from abhiyan.messaging.recipients import NOBODY, on_phones
from abhiyan.messaging.rules import audiences, bulk, counting, hours
from abhiyan.org import actions as org
from abhiyan.org import queries as authority
from abhiyan.org.models import Release
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.units import queries as units

from .bulk_texts import SEND
from .caps import give_caps_back
from .counting import be_counted, count_later
from .queueing import UNSENT

ACT = "messages.bulk"
SLICE = 2_000  # phones queued in one commit
LEAST_LOOKED_AT = 1_000  # phones, to find the next ones
FOLLOW = 5_000  # messages moved in one commit
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LIFE = timedelta(days=7)  # then a message that could not go is given up
State = Send.State


class NoSuchText(Refused):
    message = _("Choose a text that is in force.")


class NoNumberToStop(Refused):
    message = _(
        "The text names our number to stop messages, and there is none yet. First add a number to a drive that means "
        "“No more messages”."
    )


class NoSuchAudience(Refused):
    message = _("Choose who gets it.")


class SendUnitsOutside(Refused, code="not_below"):
    message = _("Choose units inside %(unit)s.")


class VariableMissing(Refused):
    message = _("Fill in every variable of the text.")


class PaceOutOfRange(Refused):
    message = _("Choose between 60 and %(most)s messages an hour.")


class ValueTooLong(Refused):
    message = _(
        "“%(name)s” has %(length)s letters. Carriers let %(most)s through in one variable, and stop the whole message "
        "otherwise. Make it shorter in a new send."
    )


class NobodyToSend(Refused):
    message = _("Nobody would get this message now. Choose another audience or unit.")


class NotInThisState(Refused, status=409):
    message = _("This send has moved on. Look at its page again.")


class AudienceGrew(Refused, status=409):
    message = _("%(now)s people would get it now; %(was)s were approved. Ask for approval again.")


class OtherThanApproved(Refused, status=409):
    message = _("Something changed since the approval. Ask for approval again.")


def draft_send(
    *,
    text: str,
    audience: str,
    unit_id: int,
    hierarchy: int,
    only: Sequence[int],
    given: Mapping[str, Mapping[str, str]],
    per_hour: int,
    programme_id: int,
    by: Actor,
    at: datetime,
) -> UUID:
    """Put a send together and count the people it would reach. Nothing goes out. Returns its public id.

    text: code of a bulk text in force. audience: as `rules.audiences.offered_audiences` names it. only: units below
    `unit_id`; none: all of it. given: language -> what fills the text's variables. It needs messages.send over the
    unit. Refuses NoSuchText, NoNumberToStop, NoSuchAudience, SendUnitsOutside, VariableMissing, PaceOutOfRange.
    """
    authority.require(by, SEND, at=unit_id)
    if by.account_id is None:
        raise authority.NotYours
    if audience not in dict(audiences.offered_audiences()):
        raise NoSuchAudience(field="audience")
    lo, hi = units.span(unit_id, hierarchy)
    spans = units.spans(only, hierarchy)
    if any(only_id not in spans or not (lo <= spans[only_id][0] < hi) for only_id in only):
        raise SendUnitsOutside(
            field="only", unit=units.names_of_units([unit_id], language="en").get(unit_id, "")
        )
    if not 60 <= per_hour <= most_per_hour():
        raise PaceOutOfRange(field="per_hour", most=most_per_hour())
    if programme_id and programme_id not in dict(audiences.paying_programmes()):
        raise NoSuchAudience(field="programme")
    with system("drafting a bulk send"):
        templates = _wordings(text)
        send = Send(
            public_id=lot.uuid(),
            text=text,
            audience=audience,
            unit_id=unit_id,
            hierarchy=hierarchy,
            units=sorted(set(only)) or [unit_id],
            programme_id=programme_id,
            given=_filled(templates, given),
            per_hour=per_hour,
            made_by=by.account_id,
            made_at=at,
        )
        count_later(send, templates, at=at)
        send.save()
        _record("messaging.draft_send", send, by, at)
    return send.public_id


def count_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Count again how many people a send would reach. It needs messages.send over the unit. Refuses NotInThisState."""
    with system("counting whom a bulk send reaches"):
        send = _locked(public_id, State.DRAFT, State.ASKED)
        authority.require(by, SEND, at=send.unit_id)
        count_later(send, _wordings(send.text), at=at)
        send.save()


def most_per_hour() -> int:
    """The fastest a send may go: what the server allows a programme in an hour."""
    return max(60, environment.SMS_PER_HOUR())


def ask_send(*, public_id: UUID, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person to approve a send, with texts, audience and the number as it was counted, and when.

    Asked again, the request before is over. It needs messages.send over the unit. Refuses NotInThisState,
    NoSuchText, NoNumberToStop, NotCounted, NobodyToSend, and what `org.ask_release` refuses; where DLT ids are
    required, ValueTooLong.
    """
    with system("asking for a bulk send"):
        send = _locked(public_id, State.DRAFT, State.ASKED)
        authority.require(by, SEND, at=send.unit_id)
        for name, length in (long for values in send.given.values() for long in bulk.too_long(values)):
            if environment.DLT_REQUIRED():
                raise ValueTooLong(name=name, length=length, most=bulk.CARRIED)
        be_counted(send, _wordings(send.text), at=at)
        if not sum(send.counted.values()):  # A refusal would tell that all of a few said no.
            raise NobodyToSend
        release = org.ask_release(
            act=ACT,
            unit_id=send.unit_id,
            reason=reason,
            payload={
                "send": str(send.public_id),
                "sha256": send.sha256,
                "n": send.n_asked,
                "parts": send.parts_asked,
                "counted_at": send.counted_at and send.counted_at.isoformat(),
            },
            by=by,
            at=at,
        )
        _close_requests(send, by, at, but=release.public_id)
        send.release, send.state, send.counting = release.public_id, State.ASKED, None
        send.save()
    return release


def start_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """The person who asked begins to send what a second person approved. A job queues it at its pace.

    Refuses NotInThisState, NoSuchText, NoNumberToStop, NotCounted, AudienceGrew, OtherThanApproved, and what
    `org.use_release` refuses, DataStopped too.
    """
    with system("starting a bulk send"):
        send = _locked(public_id, State.ASKED)
        if send.release is None:
            raise NotInThisState
        approved = org.use_release(public_id=send.release, act=ACT, by=by, at=at)
        be_counted(send, _wordings(send.text), at=at)
        if approved["send"] != str(send.public_id) or approved["sha256"] != send.sha256:
            raise OtherThanApproved
        if bulk.has_grown(was=approved["n"], now=send.n_asked):
            raise AudienceGrew(
                **{
                    when: small_cells.seen_count(n, is_exact=False)
                    for when, n in (("now", send.n_asked), ("was", approved["n"]))
                }
            )
        send.state, send.started_at, send.counting = State.SENDING, at, None
        send.save()
        _go_on(send, at)
        _record("messaging.start_send", send, by, at)


def pause_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Queue no more for now, and hold what is queued. It needs messages.send. Refuses NotInThisState."""
    with system("pausing a bulk send"):
        send = _locked(public_id, State.SENDING)
        authority.require(by, SEND, at=send.unit_id)
        send.state = State.PAUSED
        send.save(update_fields=["state"])
        _have_followed(send, at)
        _record("messaging.pause_send", send, by, at)


def resume_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Go on with a paused send where it was. It needs messages.send. Refuses NotInThisState, DataStopped."""
    with system("resuming a bulk send"):
        send = _locked(public_id, State.PAUSED)
        authority.require(by, SEND, at=send.unit_id)
        people.refuse_while_stopped()
        send.state, send.queued_at = State.SENDING, None
        send.save(update_fields=["state", "queued_at"])
        _have_followed(send, at)
        _go_on(send, at)
        _record("messaging.resume_send", send, by, at)


def stop_send(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """End a send half-way: nothing more is queued, and what is queued does not go. Return how many messages that is.

    A message in the gateway's hands at this moment may still go; all that went is said on the send's page. It needs
    messages.send over the unit. Refuses NotInThisState.
    """
    with system("stopping a bulk send"):
        send = _locked(public_id, State.SENDING, State.PAUSED)
        authority.require(by, SEND, at=send.unit_id)
        n = Message.objects.filter(send_id=send.pk, state__in=UNSENT).count()
        _end(send, "", at)
        _have_followed(send, at)
        _record("messaging.stop_send", send, by, at, n=n)
    return n


def halt_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """End a send whose occasion is over: it is discarded before it begins, and stopped half-way after that.

    One that is finished stays as it is. It needs messages.send over the unit.
    """
    with system("the occasion of a bulk send is over"):
        state = Send.objects.filter(public_id=public_id).values_list("state", flat=True).first()
    if state in (State.DRAFT, State.ASKED):
        discard_send(public_id=public_id, by=by, at=at)
    elif state in (State.SENDING, State.PAUSED):
        stop_send(public_id=public_id, by=by, at=at)


def discard_send(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Throw away a send that was not started. It needs messages.send. Refuses NotInThisState."""
    with system("discarding a bulk send"):
        send = _locked(public_id, State.DRAFT, State.ASKED)
        authority.require(by, SEND, at=send.unit_id)
        _record("messaging.discard_send", send, by, at)
        _close_requests(send, by, at)
        send.delete()


def stop_restored_sends(*, at: datetime) -> None:
    """After a restore nobody knows what went since the backup: sends end, for people to look at. In system scope."""
    for send in (
        Send.objects.select_for_update().filter(state__in=(State.SENDING, State.PAUSED)).order_by("pk")
    ):
        _end(send, "restored", at)
        while _follow(send, at):
            pass


def follow_next(*, public_id: UUID, at: datetime) -> bool:
    """Have some thousand more messages that have not left follow their send: paused, resumed or stopped. Return True if
    there may be more. By a job; that none leaves meanwhile is the sender's own to see (`sending.admit`)."""
    with system("messages follow their bulk send"):
        send = Send.objects.select_for_update().filter(public_id=public_id).first()
        return send is not None and _follow(send, at) > 0


def queue_next(*, public_id: UUID, at: datetime) -> bool:
    """Queue the next phones of a send, as many as its pace allows now. Return True if more is to do later.

    One commit each: phones that were queued, and where the next turn goes on. A phone's message has an id made of the
    send and the phone, so no crash queues it twice. By a job.
    """
    with system("queueing a bulk send"):
        send = Send.objects.select_for_update().filter(public_id=public_id).first()
        if send is None or send.state != State.SENDING:
            return False
        if send.is_queued:
            return _finished(send, at)
        is_stopped = people_queries.emergency_stop() is not None
        if is_stopped or not hours.is_in_hours(at, settings.TIME_ZONE, open_hours()):
            return True
        # The pace is reckoned from the phones it has had, not from the last turn: a turn rounds down.
        since = max(send.queued_at or at - MINUTE, at - MINUTE)
        n = min(bulk.room_to_queue(per_hour=send.per_hour, since_s=(at - since).total_seconds()), SLICE)
        if not n:
            return True
        after = send.after or counting.FIRST
        # Twice as far as so many phones should lie, but not so near that it is looked at for nothing.
        everybody = max(1, sum(send.counted.values()))
        until = counting.up_to(after, share=max(2 * n, LEAST_LOOKED_AT) / everybody)
        phones = reads.next_phones(send, after=after, until=until, n=n, at=at)
        _insert(send, phones, at)
        send.after = phones[-1].phone_id if len(phones) == n else until
        send.queued_at = since + len(phones) * HOUR / send.per_hour
        send.is_queued = send.after == counting.LAST
        send.save(update_fields=["queued_at", "is_queued", "after"])
    return True


_INSERT = """insert into messaging_message (id, public_id, kind, template, language, phone_id, sealed_phone, last4,
 sealed_blanks, unit_id, programme_id, state, reason, queued_at, due_at, expires_at, settled_at, send_id)
 select t.id, t.public_id, %s, %s, t.language, t.phone_id, t.sealed, t.last4, t.blanks, t.unit_id, %s, t.state,
 t.reason, %s, %s, %s, case when t.state = 'dropped' then %s end, %s
 from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::text[], %s::bytea[], %s::bigint[],
 %s::text[], %s::text[]) t(id, public_id, language, phone_id, sealed, last4, blanks, unit_id, state, reason)
 on conflict do nothing"""


def _insert(send: Send, phones: Sequence[SendRecipient], at: datetime) -> None:
    """Write a row for each phone. A phone that gets nothing has a row too, with the reason, and without what could be
    sent."""
    if not phones:
        return
    ring, stop = keyring(), stop_number()
    audience, _choice = audiences.read_audience(send.audience)
    blanks = {
        language: json.dumps(values | {"stop": stop}, ensure_ascii=False).encode()
        for language, values in send.given.items()
    }
    rows = []
    for recipient in phones:
        public, ident = (
            lot.uuid(),
            UUID(bytes=hashlib.sha256(f"send|{send.pk}|{recipient.phone_id}".encode()).digest()[:16]),
        )
        language = bulk.language_for(recipient.language, blanks, settings.LANGUAGE_CODE)
        if recipient.reason:
            rows.append(
                (
                    ident,
                    public,
                    language,
                    recipient.phone_id,
                    b"",
                    "",
                    b"",
                    recipient.unit_id,
                    "dropped",
                    recipient.reason,
                )
            )
            continue
        phone = ring.unseal(bytes(recipient.sealed), about=recipient.phone_id.bytes)
        sealed = ring.seal(phone, about=ident.bytes)
        filled = ring.seal(blanks[language], about=ident.bytes)
        rows.append(
            (
                ident,
                public,
                language,
                recipient.phone_id,
                sealed,
                recipient.last4,
                filled,
                recipient.unit_id,
                "queued",
                "",
            )
        )
    params = [audience.kind, send.text, send.programme_id, at, at, at + LIFE, at, send.pk]
    sql.run(_INSERT, [*params, *map(list, zip(*rows, strict=True))])


def _finished(send: Send, at: datetime) -> bool:
    """Return True if something of it is still under way; where nothing is, it is done."""
    # Messages that a sender held for a pause that ended by then go on first.
    waiting = (Message.State.QUEUED, Message.State.LEASED)
    if _follow(send, at) or Message.objects.filter(send_id=send.pk, state__in=waiting).exists():
        return True
    send.state, send.ended_at = State.DONE, at
    send.save(update_fields=["state", "ended_at"])
    return False


def _go_on(send: Send, at: datetime) -> None:
    jobs.later("messaging.queue_send", str(send.public_id), at=at, public_id=str(send.public_id))


def _end(send: Send, reason: str, at: datetime) -> None:
    send.state, send.reason, send.ended_at = State.STOPPED, reason, at
    send.save(update_fields=["state", "reason", "ended_at"])


_FOUND = """select id, phone_id, tries > 0 and state <> 'leased' from messaging_message where send_id = %(send)s
 and state = any(%(from)s) and (%(only)s = '' or reason = %(only)s) limit %(n)s"""
# Locked in the order of their ids, as the sender does. The days of what goes on are counted from here: it was not they
# who waited.
_FOLLOW = """with mine as materialized (select id from messaging_message where id = any(%(ids)s) order by id for update)
 update messaging_message m set state = %(to)s, reason = %(why)s, leased_until = null,
 due_at = case when %(to)s = 'queued' then %(at)s else m.due_at end,
 expires_at = case when %(to)s = 'queued' then %(life)s else m.expires_at end,
 settled_at = case when %(to)s = 'dropped' then %(at)s::timestamptz end
 from mine where mine.id = m.id and m.state = any(%(from)s)"""


def _follow(send: Send, at: datetime) -> int:
    """Move some of what has not left to where its send is. Returns how many were found. The send is locked."""
    waits = [Message.State.QUEUED.value, Message.State.LEASED.value]
    held_state = Message.State.HELD.value
    moves = {
        State.PAUSED: (waits, "", held_state, reads.PAUSED),
        State.SENDING: ([held_state], reads.PAUSED, Message.State.QUEUED.value, ""),
        State.STOPPED: ([*waits, held_state], "", Message.State.DROPPED.value, send.reason or reads.STOPPED),
    }
    if send.state not in moves:
        return 0
    begins, only, to, why = moves[State(send.state)]
    params = {"send": send.pk, "from": begins, "only": only, "n": FOLLOW}
    message_rows = sql.rows(_FOUND, params)
    if to == Message.State.DROPPED:
        _give_back({ident: phone_id for ident, phone_id, is_tried in message_rows if is_tried})
    params |= {"ids": [row[0] for row in message_rows], "to": to, "why": why, "at": at, "life": at + LIFE}
    sql.run(_FOLLOW, params)
    return len(message_rows)


def _give_back(tried: Mapping[UUID, UUID]) -> None:
    """Places in the caps of what was tried and does not go now: messages with their phones. Before the messages are
    locked, as the sender does."""
    people = on_phones(set(tried.values()))
    subjects = {
        subject_id for phone in tried.values() for subject_id in (phone, *people.get(phone, NOBODY).persons)
    }
    give_caps_back(message_ids=list(tried), subjects=subjects)


def _have_followed(send: Send, at: datetime) -> None:
    """The first few thousand follow now; the rest by a job."""
    if _follow(send, at) == FOLLOW:
        jobs.later("messaging.follow_send", str(send.public_id), at=at, public_id=str(send.public_id))


def _wordings(code: str) -> dict[str, Template]:
    """A text as it may be sent: in force, and with a way to stop messages that there is (law.md T5)."""
    templates = reads.wordings(code)
    if not templates or not all(template.is_active for template in templates.values()):
        raise NoSuchText(field="text")
    if not stop_number() and any(
        bulk.bulk_text_fault(template.text.replace("{stop}", "")) for template in templates.values()
    ):
        raise NoNumberToStop(field="text")
    return templates


def _close_requests(send: Send, by: Actor, at: datetime, but: UUID | None = None) -> None:
    org.close_release(act=ACT, payload={"send": str(send.public_id)}, by=by, at=at, but=but)


def _filled(
    templates: Mapping[str, Template], given: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for language, template in templates.items():
        values = {
            name: given.get(language, {}).get(name, "").strip() for name in bulk.variables(template.text)
        }
        for name, value in values.items():
            if not bulk.is_filling(value):
                raise VariableMissing(field=f"v_{language}_{name}")
        texts[language] = values
    return texts


def _locked(public_id: UUID, *states: str) -> Send:
    send = or_refuse(Send.objects.select_for_update().filter(public_id=public_id).first())
    if send.state not in states:
        raise NotInThisState
    return send


def _record(what: str, send: Send, by: Actor, at: datetime, n: int = 1) -> None:
    facts: dict[str, Any] = {"text": send.text, "audience": send.audience, "asked": send.n_asked}
    audit.record(by=by, at=at, act=what, subject=str(send.public_id), unit_id=send.unit_id, n=n, facts=facts)
