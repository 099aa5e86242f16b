"""The personal link a call is answered with. Derived from what waits, so that it needs no second place to be kept."""

import base64
import hmac

from abhiyan.enrolment.actions.claim_keys import keys


def link_secret(waiting_id: bytes) -> str:
    """Return the secret of a waiting claim's link: sixteen letters and digits, lower case."""
    made = hmac.digest(keys().token, b"link|" + waiting_id, "sha256")[:10]
    return base64.b32encode(made).decode().lower()


def link_digest(link: str) -> bytes:
    """Return what is stored of a link."""
    return hmac.digest(keys().token, b"opened|" + link.strip().lower().encode(errors="replace"), "sha256")
