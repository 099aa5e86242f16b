"""Handle a request for an office: answer it, move it, merge it, open it again, ring the person."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, limits, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, TooMany
from abhiyan.core.scope import system
from abhiyan.helpdesk.fields import names_of_kind
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.helpdesk.rules import tries
from abhiyan.helpdesk.rules.tries import CallResult
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.people import actions as people_acts
from abhiyan.people.actions.persons import lock_phones

from .lines import (
    ROOM,
    SOLVED,
    State,
    What,
    add_line,
    begin_request,
    close_question,
    lock_ticket,
    may_be_told,
    may_be_written,
    solved_question_id,
    ticket_person,
)
from .routing import require_answer, send_to_desk
from .wording import check_words, ticket_places

_SPOKEN = _("Our office has dealt with your request.")  # where no words of the office go out


class NoAnswer(Refused):
    message = _("Write the answer, at most %(most)s letters.")


class SameAnswerOften(Refused, status=429):
    message = _(
        "You sent this same answer to %(most)s phones today. Choose the other requests in the list and answer them "
        "together: a second person approves it."
    )


class TicketNotOpen(Refused, code="not_open", status=409):
    message = _("This request no longer waits for an answer. Open it again first.")


class AnswerCrossed(Refused, status=409):
    message = _(
        "Somebody dealt with this request since you opened the page. Read what was done, then send your answer again "
        "if it is still needed."
    )


class StillOpen(Refused, status=409):
    message = _("This request is open.")


class CallAgainWhen(Refused):
    message = _("Choose when to call again: after now, at most %(most)s days ahead.")


class OtherPhone(Refused):
    message = _("Only requests from the same phone can be merged.")


class NoSuchRequest(Refused):
    message = _("There is no open request with this number. Check it: H- and eight letters or digits.")


def answer_ticket(
    *, ticket: UUID, text: str, is_done: bool, by: Actor, at: datetime, seen: datetime | None = None
) -> Ticket:
    """Answer by SMS, in the person's language. is_done: with the question whether it is solved; the request then waits
    for the person's YES, or for the rule of its kind. Otherwise it stays open with a new time.

    A phone that wants no messages gets none. A phone that never contacted us (`lines.is_heard`) gets none of the
    office's words, and of what is done only the question. seen: the time by which an answer was due as the writer saw
    it; each answer changes that. It needs helpdesk.answer at the unit. Refuses NotFound, NotYours, NoAnswer,
    CodeInAnswer, CampaignInAnswer, TicketNotOpen, AnswerCrossed, SameAnswerOften, TooMany.
    """
    return answer_counted(
        ticket=ticket, text=text, is_done=is_done, is_counted=False, seen=seen, by=by, at=at
    )


def take_answers(*, n: int, by: Actor, at: datetime) -> None:
    """Count n answers of an account, or refuse all of them: TooMany."""
    limits.count_or_refuse(declared.HELP_ANSWERS, str(by.account_id or by.id), at=at, n=n)


def answer_counted(
    *,
    ticket: UUID,
    text: str,
    is_done: bool,
    is_counted: bool = True,
    is_approved: bool = False,
    seen: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """`answer_ticket` of one of several that `take_answers` counted together. is_approved: by a second person."""
    words = rules.plain_request_text(text)
    if not words or len(words) > rules.LONGEST_ANSWER:
        raise NoAnswer(field="text", most=rules.LONGEST_ANSWER)
    with system("a request is answered"):
        row = _mine(ticket, by)
        if row.state != State.OPEN:
            raise TicketNotOpen
        if seen is not None and row.due_at != seen:
            raise AnswerCrossed
        check_words(words, places=lambda: ticket_places(row), at=at)
        if not is_counted:
            take_answers(n=1, by=by, at=at)
        limits.count_or_refuse(declared.HELP_TO_PHONE, str(row.phone_id), at=at)
        is_written = may_be_written(row)
        if is_written and not is_approved:
            _take_same(words, by=by, at=at)
        row.answered_at = row.answered_at or at
        if is_done:
            row.state, row.done_at, row.question = State.DONE, at, lot.uuid()
        else:
            row.due_at = rules.answer_due_at(row.kind, at)
        add_line(
            row,
            What.DONE if is_done else What.REPLIED,
            at=at,
            text=words,
            account_id=by.account_id,
            message_id=_sent(row, words, is_done=is_done, is_written=is_written, at=at),
        )
        row.save()
        _trail("answer_ticket", row, by=by, at=at, is_done=is_done)
    return row


def same_answer(said: str, by: Actor) -> str:
    """Return what `SAME_ANSWER` counts under: the account and the letters of a text. Numbers and signs differ at no
    cost."""
    letters = "".join(letter for letter in said.casefold() if letter.isalpha())
    return f"{by.account_id or by.id} {hashlib.sha256(letters.encode(errors='replace')).hexdigest()[:16]}"


def _take_same(words: str, *, by: Actor, at: datetime) -> None:
    """Count an answer among the same of its account. One text to many phones is a bulk send: it takes two people."""
    try:
        limits.count_or_refuse(declared.HELP_SAME, same_answer(words, by), at=at)
    except TooMany:
        raise SameAnswerOften(field="text", most=limits.allowed_by(declared.HELP_SAME, at)) from None


def _sent(row: Ticket, words: str, *, is_done: bool, is_written: bool, at: datetime) -> UUID | None:
    """Send the answer, the question, or both to the phone. Returns the id of the message; None: nothing went."""
    if is_done and may_be_told(row):
        with translation.override(row.language):
            return _ask(row, words if is_written else str(_SPOKEN), at=at)
    return _tell(row, words, at=at) if is_written else None


def move_ticket(*, ticket: UUID, unit_id: int, kind: str, by: Actor, at: datetime) -> Ticket:
    """Say what a request is really about: another unit, another kind. It goes to the nearest office there, with the
    time of that kind. It needs helpdesk.answer at the unit it was at. Refuses NotFound, NotYours, TicketNotOpen."""
    with system("a request is moved"):
        row = _mine(ticket, by)
        if row.state != State.OPEN:
            raise TicketNotOpen
        was = {"unit": row.unit_id, "kind": row.kind}
        if was == {"unit": unit_id, "kind": kind}:
            return row
        row.unit_id, row.kind, row.kind_names = unit_id, kind, names_of_kind(kind)
        send_to_desk(row, on=clock.day_in(settings.TIME_ZONE, at))
        row.due_at, row.raised_at = rules.answer_due_at(kind, row.opened_at), None
        add_line(row, What.MOVED, at=at, account_id=by.account_id, unit_id=unit_id)
        row.save()
        _trail("move_ticket", row, by=by, at=at, **was)
    return row


def merge_ticket(*, ticket: UUID, into: str, by: Actor, at: datetime) -> Ticket:
    """Make a request part of another open one of the same phone, by its number. Opening it again takes that back.

    It needs helpdesk.answer at both units. Refuses NotFound, NotYours, NoSuchRequest, OtherPhone.
    """
    with system("requests are merged"):
        row = _mine(ticket, by)
        targets = Ticket.objects.filter(number=rules.read_ticket_number(into), state=State.OPEN).exclude(
            pk=row.pk
        )
        target = targets.select_for_update().first()
        if target is None or row.state == State.MERGED:
            raise NoSuchRequest(field="into")
        require_answer(target, by=by)
        if target.phone_id != row.phone_id:
            raise OtherPhone(field="into")
        close_question(row, at=at)
        row.state, row.merged_into = State.MERGED, target.pk
        add_line(row, What.MERGED, at=at, account_id=by.account_id)
        add_line(target, What.MERGED, at=at, account_id=by.account_id)
        target.n += row.n
        row.save()
        target.save()
        _trail("merge_ticket", row, by=by, at=at, into=str(target.pk))
    return target


def reopen_ticket(*, ticket: UUID, by: Actor, at: datetime) -> Ticket:
    """Open a request again that was done, closed or merged. It needs helpdesk.answer at the unit. Refuses NotFound,
    NotYours, StillOpen."""
    with system("a request is opened again"):
        row = _mine(ticket, by)
        if row.state == State.OPEN:
            raise StillOpen
        if row.merged_into is not None:
            for target in Ticket.objects.select_for_update().filter(pk=row.merged_into):
                target.n = max(1, target.n - row.n)
                target.save(update_fields=["n"])
        await_answer_again(row, What.REOPENED, account_id=by.account_id, at=at)
        _trail("reopen_ticket", row, by=by, at=at)
    return row


def ask_quiet(*, ticket: UUID, by: Actor, at: datetime) -> Ticket:
    """Make a request of a text that asked nothing: it gets a time from now.

    The account needs helpdesk.answer at the unit. Refuses NotFound, NotYours, StillOpen.
    """
    with system("a text becomes a request"):
        row = _mine(ticket, by)
        if row.state != State.QUIET:
            raise StillOpen
        begin_request(row, at=at)
        send_to_desk(row, on=clock.day_in(settings.TIME_ZONE, at))
        add_line(row, What.ASKED, at=at, account_id=by.account_id)
        row.save()
        _trail("ask_quiet", row, by=by, at=at)
    return row


def await_answer_again(
    row: Ticket, what: What, *, at: datetime, account_id: int | None = None, text: str = ""
) -> None:
    """A locked ticket waits for an answer again, with a new time."""
    close_question(row, at=at)
    row.state, row.merged_into = State.OPEN, None
    row.done_at = row.closed_at = row.solved_at = None
    row.due_at, row.raised_at = rules.answer_due_at(row.kind, at), None
    row.reopened += 1
    add_line(row, what, at=at, account_id=account_id, text=text)
    row.save()


def reveal_caller(*, ticket: UUID, by: Actor, at: datetime) -> str:
    """The number (E.164) of the person who asked, to call them; it leaves a row.

    It needs the right to answer the request, for up to 200 numbers a day. Refuses NotFound, NotYours, TooMany.
    """
    with system("a person is called about a request"):
        row = _mine(ticket, by)
        if not row.last4:
            raise NotFound
        number = str(ticket_person(row)["phone"])
        return people_acts.reveal_number(phone=number, about=row.pk, unit_id=row.unit_id, by=by, at=at)


def note_request_call(
    *, ticket: UUID, result: CallResult, again_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Note what came of calling the person: reached, not, later, or a wrong number. The request stays as it is.

    Until `again_at`, which the person named for a later call, it is nobody's next request. Needs what
    `reveal_caller` needs. Refuses NotFound, NotYours, CallAgainWhen.
    """
    try:
        rests = tries.again_at(result, again_at, at)
    except ValueError:
        raise CallAgainWhen(field="again_at", most=tries.LONGEST_REST.days) from None
    with system("what came of a call is noted"):
        row = _mine(ticket, by)
        tries.book().note(row.pk, result, rests, by, at)
        row.last_at = at
        row.save(update_fields=["last_at"])
        _trail("note_call", row, by=by, at=at, result=result.value)


