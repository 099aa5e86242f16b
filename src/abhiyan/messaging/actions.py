"""The one door out: queueing, leasing, handing over, receipts, and the breaker that guards the budget."""

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, environment
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.org import actions as org
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.people.news import CodeAsked, ConsentWithdrawn, PhoneSaidNo

from .adapters import Adapter, Handed, Letter
from .models import Allowance, Message, MessageClass, Number, Spending, Template
from .queries import active_texts, inbound_id, text_for
from .rules import hours, inbound, noes, texts

LEASE = timedelta(minutes=2)
CODE_LIVES = timedelta(minutes=10)  # as `people` lets one live
TRIES = 6  # then given up; waits grow from one minute to an hour
BATCH = 200
RELEASABLE = ("budget", "restored")  # reasons of holding that two people may overrule

log = logging.getLogger(__name__)


class UnknownTemplate(Refused):
    code = "unknown_template"
    message = _("There is no text “%(template)s” in this language. Publish it first.")


class NothingHeld(Refused):
    code = "nothing_held"
    message = _("Nothing is held back here any more.")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to queue. phone in E.164; key: the sender's own, so that sending twice sends once.

    asked_at: when the phone did what this answers, if that was earlier: its minutes run from there, and a no of the
    phone since then stops it.
    """

    template: str
    phone: str
    language: str
    blanks: dict[str, str]
    key: str
    kind: int = texts.SERVICE
    unit_id: int | None = None
    programme_id: int = 0
    asked_at: datetime | None = None
    public_id: UUID = field(default_factory=uuid4)


INSERT = """insert into messaging_message (id, public_id, kind, template, language, phone_id, sealed_phone, last4,
 sealed_blanks, unit_id, programme_id, state, queued_at, due_at, expires_at)
 select * from unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::uuid[], %s::bytea[],
 %s::text[], %s::bytea[], %s::bigint[], %s::integer[], %s::text[], %s::timestamptz[], %s::timestamptz[],
 %s::timestamptz[]) on conflict do nothing"""


def _ident(key: str) -> UUID:
    return UUID(bytes=hashlib.sha256(b"message|" + key.encode()).digest()[:16])


def insert_parameters(*, messages: Sequence[Outgoing], at: datetime) -> list[list[Any]]:
    """Parameters of INSERT: fifteen columns. The hot path runs it on its own connection, in its own commit."""
    ring = keyring()
    columns: list[list[Any]] = [[] for _column in range(15)]
    for message in messages:
        ident = _ident(message.key)
        asked_at = message.asked_at or at
        row = (
            ident,
            message.public_id,
            message.kind,
            message.template,
            message.language,
            ring.phone_id(message.phone),
            ring.seal(message.phone.encode(), about=ident.bytes),
            message.phone[-4:],
            ring.seal(json.dumps(message.blanks, ensure_ascii=False).encode(), about=ident.bytes),
            message.unit_id,
            message.programme_id,
            Message.State.QUEUED.value,
            asked_at,
            at,
            asked_at + hours.SERVICE_LIFE,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def send_many(*, messages: Sequence[Outgoing], at: datetime) -> None:
    """Queue messages in the transaction under way; one whose key was queued before is not queued again."""
    if messages:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, insert_parameters(messages=messages, at=at))


def send(
    *,
    template: str,
    phone: str,
    language: str,
    blanks: dict[str, str],
    key: str,
    at: datetime,
    kind: int = texts.SERVICE,
    unit_id: int | None = None,
    programme_id: int = 0,
) -> UUID:
    """Queue one message in the transaction under way. Returns its public id."""
    message = Outgoing(template, phone, language, blanks, key, kind, unit_id, programme_id)
    send_many(messages=[message], at=at)
    return message.public_id


def take_back(*, keys: Sequence[str], at: datetime) -> int:
    """Give up messages that have not left, by their senders' keys: what they say holds no longer. How many were.

    In the transaction of the act that makes them untrue. What is being handed over this moment may still go.
    """
    with system("taking messages back"):
        rows = Message.objects.filter(pk__in=[_ident(key) for key in keys], state__in=_UNSENT)
        return rows.update(state=Message.State.DROPPED, reason="taken_back", settled_at=at, leased_until=None)


def heed_no(*, told: PhoneSaidNo) -> None:
    """Give up what waits for a phone that said no; what `noes.always_goes` still goes. In the transaction of the no.

    What the sender has in hand at this moment is left to it: it asks for the no itself before each message.
    """
    rows = _waiting_for(told.phone_id)
    if told.scope == "all":
        rows = rows.exclude(template=noes.RECEIPT).exclude(template__startswith="code.")
    else:
        rows = rows.filter(kind=MessageClass.OUTREACH)
    _give_up(rows, reason="suppressed", at=told.at)


def heed_withdrawal(*, told: ConsentWithdrawn) -> None:
    """Give up the outreach that waits for a phone where nobody says yes to messages any more. In its transaction."""
    if told.purpose != Purpose.MESSAGES:
        return
    phone_id = people.person(told.person_id).phone_id
    if not _standing(phone_id)[1]:
        _give_up(_waiting_for(phone_id).filter(kind=MessageClass.OUTREACH), reason="no_consent", at=told.at)


_UNSENT = (Message.State.QUEUED, Message.State.HELD, Message.State.LEASED)


def _waiting_for(phone_id: UUID) -> QuerySet[Message]:
    return Message.objects.filter(phone_id=phone_id, state__in=_UNSENT)


def _give_up(rows: QuerySet[Message], *, reason: str, at: datetime) -> None:
    found = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Message.objects.filter(pk__in=found).update(
        state=Message.State.DROPPED, reason=reason, settled_at=at, leased_until=None
    )


def send_code(*, news: CodeAsked) -> None:
    """Send a one-time code that was asked: once per request, at any hour."""
    send(
        template=f"code.{news.purpose}",
        phone=news.phone,
        language=news.language,
        blanks=dict(zip(texts.OF_A_CODE, (news.code, leave_number()), strict=True)),
        key=f"code|{news.request_id}",
        at=news.at,
    )


def leave_number() -> str:
    """The number whose call means "I leave", as a person dials it; empty while none is set."""
    number = Number.objects.filter(meaning="leave", is_active=True).order_by("pk").first()
    return number.number if number else ""


def publish_templates(*, at: datetime, by: Actor) -> int:
    """Put the shipped texts in the table where they are missing, and let go what waited for one. How many were added.

    Safe to repeat. What the organisation published itself in a later version stands. By the system, in its scope.
    """
    added = 0
    for (code, language), text in texts.TEXTS.items():
        _template, made = Template.objects.get_or_create(
            code=code,
            language=language,
            version=texts.version(code),
            defaults={"kind": texts.kind(code), "text": text},
        )
        added += made
    freed, over = _free_held_for_text(at=at)
    if added or freed or over:
        facts = {"freed": freed, "over": over}
        audit.record(by=by, at=at, act="messaging.publish_templates", n=added, facts=facts)
    return added


def _free_held_for_text(*, at: datetime) -> tuple[int, int]:
    """Messages held for want of a text that is there now go back to the queue; those nobody waits for any more end.

    How many of each. A code that has run out would only mislead whoever gets it.
    """
    there = set(Template.objects.filter(is_active=True).values_list("code", flat=True))
    held = Message.objects.filter(state=Message.State.HELD, reason="template", template__in=there).exclude(
        kind=MessageClass.OUTREACH  # needs a registered text besides
    )
    over = held.filter(
        Q(expires_at__lte=at) | Q(template__startswith="code.", queued_at__lte=at - CODE_LIVES)
    ).update(state=Message.State.DROPPED, reason="too_late", settled_at=at)
    return held.update(state=Message.State.QUEUED, reason="", due_at=at), over


# ---------------------------------------------------------------------------------------------- the way out

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
_STANDING = """select x.scope, x.at, exists (select from people_person p join people_consent c on c.person_id = p.id
 where p.phone_id = o.id and c.purpose = %s and c.withdrawn_at is null)
 from (values (%s::uuid)) o(id) left join people_suppression x on x.phone_id = o.id and x.lifted_at is null"""


def _standing(phone_id: UUID) -> tuple[noes.No | None, bool]:
    """What a phone says no to now, and whether somebody on it says yes to messages."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [Purpose.MESSAGES.value, phone_id])
        scope, said_at, consented = cursor.fetchone()
    return noes.No(scope, said_at) if scope else None, consented


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
    no, consented = _standing(message.phone_id)
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


