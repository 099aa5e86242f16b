"""The code of a card or certificate: 128 random bits and our seal, as forty letters and digits.

The seal is HMAC-SHA256 under the card key, its first 72 bits. It lets nobody make up a code. A refused code does not
reveal if it was altered, never issued, or revoked.
"""

import base64
import hmac
import re
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from abhiyan.core.keys import keyring

SEAL = 9  # bytes
PRINTED = re.compile(
    r"[a-z2-7]{40}"
)  # small letters: the QR code says them so, in byte mode, with its address


def document_code(ident: UUID) -> str:
    """The code of a document, by its id."""
    return base64.b32encode(ident.bytes + _seal(ident.bytes)).decode().lower()


def number_of_document(ident: UUID) -> str:
    """How a document is named to people: how its code begins."""
    return document_code(ident)[:8].upper()


def document_of_code(text: str) -> UUID | None:
    """The document a code means, letter by letter as it was printed; None for one we did not seal."""
    if not PRINTED.fullmatch(text):
        return None
    raw = base64.b32decode(text.upper())
    if not hmac.compare_digest(_seal(raw[:16]), raw[16:]):
        return None
    return UUID(bytes=raw[:16])


def address_of_document(ident: UUID) -> str:
    """Return the address where everybody can check the document: what its QR code says."""
    return str(settings.ORIGIN) + reverse("people:document_check", args=[document_code(ident)])


def _seal(ident: bytes) -> bytes:
    return hmac.digest(keyring().card, b"document" + ident, "sha256")[:SEAL]
