"""What every page knows: who looks, the menu they may use, the language's address."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core.imports import registered
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.ui.navigation import Entry

# key of the menu, URL name, and the capabilities of which one opens it (none: every office). Imports are open to
# whoever may bring any kind of list there is.
OF_LISTS = "*"
MENU: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("today", "site:today", ()),
    ("units", "site:units", ()),
    ("programmes", "programmes:list", ()),
    ("elections", "elections:list", ()),
    ("people", "enrolment:people", ("people.read",)),
    ("imports", "imports:list", (OF_LISTS,)),
    ("messages", "messaging:list", ("messages.read",)),
    ("appointments", "org:appointments", ()),
)
SEARCH = "site:search"


def page(request: HttpRequest) -> dict[str, Any]:
    """Costs no query: everything is on the request already."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    known: dict[str, Any] = {
        "viewer": viewer,
        "lang": translation.get_language(),
        "language_url": address("people:language"),
        "home_url": "/",
    }
    if viewer.is_strong:
        own = viewer.capabilities
        known["nav"] = [
            Entry(key, where)
            for key, name, needs in MENU
            if (not needs or own.intersection(_asked(needs))) and (where := address(name))
        ]
        known["search_url"] = address(SEARCH)
    if viewer.is_signed_in:
        home = viewer.home
        language = translation.get_language() or ""
        known["account"] = {
            "name": viewer.name,
            "office": f"{home.office_name(language)}, {home.unit_name(language)}" if home else "",
            "links": [{"href": address("people:account"), "label": _("My account and sessions")}],
            "sign_out_url": address("people:sign_out"),
        }
    else:
        known |= {"join_url": address("enrolment:join"), "member_url": address("enrolment:me")}
    return known


def _asked(needs: tuple[str, ...]) -> Iterable[str]:
    return (kind.capability for kind in registered()) if needs == (OF_LISTS,) else needs


def address(name: str) -> str:
    """The address of a URL name; "" while there is no such page."""
    return _address(name, get_urlconf() or settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _address(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""
