"""deploy/Caddyfile and deploy/nginx.conf: the proxies check and run them, before our server and before worse ones."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.site.tests.conftest import Installation

from .tools import tool

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
NAME = "campaign.localhost"  # Caddy makes its own certificate for such a name
EXAMPLE = "campaign.example.org"
TOKEN = "figures-for-the-test"
MIB = 1024 * 1024
LIMITS = {"/": settings.BODY_LIMIT, **settings.BODY_LIMITS}
UNITS_OF_SIZE = {"m": MIB, "MiB": MIB}


def size(text: str) -> int:
    """Read "9m" or "9MiB"."""
    found = re.fullmatch(r"(\d+)(m|MiB)", text)
    assert found, text
    return int(found[1]) * UNITS_OF_SIZE[found[2]]


def limits_of_nginx() -> dict[str, int]:
    text = (DEPLOY / "nginx.conf").read_text()
    (usual,) = re.findall(r"^\tclient_max_body_size (\w+);", text, re.MULTILINE)
    found = re.findall(r"location (/\S+) \{\s+client_max_body_size (\w+);", text)
    return {"/": size(usual)} | {path: size(most) for path, most in found}


def limits_of_caddy() -> dict[str, int]:
    text = (DEPLOY / "Caddyfile").read_text()
    sizes = dict(re.findall(r"request_body (@\w+) \{\s+max_size (\w+)", text))
    found: dict[str, int] = {}
    others: set[str] = set()
    for name, negated, paths in re.findall(r"^\t(@\w+)( not)? path (.+)$", text, re.MULTILINE):
        names = {path.removesuffix("*") for path in paths.split()}
        if negated:
            others = names
            found["/"] = size(sizes[name])
        else:
            found |= dict.fromkeys(names, size(sizes[name]))
    assert others == set(found) - {"/"}, "the rest is what no other line names"
    return found


@pytest.mark.parametrize("limits", [limits_of_nginx, limits_of_caddy])
def test_a_proxy_takes_what_the_server_takes_and_no_more(limits: Callable[[], dict[str, int]]) -> None:
    assert limits() == LIMITS


@dataclass
class Proxy:
    """A proxy that runs, with what it writes."""

    kind: str
    folder: Path
    port: int
    plain_port: int
    process: subprocess.Popen[bytes]

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | Iterator[bytes] = b"",
        claimed: dict[str, str] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send one request by HTTPS; the path as it is written here. claimed: headers of somebody who lies."""
        named = {name.replace("_", "-"): value for name, value in {**headers, **(claimed or {})}.items()}
        # Certificates are the proxy's own here.
        with httpx.Client(verify=False, timeout=PATIENCE_S, trust_env=False) as client:
            url = httpx.URL(f"https://127.0.0.1:{self.port}").copy_with(raw_path=path.encode())
            return client.request(
                method,
                url,
                content=body,
                headers={"Host": f"{NAME}:{self.port}", **named},
                extensions={"sni_hostname": NAME},
            )

    def written(self) -> str:
        """All that it wrote: on standard error and into files."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def certificate(folder: Path) -> None:
    """Write a certificate of this test, for nginx."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        named, named, key.public_key(), 1, begins, begins + timedelta(days=36_500)
    ).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def caddy(folder: Path, port: int, plain_port: int, upstream: int) -> tuple[list[list[str]], dict[str, str]]:
    """Return the commands that check and run Caddy, and their environment."""
    text = replaced(
        (DEPLOY / "Caddyfile").read_text(),
        ("admin off", f"admin off\n\thttp_port {plain_port}\n\tskip_install_trust"),
    )
    (folder / "Caddyfile").write_text(text)
    program = tool("caddy", "caddy")
    own = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    own |= {"CADDY_NAME": f"{NAME}:{port}", "CADDY_UPSTREAM": f"127.0.0.1:{upstream}"}
    options = ["--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return [[program, "validate", *options], [program, "run", *options]], own


def nginx(folder: Path, port: int, plain_port: int, upstream: int) -> tuple[list[list[str]], dict[str, str]]:
    """Return the commands that check and run nginx, and their environment. Around ours stands what Debian has."""
    certificate(folder)
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"^\tlisten \[::\].*\n", "", text, flags=re.MULTILINE)  # where the machine has no IPv6
    text = replaced(
        text,
        (f"/etc/letsencrypt/live/{EXAMPLE}", str(folder)),
        (f"https://{EXAMPLE}$", f"https://{NAME}:{port}$"),
        (EXAMPLE, NAME),
        ("listen 80 ", f"listen {plain_port} "),
        ("listen 443 ", f"listen {port} "),
        ("127.0.0.1:8000 ", f"127.0.0.1:{upstream} "),
        ("/var/cache/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
    )
    (folder / "abhiyan.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{ {temporary} access_log {folder}/all.log; include {folder}/abhiyan.conf; }}\n"
    )
    words = [
        tool("nginx", "nginx-light"),
        "-p",
        str(folder),
        "-e",
        "stderr",
        "-c",
        str(folder / "nginx.conf"),
    ]
    return [[*words, "-t"], words], {}


@contextmanager
def running(kind: str, *, upstream: int, port: int | None = None) -> Iterator[Proxy]:
    """Check and run a proxy before a server on a port."""
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-proxy-", dir="/tmp"))
    folder.chmod(0o755)  # nginx works as a user of its own
    port, plain_port = port or free_port(), free_port()
    (check, run), own = {"caddy": caddy, "nginx": nginx}[kind](folder, port, plain_port, upstream)
    checked = subprocess.run(check, env=os.environ | own, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "warn" not in checked.stderr.lower(), checked.stderr
    with (folder / "stderr.log").open("ab") as log:
        process = subprocess.Popen(run, env=os.environ | own, stdout=log, stderr=log)
    proxy = Proxy(kind, folder, port, plain_port, process)

    def listens() -> bool:
        assert process.poll() is None, proxy.written()
        with suppress(OSError, httpx.HTTPError):
            proxy.ask("/metrics")  # answered by the proxy itself
            return True
        return False

    try:
        until(listens)
        yield proxy
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


KINDS = ["caddy", "nginx"]


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {kind: free_port() for kind in KINDS}


@pytest.fixture(scope="module")
def served(ports: dict[str, int]) -> Iterator[Installation]:
    """An installation behind a proxy, served by one worker. It answers under the names of both proxies."""
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    folder.chmod(0o711)
    made = Installation(home=folder / "home", port=free_port())
    try:
        made.run("init", "--no-account")
        (made.home / "postgres.local.conf").write_text("fsync = off\n")
        process = made.start(
            "serve",
            "--workers=1",
            ABHIYAN_METRICS_TOKEN=TOKEN,
            ABHIYAN_BEHIND_PROXY="1",
            ABHIYAN_ORIGIN=f"https://{NAME}",
            ABHIYAN_ORGANISATION="Sangathan",
        )
        try:
            until(lambda: process.poll() is not None or _answers(made.port))
            assert process.poll() is None, (folder / "log").read_text()
            yield made
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    finally:
        embedded.stop_database(made.home)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status in (200, 503)
    return False


@pytest.fixture(scope="module", params=KINDS)
def proxy(request: pytest.FixtureRequest, served: Installation, ports: dict[str, int]) -> Iterator[Proxy]:
    with running(request.param, upstream=served.port, port=ports[request.param]) as made:
        yield made


def is_ours(answer: httpx.Response) -> bool:
    """Return True if our server made the answer, not the proxy."""
    return "content-security-policy" in answer.headers


@pytest.mark.machine
@pytest.mark.slow
def test_pages_come_with_what_the_server_says_of_them(proxy: Proxy) -> None:
    page = proxy.ask("/sign-in/", Accept_Language="hi")
    assert page.status_code == 200 and 'lang="hi"' in page.text
    assert page.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert page.headers["cache-control"] == "no-store"
    cookies = page.headers.get_list("set-cookie")
    assert all("Secure" in each for each in cookies)


@pytest.mark.machine
@pytest.mark.slow
def test_styles_may_be_kept_for_ever(proxy: Proxy) -> None:
    (style, *_) = re.findall(r'href="(/static/[^"]+\.css)"', proxy.ask("/sign-in/").text)
    for _again in range(2):
        answer = proxy.ask(style, Accept_Encoding="gzip")
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.machine
@pytest.mark.slow
def test_browsers_speak_http_2_and_no_old_tls(proxy: Proxy) -> None:
    context = ssl._create_unverified_context()  # the certificate is the proxy's own
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as spoken,
    ):
        assert spoken.selected_alpn_protocol() == "h2"
        assert spoken.version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.machine
@pytest.mark.slow
def test_without_tls_there_is_only_the_way_to_it(proxy: Proxy) -> None:
    answer = httpx.get(f"http://127.0.0.1:{proxy.plain_port}/join/x", headers={"Host": NAME}, trust_env=False)
    assert answer.status_code in (301, 308)
    assert answer.headers["location"].startswith(f"https://{NAME}")


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("path", LIMITS)
@pytest.mark.parametrize("is_length_known", [True, False])
def test_a_body_as_large_as_allowed_passes_and_a_larger_one_is_refused(
    proxy: Proxy, path: str, *, is_length_known: bool
) -> None:
    """The server refuses large bodies of strangers with a page. The proxy's own refusal is plain text."""
    most = LIMITS[path]

    def sent(n: int) -> httpx.Response:
        body = b"x" * n
        pieces = iter([body[at : at + 65_536] for at in range(0, n, 65_536)])
        return proxy.ask(
            f"{path}some-page/",
            method="POST",
            body=body if is_length_known else pieces,
            Content_Type="text/plain",
        )

    passed = sent(most - 1024)
    assert is_ours(passed) and passed.status_code in ((403, 404) if path == "/" else (403, 404, 413))
    refused = sent(most + 1024)
    assert refused.status_code == 413, refused.text


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/metrics?name[]=abhiyan_requests_total",
        "/%6detrics",
        "/metrics/",
        "//metrics",
        "/./metrics",
        "/static/../metrics",
        "/metrics%2f",
        "/METRICS",
        "/healthz/../metrics",
        "/static/%2e%2e/metrics",
    ],
)
def test_figures_stay_inside_even_for_the_token(proxy: Proxy, served: Installation, path: str) -> None:
    answer = proxy.ask(path, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code in (301, 302, 308, 400, 404) and "abhiyan_" not in answer.text
    inside = httpx.get(
        f"http://127.0.0.1:{served.port}/metrics",
        headers={"Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
        timeout=PATIENCE_S,
    )
    assert inside.status_code == 200 and "abhiyan_" in inside.text


@contextmanager
def upstream(answer: bytes | None) -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers each request with these bytes and closes. None: it closes at once. Yields what it got."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    if answer is not None:
                        heard.append(_read(connection))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE_S)


def _read(connection: socket.socket) -> bytes:
    """Read a request to its end: its length, if it says one, else what came at once."""
    came = connection.recv(65_536)
    while b"\r\n\r\n" not in came and (more := connection.recv(65_536)):
        came += more
    head, _, body = came.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    left = int(length[1]) - len(body) if length else 0
    while left > 0 and (more := connection.recv(65_536)):
        left -= len(more)
    return came


WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "claimed",
    [
        {"X_Forwarded_For": "203.0.113.9"},
        {"X_Forwarded_For": "203.0.113.9, 198.51.100.7"},
        {"X_Forwarded_Proto": "http"},
        {"X_Forwarded_For": "unknown", "X_Forwarded_Proto": "http"},
        {"X_Forwarded_For": ""},
    ],
)
def test_where_a_request_comes_from_the_proxy_alone_says(kind: str, claimed: dict[str, str]) -> None:
    with upstream(WELL) as (port, heard), running(kind, upstream=port) as proxy:
        assert proxy.ask("/", claimed=claimed).text == "ok"
        head = heard[-1].decode().split("\r\n\r\n")[0].lower().split("\r\n")
        for name, value in (("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")):
            assert [line for line in head if line.startswith(f"{name}:")] == [f"{name}: {value}"]
        assert f"host: {NAME}:{proxy.port}" in head


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_proxy_itself_refuses_what_is_too_large(kind: str) -> None:
    """Whatever stands behind it takes everything."""
    with upstream(WELL) as (port, _heard), running(kind, upstream=port) as proxy:
        for path, most in LIMITS.items():
            assert proxy.ask(f"{path}x/", method="POST", body=b"x" * most).text == "ok"
            refused = proxy.ask(f"{path}x/", method="POST", body=b"x" * (most + 1))
            assert refused.status_code == 413 and "फ़ाइल बहुत बड़ी है" in refused.text


