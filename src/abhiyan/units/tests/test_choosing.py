"""Choosing a unit by name or step by step."""

import json

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from abhiyan.core.refusals import NotFound
from abhiyan.units import views
from abhiyan.units.tests.make import grow
from abhiyan.units.tests.test_search import NAMES, TREE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree() -> None:
    grow(TREE, names=NAMES)


def asked(path: str = "/", *, fragment: bool = True) -> HttpRequest:
    return RequestFactory().get(path, headers={"HX-Request": "true"} if fragment else {})


def test_the_fragment_offers_what_sounds_like_it_in_the_readers_language() -> None:
    with translation.override("hi"):
        html = views.unit_search(asked("/?q=Ramban&name=place")).content.decode()
    assert html.count('type="radio" name="place"') == 3
    assert html.index("D-RAMBAN") < html.index("M-RAMBAN") < html.index("B-001")
    assert "रामबन" in html
    assert "भारत › जम्मू और कश्मीर" in html


def test_a_program_is_answered_in_json() -> None:
    with translation.override("en"):
        answer = json.loads(views.unit_search(asked("/?q=doda&format=json&kind=district")).content)
        below = json.loads(views.unit_children(asked("/?format=json"), "R1").content)
    assert [(u["code"], u["name"], u["has_children"]) for u in answer["units"]] == [("D-DODA", "Doda", True)]
    assert [u["code"] for u in below["units"]] == ["D-DODA", "D-RAMBAN"]
    assert below["total"] == 2


def test_a_step_down_shows_the_way_back() -> None:
    with translation.override("en"):
        html = views.unit_children(asked("/?in=organisational"), "D-RAMBAN").content.decode()
    assert "Jammu and Kashmir" in html
    assert 'value="M-RAMBAN"' in html


def test_without_htmx_it_is_a_page() -> None:
    html = views.unit_search(asked("/?q=doda", fragment=False)).content.decode()
    assert "<html" in html
    assert 'value="D-DODA"' in html


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%3Cscript%3E", "name=%22%3E", "offset=x", "in=nowhere", "kind=x", "q="]
)
def test_odd_queries_are_harmless(query: str) -> None:
    for view in (views.unit_search(asked(f"/?{query}")), views.unit_children(asked(f"/?{query}"), "R1")):
        assert view.status_code == 200
        assert "<script>" not in view.content.decode()
        assert '="">' not in view.content.decode()


def test_an_unknown_unit_is_not_found() -> None:
    with pytest.raises(NotFound):
        views.unit_children(asked(), "NOBODY")
    with pytest.raises(NotFound):
        views.unit_search(asked("/?q=x&within=NOBODY"))
