"""Time-based one-time passwords: RFC 6238 with SHA-1, 30 seconds and 6 digits, as every authenticator app reads."""

import hmac
import struct
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD_S = 30
DIGITS = 6
SECRET_BYTES = 20
DRIFT = 1  # steps before and after: phones' clocks are a little off


def step_at(at: datetime) -> int:
    """The number of the 30-second step an instant lies in."""
    return int(at.timestamp()) // PERIOD_S


def totp_code(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, dynamic truncation)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def totp_step(secret: bytes, code: str, at: datetime) -> int | None:
    """The step a code belongs to, of those near `at`; None when it belongs to none."""
    now = step_at(at)
    step_found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp_code(secret, step).encode(), code.encode("utf-8", "replace")):
            step_found = step
    return step_found


def otpauth_address(secret: bytes, *, issuer: str, account: str) -> str:
    """The otpauth:// address an authenticator app reads from a QR code."""
    query = urlencode({"secret": secret_for_typing(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{query}"


def secret_for_typing(secret: bytes) -> str:
    """A secret for typing: base 32 without padding."""
    return b32encode(secret).decode().rstrip("=")
