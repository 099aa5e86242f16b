"""A member's card: taken by the member once their phone is proven, printed or revoked by an office."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import current, system
from abhiyan.enrolment.models import Enrolment, Membership, Roll
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.models import Document
from abhiyan.programmes.models import Rung

from .giving_way import is_contributor, is_friend
from .members import AlreadyEnded, found_member, latest_id, lock_phone

CARD = "member_card"


class NoCard(Refused, status=409):
    message = _("This member has no valid card.")


def issue_card(*, membership: UUID, by: Actor, at: datetime) -> Document:
    """The card of a member: the one that is valid, else a new one.

    It needs the member's own phone, proven in this session. Refuses NotFound, AlreadyEnded; NoCard to a friend or
    contributor.
    """
    phone = current().phone
    with system("a member takes their card"):
        member = found_member(membership)
        if phone != member.phone_id:
            raise NotFound
        lock_phone(member.phone_id)
        member.refresh_from_db()
        if member.ended_on is not None:
            raise AlreadyEnded
        if is_friend(member) or is_contributor(member):
            raise NoCard
        return people.issue_document(
            kind=CARD,
            about=member.public_id,
            person_id=member.person_id,
            unit_id=member.unit_id,
            by=by,
            at=at,
        )


def issue_cards(
    *, memberships: Collection[UUID], unit_id: int, by: Actor, at: datetime
) -> dict[UUID, Document]:
    """The cards an office prints, by membership: of members whose phone has taken part itself. Others have none,
    nor have friends or contributors.

    Needs people.export over the unit; the caller has used what a second person approved.
    """
    org.require(by, "people.export", at=unit_id)
    with system("an office prints cards"):
        there = Membership.objects.filter(public_id__in=list(memberships), ended_on=None, merged_into=None)
        there = there.exclude(
            roll_id__in=Roll.objects.filter(Q(gives_way=True) | Q(stands_beside=True)).values("pk")
        )
        lock_phones(sorted(set(there.values_list("phone_id", flat=True))))
        found = list(there.order_by("pk"))
        proven = set(
            Enrolment.objects.filter(pk__in=[latest_id(one) for one in found], rung=Rung.COUNTED).values_list(
                "membership_id", flat=True
            )
        )
        return {
            one.public_id: people.issue_document(
                kind=CARD, about=one.public_id, person_id=one.person_id, unit_id=one.unit_id, by=by, at=at
            )
            for one in found
            if one.pk in proven
        }


def revoke_card(*, membership: UUID, reason: str, by: Actor, at: datetime) -> None:
    """A member's card is not valid any more, as when it was lost. They may take a new one, with another code.

    Needs enrolment.correct over the member's unit. Refuses NoCard.
    """
    with system("a card is revoked"):
        member = found_member(membership)
        org.require(by, "enrolment.correct", at=member.unit_id)
        lock_phone(member.phone_id)
        about = [member.public_id]
        if not people.revoke_documents(
            about=about, reason=reason, by=by, at=at, unit_id=member.unit_id, kind=CARD
        ):
            raise NoCard
