"""Loops of org end terms and releases, seat data officers, count seats held below wide units, and delete old talks."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def end_due_terms(at: datetime) -> int:
    return actions.end_terms(at=at)


def lapse_old_releases(at: datetime) -> int:
    return actions.lapse_releases(at=at)


def seat_officers(at: datetime) -> int:
    return actions.seat_awaited_officers(at=at)


def count_held_offices(at: datetime) -> int:
    return actions.count_held(at=at)


def talks(at: datetime) -> int:
    return actions.forget_bearer_talks(at=at)


LOOPS = {
    "held": Loop(count_held_offices, every_s=120),
    "talks": Loop(talks, every_s=3_600),
    "terms": Loop(end_due_terms, every_s=20),
    "officers": Loop(seat_officers, every_s=60),
    "releases": Loop(lapse_old_releases, every_s=60),
}
