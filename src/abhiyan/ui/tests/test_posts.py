from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from abhiyan.ui.posts import post_only


def page(_request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(code)


@post_only("page", takes=["code"])
def act(_request: HttpRequest, code: str, n: int) -> HttpResponse:
    return HttpResponse(f"{code} {n}", status=422)


urlpatterns = [path("<str:code>/", page, name="page"), path("<str:code>/<int:n>/act/", act)]


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def test_what_is_posted_is_answered_at_its_own_address() -> None:
    answer = act(RequestFactory().post("/J/5/act/"), code="J", n=5)
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.content) == (422, b"J 5")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_it_leads_to_the_page_with_the_same_query(method: str) -> None:
    ask = getattr(RequestFactory(), method)
    answer = act(ask("/J/5/act/?unit=A%26B&sort=-n"), code="J", n=5)
    assert (answer.status_code, answer["Location"]) == (302, "/J/?unit=A%26B&sort=-n")
    assert act(ask("/J/5/act/"), code="J", n=5)["Location"] == "/J/"


def test_anything_else_is_not_done() -> None:
    assert act(RequestFactory().delete("/J/5/act/"), code="J", n=5).status_code == 405
