"""The loops of contact, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from . import actions

LOOPS = {
    "lapse": Loop(turn=lambda at: actions.lapse_leases(at=at), every_s=60),
    "turns": Loop(turn=lambda at: actions.lapse_turns(at=at), every_s=60),
    "ask": Loop(turn=lambda at: actions.ask_persons(at=at), every_s=60),
    "signed": Loop(turn=lambda at: actions.ask_signed(at=at), every_s=60),
    "notes": Loop(turn=lambda at: actions.empty_notes(at=at), every_s=3600),
    "past": Loop(turn=lambda at: actions.end_past_lists(at=at), every_s=3600),
}
