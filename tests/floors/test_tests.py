"""The house rules for tests, each found by reading their source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .source import Finder, Source, dotted, sources_of_tests, told

SHORTEST_SENTENCE = 4  # words of a test's name


def names_that_are_no_sentences(source: Source) -> Iterator[str]:
    for node in each_test_of(source):
        if node.name.count("_") < SHORTEST_SENTENCE:
            yield source.at(node, f"{node.name} says too little: a test is named by what it proves")


def asserting_nothing(source: Source) -> Iterator[str]:
    for node in each_test_of(source):
        if not says_no(node) and not called_in(node) & proving():
            yield source.at(node, f"{node.name} asserts nothing")


def mocks_of_our_own(source: Source) -> Iterator[str]:
    """Figures of ours may be made small, and what a module keeps be emptied; no function of ours is replaced, and a
    class only by one that extends it (to stop on the way)."""
    functions = {
        node.name
        for node in source.nodes
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.ClassDef) and not node.bases)
    }
    for node in source.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [module, *(f"{module}.{alias.name}".strip(".") for alias in node.names)]
            if any(name.split(".")[:2] == ["unittest", "mock"] or name == "mock" for name in names):
                yield source.at(node, "a mock")
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(".setattr") and len(node.args) == 3:
            target, name, value = node.args
            ours = dotted(target).split(".")[0] in source.imported or "abhiyan" in ast.unparse(target)
            if ours and (isinstance(value, ast.Lambda) or ast.unparse(value) in functions):
                yield source.at(node, f"{dotted(target)}.{ast.unparse(name)[1:-1]} is replaced")


def sleeps(source: Source) -> Iterator[str]:
    """Waiting is asking until (core.tests.waits), never a fixed time; to let other tasks run once is no sleep."""
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        given = ast.unparse(node.args[0]) if node.args else ""
        if (called == "sleep" and given != "0") or called == "wait_for_timeout":
            yield source.at(node, f"{ast.unparse(node)} waits for a fixed time")


SHORT_S = range(1, 180)  # `waits.PATIENCE_S` is the end of it; less than a second is a look that comes again


def short_waits(source: Source) -> Iterator[str]:
    """A wait that fails in the end takes `PATIENCE_S`, also on a slow machine. `make long` and `make kill` measure."""
    if {"long", "kill", "cluster"} & set(source.path.parts):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        ends = [each.value for each in node.keywords if each.arg == "timeout"]
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"join", "result", "wait"}:
            ends += node.args
        elif dotted(node.func).rpartition(".")[2] in {"until", "wait_for"}:
            ends += [*node.args[1:], *(each.value for each in node.keywords if each.arg == "wait_s")]
        if any(isinstance(end, ast.Constant) and end.value in SHORT_S for end in ends):
            yield source.at(node, f"{ast.unparse(node)} is given up too soon: say `PATIENCE_S`")


def expressions_waited_for(source: Source) -> Iterator[str]:
    """A page waits for a function. A bare expression is evaluated again at each look, which our policy of content
    refuses. Such a wait passes only when the expression is true at the first look."""
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(".wait_for_function"):
            continue
        if "=>" not in (given := ast.unparse(node.args[0])):
            yield source.at(node, f"{given} is no function")


def states_of_the_old_page(source: Source) -> Iterator[str]:
    """A press is followed to its page by `go` or `wait_for_url`. The load state of the old page already holds."""
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(".wait_for_load_state"):
            continue
        if "networkidle" not in ast.unparse(node):
            yield source.at(node, f"{ast.unparse(node)} may look at the page before")


def each_test_of(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def says_no(function: ast.AST) -> bool:
    """Return True if something in it fails: an assertion, or an error that is waited for."""
    return any(
        isinstance(node, ast.Assert)
        or (
            isinstance(node, ast.Attribute)
            and dotted(node) in {"pytest.raises", "pytest.fail", "pytest.warns"}
        )
        for node in ast.walk(function)
    )


def called_in(function: ast.AST) -> set[str]:
    return {
        ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(function) if isinstance(node, ast.Call)
    }


@cache
def proving() -> set[str]:
    """The helpers of the tests that assert something, themselves or by others of them."""
    helpers = {
        node.name: node
        for source in sources_of_tests()
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_")
    }
    found = {name for name, node in helpers.items() if says_no(node)}
    calls = {name: called_in(node) for name, node in helpers.items()}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return found


# Subjects on which PostgreSQL 15 may differ from 18: policies and roles, and migrations.
SERVERS_OWN = re.compile(
    r"\b(create|alter|drop)\s+(policy|role)\b|\bpg_(auth_members|polic(y|ies)|roles)\b", re.IGNORECASE
)
SERVERS_ACTS = {"MigrationExecutor", "schema.migrate"}


def what_the_server_holds_on_one_version(source: Source) -> Iterator[str]:
    """A file about policies, roles or migrations carries the mark `versions`, or a test of it does."""
    if source.path.name.startswith("test_") and "mark.versions" not in source.text:
        for node in source.nodes:
            is_sql = (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SERVERS_OWN.search(node.value)
            )
            if is_sql or (isinstance(node, ast.Attribute | ast.Name) and dotted(node) in SERVERS_ACTS):
                yield source.at(node, "rests on the server's version: mark it `versions` (docs/style.md)")


CLOCK = re.compile(
    r"(^|\.)(timezone|clock)\.(now|today)$|(^|\.)(datetime|date)\.(now|utcnow|today)$|(^|\.)time\.time(_ns)?$"
)
CLOCK_OF_SQL = re.compile(r"(?<![.\w])(now|clock_timestamp)\(\)|\bcurrent_(date|timestamp)\b", re.IGNORECASE)
WHERE_TIME_RUNS = {("tests", "kill"), ("tests", "long")}


def clocks_read_by_tests(source: Source) -> Iterator[str]:
    """A test is given its instant (core.tests.given). Processes that live by the clock are tested by it."""
    if source.path.parts[:2] in WHERE_TIME_RUNS or "pytest.mark.machine" in marks_of(source):
        return
    running = {
        id(node)
        for test in each_test_of(source)
        if any(ast.unparse(mark) == "pytest.mark.machine" for mark in test.decorator_list)
        for node in ast.walk(test)
    }
    for node in source.nodes:
        if id(node) in running:
            continue
        if isinstance(node, ast.Attribute) and CLOCK.search(dotted(node)):
            yield source.at(node, f"{dotted(node)} reads the clock: say `NOW` of core.tests.given")
        elif isinstance(node, ast.ImportFrom) and any(
            CLOCK.search(f"{node.module}.{alias.name}") for alias in node.names
        ):
            yield source.at(node, f"{ast.unparse(node)} reads the clock: say `NOW` of core.tests.given")
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and CLOCK_OF_SQL.search(node.value)
        ):
            yield source.at(node, "the statement reads the server's clock: hand it `NOW`")
    for test in each_test_of(source):
        if "present" in called_in(test) and id(test.body[0]) not in running:
            yield source.at(test, f"{test.name} asks what time it is: say `NOW`")


def marks_of(source: Source) -> str:
    """The marks of the whole file, as they are written."""
    return "".join(
        ast.unparse(node.value)
        for node in source.tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    )


IN_TESTS: list[Finder] = [
    clocks_read_by_tests,
    names_that_are_no_sentences,
    asserting_nothing,
    mocks_of_our_own,
    sleeps,
    short_waits,
    expressions_waited_for,
    states_of_the_old_page,
    what_the_server_holds_on_one_version,
]
# Exceptions to a rule of the tests, each with its reason.
BUT: dict[Finder, dict[str, str]] = {
    clocks_read_by_tests: {
        "core/tests/given.py": "it gives the time",
        "tests/floors/": "its planted offences",
        "test_doctor_flaws.py": "the flaw is that the server's clock is wrong",
        "test_launch.py": "the statement in which a scope hears what time it is",
    },
    sleeps: {"tests/kill/": "the rhythm of the load and of what is killed"},
    short_waits: {"socket.create_connection(": "a look whether somebody listens, which comes again"},
    states_of_the_old_page: {"ui/tests/axe.py": "the page shown may still load its pictures"},
    what_the_server_holds_on_one_version: {
        "test_doctor_flaws.py": "it proves that `doctor` sees what it plants, on any version",
    },
    mocks_of_our_own: {
        "journal.journal_path": "the data folder is every test's, a journal of noes is one test's own"
    },
}


@pytest.mark.parametrize("finder", IN_TESTS, ids=lambda finder: finder.__name__)
def test_no_test_breaks_a_rule_of(finder: Finder) -> None:
    told(
        offence
        for source in sources_of_tests()
        for offence in finder(source)
        if not any(each in offence for each in BUT.get(finder, ()))
    )


PLANTED: list[tuple[Finder, str, str, str]] = [
    (clocks_read_by_tests, "tests", "test_x.py", "def test_x():\n    act(at=clock.now())"),
    (clocks_read_by_tests, "tests", "test_x.py", "def made():\n    return lanes(clock=clock.now)"),
    (clocks_read_by_tests, "tests", "test_x.py", "AT = datetime.now(UTC)"),
    (clocks_read_by_tests, "tests", "test_x.py", "from time import time"),
    (clocks_read_by_tests, "tests", "test_x.py", "from abhiyan.core.clock import now"),
    (clocks_read_by_tests, "tests", "test_x.py", "run('update x set at = now()')"),
    (clocks_read_by_tests, "tests", "test_x.py", "def test_x():\n    act(at=present())"),
    (
        clocks_read_by_tests,
        "tests",
        "test_x.py",
        "@pytest.mark.machine\ndef test_x(): start()\ndef test_y():\n    act(at=clock.now())",
    ),
    (names_that_are_no_sentences, "tests", "test_x.py", "def test_a_name(): assert f()"),
    (asserting_nothing, "tests", "test_x.py", "def test_all_is_well_here():\n    admire()"),
    (mocks_of_our_own, "tests", "test_x.py", "from unittest.mock import patch"),
    (mocks_of_our_own, "tests", "test_x.py", "import unittest.mock"),
    (
        mocks_of_our_own,
        "tests",
        "test_x.py",
        "from abhiyan.core import clock\nmonkeypatch.setattr(clock, 'now', lambda: AT)",
    ),
    (sleeps, "tests", "test_x.py", "time.sleep(0.1)"),
    (sleeps, "tests", "test_x.py", "page.wait_for_timeout(500)"),
    (short_waits, "tests", "test_x.py", "thread.join(60)"),
    (short_waits, "tests", "test_x.py", "subprocess.run(command, timeout=120)"),
    (short_waits, "tests", "test_x.py", "future.result(timeout=30)"),
    (short_waits, "tests", "test_x.py", "until(lambda: x, 30)"),
    (short_waits, "tests", "test_x.py", "until(lambda: x, wait_s=5)"),
    (short_waits, "tests", "test_x.py", "await asyncio.wait_for(answer, 5)"),
    (expressions_waited_for, "tests", "test_x.py", "page.wait_for_function('window.x > 0')"),
    (states_of_the_old_page, "tests", "test_x.py", "page.wait_for_load_state()"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('create policy p on t')"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('select 1 from pg_policies')"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "schema.migrate()"),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_a_planted_offence_is_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text)))


ALLOWED: list[tuple[Finder, str, str, str]] = [
    (clocks_read_by_tests, "tests", "test_x.py", "act(at=NOW + timedelta(days=1))"),
    (clocks_read_by_tests, "tests", "test_x.py", "over_s = time.monotonic() + PATIENCE_S"),
    (clocks_read_by_tests, "tests", "make.py", "def made():\n    return World(present())"),
    (clocks_read_by_tests, "tests", "tests/kill/test_x.py", "at = datetime.now(UTC)"),
    (clocks_read_by_tests, "tests", "test_x.py", "pytestmark = [pytest.mark.machine]\nat = clock.now()"),
    (
        clocks_read_by_tests,
        "tests",
        "test_x.py",
        "@pytest.mark.machine\ndef test_x():\n    act(at=clock.now())",
    ),
    (mocks_of_our_own, "tests", "test_x.py", "from abhiyan.x import y\nmonkeypatch.setattr(y, 'MOST', 3)"),
    (mocks_of_our_own, "tests", "test_x.py", "import os\nmonkeypatch.setattr(os, 'geteuid', lambda: 0)"),
    (sleeps, "tests", "test_x.py", "await asyncio.sleep(0)"),
    (short_waits, "tests", "test_x.py", "thread.join(PATIENCE_S)"),
    (short_waits, "tests", "test_x.py", "pool.getconn(timeout=0.05)"),
    (short_waits, "tests", "tests/kill/test_x.py", "line = connect(timeout=20)"),
    (expressions_waited_for, "tests", "test_x.py", "page.wait_for_function('() => window.x > 0')"),
    (
        what_the_server_holds_on_one_version,
        "tests",
        "test_x.py",
        "pytestmark = pytest.mark.versions\nrun('drop role x')",
    ),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('select n from units_unit')"),
    (
        asserting_nothing,
        "tests",
        "test_x.py",
        "def test_it_is_refused_here():\n    with pytest.raises(E): f()",
    ),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []
