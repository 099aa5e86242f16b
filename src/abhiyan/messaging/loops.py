"""Sending, turned every second by `abhiyan jobs`."""

from datetime import datetime

from abhiyan.core.loops import Loop

from . import actions
from .adapters import adapter


def turn(at: datetime) -> int:
    """Send what is due. Returns how many messages the gateway took."""
    return actions.hand_over(messages=actions.lease(at=at), adapter=adapter(), at=at)


# No scope around the turn: each step commits by itself, so that nothing is sent twice.
LOOPS = {"send": Loop(turn=turn, every_s=1, scoped=False)}