# ---------------------------------------------------------------------------------------------- our own numbers


class NumberUnclear(Refused):
    code = "number_unclear"
    message = _("Write the number with its country, such as +91….")


class NumberTaken(Refused):
    code = "number_taken"
    message = _("This number is already in use. End it first, then add it again.")


class NotProvable(Refused):
    code = "not_provable"
    message = _("Give the provider's signing token, or the networks its calls come from.")


def connect_number(
    *,
    number: str,
    provider: str,
    meaning: str,
    by: Actor,
    at: datetime,
    programme_id: int | None = None,
    signing_token: str = "",
    addresses: Sequence[str] = (),
    only_if_free: bool = False,
) -> str:
    """Set what calls to one of our numbers mean, and how its provider proves itself. Returns the address's secret.

    number: E.164. provider: generic, exotel, twilio. meaning: join (with its programme), leave, notice. The secret is
    shown once: the provider is told /hook/call/<provider>/<secret>, and only a digest is kept. The act that calls it
    has asked for authority. only_if_free: a number in use, by whatever programme, is left as it is.
    Refuses NumberUnclear, NotProvable, NumberTaken. In the caller's transaction.
    """
    if not number.startswith("+") or not number[1:].isdigit() or not 8 <= len(number) <= 16:
        raise NumberUnclear(field="number")
    if provider not in inbound.PARSERS or meaning not in ("join", "leave", "notice"):
        raise ValueError(provider, meaning)
    if (provider == "exotel" or not signing_token) and not addresses:
        raise NotProvable(field="addresses" if provider == "exotel" else "signing_token")
    try:
        networks = [str(ip_network(each, strict=False)) for each in addresses]
    except ValueError:
        raise NotProvable(field="addresses") from None
    if only_if_free:
        with connection.cursor() as cursor:  # two who add the same number at once come one after the other
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"number|{number}"])
        if Number.objects.filter(number=number, is_active=True).exists():
            raise NumberTaken(field="number")
    secret = secrets.token_urlsafe(24)
    ring = keyring()
    Number.objects.update_or_create(
        number=number,
        defaults={
            "provider": provider,
            "meaning": meaning,
            "programme_id": programme_id,
            "secret_path": ring.token_digest(secret).hex(),
            "addresses": networks,
            "sealed_token": ring.seal(signing_token.encode(), about=number.encode())
            if signing_token
            else None,
            "is_active": True,
        },
    )
    audit.record(by=by, at=at, act="messaging.connect_number", subject=meaning, facts={"provider": provider})
    return secret


