"""Which limits a module takes, read from its source: for the test that tries each."""

import ast
import re
from collections.abc import Iterator

import pytest


def limits_of(source: str, *others: str) -> Iterator[str]:
    """The names of the limits that a module takes: literal, the first text of each tuple they come from, or what the
    makers of an object hand it in this module and in others."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def texts(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name) and node.id in constants:
            yield from texts(constants[node.id])
        elif isinstance(node, ast.Tuple | ast.List):
            for each in node.elts:
                yield from texts(each)

    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) in ("limits.take", "take")):
                continue
            (given,) = [keyword.value for keyword in call.keywords if keyword.arg == "limit"]
            found = list(texts(given))
            if isinstance(given, ast.Name) and not found:
                for node in ast.walk(function):
                    if isinstance(node, ast.For) and given.id in names(node.target):
                        assert isinstance(node.iter, ast.Tuple | ast.List)
                        found += [next(texts(each)) for each in node.iter.elts]
                    elif isinstance(node, ast.Assign) and given.id in names(node.targets[0]):
                        found.append(next(texts(node.value)))
            if isinstance(given, ast.Attribute):
                makers = [
                    one.name
                    for one in ast.walk(tree)
                    if isinstance(one, ast.ClassDef) and call in ast.walk(one)
                ]
                for text in (source, *others):
                    found += [
                        name for maker in makers for name in re.findall(rf'\b{maker}\("([^"]+)"\)', text)
                    ]
            assert found, f"which limit is this? {ast.unparse(call)}"
            yield from found


def names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def test_limits_are_found_however_they_are_written() -> None:
    source = """
A = ("a.one", 5, 60)
def literal(): limits.take(limit="a.two", subject="x")
def constant():
    name, n, s = A
    limits.take(limit=name, subject="x")
def loop():
    for (name, n, s), subject in ((A, "x"), (("a.three", 1, 2), "y")):
        limits.take(limit=name, subject=subject)
class Kept:
    def __init__(self, limit): self.limit = limit
    def take(self): limits.take(limit=self.limit, subject="x")
"""
    assert set(limits_of(source, 'Kept("a.four")')) == {"a.one", "a.two", "a.three", "a.four"}
    with pytest.raises(AssertionError):
        list(limits_of("def unknown(name): limits.take(limit=name)"))
