"""What runs again and again: terms that are over, releases nobody decided, data officers named before there
were units, seats held below wide units."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def terms(at: datetime) -> int:
    return actions.end_terms(at=at)


def releases(at: datetime) -> int:
    return actions.lapse_releases(at=at)


def officers(at: datetime) -> int:
    return actions.seat_awaited_officers(at=at)


def held(at: datetime) -> int:
    return actions.count_held(at=at)


LOOPS = {
    "held": Loop(held, every_s=120),
    "terms": Loop(terms, every_s=20),
    "officers": Loop(officers, every_s=60),
    "releases": Loop(releases, every_s=60),
}
