"""Do what somebody asks of the verifier of a back-check."""

from datetime import datetime
from uuid import UUID

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment.actions import receipts
from abhiyan.enrolment.actions.leaving import leave
from abhiyan.enrolment.actions.members import found_member
from abhiyan.enrolment.queries.people import own_memberships
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people.queries import person_by_id


def leave_in_check(*, item_id: UUID, by: Actor, at: datetime) -> None:
    """Let a member leave who says so to a verifier: as `leave`, with the same receipt as on their own page.

    by: the verifier, sealed in the trail. The check asks before whose it is.
    """
    with system("a member leaves"):
        member = found_member(item_id)
        if member.ended_on is not None:
            return
        with scoped(Scope(phone=member.phone_id)):
            leave(membership=item_id, channel=Channel.WORD, by=audit.own_word(by), at=at)
        if not any(one.is_current for one in own_memberships(member.phone_id)):
            receipts.send_receipt(
                of=receipts.LEAVE,
                phone=member.phone_id,
                language=person_by_id(member.person_id).language,
                programme_id=member.programme_id,
                at=at,
            )
