"""Jobs of messaging: a bulk send is queued at its pace."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import Busy, job

from . import actions


@job("messaging.queue_send")
def queue_send(public_id: str) -> None:
    """Queue what the pace allows now; look again in five seconds, until the send is done, paused or stopped."""
    if actions.queue_next(public_id=UUID(public_id), at=clock.now()):
        raise Busy
