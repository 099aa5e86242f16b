"""The ledger's loop."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def _fold(at: datetime) -> int:
    return actions.fold(at=at)


LOOPS = {"fold": Loop(_fold, every_s=0.25)}
