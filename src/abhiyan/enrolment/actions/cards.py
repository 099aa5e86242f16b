"""A member's card: taken by the member once their phone is proven, printed or revoked by an office."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import current, system
from abhiyan.enrolment.models import CardWanted, Enrolment, Membership, Roll
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.models import Document, RevokeReason
from abhiyan.programmes.models import Rung

from .giving_way import is_contributor, is_friend
from .members import MEMBER_CARD, MembershipEnded, found_member, latest_id, lock_phone, own_phone_or

CARD = MEMBER_CARD

PRINTING = "cards.print"


class NoCard(Refused, status=409):
    message = _("This member has no valid card.")


def issue_card(*, membership: UUID, by: Actor, at: datetime) -> Document:
    """Return the card of a member: the one that is valid, else a new one.

    It needs the member's own phone, proven in this session. Refuses NotFound, MembershipEnded; NoCard to a friend
    or contributor.
    """
    phone = current().phone
    with system("a member takes their card"):
        member = _own_member(membership, phone)
        return people.issue_document(
            kind=CARD,
            about=member.public_id,
            person_id=member.person_id,
            unit_id=member.unit_id,
            by=by,
            at=at,
        )


def replace_card(*, membership: UUID, by: Actor, at: datetime) -> Document:
    """Give a member a new card for a lost one, which is not valid any more: its check says so.

    As `issue_card` otherwise.
    """
    phone = current().phone
    with system("a member replaces a lost card"):
        member = _own_member(membership, phone)
        people.revoke_documents(
            about=[member.public_id],
            reason=RevokeReason.LOST,
            by=by,
            at=at,
            unit_id=member.unit_id,
            kind=CARD,
        )
        return people.issue_document(
            kind=CARD,
            about=member.public_id,
            person_id=member.person_id,
            unit_id=member.unit_id,
            by=by,
            at=at,
        )


def _own_member(membership: UUID, phone: UUID | None) -> Membership:
    """Return the membership of a proven phone, locked. In a system scope."""
    member = found_member(membership)
    if phone != member.phone_id:
        raise NotFound
    lock_phone(member.phone_id)
    member.refresh_from_db()
    if member.ended_on is not None:
        raise MembershipEnded
    if is_friend(member) or is_contributor(member):
        raise NoCard
    return member


def want_card(*, membership: UUID, by: Actor, at: datetime) -> None:
    """Note that a member asks for a printed card; asked again while it is not printed, nothing changes.

    The phone itself may, and an office with enrolment.correct over the unit. Refuses MembershipEnded; NoCard to a
    friend.
    """
    phone = current().phone
    with system("a member asks for a printed card"):
        member = found_member(membership)
        own_phone_or("enrolment.correct", member, by, phone)
        lock_phone(member.phone_id)
        member.refresh_from_db()
        if member.ended_on is not None:
            raise MembershipEnded
        if is_friend(member) or is_contributor(member):
            raise NoCard
        card_wanted = CardWanted.objects.filter(member=membership).first()
        if card_wanted is not None and card_wanted.printed_at is None:
            return
        CardWanted.objects.update_or_create(member=membership, defaults={"asked_at": at, "printed_at": None})
        audit.record(by=by, at=at, act="enrolment.want_card", subject=str(membership), unit_id=member.unit_id)


def issue_cards(
    *, memberships: Collection[UUID], unit_id: int, by: Actor, at: datetime
) -> dict[UUID, Document]:
    """Issue the cards an office prints, by membership: of members whose phone has taken part itself.

    Others have none, nor have friends or contributors. Needs people.export over the unit; the caller has used
    what a second person approved.
    """
    org.require(by, "people.export", at=unit_id)
    return _issued(memberships, by=by, at=at)


def print_wanted(
    *, memberships: Collection[UUID], unit_id: int, by: Actor, at: datetime
) -> dict[UUID, Document]:
    """Issue the cards of members of a unit who asked for one, by membership; they count as printed from now on.

    Needs cards.print over the unit. The caller has read in its own scope who asked there.
    """
    org.require(by, PRINTING, at=unit_id)
    made = _issued(memberships, by=by, at=at)
    with system("cards are printed for members who asked"):
        CardWanted.objects.filter(member__in=made).update(printed_at=at)
        audit.record(by=by, at=at, act="enrolment.print_cards", unit_id=unit_id, n=len(made))
    return made


def _issued(memberships: Collection[UUID], *, by: Actor, at: datetime) -> dict[UUID, Document]:
    with system("an office prints cards"):
        there = Membership.objects.filter(public_id__in=list(memberships), ended_on=None, merged_into=None)
        there = there.exclude(
            roll_id__in=Roll.objects.filter(Q(gives_way=True) | Q(stands_beside=True)).values("pk")
        )
        lock_phones(sorted(set(there.values_list("phone_id", flat=True))))
        found = list(there.order_by("pk"))
        proven = set(
            Enrolment.objects.filter(
                pk__in=[latest_id(membership) for membership in found], rung=Rung.COUNTED
            ).values_list("membership_id", flat=True)
        )
        return {
            membership.public_id: people.issue_document(
                kind=CARD,
                about=membership.public_id,
                person_id=membership.person_id,
                unit_id=membership.unit_id,
                by=by,
                at=at,
            )
            for membership in found
            if membership.pk in proven
        }


def revoke_card(*, membership: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Revoke a member's card, as when it was lost. They may take a new one, with another code.

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
