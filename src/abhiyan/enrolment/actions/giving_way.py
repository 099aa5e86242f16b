"""A member is no friend: acts that could put somebody on both rolls end the friendship at once.

The batch ends it for people who join (`settle`). In both cases this module sees to what hangs on a friend's term.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.enrolment.models import Enrolment, Membership, Roll
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Purpose, RevokeReason

from .members import end_questions, end_term, latest_id, living, who_is


def give_way(phone_ids: Iterable[UUID], *, by: Actor, at: datetime) -> int:
    """End every friendship on these phones whose person is a member there too. How many. The phones are locked, in a
    system scope."""
    yielding = set(Roll.objects.filter(gives_way=True).values_list("pk", flat=True))
    if not yielding:
        return 0
    beside = set(Roll.objects.filter(stands_beside=True).values_list("pk", flat=True))
    ended = 0
    for phone_id in phone_ids:
        memberships = [
            membership for membership in living(phone_id).order_by("pk") if membership.roll_id not in beside
        ]
        friends = [membership for membership in memberships if membership.roll_id in yielding]
        if not friends or len(friends) == len(memberships):
            continue
        persons = {
            person.pk: who_is(person)
            for person in people_queries.persons(membership.person_id for membership in memberships)
        }
        members = {
            persons.get(membership.person_id)
            for membership in memberships
            if membership.roll_id not in yielding
        } - {None}
        for friend in friends:
            if persons.get(friend.person_id) in members:
                become_member(friend, by=by, at=at)
                ended += 1
    return ended


def become_member(friend: Membership, *, by: Actor, at: datetime) -> None:
    """End the friendship of somebody who is a member now: it is counted no more. The phone is locked."""
    end_term(friend, reason=endings.BECAME, channel=Channel.WORD, by=by, at=at)


def is_contributor(member: Membership) -> bool:
    """Return True for a membership of contributors: their roll excludes no other."""
    return Roll.objects.filter(pk=member.roll_id, stands_beside=True).exists()


def is_friend(member: Membership) -> bool:
    """Return True for a membership of a roll that gives way."""
    return Roll.objects.filter(pk=member.roll_id, gives_way=True).exists()


def finish_giving_way(phone_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take back consents, close questions and revoke documents of the phone's friends who became members. Twice is
    once. The phone is locked, in a system scope."""
    ended = list(Membership.objects.filter(phone_id=phone_id, merged_into=None, ended_on__isnull=False))
    terms = Enrolment.objects.filter(pk__in=map(latest_id, ended), end_reason=endings.BECAME)
    over = set(terms.values_list("membership_id", flat=True))
    for friend in ended:
        if friend.pk not in over:
            continue
        end_questions([(latest_id(friend), phone_id)], at=at)
        people.withdraw_consent(
            person_id=friend.person_id, purposes=Purpose.values, channel=Channel.WORD, by=by, at=at
        )
        people.mark_left(person_ids=[friend.person_id], at=at)
        people.revoke_documents(about=[friend.public_id], reason=RevokeReason.ENDED, by=by, at=at)
