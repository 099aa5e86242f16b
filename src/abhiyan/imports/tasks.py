"""Jobs of core: the steps of staged imports."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.jobs import WorkUnderWay, job
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.store import StoreAway

from . import actions, running


@job("core.import_look")
def import_look(public_id: str) -> None:
    """Find out what a large file is; nothing when the import has gone on meanwhile, as one from the console has."""
    import_uuid, at = UUID(public_id), clock.now()
    with system("import look"):
        try:
            staged = actions.look_at_file(
                public_id=import_uuid, at=at, by=Actor.system("look at what somebody uploaded")
            )
            if (brought_by := running.actor_of(staged)).kind != "system":
                actions.check_when_sure(public_id=import_uuid, by=brought_by, at=at)
        except StoreAway:
            raise  # this job tries again
        except Refused:
            pass


def _give_up(public_id: str, step: str) -> None:
    running.give_up(UUID(public_id), step, at=clock.now())


@job("core.import_step", given_up=_give_up)
def import_step(public_id: str, step: str) -> None:
    """Check, commit or undo, or go on with it; later, when somebody else is at it."""
    if running.run_import_step(UUID(public_id), step, at=clock.now()) == running.UNDER_WAY[step]:
        raise WorkUnderWay
