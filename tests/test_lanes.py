"""What tools/test adds to pytest: a room over its budget fails the run; one test in so many is chosen for a day."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
BUSY = "def test_it_is_at_work_for_a_while():\n    assert sum(n & 7 for n in range(6_000_000)) > 0\n"
ASKING = """
import pytest

@pytest.fixture(scope="session")
def django_db_setup(): ...

@pytest.mark.parametrize("n", range(200))
def test_it_asks_the_database(django_db_setup, n): assert n >= 0

def test_it_asks_for_nothing(): assert True
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A room `made` with one test that takes about a second."""
    folder = tmp_path / "src" / "abhiyan" / "made" / "tests"
    folder.mkdir(parents=True)
    (folder / "test_busy.py").write_text(BUSY)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    return tmp_path


def run(checkout: Path, *options: str, **budgets: float) -> "subprocess.CompletedProcess[str]":
    (checkout / "budgets.toml").write_text(
        "[tests]\n" + "".join(f"{room} = {seconds}\n" for room, seconds in budgets.items())
    )
    unneeded = ("cacheprovider", "django", "hypothesispytest", "schemathesis")
    given = ["-q", *(f"-pno:{each}" for each in unneeded), "-p", "lanes", "--lane", "tests"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *given, "--budgets", "budgets.toml", *options],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "in two processes"])
def test_a_room_over_its_budget_fails_the_run_and_is_named_with_its_slowest_test(
    checkout: Path, processes: tuple[str, ...]
) -> None:
    done = run(checkout, *processes, "--busy", "1000", each=60, made=0.01)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The tests of made take more than their budget." in done.stdout
    assert re.search(r"\d s  src/abhiyan/made/tests/test_busy.py::test_it_is_at_work", done.stdout)
    assert "1 passed" in done.stdout


def test_on_a_machine_with_too_much_at_work_nobody_is_held_to_a_budget(checkout: Path) -> None:
    done = run(checkout, "--busy", "-1", each=60, made=0.01)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Not held to them" in done.stdout


def test_a_room_within_its_budget_passes_and_what_it_took_is_told(checkout: Path) -> None:
    done = run(checkout, each=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"made +1 tests +\d+\.\d s of +60 s", done.stdout)


MAKING = """
import pytest

@pytest.fixture(scope="session")
def django_db_setup(): assert sum(n & 7 for n in range(30_000_000)) > 0

@pytest.mark.parametrize("n", range(2))
def test_it_asks_the_database(django_db_setup, n): assert n >= 0
"""


@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["alone", "in another process"])
def test_making_the_database_is_held_against_no_room(checkout: Path, processes: tuple[str, ...]) -> None:
    (checkout / "src" / "abhiyan" / "made" / "tests" / "test_busy.py").write_text(MAKING)
    done = run(checkout, *processes, "--busy", "1000", each=60, made=0.3)
    assert done.returncode == 0, done.stdout + done.stderr
    took = dict(re.findall(r"(database|made) +\d tests +(\d+\.\d) s of", done.stdout))
    assert float(took["database"]) > float(took["made"]), done.stdout


def test_on_a_machine_twice_as_slow_the_same_takes_as_long_as_on_the_other() -> None:
    measured = """
import lanes
quick, slow = (lanes.Spent({"each": 60}, "tests", 2, False, paces=[pace, pace]) for pace in (1.0, 2.0))
quick.tests["src/abhiyan/made/tests/test_busy.py::test_it"] = 5.0
slow.tests["src/abhiyan/made/tests/test_busy.py::test_it"] = 10.0
print(quick.rooms() == slow.rooms() == {"made": 5.0})
"""
    said = subprocess.run(
        [sys.executable, "-c", measured],
        env=os.environ | {"PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True\n"


def test_waiting_for_a_core_and_a_slower_core_both_count() -> None:
    measured = "import lanes; print(lanes.slowness('1000 2000 7', [lanes.LOOP_S * 2] * 3))"
    said = subprocess.run(
        [sys.executable, "-c", measured], cwd=TOOLS, capture_output=True, text=True, check=True
    )
    assert float(said.stdout) == pytest.approx(6)


def test_about_one_in_ten_of_what_asks_the_database_is_chosen_for_a_day(checkout: Path) -> None:
    (checkout / "src" / "abhiyan" / "made" / "tests" / "test_asking.py").write_text(ASKING)
    done = run(checkout, "--one-in", "10", "--asking", each=60)
    found = re.search(r"(\d+) passed, (\d+) deselected", done.stdout)
    assert found, done.stdout + done.stderr
    assert 5 <= int(found[1]) <= 45 and int(found[1]) + int(found[2]) == 202
