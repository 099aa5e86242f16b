"""The question whether somebody joined by their own act, and what becomes of the answer (law.md O1, O3; DESIGN §2).

Asked once a day or more after the entry was stored, and once more three days later; after thirty days it is
over. People written down by others, with a phone that has not answered, get one notice instead (`listed`). The
answer is the person's own: with the word or the link of our message, which went to their phone alone. Nothing
that reaches us through the phones or devices of who entered them counts. Silence is never a yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import Scope, current, scoped, system
from abhiyan.enrolment.models import Enrolment, How, Membership, Parting
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules import endings, phone_changes
from abhiyan.enrolment.rules.channels import BY_OTHERS, Channel
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.news import QuestionAnswered, QuestionsUnanswered
from abhiyan.messaging.rules import hours
from abhiyan.programmes.models import Rung

from . import listed
from .leaving import deny_by_phone, leave, stop_by_phone
from .members import (
    QUESTION,
    MembershipEnded,
    changes_of_term,
    found_member,
    latest_id,
    lock_phone,
    name_asked,
    post_term_changes,
)
from .receipts import CONFIRM, DENY, LEAVE, STOP, send_receipt

CONFIRMED_AFTER = timedelta(hours=24)  # after storing
AGAIN_AFTER = timedelta(days=3)
ANSWERED_WITHIN = timedelta(days=30)
AFTER_CLOSE = timedelta(days=7)  # people who join on a drive's last days are asked too.
SHARE = 3  # of a drive's messages an hour: a third asks, a third asks once more, a third is left for replies
TEMPLATE = "ask.confirm"
TURN_S = 60
CHANNELS = {"sms": Channel.SMS, "whatsapp": Channel.WHATSAPP}  # of an answer; the others came by the web


class ConfirmedTooEarly(Refused, code="too_early", status=409):
    """A yes on the day of joining adds nothing to the sign that came with it."""

    message = _("You can confirm one day after you joined.")


class ByEnroller(Refused, code="by_enroller", status=403):
    """It came through a phone or device of who entered the person."""

    message = _("Answer from your own phone: this one belongs to the person who entered your name.")


# Terms that are due, the longest first, with the last sign of their phone; where it never gave one, its first claim.
# A person who entered somebody on their own phone would be asked in their place, so neither is. `x`: the phone has
# said no, and is never asked. A phone that took a membership over is asked once, when the old one can no longer
# object. A person gets two such messages, whatever phones they have.
_DUE = f"""
select e.id, e.day, m.phone_id, m.unit_id, coalesce(p.name, ''), p.language, ph.sealed,
       coalesce(greatest(s.signed, l.at), s.first) as last_sign, m.merged_into is null and x.phone_id is null
       and p.name is not null and not exists (select from people_account a
         where a.public_id = c.by and a.phone_id = m.phone_id) as may_be_asked,
       not exists (select from enrolment_phone_change h where h.new_phone_id = m.phone_id and h.done_at is not null)
         as is_asked_again,
       e.rung = {Rung.UNSIGNED.value} and e.channel = any(%(by_others)s) as is_listed,
       c.by, c.channel, c.import_id, c.field_at
  from enrolment_enrolment e
  join enrolment_membership m on m.id = e.membership_id
  join people_person p on p.id = m.person_id
  join people_phone ph on ph.id = m.phone_id
  join enrolment_claim c on c.id = e.claim_id
  left join people_last_sign l on l.phone_id = m.phone_id
  left join lateral (select max(k.at) filter (where k.sign > 0) as signed, min(k.at) as first from enrolment_claim k
    where k.phone_id = m.phone_id) s on true
  left join people_suppression x on x.phone_id = m.phone_id and x.lifted_at is null
 where e.programme_id = %(programme)s and e.at <= %(until)s and e.asked_at is null and e.ask_over_at is null
   and e.confirmed_at is null and e.ended_at is null
   and not exists (select from enrolment_phone_change h where h.new_phone_id = m.phone_id and h.done_at is not null
     and h.ended_at is null and h.asked_at > %(settled)s)
 order by e.at, e.id limit %(n)s for update of e skip locked"""


def ask_new_members(*, at: datetime) -> int:
    """Ask members of the running drives who were stored a day ago or more. Returns how many.

    In a transaction, as jobs. It turns once a minute. Each drive asks at most a third of the messages it may
    send in that minute, and only inside the hours. So nothing piles up for the morning. People who cannot be
    asked are passed over for good.
    """
    if not hours.is_in_hours(at, settings.TIME_ZONE):
        return 0
    return sum(_ask_in(programme, pace, at) for programme, pace in _running(at))


def _running(at: datetime) -> list[tuple[int, int]]:
    """Return drives that ask now, and how many members each asks in a turn."""
    return [
        (programme, max(1, per_hour // SHARE * TURN_S // 3600))
        for programme, per_hour in sql.rows(
            "select d.programme_id, d.replies_per_hour from enrolment_drive d join programmes_programme g"
            " on g.id = d.programme_id where g.state in ('open', 'closed') and g.opens_on <= %(on)s"
            " and g.closes_on >= %(last)s and not d.from_lists order by 1",
            {"on": at.date(), "last": (at - AFTER_CLOSE).date()},
        )
    ]


@dataclass(frozen=True, slots=True)
class _Due:
    """A term whose member is due to be asked, as _DUE reads it."""

    id: UUID
    day: date
    phone_id: UUID
    unit_id: int
    name: str = field(repr=False)
    written_in: str
    sealed: bytes = field(repr=False)
    last_sign: datetime | None
    may_be_asked: bool
    is_asked_again: bool
    is_listed: bool
    by: UUID
    channel: int
    import_id: int | None
    entered_at: datetime

    @property
    def number(self) -> str:
        return listed.unseal_number(self.sealed, self.phone_id)


def _ask_in(programme_id: int, n: int, at: datetime) -> int:
    bounds = {"until": at - CONFIRMED_AFTER, "settled": at - phone_changes.OBJECTED_WITHIN, "n": n}
    due = sql.each(_Due, _DUE, {"programme": programme_id, "by_others": list(BY_OTHERS)} | bounds)
    if not due:
        return 0
    mark = roll_of(programme_id).mark
    askings = [
        *(_asking(row, programme_id, mark, at) for row in due if row.may_be_asked and not row.is_listed),
        *listed.listed_notices(
            [_listed(row) for row in due if row.may_be_asked and row.is_listed],
            programme_id=programme_id,
            mark=mark,
            expires_at=at + ANSWERED_WITHIN,
        ),
    ]
    count = messaging.ask_many(askings=askings, at=at)
    about = {asking.about for asking in askings}
    restate([row.id for row in due if row.id in about], at, asked_at=at)
    restate([row.id for row in due if row.id not in about], at, ask_over_at=at)
    return count


def _listed(row: _Due) -> listed.ListedTerm:
    source = Parting(
        import_id=row.import_id,
        by=row.by,
        entered_channel=row.channel,
        entered_at=row.entered_at,
        unit_id=row.unit_id,
    )
    return listed.ListedTerm(row.id, row.phone_id, row.number, row.written_in, row.unit_id, source)


def _asking(row: _Due, programme_id: int, mark: str, at: datetime) -> messaging.PhoneQuestion:
    language = row.written_in or settings.LANGUAGE_CODE
    short = name_asked(row.name, language)
    with translation.override(language):
        on = date_format(row.day, "j F")
    room, kind = QUESTION
    return messaging.PhoneQuestion(
        room=room,
        kind=kind,
        about=row.id,
        phone=row.number,
        language=language,
        template=TEMPLATE + mark,
        blanks={"name": short, "day": on},
        label=short,
        remind_at=at + AGAIN_AFTER if row.is_asked_again else None,
        expires_at=at + ANSWERED_WITHIN,
        unit_id=row.unit_id,
        programme_id=programme_id,
        names=True,
        last_sign=row.last_sign,
        hears_late_no=True,
    )


def confirm(*, membership: UUID, how: How, message: UUID | None, by: Actor, at: datetime) -> None:
    """Confirm a member who says from their own phone, a day or more after joining, that they joined. Twice is once.

    The term stays counted and is confirmed besides, on its own day. If the phone had not answered yet, this is
    its sign as well; earlier than a day it is only the sign. how, message: which of our messages was answered,
    and by what. Only the phone itself may, nobody for it, and no phone on which somebody entered others.
    Refuses NotFound, MembershipEnded, ConfirmedTooEarly, ByEnroller.
    """
    phone = current().phone
    with system("a member confirms"):
        member = found_member(membership)
        if by.kind != "citizen" or phone != member.phone_id:
            raise NotFound
        lock_phone(member.phone_id)
        member.refresh_from_db()
        if member.ended_on is not None:
            raise MembershipEnded
        term = Enrolment.objects.select_for_update().get(pk=latest_id(member))
        if term.confirmed_at is not None:
            return
        if _is_enrollers_phone(member):
            raise ByEnroller
        is_signed = term.rung == Rung.COUNTED
        is_early = at - term.at < CONFIRMED_AFTER
        if is_early and is_signed:
            raise ConfirmedTooEarly
        sign: dict[str, Any] = {} if is_signed else {"rung": Rung.COUNTED, "signed_at": at}
        yes = {} if is_early else {"confirmed_at": at, "confirmed_by": how, "confirmed_message": message}
        restate([term.pk], at, **sign, **yes)
        audit.record(
            by=by,
            at=at,
            act="enrolment.sign" if is_early else "enrolment.confirm",
            subject=str(member.public_id),
            unit_id=member.unit_id,
            facts={"how": int(how)},
        )


def hear_joining_answer(*, answer: QuestionAnswered) -> None:
    """Hear a phone's answer whether somebody joined. In the transaction of the answer, whose phone is locked.

    A yes of a term that has ended, or through who entered them, changes nothing; a no is the phone's own word.
    After the question's time, when no yes is taken either, a no takes the person off as a LEAVE does, and
    denies nothing.
    """
    if (answer.room, answer.kind) != QUESTION:
        return
    with system("whom an answer is about"):
        term = Enrolment.objects.filter(pk=answer.about).first()
        member = Membership.objects.filter(pk=term.membership_id).first() if term else None
    if term is None or member is None or member.phone_id != answer.phone_id:
        return
    by = Actor(kind="citizen", id=member.public_id, device=answer.by.device, origin=answer.by.origin)
    with system("whom others wrote down for a phone"):
        others = listed.on_phone(answer.phone_id) if listed.is_listed(term) else []
    with scoped(Scope(phone=answer.phone_id)):
        if answer.yes and len(others) > 1:
            _sign_all(others, about=term, by=by, at=answer.at)
        elif answer.yes:
            _hear_yes(member, term, answer, by)
        elif term.asked_at is not None and answer.at >= term.asked_at + ANSWERED_WITHIN:
            _hear_late_no(member, answer, by)
        else:
            for denied in {member.public_id: None} | {other.public_id: None for other, _term in others}:
                deny_by_phone(
                    phone=answer.phone_id,
                    membership=denied,
                    channel=CHANNELS.get(answer.channel, Channel.WEB).value,
                    by=by,
                    at=answer.at,
                )
            send_receipt(
                of=DENY,
                phone=answer.phone_id,
                language=answer.language,
                programme_id=member.programme_id,
                at=answer.at,
            )


def _hear_late_no(member: Membership, answer: QuestionAnswered, by: Actor) -> None:
    """Hear a no after the question's time: the person leaves; who has left already hears no more from us."""
    word, channel = LEAVE, CHANNELS.get(answer.channel, Channel.WEB).value
    if member.ended_on is None:
        leave(membership=member.public_id, channel=channel, by=by, at=answer.at)
    else:
        word = STOP
        stop_by_phone(phone=answer.phone_id, channel=channel, by=by, at=answer.at)
    send_receipt(
        of=word,
        phone=answer.phone_id,
        language=answer.language,
        programme_id=member.programme_id,
        at=answer.at,
    )


