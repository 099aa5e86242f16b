"""Sending in batches: one transaction leases, one opens the gate, one settles what came back."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings

from abhiyan.core import clock, counters, environment, sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging import registrations
from abhiyan.messaging import sends as reads
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.mail import REFUSED
from abhiyan.messaging.models import Message, Outage, Template
from abhiyan.messaging.our_numbers import OurNumbers
from abhiyan.messaging.queries import open_hours, ours, text_for, texts_under_way
from abhiyan.messaging.recipients import NOBODY, on_phones
from abhiyan.messaging.rules import audiences, gate, mails, registered, texts
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.polls import queries as polls
from abhiyan.polls.rules.polling import Polling

from .caps import Caps, give_caps_back
from .noes import phone_standings

LEASE = timedelta(minutes=2)  # many times what a gateway may take; then it returns to the queue
CODE_LEASE = timedelta(seconds=30)
WAIT_S = 15.0  # for a gateway's whole answer.
CODE_WAIT_S = 3.0  # a hand is free again after it, and the next code goes.
MAIL_CODE_WAIT_S = 20.0  # a mail server takes several turns of talk.
TRIES = 6  # then given up.
FIRST_WAIT = timedelta(minutes=1)  # they double, to an hour.
FIRST_CODE_WAIT = timedelta(seconds=5)
FIRST_MAIL_CODE_WAIT = timedelta(seconds=15)  # servers that do not know us yet say "in five minutes" at first
LONGEST_WAIT = timedelta(hours=1)
MESSAGES = "messages"  # counters by state, for `/metrics`

log = logging.getLogger(__name__)
State = Message.State

# An array of what is to be taken, for it is read once; `in` may be read once a row, and each time takes n more.
_LEASE = """update messaging_message set state = 'leased', leased_until = %(until)s, tries = tries + 1
 where id = any(array(select id from messaging_message where state in ('queued', 'leased') and way = %(way)s
 and due_at <= %(at)s and (leased_until is null or leased_until <= %(at)s) and template {} 'code.%%'
 order by due_at limit %(n)s
 for update skip locked))
 returning id, kind, template, language, phone_id, sealed_phone, sealed_blanks, unit_id, programme_id, queued_at,
 due_at, tries, reason, send_id, expires_at, way"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that is ours for a while. Its id and number of tries name the lease: each lease is another try."""

    id: UUID
    kind: int
    template: str
    language: str
    phone_id: UUID
    sealed_phone: bytes
    sealed_blanks: bytes
    unit_id: int | None
    programme_id: int
    queued_at: datetime
    due_at: datetime
    tries: int
    reason: str
    send_id: int | None
    expires_at: datetime
    way: str

    @property
    def is_mail(self) -> bool:
        return self.way == mails.EMAIL

    @property
    def is_code(self) -> bool:
        return texts.brings_code(self.template)

    @property
    def is_free(self) -> bool:
        """Return True if it costs nothing of the budget. A code is the answer to somebody who waits at a screen; its
        own limits stand where it is asked. A message that two people released goes, whatever the hour has spent. It is
        a held message, or of a bulk send with a pace of its own."""
        return self.is_code or self.reason == "released" or self.send_id is not None


@dataclass(frozen=True, slots=True)
class Going:
    """A message past the gate, and its letter. hour: the hour whose budget it was taken from, if any. reserved: the
    phone and persons whose caps it was taken from."""

    message: Leased
    letter: Letter
    hour: datetime | None
    reserved: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class SenderIds:
    """The ids of an SMS on DLT: of the organisation, of the sender's name and of the text; "" where there is none."""

    entity: str
    header: str
    template_id: str

    @property
    def is_whole(self) -> bool:
        """Return True if carriers let the message through."""
        return bool(self.entity and self.header and self.template_id)


def lease(*, at: datetime, n: int, codes: bool, way: str = mails.SMS) -> list[Leased]:
    """Take up to n due messages of one way out, one-time codes or all others, the longest due first.

    A lease that lapses returns to the queue.
    """
    parameters: dict[str, Any] = {
        "at": at,
        "until": at + (CODE_LEASE if codes else LEASE),
        "n": n,
        "way": way,
    }
    with system("send messages"):
        rows = sql.rows(_LEASE.format("like" if codes else "not like"), parameters)
        return sorted((Leased(*row) for row in rows), key=lambda one: one.due_at)


