"""Turns of requests: a crowd in front of the public pages keeps no office waiting, and nobody waits for ever."""

import asyncio
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse
from django.test import RequestFactory

from abhiyan.core import database, home, metrics
from abhiyan.people.actions import sessions
from abhiyan.server import asgi, turns

FACTORY = RequestFactory()


class Held:
    """Django whose pages end when we say so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at_work: list[str] = []
        self.go: asyncio.Event

        async def answered(_handler: Any, request: Any) -> str:
            self.at_work.append(request.path)
            await self.go.wait()
            return "answered"

        monkeypatch.setattr(ASGIHandler, "run_get_response", answered)


def cookie(account: int | None) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={sessions.token_for(account)}"


async def _moment() -> None:
    for _turn in range(20):
        await asyncio.sleep(0)


def test_a_crowd_that_joins_waits_and_an_office_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)

    async def day() -> list[Any]:
        held.go, handler = asyncio.Event(), turns.Handler()
        crowd = [
            asyncio.create_task(handler.run_get_response(FACTORY.get("/join/winter/")))
            for _number in range(50)
        ]
        await _moment()
        assert held.at_work == ["/join/winter/"] * turns.PUBLIC
        office = asyncio.create_task(handler.run_get_response(FACTORY.get("/units/IN/")))
        await _moment()
        assert held.at_work[turns.PUBLIC :] == ["/units/IN/"]
        held.go.set()
        return await asyncio.gather(*crowd, office)

    assert asyncio.run(day()) == ["answered"] * 51


def test_who_would_wait_too_long_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    turned_away = metrics.TURNED_AWAY.labels("public")._value
    before = turned_away.get()

    async def day() -> Any:
        held.go, handler = asyncio.Event(), turns.Handler()
        handler.public = turns.RequestTurns(1, most=1, patience_s=0.01, name="public")
        one = asyncio.create_task(handler.run_get_response(FACTORY.get("/join/")))
        await _moment()
        waits = asyncio.create_task(handler.run_get_response(FACTORY.get("/me/")))
        await _moment()
        too_many = await handler.run_get_response(FACTORY.get("/join/", headers={"Accept-Language": "en"}))
        late: Any = await waits
        held.go.set()
        first: Any = await one
        assert first == "answered"
        again: Any = await handler.run_get_response(FACTORY.get("/join/"))
        assert again == "answered"
        return too_many, late

    too_many, late = asyncio.run(day())
    assert turned_away.get() == before + 2, "an alarm hears of both"
    for answer in (too_many, late):
        assert answer.status_code == 503 and answer["Retry-After"] == "5"
        assert "Content-Security-Policy" in answer
    assert "Very many people are here" in too_many.content.decode()


def test_who_is_in_the_middle_goes_before_who_comes_new(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    back = FACTORY.get("/join/winter/code/", headers={"Cookie": cookie(None)})

    async def day() -> list[Any]:
        held.go, handler = asyncio.Event(), turns.Handler()
        handler.public = turns.RequestTurns(1)
        crowd = [FACTORY.get("/join/"), FACTORY.get("/help/"), FACTORY.post("/join/winter/"), back]
        coming = []
        for request in crowd:
            coming.append(asyncio.create_task(handler.run_get_response(request)))
            await _moment()
        held.go.set()
        return await asyncio.gather(*coming)

    assert asyncio.run(day()) == ["answered"] * 4
    assert held.at_work == ["/join/", "/join/winter/", "/join/winter/code/", "/help/"]


async def _asked(path: str, *, network: str, cookie: str = "", method: str = "GET") -> int:
    """The status of one request through the whole application, as a server would put it."""
    told: list[int] = []
    bodies = [b""]

    async def receive() -> dict[str, Any]:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

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
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
        "client": (network, 1),
        "server": ("127.0.0.1", 8000),
    }
    await asgi.application(scope, receive, send)
    return told[0]


class Pages:
    """Django behind the whole application, whose pages end one by one as we say. at_work: paths in their order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at_work: list[str] = []
        self.ends: list[asyncio.Event] = []

        async def answered(_handler: Any, request: Any) -> HttpResponse:
            self.at_work.append(request.path)
            end = asyncio.Event()
            self.ends.append(end)
            await end.wait()
            return HttpResponse()

        monkeypatch.setattr(ASGIHandler, "run_get_response", answered)
        monkeypatch.setattr(asgi, "django", turns.Handler())

    async def came(self, n: int) -> None:
        """Wait until so many have had their turn."""
        while len(self.at_work) < n:  # noqa: ASYNC110  # Django tells nobody
            await asyncio.sleep(0)

    def end(self, n: int) -> None:
        self.ends[n].set()

    def end_all(self) -> None:
        for each in self.ends:
            each.set()


async def _waiting(handler_turns: turns.RequestTurns, n: int) -> None:
    while sum(len(line) for line in handler_turns._lines.values()) < n:  # noqa: ASYNC110  # it tells nobody
        await asyncio.sleep(0)


