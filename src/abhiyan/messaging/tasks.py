"""Jobs of messaging: a bulk send is queued at its pace, and people are told of a circular."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import Busy, job

from . import actions


@job("messaging.queue_send")
def queue_send(public_id: str) -> None:
    """Queue what the pace allows now; look again in five seconds, until the send is done, paused or stopped."""
    if actions.queue_next(public_id=UUID(public_id), at=clock.now()):
        raise Busy


@job("messaging.tell_of_circular")
def tell_of_circular(public_id: str, word: str) -> None:
    """Queue the SMS to everybody a circular went to, some hundred a commit. Begun anew it tells nobody twice."""
    after: int | None = 0
    while after is not None:
        after = actions.announce_next(public_id=UUID(public_id), word=word, after=after, at=clock.now())
