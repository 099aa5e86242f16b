"""Lists of the demo: they are brought as an office brings them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.samples import BY


def bring_sample_list(
    kind: str,
    path: Path,
    *,
    options: dict[str, str],
    at: datetime,
    by: Actor = BY,
    unit_id: int | None = None,
    steps: Sequence[str] = ("check", "commit"),
) -> UUID:
    """Bring a list and take its steps. Returns its public id. by, unit_id: who brings it, and for which unit."""
    from abhiyan.core.scope import system

    from . import actions as imports

    with system("demo"):
        public_id = imports.import_file(
            kind_key=kind, path=path, by=by, at=at, options=options, unit_id=unit_id
        )
    take_steps(public_id, steps, by=by, at=at)
    return public_id


def take_steps(public_id: UUID, steps: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Take steps of a list. A step that fails stops the demo."""
    from abhiyan.core.scope import system

    from . import actions as imports
    from . import running

    state = ""
    for step in steps:
        with system("demo"):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=at)
        state = running.run_import_step(public_id, step, at=at)
    if state not in ("checked", "done"):
        raise RuntimeError(f"a list of the demo was not taken in: {state}")
