"""Lists the demo takes in, through the staged import as anybody's would go."""

from datetime import datetime
from pathlib import Path

from abhiyan.core.actor import Actor
from abhiyan.core.imports import actions as imports
from abhiyan.core.imports import running
from abhiyan.core.scope import system

BY = Actor.system("demo")


def bring(kind: str, path: Path, *, options: dict[str, str], at: datetime) -> None:
    """Bring, check and commit one list; what is not taken in whole stops the demo."""
    with system("demo"):
        public_id = imports.bring(kind_key=kind, path=path, by=BY, at=at, options=options)
    state = ""
    for step in ("check", "commit"):
        with system("demo"):
            imports.ask(public_id=public_id, step=step, by=BY, at=at)
        state = running.run(public_id, step, at=at)
    if state != "done":
        raise RuntimeError(f"the demo's {kind} were not taken in: {state}")
