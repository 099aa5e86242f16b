"""Keep what somebody has typed and not yet sent off: with their session, readable with their cookie only.

The key is made from the cookie itself, and the server keeps only its digest; so neither the database nor the
master key opens a form whose code was never typed. It goes when it has served, and with the session.
"""

import base64
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from abhiyan.core.keys import keyring
from abhiyan.people.visit import VisitRequest

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
