"""Reads of messages. Texts and phones stay sealed: screens show template, class, state and four digits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from abhiyan.core.refusals import NotFound

from .models import Message, Number, Spending

SORTS = {"queued": "queued_at", "state": "state", "template": "template"}


def messages(
    *, span: tuple[int, int], state: str = "", template: str = "", sort: str = "-queued"
) -> QuerySet[Message]:
    """Messages to people of the units in a span of positions, newest first unless sorted otherwise."""
    rows = Message.objects.extra(  # constants; the span goes as parameters
        where=[
            "unit_id in (select p.unit_id from units_placement p where p.lo >= %s and p.lo < %s)",
        ],
        params=list(span),
    )
    if state:
        rows = rows.filter(state=state)
    if template:
        rows = rows.filter(template=template)
    key = SORTS.get(sort.lstrip("-"), "queued_at")
    return rows.order_by(("-" if sort.startswith("-") else "") + key, "pk")


def message_for(public_id: UUID) -> Message:
    """One message in the viewer's sight, or NotFound."""
    row = Message.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages of a programme are held back, and why."""

    programme_id: int
    reason: str
    n: int


def held() -> list[Held]:
    """What is held back, by programme and reason, in the viewer's sight."""
    rows = (
        Message.objects.filter(state=Message.State.HELD)
        .values("programme_id", "reason")
        .annotate(n=Count("*"))
        .order_by("programme_id", "reason")
    )
    return [Held(row["programme_id"], row["reason"], row["n"]) for row in rows]


def tripped(*, at: datetime) -> list[Spending]:
    """Breakers that tripped in the last 24 hours."""
    return list(
        Spending.objects.filter(tripped_at__isnull=False, hour__gte=at - timedelta(hours=24)).order_by(
            "-hour"
        )[:100]
    )


def number(called: str) -> Number | None:
    """Our own number of this E.164, if it is in use."""
    return Number.objects.filter(number=called, is_active=True).first()