def end_number(*, number_id: int, programme_id: int, by: Actor, at: datetime) -> None:
    """Calls to one of a programme's numbers mean nothing any more; within half a minute its address is refused.

    What proved its provider is forgotten. The act that calls it has asked for authority. Refuses NotFound. Ending
    an ended one changes nothing.
    """
    row = Number.objects.select_for_update().filter(pk=number_id, programme_id=programme_id).first()
    if row is None:
        raise NotFound
    if not row.is_active:
        return
    row.is_active, row.secret_path, row.sealed_token = False, "", None
    row.save(update_fields=["is_active", "secret_path", "sealed_token"])
    audit.record(by=by, at=at, act="messaging.end_number", subject=row.meaning, facts={"number": row.number})


def forget_programme(*, programme_id: int, by: Actor, at: datetime) -> None:
    """A programme that never ran is thrown away: its numbers end, its budget goes. In its transaction."""
    for row in Number.objects.filter(programme_id=programme_id).order_by("pk"):
        end_number(number_id=row.pk, programme_id=programme_id, by=by, at=at)
        row.delete()
    Spending.objects.filter(programme_id=programme_id).delete()
    Allowance.objects.filter(programme_id=programme_id).delete()


def note_inbound(
    *, provider: str, ref: str, kind: str, phone: str, number: str, outcome: str, at: datetime
) -> bool:
    """Keep that a webhook came, by its provider's own id. Whether it is the first; a replay finds it. In the
    transaction of what is done about it."""
    ident = inbound_id(provider, kind, ref)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into messaging_inbound (id, provider, kind, at, phone_id, number, outcome)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            [ident, provider, kind, at, keyring().phone_id(phone), number, outcome],
        )
        return bool(cursor.rowcount == 1)


# ---------------------------------------------------------------------------------------------- the breaker


def set_allowance(*, programme_id: int, per_hour: int, by: Actor, at: datetime) -> None:
    """How many messages an hour a programme may send. The act that calls it has asked for authority."""
    Allowance.objects.update_or_create(
        programme_id=programme_id, defaults={"per_hour": per_hour, "set_by": by.account_id, "set_at": at}
    )
    audit.record(by=by, at=at, act="messaging.set_allowance", subject=str(programme_id), n=per_hour)


def ask_to_release(*, programme_id: int, unit_id: int, reason: str, by: Actor, at: datetime) -> UUID:
    """Ask a second person to let a programme's held messages go. Returns the release's public id.

    Refuses what `org.ask_release` refuses; NothingHeld.
    """
    if not Message.objects.filter(state=Message.State.HELD, programme_id=programme_id).exists():
        raise NothingHeld
    asked = org.ask_release(
        act="messages.release",
        unit_id=unit_id,
        reason=reason,
        payload={"programme_id": programme_id},
        by=by,
        at=at,
    )
    return asked.public_id


def release_held(*, release_id: UUID, by: Actor, at: datetime) -> int:
    """Let held messages go, after a second person's yes, by whoever asked. Returns how many.

    They go past the breaker, once: that is what was released. Only those in the asker's sight, whatever else waits in
    other states. Refuses what `org.use_release` refuses.
    """
    payload = org.use_release(public_id=release_id, act="messages.release", by=by, at=at)
    programme_id = int(payload["programme_id"])
    held = Message.objects.filter(state=Message.State.HELD, reason__in=RELEASABLE, programme_id=programme_id)
    n = held.update(state=Message.State.QUEUED, reason="released", due_at=at)
    with system("releasing held messages"):
        audit.record(by=by, at=at, act="messaging.release_held", subject=str(programme_id), n=n)
    return n


def hold_restored(*, taken_at: datetime, at: datetime) -> int:
    """After a restore: what waited when the backup was taken may have been sent since, so people decide. How many."""
    waiting = Message.objects.filter(
        state__in=(Message.State.QUEUED, Message.State.LEASED), queued_at__lte=taken_at
    ).exclude(template__startswith="code.")
    n = waiting.update(state=Message.State.HELD, reason="restored", leased_until=None)
    Message.objects.filter(
        state__in=(Message.State.QUEUED, Message.State.LEASED), template__startswith="code."
    ).update(state=Message.State.DROPPED, reason="restored", settled_at=at)
    return n
