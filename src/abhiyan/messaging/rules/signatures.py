"""Who really sent a webhook: signatures where the provider has one, secret path and source address where not."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network

REPLAY_WINDOW_S = 300  # also how far a provider's clock may be off


def twilio(url: str, params: Mapping[str, str], token: str) -> str:
    """X-Twilio-Signature of a form post: base64 HMAC-SHA1 over the URL and the sorted pairs (Twilio, "Security")."""
    text = url + "".join(key + params[key] for key in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def generic(at_s: int, body: bytes, secret: str) -> str:
    """Our own: hexadecimal HMAC-SHA256 over "seconds.body", sent as `X-Signature: t=seconds,v1=signature`."""
    return hmac.new(secret.encode(), b"%d." % at_s + body, hashlib.sha256).hexdigest()


def generic_holds(header: str, body: bytes, secret: str, at: datetime) -> bool:
    """Whether an X-Signature header fits the body and is at most five minutes off."""
    pairs = dict(part.strip().partition("=")[::2] for part in header.split(",") if "=" in part)
    try:
        at_s = int(pairs.get("t", ""))
    except ValueError:
        return False
    if abs(int(at.timestamp()) - at_s) > REPLAY_WINDOW_S:  # as a float a long number would be too large
        return False
    return equal(generic(at_s, body, secret), pairs.get("v1", ""))


def equal(one: str, other: str) -> bool:
    """Compare in constant time; other scripts' letters are no error, only unequal."""
    return hmac.compare_digest(one.encode(), other.encode())


def from_allowed(address: str, networks: Sequence[str] | Iterable[str]) -> bool:
    """Whether a source address lies in one of the networks (CIDR). No networks named: none is allowed."""
    try:
        source = ip_address(address)
    except ValueError:
        return False
    return any(source in ip_network(network, strict=False) for network in networks)
