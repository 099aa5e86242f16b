"""The loop that settles what targets sum to."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def _sums(at: datetime) -> int:
    return actions.settle_due(at=at)


LOOPS = {  # an earlier release has it by this name
    "programmes.sums": Loop(_sums, every_s=300, scoped=False),
}
