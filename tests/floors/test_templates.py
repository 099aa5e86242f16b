"""The house rules for templates, each found by reading them as text."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from abhiyan.pages.access import addresses_by_name

from .source import FLOORS, PACKAGE, Finder, Source, above, sources, told

# Attributes whose words are shown or read out.
SPOKEN = ("alt", "aria-label", "data-l", "placeholder", "title")


def templates_that_look_upwards(source: Source) -> Iterator[str]:
    pattern = r"""\{%-?\s*(extends|include|url|post|go|link)\b[^%]*?\s["'](\w+)([/:])\w"""
    for number, line in enumerate(source.text.splitlines(), 1):
        for tag, room, _ in re.findall(pattern, line):
            if room in FLOORS and above(source.room, room):
                yield f"{source.room}/{source.path}:{number}: {tag} upwards, to {room}"


def addresses_that_no_page_has(source: Source) -> Iterator[str]:
    """`{% url … as x %}` of a page that is gone says nothing and leaves a button out."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for name in re.findall(r"""\{%-?\s*(?:url|go|post|link)\b[^%]*?\s["'](\w+:\w+)["']""", line):
            if name not in _pages():
                yield f"{source.room}/{source.path}:{number}: no page is called {name}"


def files_that_are_not_there(source: Source) -> Iterator[str]:
    """`{% static %}` of a file that moved: the page would load without its script or its look."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for name in re.findall(r"""\{%-?\s*static\s+["']([^"']+)["']""", line):
            if not any(PACKAGE.glob(f"*/static/{name}")):
                yield f"{source.room}/{source.path}:{number}: no file {name}"


@cache
def _pages() -> frozenset[str]:
    """Every name of a page, with its room's."""
    return frozenset(addresses_by_name())


# The tag that draws signs, and the template that says what these mean.
LEGENDS = {
    r"\{% mini\b|\{% child_table\b": "ui/_bar_legend.html",
    r"\{% ladder\b": "ui/_ladder_legend.html",
    r'\{% include "ui/_squares\.html"': "ui/_squares_legend.html",
}


def pictures_without_a_legend(source: Source) -> Iterator[str]:
    """The template that draws has the legend, or every template that includes it has."""
    if source.path.suffix != ".html" or source.path.parts[1:] == ("ui", "kit.html"):
        return
    for draws, legend in LEGENDS.items():
        if re.search(draws, source.text) and not _has_legend(source, legend, frozenset()):
            yield f"{source.room}/{source.path}: its signs want {legend}, here or in what includes it"


def _has_legend(source: Source, legend: str, below: frozenset[str]) -> bool:
    name = "/".join(source.path.parts[1:])
    if legend in source.text:
        return True
    wanted = re.compile(rf"""\{{%-?\s*(include|piece)\s+["']{re.escape(name)}["']""")
    above_it = [
        other for other in sources("templates/**/*.html") if wanted.search(other.text) and name not in below
    ]
    return bool(above_it) and all(_has_legend(other, legend, below | {name}) for other in above_it)


def templates_outside_their_folder(source: Source) -> Iterator[str]:
    # Django looks some pages up by fixed names, at the top of a templates folder.
    inside = source.path.parts[1]
    if inside != source.room and not re.fullmatch(r"(4|5)\d\d(_csrf)?\.html|robots\.txt", inside):
        yield f"{source.room}/{source.path}: stands outside templates/{source.room}/"


def templates_against_the_content_policy(source: Source) -> Iterator[str]:
    if source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        where = f"{source.room}/{source.path}:{number}"
        if re.search(r"<[^>]*\sstyle\s*=", line):
            yield f"{where}: style= is blocked by the content policy"
        if re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", line):
            yield f"{where}: inline handlers are blocked by the content policy"
        if re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", line):
            yield f"{where}: inline scripts are blocked by the content policy"
        if re.search(r"<style\b", line):
            yield f"{where}: inline styles are blocked by the content policy"


def english_without_translation(source: Source) -> Iterator[str]:
    """Words on a page that no translate tag holds. None are capitals (CSV), code, and what names its own language."""
    if source.path.suffix != ".html":
        return
    lines = source.text

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n") or " "

    for pattern in (
        r"\{#.*?#\}",
        r"\{%\s*comment\b.*?\bendcomment\s*%\}",
        r"\{%\s*(blocktranslate|say)\b.*?\bend\1\s*%\}",
        r"\{%\s*block\s+\w+_(class|attributes)\s*%\}.*?\{%\s*endblock",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
        r"<(script|style|code|pre|kbd)\b.*?</\1>",
        r"<(\w+)\b[^>]*\slang=[^>]*>[^<]*</\1>",
    ):
        lines = re.sub(pattern, blank, lines, flags=re.DOTALL)
    said = "|".join(SPOKEN)
    for tag in re.finditer(r"<[^>]*>", lines):
        for value in re.findall(rf"""\s(?:{said})\s*=\s*("[^"]*"|'[^']*')""", tag[0]):
            if re.search(r"[A-Za-z]{2}", value):
                number = lines.count("\n", 0, tag.start()) + 1
                yield f"{source.room}/{source.path}:{number}: {value} is not translated"
    for number, line in enumerate(re.sub(r"<[^>]*>|&\w+;", blank, lines).splitlines(), 1):
        if re.search(r"[A-Za-z][a-z]", line):
            yield f"{source.room}/{source.path}:{number}: “{line.strip()}” is not translated"


IN_TEMPLATES: list[Finder] = [
    templates_that_look_upwards,
    addresses_that_no_page_has,
    files_that_are_not_there,
    pictures_without_a_legend,
    templates_outside_their_folder,
    templates_against_the_content_policy,
    english_without_translation,
]


@pytest.mark.parametrize("finder", IN_TEMPLATES, ids=lambda finder: finder.__name__)
def test_no_template_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("templates/**/*") for offence in finder(source))


PLANTED: list[tuple[Finder, str, str, str]] = [
    (templates_that_look_upwards, "ui", "templates/ui/page.html", '{% extends "site/base.html" %}'),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% include 'org/_office.html' %}"),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% url 'org:office' 1 %}"),
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% go _("Office") "org:office" 1 %}'),
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% post "org:office" 1 %}'),
    (addresses_that_no_page_has, "site", "templates/site/x.html", "{% url 'pages:imports' as imports %}"),
    (files_that_are_not_there, "stays", "templates/stays/x.html", "{% static 'stays/stay.js' %}"),
    (pictures_without_a_legend, "stays", "templates/stays/x.html", "{% ladder drawn %}"),
    (pictures_without_a_legend, "stays", "templates/stays/x.html", "{% mini drawn %} ui/_ladder_legend.html"),
    (templates_outside_their_folder, "people", "templates/org/x.html", ""),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", '<p class="a" style="color:red">'),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<a onclick='go()'>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<script>go()</script>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<style>p {}</style>"),
    (english_without_translation, "ui", "templates/ui/x.html", "<p>Reports due</p>"),
    (english_without_translation, "ui", "templates/ui/x.html", '{% translate "Yes" %}, or no'),
    (
        english_without_translation,
        "ui",
        "templates/ui/x.html",
        '<a title="Go there" href="{{ x }}">{{ y }}</a>',
    ),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_a_planted_offence_is_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text)))


