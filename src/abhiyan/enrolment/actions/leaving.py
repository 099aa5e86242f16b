"""A phone may speak against us: no more messages (STOP), I leave (LEAVE), I never joined (NO), I am back.

STOP leaves memberships as they are. LEAVE ends those of one roll, or of all (`_rolls_meant`). The same phone can open
them again within seven days, because a caller's number can be forged. NO strikes off what the phone did not sign. All
hold for the person on their other phones too (`noes`): LEAVE ends what they have there, and silence covers those
phones. Each locks the phones first, as the batch does, and is answered alike for members and strangers. Said twice is
said once.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, current, scoped, system
from abhiyan.enrolment.models import (
    Drive,
    Enrolment,
    HeldLeave,
    Membership,
    Parting,
    Revisit,
    Roll,
)
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.queries.terms import first_call
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Purpose
from abhiyan.people.news import BACK, DENIED, NoReplayed, WithdrawalReplayed, WordReplayed
from abhiyan.programmes.models import Rung

from . import floods
from .claims import PhoneFull
from .giving_way import give_way
from .members import (
    changes_of_term,
    end_term,
    found_member,
    id_of_phone,
    latest_id,
    latest_term,
    living,
    own_phone_or,
    post_term_changes,
)
from .noes import lock_for_no, selves_elsewhere, spread_no

_RESTORE = Actor.system("said before the restore")


# STOP


def stop_by_phone(*, phone: str | UUID, channel: int, by: Actor, at: datetime) -> None:
    """Stop messages and calls to a phone that asks for it, by whatever channel. Memberships stay.

    phone: E.164 or its id. Its waiting messages stop in this transaction; the sender asks again before it sends
    the ones in hand. Everybody on it takes back their consent to calls and messages. Known or unknown phones
    are treated alike. Refuses PhoneInvalid, journal.NotSaved.
    """
    phone_id = _id(phone)
    with system("a phone says stop"):
        lock_for_no(phone_id)
        people.suppress(phone_id=phone_id, channel=channel, by=by, at=at, scope="all")
        for person_id in _on(phone_id).values_list("person_id", flat=True):
            people.withdraw_consent(
                person_id=person_id,
                purposes=(Purpose.CALLS, Purpose.MESSAGES),
                channel=channel,
                by=by,
                at=at,
            )
        spread_no(phone_id=phone_id, by=by, at=at)


# LEAVE


def leave(*, membership: UUID, channel: int, by: Actor, at: datetime) -> None:
    """End a member's term: every consent is withdrawn, and the ladder forgets them on their original day.

    If another phone of the same person counts the entry, the membership there ends. When nobody else on the
    phone is a member, the phone has thereby said no to everything. The phone itself may do it, or a person who
    may correct members there and was asked by the member. Leaving twice is leaving once. The person's own word
    is written alike wherever it was said, its source sealed (`audit.own_word`).
    """
    phone = current().phone
    with system("a member leaves"):
        member = found_member(membership)
        own_phone_or("enrolment.correct", member, by, phone)
        if by.kind == "citizen":
            by, channel = by if by.sealed else audit.own_word(by), Channel.WORD
        lock_for_no(member.phone_id)
        member.refresh_from_db()
        if member.ended_on is None:
            _left(member, channel=channel, by=by, at=at)
        else:
            for other in _elsewhere(member.phone_id, [member.roll_id], of=[member.person_id]):
                _left(other, channel=channel, by=by, at=at, said_by=member.phone_id)
        if not living(member.phone_id).exists():
            rolls = _all_rolls()
            say_no(member.phone_id, rolls, channel=channel, by=by, at=at)
            end_all(member.phone_id, rolls, channel=channel, by=by, at=at)


def leave_by_phone(
    *,
    phone: str | UUID,
    channel: int,
    by: Actor,
    at: datetime,
    programme_id: int | None = None,
    is_believed: bool = True,
) -> int:
    """Hear a phone say LEAVE, by call or SMS: it has said no to everything, and all who joined with it leave.

    A call names nobody, so on a shared phone all are taken at their phone's word; `come_back` undoes it for
    seven days, and each may join again from it. They leave by their own other phones as well; other people
    there stay. At times so many leave by call or text that numbers may be forged (`floods`). Then our messages
    stop at once, and memberships end after somebody has looked, within two days. So it is with what a number
    tells that is new (is_believed). Known or unknown phones are answered alike. phone: E.164 or its id.
    programme_id: of the number, or of the message, that was answered. Its roll ends, where somebody is on it;
    else every roll (`_rolls_meant`). Returns how many left (for the log, never for the caller). Refuses
    PhoneInvalid, journal.NotSaved.
    """
    phone_id = _id(phone)
    with system("a phone says it leaves"):
        lock_for_no(phone_id)
        rolls = _rolls_meant(phone_id, programme_id, at)
        if not is_believed or floods.is_channel_held(channel, at=at):
            people.suppress(phone_id=phone_id, channel=channel, by=by, at=at, scope="all", held=rolls)
            spread_no(phone_id=phone_id, by=by, at=at)
            _hold(phone_id, rolls, channel=channel, at=at)
            return 0
        return _leave_now(phone_id, rolls, channel=channel, by=by, at=at)


def _rolls_meant(phone_id: UUID, programme_id: int | None, at: datetime) -> list[int]:
    """Return the rolls that a LEAVE ends: that of the programme, where somebody of the phone is on it. So it is where
    somebody has left it within the week: said twice is said once. Else all are meant, for somebody who leaves and is on
    no such roll means the rolls they are on."""
    rolls = [] if programme_id is None else _rolls_of(programme_id)
    theirs = [*_on(phone_id).filter(roll_id__in=rolls), *_elsewhere(phone_id, rolls)] if rolls else []
    if any(member.ended_on is None for member in theirs) or _away(
        _on(phone_id).filter(roll_id__in=rolls), at=at
    ):
        return rolls
    if rolls and _away(_ended_by(phone_id).filter(roll_id__in=rolls), at=at):
        return rolls
    return _all_rolls()


def leave_held(*, held_leave: HeldLeave, by: Actor, at: datetime) -> bool:
    """Do a LEAVE, or a NO (of no rolls), that was held while numbers might be forged. Return True if it was still to be
    done: not once the phone has taken it back, joined again or left by another way. In a system scope."""
    lock_for_no(held_leave.phone_id)
    waits, _n = HeldLeave.objects.filter(pk=held_leave.pk).delete()
    no = people_queries.standing_no(held_leave.phone_id)
    if not waits or no is None:
        return False
    if held_leave.rolls:
        _leave_now(
            held_leave.phone_id,
            held_leave.rolls,
            channel=held_leave.channel,
            by=by,
            at=at,
            said_at=held_leave.at,
        )
    else:
        deny_by_phone(phone=held_leave.phone_id, channel=held_leave.channel, by=by, at=at)
    return True


def is_leaving_held(phone_id: UUID) -> bool:
    """Return True if a phone's leaving or NO waits for somebody to look. In a system scope."""
    return HeldLeave.objects.filter(pk=phone_id).exists()