# The hour's row, then one conditional update, which gives what is left of the allowance.
_HOUR = """insert into messaging_spending (programme_id, hour, allowed)
 values (%(programme)s, %(hour)s, coalesce((select per_hour from messaging_allowance
 where programme_id = %(programme)s), %(usual)s)) on conflict do nothing"""
_SPEND = """with hour as (select spent, allowed, least(%(n)s, greatest(allowed - spent, 0)) as given
 from messaging_spending where programme_id = %(programme)s and hour = %(hour)s for update)
 update messaging_spending s set spent = s.spent + hour.given,
 tripped_at = case when hour.given < %(n)s then coalesce(s.tripped_at, %(at)s) else s.tripped_at end
 from hour where s.programme_id = %(programme)s and s.hour = %(hour)s returning hour.given"""
_GIVE_BACK = """update messaging_spending set spent = greatest(spent - %s, 0)
 where programme_id = %s and hour = %s"""


def spend(*, programme_id: int, n: int, at: datetime) -> int:
    """Take n messages out of this hour's allowance; how many it gives. Fewer than n: the breaker is out."""
    values: dict[str, Any] = {
        "programme": programme_id,
        "hour": _hour(at),
        "usual": environment.SMS_PER_HOUR(),
        "n": n,
        "at": at,
    }
    sql.run(_HOUR, values)
    return sql.count(_SPEND, values)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


# Messages in the queue for the same hour wait behind a tripped breaker. All in one step, or a burst of callers would
# keep everybody else's messages waiting while it is held one by one.
_HOLD = """update messaging_message set state = 'held', reason = 'budget', leased_until = null
 where id = any(array(select id from messaging_message where programme_id = any(%s)
 and state = 'queued' and due_at <= %s and reason <> 'released' and send_id is null and template not like 'code.%%'
 order by due_at limit %s
 for update skip locked))"""
HELD_AT_ONCE = 10_000

# Write the fates of leases, by id and try. Rows are locked in the order of their ids, as `take_back` does.
_PUT = """with mine as materialized (select m.id, t.state, t.reason, t.due_at, t.settled_at, t.spared
 from messaging_message m join unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::timestamptz[],
 %s::timestamptz[], %s::smallint[]) t(id, tries, state, reason, due_at, settled_at, spared)
 on t.id = m.id and t.tries = m.tries where m.state = 'leased' order by m.id for update of m)
 update messaging_message m set state = mine.state, reason = mine.reason, due_at = coalesce(mine.due_at, m.due_at),
 settled_at = mine.settled_at, tries = m.tries - mine.spared, leased_until = null from mine where mine.id = m.id"""

# A message that has gone has gone, whatever was decided meanwhile.
_SENT = """with gone as materialized (select m.id, t.reason, t.ref, t.parts
 from messaging_message m join unnest(%s::uuid[], %s::text[], %s::text[], %s::smallint[]) t(id, reason, ref, parts)
 on t.id = m.id order by m.id for update of m)
 update messaging_message m set state = 'sent', reason = gone.reason, sent_at = %s, settled_at = null,
 leased_until = null, adapter = %s, adapter_ref = gone.ref, parts = gone.parts from gone where gone.id = m.id"""

# A notice whose mail is given up goes by SMS. Its tries are counted from zero again.
_BY_SMS = """with mine as materialized (select m.id, t.sealed_phone
 from messaging_message m join unnest(%s::uuid[], %s::smallint[], %s::bytea[]) t(id, tries, sealed_phone)
 on t.id = m.id and t.tries = m.tries where m.state = 'leased' order by m.id for update of m)
 update messaging_message m set way = 'sms', sealed_phone = mine.sealed_phone, state = 'queued', reason = '', tries = 0,
 due_at = %s, leased_until = null from mine where mine.id = m.id"""

_WAITING = "select id from messaging_message where id = any(%s) and state in ('queued', 'held')"

_STILL_OURS = """select m.id from messaging_message m join unnest(%s::uuid[], %s::smallint[]) t(id, tries)
 on t.id = m.id and t.tries = m.tries where m.state = 'leased'"""


