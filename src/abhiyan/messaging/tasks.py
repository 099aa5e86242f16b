"""Run the jobs of messaging: a bulk send is queued at its pace, and people hear of a circular."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import WorkUnderWay, job

from . import actions


@job("messaging.queue_send")
def queue_send(public_id: str) -> None:
    """Queue what the pace allows now; look again in five seconds, until the send is done, paused or stopped."""
    if actions.queue_next(public_id=UUID(public_id), at=clock.now()):
        raise WorkUnderWay


@job("messaging.count_send", given_up=lambda public_id: actions.give_up_count(public_id=UUID(public_id)))
def count_send_job(public_id: str) -> None:
    """Count the phones a bulk send reaches, some thousand a commit. After a restart it goes on where it was."""
    while actions.count_next(public_id=UUID(public_id)):
        pass


@job("messaging.follow_send")
def follow_send(public_id: str) -> None:
    """Have what has not left follow its send, some thousand messages a commit."""
    while actions.follow_next(public_id=UUID(public_id), at=clock.now()):
        pass


@job("messaging.tell_of_circular")
def tell_of_circular(public_id: str, word: str) -> None:
    """Queue the SMS to everybody a circular went to, some hundred a commit. After a restart it repeats no message."""
    after: int | None = 0
    while after is not None:
        after = actions.announce_next(public_id=UUID(public_id), word=word, after=after, at=clock.now())
