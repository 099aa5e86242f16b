"""What runs again and again: terms that are over, releases nobody decided, seats held below wide units."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def terms(at: datetime) -> int:
    return actions.end_terms(at=at)


def releases(at: datetime) -> int:
    return actions.lapse_releases(at=at)


def held(at: datetime) -> int:
    return actions.count_held(at=at)


LOOPS = {
    "held": Loop(held, every_s=120),
    "terms": Loop(terms, every_s=20),
    "releases": Loop(releases, every_s=60),
}
