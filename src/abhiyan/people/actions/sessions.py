"""Our own sessions: a cookie of 32 random bytes and a mark, kept as a keyed digest; listed to their owner, revocable.

One table keeps four kinds. A visitor is half way through a form or a code. A citizen has proven a phone. An account
has signed in. A phone in the field has a cookie of its own, which opens pages below /field/ alone. Only its own cookie
and its account see a session's row.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import current, scoped, system
from abhiyan.people.models import Account, Session
from abhiyan.people.models_field import FieldPhone

FIELD = "/field/"  # below it a phone's own session counts
ACCOUNT_LIVES = timedelta(hours=12)  # then both proofs are asked again
ACCOUNT_IDLES = timedelta(hours=2)
HALFWAY_LIVES = timedelta(minutes=30)  # an account whose second factor is still to come
VISITOR_LIVES = timedelta(hours=2)
VISITOR_IDLES = timedelta(minutes=45)
PHONE_LIVES = timedelta(days=30)
BOTH_PROOFS_LIVE = timedelta(days=14)  # on a phone: what shows other people opens so long
MOST_PHONES = 2
KNOWN = "known"  # a cookie: marks of the phones that a browser has proven
KNOWN_LASTS = timedelta(days=180)
MOST_KNOWN = 4
TOUCH_EVERY = timedelta(minutes=1)
_MARK, _SIGNED = 11, 19  # letters of the mark, and of it with whose the cookie is
_NOBODY = "A" * (_SIGNED - _MARK)  # six bytes of nothing
_TOUCH = """update people_session set seen_at = %(at)s where key = (select key from people_session
 where key = %(key)s and seen_at < %(at)s for no key update skip locked)"""


@dataclass(frozen=True, slots=True)
class Started:
    """A fresh session and, this once, the cookie that opens it."""

    token: str
    session: Session


def _mark(nonce: str, who: str) -> str:
    return _letters(keyring().token_digest(f"session mark {nonce} {who}")[:8])


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token_for(account_id: int | None) -> str:
    """A new cookie: 32 random bytes, whose it is (`whose`), and a keyed mark over both."""
    nonce = lot.random_token(32)
    who = _letters(
        b"\0" * 6 if account_id is None else keyring().token_digest(f"session of {account_id}")[:6]
    )
    return nonce + who + _mark(nonce, who)


def whose(*, token: str) -> str | None:
    """Return the account mark of a cookie, without a look at the database: the same for all cookies of an account; ""
    of a visitor's. None: we never made it, or it has no mark. It may have ended since, so it opens nothing."""
    nonce, who, mark = token[:-_SIGNED], token[-_SIGNED:-_MARK], token[-_MARK:]
    if not session_digest(token=token) or len(token) <= _SIGNED:
        return None
    if not hmac.compare_digest(mark, _mark(nonce, who)):
        return None
    return "" if who == _NOBODY else who


def whose_cookies(cookies: Mapping[str, str], *, path: str) -> str | None:
    """Return whose a request's cookies are, as `whose` does. The phone's own cookie counts below /field/ alone.

    Every bound on an account asks here: turns, and the bytes of bodies.
    """
    session_owner = whose(token=cookies.get(settings.SESSION_COOKIE_NAME, ""))
    if not session_owner and path.startswith(FIELD):
        session_owner = whose(token=cookies.get(settings.PHONE_COOKIE_NAME, "")) or session_owner
    return session_owner


def session_digest(*, token: str) -> str:
    """The digest under which a cookie's session is kept; "" for what cannot be one of ours."""
    if not 40 <= len(token) <= 64 or not token.isascii():
        return ""
    return keyring().token_digest("session " + token).hex()


def key_of_phone(*, token: str) -> str:
    """As `session_digest`, of a phone's own cookie. Its digest differs, so neither cookie opens anything for the
    other."""
    return (
        Session.OF_PHONE + keyring().token_digest("phone " + token).hex()
        if session_digest(token=token)
        else ""
    )


def is_known_browser(cookie: str, *, phone_id: UUID) -> bool:
    """Return True if a browser's cookie says that it has proven this phone before. It opens nothing."""
    return _known_mark(phone_id) in _known_marks(cookie)


