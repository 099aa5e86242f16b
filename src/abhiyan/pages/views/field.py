"""The phone in the field: its start and its outbox, the copies it keeps, and the one door by which records arrive."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_safe

from abhiyan.core import clock, environment, rooms
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, Refused, RefusedWords, or_refuse
from abhiyan.core.scope import system
from abhiyan.org.queries import NotYours
from abhiyan.org.queries.phones import newer_phone
from abhiyan.org.viewer import Request
from abhiyan.pages.access import addresses_by_name, missing_access
from abhiyan.people.actions import field
from abhiyan.people.models_field import FieldPhone
from abhiyan.ui import assets
from abhiyan.ui.files import sent_bytes
from abhiyan.ui.forms import where_to_ask
from abhiyan.ui.posts import post_only
from abhiyan.ui.records import (
    KEPT,
    PROMPT,
    TILES,
    FieldTile,
    KeptPage,
    RecordKind,
    RecordSent,
    RecordShown,
    RecordTaken,
    RecordUnfit,
    do_record_act,
)

from .signed_out import as_sender

HEADER = "X-Abhiyan-Field"  # a page of another site cannot set it: this replaces the key against forgery
MOST_PICTURES = 10  # of one record.
OLDEST_S = 60 * 86_400  # what a phone's clock may say a record lay there.
LONGEST_FORM = 60_000  # letters.
ICONS = {  # drawn from ui/mark.svg
    "mark.svg": {"sizes": "any", "type": "image/svg+xml"},
    "mark-192.png": {"sizes": "192x192", "type": "image/png"},
    "mark-512.png": {"sizes": "512x512", "type": "image/png"},
    "mark-safe.png": {"sizes": "512x512", "type": "image/png", "purpose": "maskable"},
}


@require_GET
def field_start(request: Request) -> HttpResponseBase:
    """Show the start of the field pages: a tile for each part of one's own work. Each opens without a network."""
    context = {
        "tiles": [tile for tile in _tiles(request) if tile.pages],
        "is_copy": KEPT in request.headers,
        "place": request.viewer.home and request.viewer.home.unit_name(),
        "newer": _newer_phone(request),
    }
    return render(request, "pages/field_start.html", context)


@require_GET
def field_list(request: Request, tile: str) -> HttpResponseBase:
    """Show the pages behind a tile of the start. NotFound for a tile that is not in `TILES`."""
    work_tile = next((one for one in _tiles(request) if one.code == tile), None)
    return render(request, "pages/field_list.html", {"tile": or_refuse(work_tile)})


def _newer_phone(request: Request) -> FieldPhone | None:
    """Return a phone that came after this one. The page warns its holder, as it may be a thief's."""
    session, account_id = request.visit.session, request.viewer.account_id
    if session is None or not session.is_phone or account_id is None or KEPT in request.headers:
        return None
    return newer_phone(account_id, than=session.public_id, at=clock.now())


def made_on(request: HttpRequest) -> dict[str, str]:
    """Return the day of a field page, and whether it is a copy. A phone may open a copy on a later day
    (ui/days.js)."""
    day = clock.today(settings.TIME_ZONE).isoformat()
    return {"day": day, "copy": "1" if KEPT in request.headers else ""}


@require_GET
def field_outbox(request: Request) -> HttpResponseBase:
    """Show the outbox of this phone, also of one that was signed out. The page's script fills it in."""
    ended = request.visit.ended_phone is not None
    door = reverse("org:phone_sign_in" if ended or request.viewer.is_phone else "people:sign_in")
    months = "|".join(date_format(date(2000, month, 1), "M") for month in range(1, 13))
    context = {"is_ended": ended, "door": f"{door}?next={request.path}", "months": months}
    return render(request, "pages/field_outbox.html", context)


@require_GET
def field_keep(request: Request) -> HttpResponseBase:
    """Name the pages that a phone copies for its reader."""
    own_paths = [reverse(f"pages:field_{name}") for name in ("start", "outbox")]
    tiles = _tiles(request)
    own_paths += [tile.href for tile in tiles if tile.pages]
    return JsonResponse(
        {"pages": list(dict.fromkeys([*own_paths, *(page.address for tile in tiles for page in tile.kept)]))}
    )


