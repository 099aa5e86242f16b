"""A room's `offers.py` has functions that pages ask every room for, and each takes what the pages give."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .source import Source, sources, told

ASKED = re.compile(r'\boffered\("(\w+)"\)')  # core.rooms
CONSTANT = re.compile(r"[A-Z][A-Za-z_]*")


def asked_names(modules: Iterable[Source]) -> set[str]:
    """Return the names that pages ask every room for."""
    return {name for source in modules for name in ASKED.findall(source.text)}


def is_offers(source: Source) -> bool:
    return source.path == Path("offers.py")


def parameters_of(node: ast.FunctionDef) -> str:
    """Return the names that the function takes, in order."""
    by_place = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    return ", ".join([*by_place, *(f"{arg.arg}=" for arg in node.args.kwonlyargs)])


def offered_by(
    source: Source, everywhere: Iterable[Source]
) -> Iterator[tuple[str, ast.stmt, ast.FunctionDef | None]]:
    """Yields each public name of an `offers.py`, where it stands, and its function in that room."""
    functions = {
        node.name: node
        for module in everywhere
        if module.room == source.room
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
    }
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node, node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if not CONSTANT.fullmatch(name) and not name.startswith("_"):
                yield name, node, functions.get(value.id) if isinstance(value, ast.Name) else None


def strange_offers(modules: Iterable[Source]) -> Iterator[str]:
    """Yields names that no page asks for, and functions that take something else than those of the other rooms."""
    everywhere = list(modules)
    asked = asked_names(everywhere)
    first: dict[str, tuple[str, str]] = {}
    for source in everywhere:
        for name, node, function in offered_by(source, everywhere) if is_offers(source) else ():
            if name not in asked:
                yield source.at(
                    node, f"no page asks rooms for {name}: it belongs in another module, or begins with _"
                )
            elif function is None:
                yield source.at(node, f"{name} is no function of this room")
            else:
                room, takes = first.setdefault(name, (source.room, parameters_of(function)))
                if takes != parameters_of(function):
                    yield source.at(node, f"{name} takes ({takes}) in {room}")


def offers_elsewhere(modules: Iterable[Source]) -> Iterator[str]:
    """Yields functions with the name of an offer in another module: pages would not find them."""
    everywhere = list(modules)
    asked = asked_names(everywhere)
    for source in everywhere:
        for node in source.tree.body if not is_offers(source) else ():
            if isinstance(node, ast.FunctionDef) and node.name in asked:
                yield source.at(node, f"{node.name} is offered in offers.py alone")


def test_every_offer_is_asked_for_and_takes_what_it_is_given() -> None:
    modules = sources("**/*.py")
    told(strange_offers(modules))
    told(offers_elsewhere(modules))
    offering = {
        name for source in modules if is_offers(source) for name, _node, _f in offered_by(source, modules)
    }
    assert offering == asked_names(modules), "nobody offers what a page asks for"


def test_an_offer_of_another_name_or_signature_is_found() -> None:
    page = Source("pages", Path("views.py"), 'links = [*offered("unit_links")]')
    good = "def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]: ..."
    org = Source("org", Path("offers.py"), good)
    assert not list(strange_offers([page, org, Source("work", Path("offers.py"), good)]))
    for text in (
        good.replace("*, at", "*, when"),
        good.replace("unit: UnitRow, ", ""),
        "def unit_link(viewer): ...",
        "unit_links = 3",
        "unit_links = own_links\ndef own_links(viewer): ...",
    ):
        assert list(strange_offers([page, org, Source("work", Path("offers.py"), text)])), text
    assert list(offers_elsewhere([page, Source("org", Path("links.py"), good)]))
