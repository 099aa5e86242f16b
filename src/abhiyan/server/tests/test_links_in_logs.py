"""No log holds a link of a message: every address of the access table is asked with secrets in its path."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from abhiyan.core.logs import JsonFormatter

SECRET = {"str": "k7pq3vxz9t2m", "slug": "k7pq3vxz9t2m", "path": "k7pq3vxz9t2m", "int": "481516234"}
UUID = "0d3f6c1e-7a54-4b0e-9c3d-5e2f8a7b6c4d"


def addresses() -> Iterator[str]:
    """Every address with something in its path, that secret or number planted there."""
    for pattern in get_resolver().url_patterns:
        yield from _below(pattern, "")


def _below(pattern: URLPattern | URLResolver, before: str) -> Iterator[str]:
    route = before + str(pattern.pattern)
    if isinstance(pattern, URLResolver):
        for each in pattern.url_patterns:
            yield from _below(each, route)
    elif "<" in route:
        yield "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SECRET.get(found[1] or "str", UUID), route)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Yield what is written of requests, as an installation writes it."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security.csrf")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.addHandler(handler)
        each.setLevel(logging.DEBUG)
    yield kept
    for each, level in zip(loggers, levels, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


class Broken:
    """A page that fails, whichever was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, *_asked: object) -> None:
        raise RuntimeError("planted")


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 404, 500])
def test_no_address_that_is_refused_missing_or_broken_puts_its_path_into_the_log(
    log: io.StringIO, settings: Any, status: int
) -> None:
    if status == 500:
        before = settings.MIDDLEWARE.index("abhiyan.server.middleware.access")
        broken = f"{__name__}.Broken"
        settings.MIDDLEWARE = [*settings.MIDDLEWARE[:before], broken, *settings.MIDDLEWARE[before:]]
    client = Client(enforce_csrf_checks=status == 403, raise_request_exception=False)
    asked = list(addresses())
    assert len(asked) > 100
    answers = set()
    for address in asked:
        if status == 403:
            answers.add(client.post(address).status_code)
        else:
            answers.add(client.get(address if status == 500 else f"{address}no/such/page/").status_code)
    assert status in answers
    written = log.getvalue()
    assert written.count("\n") >= 100
    for secret in (*SECRET.values(), UUID):
        assert secret not in written


def test_what_is_planted_would_be_found(log: io.StringIO) -> None:
    """A request that the formatter does not know of."""
    request = HttpRequest()
    logging.getLogger("django.request").warning(
        "Not Found: %s", f"/q/{SECRET['str']}/", extra={"of": request}
    )
    assert SECRET["str"] in log.getvalue()