def _sign_all(
    others: list[tuple[Membership, Enrolment]], *, about: Enrolment, by: Actor, at: datetime
) -> None:
    """Sign for several people that others wrote down on a phone: its sign for each, and nobody's own yes.

    Each is asked by name from then on; the one whose question it was has been.
    """
    with system("a phone answers a notice"):
        terms = [term for member, term in others if not _is_enrollers_phone(member)]
        signed: dict[str, Any] = {"rung": Rung.COUNTED, "signed_at": at}
        restate([term.pk for term in terms if term.pk == about.pk], at, ask_over_at=at, **signed)
        restate(
            [term.pk for term in terms if term.pk != about.pk], at, asked_at=None, ask_over_at=None, **signed
        )
        facts = {"notice": True}
        audit.record(by=by, at=at, act="enrolment.sign", n=len(terms), unit_id=about.unit_id, facts=facts)


def _hear_yes(member: Membership, term: Enrolment, answer: QuestionAnswered, by: Actor) -> None:
    """Hear a yes that confirms; who wrote it is thanked once, for a page says it itself."""
    how = How.PAGE if answer.channel == "page" else How.WORD if answer.by_word else How.LINK
    if term.term != member.term:
        return
    try:
        confirm(membership=member.public_id, how=how, message=answer.message_id, by=by, at=answer.at)
    except (MembershipEnded, ConfirmedTooEarly, ByEnroller):
        return
    if how is How.WORD:
        send_receipt(
            of=CONFIRM,
            phone=answer.phone_id,
            about=member.public_id,
            language=answer.language,
            programme_id=member.programme_id,
            at=answer.at,
        )