@dataclass(frozen=True, slots=True)
class _Fate:
    """This is the fate of a lease whose message does not go, or came back."""

    message: Leased
    state: Message.State
    reason: str
    due_at: datetime | None = None  # as it was, unless said
    settled_at: datetime | None = None
    is_spared: bool = False  # the try does not count


def admit(*, messages: Sequence[Leased], at: datetime) -> list[Going]:
    """Let leased messages past gate and budget, in their order. Return the messages that may go now; of the others the
    row says why.

    In one transaction, before the adapter is called: a crash later leaves a lease to lapse, and the gateway knows our
    reference again. Messages taken back, held or leased by another sender since do not go, and their rows stay.
    """
    if not messages:
        return []
    with system("send messages"):
        ours = _still_ours(messages)
        inquiry = _Inquiry([message for message in messages if message.id in ours], at)
        fates: list[_Fate] = []
        ready: list[tuple[Leased, Letter]] = []
        for message in messages:
            if message.id not in ours:
                continue
            found = _judged(message, inquiry)
            if isinstance(found, _Fate):
                fates.append(found)
            else:
                ready.append((message, found))
        going, held = _within_budget(ready, at)
        fates += held
        _put(fates)
        inquiry.settle_caps(fates)
    return [replace(one, reserved=inquiry.capped(one.message)) for one in going]


def _still_ours(messages: Sequence[Leased]) -> set[UUID]:
    return set(
        sql.column(
            _STILL_OURS, [[message.id for message in messages], [message.tries for message in messages]]
        )
    )


