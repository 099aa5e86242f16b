"""What is sent to a phone after its own word on the web."""

from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging


def send_leave_receipt(*, phone_id: UUID, language: str, programme_id: int, at: datetime) -> None:
    """Tell a phone that it has left: once a day, whichever way it left (the key of leaving by call is the same)."""
    with system("receipt of leaving"):
        (sealed,) = sql.row("select sealed from people_phone where id = %s", [phone_id])
        messaging.send(
            template="leave.receipt",
            phone=keyring().unseal(bytes(sealed), about=phone_id.bytes).decode(),
            language=language,
            blanks={},
            key=f"leave|{phone_id}|{at.date()}",
            programme_id=programme_id,
            at=at,
        )
