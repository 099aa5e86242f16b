"""One transaction per request, in the viewer's scope; who looks, and who acts, on the request."""

import hashlib
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from abhiyan.core import address, apart, clock, onward
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, current, is_out_of_date, scoped, widen
from abhiyan.people.actions import field, sessions
from abhiyan.people.visit import Visit, VisitRequest
from abhiyan.ui import bearers
from abhiyan.ui.acts import begin_saying, say_after_commit
from abhiyan.ui.records import WHO
from abhiyan.units import queries as units

from . import queries
from .viewer import NOBODY, Viewer

Answer = Callable[[HttpRequest], HttpResponseBase]
KEPT_IN_MEMORY = 1024 * 1024
PART = 64 * 1024
LONGEST_REASON = 300  # a little more than its form takes, so that the page says what is wrong
LOOK_FOLLOWS = timedelta(minutes=2)  # until a reason is forgotten


class ViewerMiddleware:
    """Opens the request's transaction, reads session and viewer by one query, and sets the scope.

    Rendering happens inside; what an answer streams is written out before the transaction ends, for afterwards
    nothing would be in sight. Whatever goes wrong rolls everything back, the cookie included. `say_after_commit`
    speaks last.

    Slow work comes first (`core.apart`): then the answer is made again, once no transaction waits for it.

    Positions are good for the trees they were read from. When units moved meanwhile, the answer is thrown away.
    A page is made once more from the beginning. The sender of a form is asked to send it again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.UNSCOPED_PATHS):  # they must answer while the database does not
            request.visit = self._visit(request)  # type: ignore[attr-defined]  # people.visit.VisitRequest has it
            self._set(request, NOBODY)
            return self.get_response(request)
        tries = 2 if request.method in ("GET", "HEAD") else 1
        with apart.answering():
            while tries:
                response = self._answer(request)
                if isinstance(response, apart.Undone):
                    response.do()
                elif response is not None:
                    return response
                else:
                    tries -= 1
        begin_again: Answer = import_string(settings.TREES_MOVED)
        return begin_again(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """One transaction's answer; None, with everything rolled back, when units moved meanwhile."""
        begin_saying(request)
        visit = self._visit(request)
        request.visit = visit  # type: ignore[attr-defined]  # people.visit.VisitRequest has it
        at = clock.now()
        key = sessions.session_digest(token=request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
        with scoped(Scope(session=key)):
            viewer = NOBODY
            if key:
                visit.session, viewer = queries.visit_of(key, on=clock.day_in(settings.TIME_ZONE, at), at=at)
                widen(viewer.scope)
                if visit.session is not None:
                    sessions.touch(session=visit.session, at=at)
            if not viewer.is_strong and request.path.startswith(sessions.FIELD):
                viewer = _by_phone(request, visit, viewer, at)
            self._set(request, viewer)
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                kept = KeptStream(iter(response))
                # A server that speaks ASGI would take all of a plain iterator into memory at once.
                response.streaming_content = kept if isinstance(request, ASGIRequest) else kept.parts()
            if response.status_code >= 500:  # apart.Undone among them
                transaction.set_rollback(True)
            is_old = not connection.needs_rollback and _is_out_of_date(viewer)
            if is_old:
                transaction.set_rollback(True)
            undone = connection.needs_rollback
        if is_old or (undone and _was_out_of_date(viewer)):
            response.close()
            return None
        if not undone:
            _set_cookie(response, visit)
            say_after_commit(request)
        if request.path.startswith(sessions.FIELD):
            is_in = viewer.is_strong or viewer.is_phone
            response.headers[WHO] = str(viewer.public_id) if is_in and not visit.is_over else ""
        return response

    @staticmethod
    def _visit(request: HttpRequest) -> Visit:
        network = address.network_of(address.client(request))
        return Visit(
            device=address.device(request.META.get("HTTP_USER_AGENT", "")),
            origin=network,
            known=request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""),
        )

    def process_exception(
        self,
        request: HttpRequest,  # noqa: ARG002  # Django's shape
        error: Exception,
    ) -> HttpResponseBase | None:
        transaction.set_rollback(True)
        return apart.Undone(error) if isinstance(error, apart.WorkFirst) else None

    @staticmethod
    def _set(request: HttpRequest, viewer: Viewer) -> None:
        request.viewer = viewer  # type: ignore[attr-defined]  # org.viewer.Request has it
        request.actor = request_actor(viewer, request.visit)  # type: ignore[attr-defined]  # people.visit.VisitRequest has it


