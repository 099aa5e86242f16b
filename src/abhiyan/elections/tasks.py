"""Jobs of elections: a large plan passed down."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import job
from abhiyan.core.scope import system

from . import actions


@job("elections.pass_seats", retries=3)
def pass_seats(public_id: str, key: str) -> None:
    """Pass every seat of a plan down, or go on with it."""
    with system("pass every seat of a plan down"):
        while actions.pass_next_seat(public_id=UUID(public_id), key=key, at=clock.now()):
            pass
