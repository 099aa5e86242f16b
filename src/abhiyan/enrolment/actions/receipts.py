"""Messages to a phone after its own word: we stop, lists it has left, entries it struck off, it is back; thanks for a
yes. They say what ended by this word, what is left, and how to end or undo that."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Membership, Roll
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules import endings
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries

from .leaving import is_leaving_held, members_of
from .members import id_of_phone

STOP, LEAVE, DENY, BACK, ERASE, CONFIRM = "stop", "leave", "deny", "back", "erase", "confirm"
MOST_LEAVES = 5  # receipts a day of the same leaving

HELD = "held"  # a leaving by call or text that waits for somebody to look.
TO_LEAVE = "LEAVE"  # the word by which a member leaves, in every language.
PAGE = "/me/"  # where a member proves the phone, then sees, corrects, leaves


def send_receipt(
    *,
    of: str,
    phone: str | UUID,
    at: datetime,
    language: str = "",
    programme_id: int = 0,
    asked_at: datetime | None = None,
    about: UUID | None = None,
) -> None:
    """Tell a phone what its word did: once a day for each word and what it ended, whichever way it came. Somebody who
    came back and leaves again gets it again, up to MOST_LEAVES times a day: a caller's number can be forged.

    of: STOP, LEAVE, DENY, BACK, ERASE or CONFIRM. phone: E.164, or the id of one we keep. about: a CONFIRM's member.
    A STOP, LEAVE or NO says on which lists its people still are, by whatever phone, and how they leave; a LEAVE also
    which ended now, on this instant, and how to undo it; a NO who had entered the number and when. asked_at: when it
    said so, if that was earlier: then the receipt keeps to the hours. In the transaction under way, or one of its own.
    """
    language = language or settings.LANGUAGE_CODE
    with system("receipt of a phone's word"):
        if isinstance(phone, UUID):
            phone_id = phone
            sealed = sql.value("select sealed from people_phone where id = %s", [phone_id])
            if sealed is None:
                return  # a number we do not keep
            number = keyring().unseal(bytes(sealed), about=phone_id.bytes).decode()
        else:
            phone_id, number = id_of_phone(phone), phone
        if of == LEAVE and is_leaving_held(phone_id):
            of = HELD
        blanks, ended = {"link": settings.ORIGIN + PAGE}, ""
        with translation.override(language):
            if of in (STOP, LEAVE, DENY):
                staying = members_of(phone_id)
                if staying:
                    programme_id = staying[0].programme_id  # whose numbers end what is left
                    blanks |= {"still": _lists(staying), "word": TO_LEAVE, "page": settings.ORIGIN + PAGE}
            if of == LEAVE:
                left = partings.left_at(phone_id, asked_at or at)
                if left:
                    blanks |= {"ended": _lists(left), "day": _day(at + endings.BACK_WITHIN)}
                ended = _mark(member.pk for member in left)
                if left:
                    n_told = messages.times_told(
                        phone_id=phone_id,
                        template="leave.receipt",
                        since=_midnight(at),
                        before=asked_at or at,
                    )
                    ended += f"|{min(n_told, MOST_LEAVES - 1)}"
            elif of == ERASE:
                blanks["day"] = _day(people.purge_at(at=at))
            elif of == DENY:
                struck = partings.denied_at(phone_id, at)
                is_silent = (
                    people_queries.standing_no(phone_id) is not None
                )  # others on it may still hear from us
                blanks |= {
                    "silent": pgettext("end of a sentence", ".") if is_silent else "",
                    "by": ", ".join(dict.fromkeys(source.who for source in struck)),
                    "day": ", ".join(dict.fromkeys(_day(source.entered_at) for source in struck)),
                }
                ended = _mark(source.term_id for source in struck)
        receipt = messaging.Outgoing(
            template=f"{of}.receipt" + (roll_of(programme_id).mark if of == CONFIRM else ""),
            phone=number,
            language=language,
            blanks=blanks,
            key=f"{of}|{about or phone_id}|{at.astimezone(UTC).date()}{ended}",
            programme_id=programme_id,
            asked_at=asked_at,
        )
        messaging.send_many(messages=[receipt], at=at)


def _lists(members: Iterable[Membership]) -> str:
    """Return the names of the rolls of these memberships, each once."""
    rolls = Roll.objects.in_bulk({member.roll_id for member in members})
    return ", ".join(name_in_language(rolls[pk].names, translation.get_language()) for pk in sorted(rolls))


def _mark(terms: Iterable[UUID]) -> str:
    """Return a mark of what ended. A word that ends something else has a receipt of its own."""
    ids = b"".join(term_id.bytes for term_id in sorted(terms))
    return f"|{sha256(ids).hexdigest()[:16]}" if ids else ""


def _midnight(at: datetime) -> datetime:
    """Return the beginning of a day as the keys of receipts count it, in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(at: datetime) -> str:
    return date_format(at.astimezone(ZoneInfo(settings.TIME_ZONE)), "j F Y")
