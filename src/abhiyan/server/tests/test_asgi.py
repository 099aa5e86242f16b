"""Requests reach their place: static files, health, machine channels, pages; never more than is allowed."""

import asyncio
import gzip
import json
import os
from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.templatetags.static import static
from django.test import Client

from abhiyan.core import health, spools
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.people.actions import sessions
from abhiyan.server import asgi, turns
from abhiyan.ui import assets


class Answer:
    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), b""
        self.read = 0  # pieces of the body, before it came


def ask(
    path: str,
    method: str = "GET",
    body: Iterable[bytes] = (b"",),
    app: Any = asgi.application,
    **headers: str,
) -> Answer:
    """One request through the application, as a server would put it."""
    answer = Answer()
    pieces = list(body)

    async def receive() -> dict[str, Any]:
        if pieces:
            piece = pieces.pop(0)
            answer.read += not answer.status
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {key.decode().lower(): value.decode() for key, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")]
        + [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    asyncio.run(app(scope, receive, send))
    return answer


@pytest.fixture
def style(tmp_path: Any, settings: Any) -> str:
    """One static file; its name."""
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "page.css").write_text("body { color: black }\n" * 100)
    (tmp_path / "look" / ".stamps").write_text("x")
    settings.STATICFILES_DIRS = [tmp_path]
    forget()
    return "look/page.css"


def forget() -> None:
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()  # type: ignore[attr-defined]  # it is cached by lru_cache
    for remembered in (assets.asset_paths, assets.assets_version, assets._file):
        remembered.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    yield
    forget()


def test_a_static_file_has_an_address_that_may_be_kept_for_ever(style: str) -> None:
    address = static(style)
    assert address == f"/static/{assets.assets_version()}/look/page.css"
    answer = ask(address, accept_encoding="gzip, br")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).startswith(b"body")
    assert len(answer.body) == int(answer.headers["content-length"])
    assert ask(address).body.startswith(b"body")
    assert ask(address, if_none_match=answer.headers["etag"]).status == 304
    head = ask(address, "HEAD")
    assert (head.status, head.body) == (200, b"")


def test_the_address_of_an_older_release_gives_todays_file_not_to_be_kept(style: str) -> None:
    answer = ask(f"/static/0123456789ab/{style}")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")
    assert ask(f"/static/{style}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "look/",
        "look/.stamps",
        "../settings.py",
        "look/../../settings.py",
        "/etc/passwd",
        "look/page.css\x00",
    ],
)
def test_nothing_but_static_files_is_served_as_one(style: str, path: str) -> None:
    assert ask(f"/static/{path}").status == 404
    assert ask(f"/static/{assets.assets_version()}/{path}").status == 404


def test_a_static_file_cannot_be_posted_to(style: str) -> None:
    assert ask(static(style), "POST").status == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "mb", "language", "heading", "back", "is_said"),
    [
        ("/join/", 3, "hi", "बहुत बड़ा", "पीछे", True),
        ("/imports/new/paper/", 9, "en-IN,en;q=0.9", "Too large to send", "Back", True),
        ("/paper/1042-8/", 16, "hi", "बहुत बड़ा", "पीछे", False),
        ("/programmes/materials/", 21, "en-IN,en;q=0.9", "Too large to send", "Back", False),
        ("/review/slides/template/", 21, "hi", "बहुत बड़ा", "पीछे", False),
    ],
)
def test_a_body_that_is_too_large_gets_a_page_that_names_the_limit_and_leads_back(
    path: str, mb: int, language: str, heading: str, back: str, is_said: bool
) -> None:
    megabyte = b"x" * 1024 * 1024
    size = {"content_length": str(40 << 20)} if is_said else {}
    page = f"http://localhost{path}?from=here"
    # A body without a size is read up to that of a form before the account is checked.
    shown = cookie(7) if is_said else cookie_of(officer(web_world(), "national_president", "IN"))
    given = size | {"accept_language": language, "referer": page}
    given["cookie"] = f"{shown}; language={language[:2]}"
    answer = ask(path, "POST", [megabyte] * 40, **given)
    text = answer.body.decode()
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert answer.headers["content-type"].startswith("text/html")
    assert heading in text and f"{mb} MB" in text and back in text and f'href="{page}"' in text


def cookie(account: int | None) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={sessions.token_for(account)}"


