"""A room made by following docs/recipes.md stays small: it is installed, walked through, and its lines are counted."""

import os
import subprocess
import sys
from pathlib import Path

from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.ui import build, messages

TESTS = Path(__file__).resolve().parent
ROOM = TESTS / "sample_room"
MOST_LINES = 450


def files() -> list[Path]:
    found = (path for path in ROOM.rglob("*") if path.suffix in (".py", ".html", ".po"))
    return sorted(path for path in found if "tests" not in path.relative_to(ROOM).parts)


def test_the_room_is_small() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in files()}
    assert sum(lines.values()) <= MOST_LINES, lines


def test_its_hindi_is_whole() -> None:
    assert messages.check(TESTS, [ROOM.name]) == []


def test_with_the_room_installed_every_page_of_it_works() -> None:
    po = ROOM / "locale" / "hi" / "LC_MESSAGES" / "django.po"
    po.with_suffix(".mo").write_bytes(build.compiled(po))
    name = "test_sample_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--ds=sample_room.settings",
            str(ROOM / "tests" / "walk.py"),
        ],
        cwd=TESTS.parent,
        env=os.environ | {"ABHIYAN_TEST_DATABASE": name, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