def known_with(cookie: str, *, phone_id: UUID) -> str:
    """The cookie of a browser that has proven one phone more. Nothing of the phones can be read back from it."""
    marks = [mark for mark in _known_marks(cookie) if mark != _known_mark(phone_id)]
    return signing.dumps([*marks, _known_mark(phone_id)][-MOST_KNOWN:], salt=KNOWN)


def _known_marks(cookie: str) -> list[str]:
    try:
        marks: list[str] = signing.loads(cookie, salt=KNOWN, max_age=KNOWN_LASTS)
    except signing.BadSignature:
        return []
    return marks


def _known_mark(phone_id: UUID) -> str:
    return _letters(keyring().token_digest(f"known browser {phone_id}")[:9])


def is_alive(*, session: Session, at: datetime) -> bool:
    """Neither ended, nor over its term, nor left idle too long. A phone may lie idle."""
    if session.is_phone:
        return session.ended_at is None and session.ends_at > at
    idles = ACCOUNT_IDLES if session.account_id is not None else VISITOR_IDLES
    return session.ended_at is None and session.ends_at > at and session.seen_at + idles > at


def start(
    *,
    device: str,
    origin: str,
    at: datetime,
    account_id: int | None = None,
    phone_id: UUID | None = None,
    strong: bool = False,
    data: Mapping[str, Any] | None = None,
) -> Started:
    """Begin a session. strong: a passkey or TOTP was shown just now, beyond the phone's code."""
    token = token_for(account_id)
    lives = VISITOR_LIVES if account_id is None else ACCOUNT_LIVES if strong else HALFWAY_LIVES
    session = Session(
        key=session_digest(token=token),
        public_id=lot.uuid(),
        account_id=account_id,
        phone_id=phone_id,
        data=dict(data or {}),
        device=device,
        origin=origin,
        created_at=at,
        seen_at=at,
        ends_at=at + lives,
        strong_at=at if strong else None,
    )
    with scoped(replace(current(), session=session.key, account=account_id, phone=phone_id)):
        session.save(force_insert=True)
    return Started(token, session)


def living_session(*, token: str, at: datetime) -> Session | None:
    """The living session of a cookie. The scope must name its key (`Scope(session=key_of(token))`)."""
    session = Session.objects.filter(key=session_digest(token=token)).first()
    return session if session is not None and is_alive(session=session, at=at) else None


def touch(*, session: Session, at: datetime) -> None:
    """Note that the session is in use, at most once a minute.

    Its row stays locked until the page is made: a second page meanwhile leaves it to the first.
    """
    if at - session.seen_at >= TOUCH_EVERY:
        sql.run(_TOUCH, {"key": session.key, "at": at})
        session.seen_at = at


def remember(*, session: Session, **facts: Any) -> None:
    """Keep facts for the next request of this session; None forgets one. Never a phone or a name in clear."""
    session.data = {key: value for key, value in (session.data | facts).items() if value is not None}
    Session.objects.filter(key=session.key).update(data=session.data)


def start_phone(
    *,
    account: Account,
    unit_id: int,
    device: str,
    by: Actor,
    at: datetime,
    strong: bool = False,
) -> Started:
    """Begin the own session of a phone. Two live at most: of more, the one used longest ago ends.

    Its only caller, `org.actions.phones`, asks who may. strong: both proofs were shown just now.
    """
    token = token_for(account.pk)
    session = Session(
        key=key_of_phone(token=token),
        public_id=lot.uuid(),
        account_id=account.pk,
        phone_id=account.phone_id,
        data={},
        device=device,
        origin=by.origin,
        created_at=at,
        seen_at=at,
        ends_at=at + PHONE_LIVES,
        strong_at=at if strong else None,
    )
    with system("a phone of the field"):
        Account.objects.select_for_update().get(pk=account.pk)  # two codes at once are no third phone
        mine = [one for one in of_account(account_id=account.pk, at=at) if one.is_phone]
        _end([one.key for one in mine[MOST_PHONES - 1 :]], at=at)
        session.save(force_insert=True)
        FieldPhone.objects.create(
            id=session.public_id,
            account_id=account.pk,
            unit_id=unit_id,
            device=device,
            begun_at=at,
            ends_at=session.ends_at,
        )
        subject = str(session.public_id)
        facts = {"both proofs": strong}
        audit.record(by=by, at=at, act="people.begin_phone", subject=subject, unit_id=unit_id, facts=facts)
    return Started(token, session)


