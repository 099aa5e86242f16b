"""Rounds follow tree and offices; office-bearers and late reviewers get a message; readers get their slides at
their hour."""

from datetime import datetime

from abhiyan.core.loops import Loop

from .actions import decks, keeping


def _settle(at: datetime) -> int:
    return keeping.settle_rounds(at=at)


def _tell(at: datetime) -> int:
    return keeping.tell_holders(at=at)


def _remind(at: datetime) -> int:
    return keeping.remind_reviewers(at=at)


def _slides(at: datetime) -> int:
    return decks.tell_due(at=at)


LOOPS = {
    "settle": Loop(_settle, every_s=1800),
    "tell": Loop(_tell, every_s=300),
    "remind": Loop(_remind, every_s=3600),
    "slides": Loop(_slides, every_s=60),
}
