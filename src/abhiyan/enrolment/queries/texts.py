"""Reads of what phones wrote and no rule could read. Opening the seal is an act of the page, which leaves a row."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core.keys import keyring
from abhiyan.enrolment.models import Text

READABLE = (Text.State.OPEN, Text.State.SETTLED)


def text_id(kind: Text.Kind, phone_id: UUID, programme_id: int) -> UUID:
    """What a phone's texts of a kind are kept under, in a drive."""
    told = f"text|{kind.value}|{programme_id}|{phone_id}"
    return UUID(bytes=hashlib.sha256(told.encode()).digest()[:16])


def waits_for_yes(*, programme_id: int, phone_ids: Sequence[UUID], at: datetime) -> set[UUID]:
    """Those of these phones whose details wait for a YES. In a scope that sees them."""
    idents = {text_id(Text.Kind.DETAILS, phone_id, programme_id): phone_id for phone_id in phone_ids}
    found = Text.objects.filter(pk__in=idents, purge_at__gt=at).values_list("pk", flat=True)
    return {idents[each] for each in found}


def texts(*, is_settled: bool = False) -> QuerySet[Text]:
    """Those of the viewer's sight that a person has to read, or has read; to be ordered and paged."""
    state = Text.State.SETTLED if is_settled else Text.State.OPEN
    return Text.objects.filter(state=state, kind=Text.Kind.UNREAD)


def waiting_count(limit: int) -> int:
    """How many wait to be read, in the viewer's sight; counted up to a limit."""
    return texts()[:limit].count()


def text(public_id: UUID) -> Text | None:
    """One of them, where it is in the viewer's sight."""
    return Text.objects.filter(public_id=public_id, kind=Text.Kind.UNREAD, state__in=READABLE).first()


def of_phone(phone_id: UUID) -> list[Text]:
    """What is kept of what a phone wrote, unopened: others may share it. In the phone's own scope."""
    return list(Text.objects.filter(phone_id=phone_id).order_by("-at", "pk"))


@dataclass(frozen=True, slots=True)
class Line:
    """One text as it was written. other: what it was where it was none, such as "image"."""

    at: datetime
    text: str
    other: str


def opened(row: Text) -> list[Line]:
    """What was written, the oldest first."""
    kept: Any = json.loads(keyring().unseal(bytes(row.sealed), about=row.pk.bytes))
    return [Line(datetime.fromisoformat(one["at"]), one["text"], one["other"]) for one in kept["texts"]]
