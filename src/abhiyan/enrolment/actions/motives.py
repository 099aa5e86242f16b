"""Keep and forget why somebody joined."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from abhiyan.core.scope import system
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.models_motives import Motive

from .claims import AlreadyMember, ClaimOutcome


def note_motive(*, why: int, outcome: ClaimOutcome, at: datetime) -> None:
    """Keep why somebody joined, as they chose on the form; their first choice in a programme stays. 0: nothing is kept.
    Somebody who was on the roll already says nothing new."""
    if not why or outcome.membership is None or isinstance(outcome, AlreadyMember):
        return
    with system("why somebody joined"):
        membership = Membership.objects.filter(public_id=outcome.membership).first()
        if membership is not None:
            Motive.objects.get_or_create(
                programme_id=membership.programme_id,
                membership=membership.public_id,
                defaults={"unit_id": membership.unit_id, "why": why, "at": at},
            )


def forget_motives(memberships: Collection[UUID]) -> None:
    """Forget it with a person who had everything erased. memberships: public ids. In a system scope."""
    Motive.objects.filter(membership__in=memberships).delete()
