"""Reads of what phones wrote that waits for their YES."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.written import WrittenText
from abhiyan.intake.models import Text


def text_id(phone_id: UUID, programme_id: int) -> UUID:
    """Return the id of a phone's details in a drive."""
    key = f"text|details|{programme_id}|{phone_id}"
    return UUID(bytes=hashlib.sha256(key.encode()).digest()[:16])


def waits_for_yes(*, programme_id: int, phone_ids: Sequence[UUID], at: datetime) -> dict[UUID, str]:
    """Return those of these phones whose details wait for a YES. In a scope that sees them.

    Each has the year of birth that an age made, "" where they wrote the year themselves.
    """
    idents = {text_id(phone_id, programme_id): phone_id for phone_id in phone_ids}
    texts = Text.objects.filter(pk__in=idents, purge_at__gt=at).values_list("pk", "sealed")
    return {idents[pk]: _born(pk, bytes(sealed)) for pk, sealed in texts}


def _born(ident: UUID, sealed: bytes) -> str:
    facts: dict[str, Any] = json.loads(keyring().unseal(sealed, about=ident.bytes))
    return str(facts["birth_year"]) if facts.get("age") else ""


def already_text(membership: UUID | None) -> str:
    """Return the code of the text that tells a phone whose is on a roll already: of that roll. In a system scope."""
    code = sql.value(
        "select r.code from enrolment_membership m join enrolment_roll r on r.id = m.roll_id where m.public_id = %s",
        [membership],
    )
    return "drive.already" + rolls.of_roll(code or "").mark


def texts_of_phone(phone_id: UUID) -> list[WrittenText]:
    """Return the details of a phone that wait, unopened: others may share it. In the phone's own scope."""
    texts = Text.objects.filter(phone_id=phone_id, hear_at=None).order_by("-at", "pk")
    return [WrittenText(text.at, text.purge_at) for text in texts]
