"""Own links of workers and friends, by which people join. An invitation counts for no rung."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.scope import current, system
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.models_referrals import Referral, Referred
from abhiyan.enrolment.queries import referrals as queries
from abhiyan.enrolment.queries.drives import covered
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme

from .claims import AlreadyMember, ClaimOutcome, DriveClosed, OutsideScope

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
LENGTH = 7


def make_referral(*, programme_id: int, unit_id: int, by: Actor, at: datetime) -> str:
    """Make a worker's own link to a drive for one of their units; the code of the one there is, where there is one.

    Needs enrolment.enrol over the unit. Refuses DriveClosed, OutsideScope.
    """
    with system("a worker's own link"):
        org.require(by, RECORD, at=unit_id)
        if programmes.programme_by_id(programme_id).state != Programme.State.OPEN:
            raise DriveClosed(field="drive")
        if not covered(programme_id=programme_id, unit_ids=[unit_id]):
            raise OutsideScope(field="unit")
        referral, is_new = Referral.objects.get_or_create(
            account_id=by.account_id or 0,
            programme_id=programme_id,
            unit_id=unit_id,
            defaults={"code": _drawn(), "made_at": at},
        )
        if is_new:
            audit.record(by=by, at=at, act="enrolment.make_referral", subject=referral.code, unit_id=unit_id)
    return referral.code


def own_code(*, programme_id: int, unit_id: int, by: Actor, at: datetime) -> str:
    """Return the code of a worker's own link, which is made where there is none yet; "" where the drive takes
    nobody there.

    Needs enrolment.enrol over the unit.
    """
    referrals = queries.own_referrals(by.account_id, programme_id)
    code = next((referral.code for referral in referrals if referral.unit_id == unit_id), "")
    if code:
        return code
    try:
        return make_referral(programme_id=programme_id, unit_id=unit_id, by=by, at=at)
    except (DriveClosed, OutsideScope):
        return ""


def friend_code(*, membership: UUID, by: Actor, at: datetime) -> str:
    """Return the code of a friend's own link, made where there is none yet; "" for somebody who has left, or while
    their programme is not open. membership: its public id.

    It needs the friend's own phone, proven in this session.
    """
    phone = current().phone
    with system("a friend's own link"):
        one = Membership.objects.filter(public_id=membership, ended_on=None, merged_into=None).first()
        if one is None or one.phone_id != phone:
            return ""
        if programmes.programme_by_id(one.programme_id).state != Programme.State.OPEN:
            return ""
        referral, is_new = Referral.objects.get_or_create(
            membership=membership,
            programme_id=one.programme_id,
            defaults={"code": _drawn(), "unit_id": one.unit_id, "made_at": at},
        )
        if is_new:
            audit.record(
                by=by, at=at, act="enrolment.make_referral", subject=referral.code, unit_id=one.unit_id
            )
    return referral.code


def call_code(*, programme_id: int, unit_id: int, at: datetime) -> str:
    """Return the code of the link that call centres send to people who want to help. In a system scope."""
    referral, _is_new = Referral.objects.get_or_create(
        programme_id=programme_id,
        account_id=None,
        membership=None,
        defaults={"code": _drawn(), "unit_id": unit_id, "made_at": at},
    )
    return referral.code


def _drawn() -> str:
    return "".join(lot.random_choice(LETTERS) for _letter in range(LENGTH))


def note_inviter(*, code: str, programme_id: int, outcome: ClaimOutcome, by: Actor, at: datetime) -> None:
    """Count somebody who joined by a worker's own link as invited by them; an earlier member does not count."""
    if code and outcome.membership is not None and not isinstance(outcome, AlreadyMember):
        note_referred(code=code, programme_id=programme_id, membership=outcome.membership, by=by, at=at)


def note_referred(*, code: str, programme_id: int, membership: UUID, by: Actor, at: datetime) -> None:
    """Note that somebody has joined by an own link. membership: its public id. The first link counts.

    A code that nobody has, one of another drive and one of somebody who left count nothing.
    """
    with system("who invited a member"):
        referral = Referral.objects.filter(code=code.upper()[:LENGTH], programme_id=programme_id).first()
        if referral is None or referral.membership == membership or _has_left(referral):
            return
        _row, is_new = Referred.objects.get_or_create(
            programme_id=programme_id,
            membership=membership,
            defaults={"referral_id": referral.pk, "unit_id": referral.unit_id, "at": at},
        )
        if is_new:
            facts = {"link": referral.code}
            unit = referral.unit_id
            audit.record(
                by=by, at=at, act="enrolment.refer", subject=str(membership), unit_id=unit, facts=facts
            )


def _has_left(referral: Referral) -> bool:
    """Return True for the link of a friend who is on the list no more, and of a worker whose office ended."""
    if referral.membership is None and referral.account_id is None:
        return False
    if referral.membership is None:
        return not org.holds(referral.account_id or 0, RECORD, at=referral.unit_id)
    return not Membership.objects.filter(
        public_id=referral.membership, ended_on=None, merged_into=None
    ).exists()


def forget_referred(*, memberships: Collection[UUID]) -> None:
    """Forget who invited people who had everything erased, and their own links. In a system scope."""
    links = Referral.objects.filter(membership__in=memberships)
    Referred.objects.filter(referral_id__in=links.values("pk")).delete()
    links.delete()
    Referred.objects.filter(membership__in=memberships).delete()
