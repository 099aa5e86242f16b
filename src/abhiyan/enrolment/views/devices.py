"""Know the owner of a browser: nobody confirms by one in which others joined, or by which somebody else signs in."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from abhiyan.core.scope import system
from abhiyan.enrolment.queries import questions as queries
from abhiyan.messaging import queries as asked
from abhiyan.people.visit import VisitRequest

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