viewer = ViewerMiddleware


def _by_phone(request: HttpRequest, visit: Visit, otherwise: Viewer, at: datetime) -> Viewer:
    """The viewer of a phone's own session, which counts below /field/ alone; without one, `otherwise`."""
    key = sessions.key_of_phone(token=request.COOKIES.get(settings.PHONE_COOKIE_NAME, ""))
    if not key:
        return otherwise
    before = current()
    widen(Scope(session=key))
    session, found = queries.visit_of(key, on=clock.day_in(settings.TIME_ZONE, at), at=at)
    if session is None:
        visit.ended_phone = sessions.ended_phone(key=key, at=at)
        widen(before)
        return otherwise
    visit.session = session
    widen(found.scope)
    sessions.touch(session=session, at=at)
    return found


class OnceMiddleware:
    """The same form of an account is done once. Sent again, it gets the answer that it got first.

    Each page brings its forms a key against forgery, drawn for that page alone. So one account, address, key and
    content are one press: a reload, a second press, a retry after a lost answer. A form without a key, sent by hand, is
    the same press all day, but only as far as it sets something going for many. A press counts once it was answered
    with the way to another page; what was refused may be sent again. The second waits for the first.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with onward.watched() as going:
            request.pressed = FormPress(going, clock.now())  # type: ignore[attr-defined]  # of this class alone
            response = self.get_response(request)
        press: FormPress = request.pressed  # type: ignore[attr-defined]  # as above
        if press.key is None or going.is_repeat or connection.needs_rollback:
            return response
        by = request.actor  # type: ignore[attr-defined]  # people.visit.VisitRequest has it
        if response.status_code == 302 and (going.is_set_going or _key_against_forgery(request)):
            answer = {"href": response.headers["Location"]}
            field.keep_form_answer(key=press.key, answer=answer, by=by, at=press.at)
        return response

    def process_view(
        self, request: HttpRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        by = request.actor  # type: ignore[attr-defined]  # people.visit.VisitRequest has it
        if request.method != "POST" or by.account_id is None or getattr(view, "csrf_exempt", False):
            return None
        press: FormPress = request.pressed  # type: ignore[attr-defined]  # as above
        press.key = press_of(request, clock.day_in(settings.TIME_ZONE, press.at))
        there = field.form_answer(key=press.key, by=by)
        press.href = there["href"] if there else ""
        press.going.is_repeat = there is not None
        return press.answer(request) if there and _key_against_forgery(request) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if not isinstance(error, onward.SetGoingBefore):
            return None
        press: FormPress = request.pressed  # type: ignore[attr-defined]  # as above
        transaction.set_rollback(True)
        return press.answer(request)


@dataclass(slots=True)
class FormPress:
    """A form that was sent: the key of its receipt, and where the first of its kind led."""

    going: onward.Onward
    at: datetime
    key: UUID | None = None
    href: str = ""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """To where the first one led, with a word on it."""
        messages.info(request, _("This was sent before, and done once. To do it again, use this page."))
        return redirect(self.href)


once = OnceMiddleware


def _key_against_forgery(request: HttpRequest) -> str:
    return request.POST.get("csrfmiddlewaretoken", "")


def press_of(request: HttpRequest, today: date) -> UUID:
    """The id of what is sent: its address, fields and files; without a key of its page also the day."""
    hasher = hashlib.sha256()
    parts = [request.get_full_path(), "" if _key_against_forgery(request) else today.isoformat()]
    parts += [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    for part in parts:
        hasher.update(b"%d|" % len(part) + part.encode("utf-8", "surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        for upload in files:
            hasher.update(f"|{name}|{upload.size}|".encode("utf-8", "surrogatepass"))
            for chunk in upload.chunks():
                hasher.update(chunk)
            upload.seek(0)
    return UUID(bytes=hasher.digest()[:16])


class NamesReasonMiddleware:
    """A reason for names (`ui.bearers`) may be sent to any page. It is kept for one look at that page, which follows.

    Nothing else of such a form is done. This middleware comes after the one that refuses a forged form.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: VisitRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        if request.method == "GET":
            _recall_reason(request, clock.now())
        is_exempt = getattr(view, "csrf_exempt", False)  # reads its body itself
        if request.method != "POST" or is_exempt:
            return None
        return _keep_reason(request, clock.now()) if bearers.REASON in request.POST else None