class _Inquiry:
    """Look up what the gate asks of a batch of messages: a handful of statements, however many they are."""

    def __init__(self, messages: Sequence[Leased], at: datetime) -> None:
        self.at = at
        codes = {message.template for message in messages}
        self.published = texts_under_way(codes)
        self._template_ids = registrations.template_ids(codes)
        self._stands = phone_standings({message.phone_id for message in messages})
        self._halted = reads.halted({one.send_id for one in messages if one.send_id is not None})
        self._sends = {
            one.pk: one for one in reads.rechecked_sends({one.send_id for one in messages if one.send_id})
        }
        self._again = self._asked_again(messages)
        # The gate does not ask where most messages go, such as codes and prompt replies.
        asked = [
            one
            for one in messages
            if gate.needs_place(gate.GateMessage(one.kind, one.template, one.queued_at), at=at)
        ]
        self._people = on_phones({one.phone_id for one in asked})
        self._numbers, self._ours = OurNumbers(), dict[tuple[int, str], dict[str, str]]()
        self._polling = polls.polling({one.id: self._units(one) for one in asked}, at=at)
        self._hours = open_hours()
        self._is_stopped = people_queries.emergency_stop() is not None
        # Messages that wait for anything else take no lock; a message tried before may have a reservation to give back.
        subjects = {
            subject
            for one in asked
            for subject in self.capped(one)
            if one.tries > 1 or self._said(one, capped_until=None).may == gate.May.GO
        }
        self._caps = Caps(subjects, per_week=environment.OUTREACH_PER_WEEK(), at=at)

    def _asked_again(self, messages: Sequence[Leased]) -> dict[UUID, str]:
        """Why a message to an audience that is asked again does not go, or "". A phone that left it agrees no more."""
        found: dict[UUID, str] = {}
        for pk, send in self._sends.items():
            theirs = [one for one in messages if one.send_id == pk]
            now = reads.reasons_now(send, {one.phone_id for one in theirs}, at=self.at)
            found |= {one.id: now.get(one.phone_id, "no_consent") for one in theirs}
        return found

    def _rests(self, message: Leased) -> bool:
        send = self._sends.get(message.send_id or 0)
        return send is not None and audiences.read_audience(send.audience)[0].rests

    def _units(self, message: Leased) -> tuple[int, ...]:
        """Return the places where its recipient may be: where the people of the phone live, else the unit it was sent
        for."""
        lived_in = self._people.get(message.phone_id, NOBODY).units
        if self._rests(message) and message.unit_id is not None:
            return (*lived_in, message.unit_id)
        return lived_in or (() if message.unit_id is None else (message.unit_id,))

    def capped(self, message: Leased) -> tuple[UUID, ...]:
        """The phone and persons whose caps it takes from."""
        if message.kind != texts.OUTREACH:
            return ()
        return (message.phone_id, *self._people.get(message.phone_id, NOBODY).persons)

    def halted(self, message: Leased) -> "_Fate | None":
        """Return the fate of a message whose bulk send is paused or stopped, though it has not followed yet."""
        why = "" if message.send_id is None else self._halted.get(message.send_id, "")
        if why == reads.PAUSED:
            return _Fate(message, State.HELD, why)
        return _Fate(message, State.DROPPED, why, settled_at=self.at) if why else None

    def ours(self, message: Leased, language: str) -> dict[str, str]:
        """A message of its programme says this of ourselves."""
        key = message.programme_id, language
        if key not in self._ours:
            self._ours[key] = ours(*key, self._numbers)
        return self._ours[key]

    def text(self, message: Leased) -> Template | None:
        return text_for(self.published, message.template, message.language)

    def ids(self, text: Template, values: dict[str, str]) -> "SenderIds":
        """The ids on DLT of a message with these values: a bulk text brings its own."""
        template_id = text.registration
        if not template_id:
            made = registered.content(text.code, text.text, values, origin=settings.SMS_ORIGIN)
            template_id = self._template_ids.get(
                registered.registration_key(text.code, text.language, made), ""
            )
        return SenderIds(
            text.entity or environment.DLT_ENTITY(), text.header or environment.DLT_HEADER(), template_id
        )

    def verdict(self, message: Leased) -> gate.GateVerdict:
        """What the gate says; what goes has its reservation, until `settle_caps` hears otherwise."""
        capped = self.capped(message)
        verdict = self._said(message, capped_until=self._caps.full_until(message.id, capped))
        if verdict.may == gate.May.GO:
            self._caps.take(message.id, capped)
        return verdict

    def _said(self, message: Leased, *, capped_until: datetime | None) -> gate.GateVerdict:
        stand, text = self._stands[message.phone_id], self.text(message)
        if reason := self._again.get(message.id):
            return gate.GateVerdict(gate.May.DROP, reason)
        asking = gate.GateMessage(
            kind=message.kind,
            template=message.template,
            queued_at=message.queued_at,
            is_registered=bool(text and text.registration),
            is_certified=_is_certified(text, self.at),
            expires_at=message.expires_at if message.send_id is not None else None,
            rests=self._rests(message),
            is_stopped=self._is_stopped,
        )
        recipient = gate.GateRecipient(
            zone=settings.TIME_ZONE,
            polling=self._polling.get(message.id, Polling()),
            no=stand.no,
            is_consented=stand.consented or message.id in self._again,
            capped_until=capped_until,
        )
        return gate.gate(asking, recipient, at=self.at, hours=self._hours)

    def settle_caps(self, fates: Sequence["_Fate"]) -> None:
        """Keep the reservations of what goes; what does not go gives its own back."""
        for fate in fates:
            self._caps.give_back(fate.message.id, self.capped(fate.message))
        self._caps.write()


def _is_certified(text: Template | None, at: datetime) -> bool:
    """Return True if this exact text has a certificate that is valid today."""
    return text is not None and reads.certificate_of(text).covers(
        text.text, clock.day_in(settings.TIME_ZONE, at)
    )


