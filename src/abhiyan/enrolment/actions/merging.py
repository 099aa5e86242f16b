"""Two entries turn out to be one person, and that is undone: the acts on their memberships.

On each roll where both are members the second membership's term ends and is counted no more. A membership that
only one of them has is the person's, and does not change. An undo respects what the phone of the ended term
said meanwhile: it brings nobody back who left, denied or was erased.

A no that either entry gave before holds for the other too (`keep_noes`); later ones: `noes`.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from abhiyan.core import clock
from abhiyan.enrolment.models import DataRequest, Enrolment, Membership, PhoneChange, Roll
from abhiyan.enrolment.models_merged import MergedTerm
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.phone_changes import OBJECTED_WITHIN
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Person, RevokeReason
from abhiyan.people.news import PeopleMerged, PeopleParted
from abhiyan.programmes import queries as programme_queries

from .claims import PhoneFull
from .giving_way import become_member, give_way, is_contributor, is_friend
from .leaving import is_leaving_held
from .members import changes_of_term, latest_id, latest_term, post_term_changes
from .noes import OUTREACH, carry_no


def end_second(*, people_merged: PeopleMerged) -> None:
    """End the second membership where both entries of one person are on a roll: the entry that goes is a member
    no more. Both phones are locked. In the transaction of the merge."""
    kept, gone = _members(people_merged.kept_id), _members(people_merged.gone_id)
    if any(
        not is_friend(member) and not is_contributor(member) for member in gone
    ):  # the entry that goes is a member: who stays is no friend
        for friend in [member for member in kept if is_friend(member)]:
            become_member(friend, by=people_merged.by, at=people_merged.at)
            kept.remove(friend)
    by_roll = {member.roll_id: member for member in kept}
    members = [member for member in kept if not is_contributor(member)]
    for member in gone:
        stays = by_roll.get(member.roll_id) or (members[0] if members and is_friend(member) else None)
        if stays is None:
            continue
        term = latest_term(member)
        post_term_changes(changes_of_term(term, -1), people_merged.at)
        term.ended_at, term.end_reason = people_merged.at, endings.MERGED
        term.save(update_fields=["ended_at", "end_reason"])
        member.ended_on = clock.day_in(
            programme_queries.programme_by_id(member.programme_id).zone, people_merged.at
        )
        member.save(update_fields=["ended_on"])
        people.revoke_documents(
            about=[member.public_id], reason=RevokeReason.ENDED, by=people_merged.by, at=people_merged.at
        )
        MergedTerm.objects.update_or_create(
            id=term.pk,
            defaults={
                "membership_id": member.pk,
                "phone_id": member.phone_id,
                "kept_id": stays.pk,
                "double_id": people_merged.double_id,
                "at": people_merged.at,
                "undone_at": None,
            },
        )


def keep_noes(*, people_merged: PeopleMerged) -> None:
    """Keep the no of either phone of two entries that are one person, and what either took back, for both.

    After the second has ended; both phones are locked. Refuses journal.NotSaved.
    """
    two = people_queries.persons([people_merged.kept_id, people_merged.gone_id])
    refused = people_queries.refused_by([person.pk for person in two])
    noes = {person.pk: people_queries.standing_no(person.phone_id) for person in two}
    for one, other in (two, two[::-1]):
        no = noes[other.pk]
        if no is not None:
            carry_no(no, person_ids=[one.pk], phone_id=one.phone_id, by=people_merged.by, at=people_merged.at)
        people.withdraw_consent(
            person_id=one.pk,
            purposes=[purpose for purpose in refused.get(other.pk, []) if purpose in OUTREACH],
            channel=no.channel if no is not None else Channel.WEB.value,
            by=people_merged.by,
            at=people_merged.at,
        )


def bring_second_back(*, people_parted: PeopleParted) -> None:
    """Bring back what an undone merge ended: it goes on as it was, on its own day and rung. Both phones are locked.

    It does not where the phone has said since that its person left or never joined, nor where they have joined
    again. Refuses PhoneFull.
    """
    person = people_queries.person_by_id(people_parted.gone_id)
    for merged in MergedTerm.objects.filter(double_id=people_parted.double_id, undone_at=None).order_by("pk"):
        merged.undone_at = people_parted.at
        merged.save(update_fields=["undone_at"])
        term = Enrolment.objects.get(pk=merged.id)
        member = Membership.objects.get(pk=merged.membership_id)
        if term.end_reason != endings.MERGED or latest_id(member) != term.pk:
            continue
        if person.left_at is not None:
            term.end_reason = endings.LEFT
            term.save(update_fields=["end_reason"])
            continue
        limit = Roll.objects.values_list("people_per_phone", flat=True).get(pk=member.roll_id)
        there = Membership.objects.filter(
            phone_id=member.phone_id, roll_id=member.roll_id, merged_into=None, ended_on=None
        )
        if there.count() >= limit:
            raise PhoneFull(limit=limit)
        term.ended_at, term.end_reason = None, ""
        term.save(update_fields=["ended_at", "end_reason"])
        post_term_changes(changes_of_term(term, 1), people_parted.at)
        member.ended_on = None
        member.save(update_fields=["ended_on"])
        people.restore_documents(about=member.public_id, revoked_at=merged.at)
        give_way([member.phone_id], by=people_parted.by, at=people_parted.at)


def is_disputed(person: Person, *, at: datetime) -> bool:
    """Return True if something about an entry is undecided.

    A number changes or may still be objected to, a call to leave waits, or a request of its person has no
    answer.
    """

    members = Membership.objects.filter(phone_id=person.phone_id, person_id=person.pk)
    changes = PhoneChange.objects.filter(
        Q(membership_id__in=members.values_list("pk", flat=True)) | Q(old_phone_id=person.phone_id),
        ended_at=None,
    ).filter(Q(done_at=None) | Q(asked_at__gt=at - OBJECTED_WITHIN))
    waiting = DataRequest.objects.filter(phone_id=person.phone_id, person_id=person.pk, answered_at=None)
    return changes.exists() or waiting.exists() or is_leaving_held(person.phone_id)


def _members(person_id: UUID) -> list[Membership]:
    """Return a person's memberships that run, by roll."""
    phone_id = people_queries.person_by_id(person_id).phone_id
    return list(
        Membership.objects.filter(
            phone_id=phone_id, person_id=person_id, merged_into=None, ended_on=None
        ).order_by("roll_id")
    )
