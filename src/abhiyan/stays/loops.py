"""The loops of stays, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from . import actions

LOOPS = {
    "tell": Loop(turn=lambda at: actions.ask_next_stays(at=at), every_s=30),
    "ask": Loop(turn=lambda at: actions.ask_hosts(at=at), every_s=60),
}
