"""Show on one's own page an entry that ended, and its source."""

from datetime import datetime
from typing import Any

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import leaving
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules import endings


def may_member_deny(member: Member) -> bool:
    """Return True if somebody may still say of this entry that they never made it."""
    return endings.may_deny(reason=member.end_reason, has_ended=not member.is_current)


def member_source(member: Member) -> partings.EntrySource | None:
    """Return who entered the member, for the member."""
    with system("who recorded a person's own entry"):
        return partings.source_of_term(member.enrolment_id)


def parting_shown(member: Member | None, at: datetime) -> dict[str, Any]:
    """Return what one's own page says of an ended membership: the last day to come back, or who had entered one."""
    if member is None:
        return {}
    goes_on, left_at = leaving.stands_elsewhere(member)
    reason, ended_at = (endings.LEFT, left_at) if left_at else (member.end_reason, member.ended_at)
    may_come_back = endings.may_come_back(reason=reason, ended_at=ended_at, at=at)
    is_denied = member.end_reason == endings.DENIED
    return {
        "left_at": ended_at,
        "may_leave": member.is_current or goes_on,
        "back_until": ended_at + endings.BACK_WITHIN if ended_at and may_come_back else None,
        "is_denied": is_denied,
        "may_deny": may_member_deny(member),
        "source": member_source(member) if is_denied else None,
    }
