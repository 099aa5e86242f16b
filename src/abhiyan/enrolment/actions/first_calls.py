"""Notes that other rooms make of first calls: they were answered, or their caller speaks a language."""

from datetime import datetime
from uuid import UUID

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Enrolment, Waiting


def consider_answered(*, programme_id: int, until: datetime, by: Actor, at: datetime) -> int:
    """Count callers up to an instant as answered by other means, and members as welcomed: they get no message
    from here. Returns how many callers."""
    with system("callers answered elsewhere"):
        Enrolment.objects.filter(programme_id=programme_id, welcomed_at=None, at__lte=until).update(
            welcomed_at=at
        )
        n = Waiting.objects.filter(programme_id=programme_id, replied_at=None, at__lte=until).update(
            replied_at=at
        )
        audit.record(by=by, at=at, act="enrolment.consider_answered", n=n)
        return n


def note_language(*, waiting_id: UUID, language: str) -> None:
    """Note the language of a caller who has no answer yet, so that the reply speaks it. In a system scope."""
    Waiting.objects.filter(pk=waiting_id, replied_at=None).update(language=language)
