"""A rate is no bar, and what is only reported has no length: neither becomes a position outside its one function."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

# These have no place on the scale of people: the parts of an estimate, and the first rung.
UNSCALED = {"estimate", "low", "high", "rate", "real", "true", "reported"}
DRAWN_BY = {"Span", "Box", "SlideDot", "Stroke", "ChartBar", "_rect", "_line", "rect", "line", "at"}
KEYS = {"share", "shares", "start", "width", "height", "x", "y", "w", "h", "r", "cx", "cy"}
_ATTRIBUTE = re.compile(r"""\b(?:width|height|[xyr][12]?|cx|cy|d|points|transform)=["']?[^"'<>]*$""")
_NAMED = "|".join(sorted(UNSCALED))
_IN_TEMPLATE = re.compile(
    rf"""(?:\b(?:width|height|[xyr][12]?|cx|cy|d|points)=|<(?:progress|meter)\b[^>]*\bvalue=)["'][^"'<>]*"""
    rf"""\{{\{{[^}}]*\b(?:{_NAMED})\b"""
)
_IN_TYPST = re.compile(rf"\bof\.(?:{_NAMED})\b[^\n]*\* 1(?:%|pt|mm)")
THE_ONE = ("ui", "ladder.py", "plot_estimate")


def lengths_in_python(source: Source) -> Iterator[str]:
    """A rate, or what is reported, handed to what draws, written into an attribute of a drawing, or named a length."""
    spared = _lines_of_the_one(source)
    for node in source.nodes:
        for value in _drawn(node):
            if value.lineno in spared:
                continue
            for each in ast.walk(value):
                name = getattr(each, "attr", getattr(each, "id", ""))
                if name in UNSCALED:
                    yield source.at(value, f"{name} becomes a length: words, or `plot_estimate`")


def _drawn(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions of a node that become positions."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in DRAWN_BY:
            yield from node.args
        yield from (each.value for each in node.keywords if each.arg in KEYS)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in KEYS:
                yield value
    elif isinstance(node, ast.JoinedStr):
        before = ""
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                if _ATTRIBUTE.search(before):
                    yield each.value
                before += "0"
            elif isinstance(each, ast.Constant):
                before += str(each.value)


def _lines_of_the_one(source: Source) -> set[int]:
    if (source.room, str(source.path)) != THE_ONE[:2]:
        return set()
    (one,) = [n for n in source.nodes if isinstance(n, ast.FunctionDef) and n.name == THE_ONE[2]]
    return set(range(one.lineno, (one.end_lineno or one.lineno) + 1))


def lengths_in_text(source: Source) -> Iterator[str]:
    """The same in templates and in the code of printed pages."""
    pattern = _IN_TYPST if source.path.suffix == ".typ" else _IN_TEMPLATE
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := pattern.search(line):
            yield f"{source.room}/{source.path}:{number}: {found[0].strip()} is a length of a rate"


FINDERS: list[tuple[Finder, tuple[str, ...]]] = [
    (lengths_in_python, ("**/*.py",)),
    (lengths_in_text, ("templates/**/*.html", "**/*.typ")),
]


@pytest.mark.parametrize(("finder", "patterns"), FINDERS)
def test_no_rate_and_nothing_only_reported_becomes_a_length(
    finder: Finder, patterns: tuple[str, ...]
) -> None:
    told(offence for pattern in patterns for source in sources(pattern) for offence in finder(source))


PLANTED: list[tuple[Finder, str, str]] = [
    (lengths_in_python, "views.py", "Span(0.0, 100 * shown.estimate)"),
    (lengths_in_python, "views.py", "shown.append({'label': 'x', 'share': 100 * drawn.estimate})"),
    (lengths_in_python, "views.py", "row = dict(width=of.rate)"),
    (lengths_in_python, "views.py", "_rect('f1', drawn.reported, y, height)"),
    (lengths_in_python, "views.py", 'f\'<rect class="f" x="0" width="{of.low:.2f}%"/>\''),
    (lengths_in_python, "views.py", "f'<path d=\"M0 0L{10 * high} 0\"/>'"),
    (lengths_in_text, "templates/x.html", '<rect width="{{ row.rate }}%" height="5"/>'),
    (lengths_in_text, "templates/x.html", '<progress max="100" value="{{ one.real }}"></progress>'),
    (lengths_in_text, "x.typ", "box(width: of.estimate * 1%, height: 3mm)"),
]


@pytest.mark.parametrize(("finder", "path", "text"), PLANTED)
def test_a_planted_length_is_found(finder: Finder, path: str, text: str) -> None:
    assert list(finder(Source(room="units", path=Path(path), text=text)))


ALLOWED: list[tuple[Finder, str, str]] = [
    (lengths_in_python, "views.py", "Span(0.0, at(ladder.counted))"),
    (lengths_in_python, "views.py", "plot_estimate(of.rate, of.low, of.high)"),
    (lengths_in_python, "views.py", "f'<b title=\"{of.low}\">{of.rate}</b>'"),
    (lengths_in_text, "templates/x.html", '<input name="rate" value="{{ form.rate }}">'),
    (lengths_in_text, "x.typ", "text(size: 8pt)[#of.estimate]"),
]


@pytest.mark.parametrize(("finder", "path", "text"), ALLOWED)
def test_words_and_numbers_are_no_lengths(finder: Finder, path: str, text: str) -> None:
    assert not list(finder(Source(room="units", path=Path(path), text=text)))
