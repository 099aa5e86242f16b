"""Accounts: who may sign in, found by phone."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, letters, limits, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.people import phones, queries
from abhiyan.people.models import Account, AccountWord, Phone
from abhiyan.people.news import ClosedAccountNews
from abhiyan.people.rules.called import sounds
from abhiyan.people.rules.titles_of_office import TITLES

from . import sessions
from .emergency import refuse_while_stopped

LONGEST_NAME = 100  # characters
_JOINERS = "\u200c\u200d"
_IN_NAMES = frozenset(" ,'’-()/·@_:" + letters.SHORTENING + _JOINERS)


class NotAPhone(Refused):
    """The typed text is no mobile number."""

    message = _("This is not a mobile number. Write its ten digits, such as 98765 43210.")


class NotAName(Refused):
    message = _("Write the name with 2 to 100 letters, each word in one script and without other signs.")


class OfficeInName(NotAName):
    message = _("Write the name of the person alone, without an office. Pages show the office beside it.")


class UnknownLanguage(Refused):
    message = _("This language is not offered here.")


def faults(*, phone: str, name: str) -> list[Refused]:
    """Everything `open_account` refuses of what somebody typed, at once: NotAPhone, NotAName."""
    refusals: list[Refused] = [] if phones.parse(phone) is not None else [NotAPhone(field="phone")]
    try:
        _clean(name)
    except NotAName as refused:
        refusals.append(refused)
    return refusals


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An account is opened for this person: phone as written, name, the unit where they are looked for, and as
    `open_account`."""

    phone: str
    name: str
    unit_id: int | None
    language: str = ""
    is_demo: bool = False
    is_root: bool = False


def open_account(
    *,
    phone: str,
    name: str,
    by: Actor,
    at: datetime,
    language: str = "",
    unit_id: int | None = None,
    is_demo: bool = False,
    is_root: bool = False,
) -> Account:
    """The account of a phone, opened now if there is none (one that is there keeps its name and language).

    language: one its owner has chosen; empty: pages are in the browser's, messages in the installation's. An account
    alone lets nobody see anything: that takes an appointment. The act that needs one checks the right to open it
    (`org.appoint_new`). Refuses NotAPhone, NotAName.
    """
    newcomer = Newcomer(phone, name, unit_id, language, is_demo, is_root)
    return open_accounts(newcomers=[newcomer], by=by, at=at)[0]


def open_accounts(*, newcomers: Sequence[Newcomer], by: Actor, at: datetime) -> list[Account]:
    """As `open_account` for each, in their order and in a few statements; one entry in the trail for all."""
    for newcomer in newcomers:
        for fault in faults(phone=newcomer.phone, name=newcomer.name):
            raise fault
    numbers = [phones.parse(one.phone) or "" for one in newcomers]
    with system("opening accounts"):
        ids = keep_phones(phones=numbers)
        accounts = {account.phone_id: account for account in Account.objects.filter(phone_id__in=ids)}
        made = [
            Account(
                public_id=lot.uuid(),
                phone_id=phone_id,
                last4=number[-4:],
                name=_clean(one.name),
                language=one.language if one.language in dict(settings.LANGUAGES) else "",
                unit_id=one.unit_id,
                created_at=at,
                is_demo=one.is_demo,
                is_root=one.is_root,
            )
            for phone_id, number, one in zip(ids, numbers, newcomers, strict=True)
            if phone_id not in accounts
        ]
        Account.objects.bulk_create(made)
        AccountWord.objects.bulk_create(word for account in made for word in _words(account))
        if made:
            subject, unit_id = (str(made[0].public_id), made[0].unit_id) if len(made) == 1 else ("", None)
            act = "people.open_account"
            audit.record(by=by, at=at, act=act, subject=subject, unit_id=unit_id, n=len(made))
    accounts |= {account.phone_id: account for account in made}
    return [accounts[phone_id] for phone_id in ids]


def keep_sealed_phone(*, phone: str) -> UUID:
    """Keep a phone in E.164, sealed, if it is not kept yet; its id. In a scope that sees everything."""
    return keep_phones(phones=[phone])[0]


