"""The ledger's loop, the rate of a launch, and each night's count by age."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions
from .actions import ages, pace


def _fold(at: datetime) -> int:
    return actions.fold_changes(at=at)


def _ages(at: datetime) -> int:
    return ages.count_ages_nightly(at=at)


def _pace(at: datetime) -> int:
    return pace.note_pace(at=at) + pace.note_units(at=at)


LOOPS = {
    "fold": Loop(_fold, every_s=0.25),  # pages add up what it leaves
    "pace": Loop(_pace, every_s=20),
    "ages": Loop(_ages, every_s=1500, scoped=False),
}