def cookie_of(client: Client) -> str:
    """Return the cookie of somebody who is signed in."""
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_said", [True, False])
@pytest.mark.parametrize("path", ["/imports/new/paper/", "/paper/1042-8/", "/programmes/materials/"])
def test_a_strangers_file_is_refused_before_it_is_kept(path: str, is_said: bool) -> None:
    pieces = [b"x" * 1024 * 1024] * 8
    size = {"content_length": str(8 << 20)} if is_said else {}
    visitor, made_up = cookie(None), f"{settings.SESSION_COOKIE_NAME}={'x' * 62}"
    for shown in ("", made_up, visitor, cookie(7)[:-1] + "-"):
        answer = ask(path, "POST", pieces, accept_language="en", cookie=shown, **size)
        assert answer.status == 413 and "3 MB" in answer.body.decode()
    ended = ask(path, "POST", pieces, cookie=cookie(7), **size)
    assert ended.status == 403, "a session that is over"
    assert asgi.held.bytes == {True: 0, False: 0}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_said", [True, False])
def test_a_file_of_an_office_that_may_send_none_there_is_refused_before_it_comes(is_said: bool) -> None:
    world = web_world()
    size = {"content_length": str(8 << 20)} if is_said else {}
    told, other = "/paper/1042-8/", f"/programmes/materials/new/{world.programme.public_id}/"
    president, verifier = (
        cookie_of(officer(world, office, unit))
        for office, unit in (("booth_president", "JK-B001"), ("verifier", "JK"))
    )

    def send(path: str, shown: str) -> tuple[Answer, int]:
        """The answer, and how many pieces were read before it came."""
        pieces = [b"x" * 1024 * 1024] * 8
        answer = ask(path, "POST", pieces, accept_language="en", cookie=shown, **size)
        return answer, answer.read

    most = 0 if is_said else 4
    for path, shown in ((told, verifier), (other, verifier), (other, president)):
        answer, read = send(path, shown)
        assert answer.status == 403 and read <= most, (path, read)
        assert (
            answer.headers["connection"] == "close"
            and "Your role can't open this page" in answer.body.decode()
        )
    answer, read = send(told, president)
    assert read == 8 and "Your role" not in answer.body.decode()
    assert asgi.held.bytes == {True: 0, False: 0}


def test_a_file_that_waited_on_disk_comes_as_it_was_sent() -> None:
    """Django's reader of forms takes it from the spool, in pieces of any size."""
    file = bytes(range(256)) * 8192
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    body = head + file + b"\r\n--x--\r\n"
    pieces = [body[at : at + 65_521] for at in range(0, len(body), 65_521)]

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def read() -> Any:
        return await turns.Handler().read_body(receive)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [
            (b"content-type", b"multipart/form-data; boundary=x"),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    request = ASGIRequest(scope, asyncio.run(read()))
    came = request.FILES["file"]
    assert isinstance(came, UploadedFile) and came.read() == file


def test_a_body_that_waits_is_on_disk_and_sealed() -> None:
    few, many = spools.Spool(), spools.Spool()
    secret = b"name,phone\nAsha Devi,9906000001\n"
    few.write(secret)
    assert few._file is None and few.whole().read() == secret
    for _n in range(1000):
        many.write(secret * 100)
    assert many._few is None, "nothing of it is in memory"
    assert many._file is not None
    many._file.flush()
    held = os.pread(many._file.fileno(), 4 << 20, 0)
    assert len(held) == 1000 * 100 * len(secret) and b"Asha Devi" not in held
    assert os.fstat(many._file.fileno()).st_nlink == 0, "it has no name, and goes with the process"
    with many.whole() as whole:
        assert whole.readline() == secret.splitlines(keepends=True)[0]
        assert whole.readline() + whole.read() == secret[11:] + secret * 99_999


@pytest.mark.django_db(transaction=True)
def test_all_bodies_that_a_worker_holds_have_a_bound_and_small_ones_still_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "MOST_HELD", {True: 4 << 20, False: 1 << 20})
    asgi.held.take(1 << 20, network="192.0.2.0/24", of=0)  # of another request
    piece, president = b"x" * 64 * 1024, cookie_of(officer(web_world(), "booth_president", "JK-B001"))
    try:
        full = ask("/join/", "POST", [piece] * 2, accept_language="en")
        assert full.status == 503 and int(full.headers["retry-after"]) > 0
        assert "Send yours again in a minute" in full.body.decode()
        assert ask("/join/", "POST", [b"phone=1"]).status != 503, "a form is small"
        assert ask("/join/", "POST", [piece] * 2, cookie=cookie(7)).status != 503, (
            "strangers take none of theirs"
        )
        large = ask("/paper/1042-8/", "POST", [piece] * 80, cookie=president)
        assert large.status == 503
    finally:
        asgi.held.let_go(1 << 20, network="192.0.2.0/24")
    assert asgi.held.bytes == {True: 0, False: 0}


