"""Find where a request comes from: the address behind our own proxy, shortened before it is kept, and a coarse
device."""

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from . import environment

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("KAIOS", "KaiOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def client(request: HttpRequest) -> str:
    """The caller's address. Behind our own proxy (ABHIYAN_BEHIND_PROXY) the last one it added, never the first.

    A proxy that hides it ("unknown", "_hidden") leaves the nearest address beside it. Else everybody would share one
    network and its limits.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return _of(forwarded, str(request.META.get("REMOTE_ADDR", "")))


def network_of_scope(scope: Mapping[str, Any]) -> str:
    """Return the network of an ASGI request, as `network_of(client(request))` does of Django's."""
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return network_of(_of(forwarded.decode("latin-1"), str((scope.get("client") or ("",))[0])))


def is_proxy(remote: str) -> bool:
    """Return True if an address may say from where somebody comes: one of ABHIYAN_PROXIES; without them, any."""
    networks = environment.PROXIES()
    try:
        ip_address = _address(remote)
    except ValueError:
        return not networks
    return not networks or any(ip_address in network for network in networks)


def _of(forwarded: str, remote: str) -> str:
    return origin_of(forwarded, remote) if environment.BEHIND_PROXY() else remote


@lru_cache(10_000)
def origin_of(forwarded: str, remote: str) -> str:
    """Return the address that our own proxy added last. One that it hides leaves the nearest beside it."""
    hops = [last_of(hop) for hop in reversed(forwarded.split(","))]
    return next((hop for hop in hops if network_of(hop)), remote)


def last_of(forwarded: str) -> str:
    """The last address of X-Forwarded-For, without the port and brackets that some proxies write."""
    last = forwarded.rsplit(",", 1)[-1].strip()
    port_match = _WITH_PORT.fullmatch(last)
    return port_match[1] or port_match[2] if port_match else last


# IPv6 in brackets, with a port or without; IPv4 with a port.
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.%\w]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")

# Browsers, curl and our own pages send these headers. A name that is not here may be a proxy's (Via, CF-Connecting-IP,
# True-Client-IP, X-Client-IP, and the next one). So no other request counts as made on this machine.
_OF_A_BROWSER = re.compile(
    r"HTTP_(ACCEPT(_CHARSET|_ENCODING|_LANGUAGE)?|ACCESS_CONTROL_REQUEST_(HEADERS|METHOD|PRIVATE_NETWORK)|AUTHORIZATION"
    r"|CACHE_CONTROL|CONNECTION|COOKIE|DNT|EXPECT|HOST|IF_(MATCH|MODIFIED_SINCE|NONE_MATCH|RANGE|UNMODIFIED_SINCE)"
    r"|KEEP_ALIVE|ORIGIN|PRAGMA|PRIORITY|PURPOSE|RANGE|REFERER|SAVE_DATA|TE|TRAILER|TRANSFER_ENCODING|UPGRADE"
    r"|UPGRADE_INSECURE_REQUESTS|USER_AGENT|X_CSRFTOKEN|X_REQUESTED_WITH|HX_\w+|SEC_\w+)"
)


def is_loopback(request: HttpRequest) -> bool:
    """Return True if the request was made on this very machine, and nobody passed it on.

    A header that no browser sends means that somebody did.
    """
    if any(key.startswith("HTTP_") and not _OF_A_BROWSER.fullmatch(key) for key in request.META):
        return False
    try:
        return _address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


def network_of(address: str) -> str:
    """The network an address belongs to: /24 of IPv4, /48 of IPv6; "" when there is none."""
    try:
        ip_address = _address(address)
    except ValueError:
        return ""
    size = 24 if ip_address.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip_address}/{size}", strict=False).network_address) + f"/{size}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip_address = ipaddress.ip_address(text.split("%", 1)[0])
    mapped = ip_address.ipv4_mapped if isinstance(ip_address, ipaddress.IPv6Address) else None
    return mapped or ip_address


def device(agent: str) -> str:
    """Browser and system in two words, such as "Chrome, Android": enough to recognise one's own session."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}", agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(word for word in (browser, system) if word)
