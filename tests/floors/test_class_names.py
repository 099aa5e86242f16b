"""A class has a name of its own, so that a reader, a log and a refusal mean one thing by it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from .source import Source, sources, told


def shared_class_names(modules: Iterable[Source]) -> Iterator[str]:
    """Yields each class of a module whose name an earlier module has given to another class."""
    first_places: dict[str, str] = {}
    for source in modules:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef):
                place = first_places.setdefault(node.name, f"{source.room}/{source.path}")
                if place != f"{source.room}/{source.path}":
                    yield source.at(
                        node, f"{place} has a class {node.name} too: give this one a noun of its own"
                    )


def test_no_two_classes_share_a_name() -> None:
    told(shared_class_names(sources("**/*.py")))
    planted = [
        Source(room, Path("models.py"), "class Visit:\n    class Kind: ...") for room in ("org", "stays")
    ]
    assert len(list(shared_class_names(planted))) == 1
    assert not list(shared_class_names(planted[:1])), "classes inside others may share a name"
