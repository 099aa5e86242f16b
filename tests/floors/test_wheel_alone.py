"""The product runs from its wheel: no module imports a test or a bench, and none reads a file outside the package."""

import ast
from collections.abc import Iterator

import pytest

from .source import PACKAGE, Source, dotted, sources, told

NOT_IN_THE_WHEEL = {"tests", "bench", "conftest"}
# These modules leave the package, each with its reason.
LEAVES = {
    "site/benches.py": "measures a checkout; where there is none it lists no bench",
    "ui/build.py": "builds the assets of a checkout before the wheel is made",
    "core/file_pool.py": "gives the folder above the package to a process, as its path for imports",
}


def imports_of_tests(source: Source) -> Iterator[str]:
    """Imports of what the wheel leaves out."""
    for node in source.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "import_module":
            names = [str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant)]
        for name in names:
            if NOT_IN_THE_WHEEL & set(name.split(".")):
                yield source.at(node, f"{name} is not in the wheel")


def climbs(node: ast.AST, known: dict[str, int]) -> int | None:
    """Count the folders by which a path lies above the package (negative: inside it); None for other expressions.

    known: names of the module that hold such a path.
    """
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Call):
        if dotted(node.func).rpartition(".")[2] == "Path" and len(node.args) == 1:
            return known.get(dotted(node.args[0]))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute"):
            return climbs(node.func.value, known)
        return None
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        below = climbs(node.value, known)
        return None if below is None else below + 1
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        below = climbs(node.value.value, known)
        if node.value.attr != "parents" or below is None:
            return None
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return (
            below + index + 1 if isinstance(index, int) else 1
        )  # what cannot be read is looked at by a person
    return None


def leaves_the_package(source: Source) -> Iterator[str]:
    """Paths from `__file__` that end above the package."""
    # A module lies as many folders below the package as it has folders; its own file is one more.
    known = {"__file__": -1 - len(source.path.parts), "abhiyan.__file__": -1}
    for node in source.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            lies = climbs(node.value, known)
            if lies is not None:
                known[node.targets[0].id] = lies
    for node in source.nodes:
        lies = None if isinstance(node, ast.Name) else climbs(node, known)
        if lies is not None and lies > 0:
            yield source.at(node, f"{ast.unparse(node)} lies outside the package")


def _place(source: Source) -> str:
    return f"{source.room}/{source.path}"


def test_no_module_imports_a_test_or_a_bench() -> None:
    told(
        offence
        for source in sources("**/*.py")
        if _place(source) != "site/benches.py"
        for offence in imports_of_tests(source)
    )


def test_no_module_reads_outside_the_package_but_the_listed() -> None:
    told(
        offence
        for source in sources("**/*.py")
        if _place(source) not in LEAVES
        for offence in leaves_the_package(source)
    )


def test_every_listed_module_leaves_the_package() -> None:
    places = {_place(source) for source in sources("**/*.py") if list(leaves_the_package(source))}
    assert places == set(LEAVES)
    assert (PACKAGE / "site" / "benches.py").exists()


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("from abhiyan.core.tests.given import NOW", 1),
        ("from abhiyan.core import tests", 1),
        ("from .tests import given", 1),
        ("from ..tests.given import NOW", 1),
        ("import conftest", 1),
        ("import_module('abhiyan.core.tests.given')", 1),
        ("importlib.import_module(f'bench.{name}')", 1),
        ("from abhiyan.core import testing_days", 0),
        ("from abhiyan.core.contests import best", 0),
    ],
)
def test_a_planted_import_is_found(text: str, n: int) -> None:
    planted = Source(room="units", path=PACKAGE.joinpath("views.py").relative_to(PACKAGE), text=text)
    assert len(list(imports_of_tests(planted))) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Path(__file__).parent.parent.parent", 1),
        ("pathlib.Path(__file__).resolve().parents[2]", 1),
        ("HERE = Path(__file__).parent\nROOT = HERE.parent.parent", 1),
        ("Path(abhiyan.__file__).resolve().parents[1]", 1),
        ("Path(__file__).parents[depth]", 1),
        ("Path(__file__).parent.parent", 0),
        ("Path(__file__).parents[1]", 0),
        ("HERE = Path(__file__).parent\nDATA = HERE.parent", 0),
        ("answer.parent.parent.parent", 0),
    ],
)
def test_a_planted_path_is_found(text: str, n: int) -> None:
    planted = Source(room="units", path=PACKAGE.joinpath("views.py").relative_to(PACKAGE), text=text)
    assert len(list(leaves_the_package(planted))) == n
