"""The browser of somebody who joins or shows who they are: whose it is, their code, and what they typed."""

import base64
import hmac
import json
import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.fields import SmsCodeForm
from abhiyan.enrolment.queries import questions as queries
from abhiyan.messaging import queries as asked
from abhiyan.people import actions as people
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import Tried, tried

# A cookie: marks of the phones that joined in this browser.
ENTERED = "entered"
ENTERED_LASTS = timedelta(days=60)
MOST_ENTERED = 8


def is_of_others(request: VisitRequest, phone_id: UUID) -> bool:
    """Return True if others act by this browser: an account of another phone, or another phone that joined."""
    with system("whose browser this is"):
        signed_in = queries.phone_of_account(request.visit.account_id)
    if signed_in is not None and signed_in != phone_id:
        return True
    return any(mark != _mark(phone_id) for mark in _entered(request))


def note_joined_browser(request: HttpRequest, response: HttpResponse, phone_id: UUID) -> HttpResponse:
    """Keep in this browser that a phone has joined here. Nothing of it can be read back from the mark."""
    marks = [mark for mark in _entered(request) if mark != _mark(phone_id)]
    response.set_cookie(
        ENTERED,
        signing.dumps([*marks, _mark(phone_id)][-MOST_ENTERED:], salt=ENTERED),
        max_age=ENTERED_LASTS,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _entered(request: HttpRequest) -> list[str]:
    try:
        parts: list[str] = signing.loads(
            request.COOKIES.get(ENTERED, ""), salt=ENTERED, max_age=ENTERED_LASTS
        )
    except signing.BadSignature:
        return []
    return parts


def _mark(phone_id: UUID) -> str:
    """Return a phone, as its browser keeps it: a keyed digest of its id."""
    return asked.question_digest(f"entered|{phone_id}").hex()[:12]


def proven_phone(
    request: VisitRequest, form: SmsCodeForm, asked: dict[str, Any], *, purpose: str, at: datetime
) -> Tried[UUID]:
    """Return the phone whose code was typed into the form. asked: what the session remembers of the question."""
    return tried(
        request,
        form,
        lambda given: people.check_code(
            request_id=UUID(asked["request"]),
            purpose=purpose,
            phone=UUID(asked["phone"]),
            session=request.visit.key,
            code=given["code"],
            network=request.visit.origin,
            at=at,
        ),
    )


ABOUT = b"draft"


def seal_draft(request: VisitRequest, typed: dict[str, Any]) -> str:
    """Return typed values as text for the session. The visit must have a session."""
    nonce = os.urandom(12)
    clear = json.dumps(typed, ensure_ascii=False).encode()
    return base64.b64encode(nonce + AESGCM(_key(request)).encrypt(nonce, clear, ABOUT)).decode()


def unseal(request: VisitRequest, sealed: str) -> dict[str, Any]:
    """Return what was typed; nothing when another browser sealed it."""
    try:
        raw = base64.b64decode(sealed)
        typed: dict[str, Any] = json.loads(AESGCM(_key(request)).decrypt(raw[:12], raw[12:], ABOUT))
    except (ValueError, InvalidTag):
        return {}
    return typed


def _key(request: VisitRequest) -> bytes:
    token = request.visit.token or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return hmac.digest(keyring().token, b"draft|" + token.encode(errors="replace"), "sha256")
