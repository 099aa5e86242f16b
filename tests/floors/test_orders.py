"""Lists of units, doors and houses sort as people count: by `core.natural`, never as text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, dotted, sources, told

_FIELD = re.compile(r"-?(?:\w+__)?(?:door|names__\w+)|-?unit__code")
_SQL = re.compile(r"order by[^()]*?(?:\bdoor\b|\blane\b|names ?->>)", re.IGNORECASE)
_TEXT = re.compile(r"names ?->>")


def orders_by_text(source: Source) -> Iterator[str]:
    """A door, a lane or the name of a unit that a query, a sort or a list orders as plain text."""
    why = "5 comes after 48: core.natural has the order"
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            yield source.at(node, why)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("order_by"):
            for each in node.args[:1]:
                if isinstance(each, ast.Constant) and _FIELD.fullmatch(str(each.value)):
                    yield source.at(each, why)
        elif isinstance(node, ast.Lambda) and isinstance(node.body, ast.Attribute | ast.Tuple):
            parts = node.body.elts if isinstance(node.body, ast.Tuple) else [node.body]
            if any(isinstance(each, ast.Attribute) and each.attr in ("door", "lane") for each in parts):
                yield source.at(node, why)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                is_order = isinstance(key, ast.Constant) and key.value in ("name", "place", "unit")
                parts = value.elts if isinstance(value, ast.Tuple) else [value]
                texts = [str(each.value) for each in parts if isinstance(each, ast.Constant)]
                if is_order and any(map(_TEXT.search, texts)):
                    yield source.at(value, why)


def test_lists_sort_as_people_count() -> None:
    told(offence for source in sources("**/*.py") for offence in orders_by_text(source))


PLANTED: list[tuple[Finder, str]] = [
    (orders_by_text, "rows.order_by('door')"),
    (orders_by_text, "rows.order_by('unit__code', 'pk')"),
    (orders_by_text, "sorted(doors, key=lambda one: one.door)"),
    (orders_by_text, "sorted(doors, key=lambda one: (one.lane, one.door))"),
    (orders_by_text, "query = 'select 1 from x order by x.state, x.door'"),
    (orders_by_text, "SORTS = {'name': \"u.names ->> 'en'\"}"),
    (orders_by_text, "SORTS = {'place': (\"u.names ->> 'en'\",)}"),
]


@pytest.mark.parametrize(("finder", "text"), PLANTED)
def test_a_planted_offence_is_found(finder: Finder, text: str) -> None:
    assert list(finder(Source(room="org", path=Path("x.py"), text=text)))


def test_the_natural_order_is_allowed() -> None:
    text = "SORTS = {'name': natural_sql(\"u.names ->> 'en'\")}\nrows.order_by(NaturalOrder('door'))"
    assert not list(orders_by_text(Source(room="org", path=Path("x.py"), text=text)))
