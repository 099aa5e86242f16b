"""Phrases that sound as a person's private life and mean a place or an event: data officers allow them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.models import AllowedPhrase
from abhiyan.forms.queries.phrases import ALLOWS
from abhiyan.forms.rules.words import refused_in
from abhiyan.imports.tables import sensitive
from abhiyan.org import queries as org

LONGEST_PHRASE = 120
MOST_WAITING = 20  # phrases of one account that nobody has decided


class PhraseUnfit(Refused):
    message = _(
        "Write two words or more, at most %(longest)s letters, without a comma. One word alone is never allowed."
    )


class PhraseAllowed(Refused):
    message = _("Nothing forbids these words. Use them as they are.")


class PhraseRefused(Refused, status=409):
    message = _("A data officer has decided already that these words may not be used.")


class PhrasesWait(Refused, status=409):
    message = _("%(most)s of your phrases wait for a data officer. Ask for more after these are decided.")


def ask_for_phrase(*, phrase: str, unit_id: int, by: Actor, at: datetime) -> AllowedPhrase:
    """Put words before the data officers of a unit and above; a data officer of the unit allows them at once.

    Anybody in office there may ask. A phrase that waits already is the same phrase. Refuses PhraseUnfit, PhraseAllowed,
    PhraseRefused, PhrasesWait.
    """
    phrase = " ".join(phrase.split())
    plain = sensitive.plain_words(phrase)
    if not sensitive.has_several_words(plain) or len(phrase) > LONGEST_PHRASE:
        raise PhraseUnfit(field="phrase", longest=LONGEST_PHRASE)
    if not refused_in(phrase):
        raise PhraseAllowed(field="phrase")
    decides = org.holds(by.account_id or 0, ALLOWS, at=unit_id)
    with transaction.atomic(), system("a phrase is put before data officers"):
        waiting = AllowedPhrase.objects.filter(asked_by=by.account_id, state=AllowedPhrase.State.ASKED)
        if not decides and waiting.count() >= MOST_WAITING:
            raise PhrasesWait(field="phrase", most=MOST_WAITING)
        row, is_new = AllowedPhrase.objects.select_for_update().get_or_create(
            plain=plain,
            defaults={
                "public_id": lot.uuid(),
                "phrase": phrase,
                "unit_id": unit_id,
                "asked_by": by.account_id,
                "asked_at": at,
            },
        )
        if row.state == AllowedPhrase.State.REFUSED and not decides:
            raise PhraseRefused(field="phrase")
        if is_new:
            _record("ask_for_phrase", row, by=by, at=at)
        if decides:
            _decide(row, is_allowed=True, by=by, at=at)
    return row


def allow_phrase(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Allow a phrase everywhere, in forms, notes, lists and minutes. It needs `org.approve` where it was asked."""
    _decided(public_id, is_allowed=True, by=by, at=at)


def forbid_phrase(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Forbid a phrase, also one that was allowed: what holds it already stays. It needs what `allow_phrase` needs."""
    _decided(public_id, is_allowed=False, by=by, at=at)


def _decided(public_id: UUID, *, is_allowed: bool, by: Actor, at: datetime) -> None:
    with transaction.atomic(), system("a phrase is decided"):
        row = or_refuse(AllowedPhrase.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, ALLOWS, at=row.unit_id)
        _decide(row, is_allowed=is_allowed, by=by, at=at)


def _decide(row: AllowedPhrase, *, is_allowed: bool, by: Actor, at: datetime) -> None:
    row.state = AllowedPhrase.State.ALLOWED if is_allowed else AllowedPhrase.State.REFUSED
    row.decided_by, row.decided_at = by.account_id, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _record("allow_phrase" if is_allowed else "forbid_phrase", row, by=by, at=at)


def _record(act: str, row: AllowedPhrase, *, by: Actor, at: datetime) -> None:
    subject = str(row.public_id)
    audit.record(
        by=by, at=at, act=f"forms.{act}", subject=subject, unit_id=row.unit_id, facts={"plain": row.plain}
    )
