"""Our own sessions: a cookie of 32 random bytes and a mark, kept as a keyed digest; listed to their owner, revocable.

Three kinds live in one table: a visitor half way through a form or a code, a citizen whose phone is proven, and
an account that signed in. A session's row is in sight of its own cookie and of its account only.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from abhiyan.core import lot, sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import current, scoped
from abhiyan.people.models import Session

ACCOUNT_LIVES = timedelta(hours=12)  # then both proofs are asked again
ACCOUNT_IDLES = timedelta(hours=2)
HALFWAY_LIVES = timedelta(minutes=30)  # an account whose second factor is still to come
VISITOR_LIVES = timedelta(hours=2)
VISITOR_IDLES = timedelta(minutes=45)
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
    nonce = lot.token(32)
    who = _letters(
        b"\0" * 6 if account_id is None else keyring().token_digest(f"session of {account_id}")[:6]
    )
    return nonce + who + _mark(nonce, who)


def whose(*, token: str) -> str | None:
    """Whose a cookie is, without a look at the database: the same for all cookies of an account; "" of a visitor's.

    None: we never made it, or it has no mark. It may have ended since, so it opens nothing.
    """
    nonce, who, mark = token[:-_SIGNED], token[-_SIGNED:-_MARK], token[-_MARK:]
    if not key_of(token=token) or len(token) <= _SIGNED:
        return None
    if not hmac.compare_digest(mark, _mark(nonce, who)):
        return None
    return "" if who == _NOBODY else who


def key_of(*, token: str) -> str:
    """The digest under which a cookie's session is kept; "" for what cannot be one of ours."""
    if not 40 <= len(token) <= 64 or not token.isascii():
        return ""
    return keyring().token_digest("session " + token).hex()


def is_alive(*, session: Session, at: datetime) -> bool:
    """Neither ended, nor over its term, nor left idle too long."""
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
        key=key_of(token=token),
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


def find(*, token: str, at: datetime) -> Session | None:
    """The living session of a cookie. The scope must name its key (`Scope(session=key_of(token))`)."""
    session = Session.objects.filter(key=key_of(token=token)).first()
    return session if session is not None and is_alive(session=session, at=at) else None


def touch(*, session: Session, at: datetime) -> None:
    """Note that the session is in use, at most once a minute.

    Its row stays locked until the page is made: whoever opens another one meanwhile leaves it to the first.
    """
    if at - session.seen_at >= TOUCH_EVERY:
        sql.run(_TOUCH, {"key": session.key, "at": at})
        session.seen_at = at


def remember(*, session: Session, **facts: Any) -> None:
    """Keep facts for the next request of this session; None forgets one. Never a phone or a name in clear."""
    session.data = {key: value for key, value in (session.data | facts).items() if value is not None}
    Session.objects.filter(key=session.key).update(data=session.data)


def end(*, session: Session, at: datetime) -> None:
    """End one session: its cookie opens nothing from now on."""
    Session.objects.filter(key=session.key, ended_at=None).update(ended_at=at)
    session.ended_at = at


def end_of_account(*, account_id: int, public_id: UUID, at: datetime) -> bool:
    """End one of an account's sessions by its public id. Whether there was one to end."""
    return bool(
        Session.objects.filter(account_id=account_id, public_id=public_id, ended_at=None).update(ended_at=at)
    )


def end_all_of_account(*, account_id: int, at: datetime, but: str = "") -> int:
    """End an account's sessions, but the one of the key `but`. How many.

    For somebody else's account (an appointment ended) the caller opens a system scope.
    """
    living = Session.objects.filter(account_id=account_id, ended_at=None).exclude(key=but)
    return living.update(ended_at=at)


def of_account(*, account_id: int, at: datetime) -> Sequence[Session]:
    """The living sessions of an account, last used first."""
    found = Session.objects.filter(account_id=account_id, ended_at=None, ends_at__gt=at).order_by("-seen_at")
    return [session for session in found if is_alive(session=session, at=at)]


def sweep(*, at: datetime) -> int:
    """Delete sessions that ended or ran out 30 days ago (their audit stays). As `jobs`, in a system scope."""
    gone, _ = Session.objects.filter(ends_at__lt=at - timedelta(days=30)).delete()
    return gone
