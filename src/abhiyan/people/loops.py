"""What runs again and again: codes and sessions that are long over."""

from datetime import datetime

from abhiyan.core.loops import Loop

from .actions import codes, sessions


def sweep(at: datetime) -> int:
    return codes.sweep_codes(at=at) + sessions.sweep(at=at)


LOOPS = {"sweep": Loop(sweep, every_s=600)}