@pytest.mark.django_db(transaction=True)
def test_one_network_of_strangers_takes_no_room_of_phones_or_of_other_networks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "MOST_OF_NETWORK", 1 << 20)
    piece, network = b"x" * 64 * 1024, "127.0.0.0/24"
    phone = f"{settings.PHONE_COOKIE_NAME}={sessions.token_for(7)}"
    asgi.held.take(1 << 20, network=network, of=0)  # slow lines of one network
    try:
        assert ask("/join/", "POST", [piece] * 2).status == 503
        assert ask("/join/", "POST", [b"phone=1"]).status != 503, "a form is small"
        assert ask("/field/send/", "POST", [piece] * 5, cookie=phone).status != 503, "a phone is an account"
        assert ask("/join/", "POST", [piece] * 5, cookie=phone).status == 503, "but below /field/ alone"
        forged = ask("/field/send/", "POST", [piece] * 5, cookie=phone[:-1] + "-")
        assert forged.status == 503
    finally:
        asgi.held.let_go(1 << 20, network=network)
    asgi.held.take(1 << 20, network="192.0.2.0/24", of=0)
    assert ask("/join/", "POST", [piece] * 2).status != 503, "another network"
    asgi.held.let_go(1 << 20, network="192.0.2.0/24")
    assert asgi.held.bytes == {True: 0, False: 0} and not asgi.held.of_networks


@pytest.mark.parametrize("cookie", [settings.SESSION_COOKIE_NAME, settings.PHONE_COOKIE_NAME])
def test_a_turn_is_the_accounts_of_whichever_cookie(cookie: str) -> None:
    shown, other = sessions.token_for(7), sessions.token_for(8)
    mine = sessions.whose_cookies({cookie: shown}, path="/field/start/")
    assert mine and mine == sessions.whose(token=shown) != sessions.whose(token=other)
    visitor = {settings.SESSION_COOKIE_NAME: sessions.token_for(None), cookie: shown}
    assert sessions.whose_cookies(visitor, path="/field/start/") == mine
    elsewhere = sessions.whose_cookies({cookie: shown}, path="/join/")
    assert elsewhere == (mine if cookie == settings.SESSION_COOKIE_NAME else None)


@pytest.mark.django_db(transaction=True)
def test_the_way_back_leads_to_no_other_website_and_a_machine_reads_json() -> None:
    size, elsewhere = str(40 << 20), "https://elsewhere.example/x"
    answer = ask("/join/", "POST", accept_language="en", content_length=size, referer=elsewhere)
    assert b"elsewhere" not in answer.body and b'href="/join/"' in answer.body
    told = ask("/join/", "POST", accept="application/json", accept_language="en", content_length=size)
    assert told.status == 413 and json.loads(told.body)["code"] == "too_large"


def test_imports_may_be_larger() -> None:
    assert asgi.body_limit("/imports/") > asgi.body_limit("/join/") == settings.BODY_LIMIT


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_pages_say_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/join/").status_code == 200
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "there_is_no_such_database")
    answer = client.get("/join/")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_machine_channels_are_called_with_nothing_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    async def hot(scope: Any, receive: Any, send: Any) -> None:
        called.append(scope["path"])
        await health.send_answer(scope, send, 201, b"text/plain", b"")

    monkeypatch.setattr(asgi, "_hot", {"/api/v1/claims": hot, "/hook/": hot})
    monkeypatch.setattr(asgi, "_prefixes", ("/api/v1/claims", "/hook/"))
    for path in ("/api/v1/claims", "/api/v1/claims/batch", "/hook/call/x"):
        assert ask(path, "POST").status == 201
    assert called == ["/api/v1/claims", "/api/v1/claims/batch", "/hook/call/x"]
    assert "/static/nothing" not in called
    ask("/static/api/v1/claims")
    assert len(called) == 3


def test_the_workers_life_begins_and_ends_with_that_of_the_machine_channels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    class Hot:
        async def startup(self) -> None:
            told.append("startup")

        async def shutdown(self) -> None:
            told.append("shutdown")

    hot = Hot()
    monkeypatch.setattr(asgi, "_hot", {"/a": hot, "/b": hot})
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return events.pop(0)

    async def send(message: Any) -> None:
        told.append(message["type"])

    asyncio.run(asgi.application({"type": "lifespan"}, receive, send))
    assert told == ["startup", "lifespan.startup.complete", "shutdown", "lifespan.shutdown.complete"]