def keep_phones(*, phones: Sequence[str]) -> list[UUID]:
    """As `keep_sealed_phone` for each, in their order."""
    ring = keyring()
    kept = {phone: ring.phone_hash(phone) for phone in phones}
    ids = {phone: UUID(bytes=hashed[:16]) for phone, hashed in kept.items()}
    Phone.objects.bulk_create(
        (
            Phone(
                id=ids[phone],
                hash=hashed,
                sealed=ring.seal(phone.encode(), about=ids[phone].bytes),
                last4=phone[-4:],
            )
            for phone, hashed in kept.items()
        ),
        ignore_conflicts=True,
    )
    return [ids[phone] for phone in phones]


def rename_account(*, account_id: int, name: str, by: Actor, at: datetime) -> None:
    """Correct the name people see. The caller checks the right; refuses NotAName."""
    cleaned = _clean(name)
    with system("renaming an account"):
        account = or_refuse(Account.objects.filter(id=account_id).first())
        account.name = cleaned
        account.save(update_fields=["name"])
        _write_words(account)
        audit.record(by=by, at=at, act="people.rename_account", subject=str(account_id))


def speak(*, account_id: int, language: str) -> None:
    """Remember the language its owner wants to read. Refuses UnknownLanguage."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(field="language")
    Account.objects.filter(id=account_id).update(language=language)


def close_account(*, account_id: int, by: Actor, at: datetime) -> None:
    """Close an account and end its sessions. It stays as a name in the trail."""
    with system("closing an account"):
        if not Account.objects.filter(id=account_id, closed_at=None).update(closed_at=at):
            raise NotFound
        AccountWord.objects.filter(account_id=account_id).delete()
        sessions.end_all_of_account(account_id=account_id, at=at)
        audit.record(by=by, at=at, act="people.close_account", subject=str(account_id))
        news.tell(ClosedAccountNews(account_id, by, at))


def find_account_at(*, account_id: int, unit_id: int, instead_of: int | None) -> None:
    """Move where an account is looked for: from nowhere, or from the unit it left. In a system scope."""
    if Account.objects.filter(id=account_id, unit_id=instead_of).update(unit_id=unit_id):
        AccountWord.objects.filter(account_id=account_id).update(unit_id=unit_id)


def _write_words(account: Account) -> None:
    """Write the words an open account is found by, again. In a system scope."""
    AccountWord.objects.filter(account_id=account.pk).delete()
    AccountWord.objects.bulk_create(_words(account))


def _words(account: Account) -> list[AccountWord]:
    words = [] if account.closed_at is not None else sorted(sounds(account.name))
    return [AccountWord(word=word, account_id=account.pk, unit_id=account.unit_id) for word in words]


def reveal_number(
    *,
    phone: UUID | str,
    about: UUID | str,
    unit_id: int | None = None,
    is_counted: bool = True,
    to: UUID | None = None,
    by: Actor,
    at: datetime,
) -> str:
    """Return somebody's number in clear (E.164), for one look or one call. Each number leaves a row in the trail.

    phone: its id; or the number, where the caller keeps it sealed. about: the public id that the row names: of the
    person, or of the request, stay or check. unit_id: the row's unit; none for a back-check.
    is_counted: it counts against the 200 numbers that an account sees in a day. Calls from an own phone, and the two
    presidents of a leader's day, have bounds of their own. to: the account that gets the number, if it is not `by`.

    The caller has asked who may. In the caller's scope. Refuses DataStopped, TooMany, NotFound.
    """
    refuse_while_stopped()
    if is_counted:
        limits.count_or_refuse(declared.PEOPLE_REVEALED, str(by.account_id), at=at)
    number = phone if isinstance(phone, str) else queries.number_of_phone(phone)
    facts = {"to": str(to)} if to else None
    audit.record(by=by, at=at, act="people.reveal_phone", subject=str(about), unit_id=unit_id, facts=facts)
    return number


def _clean(name: str) -> str:
    """A name without what cannot be seen: controls, directions, zero-width characters but the joiners.

    Refuses signs no name has, words of letters that only look like those of their script, and the title of an office.
    """
    clean_name = "".join(c for c in name if c.isprintable() or c in _JOINERS)
    cleaned = unicodedata.normalize("NFC", " ".join(clean_name.split()))
    if (
        not 2 <= len(cleaned) <= LONGEST_NAME
        or not any(c.isalpha() for c in cleaned)
        or not all(c.isalnum() or c in _IN_NAMES or unicodedata.category(c)[0] == "M" for c in cleaned)
        or not all(map(letters.is_of_one_script, cleaned.split()))
    ):
        raise NotAName(field="name")
    if TITLES.said_in(cleaned):
        raise OfficeInName(field="name")
    return cleaned
