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
from abhiyan.core.words import name_in_language
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.messaging.queries import OFFICE
from abhiyan.messaging.rules import texts
from abhiyan.org import actions as org
from abhiyan.org import queries as org_queries
from abhiyan.org.models import Appointment
from abhiyan.org.news import AppointmentOffered, FactorReset, OfferAnswered
from abhiyan.people import queries as people
from abhiyan.people.models import Account

from .questions import PhoneQuestion, ask_question, close_questions, question_id
from .queueing import Outgoing, send_many

ANSWERED_WITHIN = timedelta(days=30)  # by word or link; signed in at any time


def ask_holder(*, appointment_offered: AppointmentOffered) -> None:
    """Ask the phone they were named with whether they accept. In the transaction of the appointment.

    The phone may be a stranger's. So the offices of one unit send it three messages in 30 days. A later offer sends
    no message; the appointment waits for its holder to sign in. An office of another unit is not held by that.
    """
    with system("whether somebody accepts an office"):
        account = people.account(appointment_offered.account_id)
        phone = _phone_of(account) if account else None
        if account is None or phone is None:
            return
        try:
            limits.count_or_refuse(
                declared.OFFER_SMS,
                f"{account.phone_id} {appointment_offered.by_unit_id}",
                at=appointment_offered.at,
            )
        except TooMany:
            return
        language = account.language or settings.LANGUAGE_CODE
        office, unit = (
            name_in_language(appointment_offered.office_names, language),
            name_in_language(appointment_offered.unit_names, language),
        )
        room, kind = OFFICE
        asking = PhoneQuestion(
            room=room,
            kind=kind,
            about=appointment_offered.public_id,
            phone=phone,
            language=language,
            template="duty.office",
            blanks={"office": office, "unit": unit},
            label=f"{office}, {unit}",
            expires_at=appointment_offered.at + ANSWERED_WITHIN,
            unit_id=appointment_offered.unit_id,
            address="/office/%s/",
        )
        ask_question(asking=asking, at=appointment_offered.at)


def hear_office(*, answer: QuestionAnswered) -> None:
    """The phone accepts or declines. In the transaction of its answer. The reply says what happened, even where org
    refuses. Behind the link the page says it, so it is raised."""
    if (answer.room, answer.kind) != OFFICE:
        return
    how = Appointment.How.TEXT if answer.by_word else Appointment.How.LINK
    template, blanks = "office.declined", {"link": f"{settings.ORIGIN}/"}
    try:
        with transaction.atomic():
            appointment = org.answer_by_phone(
                public_id=answer.about,
                phone_id=answer.phone_id,
                is_accepted=answer.yes,
                how=how,
                by=answer.by,
                at=answer.at,
                why=answer.why,
            )
    except Refused as refused:
        if not answer.by_word:
            raise
        with translation.override(answer.language):
            template, blanks["why"] = "office.unchanged", str(refused)
    else:
        if not answer.by_word:
            return
        blanks |= {
            "office": appointment.title(answer.language),
            "unit": name_in_language(appointment.unit.names, answer.language),
        }
        if answer.yes:
            template = "office.accepted"
            on = clock.day_in(settings.TIME_ZONE, answer.at)
            blanks["link"] = settings.ORIGIN + org_queries.sign_in_path(
                appointment.account_id, on=on, taking=appointment
            )
    account = people.account_of_phone(answer.phone_id)
    if account is not None:
        key = f"office|{answer.message_id}|{answer.yes}"
        tell_account(account_id=account.pk, template=template, blanks=blanks, key=key, at=answer.at)


def tell_of_reset(*, factor_reset: FactorReset) -> None:
    """Tell somebody that their second proof is to be reset, or is. In the transaction of the act."""
    what = "done" if factor_reset.is_done else "asked"
    tell_account(
        account_id=factor_reset.account_id,
        template=f"account.reset_{what}",
        blanks={"link": f"{settings.ORIGIN}/"},
        key=f"reset|{what}|{factor_reset.release}",
        at=factor_reset.at,
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
        numbers = people.numbers_of_phones(account.phone_id for account in accounts.values())
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
                    kind=texts.text_kind(message.template),
                    unit_id=message.unit_id,
                    programme_id=message.programme_id,
                )
            )
            reached.add(message.account_id)
        send_many(messages=letters, at=at)
    return reached


def forget_question(*, offer_answered: OfferAnswered) -> None:
    """The question is answered, or taken back: what has not left does not go. In the transaction of that act, which
    holds the lock of the office."""
    with system("an office is answered"):
        account = people.account(offer_answered.account_id)
    if account is not None:
        room, kind = OFFICE
        ident = question_id(room=room, kind=kind, about=offer_answered.public_id, phone_id=account.phone_id)
        close_questions(ids=[ident], at=offer_answered.at, but_answering=True)


def _phone_of(account: Account) -> str | None:
    """E.164; None where it is not kept."""
    phone = people.phones([account.phone_id]).get(account.phone_id)
    return keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode() if phone else None
