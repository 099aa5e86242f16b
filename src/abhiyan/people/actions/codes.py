"""One-time codes: bound to purpose, phone, request and session; ten minutes, five tries.

Whatever is behind a phone (an account, a member, nobody) asking and answering go the same way and take the same
work; only whether a code really leaves differs, and that is seen on the phone alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, limits, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, TooMany, needed
from abhiyan.core.scope import system
from abhiyan.people import phones
from abhiyan.people.models import Account, Code
from abhiyan.people.news import CodeAsked

from .accounts import NotAPhone, open_account
from .factors import forget_factors, take_a_try
from .persons import note_sign

PURPOSES = (
    "sign_in",
    "join",
    "join.friend",
    "join.contributor",
    "member",
    "phone",
    "leave",
    "door",
    "door.friend",
    "door.contributor",
    "field",
)
LIVES = timedelta(minutes=10)
CONSOLE_LIVES = timedelta(hours=1)
WORD_LIVES = timedelta(days=14)
WORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
WORD_LENGTH = 8
TRIES = 5
DIGITS = 6
# limit: allowed in a window of seconds. A session is a browser while it keeps its cookie, until it proves a phone:
# whoever throws the cookie away begins another, and is held by network, series of numbers and hour alone. No mark in a
# browser could do better, for it would be thrown away alike. A network is a /24 of a mobile operator with thousands
# behind it.
PER_PHONE = (5, 3600)
PER_PHONE_AND_DAY = (12, 86_400)
# A phone that others have asked for too often still gets a code from each network. Else five requests an hour would
# keep its owner from signing in.
PER_PHONE_AND_NETWORK = (1, 3600)
PER_PHONE_BEYOND = (12, 86_400)
PER_SESSION = (10, 3600)
PER_NETWORK = (300, 3600)
PER_PREFIX = (2_000, 3600)  # first five digits: a fraud that walks through one series
PER_HOUR = (50_000, 3600)  # all together: what codes may cost
TRIES_PER_PHONE = (30, 86_400)


class CodeNotRight(Refused):
    """Wrong, over, used, of another phone, purpose, request or browser: all answered alike."""

    message = _("This code is wrong, or its ten minutes are over. Check it, or ask for a new one.")


class CodeSpent(Refused, status=429):
    """Tried too often."""

    message = _("This code was tried too often. Ask for a new one.")


class WordNotRight(Refused):
    """The word for a first sign-in: wrong, used, over, replaced by a newer one, or somebody else's."""

    message = _("This word is wrong or too old. Ask the person who appointed you for a new one.")


class LinkOver(Refused):
    """The console's one-time address: used, over, replaced by a newer one, or never made."""

    message = _(
        "This link no longer works. It was used, its hour is over, or there is a newer one. "
        "Make a new one on the server: abhiyan init, or abhiyan officers name."
    )


@dataclass(frozen=True, kw_only=True)
class ConsoleLink:
    """path: the one-time sign-in. made: the account is new, or was no administrator's. others: how many accounts of
    administrators there are besides."""

    path: str
    made: bool
    others: int


def ask_code(
    *,
    purpose: str,
    phone: str,
    session: str,
    by: Actor,
    at: datetime,
    language: str = "hi",
    expected: bool = True,
) -> UUID:
    """Have a code sent to a phone, for one purpose and one browser. Returns the id of the request.

    session: the key of the visit (`request.visit.need(at).key`). expected: whether a code is to leave at all; when
    not (nobody there), everything else happens alike. For sign_in the account decides.
    Refuses NotAPhone, and TooMany per phone, session, network, prefix and hour.
    """
    if purpose not in PURPOSES:
        raise LookupError(f"no such purpose: {purpose}")
    number = needed(phones.parse(phone), NotAPhone(field="phone"))
    phone_id = keyring().phone_id(number)
    _count_phone(f"{_kind_of(purpose)} {phone_id}", by.origin, at)
    for name, subject, (allowed, window_s) in (
        ("code.session", session, PER_SESSION),
        ("code.network", by.origin, PER_NETWORK),
        ("code.prefix", number[:8], PER_PREFIX),
        ("code.hour", "all", PER_HOUR),
    ):
        limits.take(limit=name, subject=subject, at=at, allowed=allowed, window_s=window_s)
    code = f"{lot.below(10**DIGITS):0{DIGITS}d}"
    request_id = lot.uuid()
    with system("one-time code"):
        if purpose == "sign_in":
            expected &= Account.objects.filter(phone_id=phone_id, closed_at=None).exists()
        Code.objects.create(
            id=request_id,
            purpose=purpose,
            phone_id=phone_id,
            session=session,
            digest=_digest(request_id, purpose, phone_id, session, code),
            created_at=at,
            expires_at=at + LIVES,
        )
        audit.record(by=by, at=at, act="people.ask_code", subject=str(request_id), facts={"for": purpose})
        asked = CodeAsked(
            purpose=purpose, phone=number, code=code, language=language, request_id=request_id, at=at
        )
        with transaction.atomic():
            news.tell(asked)
            if not expected:  # the same work, then undone: nobody can tell from outside
                transaction.set_rollback(True)
    return request_id