ALLOWED: list[tuple[Finder, str, str, str]] = [
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% extends "ui/page.html" %}'),
    (addresses_that_no_page_has, "site", "templates/site/x.html", "{% url 'imports:list' as imports %}"),
    (files_that_are_not_there, "stays", "templates/stays/x.html", "{% static 'ui/mark.js' %}"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", '<script src="x.js" defer></script>'),
    (
        english_without_translation,
        "ui",
        "templates/ui/x.html",
        '<p title="{% translate "Go" %}">{% blocktranslate %}Yes, no{% endblocktranslate %} CSV <code>a b</code></p>',
    ),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []


def test_the_frame_of_a_page_sets_no_name_that_a_page_may_have_given() -> None:
    """A base template draws before the page's own part: a name that it sets would hide the page's own."""
    frame = PACKAGE / "ui" / "templates" / "ui"
    names = {
        name
        for part in ("base_desk.html", "_tabs.html", "_help.html", "_crumbs.html", "_told.html")
        for name in re.findall(r" as (\w+) *%\}", (frame / part).read_text())
    }
    assert names and all(name.startswith("nav_") for name in names), names
    given = [
        path for path in PACKAGE.rglob("views/*.py") if re.search(r"""["']nav_\w+["']""", path.read_text())
    ]
    assert given == [], "names of the frame alone"