def strengthen_phone(*, token: str, account_id: int, at: datetime) -> Started | None:
    """Both proofs were shown in this browser: its phone's session gets a new cookie, and opens more for 14 days.

    None where the cookie's session is over, or another account's.
    """
    with system("a phone of the field"):
        session = Session.objects.filter(key=key_of_phone(token=token), account_id=account_id).first()
        if session is None or not session.is_phone or not is_alive(session=session, at=at):
            return None
        fresh, old = token_for(account_id), session.key
        session.key, session.strong_at = key_of_phone(token=fresh), at
        Session.objects.filter(key=old).update(key=session.key, strong_at=at)
    return Started(fresh, session)


class SignedOutPhone(NamedTuple):
    """A phone whose session was ended before its time. public_id: of its session. holder: public id of the account.

    was_strong: both proofs had been shown on it in the 14 days before it ended.
    """

    public_id: UUID
    account_id: int
    holder: UUID
    ended_at: datetime
    was_strong: bool


def ended_phone(*, key: str, at: datetime) -> SignedOutPhone | None:
    """The phone of a session that was ended within 30 days: what it still sends is kept apart."""
    with system("a phone that was ended"):
        session = Session.objects.filter(key=key, ended_at__gt=at - PHONE_LIVES).first()
        if session is None or session.account_id is None or session.ended_at is None:
            return None
        holder = Account.objects.get(pk=session.account_id).public_id
    was_strong = session.strong_at is not None and session.strong_at + BOTH_PROOFS_LIVE > session.ended_at
    return SignedOutPhone(session.public_id, session.account_id, holder, session.ended_at, was_strong)


def end_phone(*, public_id: UUID, account_id: int, by: Actor, at: datetime) -> bool:
    """End the session of a phone. Returns True if it was alive. The caller asks who may: the owner, or who leads the
    unit."""
    with system("ending a phone"):
        sessions = Session.objects.filter(public_id=public_id, account_id=account_id, ended_at=None)
        if not _end(sessions.filter(key__startswith=Session.OF_PHONE).values_list("key", flat=True), at=at):
            return False
        FieldPhone.objects.filter(pk=public_id).update(ended_by=by.id)
        audit.record(by=by, at=at, act="people.end_phone", subject=str(public_id))
    return True


def end_browsers_phone(*, token: str, at: datetime) -> None:
    """End the session of a phone by its cookie: its holder signs out."""
    if key := key_of_phone(token=token):
        with system("signing out on a phone"):
            _end([key], at=at)


def _end(keys: Iterable[str], *, at: datetime) -> int:
    """End sessions that are not over. In a scope that sees them."""
    living = Session.objects.filter(key__in=list(keys), ended_at=None)
    phones = list(living.filter(key__startswith=Session.OF_PHONE).values_list("public_id", flat=True))
    FieldPhone.objects.filter(pk__in=phones, ended_at=None).update(ended_at=at)
    return living.update(ended_at=at)


def end_session(*, session: Session, at: datetime) -> None:
    """End one session: its cookie opens nothing from now on."""
    _end([session.key], at=at)
    session.ended_at = at


def end_account_session(*, account_id: int, public_id: UUID, at: datetime) -> bool:
    """End one of an account's sessions by its public id. Return True if there was one to end."""
    sessions = Session.objects.filter(account_id=account_id, public_id=public_id, ended_at=None)
    return bool(_end(sessions.values_list("key", flat=True), at=at))


def end_all_of_account(*, account_id: int, at: datetime, but: str = "") -> int:
    """End an account's sessions, but the one of the key `but`. Returns how many.

    For somebody else's account (an appointment ended) the caller opens a system scope.
    """
    living = Session.objects.filter(account_id=account_id, ended_at=None).exclude(key=but)
    return _end(living.values_list("key", flat=True), at=at)


def of_account(*, account_id: int, at: datetime) -> Sequence[Session]:
    """The living sessions of an account, last used first."""
    sessions = Session.objects.filter(account_id=account_id, ended_at=None, ends_at__gt=at).order_by(
        "-seen_at"
    )
    return [session for session in sessions if is_alive(session=session, at=at)]


def sweep_sessions(*, at: datetime) -> int:
    """Delete sessions that ended or ran out 30 days ago (their audit stays). As `jobs`, in a system scope."""
    gone, _ = Session.objects.filter(ends_at__lt=at - timedelta(days=30)).delete()
    return gone
