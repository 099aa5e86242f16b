"""The way out: leasing, the gate, the breaker that guards the budget, handing over, and what became of it."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from abhiyan.core import environment
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging.adapters import Adapter, Handed, Letter
from abhiyan.messaging.models import Message, Template
from abhiyan.messaging.queries import active_texts, text_for
from abhiyan.messaging.rules import hours, noes, texts

from .noes import standing

LEASE = timedelta(minutes=2)
TRIES = 6  # then given up; waits grow from one minute to an hour
BATCH = 200

log = logging.getLogger(__name__)

# An array of what is to be taken, for it is read once; `in` may be read once a row, and each time takes n more.
_LEASE = """update messaging_message set state = 'leased', leased_until = %(until)s, tries = tries + 1
 where id = any(array(select id from messaging_message where state in ('queued', 'leased') and due_at <= %(at)s
 and (leased_until is null or leased_until <= %(at)s){} order by due_at limit %(n)s for update skip locked))
 returning id, kind, template, language, phone_id, sealed_phone, sealed_blanks, programme_id, queued_at, tries,
 reason"""


@dataclass(frozen=True, slots=True)
class _Leased:
    id: UUID
    kind: int
    template: str
    language: str
    phone_id: UUID
    sealed_phone: bytes
    sealed_blanks: bytes
    programme_id: int
    queued_at: datetime
    tries: int
    reason: str


def lease(*, at: datetime, n: int = BATCH) -> list[_Leased]:
    """Take up to n due messages for two minutes; a lease that lapses returns to the queue.

    One-time codes first: whoever asked for one waits for it, and it lives five minutes.
    """
    found: list[_Leased] = []
    with system("send messages"), connection.cursor() as cursor:
        for which in (" and template like 'code.%%'", ""):
            cursor.execute(_LEASE.format(which), {"at": at, "until": at + LEASE, "n": n - len(found)})
            found += [_Leased(*row) for row in cursor.fetchall()]
    return found


def gate(
    *, message: _Leased, at: datetime, no: noes.No | None, consented: bool
) -> tuple[str, str, datetime | None]:
    """What a leased message may do: ("go", "", None), ("wait", reason, until) or ("drop", reason, None).

    no: what the phone says no to, if it does. consented: whether somebody on it says yes to messages, which outreach
    needs. Nobody can override either here, nor by a release.
    """
    when = hours.may_go(kind=message.kind, queued_at=message.queued_at, at=at, zone=settings.TIME_ZONE)
    if when is None:
        return "drop", "too_late", None
    if no and noes.stops(no, kind=message.kind, template=message.template, queued_at=message.queued_at):
        return "drop", "suppressed", None
    if message.kind == texts.OUTREACH and not consented:
        return "drop", "no_consent", None
    if when > at:
        return "wait", "hours", when
    return "go", "", None


_SPEND = """insert into messaging_spending as s (programme_id, hour, allowed, spent)
 select %(programme)s, %(hour)s, a.allowed, 1 from (select coalesce((select per_hour from messaging_allowance
 where programme_id = %(programme)s), %(usual)s)) a(allowed) where a.allowed > 0
 on conflict (programme_id, hour) do update set spent = s.spent + 1 where s.spent < s.allowed returning s.spent"""


_TRIP = """insert into messaging_spending as s (programme_id, hour, allowed, tripped_at)
 values (%(programme)s, %(hour)s, 0, %(at)s)
 on conflict (programme_id, hour) do update set tripped_at = coalesce(s.tripped_at, excluded.tripped_at)"""


def spend(*, programme_id: int, at: datetime) -> bool:
    """Take one message out of this hour's allowance by one conditional update; False when the breaker is out."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    usual = environment.SMS_PER_HOUR()
    values: dict[str, Any] = {"programme": programme_id, "hour": hour, "usual": usual, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, values)
        if cursor.fetchone():
            return True
        cursor.execute(_TRIP, values)
    return False


# Behind a breaker that is out: what of the lease was left, and what waits in the queue for this same hour. All in one
# step, or a burst of callers would keep everybody else's messages waiting while it is held one by one.
_HOLD = """update messaging_message set state = 'held', reason = 'budget', leased_until = null
 where id = any(%s) and state = 'leased' or id = any(array(select id from messaging_message where programme_id = any(%s)
 and state = 'queued' and due_at <= %s and reason <> 'released' and template not like 'code.%%' order by due_at limit %s
 for update skip locked))"""


HELD_AT_ONCE = 10_000


