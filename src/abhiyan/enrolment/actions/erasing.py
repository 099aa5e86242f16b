"""Somebody has everything erased, from their own phone: they leave every roll at once, and nobody reads them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import current, system
from abhiyan.enrolment.actions.claim_keys import keys
from abhiyan.enrolment.models import Enrolment, Membership, Parting, Roll
from abhiyan.enrolment.models_places import Whereabout
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.tickets import ticket_number
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Purpose
from abhiyan.people.news import ErasureReplayed
from abhiyan.programmes.news import ItemsErased
from abhiyan.work import actions as work

from .leaving import end_all, of_person, say_no
from .members import end_questions, end_term, found_member, latest_id, latest_term, living, term_id, who_is
from .motives import forget_motives
from .noes import lock_for_no
from .phone_changes import forget_changes
from .placing import forget_where
from .receipts import ERASE, send_receipt
from .referrals import forget_referred
from .tickets import empty_tickets, note_erasure

_RESTORE = Actor.system("erased before the restore")


@dataclass(frozen=True, slots=True)
class Erased:
    """ticket: the number of the request. purge_at: when what is sealed will be destroyed. is_last: nobody on the phone
    is a member any more."""

    ticket: str
    purge_at: datetime
    is_last: bool


def erase_member(*, membership: UUID, channel: int, language: str, by: Actor, at: datetime) -> Erased:
    """Erase the human being behind a membership: off every roll of the phone, every consent withdrawn, no more
    messages. Name, year and phone are sealed until the legal period is over, then purged.

    Others on the phone stay as they are; when none of them is a member, the phone has said no to everything and
    gets a receipt in `language`. Later lists do not bring the person back: only the phone's own act does, as
    somebody new. Only the phone itself may, nobody for it. Refuses NotFound, journal.NotSaved.
    """
    phone = current().phone
    with system("a person is erased"):
        member = found_member(membership)
        if by.kind != "citizen" or phone != member.phone_id:
            raise NotFound
        lock_for_no(member.phone_id)
        person = people_queries.person_by_id(member.person_id)
        who = who_is(person)
        if who is None:
            raise NotFound
        on_phone = list(Membership.objects.filter(phone_id=member.phone_id, merged_into=None).order_by("id"))
        persons = people_queries.persons(one.person_id for one in on_phone)
        theirs = {each.pk: each for each in persons if who_is(each) == who}
        memberships = [one for one in on_phone if one.person_id in theirs]
        for one in memberships:
            if one.ended_on is None:
                end_term(one, reason=endings.ERASED, channel=channel, by=by, at=at)
        _close_for_good(memberships, at)
        before = forget_changes(members=memberships, at=at)
        forget_referred(memberships=[member.public_id for member in memberships])
        forget_motives([member.public_id for member in memberships])
        work.forget_helpers(person_ids=[member.person_id for member in memberships], at=at)
        forget_where(memberships)
        former = tuple(phone_id for _change, phone_id in before)
        news.tell(ItemsErased(tuple(one.public_id for one in memberships), member.phone_id, at, former))
        for member_id in theirs:  # of who had left or was struck off before
            people.withdraw_consent(
                person_id=member_id, purposes=Purpose.values, channel=channel, by=by, at=at
            )
        is_last = not any(one.ended_on is None for one in on_phone if one.person_id not in theirs)
        if is_last:
            rolls = list(Roll.objects.values_list("pk", flat=True))
            say_no(member.phone_id, rolls, channel=channel, by=by, at=at)
            end_all(member.phone_id, rolls, channel=channel, by=by, at=at)
            Whereabout.objects.filter(phone_id=member.phone_id).delete()
            send_receipt(
                of=ERASE, phone=member.phone_id, language=language, programme_id=member.programme_id, at=at
            )
        ticket = note_erasure(member=member, persons=theirs, by=by, at=at)
        purge_at = people.erase_persons(
            persons=list(theirs.values()),
            who=keys().erased(phone_id=member.phone_id.bytes, who=who),
            public_ids=[member.public_id for member in memberships],
            formerly=[
                (change, phone_id, keys().erased(phone_id=phone_id.bytes, who=who))
                for change, phone_id in before
            ],
            channel=channel,
            by=by,
            at=at,
        )
    return Erased(ticket=ticket_number(ticket), purge_at=purge_at, is_last=is_last)


def end_again(*, erasure_replayed: ErasureReplayed) -> None:
    """Erase again after a restore: people erased since the backup are on no roll, and what they asked is empty."""
    theirs = [
        member
        for member in of_person(erasure_replayed.person_id)
        if latest_term(member).at <= erasure_replayed.at
    ]
    for member in theirs:
        if member.ended_on is None:
            end_term(
                member,
                reason=endings.ERASED,
                channel=erasure_replayed.channel,
                by=_RESTORE,
                at=erasure_replayed.at,
            )
    _close_for_good(theirs, erasure_replayed.at)
    forget_referred(memberships=[member.public_id for member in theirs])
    forget_motives([member.public_id for member in theirs])
    work.forget_helpers(person_ids=[member.person_id for member in theirs], at=erasure_replayed.at)
    forget_where(theirs)
    news.tell(
        ItemsErased(tuple(one.public_id for one in theirs), erasure_replayed.phone_id, erasure_replayed.at)
    )
    if not living(erasure_replayed.phone_id).exists():
        Whereabout.objects.filter(phone_id=erasure_replayed.phone_id).delete()
    empty_tickets(
        phone_id=erasure_replayed.phone_id, persons=[erasure_replayed.person_id], at=erasure_replayed.at
    )


def _close_for_good(members: Sequence[Membership], at: datetime) -> None:
    """Close the terms of an erased person for good.

    Nobody comes back to one, no data officer reads their denials, and no question that names them is asked
    again.
    """
    terms = [latest_id(member) for member in members]
    Enrolment.objects.filter(
        pk__in=terms, end_reason__in=(endings.LEFT, endings.MERGED, endings.BECAME)
    ).update(end_reason=endings.ERASED)
    every = [term_id(member, n) for member in members for n in range(1, member.term + 1)]
    Parting.objects.filter(pk__in=every).update(sealed_name=None)  # also of a term before they joined again
    end_questions([(latest_id(member), member.phone_id) for member in members], at=at)
