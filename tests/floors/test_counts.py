"""A count says whose word it is, rungs are never added up, and what waits for a sign is counted nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, above, sources, told

# `programmes/rules/items.py` and `Item` say how far an item is. A room that asks the columns forgets the sign.
ABOUT_ITEMS = re.compile(r"programmes_item\b|\bitems_by_id\b|import .*\bItem\b")
COLUMN = re.compile(r"\b(counted_at|confirmed_at)(?:\b|__)")
# A number and a verb without whose word it is: "180 came". `%(n)s`, `{{ n }}`, `{n}`.
NUMBER = r"(?:%\(\w+\)s|\{\{\s*\w+\s*\}\}|\{\w+\})"
BARE = re.compile(rf"{NUMBER}\s+(?:\w+\s+){{0,2}}?(?:came|attended|talked|stayed|were there)\b(?!\s\w)")
ITS_WORD = re.compile(r"\b(?:reported?|seen|ticked|noted|counted|confirmed|said|says)\b")

# Rungs say how sure a count is; two of them together say nothing. Python and SQL, `a.counted + b.unsigned`; templates.
RUNG = r"(?:reported|counted|unsigned|confirmed)"
RUNGS_ADDED = re.compile(rf"\b{RUNG}(?:\b[\s,or0)]*? ?\+ ?[\w.(]*?\b{RUNG}\b|\|add:[\w.]*?\b{RUNG}\b)")
WHERE_ADDED = {
    ("ui", "ladder.py"): "where the bars begin and end",
    ("ui", "charts.py"): "where a line lies",
    ("ui", "templatetags/pictures.py"): "how long a bar is",
    ("intake", "activity.py"): "as many rows as the list of members without a place has",
    ("work", "demo.py"): "how many people the sample has made so far",
}


def rungs_added(source: Source) -> Iterator[str]:
    if (source.room, str(source.path)) in WHERE_ADDED:
        return
    for found in RUNGS_ADDED.finditer(source.text):
        n = source.text.count("\n", 0, found.start()) + 1
        yield f"{source.room}/{source.path}:{n}: {found[0]!r}: rungs are never added up"


def items_asked_by_their_columns(source: Source) -> Iterator[str]:
    if not above("programmes", source.room):
        return
    about = ABOUT_ITEMS.search(source.text) is not None
    for n, line in enumerate(source.text.splitlines(), 1):
        for found in COLUMN.findall(line):
            if found == "counted_at" or about:
                yield f"{source.room}/{source.path}:{n}: {found}: ask Item, or the names of rules/items.py"


def counts_without_a_word(source: Source) -> Iterator[str]:
    for n, line in enumerate(source.text.splitlines(), 1):
        if BARE.search(line) and not ITS_WORD.search(line):
            yield f"{source.room}/{source.path}:{n}: a count that does not say whose word it is"


IN_PYTHON: list[Finder] = [items_asked_by_their_columns, counts_without_a_word, rungs_added]


@pytest.mark.parametrize("finder", IN_PYTHON, ids=lambda finder: finder.__name__)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize("finder", [counts_without_a_word, rungs_added], ids=lambda finder: finder.__name__)
def test_no_template_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.html") for offence in finder(source))


def test_each_place_where_rungs_may_be_added_still_adds_them() -> None:
    found = {(one.room, str(one.path)) for one in sources("**/*.py") if RUNGS_ADDED.search(one.text)}
    assert found >= set(WHERE_ADDED), "these add none any more"


@pytest.mark.parametrize(
    ("finder", "room", "text"),
    [
        (items_asked_by_their_columns, "stays", "where i.counted_at is not null and i.ended_at is null"),
        (items_asked_by_their_columns, "contact", "walks.filter(counted_at__isnull=False)"),
        (items_asked_by_their_columns, "dialogues", "found = items_by_id(ids)\nfound[0].confirmed_at"),
        (counts_without_a_word, "review", '_("%(came)s came, %(n)s were invited")'),
        (counts_without_a_word, "meetings", "{{ n }} people came"),
        (counts_without_a_word, "contact", '_("%(n)s workers talked")'),
        (rungs_added, "review", "drawn.counted + drawn.unsigned"),
        (rungs_added, "contact", "(ladder.counted or 0) + (ladder.unsigned or 0)"),
        (rungs_added, "stays", "coalesce(f.counted, 0) + coalesce(f.confirmed, 0)"),
        (rungs_added, "site", "{{ row.counted|add:row.unsigned }}"),
    ],
)
def test_a_planted_offence_is_found(finder: Finder, room: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path("queries.py"), text=text)))


@pytest.mark.parametrize(
    ("finder", "room", "text"),
    [
        (items_asked_by_their_columns, "programmes", "i.counted_at is not null"),
        (items_asked_by_their_columns, "org", "o.counted_at < %(kept)s"),
        (items_asked_by_their_columns, "enrolment", "where e.confirmed_at is not null"),
        (counts_without_a_word, "review", '_("%(n)s seen by name, %(all)s reported")'),
        (counts_without_a_word, "meetings", '_("Everybody who came")'),
    ],
)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path("queries.py"), text=text))) == []
