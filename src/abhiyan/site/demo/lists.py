"""Lists the demo takes in, through the staged import as anybody's would go."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from abhiyan.core.actor import Actor
from abhiyan.core.imports import actions as imports
from abhiyan.core.imports import running
from abhiyan.core.scope import system

BY = Actor.system("demo")


def bring(
    kind: str,
    path: Path,
    *,
    options: dict[str, str],
    at: datetime,
    by: Actor = BY,
    unit_id: int | None = None,
    steps: Sequence[str] = ("check", "commit"),
) -> None:
    """Bring a list and take its steps; what fails stops the demo. by, unit_id: who brings it, and for which unit."""
    with system("demo"):
        public_id = imports.bring(kind_key=kind, path=path, by=by, at=at, options=options, unit_id=unit_id)
    state = ""
    for step in steps:
        with system("demo"):
            imports.ask(public_id=public_id, step=step, by=by, at=at)
        state = running.run(public_id, step, at=at)
    if state not in ("checked", "done"):
        raise RuntimeError(f"the demo's {kind} were not taken in: {state}")
