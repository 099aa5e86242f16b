"""Queue messages for the way out, once each, and take them back while they have not gone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from abhiyan.core import environment, lot, onward, sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging.models import Message
from abhiyan.messaging.queries import message_id
from abhiyan.messaging.rules import hours, mails, noes, texts
from abhiyan.people import queries as people
from abhiyan.people.news import CodeAsked

UNSENT = (Message.State.QUEUED, Message.State.HELD, Message.State.LEASED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to queue. phone in E.164; key: the sender's own, so that sending twice sends once.

    asked_at: when the phone did what this answers, if that was earlier. Its minutes run from there, and a no of the
    phone since then stops it. email: the address it goes to instead of the phone, as `by_chosen_way` finds it.
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
    public_id: UUID = field(default_factory=lot.uuid)
    email: str | None = field(default=None, repr=False)


INSERT = """insert into messaging_message (id, public_id, kind, template, language, phone_id, sealed_phone, last4,
 sealed_blanks, unit_id, programme_id, state, queued_at, due_at, expires_at, way)
 select * from unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::uuid[], %s::bytea[],
 %s::text[], %s::bytea[], %s::bigint[], %s::integer[], %s::text[], %s::timestamptz[], %s::timestamptz[],
 %s::timestamptz[], %s::text[]) on conflict do nothing"""


def insert_parameters(*, messages: Sequence[Outgoing], at: datetime) -> list[list[Any]]:
    """Parameters of INSERT: sixteen columns. The hot path runs it on its own connection, in its own commit."""
    ring = keyring()
    columns: list[list[Any]] = [[] for _column in range(16)]
    for message in messages:
        ident = message_id(message.key)
        asked_at = message.asked_at or at
        row = (
            ident,
            message.public_id,
            message.kind,
            message.template,
            message.language,
            ring.phone_id(message.phone),
            ring.seal(
                (message.phone if message.email is None else message.email).encode(), about=ident.bytes
            ),
            ""
            if message.template in noes.RECEIPTS
            else message.phone[-4:],  # offices no longer read who left
            ring.seal(json.dumps(message.blanks, ensure_ascii=False).encode(), about=ident.bytes),
            message.unit_id,
            message.programme_id,
            Message.State.QUEUED.value,
            asked_at,
            at,
            asked_at + hours.SERVICE_LIFE,
            (Message.Way.SMS if message.email is None else Message.Way.EMAIL).value,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def by_chosen_way(*, messages: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Put addresses into messages that go by e-mail: notices to office-bearers who chose it, and codes for it.

    A code whose address is gone gets an empty one. It is dropped when it is due, and asking took the same work.
    """
    if not environment.sends_mail():
        return [message for message in messages if not mails.is_only_mailed(message.template)]
    phone_of = {
        message.phone: keyring().phone_id(message.phone) for message in messages if _goes_by_mail(message)
    }
    if not phone_of:
        return messages
    with system("where a message goes"):
        boxes = {row.phone_id: row for row in people.mailboxes(phone_of.values())}
    routed = []
    for message in messages:
        row = boxes.get(phone_of[message.phone]) if message.phone in phone_of else None
        if mails.is_only_mailed(message.template):
            is_there = row is not None and row.is_proven == mails.needs_proof(message.template)
            routed.append(replace(message, email=row.address if row and is_there else ""))
        elif row is not None and row.gets_notices and mails.may_be_mailed(message.template):
            routed.append(replace(message, email=row.address))
        else:
            routed.append(message)
    return routed


def _goes_by_mail(message: Outgoing) -> bool:
    return mails.is_only_mailed(message.template) or mails.may_be_mailed(message.template)


def send_many(*, messages: Sequence[Outgoing], at: datetime) -> None:
    """Queue messages in the transaction under way; one whose key was queued before is not queued again."""
    if messages:
        sql.run(INSERT, insert_parameters(messages=by_chosen_way(messages=messages), at=at))
    if len(messages) > 1:
        onward.set_going()


def queue_message(
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


def take_messages_back(*, keys: Sequence[str], at: datetime) -> int:
    """Give up messages that have not left, by their senders' keys: what they say holds no longer. Returns how many
    were.

    In the transaction of the act that makes them untrue. A message in the sender's hands at this moment may still go.
    """
    with system("taking messages back"):
        rows = Message.objects.filter(pk__in=[message_id(key) for key in keys], state__in=UNSENT)
        # Locked in the order of their ids, as the sender does: else two who meet could wait for each other.
        message_ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        return Message.objects.filter(pk__in=message_ids).update(
            state=Message.State.DROPPED, reason="taken_back", settled_at=at, leased_until=None
        )


def send_code(*, news: CodeAsked) -> None:
    """Send a one-time code that was asked: once per request, at any hour."""
    queue_message(
        template=f"code.{news.purpose}",
        phone=news.phone,
        language=news.language,
        blanks={"code": news.code},
        key=f"code|{news.request_id}",
        at=news.at,
    )
