"""Texts and pages that send a known person to sign in ask `org.queries.door_of`. None names a door by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

# A door by its name or by its path. Addresses behind it (`/sign-in/second/`) are steps of the same way.
_DOOR = re.compile(r"\b(?:people:sign_in|org:phone_sign_in)\b|/sign-in/(?![a-z<])")
# Files that may: the doors themselves, the rule, and what asks of somebody nobody knows yet.
MAY = {
    ("org", "queries/viewers.py"): "the rule",
    ("org", "urls.py"): "the door",
    ("org", "views/phones.py"): "the door",
    ("org", "templates/org/phone_sign_in.html"): "the door",
    ("org", "templates/org/phone_sign_in_code.html"): "the door",
    ("org", "templates/org/_phone_others.html"): "leads from one door to the other",
    ("org", "views/appointments.py"): "asks whether `door_of` gave it",
    ("org", "views/office_offers.py"): "asks whether `door_of` gave it",
    ("people", "urls.py"): "the door",
    ("people", "views/sign_in.py"): "the door, which leads to the other",
    ("people", "templates/people/sign_in.html"): "the door",
    ("people", "templates/people/sign_in_code.html"): "the door",
    ("pages", "access.py"): "by the level of an address",
    ("server", "middleware.py"): "both proofs, for who came in by one code",
    ("pages", "views/today.py"): "somebody who is not signed in",
    ("pages", "views/field.py"): "by the session of this phone",
}


def doors_by_name(source: Source) -> Iterator[str]:
    """Yield each line of a text, a template or code that names a door."""
    if (source.room, str(source.path)) in MAY:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if _DOOR.search(line):
            yield f"{source.room}/{source.path}:{number}: {line.strip()}: org.queries.door_of knows the door"


FILES = ("**/*.py", "templates/**/*", "**/*.toml", "**/*.js")


def test_nothing_but_the_rule_names_a_door() -> None:
    told(offence for pattern in FILES for source in sources(pattern) for offence in doors_by_name(source))


PLANTED: list[tuple[Finder, str, str, str]] = [
    (doors_by_name, "stays", "templates/stays/x.html", "<a href=\"{% url 'people:sign_in' %}\">"),
    (doors_by_name, "stays", "templates/stays/x.html", '{% go _("Sign in") "people:sign_in" %}'),
    (doors_by_name, "messaging", "rules/texts.toml", 'en = "Sign in at https://example.org/sign-in/ ."'),
    (doors_by_name, "messaging", "rules/texts.toml", 'en = "Open /field/sign-in/ ."'),
    (doors_by_name, "org", "views/x.py", 'settings.ORIGIN + reverse("people:sign_in")'),
    (doors_by_name, "org", "views/x.py", 'reverse("org:phone_sign_in")'),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_the_finder_finds_a_planted_door(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room, Path(path), text)))
