"""A page that has nothing to show says what comes next: a sentence, or a link."""

import re
from pathlib import Path

ROOMS = Path(__file__).resolve().parents[2] / "src/abhiyan"
EMPTY = re.compile(r"\{% empty (?!%)((?:[^%]|%(?!\}))*)%\}")
TABLE = re.compile(r"\{% (?:list|table) ((?:[^%]|%(?!\}))*)%\}")
WORDS = re.compile(r'_\("[^"]*"\)|"[^"]*"|\S+')


def silent(template: str) -> list[str]:
    """The tags of a template that say there is nothing, and no more."""
    said = [tag for tag in EMPTY.findall(template) if len(WORDS.findall(tag)) < 2]
    return said + [
        tag for tag in TABLE.findall(template) if "empty=" in tag and not re.search("text=|href=", tag)
    ]


def test_where_nothing_is_shown_the_page_says_what_comes_next() -> None:
    assert [
        (str(path.relative_to(ROOMS)), tag.strip())
        for path in sorted(ROOMS.rglob("*.html"))
        for tag in silent(path.read_text())
    ] == []


def test_a_page_that_says_no_more_than_nothing_is_found() -> None:
    assert len(silent('{% empty _("Nothing here") %}{% list table empty=_("Nobody") %}{% endlist %}')) == 2
    assert silent('{% for x in y %}{% empty %}{% endfor %}{% empty _("Nobody") _("Name one.") %}') == []
    assert silent('{% table _("Names") names as name empty=_("None") text=_("Add one.") %}') == []
