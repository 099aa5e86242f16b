"""Loops of incidents, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from . import actions

LOOPS = {"notices": Loop(turn=lambda at: actions.tell_affected(at=at), every_s=10)}
