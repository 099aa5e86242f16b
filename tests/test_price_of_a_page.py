"""Count the files that an office and a page touch: one of each is added to a copy of the product."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.site.tests.answers import AccessTable

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = "tests/access.tsv"
MAY = 'frozenset({"helpdesk.answer"})'
SEAT = f'Seat("district_secretary", "District secretary", "ज़िला सचिव", 30, {MAY}, ("district",)),'
VIEW = """

def kinds(_request: Request) -> HttpResponse:
    return HttpResponse("districts")
"""
# By file: the text there, and the text to put before it.
AN_OFFICE = {"src/abhiyan/org/rules/offices.py": ("    # Named by the data officers above", f"    {SEAT}\n")}
A_PAGE = {
    "src/abhiyan/helpdesk/urls.py": (
        "    # The pages and acts ask",
        '    page("kinds/", desk.kinds, opens=DESKS),\n',
    ),
    "src/abhiyan/helpdesk/views/desk.py": ("", VIEW),
}
ASKED = ("helpdesk:kinds", "helpdesk:tickets", "polls:polls", "polls:poll_new")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=leave)
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "pyproject.toml", ANSWERS, "tests/test_access_urls.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    # Settings of its own: its database leaves the pattern alone that the other tests copy.
    (tmp_path / "of_the_copy.py").write_text("from abhiyan.site.settings import *\n")
    return tmp_path


def test_an_office_touches_two_files_and_a_page_three(copy: Path) -> None:
    before = files(copy)
    for name, (place, text) in (AN_OFFICE | A_PAGE).items():
        source = (copy / name).read_text()
        assert place in source, name
        (copy / name).write_text(source.replace(place, text + place, 1) if place else source + text)
    write_answers(copy)
    after = files(copy)
    touched = {name for name in after if after[name] != before.get(name)}
    assert touched == {*AN_OFFICE, *A_PAGE, ANSWERS}
    assert len({*AN_OFFICE, ANSWERS}) == 2
    assert len({*A_PAGE, ANSWERS}) == 3

    was, now = (AccessTable(each[ANSWERS].decode()) for each in (before, after))
    lines = [set(each[ANSWERS].decode().splitlines()) for each in (before, after)]
    added, edited = lines[1] - lines[0], lines[0] - lines[1]
    assert len([line for line in added if line.startswith("helpdesk:")]) == 1, "a page is a line"
    assert {line.partition("\t")[0] for line in edited} <= was.doors.keys(), "an office gets past doors"
    assert now.patterns == was.patterns
    answers = {name: columns["near"] for name, columns in now.rows().items()}
    assert {name: answers[name]["district_secretary"] for name in ASKED} == {
        "helpdesk:kinds": "open",
        "helpdesk:tickets": "open",
        "polls:polls": "open",
        "polls:poll_new": "refused",
    }
    page = answers["helpdesk:kinds"]
    assert page["anonymous"] == page["weak"] == "entrance"
    assert page["verifier"] == "refused" and page["it_administrator"] == "open"
    assert {
        name: {role: each[role] for role in was.roles} for name, each in answers.items() if name in was.lines
    } == {name: columns["near"] for name, columns in was.rows().items()}, "no answer of another role changes"


def files(copy: Path) -> dict[str, bytes]:
    """The product's own files in the copy."""
    found = (path for top in ("src", "tests") for path in (copy / top).rglob("*") if path.is_file())
    return {str(path.relative_to(copy)): path.read_bytes() for path in found if path.suffix != ".pyc"}


def write_answers(copy: Path) -> None:
    """`make access` in the copy, for a few addresses: those of the others are found in the same way."""
    tests = (f"tests/test_access_urls.py::test_every_address_as_every_role[{name}]" for name in ASKED)
    name = "test_price_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
    env = os.environ | {
        "ABHIYAN_WRITE_ACCESS": "yes",
        "ABHIYAN_TEST_DATABASE": name,
        "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy)]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds=of_the_copy", *tests],
        cwd=copy,
        env=env,
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
