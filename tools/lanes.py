"""The pytest plugin of tools/test: what the tests of each room take, and whether that is within the room's budget.

    pytest -p lanes --lane tests       with tools/ on PYTHONPATH; budgets stand in tools/budgets.toml, lane by lane

Seconds are those of the reference machine (2 quiet cores), not of the clock: all durations are divided by how much
longer than there the same work took in this run. That is known of the processes that ran the tests: how long they
waited for a core that others used, as Linux counts it, and what a fixed loop costs on this one. So a slow or busy
machine does not fail, and a fast one does not hide what has grown. On one with more at work than twice its cores the
database waits in ways that none of this sees: there budgets are told and not held.

Besides, files whose tests use a browser begin first: they take longest, and one process would end with them while the
others rest.
"""

import datetime as dt
import os
import statistics
import time
import tomllib
import zlib
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

BUDGETS = Path(__file__).with_name("budgets.toml")
LOOP_S = 0.0055  # CPU time of `work` on the reference machine
EVERY_S = 2.0  # the loop is timed about so often
SLOWEST = 5  # tests that are named where a room is over its budget
DATABASE = "database"  # making it, or waiting until another process has: no room's, whichever begins


def work() -> float:
    """CPU seconds of a fixed piece of work."""
    began = time.process_time()
    total = 0
    for n in range(180_000):
        total += n & 7
    return time.process_time() - began


def slowness(schedstat: str, loops: Sequence[float]) -> float:
    """How many times longer than on the reference machine a process took for what it did.

    schedstat: what /proc/self/schedstat says of it: nanoseconds at work, then waiting for a core. loops: of `work`.
    """
    at_work, waiting, *_ = map(int, schedstat.split())
    return (at_work + waiting) / at_work * statistics.fmean(loops) / LOOP_S


def room_of(path: str) -> str:
    """The room whose tests a file holds: `elections` for src/abhiyan/elections/tests/…, else `whole`."""
    if path == DATABASE:
        return path
    parts = Path(path.partition("::")[0]).parts
    return parts[parts.index("abhiyan") + 1] if "abhiyan" in parts else "whole"


def budget_of(room: str, budgets: Mapping[str, float]) -> float:
    """Seconds the tests of a room may take: its own budget, else that of `each`."""
    return budgets.get(room, budgets["each"])


@dataclass(eq=False)
class Spent:
    """What a run took, by the clock."""

    budgets: Mapping[str, float]
    lane: str
    busy: float  # above so many processes at work for each core nobody is held to a budget
    runs_tests: bool  # what only hands them out to processes measures nothing itself
    tests: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    paces: list[float] = field(default_factory=list)
    load: float = 0.0  # processes at work for each core
    loops: list[float] = field(default_factory=list)  # of `work`
    looped: float = 0.0  # when, last
    making: float = 0.0  # seconds the database took, until the test that began it is reported

    @property
    def slowness(self) -> float:
        """How many times longer than on the reference machine the same work took, on the average."""
        return sum(self.paces) / len(self.paces) if self.paces else 1.0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        began = time.monotonic()
        made = yield
        if fixturedef.argname == "django_db_setup":
            self.making = time.monotonic() - began
        return made

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.when == "setup" and self.making:
            item.user_properties.append((DATABASE, self.making))
            self.making = 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = report.user_properties if report.when == "setup" else []
        made = sum(took for name, took in told if name == DATABASE and isinstance(took, float))
        if made:
            self.tests[DATABASE] += made
        self.tests[report.nodeid] += report.duration - made

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.paces += [node.workeroutput["pace"]] if "pace" in getattr(node, "workeroutput", {}) else []

    def rooms(self) -> dict[str, float]:
        """Room → seconds of the reference machine, most first."""
        found: dict[str, float] = defaultdict(float)
        for test, took in self.tests.items():
            found[room_of(test)] += took / self.slowness
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def over(self) -> list[str]:
        """The rooms that took more than they may; none on a busy machine."""
        if self.load > self.busy:
            return []
        return [room for room, took in self.rooms().items() if took > budget_of(room, self.budgets)]

    def pytest_runtest_logfinish(self) -> None:
        """A machine is not as fast all the time: the loop is timed now and then, whatever runs meanwhile."""
        if self.runs_tests and time.monotonic() > self.looped + EVERY_S:
            self.loops.append(work())
            self.looped = time.monotonic()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.load = os.getloadavg()[1] / (os.cpu_count() or 1)
        if self.runs_tests:
            self.paces.append(slowness(Path("/proc/self/schedstat").read_text(), [*self.loops, work()]))
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["pace"] = self.paces[0]
        elif self.over() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        say = terminalreporter.write_line
        terminalreporter.section(
            f"budgets of {self.lane}: this machine took {self.slowness:.2f} times as long"
        )
        for room, took in self.rooms().items():
            n = sum(room_of(test) == room for test in self.tests)
            say(f"{room:<12}{n:>6} tests {took:>7.1f} s of {budget_of(room, self.budgets):>4.0f} s")
        if self.load > self.busy:
            say(f"Not held to them: {self.load:.0f} processes were at work for each core.", yellow=True)
        for room in self.over():
            say("")
            say(
                f"The tests of {room} take more than their budget. Make them cheaper, mark what is a matrix or a large"
                f" property run `slow`, or say in {BUDGETS.name} why {room} needs more. The slowest:",
                red=True,
            )
            inside = [test for test in self.tests if room_of(test) == room]
            for test in sorted(inside, key=lambda test: -self.tests[test])[:SLOWEST]:
                say(f"  {self.tests[test] / self.slowness:>6.1f} s  {test}")


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def is_due(item: pytest.Item, one_in: int, day: int) -> bool:
    """Whether a test is among the one in `one_in` of a day: each is, once in so many days."""
    return (zlib.crc32(item.nodeid.encode()) + day) % one_in == 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    one_in = config.getoption("--one-in")
    if one_in:
        day = dt.datetime.now(dt.UTC).toordinal()
        chosen = [item for item in items if is_due(item, one_in, day)]
        if config.getoption("--asking"):
            chosen = [item for item in chosen if "django_db_setup" in getattr(item, "fixturenames", ())]
        kept = set(chosen)
        left_out = [item for item in items if item not in kept]
        config.hook.pytest_deselected(items=left_out)
        items[:] = chosen
    in_browser = {file_of(item) for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: file_of(item) not in in_browser)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lane", help=f"hold each room to its budget for this lane ({BUDGETS.name})")
    parser.addoption(
        "--busy", type=float, default=2.0, help="processes at work for each core, over 5 minutes"
    )
    parser.addoption("--budgets", type=Path, default=BUDGETS, help="the file of budgets")
    parser.addoption("--one-in", type=int, metavar="N", help="one in N of the tests, each day others")
    parser.addoption("--asking", action="store_true", help="of these only what asks the database")


def pytest_configure(config: pytest.Config) -> None:
    lane = config.getoption("--lane")
    if lane:
        budgets = tomllib.loads(config.getoption("--budgets").read_text())[lane]
        runs_tests = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
        config.pluginmanager.register(Spent(budgets, lane, config.getoption("--busy"), runs_tests), "spent")
