"""The loop of the morning message, which puts rooms together. `abhiyan jobs` turns it."""

from abhiyan.core.loops import Loop

from . import morning

LOOPS = {"morning": Loop(turn=morning.turn_morning, every_s=60, scoped=False)}