@require_safe
def field_worker(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  # a view
    """Send the script that gives copies out.

    It is the same from release to release until it is changed itself. While a worker takes the place of another, a
    browser may lose the page that is asked for (seen in Chromium 156). So that is as rare as can be.
    """
    name = "pages/worker.js" if environment.OFFLINE() else "pages/worker_off.js"
    text = assets.asset_paths()[name].read_text()
    return HttpResponse(text, "text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def field_manifest(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  # a view
    """Describe the field pages as an app, for a phone's home screen."""
    name = settings.ORGANISATION or str(_("In the field"))
    manifest = {
        "name": name,
        "short_name": name[:12],
        "id": "/field/",
        "start_url": reverse("pages:field_start"),
        "scope": "/field/",
        "display": "standalone",
        "lang": translation.get_language(),
        "theme_color": settings.ACCENT,
        "background_color": settings.ACCENT,
        "icons": [{"src": static(f"ui/{icon}"), **more} for icon, more in ICONS.items()],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@dataclass(frozen=True, slots=True)
class WorkTile:
    """A tile of the start with the pages of its work that a phone keeps."""

    code: str
    of: FieldTile
    kept: Sequence[KeptPage]

    @property
    def pages(self) -> list[KeptPage]:
        """Return the pages that its list names."""
        return [page for page in self.kept if page.is_listed]

    @property
    def n(self) -> int:
        return sum(page.n for page in self.pages)

    @property
    def href(self) -> str:
        """Return the address of the list, or of the one page that it would name."""
        pages = self.pages
        return pages[0].address if len(pages) == 1 else reverse("pages:field_list", args=[self.code])


def _tiles(request: Request) -> list[WorkTile]:
    """Return one's own work in every room, by tile."""
    at = clock.now()
    kept: dict[str, list[KeptPage]] = {code: [] for code in TILES}
    for kind in record_kinds().values():
        if kind.tile:
            pages = kind.keep(request.viewer, at)
            kept[kind.tile] += [page for page in pages if _opens(request, page.address)]
    return [WorkTile(code, TILES[code], pages) for code, pages in kept.items()]


class NotFromField(Refused, status=403):
    message = _("Only the field pages send to this address.")


class OtherSender(Refused, status=409):
    """A record goes under the account that made it, even if somebody else has the phone now."""

    message = _("Another person made this record on this phone. It is sent when they sign in.")


class NotTheirsThen(Refused, status=409):
    """A phone sent, after it was signed out, what is outside the work that its holder had at that moment."""

    message = _("When this phone was signed out, its holder could not send this any more. It is not taken.")


class FieldSendForm(forms.Form):
    """One record, or one picture of it.

    The browser says as it is what the record's form holds, and the address of its page.
    """

    key = forms.UUIDField()
    by = forms.UUIDField()
    n = forms.IntegerField(required=False, min_value=1, max_value=999)
    picture = forms.FileField(required=False, allow_empty_file=True)
    record = forms.CharField(required=False, max_length=20)
    page = forms.CharField(required=False, max_length=500)
    form = forms.CharField(required=False, max_length=LONGEST_FORM, strip=False)
    pictures = forms.CharField(required=False, max_length=1_000)  # field=number, as in an address
    age = forms.FloatField(required=False)  # seconds


def record_kinds() -> dict[str, RecordKind]:
    """Return what phones may send, by code."""
    return {
        record_kind.code: record_kind
        for _room, module in rooms.modules("records")
        for record_kind in getattr(module, "RECORDS", ())
    }


@csrf_exempt
@post_only("doorstep:field")
def field_send(request: Request) -> HttpResponseBase:
    """Take one record or one picture, and answer in JSON. A known key gets its first answer.

    The receipt is written in the record's own transaction. A refusal writes none, so a record that was mended may come
    again under its key.
    """
    if request.headers.get(HEADER) != "1":
        raise NotFromField
    take = _sent if request.visit.ended_phone is None else _kept_apart
    try:
        return do_record_act(FieldSendForm(request.POST, request.FILES), lambda said: take(request, said))
    except RecordUnfit as refused:
        return _not_kept(refused, errors=refused.errors, **_asks(request, refused.asks))
    except Refused as refused:
        if not isinstance(why := refused.facts.get("why"), RefusedWords):
            raise
        return _not_kept(refused, **_asks(request, where_to_ask([why])))


def _asks(request: Request, address: str) -> dict[str, str]:
    """Return where a data officer is asked about words that were refused, if this phone opens that page."""
    return {"asks": address} if address and _opens(request, address) else {}


def _not_kept(refused: Refused, **more: Any) -> HttpResponse:
    """Undo what was begun, and tell the phone why."""
    transaction.set_rollback(True)
    error_facts = {"code": refused.code, "message": str(refused), "field": refused.field}
    return JsonResponse(error_facts | more, status=refused.status)


def _sent(request: Request, said: dict[str, Any]) -> HttpResponseBase:
    at, key, by = clock.now(), said["key"], request.actor
    if said["by"] != request.viewer.public_id:
        raise OtherSender
    field.note_sent(session=request.visit.session, at=at)
    if said["n"]:
        return _picture(said, by, at)
    kind = or_refuse(record_kinds().get(said["record"]))
    answer = field.begin_record(key=key, content=_content(said), by=by, at=at)
    if answer is None:
        try:
            files = record_pictures(key, said["pictures"], by)
            came = kind.take(*as_its_page(request, kind, said, files, _age(said)))
            came = came if isinstance(came, RecordTaken) else RecordTaken(came)
            href = came.href if _opens(request, came.href) else reverse("pages:field_start")
            answer = {"kept": True, "href": href} | ({"note": came.note} if came.note else {})
        except kind.forgets as refused:
            return _not_kept(refused, forget=True)
        field.end_record(key=key, answer=answer, by=by)
    return JsonResponse(answer)


def _kept_apart(request: Request, said: dict[str, Any]) -> HttpResponseBase:
    """Keep what a signed-out phone sends for who appoints there (`pages.views.held`): it counts nowhere."""
    at, phone = clock.now(), or_refuse(request.visit.ended_phone)
    if said["by"] != phone.holder:
        raise OtherSender
    by = Actor(kind="phone", id=phone.holder, account_id=phone.account_id, origin=request.actor.origin)
    if said["n"]:
        with system("what comes from a phone that was signed out"):
            return _picture(said, by, at)
    kind, age = or_refuse(record_kinds().get(said["record"])), max(_age(said), PROMPT)
    with system("what comes from a phone that was signed out"):
        answer = field.begin_record(key=said["key"], content=_content(said), by=by, at=at)
    if answer is not None:
        return JsonResponse(answer)
    try:
        with as_sender(request, phone) as own:
            record_as_shown(own, kind, said, age)
    except kind.forgets as refused:
        return _not_kept(refused, forget=True)
    answer = {"kept": True, "href": reverse("pages:field_outbox")}
    with system("what comes from a phone that was signed out"):
        field.hold_record(
            key=said["key"],
            record=kind.code,
            held={name: said[name] for name in ("page", "form", "pictures")},
            age=age,
            pictures=set(_numbers(said["pictures"]).values()),
            phone=phone,
            answer=answer,
            by=by,
            at=at,
        )
    return JsonResponse(answer)


def record_as_shown(
    request: Request, kind: RecordKind, said: Mapping[str, Any], age: timedelta
) -> RecordShown:
    """Say what a record of a signed-out phone would write. own: the request in its sender's name (`as_sender`).

    said: as of `as_its_page`, and `key` and `pictures`. Refuses NotTheirsThen, and what the record's form refuses.
    """
    files = record_pictures(UUID(str(said["key"])), said["pictures"], request.actor)
    try:
        return kind.show(*as_its_page(request, kind, said, files, age))
    except (NotYours, NotFound) as refused:
        raise NotTheirsThen from refused


def _picture(said: dict[str, Any], by: Actor, at: datetime) -> HttpResponseBase:
    if said["picture"] is None:
        raise RecordUnfit(field="picture", why=_("The picture is missing."))
    field.keep_picture(key=said["key"], n=said["n"], data=sent_bytes(said["picture"]), by=by, at=at)
    return JsonResponse({"kept": True})


def _content(said: dict[str, Any]) -> bytes:
    """Return the content of a record: two under one key are the same if this is."""
    return "\0".join(said[name] for name in ("record", "page", "form", "pictures")).encode()


def _age(said: dict[str, Any]) -> timedelta:
    return timedelta(seconds=min(max(said["age"] or 0.0, 0.0), OLDEST_S))


def _opens(request: Request, address: str) -> bool:
    """Return True if the sender may open an address. One SMS code opens few of them."""
    opens = addresses_by_name()[_page(urlsplit(address).path).view_name].opens
    return not missing_access(opens, request.viewer, request.visit, is_demo=False)


def as_its_page(
    request: Request,
    kind: RecordKind,
    said: Mapping[str, Any],
    files: MultiValueDict[str, UploadedFile],
    age: timedelta,
) -> tuple[Request, RecordSent]:
    """Return the request as a record's page would have got it. said: `page` and `form`.

    Refuses NotFound of another page, NotYours.
    """
    where = urlsplit(said["page"])
    match = _page(where.path)
    if match.view_name != kind.page:
        raise NotFound
    if missing_access(addresses_by_name()[kind.page].opens, request.viewer, request.visit, is_demo=False):
        raise NotYours
    own = copy(request)  # the request itself may be answered again (core.apart)
    own.method, own.GET, own.POST = "POST", QueryDict(where.query), QueryDict(said["form"])
    return own, RecordSent(match.kwargs, files, age)


def _page(path: str) -> ResolverMatch:
    try:
        return resolve(path)
    except Resolver404:
        raise NotFound from None


def record_pictures(key: UUID, named: str, by: Actor) -> MultiValueDict[str, UploadedFile]:
    """Return the pictures that came before a record of `by`, by the fields of its form. Refuses PicturesMissing."""
    numbers = _numbers(named)
    waiting = field.pictures_that_wait(key=key, numbers=set(numbers.values()), by=by)
    return MultiValueDict({name: [SimpleUploadedFile(f"{n}.jpg", waiting[n])] for name, n in numbers.items()})


def _numbers(named: str) -> dict[str, int]:
    """Return the number of each picture by its field."""
    value_by_name = {name: str(n) for name, n in QueryDict(named).items()}
    numbers = {
        name: n for name, text in value_by_name.items() if (n := whole_number(text, most=999)) is not None
    }
    if len(numbers) > MOST_PICTURES:
        raise RecordUnfit(why=_("Send at most %(n)s pictures with one form.") % {"n": MOST_PICTURES})
    return numbers
