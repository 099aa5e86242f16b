"""The ledger's loop, and that of what targets sum to."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def _fold(at: datetime) -> int:
    return actions.fold(at=at)


def _sums(at: datetime) -> int:
    return actions.settle_due(at=at)


LOOPS = {"fold": Loop(_fold, every_s=0.25), "sums": Loop(_sums, every_s=300, scoped=False)}