def _judged(message: Leased, inquiry: _Inquiry) -> Letter | _Fate:
    """The letter of a message that may go; else what becomes of it."""
    at = inquiry.at
    if (halted := inquiry.halted(message)) is not None:
        return halted
    found, verdict = inquiry.text(message), inquiry.verdict(message)
    match verdict.may:
        case gate.May.DROP:
            return _Fate(message, State.DROPPED, verdict.reason, settled_at=at)
        case gate.May.WAIT:
            return _Fate(message, State.QUEUED, verdict.reason, due_at=verdict.until)
        case gate.May.HOLD:
            return _Fate(message, State.HELD, verdict.reason)
    if found is None:
        return _Fate(message, State.HELD, "template")
    # A fault of one message must not make others wait.
    try:
        recipient, blanks = (
            keyring().unseal(bytes(sealed), about=message.id.bytes).decode()
            for sealed in (message.sealed_phone, message.sealed_blanks)
        )
    except (InvalidTag, IndexError):
        log.exception("a message cannot be unsealed")
        return _Fate(message, State.FAILED, "sealed", settled_at=at)
    if not recipient:
        return _Fate(message, State.DROPPED, "no_address", settled_at=at)
    values = inquiry.ours(message, found.language) | json.loads(blanks)
    if message.send_id is None:  # a bulk text leaves as two people approved it
        values = texts.in_script(values, found.language)
    if message.is_mail:
        return _as_mail(message, found, values, recipient, at)
    if message.send_id is None:
        values = registered.with_short_links(values, origin=settings.ORIGIN, short=settings.SMS_ORIGIN)
    if is_required := environment.DLT_REQUIRED():
        values = registered.fitted(message.template, values)
    try:
        text, ids = texts.fill_text(found.text, values), inquiry.ids(found, values)
    except KeyError:  # a text published since needs more than this message brings
        log.warning("a message does not fill its text", extra={"facts": {"template": message.template}})
        return _Fate(message, State.HELD, "template")
    if is_required and not ids.is_whole:
        return _Fate(message, State.HELD, "unregistered")
    if is_required and registered.misfit(message.template, found.text, values, origin=settings.SMS_ORIGIN):
        return _Fate(message, State.HELD, "misfit")
    return Letter(
        ref=str(message.id),
        phone=recipient,
        text=text,
        template=message.template,
        registration=ids.template_id,
        entity=ids.entity,
        header=ids.header,
        wait_s=CODE_WAIT_S if message.is_code else WAIT_S,
    )


def _as_mail(
    message: Leased, text: Template, values: dict[str, str], address: str, at: datetime
) -> Letter | _Fate:
    """The same text by e-mail, with whole links and without what is answered by SMS. DLT does not ask about mails."""
    try:
        body = texts.fill_text(text.text, mails.without_sms(values))
    except KeyError:
        log.warning("a message does not fill its text", extra={"facts": {"template": message.template}})
        return _Fate(message, State.HELD, "template")
    return Letter(
        ref=str(message.id),
        phone="",
        text=body,
        template=message.template,
        registration="",
        wait_s=MAIL_CODE_WAIT_S if message.is_code else WAIT_S,
        email=address,
        language=text.language,
        at=at,
    )


def _within_budget(ready: Sequence[tuple[Leased, Letter]], at: datetime) -> tuple[list[Going], list[_Fate]]:
    """Letters as far as the budgets reach; the rest is held, and with it what waits behind the same budget."""
    asked = Counter(message.programme_id for message, _letter in ready if not message.is_free)
    left = {
        programme_id: spend(programme_id=programme_id, n=n, at=at)
        for programme_id, n in sorted(asked.items())
    }
    broken = sorted(programme_id for programme_id, n in asked.items() if left[programme_id] < n)
    going: list[Going] = []
    held: list[_Fate] = []
    for message, letter in ready:
        if message.is_free:
            going.append(Going(message, letter, None))
        elif left[message.programme_id]:
            left[message.programme_id] -= 1
            going.append(Going(message, letter, _hour(at)))
        else:
            held.append(_Fate(message, State.HELD, "budget"))
    if broken:
        sql.run(_HOLD, [broken, at, HELD_AT_ONCE])
    return going, held


def settle_messages(*, returned: Sequence[tuple[Going, Handed]], adapter: str, at: datetime) -> int:
    """Put down what became of messages that were handed over, in one transaction. Return how many the gateway took."""
    if not returned:
        return 0
    gone = [(going, handed) for going, handed in returned if handed.ok]
    with system("send messages"):
        if gone:
            rows = [
                (
                    going.message.id,
                    handed.reason,
                    handed.ref,
                    0 if going.message.is_mail else texts.count_sms(going.letter.text),
                )
                for going, handed in gone
            ]
            sql.run(_SENT, [*map(list, zip(*rows, strict=True)), at, adapter])
            counters.raise_counters(MESSAGES, {State.SENT: len(gone)})
        fates = [_after(going.message, handed, at) for going, handed in returned if not handed.ok]
        unmailed = _by_sms_instead(fates)
        _put([fate for fate in fates if fate.message not in unmailed])
        for going, handed in returned:
            if handed.reason == REFUSED:
                people.note_refused_email(phone_id=going.message.phone_id, address=going.letter.email, at=at)
        _queue_by_sms(unmailed, at)
        unspent = Counter(
            (going.message.programme_id, going.hour)
            for going, handed in returned
            if going.hour is not None and (handed.again or going.message in unmailed)
        )
        for (programme_id, hour), n in sorted(unspent.items()):
            sql.run(_GIVE_BACK, [n, programme_id, hour])
        # A message that is tried again keeps its place in the week: it may have gone after all. A message stopped
        # meanwhile is not tried again.
        back = [going for going, handed in returned if not handed.ok and going.reserved]
        waiting = set(sql.column(_WAITING, [[going.message.id for going in back]])) if back else set()
        lost = [going for going in back if going.message.id not in waiting]
        give_caps_back(
            message_ids=[going.message.id for going in lost],
            subjects=[subject for going in lost for subject in going.reserved],
        )
    return len(gone)


