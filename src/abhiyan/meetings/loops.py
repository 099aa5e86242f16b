"""Loops of meetings, which `abhiyan jobs` runs."""

from abhiyan.core.loops import Loop

from .actions import attending

LOOPS = {"who_came": Loop(turn=lambda at: attending.ask_who_came(at=at), every_s=300)}
