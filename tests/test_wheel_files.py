"""The files of the wheel: no tests, and all that pages, messages and printed things need."""

import re
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "abhiyan"
# The files of a room that run, or that running code reads.
KINDS = (
    *("**/*.py", "templates/**/*.html", "static/**/*.*", "locale/hi/LC_MESSAGES/django.mo", "icons/*.svg"),
    *("**/*.typ", "**/*.toml", "**/*.csv", "**/*.geojson", "fonts/*.ttf", "data/*", "ready/*"),
)
ASSET = re.compile(r"""\{%\s*asset\s+["']([^"']+)["']""")
STATIC = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


@cache
def packed() -> frozenset[str]:
    """The files that the wheel is built of, by their paths in it; hatchling reads pyproject.toml."""
    builder = WheelBuilder(str(ROOT))
    return frozenset(file.distribution_path for file in builder.recurse_included_files())


def templates() -> dict[str, str]:
    return {
        str(path.relative_to(PACKAGE)): path.read_text()
        for path in PACKAGE.glob("*/templates/**/*.html")
        if "tests" not in path.parts
    }


def test_no_test_and_nothing_from_outside_the_package_is_in_the_wheel() -> None:
    assert not [path for path in packed() if "tests" in Path(path).parts or "bench" in Path(path).parts]
    assert not [path for path in packed() if re.search(r"(^|/)(conftest|test_\w+)\.py$", path)]
    assert {Path(path).parts[0] for path in packed()} == {"abhiyan"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_wheel_has_every_file_of_a_kind(kind: str) -> None:
    wanted = {
        f"abhiyan/{path.relative_to(PACKAGE)}"
        for path in PACKAGE.glob(f"*/{kind}")
        if path.is_file() and not {"tests", "__pycache__"} & set(path.relative_to(PACKAGE).parts)
    }
    assert wanted
    assert wanted - packed() == set()


@pytest.mark.parametrize(("tag", "folder"), [(ASSET, "ui/static/ui/built"), (STATIC, "*/static")])
def test_the_wheel_has_every_file_that_a_template_names(tag: re.Pattern[str], folder: str) -> None:
    named = {(name, template) for template, text in templates().items() for name in tag.findall(text)}
    assert named
    pattern = re.compile(rf"abhiyan/{folder}/(.*)".replace("*/", r"\w+/"))
    there = {match[1] for path in packed() if (match := pattern.fullmatch(path))}
    assert {(name, template) for name, template in named if name not in there} == set()


def test_a_template_without_its_asset_would_be_found() -> None:
    assert ASSET.findall("""{% asset 'gone.css' %}""") == ["gone.css"]
    assert STATIC.findall("""{% static "ui/gone.js" %}""") == ["ui/gone.js"]
    assert "abhiyan/ui/static/ui/built/gone.css" not in packed()
