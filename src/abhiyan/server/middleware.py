"""Headers, language, the access table and refusals: what every answer has in common."""

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import address, languages
from abhiyan.core.access import WITHOUT_OFFICE
from abhiyan.core.printing import LettersMissing
from abhiyan.core.refusals import NotFound, Refused, TooLarge
from abhiyan.org.queries import NotYours, whom_to_ask
from abhiyan.org.viewer import Request
from abhiyan.pages import context
from abhiyan.pages.access import NOT_YOURS, addresses_by_name, missing_access
from abhiyan.people import actions as people
from abhiyan.ui import errors
from abhiyan.ui.acts import begin_saying
from abhiyan.units.queries import TreesMoved, TreesMoving

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]
LANGUAGE_COOKIE = "language"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
TOO_LARGE = "abhiyan.too_large"  # in a request's scope: how many bytes its path takes.
TOO_MUCH = "abhiyan.too_much"  # in a request's scope: the worker holds as much as it can.
MAY_SEND = "abhiyan.may_send"  # in a request's scope: a body is still to come, and asks whether it may
CSRF = "csrfmiddlewaretoken"
WAITS_S = 60  # until a file is sent again
PAGES = {403, 404, 413, 422, 429, 503}  # statuses that have a page of their own


def headers(get_response: Answer) -> Answer:
    """Put security headers on every answer, errors too. Pages made for somebody are kept by nobody."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def question(get_response: Answer) -> Answer:
    """Replace a NUL in an address by a space: PostgreSQL holds none, and no word or code has one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            request.path, request.path_info = (
                path.replace("\x00", " ") for path in (request.path, request.path_info)
            )
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace(
                "%00", "+"
            )  # dropped, %0%000 would close up to another
        return get_response(request)

    return middleware


def host(get_response: Answer) -> Answer:
    """Answer nothing under a name that is not ours.

    An operator who forgot to set it finds the remedy in the log.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            log.warning(
                "refused: a name this installation does not answer to; if people are to open it by that name, set "
                "ABHIYAN_ORIGIN to the address they type, or add the name to ABHIYAN_HOSTS, and start again",
                extra={"facts": {"host": request.META.get("HTTP_HOST", "")[:100]}},
            )
            with translation.override(chosen_language(request)):
                text = _("This website does not use the address you opened. Check the address.")
                return errors.error_page(None, 400, message=text)
        return get_response(request)

    return middleware


def short_address(get_response: Answer) -> Answer:
    """Lead the short address of links in SMS to the same page at our own address.

    It serves nothing itself, so cookies and forms belong to one name.
    """
    short = urlsplit(settings.SMS_ORIGIN).netloc

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SMS_ORIGIN == settings.ORIGIN or request.get_host() != short:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return errors.error_page(None, 404)
        return HttpResponseRedirect(settings.ORIGIN + request.get_full_path())

    return middleware


def chosen_language(request: HttpRequest) -> str:
    """Return the language chosen here, the account's, the browser's, else Hindi.

    An unreviewed language is only chosen here.
    """
    offered = context.page_languages(request)
    viewer = getattr(request, "viewer", None)
    for code in (request.COOKIES.get(LANGUAGE_COOKIE, ""), viewer.language if viewer else ""):
        if code in offered:
            return str(code)
    for part in request.META.get("HTTP_ACCEPT_LANGUAGE", "").split(",")[:10]:
        code = part.split(";", 1)[0].strip().split("-", 1)[0].lower()
        if code in offered and not languages.unreviewed_words(code):
            return str(code)
    return settings.LANGUAGE_CODE


def answer_in_language(get_response: Answer) -> Answer:
    """Give every answer in the language of its request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        code = chosen_language(request)
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


class TooMuch(Refused, status=503):
    message = gettext_lazy("Very many files are being sent at this moment. Send yours again in a minute.")


def size(get_response: Answer) -> Answer:
    """Answer for a body that was too large and never came (server.asgi): its sender reads how much may be sent,
    and goes back. The access table decides, without the body, if a large one may come at all
    (`AccessMiddleware`)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        scope = getattr(request, "scope", {})
        if scope.get(TOO_MUCH):
            return refusal(request, TooMuch(wait_s=WAITS_S))
        if (limit := scope.get(TOO_LARGE)) is not None:
            return refusal(request, TooLarge(mb=limit // 1024 // 1024))
        if scope.get(MAY_SEND):  # the proof of a form is in its body; nothing is done before it has come
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001  # Django's
        return get_response(request)

    return middleware


class SignedOut(NotYours, code="not_yours"):
    """Nobody's session, or one that does not reach as far: of a form, most often one that was open for too long."""

    message = gettext_lazy("You are not signed in here any more. Open the page again from the start.")


