"""The loops of dialogues. `abhiyan jobs` turns them."""

from abhiyan.core.actor import Actor
from abhiyan.core.loops import Loop

from . import actions

ROSTER = Actor.system("the calls of the day")
LOOPS = {
    "roster": Loop(turn=lambda at: actions.give_out(by=ROSTER, at=at), every_s=60),
    "numbers": Loop(turn=lambda at: actions.send_numbers(by=ROSTER, at=at), every_s=60),
    "ask": Loop(turn=lambda at: actions.ask_presidents(at=at), every_s=60),
}