SECRET = "aWNrZXQtbm9ib2R5LW1heS1yZWFk"
ADDRESSES = [
    f"/hook/{SECRET}/?token={SECRET}",
    f"/sign-in/console/{SECRET}/",
    f"/m/{SECRET}",
    f"/join/x?phone={SECRET}",
    f"/static/{SECRET}/core.css",
    f"/imports/{SECRET}/",
    f"/%68ook/{SECRET}",
    f"/{SECRET}{'x' * 60_000}",
]
BROKEN = {
    "nobody listens": None,
    "closes at once": b"",
    "answers with no HTTP": b"what?\r\n\r\n",
    "stops in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "stops in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    "a broken length": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000,
    "broken pieces": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf",
    "a status that is none": b"HTTP/1.1 9 No\r\n\r\n",
}


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("why", BROKEN)
def test_whatever_goes_wrong_behind_it_no_log_holds_a_secret(kind: str, why: str) -> None:
    with upstream(BROKEN[why] or None) as (port, _heard):
        before = port if why != "nobody listens" else free_port()
        with running(kind, upstream=before) as proxy:
            for path in ADDRESSES:
                for method in ("GET", "POST"):
                    with suppress(httpx.HTTPError):
                        answer = proxy.ask(
                            path,
                            method=method,
                            body=f"code={SECRET}".encode() if method == "POST" else b"",
                            Cookie=f"__Host-session={SECRET}",
                            Authorization=f"Bearer {SECRET}",
                            Referer=f"https://{NAME}/hook/{SECRET}",
                            User_Agent=SECRET,
                        )
                        assert SECRET not in answer.text
                        if why == "nobody listens" and len(path) < 1_000:
                            assert answer.status_code == 502 and "एक मिनट बाद" in answer.text
            _speak_badly(proxy)
            proxy.process.terminate()
            proxy.process.wait(PATIENCE_S)
            assert SECRET not in proxy.written()


def _speak_badly(proxy: Proxy) -> None:
    """Send what is no request, and plain HTTP where TLS is spoken."""
    context = ssl._create_unverified_context()  # the certificate is the proxy's own
    for said in (f"GET /hook/{SECRET} HTTP/9.9\r\n\r\n", f"\x00{SECRET}\r\n\r\n", f"GET /{SECRET}"):
        for is_closed in (True, False):
            with suppress(OSError), socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as plain:
                spoken = context.wrap_socket(plain, server_hostname=NAME) if is_closed else plain
                spoken.sendall(said.encode())
                spoken.shutdown(socket.SHUT_WR) if not is_closed else spoken.close()
