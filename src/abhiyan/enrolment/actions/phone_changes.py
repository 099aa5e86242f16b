"""A member's number changes: at once from the old phone; else asked from the new one, which waits 48 hours.

In both cases the old phone is notified and may object for seven days: its NO stops the change, or takes it
back. Until then the new phone is not asked whether somebody joined, so a code that was read out to somebody
confirms nothing. A request for somebody else's number is answered alike, member or not (DESIGN §5.11).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format

from abhiyan.core import audit, declared, limits, lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, TooMany
from abhiyan.core.scope import Scope, current, scoped, system
from abhiyan.enrolment.models import Enrolment, Membership, PhoneChange
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.phone_changes import HOLD, OBJECTED_WITHIN, TOLD_FOR
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.news import OBJECTED, WordReplayed
from abhiyan.programmes.models import Rung

from .leaving import deny_by_phone
from .members import QUESTION, MembershipEnded, found_member, id_of_phone, latest_term, living, who_is
from .moving import bring_back_moved, move_to_number, refuse_move, same_human
from .noes import carry_no
from .receipts import DENY, PAGE, send_receipt

OBJECTION = ("enrolment", "phone")  # the question to the old phone: room and kind, about a change
TEMPLATE, RECEIPT = "ask.phone", "phone.receipt"
ADDRESS = "/moved/%s/"
# A phone changes, or asks to, so often in 30 days; and so often a phone is written to because others asked.
TURN_S = 60
LOOK_AGAIN = timedelta(hours=1)  # for a message to the old phone that has not left
_LATER = Actor.system("a number changes after its hold")


def change_phone(*, membership: UUID, number: str, language: str, by: Actor, at: datetime) -> None:
    """Change a member's number from now on; asked from the old phone, proven by a code on the new one.

    number: E.164. Everybody of the same name and year on the old phone goes over, on every roll; terms, counts,
    consents stay. A STOP of the old phone goes along; a no of the new one is lifted, as by joining, unless
    others are members there. Both get a message. Only the old phone itself may. Refuses NotFound, MembershipEnded,
    TooMany, and as `moving.refuse_move`.
    """
    old = current().phone
    new = id_of_phone(number)
    with system("a member's number changes"):
        member = found_member(membership)
        if by.kind != "citizen" or old != member.phone_id:
            raise NotFound
        _take_turn(old, at)
        lock_phones([old, new])
        member.refresh_from_db()
        if member.phone_id != old or member.ended_on is not None:
            raise MembershipEnded
        change = _change(member, number, by, at)
        _carry_out(change, member, number, by, at)
        _tell_old(change, member, people_queries.number_of_phone(old), language, at)


def ask_change(
    *, old: str, name: str, birth_year: int, number: str, language: str, by: Actor, at: datetime
) -> None:
    """Ask from the new phone, proven by a code, for somebody whose old phone is gone: in 48 hours, unless the
    old phone says NO. Only the old phone learns whether anybody is meant.

    old, number: E.164. name, birth_year: as they joined. Meant is a member on the old phone, whose phone has
    answered once, to which we may write; no other request to move them is open; the new phone can take them. An
    earlier wish of the new phone is withdrawn. Only the new phone itself may. Refuses TooMany.
    """
    new, gone = id_of_phone(number), id_of_phone(old)
    if by.kind != "citizen" or current().phone != new:
        raise NotFound
    _take_turn(new, at)
    with system("a member asks from another number"):
        lock_phones([gone, new])
        _withdraw(PhoneChange.objects.filter(new_phone_id=new, done_at=None), at)
        member = _meant(gone, new, names.key(name), birth_year, at)
        change = _change(member, number, by, at, due_at=at + HOLD if member else None)
        # The same work is done with or without a member: nobody can tell from outside.
        with transaction.atomic():
            _tell_old(change, member, number if member is None else old, language, at)
            if member is None:
                transaction.set_rollback(True)
        audit.record(by=by, at=at, act="enrolment.ask_phone", subject=str(change.pk))


def withdraw_change(*, change: UUID, by: Actor, at: datetime) -> None:
    """Withdraw the wish of the phone that asked; or hear the old phone say, on its own page, that it is not so.

    Refuses NotFound to every other phone; what is over stays as it is.
    """
    phone = current().phone
    with system("a change of number is taken back"):
        phone_change = PhoneChange.objects.filter(pk=change).first()
        if (
            by.kind != "citizen"
            or phone_change is None
            or phone not in (phone_change.new_phone_id, phone_change.old_phone_id)
        ):
            raise NotFound
        lock_phones([phone_change.new_phone_id, phone_change.old_phone_id or phone_change.new_phone_id])
        phone_change.refresh_from_db()
        if phone == phone_change.old_phone_id:
            _object(phone_change, by, at)
        elif _withdraw(PhoneChange.objects.filter(pk=change, done_at=None), at):
            audit.record(by=by, at=at, act="enrolment.withdraw_phone", subject=str(phone_change.pk))


def hear_change_answer(*, answer: QuestionAnswered) -> None:
    """Hear the old phone say NO to a change, or that its owner never joined, after the member went over.

    Its phone is locked; what concerns both phones is done by the loop.
    """
    if answer.yes or answer.room != QUESTION[0]:
        return
    with system("an old phone says no"):
        if answer.kind == OBJECTION[1]:
            phone_change = PhoneChange.objects.filter(pk=answer.about, old_phone_id=answer.phone_id).first()
            if phone_change is not None:
                _object(phone_change, answer.by, answer.at)
        elif answer.kind == QUESTION[1]:
            term = Enrolment.objects.filter(pk=answer.about).first()
            member = Membership.objects.filter(pk=term.membership_id).first() if term else None
            if member is None or member.phone_id == answer.phone_id:
                return
            done = _done_of(same_human(member)).filter(old_phone_id=answer.phone_id, said_no_at=None)
            for each in done.order_by("-done_at")[:1]:
                each.membership_id, each.is_denied = member.pk, True
                each.said_no_at = each.due_at = answer.at
                each.save(update_fields=["membership_id", "said_no_at", "is_denied", "due_at"])


def turn(*, at: datetime) -> int:
    """Do the changes whose hold is over, and take back those the old phone objected to. How many. Opens its own
    transactions."""
    with system("changes of number that are due"):
        due = list(PhoneChange.objects.filter(due_at__lte=at).order_by("due_at"))
        PhoneChange.objects.filter(done_at=None, asked_at__lte=at - OBJECTED_WITHIN).delete()
    for phone_change in due:
        with system("a number changes"):
            member = _member(phone_change)
            away = member.phone_id if member else phone_change.new_phone_id
            lock_phones(
                {phone_change.new_phone_id, phone_change.old_phone_id or phone_change.new_phone_id, away}
            )
            change = PhoneChange.objects.filter(pk=phone_change.pk, due_at__lte=at).first()
            if change is None:
                continue
            if change.done_at is None:
                _do_due(change, at)
            else:
                _take_back(change, at)
    return len(due)


def forget_changes(*, members: Sequence[Membership], at: datetime) -> list[tuple[UUID, UUID]]:
    """Drop the changes of somebody who has everything erased: none waits any more, no earlier number is read.

    Returns the id of each finished change, and the old phone's.
    """
    every = PhoneChange.objects.filter(membership_id__in=[membership.pk for membership in members])
    for change in every.filter(done_at=None, ended_at=None):
        _end(change, at)
    done = [
        (phone_change.pk, phone_change.old_phone_id)
        for phone_change in _done_of(members)
        if phone_change.old_phone_id is not None
    ]
    _close_question(list(every), at)
    every.update(last4="", new_last4="", due_at=None)
    return done


def stop_restored_changes() -> None:
    """Stop what waited after a restore: what the old phone said since the backup is not known."""
    PhoneChange.objects.filter(done_at=None).delete()


def object_again(*, word_replayed: WordReplayed) -> None:
    """Object again after a restore: a member goes back to the phone that had objected, where the backup has
    them on the new one."""
    if word_replayed.word != OBJECTED:
        return
    for person in people_queries.persons([word_replayed.person_id]):
        members = Membership.objects.filter(phone_id=person.phone_id, person_id=person.pk, merged_into=None)
        bring_back_moved(members=list(members), to=word_replayed.phone_id, at=word_replayed.at)
    PhoneChange.objects.filter(
        old_phone_id=word_replayed.phone_id,
        done_at__isnull=False,
        ended_at=None,
        asked_at__lte=word_replayed.at,
    ).update(ended_at=word_replayed.at, due_at=None)


# What they share


def _take_turn(phone_id: UUID, at: datetime) -> None:
    limits.count_or_refuse(declared.PHONE_CHANGE, str(phone_id), at=at)


def _may_tell(phone_id: UUID, at: datetime) -> bool:
    """Return True if one more message may go to a phone because somebody else asked."""
    try:
        limits.count_or_refuse(declared.PHONE_NOTICE, str(phone_id), at=at)
    except TooMany:
        return False
    return True


def _meant(old: UUID, new: UUID, name: str, birth_year: int, at: datetime) -> Membership | None:
    """Return the member on a phone who is meant, if the number may change at all."""
    on_phone = list(Membership.objects.filter(phone_id=old, merged_into=None, ended_on=None).order_by("pk"))
    named = {
        person.pk: who_is(person)
        for person in people_queries.persons(membership.person_id for membership in on_phone)
    }
    memberships = [
        membership for membership in on_phone if named.get(membership.person_id) == (name, birth_year)
    ]
    signed = [membership for membership in memberships if latest_term(membership).rung == Rung.COUNTED]
    is_open = PhoneChange.objects.filter(old_phone_id=old, done_at=None, ended_at=None).exists()
    if not signed or is_open or people_queries.standing_no(old) is not None or not _may_tell(old, at):
        return None
    try:
        refuse_move(same_human(signed[0]), new)
    except Refused:
        return None
    return signed[0]


def _change(
    member: Membership | None, number: str, by: Actor, at: datetime, *, due_at: datetime | None = None
) -> PhoneChange:
    new = id_of_phone(number)
    old = people_queries.phones([member.phone_id])[member.phone_id] if member else None
    return PhoneChange.objects.create(
        id=lot.uuid(),
        membership_id=member.pk if member else None,
        old_phone_id=old.pk if old else None,
        new_phone_id=new,
        sealed=keyring().seal(number.encode(), about=new.bytes),
        last4=old.last4 if old else "",
        new_last4=number[-4:],
        by=by.id,
        asked_at=at,
        due_at=due_at,
    )


def _carry_out(change: PhoneChange, member: Membership, number: str, by: Actor, at: datetime) -> None:
    """Move them, with what the old phone said no to; the phones are locked. Refuses as `moving.refuse_move`."""
    old, new = member.phone_id, change.new_phone_id
    members = same_human(member)
    is_shared = living(new).exists()
    move_to_number(members=members, number=number, at=at)
    if not is_shared:  # the no of others there stays theirs
        with scoped(Scope(everything=True, reason="a number changes", phone=new)):
            people.lift(phone_id=new, channel=Channel.WEB.value, by=by, at=at)
    no = people_queries.standing_no(old)
    if no is not None:
        carry_no(no, person_ids=[membership.person_id for membership in members], phone_id=new, by=by, at=at)
    change.done_at, change.sealed, change.due_at = at, None, None
    change.save(update_fields=["done_at", "sealed", "due_at"])
    for other in PhoneChange.objects.filter(old_phone_id=old, done_at=None, ended_at=None):
        if other.membership_id in {membership.pk for membership in members}:
            _end(other, at)
    member.refresh_from_db()
    people.note_sign(phone_id=new, at=change.asked_at)  # the code it showed
    if people_queries.standing_no(new) is None:
        _tell(member, number, change, at)
    audit.record(
        by=by,
        at=at,
        act="enrolment.change_phone",
        subject=str(member.public_id),
        unit_id=member.unit_id,
        n=len(members),
    )


def _tell(member: Membership, number: str, change: PhoneChange, at: datetime) -> None:
    """Send the receipt to the membership's present number."""
    language = people_queries.person_by_id(member.person_id).language or settings.LANGUAGE_CODE
    messaging.queue_message(
        template=RECEIPT,
        phone=number,
        language=language,
        blanks={"link": settings.ORIGIN + PAGE},
        key=f"{RECEIPT}|{change.pk}|{member.phone_id}",
        programme_id=member.programme_id,
        at=at,
    )


