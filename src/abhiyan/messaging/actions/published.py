"""The texts that go out: the shipped ones are published, and what waited for one goes."""

from datetime import datetime

from django.db.models import Q

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.messaging.models import Message, MessageClass, Template
from abhiyan.messaging.rules import hours, texts


def publish_templates(*, at: datetime, by: Actor) -> int:
    """Put the shipped texts in the table where they are missing, and let go what waited for one. How many were added.

    Safe to repeat. What the organisation published itself in a later version stands. By the system, in its scope.
    """
    there = set(Template.objects.values_list("code", "language", "version"))
    missing = [
        Template(code=code, language=language, version=version, kind=texts.kind(code), text=text)
        for (code, language), text in texts.TEXTS.items()
        if (code, language, version := texts.version(code)) not in there
    ]
    # Somebody who does so at the same moment is not in the way.
    Template.objects.bulk_create(missing, ignore_conflicts=True)
    added = len(missing)
    freed, over = _free_held_for_text(at=at)
    if added or freed or over:
        facts = {"freed": freed, "over": over}
        audit.record(by=by, at=at, act="messaging.publish_templates", n=added, facts=facts)
    return added


def _free_held_for_text(*, at: datetime) -> tuple[int, int]:
    """Messages held for want of a text that is there now go back to the queue; those nobody waits for any more end.

    How many of each. A code that has run out would only mislead whoever gets it.
    """
    there = set(Template.objects.filter(is_active=True).values_list("code", flat=True))
    held = Message.objects.filter(state=Message.State.HELD, reason="template", template__in=there).exclude(
        kind=MessageClass.OUTREACH  # needs a registered text besides
    )
    over = held.filter(
        Q(expires_at__lte=at) | Q(template__startswith="code.", queued_at__lte=at - hours.CODE_LIFE)
    ).update(state=Message.State.DROPPED, reason="too_late", settled_at=at)
    return held.update(state=Message.State.QUEUED, reason="", due_at=at), over
