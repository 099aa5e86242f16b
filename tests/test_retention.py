"""docs/retention.md names every function that deletes or empties rows because of their age, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "abhiyan"
TABLE = (ROOT / "docs" / "retention.md").read_text()
OLDER = re.compile(r"__(?:lt|lte)$")
OLDER_ROWS = re.compile(r"\bdelete from\b[^;]*?<=?\s*(?:%s|%\()", re.IGNORECASE | re.DOTALL)
# These empty or delete no word about a person that grows old: each has its reason.
OTHER = {
    "ask_signed": "a day on which a question goes out",
    "ask_persons": "a day on which a question goes out",
    "free_held_for_text": "messages go on",
    "count_held": "counts of units, made again",
    "empty_tickets": "an erasure, at once",
    "erase_items": "an erasure, at once",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield each function of the product with the path of its module."""
    for path in sorted(SOURCE.rglob("*.py")):
        if {"tests", "migrations", "demo", "sample"} & set(path.parts) or path.name == "demo.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield str(path.relative_to(SOURCE)), node


def calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == name:
            yield part


def by_age(function: ast.FunctionDef) -> bool:
    """Return True if rows go, or are emptied, because a time of theirs is over."""
    words = [
        part.value
        for part in ast.walk(function)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if any(OLDER_ROWS.search(word) for word in words):
        return True
    times = {
        part.id
        for keyword in ast.walk(function)
        if isinstance(keyword, ast.keyword) and OLDER.search(keyword.arg or "")
        for part in ast.walk(keyword.value)
        if isinstance(part, ast.Name)
    }
    if not times & {"at", "before", "today", "day", "now"}:
        return False
    empties = (
        value
        for call in calls(function, "update")
        for value in (keyword.value for keyword in call.keywords)
        if isinstance(value, ast.Constant) and value.value in (None, b"", "")
    )
    return any(calls(function, "delete")) or any(empties)


def named() -> set[tuple[str, str]]:
    """Return the functions that the table names, with their modules."""
    cells = re.findall(r"`([a-z_/]+\.py)` \(([^)]*)\)", TABLE)
    return {(path, name) for path, names in cells for name in re.findall(r"`([a-z_]+)`", names)}


def test_what_goes_by_its_age_is_in_the_table() -> None:
    goes = {(path, node.name) for path, node in functions() if by_age(node)}
    assert {(path, name) for path, name in goes - named() if name not in OTHER} == set()


def test_the_table_names_functions_that_delete_by_age() -> None:
    assert named() - {(path, node.name) for path, node in functions() if by_age(node)} == set()


def test_each_exception_is_still_one() -> None:
    assert set(OTHER) - {node.name for _path, node in functions() if by_age(node)} == set()


@pytest.mark.parametrize(
    "source",
    [
        "def f(at): Row.objects.filter(at__lt=at - KEPT).delete()",
        "def f(at):\n    old = Row.objects.filter(day__lte=day_in(ZONE, at))\n    old.delete()",
        "def f(at): Row.objects.filter(until__lte=at).update(note=b'')",
        "def f(at): Row.objects.filter(until__lte=at).exclude(note='').update(name=None, n=1)",
        "def f(at): sql.run('delete from room_row where last_at <= %s', [at])",
        "def f(at): sql.run('delete from a using b where a.id = b.id and b.ends_at < %(at)s', {'at': at})",
    ],
)
def test_a_purge_is_seen_as_one(source: str) -> None:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef) and by_age(function)
