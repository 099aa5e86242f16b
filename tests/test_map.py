"""Every file and name of docs/map.md exists, and it stays a map of two screens."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "abhiyan"
TEXT = (ROOT / "docs" / "map.md").read_text()
CODE = re.compile(r"`([^`\n]+)`")
STEP = re.compile(r"^(?:\d+\.|-) .+(?:\n  .+)*", re.MULTILINE)
LINES, LETTERS, WALKS, STEPS = 110, 120, 6, 10


def where(named: str) -> Path | None:
    """Return the file or folder of a path of the map."""
    return next((top / named for top in (PACKAGE, ROOT) if (top / named).exists()), None)


def wrong_names(text: str) -> list[str]:
    """Return paths that do not exist, and names that the last file of the same point does not have."""
    listed = re.sub(r"^```$.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    wrong = [f"no file {named}" for named in CODE.findall(listed) if "/" in named and where(named) is None]
    for point in STEP.findall(listed):
        source, last = "", ""
        for named in CODE.findall(point):
            if "/" in named:
                path, last = where(named), named
                source = path.read_text() if path is not None and path.is_file() else ""
            elif not re.search(rf"(?<![\w.]){re.escape(named)}(?![\w])", source):
                wrong.append(f"no {named} in {last or 'a file'}")
    return wrong


def parts(text: str) -> dict[str, str]:
    """Return the text of each part by its title."""
    return {title: part for title, _line, part in (each.partition("\n") for each in text.split("\n## ")[1:])}


def test_every_file_and_name_of_the_map_exists() -> None:
    assert wrong_names(TEXT) == []


@pytest.mark.parametrize(
    "planted",
    [
        "1. `stays/actions/no_such_file.py`: what it does.",
        "1. `stays/actions/marking.py` (`no_such_function`): what it does.",
        "1. `stays/actions/marking.py` (`add`): a part of a name.",
        "1. `stays/actions/marking.py`, `stays/rules/stays.py` (`add_mark`): a name of the file before.",
        "1. `add_mark`: a name without a file.",
        "- a mark taken? `stays/actions` (`add_mark`).",
        "- a mark taken? In a line,\n  and `stays/actions/marking.py` (`add_marks`) in the next.",
        "Somewhere in a sentence stands `stays/no_such_folder`.",
    ],
)
def test_what_does_not_exist_is_found(planted: str) -> None:
    assert len(wrong_names(f"# Map\n\n## A walk\n{planted}\n")) == 1


def test_the_map_has_a_line_for_each_room_in_the_order_of_the_floors() -> None:
    floors = [line.split()[0] for line in re.split(r"```", parts(TEXT)["Rooms"])[1].strip().splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    assert floors == [room for layer in layers for room in layer.split(" | ")]
    assert set(floors) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_the_map_has_six_walks_of_a_few_steps_and_fits_on_two_screens() -> None:
    walks = {title: re.findall(r"^\d+\. .+$", part, re.MULTILINE) for title, part in parts(TEXT).items()}
    walks = {title: steps for title, steps in walks.items() if steps}
    assert len(walks) == WALKS
    for title, steps in walks.items():
        assert len(steps) <= STEPS, title
        assert all("/" in CODE.findall(step)[0] for step in steps), title
        assert sum("(`" in step for step in steps) > len(steps) / 2, f"{title}: functions"
    lines = TEXT.splitlines()
    assert len(lines) <= LINES
    assert [line for line in lines if len(line) > LETTERS] == []


def test_recipes_list_every_file_by_which_a_room_offers_something() -> None:
    """Rooms are asked for these by name (`core.rooms`), so nobody finds them by following imports."""
    asked = re.compile(r'\b(?:rooms\.)?modules\("(\w+)"\)')
    sources = [path.read_text() for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    files = {f"{name}.py" for source in sources for name in asked.findall(source)}
    assert len(files) >= 10
    recipes = (ROOT / "docs" / "recipes.md").read_text()
    assert {name for name in files if f"`{name}`" not in recipes} == set()
    functions = {name for source in sources for name in re.findall(r'\boffered\("(\w+)"\)', source)}
    assert len(functions) > 10
    assert {name for name in functions if f"`{name}`" not in recipes} == set()
