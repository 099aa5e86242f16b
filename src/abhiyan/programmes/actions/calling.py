"""Ringing who answers for a unit's part in a programme."""

from datetime import datetime

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org import actions as org
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.calling import Contact, whom_to_call


def reveal_contact(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> tuple[Contact, str]:
    """Whom to ring about a unit, and their number (E.164); it leaves a row. Who may: people.reveal over the unit.
    Refuses NotYours, TooMany, NotFound: nobody leads there, or no number is known."""
    with system("whom to ring about a unit"):
        found = whom_to_call(programme, [unit_id], on=clock.day_in(programme.zone, at)).get(unit_id)
    if found is None:
        raise NotFound(field="unit")
    number = org.reveal_bearer(account_id=found.account_id, unit_id=unit_id, by=by, at=at)
    return found, number
