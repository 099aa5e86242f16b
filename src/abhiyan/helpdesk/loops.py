"""Turn the helpline's own work by `abhiyan jobs`."""

from abhiyan.core.actor import Actor
from abhiyan.core.loops import Loop

from .actions import forgetting, settling

RULE = Actor.system("closed by the rule of its kind")
LATE = Actor.system("overdue: to the office above")
LOOPS = {
    "overdue": Loop(turn=lambda at: settling.raise_overdue(by=LATE, at=at), every_s=60),
    "quiet": Loop(turn=lambda at: settling.close_quiet(by=RULE, at=at), every_s=300),
    "forget": Loop(turn=lambda at: forgetting.forget_old(at=at), every_s=3600),
}
