"""The one notice to a phone that somebody else put on the list, on paper or at the door (DESIGN §4 Messages).

It says who did, and nothing else is sent to the phone before it answers. NO removes all that others wrote down for it
and it has not signed; YES is its sign. A phone gets one, however many people are on it. It leaves a day after the
entry, so a list that was taken back the same day has told nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from abhiyan.core.keys import keyring
from abhiyan.enrolment.models import Enrolment, Membership, Parting
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.rules.channels import BY_OTHERS
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messaging_queries
from abhiyan.programmes.models import Rung

from .members import QUESTION, latest_id

TEMPLATE = "ask.listed"


@dataclass(frozen=True, slots=True)
class ListedTerm:
    """A term that others wrote down and whose phone has not answered. source: where the entry came from."""

    term_id: UUID
    phone_id: UUID
    number: str
    language: str
    unit_id: int
    source: Parting


def is_listed(term: Enrolment) -> bool:
    """Return True if others wrote a term down and its phone has not answered."""
    return term.rung == Rung.UNSIGNED and term.channel in BY_OTHERS


def listed_notices(
    listed_terms: Sequence[ListedTerm],
    *,
    programme_id: int,
    mark: str,
    expires_at: datetime,
) -> list[messaging.PhoneQuestion]:
    """Return the notices of these entries: one for each phone that was not told before. mark: of their roll.

    In a transaction, as jobs.
    """
    told_phones = messaging_queries.phones_told(
        template=TEMPLATE + mark, phone_ids={listed_term.phone_id for listed_term in listed_terms}
    )
    first: dict[UUID, ListedTerm] = {}
    for one in listed_terms:
        if one.phone_id not in told_phones:
            first.setdefault(one.phone_id, one)
    made = []
    for language, group in groupby(sorted(first.values(), key=_language), key=_language):
        ones = list(group)
        with translation.override(language):
            who = partings.entry_sources([listed_term.source for listed_term in ones])
            for one, source in zip(ones, who, strict=True):
                day = date_format(source.entered_at, "j F")
                by = pgettext("who put a number on a list", "Somebody") if source.is_own else source.who
                made.append(_asking(one, language, {"by": by, "day": day}, programme_id, mark, expires_at))
    return made


def _language(one: ListedTerm) -> str:
    return one.language or str(settings.LANGUAGE_CODE)


def _asking(
    listed_term: ListedTerm,
    language: str,
    said: dict[str, str],
    programme_id: int,
    mark: str,
    expires_at: datetime,
) -> messaging.PhoneQuestion:
    room, kind = QUESTION
    return messaging.PhoneQuestion(
        room=room,
        kind=kind,
        about=listed_term.term_id,
        phone=listed_term.number,
        language=language,
        template=TEMPLATE + mark,
        blanks=said,
        label=said["day"],
        expires_at=expires_at,
        hears_late_no=True,
        unit_id=listed_term.unit_id,
        programme_id=programme_id,
    )


def on_phone(phone_id: UUID) -> list[tuple[Membership, Enrolment]]:
    """Return members on a phone that others wrote down and it has not answered for.

    In a system scope; the phone is locked.
    """
    members = Membership.objects.filter(phone_id=phone_id, merged_into=None, ended_on=None).order_by("id")
    by_term = {latest_id(member): member for member in members}
    terms: Iterable[Enrolment] = Enrolment.objects.filter(pk__in=by_term, ended_at=None).order_by("pk")
    return [(by_term[term.pk], term) for term in terms if is_listed(term)]


def unseal_number(sealed: bytes, phone_id: UUID) -> str:
    """Return the number of a phone, from what is sealed of it."""
    return keyring().unseal(bytes(sealed), about=phone_id.bytes).decode()