def _tell_old(
    change: PhoneChange, member: Membership | None, number: str, language: str, at: datetime
) -> None:
    """Send the message to the old phone, with the word of its NO; it names nobody, for the number may be
    another's by now. To a phone that has said no nothing goes."""
    written_in = people_queries.person_by_id(member.person_id).language if member else ""
    language = written_in or language
    with translation.override(language):
        day, until = (
            date_format(moment.astimezone(ZoneInfo(settings.TIME_ZONE)), "j F Y")
            for moment in (change.done_at or change.asked_at + HOLD, change.asked_at + OBJECTED_WITHIN)
        )
    programme_id = member.programme_id if member else 0
    room, kind = OBJECTION
    messaging.ask_question(
        asking=messaging.PhoneQuestion(
            room=room,
            kind=kind,
            about=change.pk,
            phone=number,
            language=language,
            template=TEMPLATE,
            blanks={
                "ending": change.new_last4,
                "day": day,
                "until": until,
            },
            label=f"•{change.new_last4}",
            expires_at=change.asked_at + OBJECTED_WITHIN,
            unit_id=member.unit_id if member else None,
            programme_id=programme_id,
            address=ADDRESS,
        ),
        at=at,
    )


def _question(change: PhoneChange) -> UUID:
    room, kind = OBJECTION
    phone_id = change.old_phone_id or change.new_phone_id
    return messaging.question_id(room=room, kind=kind, about=change.pk, phone_id=phone_id)


