"""Loops of enrolment, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from .actions import bursts, confirming, phone_changes, revisits, terms

LOOPS = {
    "ask": Loop(turn=lambda at: confirming.ask_new_members(at=at), every_s=confirming.TURN_S),
    "revisit": Loop(turn=lambda at: revisits.revisit(at=at), every_s=1, scoped=False),
    "terms": Loop(turn=lambda at: terms.run_out(at=at), every_s=600, scoped=False),
    "bursts": Loop(turn=lambda at: bursts.look_for_bursts(at=at), every_s=10, scoped=False),
    "phones": Loop(turn=lambda at: phone_changes.turn(at=at), every_s=phone_changes.TURN_S, scoped=False),
    "left": Loop(turn=lambda _at: revisits.note_left_behind(), every_s=600),
}
