"""Routes a request to the nearest office that answers its kind, and never to its asker."""

from collections.abc import Collection
from datetime import date

from abhiyan.core.actor import Actor
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.queries import ANSWER, NAMED, AnswerToOneself
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import queries as org
from abhiyan.people import queries as people


def send_to_desk(row: Ticket, *, on: date, is_above: bool = False) -> None:
    """Give a request the desk of its unit and kind, or with is_above one above its unit. The first office is not
    overdue. A desk where only they sit who asked is passed over. The caller saves. In a system scope."""
    offices, but = rules.request_rule(row.kind).offices, people.accounts_behind(row.phone_id)
    named = org.nearest_with(row.unit_id, NAMED, on=on, offices=offices, but=but) if offices else None
    row.offices = list(offices) if named is not None else []
    desk = named or org.nearest_with(row.unit_id, ANSWER, on=on, above=is_above, but=but)
    row.desk_id = desk or row.unit_id
    row.came_id = row.desk_id


def above(row: Ticket, *, on: date, but: Collection[int] = ()) -> tuple[int, list[str]] | None:
    """Return the unit and offices that get what a desk is late with; None where nobody answers.

    The same office further up comes first, then an office that answers here or above. but: the accounts of who asked,
    which do not count.
    """
    if row.offices:
        named = org.nearest_with(row.desk_id, NAMED, on=on, above=True, offices=row.offices, but=but)
        if named is not None:
            return named, row.offices
    up = org.nearest_with(row.desk_id, ANSWER, on=on, above=not row.offices, but=but)
    return (up, []) if up is not None else None


def require_answer(row: Ticket, *, by: Actor) -> None:
    """Refuse (NotYours) unless `by` answers requests of its unit, or holds the office it is for at its desk; refuse
    (AnswerToOneself) who asked. In a system scope."""
    require_other(row, by=by)
    if row.offices and by.account_id and org.holds_one_of(by.account_id, row.offices, at=row.desk_id):
        org.require(by, NAMED, at=row.desk_id)
    else:
        org.require(by, ANSWER, at=row.unit_id)


def require_other(row: Ticket, *, by: Actor) -> None:
    """Refuse (AnswerToOneself) who asked. In a system scope."""
    if is_own(row, by=by):
        raise AnswerToOneself


def is_own(row: Ticket, *, by: Actor) -> bool:
    """Return True to who asked, by any phone of theirs. In a system scope."""
    return row.phone_id in people.account_phones(by.account_id)


def may_answer_ticket(row: Ticket, *, by: Actor) -> bool:
    """Return True if `require_answer` lets them. In a system scope."""
    try:
        require_answer(row, by=by)
    except org.NotYours:
        return False
    return True