def _mine(ident: UUID, by: Actor) -> Ticket:
    """The ticket, locked after its phone, where the actor may answer it."""
    phone_ids = Ticket.objects.filter(pk=ident).values_list("phone_id", flat=True)
    lock_phones(phone_ids)
    row = lock_ticket(ident)
    require_answer(row, by=by)
    return row


def _tell(row: Ticket, words: str, *, at: datetime) -> UUID:
    """Send an answer. Returns the id of its message."""
    key = f"helpdesk|{row.pk}|{at.isoformat()}"
    messaging.queue_message(
        template="ticket.reply",
        phone=ticket_person(row)["phone"],
        language=row.language,
        blanks={"number": row.number, "text": words},
        key=key,
        unit_id=row.unit_id,
        programme_id=row.programme_id,
        at=at,
    )
    return messages.message_id(key)


def _ask(row: Ticket, words: str, *, at: datetime) -> UUID | None:
    """Send an answer with the question whether it is solved. Returns the id of its message."""
    assert row.question is not None
    messaging.ask_question(
        asking=messaging.PhoneQuestion(
            room=ROOM,
            kind=SOLVED,
            about=row.question,
            phone=ticket_person(row)["phone"],
            language=row.language,
            template="ask.solved",
            blanks={"number": row.number, "text": words},
            label=row.number,
            expires_at=rules.closes_at(row.kind, at),
            hears_late_no=True,
            unit_id=row.unit_id,
            programme_id=row.programme_id,
            address="/help/%s/",
        ),
        at=at,
    )
    ident = solved_question_id(row)
    return messages.message_of_question(ident) if ident else None


def _trail(act: str, row: Ticket, *, by: Actor, at: datetime, **facts: object) -> None:
    audit.record(by=by, at=at, act=f"helpdesk.{act}", subject=str(row.pk), unit_id=row.unit_id, facts=facts)