names_reason = NamesReasonMiddleware


def _keep_reason(request: VisitRequest, at: datetime) -> HttpResponseBase:
    """To the page again, which may show the names once. An address may have a name in it, so both are sealed."""
    page, visit = request.get_full_path(), request.visit
    if visit.session is not None:
        clear = json.dumps([page, request.POST[bearers.REASON][:LONGEST_REASON]]).encode()
        sealed = keyring().seal(clear, about=bearers.REASON.encode()).hex()
        visit.remember(at, **{bearers.REASON: [(at + LOOK_FOLLOWS).timestamp(), sealed]})
    answer = redirect(page)
    answer.status_code = 303  # `once` keeps no receipt of it: the names may be asked for again
    return answer


def _recall_reason(request: VisitRequest, at: datetime) -> None:
    """A reason that was sent to this page counts for this look, and no longer."""
    visit = request.visit
    if bearers.REASON in visit.facts:
        until, sealed = visit.facts[bearers.REASON]
        page, reason = json.loads(keyring().unseal(bytes.fromhex(sealed), about=bearers.REASON.encode()))
        is_this, is_late = page == request.get_full_path(), until < at.timestamp()
        if is_this or is_late:
            visit.remember(at, **{bearers.REASON: None})
        if is_this and not is_late:
            request.__dict__[bearers.REASON] = reason


def _is_out_of_date(viewer: Viewer) -> bool:
    """Return True if the trees differ from those the viewer's positions were read from."""
    return viewer.scope.trees is not None and is_out_of_date(viewer.scope, units.trees_version())


def _was_out_of_date(viewer: Viewer) -> bool:
    """The same after a rollback. If the database itself failed, the answer already says so."""
    try:
        return _is_out_of_date(viewer)
    except DatabaseError:
        return False


def request_actor(viewer: Viewer, visit: Visit) -> Actor:
    """Return the actor of this request. Without a second factor nobody acts as a person: `require` refuses them."""
    device = str(visit.session.public_id) if visit.session else ""
    if viewer.public_id is not None:
        return Actor(
            kind="person" if viewer.is_strong else "phone" if viewer.is_phone else "public",
            id=viewer.public_id,
            account_id=viewer.account_id,
            device=device,
            origin=visit.origin,
        )
    if visit.session is not None and visit.phone_id is not None:
        return Actor(kind="citizen", id=visit.session.public_id, device=device, origin=visit.origin)
    return Actor.public(device=device, origin=visit.origin)


def _set_cookie(response: HttpResponseBase, visit: Visit) -> None:
    name = settings.SESSION_COOKIE_NAME
    if cookie := visit.known_cookie():
        response.set_cookie(
            settings.KNOWN_COOKIE_NAME,
            cookie,
            max_age=sessions.KNOWN_LASTS,
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    if visit.token is not None and visit.session is not None:
        lives: timedelta = visit.session.ends_at - visit.session.created_at
        response.set_cookie(
            name,
            visit.token,
            max_age=lives,
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif visit.is_over:
        response.delete_cookie(name, path="/", samesite="Lax")
        response.delete_cookie(settings.PHONE_COOKIE_NAME, path="/", samesite="Strict")
    if visit.phone is not None:
        response.set_cookie(
            settings.PHONE_COOKIE_NAME,
            visit.phone.token,
            max_age=visit.phone.session.ends_at - visit.phone.session.created_at,
            path="/",  # as the name __Host- wants it, so that no other host of this domain sets one
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


class KeptStream:
    """The whole of a stream, read now into memory or a file without a name, given out later to server or test."""

    def __init__(self, content: Iterator[bytes]) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  # the answer closes it
        for part in content:
            self._file.write(part)
        self._file.seek(0)

    def parts(self) -> Iterator[bytes]:
        """As WSGI's kind of request takes it."""
        with self._file:
            while part := self._file.read(PART):
                yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # Read where it is sent: a part is in memory, or in a file just written.
        for part in self.parts():
            yield part

    def close(self) -> None:
        """Close the file: it is sent, or the reader has gone."""
        self._file.close()
