"""Names in docs/recipes.md exist, and a recipe stays short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "tests" / "sample_room"
MOST_FILES = {"A channel": 6, "A list": 5, "An SMS adapter": 3, "An office": 2, "A page": 4}
WANTED = {
    "A room",
    "A channel",
    "A list",
    "A measure",
    "An office",
    "A rung of a funnel",
    "An SMS adapter",
    "A page",
    "A job",
}
STEP = re.compile(r"^\d+\. `([^`]+)`: (.+(?:\n   .+)*)", re.MULTILINE)
NAME = re.compile(r"`([A-Za-z_][\w.]*)`")


def recipes(text: str) -> dict[str, list[tuple[str, str]]]:
    """Title -> file and sentence of each step."""
    parts = text.split("\n## ")[1:]
    return {part.partition("\n")[0]: STEP.findall(part) for part in parts}


def path_of(named: str) -> Path:
    return SAMPLE / named.removeprefix("src/abhiyan/ROOM/") if "ROOM/" in named else ROOT / named


def wrong(text: str) -> list[str]:
    found = []
    for title, steps in recipes(text).items():
        for named, sentence in steps:
            path = path_of(named)
            if not path.exists():
                found.append(f"{title}: no file {named}")
            elif path.is_file():
                source = path.read_text()
                found += [
                    f"{title}: no {name} in {named}"
                    for name in NAME.findall(sentence)
                    if not re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", source)
                    and not (ROOT / name).exists()
                ]
    return found


TEXT = (ROOT / "docs" / "recipes.md").read_text()


def test_there_is_a_recipe_for_each_thing_one_adds() -> None:
    assert WANTED - recipes(TEXT).keys() == set()
    assert all(recipes(TEXT).values()), "steps that are numbered"


def test_every_file_and_name_of_a_recipe_exists() -> None:
    assert wrong(TEXT) == []


@pytest.mark.parametrize(
    "planted",
    ["1. `src/abhiyan/gone.py`: what it is.", "1. `src/abhiyan/core/access.py`: a row of `NO_SUCH_TABLE`."],
)
def test_what_does_not_exist_is_found(planted: str) -> None:
    assert wrong(f"# Recipes\n\n## A thing\n\n{planted}\n")


def test_a_recipe_stays_short() -> None:
    files = {title: len({named for named, _sentence in steps}) for title, steps in recipes(TEXT).items()}
    assert {title: n for title, n in files.items() if n > MOST_FILES.get(title, 12)} == {}
