"""What reaches people about their own offices: whether they accept one, and that their sign-in is to be reset."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.messaging.rules import texts
from abhiyan.org.news import AppointmentOffered, FactorReset, OfferAnswered
from abhiyan.people import queries as people

from .queueing import send, take_back


def ask_holder(*, told: AppointmentOffered) -> None:
    """Queue the question. In the transaction of the appointment."""
    _tell(
        told.account_id,
        "duty.office",
        lambda language: {
            "office": named(told.office_names, language),
            "unit": named(told.unit_names, language),
            "link": settings.ORIGIN + reverse("org:offer", args=[told.secret]),
        },
        key=_key(told.public_id),
        unit_id=told.unit_id,
        at=told.at,
    )


def tell_of_reset(*, told: FactorReset) -> None:
    """Tell somebody that their second proof is to be reset, or is. In the transaction of the act."""
    what = "done" if told.is_done else "asked"
    _tell(
        told.account_id,
        f"account.reset_{what}",
        lambda _language: {"link": f"{settings.ORIGIN}/"},
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
    _tell(account_id, template, lambda _language: blanks, key=key, unit_id=unit_id, at=at)


def _tell(
    account_id: int,
    template: str,
    blanks: Callable[[str], dict[str, str]],
    *,
    key: str,
    at: datetime,
    unit_id: int | None = None,
) -> None:
    with system("a message about somebody's own office"):
        account = people.account(account_id)
        phone = people.phones([account.phone_id]).get(account.phone_id) if account else None
        if account is None or phone is None:
            return
        language = account.language or settings.LANGUAGE_CODE
        send(
            template=template,
            phone=keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode(),
            language=language,
            blanks=blanks(language),
            key=key,
            kind=texts.kind(template),
            unit_id=unit_id,
            at=at,
        )


def forget_question(*, told: OfferAnswered) -> None:
    """The question is answered, or taken back: what has not left does not go."""
    take_back(keys=[_key(told.public_id)], at=told.at)


def _key(public_id: object) -> str:
    return f"office|{public_id}"