class AccessMiddleware:
    """Asks on every resolved address what its room declared; without a declaration no process starts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response, self.pages = get_response, addresses_by_name()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: Request, _view: object, _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        assert request.resolver_match is not None  # Django resolves before it asks
        opens = self.pages[request.resolver_match.view_name].opens
        is_demo = settings.DEMO and address.is_loopback(request)
        missing = missing_access(opens, request.viewer, request.visit, is_demo=is_demo)
        if not missing:
            asks = getattr(request, "scope", {}).get(MAY_SEND)
            return HttpResponse(status=204) if asks else None
        if missing == NOT_YOURS:
            return refusal(request, NotYours(capability=opens.any_of))
        return _on_one_code(request) if request.viewer.is_phone else _to(request, missing)


access = AccessMiddleware


def _to(request: Request, entrance: str) -> HttpResponseBase:
    """Lead to the page where what is missing can be shown; for machines and for sent forms, a plain refusal."""
    if wants_json(request) or request.method not in ("GET", "HEAD") or not entrance:
        return refusal(request, SignedOut())
    try:
        where = reverse(entrance)
    except NoReverseMatch:
        return refusal(request, SignedOut())
    if request.path != "/":
        where += "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


class BothProofsMissing(NotYours, code="not_yours"):
    """A phone that one code let in asks for a page that shows other people."""

    message = gettext_lazy("This page needs both proofs. You came in by one code, which opens your own work.")


def _on_one_code(request: Request) -> HttpResponseBase:
    """Say so where one code does not reach, with the way back and the way to show both proofs."""
    if wants_json(request) or request.method not in ("GET", "HEAD") or request.headers.get("HX-Request"):
        return refusal(request, BothProofsMissing())
    said = {"message": BothProofsMissing.message, "start": reverse("pages:field_start")}
    said["both"] = reverse("people:sign_in") + "?" + urlencode({"next": request.get_full_path()})
    return render(request, "pages/one_code.html", said, status=403)


def stopped_files(get_response: Answer) -> Answer:
    """Let no file leave for an account while the emergency stop is on, but where its page says why
    (`file_goes_on`).

    A file is each answer that a browser keeps or opens beside the pages. The refusal undoes what its view
    wrote, so an approval is not used up, and nobody counts as having read it.
    """
    declared = addresses_by_name()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        if not is_file(response) or match is None:
            return response
        page = declared[match.view_name]
        if page.opens.level in WITHOUT_OFFICE or page.file_goes_on:
            return response
        try:
            people.refuse_while_stopped()
        except people.DataStopped as stopped:
            response.close()
            return refusal(request, stopped)
        return response

    return middleware


def is_file(response: HttpResponseBase) -> bool:
    """Return True for an answer that is no page, no part of one, no JSON and no way on."""
    kind = response.headers.get("Content-Type", "text/html").partition(";")[0]
    return response.status_code < 300 and (
        "Content-Disposition" in response.headers or kind not in ("text/html", "application/json")
    )


class RefusalsMiddleware:
    """Turns a refusal that leaves a view into its answer, and undoes what the request had written."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return refusal(request, error) if isinstance(error, Refused) else None


refusals = RefusalsMiddleware


def begin_again(request: HttpRequest) -> HttpResponseBase:
    """Show the answer to a request that units moved beneath: nothing of it was done, and it may come again at once."""
    is_page = request.method in ("GET", "HEAD")
    with translation.override(chosen_language(request)):
        return refusal(request, TreesMoving(wait_s=2) if is_page else TreesMoved())


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Show a refusal as a page, a fragment for htmx, or JSON with the field it concerns."""
    begin_saying(request)
    text = _said(request, refused)  # asks the database, which it cannot past the next lines
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    status, wait_s = refused.status, refused.facts.get("wait_s")
    response: HttpResponse
    if wants_json(request):
        payload = {"code": refused.code, "message": text, "field": refused.field}
        response = JsonResponse(payload | ({"wait_s": wait_s} if wait_s else {}), status=status)
    elif request.headers.get("HX-Request"):
        response = render(request, "ui/_message.html", {"text": text, "kind": "bad"}, status=status)
    else:
        page = f"{status if status in PAGES else 422}.html"
        if isinstance(refused, LettersMissing):
            page = "ui/letters.html"
        is_plain = type(refused) is NotFound  # the page itself says it, and what to do
        response = render(
            request,
            page,
            {
                "message": "" if is_plain else text,
                "code": "" if is_plain or type(refused) is NotYours else refused.code,
                "wait_s": wait_s,
                "sent": _sent(request),
                "back": errors.page_sent_from(request) or (request.path if status == 413 else ""),
            },
            status=status,
        )
    if isinstance(wait_s, int):
        response["Retry-After"] = str(wait_s)
    return response


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a request, to send them once more."""
    sent = request.POST if request.method == "POST" else request.GET
    return [(name, value) for name, values in sent.lists() if name != CSRF for value in values]


def _said(request: HttpRequest, refused: Refused) -> str:
    """Say the refusal: who may do it and which office to ask; where an office is disputed, that it is."""
    viewer = getattr(request, "viewer", None)
    if type(refused) is not NotYours or viewer is None:
        return str(refused)
    code = translation.get_language() or "en"
    return " ".join(
        [
            str(refused),
            *([] if wants_json(request) or not refused.rights else [whom_to_ask(viewer, refused.rights)]),
            *(
                _(
                    "Your office is disputed: %(office)s, %(unit)s. Until it is decided you can read, but not act."
                )
                % {"office": appointment.office_name(code), "unit": appointment.unit_name(code)}
                for appointment in viewer.appointments
                if appointment.is_disputed
            ),
        ]
    )


def wants_json(request: HttpRequest) -> bool:
    """Return True for machines: below /api/, or asking for JSON and not for pages."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accept and "text/html" not in accept)
