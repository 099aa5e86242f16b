"""A child that hangs is killed and started again; the clock of its watcher is given."""

import os
import signal
import sys
from pathlib import Path

import pytest

from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.server import processes
from abhiyan.server.processes import HUNG_S, _Child, _watch

SLEEPS = [sys.executable, "-c", "import time; time.sleep(100_000)"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_HOME", str(tmp_path))
    processes.processes_folder().mkdir(parents=True, exist_ok=True)


def note_of(child: _Child, beat: int) -> None:
    """The note of a process, touched."""
    assert child.process is not None
    path = processes.processes_folder() / f"web-{child.process.pid}.json"
    path.touch()
    os.utime(path, ns=(beat, beat))


def test_a_child_that_has_beaten_and_is_silent_is_replaced_by_another() -> None:
    child = _Child(SLEEPS, {})
    try:
        assert _watch("web 1", child, 0.0) == 0
        assert child.process is not None
        first = child.process
        note_of(child, 1)
        _watch("web 1", child, 1.0)
        note_of(child, 2)
        _watch("web 1", child, 2.0)
        _watch("web 1", child, 2.0 + HUNG_S)
        assert first.poll() is None, "it may be slow"
        _watch("web 1", child, 2.1 + HUNG_S)
        assert first.wait(PATIENCE_S) == -9
        assert [_watch("web 1", child, 3.0 + HUNG_S) for _ended_and_begun in range(2)] == [0, 0]
        assert child.process.pid != first.pid and child.failures == 0
    finally:
        child.end(signal.SIGKILL)


@pytest.mark.parametrize("beats", [0, 1])
def test_a_child_that_has_not_begun_to_beat_is_not_judged(beats: int) -> None:
    child = _Child(SLEEPS, {})
    try:
        _watch("jobs", child, 0.0)
        for beat in range(beats):
            note_of(child, beat + 1)
        for now in (1.0, 10 * HUNG_S, 20 * HUNG_S):
            _watch("jobs", child, now)
        assert child.process is not None and child.process.poll() is None, "it still begins"
    finally:
        child.end(signal.SIGKILL)


def test_a_clock_that_is_set_back_or_far_ahead_kills_nobody() -> None:
    child = _Child(SLEEPS, {})
    try:
        _watch("web 1", child, 0.0)
        for now, beat in enumerate((10**18, 10**9, 4 * 10**18, 5), 1):
            note_of(child, beat)
            _watch("web 1", child, float(now))
        assert child.process is not None and child.process.poll() is None
    finally:
        child.end(signal.SIGKILL)


def test_a_process_beats_while_its_interpreter_is_free() -> None:
    with processes.noted_process("jobs") as note:
        os.utime(note.path, ns=(1, 1))
        note.beat()
        assert note.path.stat().st_mtime_ns > 1
