"""Totals count the whole: no title and no count takes the length of a list that has a limit.

A list is cut by a slice (`rows[:10]`), by `limit` in its SQL or by what it is asked for (`limit=`, `most=`). It stays
cut through names, functions and the context of a page. The way out is `core.cut.Cut`, which knows the total.
"""

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

from .source import Source, sources, told

LIMITED = re.compile(r"\blimit\s*(?:%\(|%s|$|[2-9]|\d\d)", re.IGNORECASE)
READS = {"rows", "each", "column"}  # of core.sql
BOUNDS = {"limit", "most"}  # what a query is asked for at most
KEEPS = {"list", "tuple", "sorted", "reversed", "set", "enumerate"}
WORDS = {"ngettext", "_", "say", "gettext", "grouped", "filled_sentence", "count_words", "npgettext"}
COMPARED = re.compile(r"\|length\s*(?:[<>=!]|%\})|\bif [^%]*\|length")
LENGTH = re.compile(r"([\w.]+)\|length")
# The act takes these rows. They are no part of what is shown, so their number is the number.
WHOLE: dict[str, str] = {
    "enrolment/views/placing.py": "the press places these rows: it says n of all, the oldest first",
}


def cut_by(node: ast.AST, names: Collection[str], functions: Collection[str], texts: Collection[str]) -> bool:
    """Return whether an expression is a list of the first rows only."""

    def goes_on(part: ast.AST) -> bool:
        return cut_by(part, names, functions, texts)

    match node:
        case ast.Subscript(slice=ast.Slice(lower=None, upper=upper)) if upper is not None:
            return not isinstance(upper, ast.UnaryOp)
        case ast.Name(id=name):
            return name in names
        case ast.ListComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return goes_on(first.iter) and not first.ifs
        case ast.IfExp(body=body, orelse=other):
            return goes_on(body) or goes_on(other)
        case ast.Call(func=func, args=args, keywords=more):
            name = called(func)
            if any(each.arg in BOUNDS for each in more):
                return True
            if name in KEEPS and args:
                return goes_on(args[0])
            if isinstance(func, ast.Attribute) and name in READS and args:
                return is_limited(args[0], texts)
            return name in functions
    return False


def called(func: ast.AST) -> str:
    match func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def is_limited(text: ast.AST, texts: Collection[str]) -> bool:
    """Return whether an SQL text, or the constant that has it, takes the first rows only."""
    match text:
        case ast.Constant(value=str(words)):
            return LIMITED.search(words) is not None
        case ast.JoinedStr(values=values):
            return any(is_limited(each, texts) for each in values)
        case ast.Name(id=name):
            return name in texts
    return False


def functions_of(source: Source) -> list[ast.FunctionDef]:
    return [node for node in source.nodes if isinstance(node, ast.FunctionDef)]


@cache
def steps_of(function: ast.FunctionDef) -> tuple[list[ast.Assign], list[ast.expr]]:
    """Return what a function gives names to, and what it returns."""
    nodes = list(ast.walk(function))
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value]
    return [node for node in nodes if isinstance(node, ast.Assign)], returned