def _close_question(changes: Sequence[PhoneChange], at: datetime) -> None:
    messaging.close_questions(ids=[_question(phone_change) for phone_change in changes], at=at)


def _end(change: PhoneChange, at: datetime) -> None:
    """End a change: it is not done any more."""
    change.ended_at, change.sealed, change.due_at = at, None, None
    change.save(update_fields=["ended_at", "sealed", "due_at"])
    _close_question([change], at)


def _withdraw(changes: QuerySet[PhoneChange], at: datetime) -> int:
    """Withdraw the changes that the asking phone does not want any more: nothing is kept of them."""
    _close_question(list(changes), at)
    return changes.delete()[0]


def _object(change: PhoneChange, by: Actor, at: datetime) -> None:
    """Hear the old phone say that it is not so. Its phone is locked."""
    if change.ended_at is not None or change.said_no_at is not None:
        return
    if change.done_at is None:
        _end(change, at)
    elif at - change.asked_at <= OBJECTED_WITHIN:
        change.said_no_at = change.due_at = at
        change.save(update_fields=["said_no_at", "due_at"])
        _note(change, at)
    audit.record(by=by, at=at, act="enrolment.object_phone", subject=str(change.pk))


def _note(change: PhoneChange, at: datetime) -> None:
    """Keep the NO in the journal, with the person it brings back."""
    member = _member(change)
    assert change.old_phone_id is not None
    people.note_word(
        word=OBJECTED,
        phone_id=change.old_phone_id,
        person_ids=[membership.person_id for membership in same_human(member)] if member else [],
        channel=Channel.WEB.value,
        at=at,
    )