@pytest.mark.parametrize("shown", ["made-up", "genuine"])
def test_a_crowd_of_one_network_shuts_the_door_to_nobody_whatever_cookie_it_shows(
    monkeypatch: pytest.MonkeyPatch, shown: str
) -> None:
    """120 connections with any cookie once went before each newcomer, for ever."""
    pages = Pages(monkeypatch)
    mark = cookie(None) if shown == "genuine" else f"{settings.SESSION_COOKIE_NAME}=made-up"

    async def day() -> None:
        public = asgi.django.public  # type: ignore[attr-defined]  # a turns.Handler
        crowd = [
            asyncio.create_task(_asked("/join/crowd/", network="203.0.113.9", cookie=mark))
            for _n in range(120)
        ]
        await _waiting(public, 120 - turns.PUBLIC)
        newcomer = asyncio.create_task(_asked("/join/newcomer/", network="198.51.100.7"))
        await _waiting(public, 120 - turns.PUBLIC + 1)
        for n in range(turns.BEFORE_NEW + 1):
            pages.end(n)
            await pages.came(turns.PUBLIC + 1 + n)
        assert "/join/newcomer/" in pages.at_work, "a few turns later at most"
        while not all(task.done() for task in (*crowd, newcomer)):
            pages.end_all()
            await asyncio.sleep(0)
        assert await newcomer == 200

    asyncio.run(day())


def test_who_is_in_the_middle_goes_before_newcomers_of_other_networks() -> None:
    """On a launch day hardly anybody is turned away before the card."""

    async def day() -> list[str]:
        one, order = turns.RequestTurns(1), list[str]()

        async def come(name: str, *, has_begun: bool) -> None:
            assert await one.begin(whose=name, has_begun=has_begun)
            order.append(name)

        assert await one.begin(whose="first")
        coming = []
        for n in range(4):
            coming += [
                asyncio.create_task(come(f"new {n}", has_begun=False)),
                asyncio.create_task(come(f"begun {n}", has_begun=True)),
            ]
        await _moment()
        one.end(whose="first")
        for n in range(len(coming)):
            await _moment()
            one.end(whose=order[n])
        await asyncio.gather(*coming)
        return order

    order = asyncio.run(day())
    assert order[: turns.BEFORE_NEW] == [f"begun {n}" for n in range(turns.BEFORE_NEW)]
    assert order[turns.BEFORE_NEW] == "new 0" and sorted(order[:5])[:4] == [f"begun {n}" for n in range(4)]


def test_one_account_never_takes_more_than_two_turns_of_the_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages(monkeypatch)

    async def day() -> None:
        offices = asgi.django.offices  # type: ignore[attr-defined]  # a turns.Handler
        greedy = [  # of several sessions and networks
            asyncio.create_task(_asked("/appointments/", network=f"203.0.{n}.9", cookie=cookie(7)))
            for n in range(20)
        ]
        await _waiting(offices, 20 - turns.OF_AN_ACCOUNT)
        assert pages.at_work == ["/appointments/"] * turns.OF_AN_ACCOUNT
        other = asyncio.create_task(_asked("/", network="203.0.1.9", cookie=cookie(8)))
        await pages.came(turns.OF_AN_ACCOUNT + 1)
        assert pages.at_work[-1] == "/"
        while not all(task.done() for task in (*greedy, other)):
            pages.end_all()
            await asyncio.sleep(0)

    asyncio.run(day())


OTHER_WORKER = """
import sys
from abhiyan.core.slots import SharedPlaces
places = SharedPlaces("offices", of=2)
print(all([places.take(sys.argv[1]) is not None for _n in range(2)]), flush=True)
sys.stdin.read()
"""


def test_one_account_has_two_turns_on_the_whole_machine_not_in_each_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = Pages(monkeypatch)
    greedy = sessions.whose(token=sessions.token_for(7)) or ""
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_WORKER, greedy],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"ABHIYAN_HOME": str(home.home_folder())},
    )
    assert other.stdin is not None and other.stdout is not None
    assert other.stdout.readline() == "True\n", "both of its turns are in another worker"

    async def day() -> None:
        assert other.stdin is not None
        offices = asgi.django.offices  # type: ignore[attr-defined]  # a turns.Handler
        waits = asyncio.create_task(_asked("/appointments/", network="203.0.113.9", cookie=cookie(7)))
        await _waiting(offices, 1)
        free = asyncio.create_task(_asked("/", network="203.0.113.9", cookie=cookie(8)))
        await pages.came(1)
        assert pages.at_work == ["/"], "another account has its own"
        other.stdin.close()  # that worker ends
        await pages.came(2)
        assert pages.at_work == ["/", "/appointments/"]
        pages.end_all()
        await asyncio.gather(waits, free)

    asyncio.run(day())
    assert other.wait() == 0


