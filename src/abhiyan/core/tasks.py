"""Jobs of core: the steps of staged imports."""

from contextlib import suppress
from uuid import UUID

from . import clock
from .actor import Actor
from .imports import actions, running
from .jobs import Job, job
from .scope import system


@job("core.import_look", queue="imports")
def import_look(public_id: str) -> None:
    """Find out what a large file is; nothing when the import has gone on meanwhile, as one from the console has."""
    with system("import look"), suppress(actions.WrongState):
        actions.look(
            public_id=UUID(public_id), at=clock.now(), by=Actor.system("look at what somebody uploaded")
        )


@job("core.import_check", queue="imports", retries=3)
def import_check(public_id: str) -> None:
    """Read every row, change nothing."""
    running.run(UUID(public_id), "check", at=clock.now())


@job("core.import_commit", queue="imports", retries=3)
def import_commit(public_id: str) -> None:
    """Do it, or go on with it."""
    running.run(UUID(public_id), "commit", at=clock.now())


@job("core.import_undo", queue="imports", retries=3)
def import_undo(public_id: str) -> None:
    """Reverse it."""
    running.run(UUID(public_id), "undo", at=clock.now())


STEPS: dict[str, Job[[str]]] = {"check": import_check, "commit": import_commit, "undo": import_undo}
