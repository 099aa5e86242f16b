"""The frame of the demo's stays: verifiers ask the hosts of the stays that are over. Samples."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.programmes.queries import open_of
from abhiyan.stays.actions import STAYS
from abhiyan.stays.queries import KIND
from abhiyan.verification import actions
from abhiyan.verification.actions import frames
from abhiyan.verification.models import Check
from abhiyan.verification.queries.frames import published
from abhiyan.verification.rules.outcomes import NOT_REACHED, Meaning

from .history import ZONE

CHECKS, LEFT = 60, 4  # in the frame; of them nobody asks so many yet
REACHED, TRUE = 0.9, 0.93  # shares of hosts


def ask_hosts(ground: SampleGround, planner: Actor, verifiers: Sequence[Actor]) -> None:
    """Freeze the stays of the days before, draw last evening, and ask this morning."""
    at = datetime.combine(ground.today - timedelta(days=1), time(20, 30), ZONE)
    rng = random.Random(f"hosts {ground.seed}")  # noqa: S311  # sample data
    with system("demo"):
        (programme,) = open_of(KIND)
    plan = frames.FramePlan(
        checks=CHECKS,
        source=f"drand quicknet, {at:%d.%m.%Y} 20:35 (नमूना / sample)",
        due_at=at + timedelta(minutes=5),
        ends_on=ground.today + timedelta(days=6),
    )
    frame = actions.freeze_frame(programme=programme, measure=STAYS, plan=plan, by=planner, at=at)
    at += timedelta(minutes=6)
    actions.draw_frame(public_id=frame.public_id, value=rng.randbytes(32).hex(), by=planner, at=at)
    at = min(datetime.combine(ground.today, time(9), ZONE), ground.at)
    with system("demo"):
        left = published(frame).checks - LEFT
    for verifier in verifiers:
        checks = actions.take_checks(n=left, frame=frame, by=verifier, at=at)
        left -= len(checks)
        if found := [actions.ToldCheck(one.id, *_came(rng), at=at) for one in checks]:
            actions.tell_checks(found=found, by=verifier, at=at)
    actions.refresh_estimates(at=ground.at)


def _came(rng: random.Random) -> tuple[Check.Outcome, str]:
    if rng.random() >= REACHED:
        return Check.Outcome.UNRESOLVED, NOT_REACHED
    if rng.random() < TRUE:
        return Check.Outcome.GENUINE, ""
    return Check.Outcome.NOT_GENUINE, Meaning.NEVER.value