def hand_over(*, messages: Sequence[_Leased], adapter: Adapter, at: datetime) -> int:
    """Send leased messages through an adapter, past gate and budget. Returns how many the gateway took.

    Must not run inside a transaction: what was decided is committed before the adapter is called, and its answer
    right after. A crash in between leaves a lease to lapse, and the gateway knows our reference again. What was taken
    back, held or leased anew since it was leased stays as it is and does not go.
    """
    if not messages:
        return 0
    taken = 0
    with system("send messages"):
        published = active_texts()
    broken: set[int] = set()  # programmes whose breaker is out
    rest: list[UUID] = []  # of this lease, behind it
    for message in messages:
        if message.programme_id in broken and not _is_free(message):
            rest.append(message.id)
            continue
        with system("send messages"):
            letter = _decide(message, published=published, broken=broken, at=at)
        if letter is None:
            continue
        handed = adapter.hand(letter)
        with system("send messages"):
            _settle(message, handed=handed, adapter=adapter.name, text=letter.text, at=at)
        taken += handed.ok
    if broken:
        with system("send messages"), connection.cursor() as cursor:
            cursor.execute(_HOLD, [rest, sorted(broken), at, HELD_AT_ONCE])
    return taken


def _is_free(message: _Leased) -> bool:
    """Whether it costs nothing of the budget. A code is the answer to somebody who waits at a screen; its own limits
    stand where it is asked. What two people released goes, whatever the hour has spent."""
    return message.template.startswith("code.") or message.reason == "released"


def _of_lease(message: _Leased) -> QuerySet[Message]:
    """Its row while this very lease holds it; each lease is another try."""
    return Message.objects.filter(pk=message.id, state=Message.State.LEASED, tries=message.tries)


def _decide(
    message: _Leased, *, published: Mapping[tuple[str, str], Template], broken: set[int], at: datetime
) -> Letter | None:
    """The letter to hand over; or None, and the reason stands on the row. Adds to `broken` the programme whose budget
    is spent."""
    rows = _of_lease(message)
    if not rows.exists():
        return None
    no, consented = standing(message.phone_id)
    verdict, reason, until = gate(message=message, at=at, no=no, consented=consented)
    if verdict == "drop":
        rows.update(state=Message.State.DROPPED, reason=reason, settled_at=at, leased_until=None)
        return None
    if verdict == "wait":
        rows.update(state=Message.State.QUEUED, reason=reason, due_at=until, leased_until=None)
        return None
    found = text_for(published, message.template, message.language)
    if found is None or (message.kind == texts.OUTREACH and not found.registration):
        rows.update(state=Message.State.HELD, reason="template", leased_until=None)
        return None
    ring = keyring()
    values = json.loads(ring.unseal(bytes(message.sealed_blanks), about=message.id.bytes))
    try:
        text = texts.fill(found.text, values | {"organisation": settings.ORGANISATION or "Abhiyan"})
    except (
        KeyError
    ):  # a text published since asks for more than this message brings; others must not wait for it
        log.warning("a message does not fill its text", extra={"facts": {"template": message.template}})
        rows.update(state=Message.State.HELD, reason="template", leased_until=None)
        return None
    if not _is_free(message) and not spend(programme_id=message.programme_id, at=at):
        broken.add(message.programme_id)
        rows.update(state=Message.State.HELD, reason="budget", leased_until=None)
        return None
    return Letter(
        ref=str(message.id),
        phone=ring.unseal(bytes(message.sealed_phone), about=message.id.bytes).decode(),
        text=text,
        template=message.template,
        registration=found.registration,
    )


def _settle(message: _Leased, *, handed: Handed, adapter: str, text: str, at: datetime) -> None:
    rows = _of_lease(message)
    if handed.ok:  # it has gone, whatever was decided while it went
        Message.objects.filter(pk=message.id).update(
            state=Message.State.SENT,
            reason=handed.reason,
            sent_at=at,
            settled_at=None,
            leased_until=None,
            adapter=adapter,
            adapter_ref=handed.ref,
            parts=texts.parts(text),
        )
    elif handed.again and message.tries < TRIES:
        wait = timedelta(minutes=min(60, 2 ** (message.tries - 1)))
        rows.update(state=Message.State.QUEUED, reason=handed.reason, due_at=at + wait, leased_until=None)
    else:
        rows.update(state=Message.State.FAILED, reason=handed.reason, settled_at=at, leased_until=None)


def receive_receipt(*, ref: str, status: str, at: datetime) -> bool:
    """A gateway's delivery report: delivered or failed. Doubled and late ones change nothing. Whether it was ours."""
    settled = {"delivered": Message.State.DELIVERED, "failed": Message.State.FAILED}.get(status)
    rows = Message.objects.filter(adapter_ref=ref)
    if settled:
        rows.filter(state=Message.State.SENT).update(state=settled, settled_at=at)
    return rows.exists()