def _kind_of(purpose: str) -> str:
    """Purposes with limits of their own. A stranger on an open page spends no code of a sign-in, nor of leaving."""
    return purpose if purpose in ("sign_in", "leave", "field") else "open"


def _count_phone(subject: str, network: str, at: datetime) -> None:
    """Count a code against the limits of its phone. TooMany."""
    try:
        for name, (allowed, window_s) in (
            ("code.phone", PER_PHONE),
            ("code.phone_day", PER_PHONE_AND_DAY),
        ):
            limits.take(limit=name, subject=subject, at=at, allowed=allowed, window_s=window_s)
    except TooMany as spent:
        try:
            for name, whose, (allowed, window_s) in (
                ("code.phone_network", f"{subject} {network}", PER_PHONE_AND_NETWORK),
                ("code.phone_beyond", subject, PER_PHONE_BEYOND),
            ):
                limits.take(limit=name, subject=whose, at=at, allowed=allowed, window_s=window_s)
        except TooMany:
            raise spent from None


def check_code(
    *, request_id: UUID, purpose: str, phone: str | UUID, session: str, code: str, at: datetime
) -> UUID:
    """Accept a code, once; returns the id of the phone it proves. phone: E.164 (or as written), or its id.

    Refuses CodeNotRight; CodeSpent after five tries. Tries count also when the request is refused.
    """
    if isinstance(phone, UUID):
        phone_id = phone
    else:
        number = needed(phones.parse(phone), NotAPhone(field="phone"))
        phone_id = keyring().phone_id(number)
    try:
        limits.take(limit="code.try", subject=str(request_id), at=at, allowed=TRIES, window_s=86_400)
        allowed, window_s = TRIES_PER_PHONE
        # By purpose: who spends the tries of a stranger's phone on the open pages does not keep them from signing in.
        subject = f"{purpose} {phone_id}"
        limits.take(limit="code.tries", subject=subject, at=at, allowed=allowed, window_s=window_s)
    except TooMany:
        raise CodeSpent(field="code") from None
    typed = code.strip().translate(_INDIAN_DIGITS)
    with system("one-time code"):
        accepted = Code.objects.filter(
            id=request_id,
            purpose=purpose,
            phone_id=phone_id,
            session=session,
            digest=_digest(request_id, purpose, phone_id, session, typed),
            used_at=None,
            expires_at__gt=at,
        ).update(used_at=at)
        if accepted:
            note_sign(phone_id=phone_id, at=at)
    if not accepted:
        raise CodeNotRight(field="code")
    return phone_id


def first_administrator(
    *, name: str, phone: str, by: Actor, at: datetime, language: str = "", is_proof_lost: bool = False
) -> ConsoleLink:
    """Make (or find) an account that sets an installation up, on the server's console; for another phone another one.

    Returns a one-time sign-in, good for an hour; it ends older ones of the same account. The second factor is set up
    after it. is_proof_lost: as `make_console_link`. Refuses NotAPhone, NotAName.
    """
    with system("first administrator"):
        before = set(Account.objects.filter(is_root=True, closed_at=None).values_list("id", flat=True))
        account = open_account(phone=phone, name=name, language=language, by=by, at=at, is_root=True)
        Account.objects.filter(id=account.pk).update(is_root=True)
        path = make_console_link(account_id=account.pk, by=by, at=at, is_proof_lost=is_proof_lost)
        audit.record(by=by, at=at, act="people.first_administrator", subject=str(account.public_id))
    return ConsoleLink(
        path=path,
        made=account.pk not in before,
        others=len(before - {account.pk}),
    )


