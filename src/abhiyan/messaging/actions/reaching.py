"""What somebody who calls or visits must pass, at the moment the number or place is shown."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.messaging.queries import open_hours
from abhiyan.messaging.rules import gate, texts
from abhiyan.units import queries as units

from .noes import standing
from .recipients import on_phones


def may_check(*, phone_id: UUID | None, unit_id: int, at: datetime) -> gate.GateVerdict:
    """Return whether a phone may be rung now, or its person visited, for a back-check: the class *check*.

    The hours, the silence before a poll and the phone's no bind it; the cap of messages does not. unit_id: where the
    person lives, if the phone does not tell. phone_id: None of a door without a phone. In a system scope.
    """
    phones = [phone_id] if phone_id else []
    lived_in = [unit for one in on_phones(phones).values() for unit in one.units] or [unit_id]
    return gate.gate(
        gate.GateMessage(texts.CHECK, "", at),
        gate.GateRecipient(
            zone=settings.TIME_ZONE,
            polling=units.polling({unit_id: lived_in}, at=at)[unit_id],
            no=standing(phones)[phone_id].no if phone_id else None,
        ),
        at=at,
        hours=open_hours(),
    )