def _hold(phone_id: UUID, rolls: Iterable[int], *, channel: int, at: datetime) -> None:
    """Keep a leaving that waits, or a NO, which leaves no rolls. A second one adds its rolls."""
    row, is_new = HeldLeave.objects.get_or_create(
        pk=phone_id, defaults={"rolls": sorted(rolls), "channel": channel, "at": at}
    )
    if not is_new:
        row.rolls = sorted({*row.rolls, *rolls})
        row.save(update_fields=["rolls"])


def _leave_now(
    phone_id: UUID,
    rolls: Collection[int],
    *,
    channel: int,
    by: Actor,
    at: datetime,
    said_at: datetime | None = None,
) -> int:
    HeldLeave.objects.filter(pk=phone_id).delete()
    say_no(phone_id, rolls, channel=channel, by=by, at=at)
    others = _elsewhere(phone_id, rolls)
    for member in others:
        _left(member, channel=channel, by=by, at=at, said_at=said_at, said_by=phone_id)
    return len(others) + end_all(phone_id, rolls, channel=channel, by=by, at=at, said_at=said_at)


def end_all(
    phone_id: UUID,
    rolls: Iterable[int],
    *,
    channel: int,
    by: Actor,
    at: datetime,
    said_at: datetime | None = None,
) -> int:
    """End these rolls for everybody on a phone; the phone is locked. How many.

    Entries that were struck off before are hidden as well, and consents of terms that had run out are
    withdrawn. said_at: when the phone said so, where that was earlier.
    """
    members = list(_on(phone_id).filter(roll_id__in=rolls).order_by("id"))
    living = [member for member in members if member.ended_on is None]
    for member in living:
        _left(member, channel=channel, by=by, at=at, said_at=said_at)
    for person in {member.person_id for member in members} - {member.person_id for member in living}:
        people.withdraw_consent(person_id=person, purposes=Purpose.values, channel=channel, by=by, at=at)
    people.mark_left(person_ids=[member.person_id for member in members], at=at)
    return len(living)


