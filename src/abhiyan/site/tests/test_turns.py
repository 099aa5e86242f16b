"""Turns of requests: a crowd in front of the public pages keeps no office waiting, and nobody waits for ever."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.test import RequestFactory

from abhiyan.core import database
from abhiyan.site import turns

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

    async def day() -> Any:
        held.go, handler = asyncio.Event(), turns.Handler()
        handler.public = turns.Turns(1, most=1, patience_s=0.01)
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
    for answer in (too_many, late):
        assert answer.status_code == 503 and answer["Retry-After"] == "5"
        assert "Content-Security-Policy" in answer
    assert "Very many people are here" in too_many.content.decode()


def test_who_is_in_the_middle_goes_before_who_comes_new(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    back = FACTORY.get(
        "/join/winter/code/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}=of+the+first+form"}
    )

    async def day() -> list[Any]:
        held.go, handler = asyncio.Event(), turns.Handler()
        handler.public = turns.Turns(1)
        crowd = [FACTORY.get("/join/"), FACTORY.get("/help/"), FACTORY.post("/join/winter/"), back]
        coming = []
        for request in crowd:
            coming.append(asyncio.create_task(handler.run_get_response(request)))
            await _moment()
        held.go.set()
        return await asyncio.gather(*coming)

    assert asyncio.run(day()) == ["answered"] * 4
    assert held.at_work == ["/join/", "/join/winter/", "/join/winter/code/", "/help/"]


def test_a_worker_has_fewer_turns_than_connections() -> None:
    assert turns.PUBLIC + turns.OFFICES < database.CONNECTIONS


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
        free = turns.Turns(1)
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