def _member(change: PhoneChange) -> Membership | None:
    """Return the meant member, on any phone by now."""
    if change.membership_id is None:
        return None
    return Membership.objects.filter(pk=change.membership_id).first()


def _done_of(members: Sequence[Membership]) -> QuerySet[PhoneChange]:
    return PhoneChange.objects.filter(
        membership_id__in=[membership.pk for membership in members], done_at__isnull=False, ended_at=None
    )


def _do_due(change: PhoneChange, at: datetime) -> None:
    """Do a change whose hold is over, wait for the message to the old phone, or give it up."""
    member = _member(change)
    if member is None or member.phone_id != change.old_phone_id or member.ended_on or change.sealed is None:
        _end(change, at)
        return
    reached_at = asked.question_reached_at(_question(change))
    if reached_at is None or at - reached_at < TOLD_FOR:
        change.due_at = at + LOOK_AGAIN if reached_at is None else reached_at + TOLD_FOR
        change.save(update_fields=["due_at"])
        return
    no = people_queries.standing_no(change.new_phone_id)
    if people_queries.standing_no(member.phone_id) is not None or (
        no is not None and no.at > change.asked_at
    ):
        _end(change, at)
        return
    number = keyring().unseal(bytes(change.sealed), about=change.new_phone_id.bytes).decode()
    try:
        with transaction.atomic():
            _carry_out(change, member, number, Actor(kind="citizen", id=change.by), at)
    except Refused:
        change.refresh_from_db()
        _end(change, at)


def _take_back(change: PhoneChange, at: datetime) -> None:
    """Take a member back to the old phone, which has objected.

    Struck off, where it said besides that its owner never joined, or somebody of the same name has joined there
    since.
    """
    member = _member(change)
    to, said_at = change.old_phone_id, change.said_no_at
    change.ended_at, change.due_at = at, None
    change.save(update_fields=["ended_at", "due_at"])
    if member is None or to is None or said_at is None or to not in people_queries.phones([to]):
        return
    if people_queries.person_by_id(member.person_id).erased_at is not None:
        return
    members = same_human(member) or [member]
    bring_back_moved(members=members, to=to, at=at)
    member.refresh_from_db()
    if change.is_denied or member.phone_id != to:
        by = Actor(kind="citizen", id=member.public_id)
        here = member.phone_id
        deny_by_phone(phone=here, membership=member.public_id, channel=Channel.WEB.value, by=by, at=said_at)
        send_receipt(of=DENY, phone=to, at=said_at, programme_id=member.programme_id)
    else:
        _tell(member, people_queries.number_of_phone(to), change, at)
    audit.record(
        by=_LATER, at=at, act="enrolment.return_phone", subject=str(member.public_id), unit_id=member.unit_id
    )
