"""What an operator may set or run stands in docs/running.md, and nothing stands there that is not so."""

import re
from pathlib import Path

import click

from abhiyan.site import cli
from abhiyan.site.access import FOR_ALL

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


def test_the_proxys_rule_sends_sessions_to_the_desk_and_the_public_to_the_crowd() -> None:
    (rule,) = re.findall(r"header_regexp Cookie (\S+)", RUNNING)
    for name in ("session", "__Host-session"):
        assert re.search(rule, f"{name}=of+an+office") and re.search(
            rule, f"language=hi; {name}=of+an+office"
        )
    assert not re.search(rule, "language=hi") and not re.search(rule, "obsession=1")
    (kept,) = re.findall(r"not path (.+)", RUNNING)
    assert kept.split() == [f"{begins}*" for begins in FOR_ALL]
