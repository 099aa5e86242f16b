"""Check who really sent a webhook: signatures where the provider has one, secret path and source address where not."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qsl, urlsplit

REPLAY_WINDOW_S = 300  # also how far a provider's clock may be off


def twilio_signature(url: str, params: Mapping[str, str], token: str) -> str:
    """X-Twilio-Signature of a form post: base64 HMAC-SHA1 over the URL and the sorted pairs (Twilio, "Security")."""
    text = url + "".join(key + params[key] for key in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def twilio_json(url: str, body: bytes, token: str) -> str:
    """X-Twilio-Signature of a JSON post: over the URL alone, whose bodySHA256 must be the body's; "" if it is not."""
    body_hash = dict(parse_qsl(urlsplit(url).query)).get("bodySHA256", "")
    return twilio_signature(url, {}, token) if equal(body_hash, hashlib.sha256(body).hexdigest()) else ""


def plivo_v3(url: str, params: Mapping[str, str], token: str, nonce: str) -> str:
    """Sign as X-Plivo-Signature-V3 of a form post: base64 HMAC-SHA256 over the URL, its parameters and the nonce. The
    URL has its sorted query. A dot and the sorted pairs of the form follow, where there are both, then a dot and the
    nonce. Source: Plivo, "Validating requests"."""
    parts = urlsplit(url)
    query = "&".join(
        f"{key}={value}" for key, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    text = f"{parts.scheme}://{parts.netloc}{parts.path}"
    text += f"?{query}" if query or params else ""
    text += "." if query and params else ""
    text += "".join(key + params[key] for key in sorted(params)) + f".{nonce}"
    return base64.b64encode(hmac.digest(token.encode(), text.encode(errors="replace"), "sha256")).decode()


def plivo_v2(url: str, token: str, nonce: str) -> str:
    """X-Plivo-Signature-V2: base64 HMAC-SHA256 over the URL without its query, and the nonce. It does not cover the
    body: only the secret in the address keeps others from writing their own."""
    text = urlsplit(url)._replace(query="", fragment="").geturl() + nonce
    return base64.b64encode(hmac.digest(token.encode(), text.encode(errors="replace"), "sha256")).decode()


def whatsapp_signature(body: bytes, app_secret: str) -> str:
    """X-Hub-Signature-256: "sha256=" and hexadecimal HMAC-SHA256 of the raw body under the app's secret (Meta)."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def generic_signature(at_s: int, kind: str, body: bytes, secret: str) -> str:
    """Our own: hexadecimal HMAC-SHA256 over "seconds.kind.body", sent as `X-Signature: t=seconds,v2=signature`.

    kind: call, sms or receipt, as in the address. So what was signed as a call is no SMS.
    """
    return hmac.new(secret.encode(), b"%d.%s." % (at_s, kind.encode()) + body, hashlib.sha256).hexdigest()


def generic_holds(header: str, kind: str, body: bytes, secret: str, at: datetime) -> bool:
    """Return True if an X-Signature header fits kind and body and is at most five minutes off."""
    pairs = _pairs(header)
    try:
        at_s = int(pairs.get("t", ""))
    except ValueError:
        return False
    if abs(int(at.timestamp()) - at_s) > REPLAY_WINDOW_S:  # as a float a long number would be too large
        return False
    return equal(generic_signature(at_s, kind, body, secret), pairs.get("v2", ""))


def is_first_version(header: str) -> bool:
    """Return True if a sender signs as it was once, without the kind."""
    pairs = _pairs(header)
    return "v1" in pairs and "v2" not in pairs


def _pairs(header: str) -> dict[str, str]:
    return dict(part.strip().partition("=")[::2] for part in header.split(",") if "=" in part)


def equal(one: str, other: str) -> bool:
    """Compare in constant time; other scripts' letters are no error, only unequal."""
    return hmac.compare_digest(one.encode(), other.encode())


def from_allowed(address: str, networks: Sequence[str] | Iterable[str]) -> bool:
    """Return True if a source address lies in one of the networks (CIDR). No networks named: none is allowed."""
    try:
        source = ip_address(address)
    except ValueError:
        return False
    return any(source in ip_network(network, strict=False) for network in networks)