# NO


def deny_by_phone(
    *,
    phone: str | UUID,
    channel: int,
    by: Actor,
    at: datetime,
    membership: UUID | None = None,
    programme_id: int | None = None,
    is_believed: bool = True,
) -> int:
    """Hear a phone say NO: "I never joined". Each entry it denies is struck off, and its slot is free.

    The list, worker and device that the entry came from are noted for the data officer. phone: E.164 or its id.
    membership: public id of the one it was asked about, or that it opened on its own page; on a shared phone
    the others stay. Without one: everybody on the phone whose phone has not answered for them (programme_id: of
    that drive only). A member who left meanwhile is noted as never having joined; a term that had run out is
    counted no more. When nobody on the phone is a member any more, or none was named, it has said no to all
    messages as well. is_believed: false of what a number tells that is new. Then our messages stop, and the
    rest waits, as of a LEAVE. Returns how many entries were struck off now: twice is once. An entry that is
    gone, or another phone's, is none: all are answered alike. Refuses PhoneInvalid, journal.NotSaved.
    """
    phone_id = _id(phone)
    with system("a phone says nobody joined"):
        lock_for_no(phone_id)
        if not is_believed:
            people.suppress(phone_id=phone_id, channel=channel, by=by, at=at, scope="all")
            spread_no(phone_id=phone_id, by=by, at=at)
            _hold(phone_id, (), channel=channel, at=at)
            return 0
        on_phone = _on(phone_id)
        if membership is not None:
            on_phone = on_phone.filter(public_id=membership)
        elif programme_id is not None:
            on_phone = on_phone.filter(programme_id=programme_id)
        denied = [
            (member, term)
            for member, term in _with_terms(on_phone)
            if _may_deny(term, is_named=membership is not None)
        ]
        for member, _term in denied:
            ended = end_term(member, reason=endings.DENIED, channel=channel, by=by, at=at)
            _note(member, ended, kind=endings.DENIED, channel=channel, at=at)
        people.note_word(
            word=DENIED,
            phone_id=phone_id,
            person_ids=[member.person_id for member, _term in denied],
            channel=channel,
            at=at,
        )
        staying = set(living(phone_id).values_list("roll_id", flat=True))
        if membership is None or not staying:
            rolls = [roll for roll in _all_rolls() if roll not in staying]
            say_no(phone_id, rolls, channel=channel, by=by, at=at)
        return len(denied)


def _may_deny(term: Enrolment, *, is_named: bool) -> bool:
    """Return True if the term may be denied; without a name only one the phone has not signed."""
    may = endings.may_deny(reason=term.end_reason, has_ended=term.ended_at is not None)
    return may and (is_named or term.rung == Rung.UNSIGNED)


# Back again


