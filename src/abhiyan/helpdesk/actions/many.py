"""Many requests that are alike get one answer: a few at once by one person, more with a second person's yes."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, TooMany
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours

from .answering import NoAnswer, NotOpen, answer_ticket

MANY = "helpdesk.answer_many"  # the request of a second person
ALONE = 20  # requests one person answers at once
MOST = 200  # with a second person's yes


class NobodyAsked(Refused):
    message = _("Choose at least one request.")


class TwoPeople(Refused, status=409):
    message = _("More than %(most)s at once need a second person's yes.")


def answer_many(
    *, tickets: Collection[UUID], texts: Mapping[str, str], is_done: bool, by: Actor, at: datetime
) -> int:
    """Answer up to ALONE requests, each with the text of its language, as `answer_ticket` does; how many.

    Those that somebody answered meanwhile, or whose phone has had enough messages today, are left as they are.
    Refuses NobodyAsked, TwoPeople, NoAnswer.
    """
    _look_at(tickets, texts)
    if len(set(tickets)) > ALONE:
        raise TwoPeople(most=ALONE)
    return _answered(tickets, texts, is_done=is_done, by=by, at=at)


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
    what `org.ask_release` refuses."""
    _look_at(tickets, texts)
    payload = {
        "tickets": sorted(str(one) for one in set(tickets))[:MOST],
        "texts": {language: rules.plain(text) for language, text in sorted(texts.items())},
        "is_done": is_done,
    }
    return org.ask_release(act=MANY, unit_id=unit_id, reason=reason, payload=payload, by=by, at=at)


def answer_approved(*, release: UUID, by: Actor, at: datetime) -> int:
    """Send what a second person approved; how many were answered. Refuses what `org.use_release` refuses."""
    told = org.use_release(public_id=release, act=MANY, by=by, at=at)
    tickets = [UUID(one) for one in told["tickets"]]
    return _answered(tickets, told["texts"], is_done=told["is_done"], by=by, at=at)


def _look_at(tickets: Collection[UUID], texts: Mapping[str, str]) -> None:
    if not tickets:
        raise NobodyAsked
    for language, text in texts.items():
        said = rules.plain(text)
        if not said or len(said) > rules.LONGEST_ANSWER:
            raise NoAnswer(field=f"text_{language}", most=rules.LONGEST_ANSWER)


def _answered(
    tickets: Collection[UUID], texts: Mapping[str, str], *, is_done: bool, by: Actor, at: datetime
) -> int:
    languages = dict(Ticket.objects.filter(pk__in=set(tickets)).values_list("pk", "language"))
    done = 0
    for ident in sorted(languages):
        text = texts.get(languages[ident], "")
        if not text:
            continue  # its language was not written in
        with suppress(NotOpen, NotYours, TooMany), transaction.atomic():
            answer_ticket(ticket=ident, text=text, is_done=is_done, by=by, at=at)
            done += 1
    return done
