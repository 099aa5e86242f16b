"""Links of workers by which people join: who invited a member is kept beside the membership, and counts for no rung."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.paper.models import Referral, Referred
from abhiyan.enrolment.queries import referrals as queries
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme

from .batches import RECORD
from .claims import AlreadyMember, ClaimOutcome, DriveClosed, OutsideScope
from .drives import covered

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
LENGTH = 7


def make_referral(*, programme_id: int, unit_id: int, by: Actor, at: datetime) -> str:
    """Make a worker's own link to a drive for one of their units; the code of the one there is, where there is one.

    Who may: enrolment.enrol over the unit. Refuses DriveClosed, OutsideScope.
    """
    with system("a worker's own link"):
        org.require(by, RECORD, at=unit_id)
        if programmes.programme_by_id(programme_id).state != Programme.State.OPEN:
            raise DriveClosed(field="drive")
        if not covered(programme_id=programme_id, unit_ids=[unit_id]):
            raise OutsideScope(field="unit")
        code = "".join(lot.one(LETTERS) for _letter in range(LENGTH))
        one, is_new = Referral.objects.get_or_create(
            account_id=by.account_id or 0,
            programme_id=programme_id,
            unit_id=unit_id,
            defaults={"code": code, "made_at": at},
        )
        if is_new:
            audit.record(by=by, at=at, act="enrolment.make_referral", subject=one.code, unit_id=unit_id)
    return one.code


def own_code(*, programme_id: int, unit_id: int, by: Actor, at: datetime) -> str:
    """The code of a worker's own link, which is made where there is none yet; "" where the drive takes nobody there.

    Who may: enrolment.enrol over the unit.
    """
    own = queries.own(by.account_id, programme_id)
    found = next((one.code for one in own if one.unit_id == unit_id), "")
    if found:
        return found
    try:
        return make_referral(programme_id=programme_id, unit_id=unit_id, by=by, at=at)
    except (DriveClosed, OutsideScope):
        return ""


def note_inviter(*, code: str, programme_id: int, outcome: ClaimOutcome, by: Actor, at: datetime) -> None:
    """Who joined by a worker's own link counts as invited by them; who was a member already does not."""
    if code and outcome.membership is not None and not isinstance(outcome, AlreadyMember):
        note_referred(code=code, programme_id=programme_id, membership=outcome.membership, by=by, at=at)


def note_referred(*, code: str, programme_id: int, membership: UUID, by: Actor, at: datetime) -> None:
    """Somebody has joined by a worker's link. membership: its public id. The first link counts; a code nobody has, or
    of another drive, is nothing."""
    with system("who invited a member"):
        one = Referral.objects.filter(code=code.upper()[:LENGTH], programme_id=programme_id).first()
        if one is None:
            return
        _row, is_new = Referred.objects.get_or_create(
            programme_id=programme_id,
            membership=membership,
            defaults={"referral_id": one.pk, "unit_id": one.unit_id, "at": at},
        )
        if is_new:
            facts = {"link": one.code}
            unit = one.unit_id
            audit.record(
                by=by, at=at, act="enrolment.refer", subject=str(membership), unit_id=unit, facts=facts
            )


def forget_referred(*, memberships: Collection[UUID]) -> None:
    """Who invited them goes with who had everything erased. In a system scope."""
    Referred.objects.filter(membership__in=memberships).delete()
