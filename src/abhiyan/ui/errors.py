"""Pages that say what went wrong, in the person's language, and what to do now.

They stand alone: no database, no session, no htmx. Django's own handlers find 400, 403 and 404 by name, and
`server_error` by the root addresses; `error_page` gives any of them from a view or a middleware.
"""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from .acts import begin_saying

STATUSES = (400, 403, 404, 413, 422, 429, 500, 503)


def error_page(
    request: HttpRequest | None, status: int, *, message: str = "", code: str = "", wait_s: int | None = None
) -> HttpResponse:
    """The page for one status (one of STATUSES; another gets the page of its hundred).

    message: what was refused, already translated; it replaces the general text. code: for the person who is asked for
    help. wait_s: seconds until trying again makes sense, also sent as Retry-After.
    """
    if status not in STATUSES:
        status_page = 500 if status >= 500 else 400
    else:
        status_page = status
    context = {"message": message, "code": code, "wait_s": wait_s, "status": status}
    if request is not None:
        context["back"] = page_sent_from(request)
    response = HttpResponse(render_to_string(f"{status_page}.html", context, request), status=status)
    response["Cache-Control"] = "no-store"
    if wait_s is not None:
        response["Retry-After"] = str(max(1, wait_s))
    return response


def page_sent_from(request: HttpRequest) -> str:
    """The page of ours that a form was sent from. Empty where nothing was sent, or where nobody can say."""
    sent_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(sent_from, {request.get_host()})
    return sent_from if is_ours and request.method not in ("GET", "HEAD") else ""


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an error nobody caught. While the database is away: 503, and come back in a few seconds."""
    begin_saying(request)
    if isinstance(sys.exc_info()[1], OperationalError):
        return error_page(request, 503, wait_s=5)
    return error_page(request, 500)