def come_back(
    *, phone: str | UUID, channel: int, by: Actor, at: datetime, membership: UUID | None = None
) -> int:
    """Take back a phone's LEAVE, or its STOP: the same terms are open again on their own days and rungs.

    Their consents are given again by new rows, and we may write again. By the phone's own word alone: a browser
    that has proven it, or a call or SMS from it (by a channel). Terms that ended more than seven days ago stay
    ended; their people join again. A term that the phone's word ended on another phone of the same person is
    open again as well; the other phone stays silent until it speaks itself. membership: only this one's person
    and roll, by public id. Returns how many memberships opened again; 0 where there is nothing to take back,
    which is said to nobody. Refuses OnlyThePhoneItself, PhoneInvalid; PhoneFull where others have joined on the
    phone since and nobody could come back.
    """
    phone_id = _id(phone)
    if by.kind not in ("citizen", "channel") or (by.kind == "citizen" and current().phone != phone_id):
        raise people.OnlyThePhoneItself
    with scoped(Scope(everything=True, reason="a phone comes back", phone=phone_id)):
        lock_for_no(phone_id)
        HeldLeave.objects.filter(pk=phone_id).delete()
        on_phone, elsewhere = _on(phone_id), _ended_by(phone_id)
        if membership is not None:
            on_phone = on_phone.filter(public_id=membership)
            members = list(on_phone)
            elsewhere = _ended_by(phone_id, of=[member.person_id for member in members])
            elsewhere = elsewhere.filter(roll_id__in=[member.roll_id for member in members])
        pairs = [*_away(on_phone, at=at), *_away(elsewhere, at=at)]
        back = _reopen(pairs, channel=channel, by=by, at=at)
        if elsewhere_again := {member.person_id for member in back if member.phone_id != phone_id}:
            own_ids = [person.pk for person in people_queries.persons_on(phone_id)]
            selves = people_queries.merged_with(elsewhere_again) & {*own_ids}
            people.mark_back(person_ids=selves)  # the entry that was merged goes on, as counted there
        if pairs and not back:
            raise PhoneFull
        give_way(sorted({phone_id, *(member.phone_id for member in back)}), by=by, at=at)
        no = people_queries.standing_no(phone_id)
        if no is not None and not back and at - no.at > endings.BACK_WITHIN:
            return 0  # an old STOP: it is lifted by joining, or on the member's own page
        if no is not None:
            for person_id in living(phone_id).values_list("person_id", flat=True):
                people.renew_consents(person_id=person_id, withdrawn_at=no.at, channel=channel, by=by, at=at)
        people.lift(phone_id=phone_id, channel=channel, by=by, at=at)
        return len(back)


def _away(on_phone: Any, *, at: datetime) -> list[tuple[Membership, Enrolment]]:
    """Return those of a phone who may still come back to their latest term."""
    return [
        (member, term)
        for member, term in _with_terms(on_phone)
        if endings.may_come_back(reason=term.end_reason, ended_at=term.ended_at, at=at)
    ]


def _reopen(
    pairs: Sequence[tuple[Membership, Enrolment]], *, channel: int, by: Actor, at: datetime
) -> list[Membership]:
    """Open terms again as they were, as far as the rolls' limit for one phone reaches. The phone is locked."""
    back = []
    for member, term in pairs:
        limit = Roll.objects.values_list("people_per_phone", flat=True).get(pk=member.roll_id)
        if living(member.phone_id).filter(roll_id=member.roll_id).count() >= limit:
            continue
        left_at = term.ended_at
        assert left_at is not None
        term.ended_at, term.end_reason = None, ""
        term.save(update_fields=["ended_at", "end_reason"])
        post_term_changes(changes_of_term(term, 1), at)
        member.ended_on = None
        member.save(update_fields=["ended_on"])
        people.mark_back(person_ids=[member.person_id])
        people.restore_documents(about=member.public_id, revoked_at=left_at)
        people.renew_consents(person_id=member.person_id, withdrawn_at=left_at, channel=channel, by=by, at=at)
        Parting.objects.filter(pk=term.pk).update(undone_at=at)
        audit.record(
            by=by,
            at=at,
            act="enrolment.come_back",
            subject=str(member.public_id),
            unit_id=member.unit_id,
        )
        back.append(member)
    if back and by != _RESTORE:  # the journal has it already
        people.note_word(
            word=BACK,
            phone_id=back[0].phone_id,
            person_ids=[member.person_id for member in back],
            channel=channel,
            at=at,
        )
    return back


# After a restore


def leave_again(*, no_replayed: NoReplayed) -> None:
    """Leave again after a restore: a phone that had left since the backup leaves on the day it said so; a held
    call to leave is held again.

    No phone is locked: nobody else works in a database that is being restored, and a day's noes are too many
    locks.
    """
    if no_replayed.scope == "all":
        rolls = _all_rolls() if no_replayed.rolls is None else no_replayed.rolls
        end_all(no_replayed.phone_id, rolls, channel=no_replayed.channel, by=_RESTORE, at=no_replayed.at)
        if rolls:  # a call that the backup still held was done since
            HeldLeave.objects.filter(pk=no_replayed.phone_id).delete()
    if no_replayed.held:
        _hold(no_replayed.phone_id, no_replayed.held, channel=no_replayed.channel, at=no_replayed.at)


