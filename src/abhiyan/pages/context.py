"""Give every page its viewer, the menu they may use, and the language's address."""

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from abhiyan.core import environment, languages, samples
from abhiyan.helpdesk import helplines
from abhiyan.helpdesk.helplines import HelplineShown
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.programmes.rules import activities
from abhiyan.ui import assets
from abhiyan.ui.addresses import address_of

from .access import FOR_ALL
from .menu import hub_tabs, menu, page_letters
from .views.field import made_on

SEARCH = "pages:search"


def page_languages(request: HttpRequest) -> dict[str, str]:
    """Return the languages of a request's page: language -> its own name. Pages for the public, in all there are."""
    names = languages.public_languages()
    return (
        names
        if request.path_info.startswith(FOR_ALL)
        else {code: names[code] for code, _name in settings.LANGUAGES}
    )


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the page's context; it costs no query, but for the helplines' one in half a minute: everything is
    on the request already."""
    if settings.DEMO:
        samples.note_looked()
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    context: dict[str, Any] = {
        "helpline": SimpleLazyObject(lambda: _helpline(request, helplines.running_helplines())),
        "helpline_known": SimpleLazyObject(lambda: _helpline(request, helplines.cached_helplines())),
        "viewer": viewer,
        "lang": translation.get_language(),
        "language_url": page_address("people:language"),
        "languages": page_languages(request),
        "home_url": "/",
        "keep_url": page_address("pages:field_keep"),
    }
    if viewer.is_strong:
        context["nav"] = menu(viewer)
        context["nav_letters"] = page_letters(viewer)
        if (match := request.resolver_match) is not None:
            context["nav_tabs"] = hub_tabs(viewer, match.view_name, match.kwargs.values(), request.GET.dict())
        context["search_url"] = page_address(SEARCH)
        # A page of the desk that keeps what it sends, as a field page does.
        context["outbox"] = SimpleLazyObject(lambda: phone_context(viewer.public_id, viewer.name))
    if request.path_info.startswith("/field/") and (viewer.is_strong or viewer.is_phone):
        context["field"] = phone_context(viewer.public_id, viewer.name) | made_on(request)
    elif (visit := getattr(request, "visit", None)) and visit.ended_phone is not None:
        context["field"] = phone_context(visit.ended_phone.holder) | made_on(request)
    if viewer.is_signed_in:
        home = viewer.home
        language = translation.get_language() or ""
        account_link = {"href": page_address("people:account"), "label": _("My account and sessions")}
        if viewer.is_phone:  # one code opens neither Today nor the account
            context["home_url"] = page_address("pages:field_start")
            account_link = {"href": page_address("org:my_phones"), "label": _("My phones")}
        context["account"] = {
            "name": viewer.name,
            "office": f"{home.office_name(language)}, {home.unit_name(language)}" if home else "",
            "links": [account_link],
            "sign_out_url": page_address("people:sign_out"),
        }
    else:
        context["public_pages"] = [
            (where, page.label)
            for activity in activities.registered_activities()
            for page in activity.public
            if (where := page_address(page.url_name))
        ]
    return context


def phone_context(holder: UUID | None, name: str = "") -> dict[str, str]:
    """Return facts for the head and the script of a field page. version: of all that its copies are made from."""
    look = "|".join(
        (assets.assets_version(), settings.ORGANISATION, settings.ACCENT, translation.get_language() or "")
    )
    return {
        "who": str(holder),
        "name": name,
        "version": hashlib.sha256(look.encode()).hexdigest()[:12],
        "worker": page_address("pages:field_worker") if environment.OFFLINE() else "",
        "send": page_address("pages:field_send"),
        "keep": page_address("pages:field_keep"),
        "start": page_address("pages:field_start"),
        "outbox": page_address("pages:field_outbox"),
        "manifest": page_address("pages:field_manifest"),
    }


def _helpline(request: HttpRequest, lines: list[HelplineShown]) -> dict[str, Any] | None:
    """Return the contact below a page: the number of its programme, else every number there is, and the form.

    None while no programme runs. Read when the page draws it.
    """
    if not lines:
        return None
    helpline = _about(request, lines)
    numbers = helplines.wide_helplines(lines) if helpline is None else [helpline] if helpline.number else []
    if helpline is None and len(lines) == 1:
        helpline = lines[0]
    return {
        "numbers": numbers[: helplines.SHOWN],
        "is_named": len(numbers) > 1,
        "is_more": len(numbers) > helplines.SHOWN,
        "href": page_address("helpdesk:write") + (f"?about={helpline.public_id}" if helpline else ""),
    }


def _about(request: HttpRequest, lines: list[HelplineShown]) -> HelplineShown | None:
    """Return the programme a page is about: as its view says, or as its address names it."""
    about = getattr(getattr(request, "visit", None), "about", None)
    if about is not None:
        return helplines.of_programme(about, lines)
    match = request.resolver_match
    named = {str(value) for value in match.kwargs.values()} if match else set()
    named |= {request.GET.get("about", ""), request.GET.get("programme", "")}
    return next((helpline for helpline in lines if helpline.public_id in named), None)


def page_address(name: str) -> str:
    """Return the address of a URL name; "" while there is no such page."""
    try:
        return address_of(name)
    except NoReverseMatch:
        return ""
