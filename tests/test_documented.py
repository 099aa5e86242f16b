"""What an operator may set or run stands in docs/running.md, and nothing stands there that is not so."""

import re
from pathlib import Path

import click

from abhiyan.site import cli

ROOT = Path(__file__).resolve().parent.parent
RUNNING = (ROOT / "docs" / "running.md").read_text()
NAMES = re.compile(r"\b(?:ABHIYAN_[A-Z_]+|DATABASE_URL)\b")
# Set by our own processes for one another, or by tests; not for an operator.
INTERNAL = {"ABHIYAN_WATCHED_BY", "ABHIYAN_CHROMIUM"}


def used() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(NAMES.findall(path.read_text()))
    return {name for name in found if not name.startswith("ABHIYAN_TEST_")} - INTERNAL


def test_every_variable_that_is_read_is_documented() -> None:
    assert used() - set(NAMES.findall(RUNNING)) == set()


def test_every_documented_variable_is_read() -> None:
    assert set(NAMES.findall(RUNNING)) - used() == set()


def test_every_command_is_documented_there_or_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = cli.main.list_commands(click.Context(cli.main))
    assert [
        name
        for name in commands
        if f"abhiyan {name}" not in RUNNING + readme and name not in ("demo", "bench")
    ] == []


def test_every_command_that_is_named_exists() -> None:
    known = set(cli.main.list_commands(click.Context(cli.main)))
    named = set(re.findall(r"(?:`|/|\n|&& )abhiyan ([a-z]+)", RUNNING))
    assert named - known == set()
