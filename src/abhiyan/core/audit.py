"""The trail: every act leaves who, what, when, from where; without personal data."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql as text

from . import sql
from .actor import WORD, Actor
from .keys import keyring

LONGEST = 512  # bytes of a sealed source, all of one length
_ABOUT = b"source of a word"


def record(
    *,
    by: Actor,
    at: datetime,
    act: str,
    subject: str = "",
    unit_id: int | None = None,
    n: int = 1,
    batch: UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append one entry, in the transaction of the act it tells of.

    act: code such as "org.appoint". subject: public id or code of what was acted on, never a name or phone.
    n: rows concerned, for a batch. facts: public ids, codes and numbers only.
    """
    params: dict[str, str | int | UUID | datetime | None] = {
        "at": at,
        "who": by.id,
        "who_kind": by.kind,
        "account_id": by.account_id,
        "act": act,
        "subject": subject,
        "unit_id": unit_id,
        "batch": batch,
        "n": n,
        "origin": by.origin,
        "device": by.device,
        "facts": json.dumps(
            (facts or {})
            | ({"reason": by.reason} if by.reason else {})
            | ({"source": by.sealed} if by.sealed else {})
            | ({"accepted_by": by.accepted_by.id} if by.accepted_by else {}),
            default=str,
        ),
    }
    # Not through the model: it would read its new row back, and who writes the trail need not see it.
    sql.run(
        f"insert into core_audit ({', '.join(params)}) values ({', '.join(['%s'] * len(params))})",
        list(params.values()),
    )


def own_word(source: Actor) -> Actor:
    """Return the actor of a person's own word, from their own session, or written down by somebody who spoke with them.

    The entry says who, what and when, and carries the source sealed, always of one length. Else a reader of the trail
    would learn who a verifier spoke with, and so who was drawn. `sealed_source` opens it with the master key.
    """
    message = json.dumps(asdict(source), default=str).encode().ljust(LONGEST)
    return Actor(kind="citizen", id=WORD, sealed=keyring().seal(message, about=_ABOUT).hex())


def sealed_source(sealed: str) -> dict[str, Any]:
    """The fields of the `Actor` who wrote a word down, from the `source` of an entry's facts.

    Raises cryptography.exceptions.InvalidTag under another master key.
    """
    return dict(json.loads(keyring().unseal(bytes.fromhex(sealed), about=_ABOUT)))


def begin_era(owner: psycopg.Connection[Any], era: int) -> None:
    """Let new entries of the trail be of an era. Only the owner of its function can do that."""
    owner.execute(
        text.SQL("create or replace function core_era() returns integer language sql stable as {}").format(
            text.Literal(f"select {era}")
        )
    )