def texts_of(source: Source) -> set[str]:
    """Constants of a module whose SQL has a limit."""
    return {
        target.id
        for node in source.tree.body
        if isinstance(node, ast.Assign) and is_limited(node.value, ())
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def cut_names(function: ast.FunctionDef, functions: Collection[str], texts: Collection[str]) -> set[str]:
    """Names of a function that are given first rows, and nothing else."""
    given: dict[str, list[bool]] = {}
    for node in steps_of(function)[0]:
        is_cut = cut_by(node.value, {name for name, all_ in given.items() if all(all_)}, functions, texts)
        for target in node.targets:
            if isinstance(target, ast.Name):
                given.setdefault(target.id, []).append(is_cut)
    return {name for name, all_ in given.items() if all(all_)}


@cache
def cutting(*extra: Source) -> frozenset[str]:
    """Names of the functions that return first rows, wherever they are called. A name that other functions share, which
    do not, is left out: the finder would blame the wrong one."""
    every = [*sources("**/*.py"), *extra]
    found: frozenset[str] = frozenset()
    for _each in range(3):  # a function that returns what another cut
        cuts: dict[str, list[bool]] = {}
        for source in every:
            texts = texts_of(source)
            for function in functions_of(source):
                names = cut_names(function, found, texts)
                is_cut = any(cut_by(value, names, found, texts) for value in steps_of(function)[1])
                cuts.setdefault(function.name, []).append(is_cut)
        found = frozenset(name for name, all_ in cuts.items() if all(all_))
    return found


def counts_of_first_rows(source: Source, functions: Collection[str]) -> Iterator[str]:
    """`len` of a cut list inside words, or in the context of a page under a name of its own."""
    texts = texts_of(source)
    if f"{source.room}/{source.path}" in WHOLE:
        return
    for function in functions_of(source):
        if "len(" not in source.text:
            return
        names = cut_names(function, functions, texts)
        for node, above in with_parents(function):
            if not (isinstance(node, ast.Call) and called(node.func) == "len" and node.args):
                continue
            if cut_by(node.args[0], names, functions, texts) and is_said(above, source):
                yield f"{source.room}/{source.path}:{node.lineno}: a count of first rows: take the total of a Cut"


def with_parents(
    node: ast.AST, above: tuple[ast.AST, ...] = ()
) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    yield node, above
    for child in ast.iter_child_nodes(node):
        yield from with_parents(child, (*above, node))


def is_said(above: tuple[ast.AST, ...], source: Source) -> bool:
    """Return whether a number goes into words: through what makes words, `%`, or a page's context."""
    for node in reversed(above):
        match node:
            case ast.Compare() | ast.BinOp(op=ast.Sub() | ast.Add()) | ast.BoolOp():
                return False
            case ast.Call(func=func) if called(func) in WORDS:
                return True
            case ast.BinOp(op=ast.Mod()):
                return True
            case ast.Dict(keys=keys) if {"views", "owed"} & source.parts:
                return all(isinstance(key, ast.Constant) for key in keys if key is not None)
            case ast.stmt():
                return False
    return False


def contexts(source: Source, functions: Collection[str]) -> Iterator[str]:
    """Names under which a room's pages are given first rows."""
    texts = texts_of(source)
    for function in functions_of(source):
        names = cut_names(function, functions, texts)
        for node in ast.walk(function):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and cut_by(value, names, functions, texts):
                        yield str(key.value)


def lengths_of_first_rows(template: Source, given: Collection[str]) -> Iterator[str]:
    """`|length` of such a name in a template, but for a comparison."""
    for n, line in enumerate(template.text.splitlines(), 1):
        if COMPARED.search(line):
            continue
        for name in LENGTH.findall(line):
            if name in given:
                yield f"{template.room}/{template.path}:{n}: {name}|length counts first rows: take the total of a Cut"


def test_no_count_takes_the_length_of_a_list_that_was_cut() -> None:
    functions = cutting()
    told(offence for source in sources("**/*.py") for offence in counts_of_first_rows(source, functions))


def test_no_template_takes_the_length_of_a_list_that_was_cut() -> None:
    functions, given = cutting(), dict[str, set[str]]()
    for source in sources("**/*.py"):
        if "views" in source.parts:
            given.setdefault(source.room, set()).update(contexts(source, functions))
    told(
        offence
        for template in sources("**/*.html")
        for offence in lengths_of_first_rows(template, given.get(template.room, ()))
    )


def test_what_stands_on_the_named_list_is_still_there() -> None:
    known = {f"{source.room}/{source.path}" for source in sources("**/*.py")}
    assert set(WHOLE) <= known


def module(text: str, path: str = "views/page.py") -> Source:
    return Source(room="review", path=Path(path), text=text)


PLANTED = [
    "def page():\n    late = list(found[:10])\n    return ngettext('%(n)s is late', '%(n)s are late', len(late))",
    "def page():\n    title = _('%(n)s are late') % {'n': grouped(len(found[:MOST]))}",
    "def page():\n    week = [one for one in found[:60]]\n    return {'week': len(week)}",
    (
        "def ten_planted():\n    return list(q.order_by('pk')[:10])\n"
        "def page():\n    late = queries.ten_planted()\n    return filled_sentence('%(n)s', n=len(late))"
    ),
    (
        "SQL = 'select 1 from x order by 1 limit %(most)s'\n"
        "def rows_planted():\n    return sql.rows(SQL, {})\n"
        "def page():\n    return _('%(n)s') % {'n': len(rows_planted())}"
    ),
    (
        "def rows_planted():\n    return sql.each(Row, f'select 1 limit {MOST}')\n"
        "def page():\n    found = sql.rows(f'select 1 limit %(n)s')\n    return say('%(n)s') % {'n': len(found)}"
    ),
]


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_count_is_found(text: str) -> None:
    source = module(text)
    assert list(counts_of_first_rows(source, cutting(source)))


@pytest.mark.parametrize(
    "text",
    [
        "def page():\n    late = first_of(found, 10)\n    return ngettext('a', 'b', late.total)",
        "def page():\n    rows = list(found[:11])\n    return {'more': len(rows) > 10}",
        "def page():\n    rows = list(found)\n    return _('%(n)s') % {'n': len(rows)}",
        "def page():\n    rows = found[:10]\n    return _('%(n)s more') % {'n': total - len(rows)}",
        "def page():\n    rows = found[10:]\n    return _('%(n)s') % {'n': len(rows)}",
    ],
)
def test_what_is_allowed_is_not_found(text: str) -> None:
    source = module(text)
    assert not list(counts_of_first_rows(source, cutting(source)))


def test_a_planted_length_in_a_template_is_found_and_a_comparison_is_not() -> None:
    given = set(contexts(module("def page():\n    return {'late': list(found[:10])}"), ()))
    assert given == {"late"}
    page = Source(room="review", path=Path("templates/review/page.html"), text="<h2>{{ late|length }}</h2>")
    assert list(lengths_of_first_rows(page, given))
    for text in ("{% if late|length > 3 %}", "{{ other|length }}", "{% if late|length %}"):
        other = Source(room="review", path=Path("templates/review/page.html"), text=text)
        assert not list(lengths_of_first_rows(other, given)), text
