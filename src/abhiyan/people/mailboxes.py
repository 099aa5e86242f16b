"""Reads of e-mail addresses: one's own, masked; and those of people in office, to write to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system

from .models import Account, EmailAddress
from .rules import emails


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """An address as its owner sees it. masked: masked."""

    masked: str
    is_proven: bool
    gets_notices: bool
    failed_at: datetime | None


def own_email(account_id: int | None) -> OwnEmail | None:
    """The e-mail address of an account, in its own scope; None: it has none."""
    row = EmailAddress.objects.filter(account_id=account_id or 0).first()
    if row is None:
        return None
    masked = emails.masked_email(_address(row))
    return OwnEmail(masked, row.proven_at is not None, row.gets_notices, row.failed_at)


def email_for_phone(owner: Account | None) -> OwnEmail | None:
    """Read the e-mail address of the account that signs in with a phone, for the own page of that phone."""
    with system("what is held about a phone"):
        return own_email(owner.pk) if owner else None


def about_email(account_id: int) -> bytes:
    """Return the bytes that the seal of an account's e-mail address is bound to."""
    return f"email {account_id}".encode()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The e-mail address of the account that signs in with a phone, in clear. gets_notices: only once it is proven."""

    phone_id: UUID
    address: str
    is_proven: bool
    gets_notices: bool


def mailboxes(phone_ids: Iterable[UUID]) -> list[Mailbox]:
    """E-mail addresses of the open accounts of phones, to write to them; none that its server refused.

    In a system scope.
    """
    rows = Account.objects.filter(phone_id__in=set(phone_ids), closed_at=None)
    accounts = dict(rows.values_list("pk", "phone_id"))
    return [
        Mailbox(accounts[row.account_id], _address(row), row.proven_at is not None, row.gets_notices)
        for row in EmailAddress.objects.filter(account_id__in=accounts, failed_at=None)
    ]


def _address(row: EmailAddress) -> str:
    return keyring().unseal(bytes(row.sealed), about=about_email(row.account_id)).decode()
