"""A form that asks yes or no reads its button by `ui.acts.pressed`: a missing button is no answer."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

_BUTTON = re.compile(r"""\{%\s*submit\b[^%]*?\bname="(?P<name>\w+)"\s+value="(?P<value>\w+)\"""")
_NO = frozenset({"no", "decline", "refuse", "cannot"})


@cache
def deciding() -> frozenset[str]:
    """Return the names of buttons that say no in any template."""
    found = (one for source in sources("templates/**/*.html") for one in _BUTTON.finditer(source.text))
    return frozenset(one["name"] for one in found if one["value"] in _NO)


def buttons_read_by_hand(source: Source) -> Iterator[str]:
    """Yield each place that reads such a button from the form itself."""
    read = re.compile(rf"""POST(?:\.get\(\s*|\[)["'](?:{"|".join(sorted(deciding()))})["']""")
    for found in read.finditer(source.text):
        n = source.text.count("\n", 0, found.start()) + 1
        yield f"{source.room}/{source.path}:{n}: {found[0]}: a missing button is no answer (ui.acts.pressed)"


def test_no_form_reads_a_missing_button_as_a_no() -> None:
    assert {"answer", "say"} <= deciding()
    told(offence for source in sources("**/*.py") for offence in buttons_read_by_hand(source))


PLANTED: list[tuple[Finder, str, str, str]] = [
    (buttons_read_by_hand, "org", "views/x.py", 'is_yes = request.POST.get("answer") == "accept"'),
    (buttons_read_by_hand, "org", "views/x.py", 'is_yes = request.POST["answer"] == "accept"'),
    (buttons_read_by_hand, "enrolment", "views/x.py", "if request.POST.get('say', '') != 'yes':"),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_a_button_read_by_hand_is_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room, Path(path), text)))
