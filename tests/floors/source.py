"""A file of the source as the finders of the house rules read it, and which files there are."""

import ast
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "abhiyan"
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
_LAYERS: list[str] = next(
    contract["layers"] for contract in CONTRACTS if contract["name"].startswith("Floors")
)
# Each room with the number of its floor, the top one first: "forms | messaging" is one floor.
FLOORS: dict[str, int] = {room.strip(): n for n, layer in enumerate(_LAYERS) for room in layer.split("|")}


@dataclass(frozen=True)
class Source:
    """One file: the room it belongs to, and its path inside the room."""

    room: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, as `ast.walk` has them: each finder looks at them all."""
        return list(ast.walk(self.tree))

    @cached_property
    def parts(self) -> set[str]:
        """Return the names of the module and of its folders: `views/unit.py` is a view too."""
        return {*self.path.parts[:-1], self.path.stem}

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Name in this file → (room, module) it was imported from, for rooms of ours; from anywhere in the file."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    base = ["abhiyan", self.room, *self.path.parts[:-1]]
                    module = ".".join([*base[: len(base) - node.level + 1], *([module] if module else [])])
                steps = module.split(".")
                if steps[0] != "abhiyan":
                    continue
                for alias in node.names:
                    where = [*steps[1:], alias.name]
                    found[alias.asname or alias.name] = (where[0], where[1] if len(where) > 1 else "")
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    steps = alias.name.split(".")
                    if steps[0] == "abhiyan" and len(steps) > 1:
                        found[alias.asname or alias.name] = (steps[1], steps[2] if len(steps) > 2 else "")
        return found

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.room}/{self.path}:{getattr(node, 'lineno', 1)}: {what}"


def above(room: str, other: str) -> bool:
    """Return True if `other` is on a higher floor than `room`."""
    return other != room and FLOORS[other] <= FLOORS[room]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


@cache
def sources_of_tests() -> tuple[Source, ...]:
    found = [*PACKAGE.glob("*/tests/**/*.py"), *(ROOT / "tests").glob("**/*.py"), ROOT / "conftest.py"]
    return tuple(
        Source(room=".", path=path.relative_to(ROOT), text=path.read_text()) for path in sorted(found)
    )


Finder = Callable[[Source], Iterator[str]]


@cache
def sources(pattern: str) -> list[Source]:
    found = []
    for path in sorted(PACKAGE.glob(f"*/{pattern}")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and not {"tests", "migrations", "__pycache__"} & set(inside.parts):
            found.append(_source(path))
    return found


@cache
def _source(path: Path) -> Source:
    room, *inside = path.relative_to(PACKAGE).parts
    return Source(room=room, path=Path(*inside), text=path.read_text())


def told(offences: Iterator[str]) -> None:
    """Fails with one offence a line, as an editor can follow them."""
    found = "\n".join(offences)
    if found:
        pytest.fail(f"against the house rules (docs/style.md):\n{found}", pytrace=False)
