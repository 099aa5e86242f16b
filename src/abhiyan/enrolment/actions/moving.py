"""A member goes over to another phone, and back. The phones are locked, the caller has asked who may.

The membership keeps its id, terms and counts. On the old phone an empty place stays, merged into it. So the
same name there is still the same person, while a later owner of the number is somebody new. On a phone without
members an empty place takes the first slot. By it the act's fast statement knows that somebody is there.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.enrolment.actions.claim_keys import keys
from abhiyan.enrolment.models import Claim, DataRequest, Enrolment, Membership, Parting, Roll
from abhiyan.enrolment.news import MemberPhoneMoved
from abhiyan.enrolment.rules import endings
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.work import actions as work

from .claims import PhoneFull
from .confirming import restate
from .giving_way import give_way
from .leaving import is_leaving_held
from .members import QUESTION, SamePerson, end_questions, latest_id, latest_term, who_is

_BY = Actor.system("a number changes")
MOST_ASKED = 2  # messages that ask whether somebody joined, on whatever phones


class SamePhone(Refused):
    message = _("This is the number we already have.")


class EnrollersPhone(Refused):
    """Nobody who entered somebody gets their answers."""

    message = _("This number belongs to the person who entered your name. Use your own number.")


class LeavingWaits(Refused, status=409):
    """A call from the old phone asked to leave, and waits for somebody to look."""

    message = _("A call from your old number asked to leave. Open your page and come back first.")


def same_human(member: Membership) -> list[Membership]:
    """Return the memberships on a phone that go with one: of the same name and year, current or run out."""
    who = who_is(people_queries.person_by_id(member.person_id))
    if who is None:
        return [member]
    on_phone = list(Membership.objects.filter(phone_id=member.phone_id, merged_into=None).order_by("pk"))
    named = {
        person.pk: who_is(person)
        for person in people_queries.persons(membership.person_id for membership in on_phone)
    }
    return [
        membership
        for membership in on_phone
        if named.get(membership.person_id) == who
        and (membership.ended_on is None or latest_term(membership).end_reason == endings.RUN_OUT)
    ]


_ENTERED = """
select exists (select from enrolment_claim c join people_account a on a.public_id = c.by
  where c.phone_id = %(old)s and c.membership_id = %(of)s and a.phone_id = %(phone)s)
 or exists (select from enrolment_enrolment e join enrolment_claim c on c.id = e.claim_id
  join people_account a on a.public_id = c.by where e.id > %(of)s and e.id <= %(last)s and a.phone_id = %(phone)s)"""


def is_enrollers(member: Membership, phone_id: UUID) -> bool:
    """Return True if somebody who entered this member signs in by this phone."""
    params = {"of": member.pk, "last": latest_id(member), "old": member.phone_id, "phone": phone_id}
    return bool(sql.value(_ENTERED, params))


def refuse_move(members: Sequence[Membership], to: UUID) -> None:
    """Refuses where a phone cannot take these members over: SamePhone, LeavingWaits, EnrollersPhone, PhoneFull,
    SamePerson."""
    for member in members:
        if member.phone_id == to:
            raise SamePhone
        if is_leaving_held(member.phone_id):
            raise LeavingWaits
        if is_enrollers(member, to):
            raise EnrollersPhone
        there = Membership.objects.filter(phone_id=to, roll_id=member.roll_id, merged_into=None)
        limit = Roll.objects.values_list("people_per_phone", flat=True).get(pk=member.roll_id)
        if member.ended_on is None and there.filter(ended_on=None).count() >= limit:
            raise PhoneFull(limit=limit)
        if _same_there(member, to):
            raise SamePerson


def _same_there(member: Membership, phone_id: UUID) -> bool:
    """Return True if another membership on a phone, on their roll, is of the same name and year."""
    who = who_is(people_queries.person_by_id(member.person_id))
    there = Membership.objects.filter(phone_id=phone_id, roll_id=member.roll_id, merged_into=None)
    others = people_queries.persons(there.exclude(pk=member.pk).values_list("person_id", flat=True))
    return who is not None and who in map(who_is, others)


def move_to_number(*, members: Sequence[Membership], number: str, at: datetime) -> None:
    """Take members over to a number (E.164). Only what we ask changes on the ladder. Refuses as `refuse_move`."""
    with transaction.atomic():
        to = people.keep_phone(number=number)
        for member in members:
            _hold_first(member, to, at)  # before looking who is there: nobody joins unseen any more
        refuse_move(members, to)
        _ask_anew(members, to, at)
        for member in members:
            taken = set(
                Membership.objects.filter(phone_id=to, roll_id=member.roll_id).values_list("slot", flat=True)
            )
            start = member.phone_id.bytes[:6]
            place = UUID(bytes=start + lot.octets(8) + b"\0\0")
            _leave_place(member, place, member.phone_id, member.slot, at)
            _put(member, to, next(slot for slot in count() if slot not in taken))
        give_way([to], by=_BY, at=at)


def bring_back_moved(*, members: Sequence[Membership], to: UUID, at: datetime, is_undo: bool = False) -> None:
    """Put members who had gone over back on the phone they were on, in the place kept there.

    Members without a place there stay; so do members whose name has joined there again, but an undo takes them
    away. They are not asked again whether they joined.
    """
    for member in members:
        place = Membership.objects.filter(phone_id=to, roll_id=member.roll_id, merged_into=member.pk).first()
        if place is None or member.phone_id == to or (_same_there(member, to) and not is_undo):
            continue
        term, away = latest_id(member), member.phone_id
        end_questions([(term, away)], at=at)
        restate([term], at, ask_over_at=at)
        place.delete()
        _put(member, to, place.slot)
        rest = Membership.objects.filter(phone_id=away, roll_id=member.roll_id)
        if not rest.exclude(merged_into=member.pk).exists():
            rest.delete()
        if not Claim.objects.filter(phone_id=away).exists():
            people.drop_phone(phone_id=away)
    give_way([to], by=_BY, at=at)


def _hold_first(member: Membership, to: UUID, at: datetime) -> None:
    first = UUID(bytes=keys().slot(roll=member.roll_id, phone_hash=to.bytes, slot=0).member)
    _leave_place(member, first, to, 0, at)


def _leave_place(member: Membership, place: UUID, phone_id: UUID, slot: int, at: datetime) -> None:
    row = Membership(
        id=place,
        public_id=lot.uuid(),
        roll_id=member.roll_id,
        phone_id=phone_id,
        slot=slot,
        person_id=member.person_id,
        unit_id=member.unit_id,
        claim_id=member.claim_id,
        term=0,
        programme_id=member.programme_id,
        ended_on=clock.day_in("UTC", at),
        merged_into=member.pk,
        at=at,
    )
    Membership.objects.bulk_create([row], ignore_conflicts=True)


def _put(member: Membership, to: UUID, slot: int) -> None:
    terms = [UUID(bytes=member.pk.bytes[:14] + n.to_bytes(2, "big")) for n in range(1, member.term + 1)]
    Parting.objects.filter(pk__in=terms).update(phone_id=to, said_by=to)
    DataRequest.objects.filter(phone_id=member.phone_id, person_id=member.person_id).update(phone_id=to)
    Membership.objects.filter(pk=member.pk).update(phone_id=to, slot=slot)
    people.move_to_phone(person_id=member.person_id, phone_id=to)
    news.tell(MemberPhoneMoved(member.phone_id, to))
    work.move_helper(person_id=member.person_id, phone_id=to)
    member.phone_id, member.slot = to, slot


def _ask_anew(members: Sequence[Membership], to: UUID, at: datetime) -> None:
    """Ask the new phone whether they joined, and the old one no more, as far as the two messages reach.

    Not where who entered them signs in by the old phone: then nobody was to be asked.
    """
    room, kind = QUESTION
    for member in members:
        term = Enrolment.objects.get(pk=latest_id(member))
        if term.ended_at is not None or term.confirmed_at is not None or term.ask_over_at is not None:
            continue
        here, there = (
            asked.messages_of_question(
                messaging.question_id(room=room, kind=kind, about=term.pk, phone_id=phone)
            )
            for phone in (member.phone_id, to)
        )
        end_questions([(term.pk, member.phone_id)], at=at)
        if is_enrollers(member, member.phone_id) or there or here >= MOST_ASKED:
            restate([term.pk], at, ask_over_at=at)
        elif term.asked_at is not None:
            restate([term.pk], at, asked_at=None)
