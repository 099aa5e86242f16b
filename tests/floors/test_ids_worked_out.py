"""An id that SQL works out from another row is joined by `join_of_id`, so that row-level security uses an index."""

import ast
import re
from collections.abc import Iterator

import pytest

from .source import Source, sources, told

JOINED = re.compile(r"\b(?:on|and)\s+\w+\.id\s*(?:=|<=|>=|between)\s*(?:encode\(|\{TERM\})", re.IGNORECASE)
# The gateway's policies let every row through, so its statements use the index as they are.
EXEMPT = {"intake/actions/settling_sql.py"}


def joins(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.JoinedStr | ast.Constant) and JOINED.search(_text(node)):
            yield source.at(node, "row-level security reads the whole table: join by join_of_id(…)")


def _text(node: ast.JoinedStr | ast.Constant) -> str:
    """Return a string with the names of its blanks."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = (part.value if isinstance(part, ast.Constant) else ast.unparse(part) for part in node.values)
    return "".join(map(str, parts))


def test_ids_that_are_worked_out_are_joined_so_that_an_index_serves() -> None:
    files = (file for file in sources("**/*.py") if f"{file.room}/{file.path}" not in EXEMPT)
    told(offence for file in files for offence in joins(file))


@pytest.mark.parametrize(
    "text",
    [
        "\"join b on b.id = encode(uuid_send(a.id), 'hex')::uuid\"",
        '"join b on b.a = 1\\n  and b.id <= encode(f(a.id))"',
        'f"left join terms e on e.id = {TERM} where true"',
        'f"join w on w.id =\\n  encode({bits})"',
        '"where true and w.id between encode(a.x) and encode(a.y)"',
    ],
)
def test_the_finder_sees_a_join_by_a_function(text: str) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.JoinedStr | ast.Constant) and JOINED.search(_text(node))


def test_the_finder_lets_a_lateral_join_pass() -> None:
    assert not JOINED.search(
        "cross join lateral (select encode(x) as id offset 0) last join e on e.id = last.id"
    )
