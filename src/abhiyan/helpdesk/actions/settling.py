"""How a request ends: by the person's own word, or by the rule of its kind; and how an overdue one goes up."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Q

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones

from . import routing
from .answering import await_answer_again
from .lines import ROOM, State, What, add_line, may_be_told, solved_question_id, ticket_person

AT_ONCE = 500


class SolvedAnswer(StrEnum):
    """The result of a phone's word for its request. Each value ends the code of a text."""

    SOLVED = "solved"
    AGAIN = "again"
    LATE = "late"  # it stays closed


def hear_solved_answer(*, answer: QuestionAnswered) -> None:
    """The phone says whether it is solved. A text is answered as the page answers. In its transaction, the phone
    locked."""
    if answer.room != ROOM:
        return
    with system("a phone says whether a request is solved"):
        row = Ticket.objects.select_for_update().filter(question=answer.about).first()
        if row is None:
            return
        became = say_solved(ticket=row, yes=answer.yes, why=answer.why, by=answer.by, at=answer.at)
        if became is not None and answer.channel in messaging.TEXTED:
            _reply(row, became, answer=answer)


def say_solved(*, ticket: Ticket, yes: bool, why: str, by: Actor, at: datetime) -> SolvedAnswer | None:
    """The person's own word ends a request; a NO opens it again, also one that was closed lately. In a system scope,
    the ticket locked. Return what came of it; None: there was nothing to answer."""
    if ticket.state not in (State.DONE, State.SOLVED, State.CLOSED):
        return None
    if yes:
        ticket.state, ticket.solved_at = State.SOLVED, at
        add_line(ticket, What.SOLVED, at=at)
        ticket.save()
    elif not rules.may_open_again(ticket.done_at, at):
        return SolvedAnswer.LATE
    else:
        await_answer_again(ticket, What.UNSOLVED, at=at, text=rules.plain_request_text(why)[: rules.LONGEST])
    act = "helpdesk.solved" if yes else "helpdesk.not_solved"
    audit.record(by=by, at=at, act=act, subject=str(ticket.pk), unit_id=ticket.unit_id)
    return SolvedAnswer.SOLVED if yes else SolvedAnswer.AGAIN


def _reply(row: Ticket, became: SolvedAnswer, *, answer: QuestionAnswered) -> None:
    """Say by a text what a text has done. Each answer to a question counts once, so machines do not talk on."""
    if not may_be_told(row):
        return
    messaging.queue_message(
        template=f"ticket.{became}",
        phone=ticket_person(row)["phone"],
        language=row.language,
        blanks={"number": row.number} | ({"link": f"{settings.ORIGIN}/help/"} if became == "late" else {}),
        key=f"helpdesk|{row.pk}|{became}|{answer.at.isoformat()}",
        unit_id=row.unit_id,
        programme_id=row.programme_id,
        at=answer.at,
    )


def close_quiet(*, by: Actor, at: datetime) -> int:
    """Close what is done and was not answered within the time of its kind. Returns how many. In a transaction.

    Silence says nothing where our SMS never arrived: that waits for an answer again, so that somebody rings.
    """
    due = Q()
    for kind, rule in rules.RULES.items():
        due |= Q(kind=kind, done_at__lte=at - timedelta(days=rule.quiet_days))
    rows = Ticket.objects.filter(due, state=State.DONE).order_by("pk")
    seen = list(rows[:AT_ONCE])
    lost = messages.unreached({ident for row in seen if (ident := solved_question_id(row)) is not None})
    # Lock phones before requests, as the act of an answer does.
    lock_phones(row.phone_id for row in seen if solved_question_id(row) in lost)
    requests = list(rows.filter(pk__in=[row.pk for row in seen]).select_for_update(skip_locked=True))
    for row in requests:
        if solved_question_id(row) in lost:
            await_answer_again(row, What.UNREACHED, at=at)
            audit.record(by=by, at=at, act="helpdesk.unreached", subject=str(row.pk), unit_id=row.unit_id)
            continue
        # The question stays known: a NO to it opens the request again.
        row.state, row.closed_at = State.CLOSED, at
        add_line(row, What.CLOSED, at=at)
        row.save()
        audit.record(by=by, at=at, act="helpdesk.close_ticket", subject=str(row.pk), unit_id=row.unit_id)
    return len(requests)


def raise_overdue(*, by: Actor, at: datetime) -> int:
    """Hand what is overdue to the nearest office above, and a day later to the next. Returns how many. In a
    transaction."""
    due = Q(raised_at=None) | Q(raised_at__lte=at - rules.UP_AGAIN)
    rows = Ticket.objects.filter(due, state=State.OPEN, due_at__lt=at).order_by("due_at", "pk")
    on = clock.day_in(settings.TIME_ZONE, at)
    above: dict[tuple[int, tuple[str, ...], frozenset[int]], tuple[int, list[str]] | None] = {}
    requests = list(rows.select_for_update(skip_locked=True)[:AT_ONCE])
    for row in requests:
        late = row.desk_id, tuple(row.offices), frozenset(people.accounts_behind(row.phone_id))
        if late not in above:
            above[late] = routing.above(row, on=on, but=late[2])
        row.raised_at = at
        if (up := above[late]) is not None:
            (row.desk_id, row.offices), row.raised = up, row.raised + 1
            add_line(row, What.RAISED, at=at, unit_id=row.desk_id, from_id=late[0])
            audit.record(by=by, at=at, act="helpdesk.raise_ticket", subject=str(row.pk), unit_id=row.unit_id)
        row.save()
    return len(requests)
