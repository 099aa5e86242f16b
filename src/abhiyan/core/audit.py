"""The trail: every act leaves who, what, when, from where; without personal data."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from . import sql
from .actor import Actor


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
    given: dict[str, str | int | UUID | datetime | None] = {
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
        "facts": json.dumps((facts or {}) | ({"reason": by.reason} if by.reason else {}), default=str),
    }
    # Not through the model: it would read its new row back, and who writes the trail need not see it.
    sql.run(
        f"insert into core_audit ({', '.join(given)}) values ({', '.join(['%s'] * len(given))})",
        list(given.values()),
    )