def hear_silence(*, questions_unanswered: QuestionsUnanswered) -> None:
    """Ask them no more: nobody answered in time, or the phone has said no to everything."""
    if (questions_unanswered.room, questions_unanswered.kind) == QUESTION:
        with system("questions nobody answered"):
            restate(questions_unanswered.abouts, questions_unanswered.at, ask_over_at=questions_unanswered.at)


def restate(terms: Iterable[UUID], at: datetime, **changes: Any) -> None:
    """Change the rungs beside the main one, of terms that are not confirmed; the ledger follows.

    In a system scope, by acts that lock the phones.
    """
    rows = list(
        Enrolment.objects.filter(pk__in=list(terms), confirmed_at=None).order_by("pk").select_for_update()
    )
    if changes.get("ask_over_at") is not None:
        rows = [term for term in rows if term.ask_over_at is None]
    counting = [term for term in rows if term.ended_at is None or term.end_reason == endings.RUN_OUT]
    before = [change for term in counting for change in changes_of_term(term, -1)]
    for term in rows:
        for name, value in changes.items():
            setattr(term, name, value)
    Enrolment.objects.bulk_update(rows, list(changes))
    post_term_changes([*before, *(change for term in counting for change in changes_of_term(term, 1))], at)


def sign_by_door_code(*, membership_id: UUID | None, phone_id: UUID, programme_id: int, at: datetime) -> bool:
    """Note that a phone read its code to the worker at a door: its entry counts, and nobody confirms by it.

    membership_id: of the entry; None where the phone was full or had said no. Return False where the person left
    meanwhile. In a system scope.
    """
    lock_phone(phone_id)
    member = Membership.objects.filter(pk=membership_id).first() if membership_id else None
    if member is None:
        return True
    if member.ended_on:
        return member.merged_into is not None
    if member.programme_id == programme_id:
        term = Enrolment.objects.get(pk=latest_id(member))
        if term.rung == Rung.UNSIGNED:
            restate([term.pk], at, rung=Rung.COUNTED, signed_at=at)
    return True


_ENROLLERS_PHONE = """select exists (select from enrolment_claim c join people_account a on a.public_id = c.by
 where c.phone_id = %s and c.membership_id = %s and a.phone_id = c.phone_id)"""


def _is_enrollers_phone(member: Membership) -> bool:
    """Return True if the phone's owner has an account and entered this member."""
    return bool(sql.value(_ENROLLERS_PHONE, [member.phone_id, member.pk]))
