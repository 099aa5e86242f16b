"""The day of a launch, shorter: claims, calls, joins, paper and pages together on one server as shipped.

Nothing acknowledged is lost, the backlog empties, STOP holds, and every tally equals its facts.
"""

import importlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="abl-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(
    shutil.which("wrk") is None and os.environ.get("CI") != "true",
    reason="needs wrk, the load generator: apt install wrk",
)
def test_a_launch_loses_nothing_and_is_worked_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "ABHIYAN_ROLE", "ABHIYAN_TEST_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(str(ROOT))
    launch = importlib.import_module("bench.launch")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    plan = launch.Plan(seconds=40, rate_s=2, messages=500, tree=300, paper=3_000, joins_per_s=4, port=port)
    found = launch.measured(home, plan)
    for row in launch.rows(found):
        print(row, file=sys.stderr)
    assert found["receipts"] > 0 and found["lost"] == 0
    assert found["recount"] == 0
    assert found["joins"] > 0
