"""Texts to answer with, kept by who leads a desk."""

from datetime import datetime
from uuid import UUID

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.helpdesk.models import ReadyAnswer
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS

from .answering import NoAnswer
from .wording import check_words


def keep_ready(*, unit_id: int, kind: str, language: str, text: str, by: Actor, at: datetime) -> ReadyAnswer:
    """Keep a text for the desks of a unit and below. kind: of requests; "": of all. A leader there may. Refuses
    NotYours, NoAnswer, CodeInAnswer, CampaignInAnswer."""
    words = _said(text)
    org.require(by, LEADS, at=unit_id)
    with system("a text to answer with"):
        check_words(words, places=lambda: [unit_id], at=at)
        made = ReadyAnswer.objects.create(
            id=lot.uuid(),
            unit_id=unit_id,
            kind=kind,
            language=language,
            text=words,
            made_at=at,
            made_by=by.account_id,
        )
        _trail("keep_ready", made, by=by, at=at)
    return made


def change_ready(
    *, ready: UUID, kind: str, language: str, text: str, is_used: bool, by: Actor, at: datetime
) -> ReadyAnswer:
    """Change a text, or say that it is used no more, or again. A leader of its unit may. Refuses NotFound, NotYours,
    NoAnswer; while it is used, CodeInAnswer and CampaignInAnswer."""
    words = _said(text)
    with system("a text to answer with"):
        row = or_refuse(ReadyAnswer.objects.select_for_update().filter(pk=ready).first())
        org.require(by, LEADS, at=row.unit_id)
        if is_used:
            check_words(words, places=lambda: [row.unit_id], at=at)
        row.kind, row.language = kind, language
        row.text, row.is_used = words, is_used
        row.save()
        _trail("change_ready", row, by=by, at=at, is_used=is_used)
    return row


def _said(text: str) -> str:
    words = rules.plain_request_text(text)
    if not words or len(words) > rules.LONGEST_ANSWER:
        raise NoAnswer(field="text", most=rules.LONGEST_ANSWER)
    return words


def _trail(act: str, row: ReadyAnswer, *, by: Actor, at: datetime, **facts: object) -> None:
    audit.record(by=by, at=at, act=f"helpdesk.{act}", subject=str(row.pk), unit_id=row.unit_id, facts=facts)
