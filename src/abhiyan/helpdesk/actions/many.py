"""Many requests that are alike get one answer: a few at once by one person, more with a second person's yes."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, TooMany
from abhiyan.core.scope import system
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours

from .answering import NoAnswer, SameAnswerOften, TicketNotOpen, answer_counted, take_answers
from .wording import CampaignInAnswer, CodeInAnswer, check_words, ticket_places

MANY = "helpdesk.answer_many"  # the request of a second person.
ALONE = 20  # requests one person answers at once.
MOST = 200  # with a second person's yes.
# Refusals of one answer among many: its request waits on. An election may be announced after the approval.
LEFT_AS_IT_IS = (TicketNotOpen, NotYours, SameAnswerOften, CodeInAnswer, CampaignInAnswer, TooMany)


class NobodyAsked(Refused):
    message = _("Choose at least one request.")


class TwoPeople(Refused, status=409):
    message = _("More than %(most)s at once need a second person's yes.")


def answer_many(
    *, tickets: Collection[UUID], texts: Mapping[str, str], is_done: bool, by: Actor, at: datetime
) -> int:
    """Answer up to ALONE requests, each with the text of its language, as `answer_ticket` does; how many.

    A request that somebody answered meanwhile, or whose phone has had enough messages today, stays as it is. So does
    what goes beyond the same answers of one account (`declared.HELP_SAME`).
    Refuses NobodyAsked, TwoPeople, NoAnswer, CodeInAnswer, CampaignInAnswer; TooMany, before any goes out, where the
    account may not answer so many today.
    """
    _look_at(tickets, texts, at=at)
    if len(set(tickets)) > ALONE:
        raise TwoPeople(most=ALONE)
    written = _written(tickets, texts)
    take_answers(n=len(written), by=by, at=at)
    return _answered(written, is_done=is_done, by=by, at=at)


def ask_answer_many(
    *,
    tickets: Collection[UUID],
    texts: Mapping[str, str],
    is_done: bool,
    unit_id: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Release:
    """Ask a second person for one answer to many. Needs helpdesk.answer at the unit. Refuses NobodyAsked, NoAnswer,
    CodeInAnswer, CampaignInAnswer, what `org.ask_release` refuses."""
    _look_at(tickets, texts, at=at)
    payload = {
        "tickets": sorted(str(ident) for ident in set(tickets))[:MOST],
        "texts": {language: rules.plain_request_text(text) for language, text in sorted(texts.items())},
        "is_done": is_done,
    }
    return org.ask_release(act=MANY, unit_id=unit_id, reason=reason, payload=payload, by=by, at=at)


def answer_approved(*, release: UUID, by: Actor, at: datetime) -> int:
    """Send what a second person approved; how many were answered. Refuses what `org.use_release` refuses; TooMany where
    the account may not answer so many today: the approval then is not used, and waits for tomorrow."""
    with transaction.atomic():
        payload = org.use_release(public_id=release, act=MANY, by=by, at=at)
        written = _written([UUID(ident) for ident in payload["tickets"]], payload["texts"])
        take_answers(n=len(written), by=by, at=at)
    return _answered(written, is_done=payload["is_done"], is_approved=True, by=by, at=at)


def _look_at(tickets: Collection[UUID], texts: Mapping[str, str], *, at: datetime) -> None:
    if not tickets:
        raise NobodyAsked

    def places() -> set[int]:
        return {unit for row in Ticket.objects.filter(pk__in=set(tickets)) for unit in ticket_places(row)}

    for language, text in texts.items():
        words = rules.plain_request_text(text)
        if not words or len(words) > rules.LONGEST_ANSWER:
            raise NoAnswer(field=f"text_{language}", most=rules.LONGEST_ANSWER)
        with system("where those live who get one answer"):
            check_words(words, places=places, at=at, field=f"text_{language}")


def _written(tickets: Collection[UUID], texts: Mapping[str, str]) -> dict[UUID, str]:
    """The open ones in whose language an answer was written: each with its text."""
    rows = Ticket.objects.filter(pk__in=set(tickets), state=Ticket.State.OPEN).values_list("pk", "language")
    return {ident: texts[language] for ident, language in rows if texts.get(language)}


def _answered(
    written: Mapping[UUID, str], *, is_done: bool, is_approved: bool = False, by: Actor, at: datetime
) -> int:
    """Answer what `take_answers` has counted; how many."""
    done = 0
    for ident in sorted(written):
        with suppress(*LEFT_AS_IT_IS), transaction.atomic():
            answer_counted(
                ticket=ident, text=written[ident], is_done=is_done, is_approved=is_approved, by=by, at=at
            )
            done += 1
    return done
