"""Jobs of programmes: a change of targets over a whole tree."""

from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.jobs import job

from . import actions
from .refusals import ChangeStopped


def _give_up(public_id: str) -> None:
    actions.end_change(public_id=UUID(public_id), refused=ChangeStopped(), at=clock.now())


@job("programmes.change_targets", given_up=_give_up)
def run_target_change(public_id: str) -> None:
    """Do what somebody asked for, in one transaction: all targets change, or none."""
    actions.do_change(public_id=UUID(public_id), at=clock.now())
