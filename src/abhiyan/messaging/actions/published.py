"""The texts that go out: the shipped ones are published, and what waited for one goes."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from abhiyan.core import audit, languages
from abhiyan.core.actor import Actor
from abhiyan.messaging import registrations
from abhiyan.messaging.models import Message, MessageClass, Template
from abhiyan.messaging.rules import hours, texts


def publish_templates(*, at: datetime, by: Actor) -> int:
    """Put the shipped texts, and those of languages' files, in the table where they are missing, and queue what waited
    for one. Returns how many were added.

    Safe to repeat. Later versions that the organisation published itself stay. By the system, in its scope.
    """
    there = set(Template.objects.values_list("code", "language", "version"))
    missing = [
        Template(code=code, language=language, version=version, kind=texts.text_kind(code), text=text)
        for (code, language), text in texts.TEXTS.items()
        if (code, language, version := texts.text_version(code)) not in there
    ] + _of_files()
    # Somebody who does so at the same moment is not in the way.
    Template.objects.bulk_create(missing, ignore_conflicts=True)
    added = len(missing)
    freed, over = free_held_for_text(at=at)
    if added or freed or over:
        facts = {"freed": freed, "over": over}
        audit.record(by=by, at=at, act="messaging.publish_templates", n=added, facts=facts)
    return added


def _of_files() -> list[Template]:
    """The texts of languages' files that are not the newest of theirs, each as the next version. A text that left the
    files is used no longer."""
    texts_by_key, shipped = languages.texts_in_languages(), [code for code, _name in settings.LANGUAGES]
    rows = Template.objects.filter(code__in=texts.FIXED).exclude(language__in=shipped).order_by("version")
    last = {(row.code, row.language): row for row in rows}
    gone = [row.pk for row in rows if (row.code, row.language) not in texts_by_key]
    Template.objects.filter(pk__in=gone).update(is_active=False)
    return [
        Template(
            code=code,
            language=language,
            version=last[code, language].version + 1 if (code, language) in last else 1,
            kind=texts.text_kind(code),
            text=text,
        )
        for (code, language), text in texts_by_key.items()
        if (code, language) not in last
        or not last[code, language].is_active
        or last[code, language].text != text
    ]


def free_held_for_text(*, at: datetime) -> tuple[int, int]:
    """Put messages held for want of a text, or of its id, back into the queue; end those nobody waits for any more.

    Returns how many of each. By the system, in its scope: the sender asks again. A code that has run out would only
    mislead its reader.
    """
    there = set(Template.objects.filter(is_active=True).values_list("code", flat=True))
    messages = Message.objects.filter(
        state=Message.State.HELD, reason__in=("template", *registrations.HELD), template__in=there
    ).exclude(
        kind=MessageClass.OUTREACH,
        reason="template",  # needs a registered text besides
    )
    over = messages.filter(
        Q(expires_at__lte=at) | Q(template__startswith="code.", queued_at__lte=at - hours.CODE_LIFE)
    ).update(state=Message.State.DROPPED, reason="too_late", settled_at=at)
    return messages.update(state=Message.State.QUEUED, reason="", due_at=at), over
