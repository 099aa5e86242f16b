"""Decide who may open which address: the rooms declare it (`core.access.page`), and every visitor is checked.

The view and its act check what somebody sees on a page, and if they may act *there*; this is the first door
only. HOT, HOOKS and PLAIN list the paths that never reach Django: those ask for tokens of their own.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from abhiyan.core.access import PUBLIC, TOKEN, Access, AccessLevel, Address
from abhiyan.enrolment.rules import channels
from abhiyan.org.viewer import Viewer
from abhiyan.people.visit import Visit

NOT_YOURS = "not yours"
# The beginnings of pages for the public, which are read in every language.
FOR_ALL = ("/join/", "/j/", "/q/", "/moved/", "/me/", "/check/", "/checks/public/", "/help/")
# Paths of the machine channels' own small application (server.asgi), by prefix.
HOT: dict[str, Access] = {"/api/v1/claims": TOKEN, "/hook/": TOKEN}
HOOKS: dict[str, Access] = dict.fromkeys((*channels.HOOKS, "receipt"), TOKEN)  # what stands behind /hook/
# What else is answered before Django, by path; one that ends in a slash is a prefix.
PLAIN: dict[str, Access] = {"/healthz": PUBLIC, "/metrics": TOKEN, "/static/": PUBLIC}


def addresses_by_name() -> dict[str, Address]:
    """Return every address by its URL name. Refuses an address that no room declared, or declared twice."""
    return _pages(settings.ROOT_URLCONF)


@cache
def _pages(urlconf: str) -> dict[str, Address]:
    addresses: dict[str, Address] = {}
    for name, address in declared_addresses(get_resolver(urlconf).url_patterns):
        if name in addresses:
            raise ImproperlyConfigured(f"two addresses are called {name}")
        addresses[name] = address
    return addresses


def declared_addresses(
    patterns: Iterable[URLPattern | URLResolver], namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, Address]]:
    """Yield the addresses of these patterns, by the name a resolver match gives them."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from declared_addresses(
                pattern.url_patterns, namespaces + ((pattern.namespace,) if pattern.namespace else ())
            )
        elif isinstance(pattern, Address):
            yield ":".join([*namespaces, str(pattern.name)]), pattern
        else:
            raise ImproperlyConfigured(f"{pattern.pattern} is no page: declare it by core.access.page")


def missing_access(opens: Access, viewer: Viewer, visit: Visit, *, is_demo: bool) -> str:
    """Return what keeps somebody from an address: the page that shows what is missing, or NOT_YOURS; "" for
    nothing.

    is_demo: whether this is the demo, asked from its own machine.
    """
    match opens.level:
        case AccessLevel.PUBLIC | AccessLevel.TOKEN:
            return ""
        case AccessLevel.DEMO:
            return "" if is_demo else NOT_YOURS
        case AccessLevel.VISITOR:
            return "" if visit.session else opens.entrance
        case AccessLevel.MEMBER:
            return "" if visit.phone_id else opens.entrance
    if opens.level is AccessLevel.PHONE:
        if opens.is_of_ended and visit.ended_phone is not None:
            return ""
        if not viewer.is_signed_in:
            return "org:phone_sign_in"
        if viewer.is_strong or viewer.is_phone:
            return NOT_YOURS if opens.any_of and not viewer.may_any(*opens.any_of) else ""
    if not viewer.is_signed_in or viewer.is_phone:
        return "people:sign_in"  # the phone's own session does not count there
    if opens.level is AccessLevel.SIGNED_IN:
        return ""
    if not viewer.is_strong:
        return "people:second_factor"
    is_lacking = opens.level is AccessLevel.CAPABILITY and not viewer.may_any(*opens.any_of)
    return NOT_YOURS if is_lacking else ""
