"""Reach people about their own offices: do they accept one, and will their sign-in be reset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from abhiyan.core import clock, declared, limits
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, TooMany
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.messaging.queries import OFFICE
from abhiyan.messaging.rules import texts
from abhiyan.org import actions as org
from abhiyan.org import queries as org_queries
from abhiyan.org.models import Appointment
from abhiyan.org.news import AppointmentOffered, FactorReset, OfferAnswered
from abhiyan.people import queries as people
from abhiyan.people.models import Account

from .questions import PhoneQuestion, ask, close, question_id
from .queueing import Outgoing, send_many

ANSWERED_WITHIN = timedelta(days=30)  # by word or link; signed in at any time


def ask_holder(*, told: AppointmentOffered) -> None:
    """Ask the phone they were named with whether they accept. In the transaction of the appointment.

    The phone may be a stranger's. So the offices of one unit send it three messages in 30 days. A later offer sends
    no message; the appointment waits for its holder to sign in. An office of another unit is not held by that.
    """
    with system("whether somebody accepts an office"):
        account = people.account(told.account_id)
        phone = _phone_of(account) if account else None
        if account is None or phone is None:
            return
        try:
            limits.take(declared.OFFER_SMS, f"{account.phone_id} {told.by_unit_id}", at=told.at)
        except TooMany:
            return
        language = account.language or settings.LANGUAGE_CODE
        office, unit = named(told.office_names, language), named(told.unit_names, language)
        room, kind = OFFICE
        asking = PhoneQuestion(
            room=room,
            kind=kind,
            about=told.public_id,
            phone=phone,
            language=language,
            template="duty.office",
            blanks={"office": office, "unit": unit},
            label=f"{office}, {unit}",
            expires_at=told.at + ANSWERED_WITHIN,
            unit_id=told.unit_id,
            address="/office/%s/",
        )
        ask(asking=asking, at=told.at)


def hear_office(*, told: QuestionAnswered) -> None:
    """The phone accepts or declines. In the transaction of its answer. The reply says what happened, even where org
    refuses. Behind the link the page says it, so it is raised."""
    if (told.room, told.kind) != OFFICE:
        return
    how = Appointment.How.TEXT if told.by_word else Appointment.How.LINK
    template, blanks = "office.declined", {"link": f"{settings.ORIGIN}/"}
    try:
        with transaction.atomic():
            held = org.answer_by_phone(
                public_id=told.about,
                phone_id=told.phone_id,
                is_accepted=told.yes,
                how=how,
                by=told.by,
                at=told.at,
                why=told.why,
            )
    except Refused as refused:
        if not told.by_word:
            raise
        with translation.override(told.language):
            template, blanks["why"] = "office.unchanged", str(refused)
    else:
        if not told.by_word:
            return
        blanks |= {
            "office": held.title(told.language),
            "unit": named(held.unit.names, told.language),
        }
        if told.yes:
            template = "office.accepted"
            on = clock.day_in(settings.TIME_ZONE, told.at)
            blanks["link"] = settings.ORIGIN + org_queries.door_of(held.account_id, on=on, taking=held)
    account = people.account_of_phone(told.phone_id)
    if account is not None:
        key = f"office|{told.message_id}|{told.yes}"
        tell_account(account_id=account.pk, template=template, blanks=blanks, key=key, at=told.at)


def tell_of_reset(*, told: FactorReset) -> None:
    """Tell somebody that their second proof is to be reset, or is. In the transaction of the act."""
    what = "done" if told.is_done else "asked"
    tell_account(
        account_id=told.account_id,
        template=f"account.reset_{what}",
        blanks={"link": f"{settings.ORIGIN}/"},
        key=f"reset|{what}|{told.release}",
        at=told.at,
    )


def tell_account(
    *,
    account_id: int,
    template: str,
    blanks: dict[str, str],
    key: str,
    at: datetime,
    unit_id: int | None = None,
) -> None:
    """Queue a message to somebody who signs in, in their language; nothing where no phone of theirs is kept."""
    tell_accounts(messages=[AccountMessage(account_id, template, blanks, key, unit_id)], at=at)


@dataclass(frozen=True, slots=True)
class AccountMessage:
    """One message to somebody who signs in. key: the sender's own, so that it goes once.

    blanks: what fills the text; a function, where it depends on the reader's language ("hi", "en").
    """

    account_id: int
    template: str
    blanks: dict[str, str] | Callable[[str], dict[str, str]]
    key: str
    unit_id: int | None = None
    programme_id: int = 0


def tell_accounts(*, messages: Sequence[AccountMessage], at: datetime) -> set[int]:
    """Queue messages to people who sign in, each in their language. Returns the accounts whose phone is kept."""
    with system("messages about somebody's own office"):
        accounts = people.accounts(message.account_id for message in messages)
        numbers = people.numbers_of(account.phone_id for account in accounts.values())
        reached, letters = set(), []
        for message in messages:
            account = accounts.get(message.account_id)
            phone = numbers.get(account.phone_id) if account else None
            if account is None or phone is None:
                continue
            language = account.language or settings.LANGUAGE_CODE
            letters.append(
                Outgoing(
                    template=message.template,
                    phone=phone,
                    language=language,
                    blanks=message.blanks(language) if callable(message.blanks) else message.blanks,
                    key=message.key,
                    kind=texts.kind(message.template),
                    unit_id=message.unit_id,
                    programme_id=message.programme_id,
                )
            )
            reached.add(message.account_id)
        send_many(messages=letters, at=at)
    return reached


def forget_question(*, told: OfferAnswered) -> None:
    """The question is answered, or taken back: what has not left does not go. In the transaction of that act, which
    holds the lock of the office."""
    with system("an office is answered"):
        account = people.account(told.account_id)
    if account is not None:
        room, kind = OFFICE
        ident = question_id(room=room, kind=kind, about=told.public_id, phone_id=account.phone_id)
        close(ids=[ident], at=told.at, but_answering=True)


def _phone_of(account: Account) -> str | None:
    """E.164; None where it is not kept."""
    phone = people.phones([account.phone_id]).get(account.phone_id)
    return keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode() if phone else None