def _after(message: Leased, handed: Handed, at: datetime) -> _Fate:
    """Return the fate of a message that the gateway did not take."""
    if handed.is_spared:  # due at once: how fast the gateway is tried again is the breaker's to say
        return _Fate(message, State.QUEUED, handed.reason, due_at=at, is_spared=True)
    if handed.again and message.tries < TRIES:
        first = FIRST_WAIT
        if message.is_code:
            first = FIRST_MAIL_CODE_WAIT if message.is_mail else FIRST_CODE_WAIT
        wait = min(LONGEST_WAIT, first * 2 ** (message.tries - 1))
        return _Fate(message, State.QUEUED, handed.reason, due_at=at + wait)
    return _Fate(message, State.FAILED, handed.reason, settled_at=at)


def _by_sms_instead(fates: Sequence[_Fate]) -> dict[Leased, str]:
    """Notices whose mails are given up, and the numbers they go to; none of a phone that is gone meanwhile."""
    given_up = [
        fate.message
        for fate in fates
        if fate.state == State.FAILED
        and fate.message.is_mail
        and not mails.is_only_mailed(fate.message.template)
    ]
    numbers = people_queries.numbers_of_phones({notice.phone_id for notice in given_up}) if given_up else {}
    return {notice: numbers[notice.phone_id] for notice in given_up if notice.phone_id in numbers}


def _queue_by_sms(unmailed: dict[Leased, str], at: datetime) -> None:
    if not unmailed:
        return
    rows = [
        (notice.id, notice.tries, keyring().seal(number.encode(), about=notice.id.bytes))
        for notice, number in unmailed.items()
    ]
    sql.run(_BY_SMS, [*map(list, zip(*rows, strict=True)), at])


def _put(fates: Sequence[_Fate]) -> None:
    if not fates:
        return
    rows = [
        (
            one.message.id,
            one.message.tries,
            one.state.value,
            one.reason,
            one.due_at,
            one.settled_at,
            int(one.is_spared),
        )
        for one in fates
    ]
    sql.run(_PUT, list(map(list, zip(*rows, strict=True))))
    failed = sum(one.state == State.FAILED for one in fates)
    counters.raise_counters(MESSAGES, {State.FAILED: failed})


def note_outage(*, lane: str, since: datetime, reason: str) -> None:
    """The gateway takes nothing of a lane any more: doctor, metrics and the page of messages say so."""
    with system("send messages"):
        Outage.objects.update_or_create(lane=lane, defaults={"since": since, "reason": reason})


def end_outage(*, lane: str) -> None:
    """The gateway takes messages of a lane again."""
    with system("send messages"):
        Outage.objects.filter(lane=lane).delete()


def receive_receipt(*, ref: str, status: str, at: datetime) -> bool:
    """A gateway's delivery report: delivered or failed. Returns whether it was of a message of ours.

    Reports come in any order, doubled and late. Delivered wins over failed: a gateway that failed may try again.
    """
    before, after = {
        "delivered": ((Message.State.SENT, Message.State.FAILED), Message.State.DELIVERED),
        "failed": ((Message.State.SENT,), Message.State.FAILED),
    }.get(status, ((), None))
    rows = Message.objects.filter(adapter_ref=ref)
    if after:
        changed = rows.filter(state__in=before).update(state=after, reason="", settled_at=at)
        counters.raise_counters(MESSAGES, {State.FAILED: changed if after == State.FAILED else 0})
    return rows.exists()
