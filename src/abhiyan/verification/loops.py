"""Estimates follow the checks; checks that lie come back; a planned end ends them; workers are compared each night."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions


def _estimates(at: datetime) -> int:
    return actions.refresh_estimates(at=at)


def _returns(at: datetime) -> int:
    return actions.return_checks(at=at)


def _planned_ends(at: datetime) -> int:
    return actions.end_planned(at=at)


def _takes_off(at: datetime) -> int:
    return actions.take_off(at=at)


def _looks(at: datetime) -> int:
    return actions.look_nightly(at=at)


def _flags_over(at: datetime) -> int:
    return actions.expire_flags(at=at)


def _fresh_checks(at: datetime) -> int:
    return actions.judge_fresh_checks(at=at)


LOOPS = {
    "estimates": Loop(_estimates, every_s=30),
    "returns": Loop(_returns, every_s=60),
    "planned_ends": Loop(_planned_ends, every_s=60),
    "takes_off": Loop(_takes_off, every_s=30, scoped=False),
    "looks": Loop(_looks, every_s=1500, scoped=False),
    "flags_over": Loop(_flags_over, every_s=3600),
    "fresh_checks": Loop(_fresh_checks, every_s=300),
}
