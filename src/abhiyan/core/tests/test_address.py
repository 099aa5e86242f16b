"""A request comes from this machine only if nobody passed it on."""

import pytest
from django.test import RequestFactory

from abhiyan.core import address

# As they send them to a page, a form and a script of ours.
BROWSERS = {
    "Chromium": {
        "Accept": "text/html", "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "hi", "Cache-Control":
        "max-age=0", "Connection": "keep-alive", "Cookie": "a=b", "Host": "localhost:8000", "Origin":
        "http://localhost:8000", "Referer": "http://localhost:8000/", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode":
        "navigate", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1", "Sec-Ch-Ua": "x", "Sec-Ch-Ua-Mobile":
        "?0", "Sec-Ch-Ua-Platform": "Linux", "Upgrade-Insecure-Requests": "1", "User-Agent": "Mozilla/5.0",
    },
    "Firefox": {
        "Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "en", "Connection": "keep-alive", "DNT":
        "1", "Host": "localhost:8000", "If-None-Match": "x", "Priority": "u=0, i", "Sec-GPC": "1", "TE": "trailers",
        "User-Agent": "Mozilla/5.0",
    },
    "htmx": {"HX-Request": "true", "HX-Current-URL": "http://localhost:8000/", "HX-Target": "x", "X-CSRFToken": "x"},
    "curl": {"Accept": "*/*", "Host": "localhost:8000", "User-Agent": "curl/8.5.0"},
}  # fmt: skip
PROXIES = """
Via Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port X-Forwarded-Server X-Forwarded
X-Forwarded-Client-Cert X-Real-IP X-Client-IP X-Cluster-Client-IP X-Original-Forwarded-For X-Original-Host
X-Original-URL X-Originating-IP X-Remote-IP X-Remote-Addr X-ProxyUser-Ip X-Proxy-Id Client-IP True-Client-IP
Remote-Addr CF-Connecting-IP CF-Connecting-IPv6 CF-Ray CF-Visitor CF-IPCountry CF-Worker CDN-Loop
Fastly-Client-IP Fastly-FF Fly-Client-IP Fly-Forwarded-Port Akamai-Origin-Hop X-Akamai-Edgescape X-Azure-ClientIP
X-Azure-SocketIP X-Azure-FDID X-Appengine-User-IP X-Cloud-Trace-Context X-Envoy-External-Address
X-Envoy-Expected-Rq-Timeout-Ms X-Amzn-Trace-Id X-Amz-Cf-Id X-Varnish X-Request-Id X-Correlation-Id X-Forwarded-Scheme
X-Scheme X-Vercel-Forwarded-For X-Vercel-Id X-Nf-Client-Connection-Ip X-Sucuri-Clientip Incap-Client-IP
WL-Proxy-Client-IP Proxy-Client-IP Proxy-Connection X-BlueCoat-Via X-Coming-From Surrogate-Capability
Ngrok-Skip-Browser-Warning Tailscale-User-Login Cf-Access-Authenticated-User-Email X-Goog-Iap-Jwt-Assertion
X-Of-The-Next-Proxy
""".split()  # noqa: SIM905  # read as words


def is_local(headers: dict[str, str], *, from_: str = "127.0.0.1") -> bool:
    return address.is_loopback(RequestFactory(REMOTE_ADDR=from_).get("/", headers=headers))


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_on_this_machine_is_known_as_one(name: str) -> None:
    assert is_local(BROWSERS[name]) and is_local(BROWSERS[name], from_="::1")
    assert not is_local(BROWSERS[name], from_="192.0.2.1") and not is_local(BROWSERS[name], from_="")


@pytest.mark.parametrize("header", PROXIES)
def test_whoever_passes_a_request_on_is_not_this_machine(header: str) -> None:
    assert not is_local(BROWSERS["Chromium"] | {header: "127.0.0.1"})


@pytest.mark.parametrize(
    ("forwarded", "origin"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("10.0.0.1, 203.0.113.9:4711", "203.0.113.0/24"),
        ("[2001:db8:7::1]:99", "2001:db8:7::/48"),
        ("[2001:db8:7::1]", "2001:db8:7::/48"),
        ("2001:db8:7::1", "2001:db8:7::/48"),
        # A hidden address leaves the one beside it, or the nearest proxy's own.
        ("unknown", "10.0.0.0/24"),
        ("[]:99", "10.0.0.0/24"),
        ("203.0.113.9:", "10.0.0.0/24"),
        ("203.0.113.9, unknown", "203.0.113.0/24"),
        ("203.0.113.9, _hidden, unix:", "203.0.113.0/24"),
        ("203.0.113.9, 198.51.100.7, unknown", "198.51.100.0/24"),
    ],
)
def test_a_proxy_may_write_ports_and_brackets_or_hide_an_address(
    monkeypatch: pytest.MonkeyPatch, forwarded: str, origin: str
) -> None:
    monkeypatch.setenv("ABHIYAN_BEHIND_PROXY", "1")
    request = RequestFactory(REMOTE_ADDR="10.0.0.9").get("/", headers={"X-Forwarded-For": forwarded})
    assert address.network_of(address.client(request)) == origin
    scope = {"headers": [(b"x-forwarded-for", forwarded.encode())], "client": ("10.0.0.9", 1)}
    assert address.network_of_scope(scope) == origin


@pytest.mark.parametrize(
    ("proxies", "remote", "is_proxy"),
    [
        ("", "203.0.113.9", True),
        ("", "", True),  # a socket of this machine
        ("10.0.0.31", "10.0.0.31", True),
        ("10.0.0.31", "::ffff:10.0.0.31", True),
        ("10.0.0.31", "10.0.0.32", False),
        ("10.0.0.31", "", False),
        ("10.0.0.31, 10.0.1.0/28", "10.0.1.15", True),
        ("10.0.0.31, 10.0.1.0/28", "10.0.1.16", False),
        ("fd00::/64", "fd00::7", True),
        ("fd00::/64", "10.0.0.31", False),
    ],
)
def test_only_named_proxies_say_from_where_somebody_comes(
    monkeypatch: pytest.MonkeyPatch, proxies: str, remote: str, is_proxy: bool
) -> None:
    monkeypatch.setenv("ABHIYAN_PROXIES", proxies)
    assert address.is_proxy(remote) is is_proxy
