"""The member's card: what its code says, and the page it leads to. No phone and no name stands in it."""

import base64
import binascii
import hmac
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from abhiyan.core import clock, limits
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.rules.number import member_number
from abhiyan.people.visit import Request

SEAL = 9  # bytes: 72 bits nobody guesses
PER_NETWORK = ("card.network", 1_000, 3600)


def token(public_id: UUID) -> str:
    """The membership's public id under the card key: 40 letters and digits."""
    return base64.b32encode(public_id.bytes + _seal(public_id)).decode().lower()


def address(public_id: UUID) -> str:
    return str(settings.ORIGIN) + reverse("enrolment:card_check", args=[token(public_id)])


def picture(text: str) -> SafeString:
    """A QR code, dark on light whatever the page's colours: phones cannot read it otherwise."""
    made = segno.make(text, error="m", micro=False)
    return mark_safe(made.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr"))  # noqa: S308  # of numbers only


@require_GET
def card_check(request: Request, sealed: str) -> HttpResponseBase:
    """Whether a card is genuine, and whether its membership still runs. Nothing about the person."""
    name, allowed, window_s = PER_NETWORK
    at = clock.now()
    limits.take(limit=name, subject=request.visit.origin, at=at, allowed=allowed, window_s=window_s)
    public_id = _opened(sealed)
    member = None
    if public_id is not None:
        with system("a card is checked"):
            member = queries_people.member_or_none(public_id)
    response = render(
        request,
        "enrolment/card_check.html",
        {"member": member, "number": member_number(member.public_id) if member else "", "at": at},
        status=200 if member else 404,
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _opened(sealed: str) -> UUID | None:
    try:
        raw = base64.b32decode(sealed.upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + SEAL:
        return None
    public_id = UUID(bytes=raw[:16])
    return public_id if hmac.compare_digest(_seal(public_id), raw[16:]) else None


def _seal(public_id: UUID) -> bytes:
    return hmac.digest(keyring().card, public_id.bytes, "sha256")[:SEAL]
