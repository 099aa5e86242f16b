"""The trail: every act leaves who, what, when, from where; without personal data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from .actor import Actor
from .models import AuditEntry


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
    AuditEntry(
        at=at,
        who=by.id,
        who_kind=by.kind,
        account_id=by.account_id,
        act=act,
        subject=subject,
        unit_id=unit_id,
        batch=batch,
        n=n,
        origin=by.origin,
        device=by.device,
        facts=(facts or {}) | ({"reason": by.reason} if by.reason else {}),
    ).save(force_insert=True)
