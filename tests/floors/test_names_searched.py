"""People are looked for by how their names sound, in one way everywhere (people/rules/called.py)."""

import re

import pytest

from .source import Source, sources

# Python, Django or SQL compares the letters of a name with a text.
LETTERS = re.compile(
    r"\bnames?(?:__\w+)?__i?(?:contains|startswith|endswith|regex)\b"
    r"|\bin \w+(?:\.\w+|\[\w+\])*\.name\.(?:casefold|lower)\(\)"
    r"|\bname\s*(?:!?~~?\*?|(?:not )?i?like\b)(?!=)"
    r"|\b(?:lower|upper|position|strpos)\((?:[^()\n]*\W)?name\b"
)
NOT_OF_PEOPLE = {
    "elections/queries/planning.py": "names of plans and their units",
    "enrolment/queries/recount.py": "doctor compares two entries of one phone, and nobody types",
    "messaging/views/bulk_texts.py": "names of bulk texts",
    "programmes/queries/programmes.py": "names of programmes",
    "forms/queries/__init__.py": "names of forms",
    "units/queries/trees.py": "a unit of a list by its whole name",
}


def compares_letters(source: Source) -> bool:
    return LETTERS.search(source.text) is not None


def test_nobody_is_looked_for_by_the_letters_of_a_name() -> None:
    files = {f"{source.room}/{source.path}" for source in sources("**/*.py") if compares_letters(source)}
    assert files == set(NOT_OF_PEOPLE), (
        "ask `called.is_called`, `queries.called_sql` or `queries.people_called`"
    )


@pytest.mark.parametrize(
    "text",
    [
        "rows.filter(name__icontains=word)",
        "[row for row in rows if text in row.name.casefold()]",
        "where p.name ilike %s",
        "where p.name ~* all (%s)",
        "position(lower(%(name)s) in lower(p.name)) > 0",
        "Q(name__istartswith=text)",
        "if typed in each.holder.name.lower():",
    ],
)
def test_ways_to_compare_letters_are_found(text: str) -> None:
    assert LETTERS.search(text)


@pytest.mark.parametrize(
    "text", ["where w.word ~>=~ %(last)s", "order=lambda row: row.name.casefold()", "order by p.name limit 3"]
)
def test_other_uses_of_a_name_are_none(text: str) -> None:
    assert not LETTERS.search(text)