def make_console_link(*, account_id: int, by: Actor, at: datetime, is_proof_lost: bool = False) -> str:
    """A one-time sign-in for an account, good for an hour, by the system on the server's console; ends older ones.

    is_proof_lost: every second proof and session of the account ends first; the sign-in sets up a new proof.
    """
    if by.kind != "system":
        raise ValueError("only the console makes such links")
    secret = lot.token(32)
    with system("one-time sign-in from the console"):
        account = Account.objects.get(id=account_id)
        if is_proof_lost:
            forget_factors(account_id=account_id, by=by, at=at)
        _put_new(account, "console", _console_digest(secret), at, lives=CONSOLE_LIVES)
        audit.record(by=by, at=at, act="people.make_console_link", subject=str(account.public_id))
    return f"/sign-in/console/{secret}/"


def check_console(*, secret: str, by: Actor, at: datetime) -> Account:
    """Accept the console's one-time path; the account it signs in. Refuses LinkOver."""
    limits.take(limit="console", subject=by.origin, at=at, allowed=20, window_s=3600)
    with system("one-time sign-in from the console"):
        found = Code.objects.filter(
            purpose="console", digest=_console_digest(secret), used_at=None, expires_at__gt=at
        ).first()
        if found is None or not Code.objects.filter(id=found.pk, used_at=None).update(used_at=at):
            raise LinkOver
        account = needed(Account.objects.filter(phone_id=found.phone_id, closed_at=None).first(), LinkOver)
        audit.record(by=by, at=at, act="people.console_sign_in", subject=str(account.public_id))
    return account


def make_first_word(*, account_id: int, by: Actor, at: datetime) -> str:
    """The word that an account's first sign-in asks for, good for 14 days; older ones end. Shown to `by` this once.

    Who may is asked by `org.actions.make_first_word` and `org.actions.reset_factors`, the only callers.
    """
    drawn = "".join(lot.one(WORD_LETTERS) for _letter in range(WORD_LENGTH))
    with system("a word for a first sign-in"):
        account = Account.objects.get(id=account_id)
        _put_new(account, "first", _word_digest(account_id, drawn), at, lives=WORD_LIVES)
        audit.record(by=by, at=at, act="people.make_first_word", subject=str(account.public_id))
    return f"{drawn[:4]}-{drawn[4:]}"


def _put_new(account: Account, purpose: str, digest: bytes, at: datetime, *, lives: timedelta) -> None:
    """One code of a purpose at a time: the older ones end."""
    Code.objects.filter(purpose=purpose, phone_id=account.phone_id, used_at=None).update(used_at=at)
    Code.objects.create(
        id=lot.uuid(),
        purpose=purpose,
        phone_id=account.phone_id,
        session="",
        digest=digest,
        created_at=at,
        expires_at=at + lives,
    )


def end_first_words(*, account_id: int, by: Actor, at: datetime) -> None:
    """End the words for an account's first sign-in. Who handed one over for a small office may not for a higher one.

    Only `org.actions.appoint` calls this.
    """
    with system("a word for a first sign-in"):
        account = Account.objects.get(id=account_id)
        if Code.objects.filter(purpose="first", phone_id=account.phone_id, used_at=None).update(used_at=at):
            audit.record(by=by, at=at, act="people.end_first_words", subject=str(account.public_id))


def check_first_word(*, account_id: int, word: str, by: Actor, at: datetime) -> None:
    """Accept the word for a first sign-in, once. Refuses WordNotRight, TooMany."""
    take_a_try(account_id, at)
    typed = "".join(letter for letter in word.upper() if letter.isalnum())
    with system("a word for a first sign-in"):
        accepted = Code.objects.filter(
            purpose="first", digest=_word_digest(account_id, typed), used_at=None, expires_at__gt=at
        ).update(used_at=at)
        if not accepted:
            raise WordNotRight(field="word")
        audit.record(by=by, at=at, act="people.use_first_word", subject=str(by.id))


def sweep_codes(*, at: datetime) -> int:
    """Delete codes that are a day over. In a system scope."""
    gone, _each = Code.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
    return gone


_INDIAN_DIGITS = str.maketrans({ord("०") + n: str(n) for n in range(10)} | {" ": "", "-": ""})


def _console_digest(secret: str) -> bytes:
    return keyring().token_digest(f"console {secret}")


def _word_digest(account_id: int, word: str) -> bytes:
    return keyring().token_digest(f"first {account_id} {word}")


def _digest(request_id: UUID, purpose: str, phone_id: UUID, session: str, code: str) -> bytes:
    return keyring().token_digest(f"code {request_id} {purpose} {phone_id} {session} {code}")
