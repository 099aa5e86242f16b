"""What runs again and again: slides are told of at their hour."""

from datetime import datetime

from abhiyan.core.loops import Loop

from .actions import decks


def _slides(at: datetime) -> int:
    return decks.tell_due(at=at)


LOOPS = {"slides": Loop(_slides, every_s=60)}
