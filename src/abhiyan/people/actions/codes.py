"""One-time codes: bound to purpose, phone, request and session; ten minutes, five tries.

Whatever is behind a phone (an account, a member, nobody) asking and answering go the same way and take the same
work; only whether a code really leaves differs, and that is seen on the phone alone.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, limits, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.letters import plain_digits
from abhiyan.core.refusals import Refused, TooMany, or_refuse
from abhiyan.core.scope import system
from abhiyan.people import phones
from abhiyan.people.models import Account, Code, EmailAddress
from abhiyan.people.news import CodeAsked

from .accounts import NotAPhone, open_account
from .factors import forget_factors, take_a_try
from .persons import note_sign

SIGN_IN_BY_EMAIL = "sign_in.email"
BY_EMAIL = ("email", SIGN_IN_BY_EMAIL)  # a code for these proves an address, and says nothing of a phone
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
    "email",
    SIGN_IN_BY_EMAIL,
)
LIVES = timedelta(minutes=10)
CONSOLE_LIVES = timedelta(hours=1)
WORD_LIVES = timedelta(days=14)
WORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
WORD_LENGTH = 8
DIGITS, LONG_DIGITS = 6, 8  # the longer ones while many wrong codes come


def nobody(_phone_id: UUID) -> bool:
    """The browser has proven no phone before."""
    return False


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
    knows: Callable[[UUID], bool] = nobody,
) -> UUID:
    """Have a code sent to a phone, for one purpose and one browser. Returns the id of the request.

    session: the key of the visit (`request.visit.need(at).key`). expected: whether a code is to leave at all; when
    not (nobody there), everything else happens alike. For sign_in the account decides, and by
    e-mail its address. knows: whether this browser has proven a phone before (`request.visit.knows`).
    Refuses NotAPhone, and TooMany as `count_asked`.
    """
    if purpose not in PURPOSES:
        raise LookupError(f"no such purpose: {purpose}")
    number = or_refuse(phones.parse(phone), NotAPhone(field="phone"))
    phone_id = keyring().phone_id(number)
    if purpose in ("sign_in", SIGN_IN_BY_EMAIL):
        with system("whether somebody signs in with a phone"):
            rows = Account.objects.filter(phone_id=phone_id, closed_at=None)
            if purpose == SIGN_IN_BY_EMAIL:
                proven = EmailAddress.objects.filter(proven_at__isnull=False, failed_at=None)
                rows = rows.filter(pk__in=proven.values("account_id"))
            expected &= rows.exists()
    part = purpose.partition(".")[0]
    count_asked(part=part, number=number, session=session, expected=expected, by=by, at=at, knows=knows)
    digits = LONG_DIGITS if _is_guessed_at(part, phone_id, by.origin, at) else DIGITS
    code = f"{lot.random_below(10**digits):0{digits}d}"
    request_id = lot.uuid()
    with system("one-time code"):
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
        code_asked = CodeAsked(
            purpose=purpose, phone=number, code=code, language=language, request_id=request_id, at=at
        )
        with transaction.atomic():
            news.tell(code_asked)
            if not expected:  # the same work, then undone: nobody can tell from outside
                transaction.set_rollback(True)
    return request_id


def count_asked(
    *,
    part: str,
    number: str,
    session: str,
    by: Actor,
    at: datetime,
    expected: bool = True,
    knows: Callable[[UUID], bool] = nobody,
) -> None:
    """Count what somebody asks for a number that may be anybody's: by session, network, and then phone.

    part: of `declared.KNOWN_PARTS` or `OPEN_PARTS`; each has rooms of its own. number: E.164. session: "" where none
    is needed. expected: of a known part, whether something leaves for the number; only that counts for its network,
    and every number is answered alike. A signed-in person spends no room of strangers, and neither does a browser
    that has proven this phone before. Refuses TooMany.
    """
    phone_id = keyring().phone_id(number)
    subject = f"{part} {phone_id}"
    if session:
        limits.count_or_refuse(declared.CODE_SESSION, session, at=at)
    if knows(phone_id):
        # A full one refuses nobody. Else a shared browser that proved the phone once would keep its owner out.
        with suppress(TooMany):
            limits.count_or_refuse(declared.CODE_PHONE_BROWSER, subject, at=at)
            return
    if part in declared.KNOWN_PARTS:
        limits.count_or_refuse(declared.CODE_NETWORK_KNOWN, f"{part} {by.origin}", at=at, counts=expected)
    elif by.kind in ("public", "citizen"):
        limits.count_or_refuse(declared.CODE_NETWORK, f"{part} {by.origin}", at=at)
        limits.count_or_refuse(declared.CODE_SERIES, f"{part} {number[:8]}", at=at)
        limits.count_or_refuse(declared.CODE_HOUR, part, at=at)
    try:
        limits.count_or_refuse(declared.CODE_PHONE, subject, at=at)
        limits.count_or_refuse(declared.CODE_PHONE_DAY, subject, at=at)
    except TooMany as spent:
        # Else a few requests of a stranger would keep the owner from signing in.
        try:
            limits.count_or_refuse(declared.CODE_PHONE_NETWORK, f"{subject} {by.origin}", at=at)
        except TooMany:
            raise spent from None


def _wrong_of(part: str, phone_id: UUID, network: str) -> tuple[tuple[declared.DeclaredLimit, str], ...]:
    """The limits of wrong codes, each with its subject."""
    return (
        (declared.CODE_WRONG_PHONE, f"{part} {phone_id}"),
        (declared.CODE_WRONG_NETWORK, network),
        (declared.CODE_WRONG_ALL, "all"),
    )


def _is_guessed_at(part: str, phone_id: UUID, network: str, at: datetime) -> bool:
    """Return True if so many wrong codes came that new ones are longer. A right code passes all the same."""
    return any(limits.is_used_up(limit, whose, at=at) for limit, whose in _wrong_of(part, phone_id, network))


def check_code(
    *, request_id: UUID, purpose: str, phone: str | UUID, session: str, code: str, network: str, at: datetime
) -> UUID:
    """Accept a code, once; returns the id of the phone it proves. phone: E.164 (or as written), or its id.

    network: where the try comes from; only wrong tries count for it. A right code passes within the five tries of its
    own request, whatever others have tried. Refuses CodeNotRight; CodeSpent after five tries. Tries count also when
    the request is refused.
    """
    if isinstance(phone, UUID):
        phone_id = phone
    else:
        number = or_refuse(phones.parse(phone), NotAPhone(field="phone"))
        phone_id = keyring().phone_id(number)
    try:
        limits.count_or_refuse(declared.CODE_REQUEST, str(request_id), at=at)
    except TooMany:
        raise CodeSpent(field="code") from None
    typed = plain_digits(code).translate(_BETWEEN)
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
        if accepted and purpose not in BY_EMAIL:
            note_sign(phone_id=phone_id, at=at)
    if not accepted:
        for limit, whose in _wrong_of(purpose.partition(".")[0], phone_id, network):
            with suppress(TooMany):
                limits.count_or_refuse(limit, whose, at=at)
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
    secret = lot.random_token(32)
    with system("one-time sign-in from the console"):
        account = Account.objects.get(id=account_id)
        if is_proof_lost:
            forget_factors(account_id=account_id, by=by, at=at)
        _put_new(account, "console", _console_digest(secret), at, lives=CONSOLE_LIVES)
        audit.record(by=by, at=at, act="people.make_console_link", subject=str(account.public_id))
    return f"/sign-in/console/{secret}/"


def check_console(*, secret: str, by: Actor, at: datetime) -> Account:
    """Accept the console's one-time path; the account it signs in. Refuses LinkOver."""
    with system("one-time sign-in from the console"):
        code = Code.objects.filter(
            purpose="console", digest=_console_digest(secret), used_at=None, expires_at__gt=at
        ).first()
        if code is None or not Code.objects.filter(id=code.pk, used_at=None).update(used_at=at):
            limits.count_or_refuse(declared.CONSOLE_WRONG, by.origin, at=at)
            raise LinkOver
        account = or_refuse(Account.objects.filter(phone_id=code.phone_id, closed_at=None).first(), LinkOver)
        audit.record(by=by, at=at, act="people.console_sign_in", subject=str(account.public_id))
    return account


def make_first_word(*, account_id: int, by: Actor, at: datetime) -> str:
    """The word that an account's first sign-in asks for, good for 14 days; older ones end. Shown to `by` this once.

    Its only callers check the right: `org.actions.make_first_word` and `org.actions.reset_factors`.
    """
    drawn = "".join(lot.random_choice(WORD_LETTERS) for _letter in range(WORD_LENGTH))
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
    """End the words for an account's first sign-in. A leader who handed one over for a small office may not for a
    higher one.

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


_BETWEEN = str.maketrans("", "", " -\t\u00a0\u200b-\u200f\u2010-\u2013")


def _console_digest(secret: str) -> bytes:
    return keyring().token_digest(f"console {secret}")


def _word_digest(account_id: int, word: str) -> bytes:
    return keyring().token_digest(f"first {account_id} {word}")


def _digest(request_id: UUID, purpose: str, phone_id: UUID, session: str, code: str) -> bytes:
    return keyring().token_digest(f"code {request_id} {purpose} {phone_id} {session} {code}")
