"""A public function has a name of its own, so that a search finds one, and a sentence of the docs means one."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from .source import Source, sources, told

# Words of the kit, and how many modules have a function of the name. The numbers may only fall.
KIT = {"board": 5, "check": 10, "commit": 5, "main": 6, "ready": 5, "register": 11, "undo": 1}
# Rooms are asked for these modules by their names, so each room gives its functions the names of the others.
ASKED_FOR = re.compile(r'\b(?:rooms\.)?modules\("(\w+)"\)')
CALLED_BY_PEOPLE = re.compile(r"(^|\.)(command|group|tag|filter|simple_tag|inclusion_tag|simple_block_tag)$")


def offered_modules(modules: Iterable[Source]) -> set[str]:
    """Return the modules that every room may have, and that pages ask for by name."""
    return {name for source in modules for name in ASKED_FOR.findall(source.text)}


def public_functions(source: Source, offered: set[str]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yields top-level functions; those left out are called by a name that a room, a command or a template has."""
    if len(source.path.parts) == 1 and source.path.stem in offered:
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
            if not any(CALLED_BY_PEOPLE.search(ast.unparse(mark)) for mark in marks):
                yield node


def shared_function_names(modules: Iterable[Source], offered: set[str]) -> Iterator[str]:
    """Yields each function whose name an earlier module has given to another function."""
    first_places: dict[str, str] = {}
    for source in modules:
        for node in public_functions(source, offered):
            place = first_places.setdefault(node.name, f"{source.room}/{source.path}")
            if place != f"{source.room}/{source.path}" and node.name not in KIT:
                yield source.at(
                    node, f"{place} has a function {node.name} too: give this one a noun of its own"
                )


def test_no_two_public_functions_share_a_name() -> None:
    modules = sources("**/*.py")
    told(shared_function_names(modules, offered_modules(modules)))


def test_the_words_of_the_kit_become_no_more() -> None:
    modules = sources("**/*.py")
    offered = offered_modules(modules)
    names = Counter(node.name for source in modules for node in public_functions(source, offered))
    assert {word: names[word] for word in KIT} == KIT, "more: give it a noun; fewer: lower the number here"


PLANTED = [
    ("views.py", "def close_page(request): ..."),
    ("rules/seats.py", "async def close_page(request): ..."),
    ("todo_lists.py", "def todo(viewer): ..."),
    ("queries/offers.py", "def todo(viewer): ..."),
    ("actions.py", "@transaction.atomic\ndef close_page(*, by): ..."),
    ("views.py", "@require_http_methods(['GET'])\ndef close_page(request): ..."),
]
ALLOWED = [
    ("offers.py", "def todo(viewer): ..."),
    ("views.py", "def _close(request): ..."),
    ("queries.py", "def board(unit): ..."),
    ("commands.py", "@click.command('list')\ndef list_(): ..."),
    ("templatetags/x.py", "@register.simple_tag(takes_context=True)\ndef bars(context): ..."),
    ("models.py", "class A:\n    def close(self): ..."),
]


@pytest.mark.parametrize(("path", "text"), PLANTED)
def test_a_shared_name_is_found(path: str, text: str) -> None:
    pair = [Source(room, Path(path), text) for room in ("org", "stays")]
    assert len(list(shared_function_names(pair, {"offers"}))) == 1


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_a_name_that_rooms_commands_and_templates_call_is_allowed(path: str, text: str) -> None:
    pair = [Source(room, Path(path), text) for room in ("org", "stays")]
    assert not list(shared_function_names(pair, {"offers"}))
