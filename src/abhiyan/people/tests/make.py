"""Asha and her phone; a browser; what reaches a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import present
from abhiyan.people import actions
from abhiyan.people.actions import factors, sessions
from abhiyan.people.models import Account, AccountWord, Factor
from abhiyan.people.news import CodeAsked
from abhiyan.people.rules import totp
from abhiyan.people.rules.called import sounds

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SYSTEM = Actor.system("test")
ASHA = "+919876543210"
NOBODYS = "+919876543299"
# A page holds these random values: tokens, keys of forms, public ids. Any word of four letters may be among them.
DRAWN = re.compile(
    r'name="(?:csrfmiddlewaretoken|key)" value="[^"]*"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'
)


def kept_account(**facts: Any) -> Account:
    """An account with the words that search finds it by. In a system scope."""
    account = Account.objects.create(**facts)
    AccountWord.objects.bulk_create(
        AccountWord(word=word, account_id=account.pk, unit_id=account.unit_id)
        for word in sounds(account.name)
    )
    return account


def rename_account(account_id: int, name: str, *, unit_id: int | None = None) -> None:
    """Give an account another name, perhaps in another unit, with the words that search finds it by.

    In a system scope.
    """
    account = Account.objects.get(pk=account_id)
    unit_id = unit_id or account.unit_id
    Account.objects.filter(pk=account_id).update(name=name, unit_id=unit_id)
    AccountWord.objects.filter(account_id=account_id).delete()
    AccountWord.objects.bulk_create(
        AccountWord(word=word, account_id=account_id, unit_id=unit_id) for word in sounds(name)
    )


class World:
    """Asha has an account. `asha`: her, as an actor with a second factor."""

    def __init__(self) -> None:
        self.account = actions.open_account(phone=ASHA, name="Asha Devi", by=SYSTEM, at=AT, language="en")
        with scoped(Scope(account=self.account.pk)):
            session = sessions.start(
                account_id=self.account.pk, device="", origin="", at=AT, data={"handed": True}
            ).session
        self.scope = Scope(account=self.account.pk, session=session.key)

    @property
    def asha(self) -> Actor:
        return Actor(kind="person", id=self.account.public_id, account_id=self.account.pk)

    @property
    def weak_asha(self) -> Actor:
        """After the phone's code and the handed-over word, in `scope`."""
        return Actor(kind="public", id=self.account.public_id, account_id=self.account.pk)

    def app(self, account: Account | None = None) -> bytes:
        """Asha's authenticator app, set up a day ago: its secret."""
        own = account or self.account
        by = Actor(kind="person", id=own.public_id, account_id=own.pk)
        with scoped(Scope(account=own.pk)):
            _factor, secret = factors.begin_totp(account_id=own.pk, by=by, at=AT)
            factors.confirm_totp(
                account_id=own.pk, code=totp.totp_code(secret, totp.step_at(AT)), name="phone", by=by, at=AT
            )
        with system("test"):
            Factor.objects.filter(account_id=own.pk).update(counter=0)
        return secret

    def browser(self, account: Account | None = None, *, strong: bool = True, handed: bool = False) -> Client:
        """A browser signed in as Asha."""
        return browser(account or self.account, strong=strong, handed=handed)


def browser(
    account: Account | None = None, language: str = "en", *, strong: bool = True, handed: bool = False
) -> Client:
    """A browser in a language, in which somebody has signed in (`None`: nobody).

    handed: they have shown the word for a first sign-in.
    """
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    if account is not None:
        with system("test"):
            Account.objects.filter(id=account.pk).update(language=language)
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions.start(
            account_id=account.pk,
            phone_id=account.phone_id,
            device="",
            origin="",
            at=present(),
            strong=strong,
            data={"handed": True} if handed else None,
        ).token
    return client


def body(client: Client, path: str, status: int = 200) -> str:
    """Return what a page says."""
    answer = client.get(path)
    said = b"".join(answer).decode()  # a file streams
    assert answer.status_code == status, said[:2000]
    return said


def undrawn(page: str) -> str:
    """Return a page or a file without its random values: for a test that something short is not in it."""
    return DRAWN.sub("", page)


@contextmanager
def inbox() -> Iterator[list[CodeAsked]]:
    """Collect what is to be sent, in order (also what is undone afterwards)."""
    heard: list[CodeAsked] = []

    def hear(told: CodeAsked) -> None:
        heard.append(told)

    news.subscribe(CodeAsked, hear)
    try:
        yield heard
    finally:
        news._subscribers[CodeAsked].remove(hear)
