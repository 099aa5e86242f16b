"""Hold what a browser and the server remember of each other during one request, and what the answer's cookie
becomes."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from abhiyan.core import scope
from abhiyan.core.actor import Actor

from .actions import sessions
from .models import Session


class Visit:
    """The session behind a request, if there is one. Every change of power gets a new cookie."""

    def __init__(
        self, session: Session | None = None, *, device: str = "", origin: str = "", known: str = ""
    ) -> None:
        self.session, self.device, self.origin = session, device, origin
        self._known = known  # the cookie of a browser that proved phones before
        self.token: str | None = None  # the cookie to set
        self.is_over = False  # the cookie is to be taken away
        self.phone: sessions.Started | None = (
            None  # a phone's own session that began: its cookie is to be set
        )
        self.ended_phone: sessions.SignedOutPhone | None = (
            None  # of a phone whose session was ended, when it comes to send
        )
        self.about: int | None = None  # the programme (id) its page is about: so it names a contact

    def knows(self, phone_id: UUID) -> bool:
        """Return True if this browser has proven a phone before, also in a session that is over."""
        return sessions.is_known_browser(self._known, phone_id=phone_id)

    def known_cookie(self) -> str:
        """The cookie by which this browser is known from now on; "" where this request proved no phone."""
        started = self.phone.session if self.phone else self.session if self.token is not None else None
        if started is None or started.phone_id is None:
            return ""
        return sessions.known_with(self._known, phone_id=started.phone_id)

    @property
    def key(self) -> str:
        return self.session.key if self.session else ""

    @property
    def account_id(self) -> int | None:
        return self.session.account_id if self.session else None

    @property
    def phone_id(self) -> UUID | None:
        """The phone this browser has proven by a code."""
        return self.session.phone_id if self.session else None

    @property
    def is_strong(self) -> bool:
        """Return True if a passkey or TOTP was shown in this session."""
        return self.session is not None and self.session.strong_at is not None and not self.session.is_phone

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.session.data) if self.session else {}

    def need(self, at: datetime) -> Session:
        """The session, begun now if this visitor had none: only what must be remembered makes a cookie."""
        if self.session is None:
            self._take(sessions.start(device=self.device, origin=self.origin, at=at))
        assert self.session is not None
        return self.session

    def remember(self, at: datetime, **facts: Any) -> None:
        """Keep facts for the next request (None forgets one). Never a phone or a name in clear."""
        sessions.remember(session=self.need(at), **facts)

    def prove_phone(self, phone_id: UUID, at: datetime) -> None:
        """This browser's holder has shown that the phone is theirs: a citizen's own session begins."""
        self._renew(at, phone_id=phone_id, account_id=self.account_id, strong=self.is_strong)

    def sign_in(self, account_id: int, phone_id: UUID | None, at: datetime, *, strong: bool = False) -> None:
        """The session becomes an account's; strong when its second factor was shown too.

        phone_id: the phone that was proven; None after a code by e-mail, which proves none.
        """
        self._renew(at, phone_id=phone_id, account_id=account_id, strong=strong, data={})

    def end(self, at: datetime) -> None:
        """Sign out."""
        if self.session is not None:
            sessions.end_session(session=self.session, at=at)
        self.session, self.token, self.is_over = None, None, True

    def _renew(
        self,
        at: datetime,
        *,
        phone_id: UUID | None,
        account_id: int | None,
        strong: bool,
        data: dict[str, Any] | None = None,
    ) -> None:
        kept = self.facts if data is None else data
        if self.session is not None:
            sessions.end_session(session=self.session, at=at)
        self._take(
            sessions.start(
                device=self.device,
                origin=self.origin,
                at=at,
                account_id=account_id,
                phone_id=phone_id,
                strong=strong,
                data=kept,
            )
        )

    def _take(self, started: sessions.Started) -> None:
        self.session, self.token, self.is_over = started.session, started.token, False
        scope.widen(
            replace(
                scope.current(),
                session=started.session.key,
                account=started.session.account_id,
                phone=started.session.phone_id,
            )
        )


class VisitRequest(HttpRequest):
    """A request as our views get it: org.middleware.viewer has set these."""

    visit: Visit
    actor: Actor
