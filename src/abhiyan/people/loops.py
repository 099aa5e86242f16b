"""What runs again and again: codes and sessions that are long over, and erasures whose legal period is."""

from datetime import datetime

from abhiyan.core.loops import Loop

from .actions import codes, erasing, sessions


def sweep(at: datetime) -> int:
    return codes.sweep_codes(at=at) + sessions.sweep(at=at)


LOOPS = {
    "sweep": Loop(sweep, every_s=600),
    "purge": Loop(lambda at: erasing.purge(at=at), every_s=600),
}
