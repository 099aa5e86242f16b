"""Jobs of meetings: they tell everybody invited."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import job

from . import actions


@job("meetings.tell_invited")
def tell_invited(public_id: str) -> None:
    """Tell everybody who has not heard of a meeting as it is now, some hundred a commit. It tells nobody twice."""
    while actions.tell_next_invitees(public_id=UUID(public_id), at=clock.now()):
        pass
