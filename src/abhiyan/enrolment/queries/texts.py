"""Reads of what phones wrote that waits for their YES."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from abhiyan.enrolment.models import Text


def text_id(phone_id: UUID, programme_id: int) -> UUID:
    """The id of a phone's details in a drive."""
    told = f"text|details|{programme_id}|{phone_id}"
    return UUID(bytes=hashlib.sha256(told.encode()).digest()[:16])


def waits_for_yes(*, programme_id: int, phone_ids: Sequence[UUID], at: datetime) -> set[UUID]:
    """Those of these phones whose details wait for a YES. In a scope that sees them."""
    idents = {text_id(phone_id, programme_id): phone_id for phone_id in phone_ids}
    found = Text.objects.filter(pk__in=idents, purge_at__gt=at).values_list("pk", flat=True)
    return {idents[each] for each in found}


def of_phone(phone_id: UUID) -> list[Text]:
    """The details of a phone that wait, unopened: others may share it. In the phone's own scope."""
    return list(Text.objects.filter(phone_id=phone_id).order_by("-at", "pk"))
