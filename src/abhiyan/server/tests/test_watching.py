"""Watching over processes: what is to run may grow while they are watched over."""

import sys
import threading
from pathlib import Path

import pytest

from abhiyan.core.tests.waits import until
from abhiyan.server import processes


def test_a_command_that_is_added_later_is_started_and_ended_with_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere.invalid/none")  # no database to keep running
    commands: dict[str, list[str]] = {}
    stopping, note = threading.Event(), tmp_path / "pid"
    says = f"import os, signal; open({str(note)!r}, 'w').write(str(os.getpid())); signal.pause()"

    def look() -> None:
        commands["late"] = [sys.executable, "-c", says]

    watching = threading.Thread(
        target=processes.supervise_commands,
        args=(commands,),
        kwargs={"stopping": stopping, "each_watch": look},
    )
    watching.start()
    try:
        until(lambda: note.exists() and note.read_text() != "")
        assert processes.born(int(note.read_text()))
    finally:
        stopping.set()
        watching.join()
    assert not processes.born(int(note.read_text()))


@pytest.mark.machine
@pytest.mark.parametrize(
    ("child", "ends_with"),
    [
        ("exit(78)", processes.CANNOT_START),
        ("exit(1)", 1),
        ("exit(3)", 1),
        ("exit(0)", 1),
        ("raise SystemExit('no')", 1),
        ("import os; os.abort()", 1),
    ],
)
def test_what_helps_nobody_is_told_apart_from_what_may_help_later(
    monkeypatch: pytest.MonkeyPatch, child: str, ends_with: int
) -> None:
    """The unit of deploy/systemd starts the server again but after the first of these."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere.invalid/none")
    monkeypatch.setattr(processes, "LONGEST_PAUSE_S", 0.0)
    command = {"web 1": [sys.executable, "-c", child]}
    assert processes.supervise_commands(command, stopping=threading.Event()) == ends_with
