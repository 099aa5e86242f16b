"""docs/truth.md is what a court reads: what it prints is what the programs print, its numbers are those in force."""

import importlib
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TRUTH = (ROOT / "docs" / "truth.md").read_text()
SAMPLE = [str(ROOT / "docs" / "frame.txt"), "8c3fa0"]
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}  # no settings, no keys, no database


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, env=BARE).stdout


def test_a_draw_is_repeated_with_our_program_and_without_it_where_nothing_is_installed(
    tmp_path: Path,
) -> None:
    printed = re.search(r"8c3fa0`:\n\n```\n(.*?)```", TRUTH, re.DOTALL)
    program = re.search(r"```python\n(.*?)```", TRUTH, re.DOTALL)
    assert printed and program
    script = tmp_path / "replay.py"
    script.write_text(program[1])
    for value in (SAMPLE[1], "8C:3F-A0"):  # however it is written
        assert run(sys.executable, "-I", str(script), SAMPLE[0], value) == printed[1]
    ours = json.loads(
        run(str(Path(sys.executable).parent / "abhiyan"), "draw", "--replay", *SAMPLE, "--json")
    )
    rows = [f"{one['line']} {one['stratum']} {one['order']} {one['commitment']}" for one in ours["drawn"]]
    assert [ours["hash"], *rows] == printed[1].splitlines()
    changed = tmp_path / "changed.txt"
    changed.write_text(Path(SAMPLE[0]).read_text().replace('"drawn":2', '"drawn":3', 1))
    assert run(sys.executable, "-I", str(script), str(changed), SAMPLE[1]).split("\n")[0] != ours["hash"]


def test_the_planner_says_what_the_page_says() -> None:
    program = re.search(r' {4}\.venv/bin/python -c "(.*?)"\n\nprints `([^`]+)`', TRUTH, re.DOTALL)
    assert program
    assert run(sys.executable, "-c", textwrap.dedent("    " + program[1])).strip() == program[2]


def rules() -> list[tuple[str, str]]:
    return re.findall(r"^\| [^|]+ \| ([\d.]+)[^|]* \| `([\w.]+)` \|$", TRUTH, re.MULTILINE)


@pytest.mark.parametrize(("number", "name"), rules())
def test_each_number_is_the_one_in_force(number: str, name: str) -> None:
    module, _, constant = name.rpartition(".")
    held = getattr(importlib.import_module(f"abhiyan.{module}"), constant)
    for part in ("days", "allowed"):
        held = getattr(held, part, held)
    assert float(held) == float(number)


def test_the_rules_have_numbers() -> None:
    assert len(rules()) >= 10
