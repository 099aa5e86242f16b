"""Jobs of elections: a large plan passed down."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import job
from abhiyan.core.scope import system

from . import actions


@job("elections.pass_seats")
def pass_seats(public_id: str, key: str) -> None:
    """Pass every seat of a plan down, or go on with it: a transaction a seat, so that others see how far it is, come
    to the plan in between, and nothing done is lost with the worker."""
    is_more = True
    while is_more:
        with system("pass every seat of a plan down"):
            is_more = actions.pass_next_seat(public_id=UUID(public_id), key=key, at=clock.now())