def test_a_file_of_a_list_takes_no_turn_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)

    async def day() -> None:
        held.go, handler = asyncio.Event(), turns.Handler()

        def come(path: str, account: int) -> "asyncio.Task[Any]":
            request = FACTORY.get(path, headers={"Cookie": cookie(account)})
            return asyncio.create_task(handler.run_get_response(request))

        tasks = [come("/appointments/?format=csv", 7) for _n in range(20)]
        await _moment()
        assert held.at_work == ["/appointments/"] * turns.FILES
        tasks += [come("/", account) for account in range(turns.OFFICES)]
        await _moment()
        assert held.at_work[turns.FILES :] == ["/"] * turns.OFFICES
        held.go.set()
        await asyncio.gather(*tasks)

    asyncio.run(day())


def test_photographs_that_are_read_keep_no_page_of_the_offices_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held(monkeypatch)

    async def day() -> None:
        held.go, handler = asyncio.Event(), turns.Handler()
        sent = [
            FACTORY.post("/paper/1042-8/", {"photos": ""}, headers={"Cookie": cookie(account)})
            for account in range(8)
        ]
        tasks = [asyncio.create_task(handler.run_get_response(each)) for each in sent]
        await _moment()
        assert held.at_work == ["/paper/1042-8/"] * turns.PHOTOS
        today = [FACTORY.get("/", headers={"Cookie": cookie(account)}) for account in range(turns.OFFICES)]
        tasks += [asyncio.create_task(handler.run_get_response(each)) for each in today]
        await _moment()
        assert held.at_work[turns.PHOTOS :] == ["/"] * turns.OFFICES
        held.go.set()
        await asyncio.gather(*tasks)

    asyncio.run(day())


def test_of_one_network_no_more_wait_than_leaves_room_for_others() -> None:
    async def day() -> None:
        few = turns.RequestTurns(1, most=10, most_of_one=3)
        assert await few.begin(whose="a")
        waiting = [asyncio.create_task(few.begin(whose="a")) for _n in range(3)]
        await _moment()
        assert not await few.begin(whose="a")
        other = asyncio.create_task(few.begin(whose="b"))
        await _moment()
        for _turn in range(5):
            few.end(whose="a" if not other.done() else "b")
            await _moment()
            if other.done():
                break
        assert other.done() and await other
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(day())


def test_a_cookie_says_whose_it_is_without_the_database() -> None:
    """The same for every session of an account; nothing where we did not make it."""
    mine = [sessions.token_for(7), sessions.token_for(7)]
    assert mine[0] != mine[1] and sessions.whose(token=mine[0]) == sessions.whose(token=mine[1])
    assert sessions.whose(token=mine[0]) and sessions.whose(token=mine[0]) != sessions.whose(
        token=sessions.token_for(8)
    )
    assert sessions.whose(token=sessions.token_for(None)) == ""
    nonce, who, mark = mine[0][:43], mine[0][43:51], mine[0][51:]
    other = sessions.token_for(8)
    for forged in (
        "",
        "made-up",
        nonce,
        other[:43] + who + mark,
        nonce + other[43:51] + mark,
        "ß" * 62,
        "x" * 62,
    ):
        assert sessions.whose(token=forged) is None, forged


def test_a_worker_has_fewer_turns_than_connections() -> None:
    assert turns.PUBLIC + turns.OFFICES + turns.PHOTOS + turns.FILES < database.CONNECTIONS


def test_a_request_is_answered_in_a_thread_that_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work: list[threading.Thread] = []

    async def handled(_handler: Any, scope: Any, *_others: Any) -> None:
        at_work.append(await sync_to_async(threading.current_thread)())
        scope["came"].release()
        await scope["until"].wait()

    monkeypatch.setattr(ASGIHandler, "handle", handled)

    async def day() -> None:
        handler, over, never = turns.Handler(), asyncio.Event(), asyncio.Event()
        came = asyncio.Semaphore(0)

        def come(until: asyncio.Event) -> "asyncio.Task[None]":
            return asyncio.create_task(handler({"until": until, "came": came}, None, None))

        together = [come(over), come(over)]
        await came.acquire()
        await came.acquire()
        assert len(set(at_work)) == 2
        over.set()
        await asyncio.gather(*together)
        gone = come(never)
        await came.acquire()
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await asyncio.gather(come(over), come(over))
        one, other, cancelled, *later = at_work
        assert cancelled in (one, other)
        assert cancelled not in later, "it may still be at work"
        assert ({one, other} - {cancelled}) < set(later)

    asyncio.run(day())


def test_a_turn_is_given_back_by_who_went_away_and_by_a_page_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def failed(_handler: Any, _request: Any) -> None:
        raise RuntimeError

    async def day() -> None:
        free = turns.RequestTurns(1)
        assert await free.begin()
        for is_its_turn in (False, True):
            gone = asyncio.create_task(free.begin())
            await _moment()
            if is_its_turn:
                free.end()
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            if not is_its_turn:
                free.end()
            assert await free.begin()
        handler = turns.Handler()
        monkeypatch.setattr(ASGIHandler, "run_get_response", failed)
        for _number in range(turns.PUBLIC + 1):
            with pytest.raises(RuntimeError):
                await handler.run_get_response(FACTORY.get("/join/"))

    asyncio.run(day())
