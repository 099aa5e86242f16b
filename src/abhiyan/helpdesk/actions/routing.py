"""Where a request goes: to the nearest office that answers its kind."""

from datetime import date

from abhiyan.core.actor import Actor
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.queries import ANSWER, NAMED
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import queries as org


def send_to_desk(row: Ticket, *, on: date, is_above: bool = False) -> None:
    """Give a request the desk of its unit and kind, or with is_above one above its unit. The first office is not
    overdue. The caller saves."""
    offices = rules.rule(row.kind).offices
    named = org.nearest_with(row.unit_id, NAMED, on=on, offices=offices) if offices else None
    row.offices = list(offices) if named is not None else []
    row.desk_id = named or org.nearest_with(row.unit_id, ANSWER, on=on, above=is_above) or row.unit_id
    row.came_id = row.desk_id


def above(row: Ticket, *, on: date) -> tuple[int, list[str]] | None:
    """Who has what its desk is late with: the same office further up, else whoever answers here or above; None: nobody
    does."""
    if row.offices:
        named = org.nearest_with(row.desk_id, NAMED, on=on, above=True, offices=row.offices)
        if named is not None:
            return named, row.offices
    up = org.nearest_with(row.desk_id, ANSWER, on=on, above=not row.offices)
    return (up, []) if up is not None else None


def require_answer(row: Ticket, *, by: Actor) -> None:
    """Refuse (NotYours) unless `by` answers requests of its unit, or holds the office it is for at its desk."""
    if row.offices and by.account_id and org.holds_one_of(by.account_id, row.offices, at=row.desk_id):
        org.require(by, NAMED, at=row.desk_id)
    else:
        org.require(by, ANSWER, at=row.unit_id)


def may_answer(row: Ticket, *, by: Actor) -> bool:
    """Whether `require_answer` lets them. In a system scope."""
    try:
        require_answer(row, by=by)
    except org.NotYours:
        return False
    return True