def withdraw_again(*, withdrawal_replayed: WithdrawalReplayed) -> None:
    """Withdraw again after a restore: people who took back their yes to being a member leave, unless they
    joined later."""
    if Purpose.MEMBERSHIP not in withdrawal_replayed.purposes:
        return
    for member in of_person(withdrawal_replayed.person_id).filter(ended_on=None):
        if latest_term(member).at <= withdrawal_replayed.at:
            _left(member, channel=withdrawal_replayed.channel, by=_RESTORE, at=withdrawal_replayed.at)


def say_again(*, word_replayed: WordReplayed) -> None:
    """Say again after a restore: a denial strikes off again, and somebody who came back is back.

    Unless they joined, or left, later than that.
    """
    theirs = of_person(word_replayed.person_id)
    for member, term in _with_terms(theirs) if word_replayed.word in (BACK, DENIED) else ():
        if term.at > word_replayed.at or (term.ended_at is not None and term.ended_at > word_replayed.at):
            continue
        if word_replayed.word == DENIED and _may_deny(term, is_named=True):
            ended = end_term(
                member, reason=endings.DENIED, channel=word_replayed.channel, by=_RESTORE, at=word_replayed.at
            )
            _note(member, ended, kind=endings.DENIED, channel=word_replayed.channel, at=word_replayed.at)
        elif word_replayed.word == BACK and endings.may_come_back(
            reason=term.end_reason, ended_at=term.ended_at, at=word_replayed.at
        ):
            _reopen([(member, term)], channel=word_replayed.channel, by=_RESTORE, at=word_replayed.at)


# What they share


def _id(phone: str | UUID) -> UUID:
    return phone if isinstance(phone, UUID) else id_of_phone(phone)


def _on(phone_id: UUID) -> Any:
    return Membership.objects.filter(phone_id=phone_id, merged_into=None)


def _elsewhere(
    phone_id: UUID, rolls: Collection[int], *, of: Collection[UUID] | None = None
) -> list[Membership]:
    """Return memberships of these rolls that run, on other phones, of people who are one with somebody on this
    phone (of: only with these). The phones are locked."""
    selves = selves_elsewhere(phone_id, of=of)
    members = Membership.objects.filter(
        phone_id__in={person.phone_id for person in selves}, person_id__in=[person.pk for person in selves]
    )
    return list(members.filter(roll_id__in=rolls, merged_into=None, ended_on=None).order_by("id"))


def stands_elsewhere(member: Member) -> tuple[bool, datetime | None]:
    """Return, for an entry that another phone of its person counts, whether that goes on, and when this phone's word
    ended it. For the phone itself."""
    if member.end_reason != endings.MERGED:
        return False, None
    with system("where somebody is counted by another phone"):
        person_ids = [member.person_id]
        rolls = [Roll.objects.values_list("pk", flat=True).get(code=member.roll)]
        ended = _ended_by(member.phone_id, of=person_ids).filter(roll_id__in=rolls)
        left_at = max((term.ended_at for _m, term in _with_terms(ended) if term.ended_at), default=None)
        return bool(_elsewhere(member.phone_id, rolls, of=person_ids)), left_at


def members_of(phone_id: UUID) -> list[Membership]:
    """Return memberships that run of everybody on a phone: those on it, and those of the same people on their
    other phones. In a system scope."""
    selves = selves_elsewhere(phone_id)
    there = Q(
        phone_id__in={person.phone_id for person in selves}, person_id__in=[person.pk for person in selves]
    )
    members = Membership.objects.filter(Q(phone_id=phone_id) | there, merged_into=None, ended_on=None)
    return list(members.order_by("roll_id", "id"))


