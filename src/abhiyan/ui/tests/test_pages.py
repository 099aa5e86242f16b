"""Base templates, the kit, and the pages that say what went wrong."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from abhiyan.ui import build, errors
from abhiyan.ui.navigation import MenuLink, MenuPart
from abhiyan.ui.tests.conftest import Render

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SHAPES = {"circle", "line", "path", "rect", "use"}


class Strict(HTMLParser):
    """Reads a page and keeps what a strict policy or a screen reader would stumble over."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.scripts = 0
        self.feed(html)
        self.wrong += [f"never closed: {tag}" for tag in self.open]
        self.wrong += [f"twice: #{name}" for name in set(self.ids) if self.ids.count(name) > 1]
        self.wrong += [f"nowhere: #{name}" for name in self.wanted if name not in self.ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag not in VOID and tag not in SHAPES:
            self.open.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.wrong.append(f"{name} on {tag}")
            if name in ("href", "src", "action") and re.match(r"(https?:|//|data:|javascript:)", value or ""):
                self.wrong.append(f"outside: {value}")
            if name == "id":
                self.ids.append(value or "")
            if name in ("aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"):
                self.wanted += (value or "").split()
        if tag == "script":
            self.scripts += 1
            if "src" not in facts:
                self.wrong.append("script in the page")
        if tag == "style":
            self.wrong.append("style in the page")

    def handle_endtag(self, tag: str) -> None:
        if tag in SHAPES:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_kit_holds_under_a_strict_policy(client: Client, language: str) -> None:
    page = client.get("/ui/kit/?sort=name&page=2&q=x", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert Strict(page.content.decode()).wrong == []
    assert f'<html lang="{language}" dir="ltr">' in page.content.decode()


def test_the_kit_in_hindi_has_no_english_sentence_left(client: Client) -> None:
    english = client.get("/ui/kit/", headers={"Accept-Language": "en"}).content.decode()
    hindi = client.get("/ui/kit/", headers={"Accept-Language": "hi"}).content.decode()

    def sentences(html: str) -> set[str]:
        # a sample of English on the page says so, by its own lang
        shown = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", html.split("<body")[1])
        return {
            text.strip() for text in re.findall(r">([^<>]+)<", shown) if re.search(r"[a-z]{3} [a-z]{2}", text)
        }

    assert sentences(english)
    assert sentences(hindi) & sentences(english) == set()


def test_a_page_in_urdu_is_turned_round(render: Render, settings: Any) -> None:
    settings.LANGUAGES = [("hi", "Hindi"), ("en", "English"), ("ur", "Urdu")]
    with translation.override("ur"):
        assert '<html lang="ur" dir="rtl">' in render('{% extends "ui/base_desk.html" %}')


def test_the_desk_shows_only_the_entries_it_is_given(render: Render) -> None:
    html = render(
        '{% extends "ui/base_desk.html" %}',
        nav=[MenuPart("units", (MenuLink("units", "/units/", "Units", "u"),), "Units", "unit")],
        here="units",
    )
    assert re.search(r'<a href="/units/" data-go="u"\s+aria-current="page">\s*<svg.*?</svg>Units</a>', html)
    assert "Messages" not in html
    assert 'role="search"' not in html
    assert Strict(html).wrong == []


def test_account_search_and_languages_appear_when_given(render: Render) -> None:
    html = render(
        '{% extends "ui/base_desk.html" %}',
        path="/units/?q=a&b",
        search_url="/search/",
        language_url="/language/",
        account={
            "name": "Rohini",
            "office": "President",
            "links": [{"href": "/me/", "label": "Me"}],
            "sign_out_url": "/out/",
        },
    )
    assert Strict(html).wrong == []
    assert 'action="/search/"' in html
    assert 'name="next" value="/units/?q=a&amp;b"' in html
    assert 'value="hi" lang="hi"' in html
    assert 'action="/out/"' in html


def test_an_answer_to_a_form_asks_before_its_language_changes() -> None:
    page = engines["django"].from_string('{% include "ui/_language.html" %}')
    asked, answered = (
        page.render({"language_url": "/language/"}, request)
        for request in (RequestFactory().get("/x/"), RequestFactory().post("/x/"))
    )
    assert "data-confirm" not in asked
    assert 'data-confirm="If you change the language, what you typed' in answered


def test_the_public_page_brings_neither_htmx_nor_the_desk(render: Render) -> None:
    html = render('{% extends "ui/base_public.html" %}{% block title %}Join{% endblock %}')
    page = Strict(html)
    assert page.wrong == []
    assert page.scripts == 1
    assert "htmx" not in html
    assert "desk.css" not in html


def test_the_public_page_is_light(render: Render, client: Client) -> None:
    html = render('{% extends "ui/base_public.html" %}')
    parts = [html.encode(), client.get("/ui/accent.css").content]
    parts += [(build.BUILT / name).read_bytes() for name in ("core.css", "fonts.css", "look.js", "icons.svg")]
    without_fonts = sum(len(gzip.compress(part, 9)) for part in parts)
    fonts = sum(path.stat().st_size for path in (build.BUILT / "fonts").iterdir())
    assert without_fonts <= 20 * 1024
    assert without_fonts + fonts <= 100 * 1024


def test_what_the_last_act_did_is_told_and_escaped(render: Render) -> None:
    told = [Message(constants.SUCCESS, "Saved <b>"), Message(constants.ERROR, "Refused")]
    html = render('{% include "ui/_told.html" %}', messages=told)
    assert '<p role="status">' in html
    assert '<p role="alert">' in html
    assert "Saved &lt;b&gt;" in html


@pytest.mark.parametrize("include", ["_empty", "_message", "_progress", "_people", "_crumbs"])
def test_every_include_stands_with_what_it_wants(render: Render, include: str) -> None:
    html = render(
        f'{{% include "ui/{include}.html" %}}',
        id="it",
        label="Label",
        title="Title",
        text="Text",
        href="/there/",
        kind="warn",
        done_pct=12.5,
        poll_url="/poll/",
        stop_url="/stop/",
        seats=[
            {"name": "Asha", "office": "President"},
            {"office": "Treasurer", "vacant_days": 1},
            {"office": "X"},
        ],
        crumbs=[("India", "/in/"), ("Jammu", ""), ("Katra", "")],
    )
    assert html.strip()
    assert "None" not in html
    assert [wrong for wrong in Strict(html).wrong if not wrong.startswith("nowhere: #main")] == []


@pytest.mark.parametrize("status", errors.STATUSES)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_error_has_a_page_that_says_what_to_do(status: int, language: str) -> None:
    with translation.override(language):
        page = errors.error_page(RequestFactory().get("/x/"), status, code="drive_closed", wait_s=30)
    html = page.content.decode()
    assert page.status_code == status
    assert page["Cache-Control"] == "no-store"
    assert page["Retry-After"] == "30"
    assert "drive_closed" in html
    assert '<a class="button" href="/">' in html
    assert Strict(html).wrong == []


def test_a_refusal_stands_in_place_of_the_general_words() -> None:
    html = errors.error_page(
        RequestFactory().get("/"), 422, message="The drive is <closed>."
    ).content.decode()
    assert "The drive is &lt;closed&gt;." in html
    assert "does not fit" not in html


def test_an_unknown_status_gets_the_page_of_its_hundred() -> None:
    assert errors.error_page(None, 418).status_code == 418
    assert errors.error_page(None, 507).status_code == 507


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "422", "429", "500", "503"])
def test_error_pages_need_no_request(name: str) -> None:
    assert Strict(render_to_string(f"{name}.html")).wrong == []


def test_a_lost_stylesheet_does_not_break_the_error_page(settings: Any, tmp_path: Path) -> None:
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # of an empty folder
    kept = {"BACKEND": manifest, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"staticfiles": kept}
    template = engines["django"].from_string("{% asset 'core.css' %}")
    assert template.render().startswith("/static/ui/built/core.css")


def test_htmx_may_neither_evaluate_nor_keep_pages(render: Render) -> None:
    html = render('{% extends "ui/base_desk.html" %}')
    config = re.search(r"name=\"htmx-config\" content='([^']*)'", html)
    assert config
    for rule in ('"allowEval":false', '"includeIndicatorStyles":false', '"historyCacheSize":0'):
        assert rule in config[1]
