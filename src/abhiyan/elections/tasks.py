"""Jobs of elections: a large plan passed down."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import job
from abhiyan.core.scope import system

from . import actions


@job("elections.pass_seats")
def pass_seats(public_id: str, key: str) -> None:
    """Pass every seat of a plan down, or go on with it. Each seat has a transaction, so that others see the progress
    and reach the plan in between. A lost worker loses no finished seat."""
    is_more = True
    while is_more:
        with system("pass every seat of a plan down"):
            is_more = actions.pass_next_seat(public_id=UUID(public_id), key=key, at=clock.now())