def _ended_by(phone_id: UUID, *, of: Collection[UUID] | None = None) -> Any:
    """Return memberships on other phones of the same people (of: only of these) whose latest term this phone's
    word ended."""
    selves = selves_elsewhere(phone_id, of=of)
    there = Membership.objects.filter(
        phone_id__in={person.phone_id for person in selves}, person_id__in=[person.pk for person in selves]
    )
    by_term = {latest_id(member): member.pk for member in there.filter(merged_into=None)}
    partings = Parting.objects.filter(pk__in=by_term, said_by=phone_id, kind=endings.LEFT, undone_at=None)
    return Membership.objects.filter(pk__in=[by_term[pk] for pk in partings.values_list("pk", flat=True)])


def of_person(person_id: UUID) -> Any:
    """Return, after a restore, a person's memberships on the phone they had in the backup, whatever they said
    it with."""
    phones_of = [person.phone_id for person in people_queries.persons([person_id])]
    return Membership.objects.filter(phone_id__in=phones_of, person_id=person_id, merged_into=None)


def _with_terms(members: Any) -> list[tuple[Membership, Enrolment]]:
    """Return memberships, first slot first, each with its latest term."""
    memberships = list(members.order_by("roll_id", "slot"))
    terms = {term.pk: term for term in Enrolment.objects.filter(pk__in=map(latest_id, memberships))}
    return [(member, terms[latest_id(member)]) for member in memberships if latest_id(member) in terms]


def _rolls_of(programme_id: int) -> list[int]:
    return list(Drive.objects.filter(programme_id=programme_id).values_list("roll_id", flat=True))


def _all_rolls() -> list[int]:
    return list(Roll.objects.values_list("pk", flat=True))


def say_no(phone_id: UUID, rolls: Iterable[int], *, channel: int, by: Actor, at: datetime) -> None:
    """Keep that the phone has said no to everything and leaves these rolls; what cannot see it yet is looked at
    again. The phone is locked by `noes.lock_for_no`."""
    people.suppress(phone_id=phone_id, channel=channel, by=by, at=at, scope="all", rolls=rolls)
    spread_no(phone_id=phone_id, by=by, at=at)
    Revisit.objects.bulk_create(
        [Revisit(phone_id=phone_id)],
        update_conflicts=True,
        unique_fields=["phone_id"],
        update_fields=["horizon"],
    )


def _left(
    member: Membership,
    *,
    channel: int,
    by: Actor,
    at: datetime,
    said_at: datetime | None = None,
    said_by: UUID | None = None,
) -> None:
    term = end_term(member, reason=endings.LEFT, channel=channel, by=by, at=at)
    if by.kind != "person":  # an office that was asked to is not the phone's own word
        _note(member, term, kind=endings.LEFT, channel=channel, at=said_at or at, said_by=said_by)


# The source of a claim and the phone it came by, because its person may have another number by now.
_SOURCE = f"""select c.channel, c.at, c.batch, coalesce(w.completed_import, c.import_id), c.by,
 coalesce((select k.device from people_consent k where k.id = encode(substring(uuid_send(c.phone_id) for 6)
  || substring(uuid_send(c.id) for 9) || '\\x{Purpose.MEMBERSHIP:02x}', 'hex')::uuid), '')
 from enrolment_claim c {first_call("%s")} where c.id = %s"""


def _note(
    member: Membership,
    term: Enrolment,
    *,
    kind: str,
    channel: int,
    at: datetime,
    said_by: UUID | None = None,
) -> None:
    """Keep the phone's word with where the entry came from. said_by: another phone of the person, if it said so."""
    entered_channel, entered_at, batch, import_id, by, device = sql.row(
        _SOURCE, [term.programme_id, term.claim_id]
    )
    name = people_queries.person_by_id(member.person_id).name if kind == endings.DENIED else None
    noted = Parting(
        id=term.pk,
        kind=kind,
        phone_id=member.phone_id,
        public_id=member.public_id,
        sealed_name=None if name is None else keyring().seal(name.encode(), about=term.pk.bytes),
        programme_id=term.programme_id,
        unit_id=term.unit_id,
        claim_id=term.claim_id,
        entered_channel=entered_channel,
        entered_at=entered_at,
        batch=batch,
        import_id=import_id,
        by=by,
        device=device,
        channel=channel,
        at=at,
        said_by=said_by or member.phone_id,
    )
    Parting.objects.bulk_create(
        [noted],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["kind", "sealed_name", "unit_id", "channel", "at", "undone_at", "said_by"],
    )
