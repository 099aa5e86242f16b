"""The frames of the demo's stays, field days and talks at doors: verifiers ask the people in them. Samples."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from abhiyan.contact.rules import kinds
from abhiyan.core.actor import Actor
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.programmes.queries import open_programmes_of
from abhiyan.stays import queries_days
from abhiyan.stays.actions import STAYS
from abhiyan.stays.queries import KIND
from abhiyan.verification import actions
from abhiyan.verification.actions import frames
from abhiyan.verification.models import Check
from abhiyan.verification.queries.frames import published
from abhiyan.verification.rules.outcomes import NOT_REACHED, Meaning

from .data_files import sample_shares, sample_words
from .history import ZONE

CHECKS, LEFT = 60, 4  # in the frame; of them nobody asks so many yet.
TALKS = 90  # checks of talks at doors.
SHARES = sample_shares().hosts


def check_sample_stays(ground: SampleGround, planner: Actor, verifiers: Sequence[Actor]) -> None:
    """Freeze the stays of the days before, draw last evening, and ask this morning."""
    rng = random.Random(f"hosts {ground.seed}")  # noqa: S311  # sample data
    _check(ground, planner, verifiers, rng, KIND, STAYS, (False,), (CHECKS, LEFT), lambda _check: SHARES.true)


def check_sample_field_days(ground: SampleGround, planner: Actor, verifiers: Sequence[Actor]) -> None:
    """Freeze the field days, and ask booth presidents, in the same way."""
    rng = random.Random(f"presidents {ground.seed}")  # noqa: S311  # sample data
    kind, measure = queries_days.KIND, queries_days.DAYS
    _check(
        ground, planner, verifiers, rng, kind, measure, (False,), (CHECKS, LEFT), lambda _check: SHARES.true
    )


def ask_at_doors(ground: SampleGround, planner: Actor, verifiers: Sequence[Actor]) -> None:
    """Freeze the talks at doors in the same way. Doors without a phone are visited: many talks there were none.

    One visit waits with the verifier of the cast.
    """
    rng = random.Random(f"doors asked {ground.seed}")  # noqa: S311  # sample data
    ways, some = (False, True), (TALKS, LEFT)

    def true(check: Check) -> float:
        return SHARES.talk_signed if check.stratum.is_signed else SHARES.talk_unsigned

    _check(ground, planner, verifiers, rng, kinds.KIND, kinds.TALKED, ways, some, true)


def _check(
    ground: SampleGround,
    planner: Actor,
    verifiers: Sequence[Actor],
    rng: random.Random,
    kind: str,
    measure: int,
    ways: Sequence[bool],
    some: tuple[int, int],
    true: Callable[[Check], float],
) -> None:
    """Draw a frame of a kind's first programme, and ask.

    ways: whether by visit. some: how many checks, and how many of them nobody asks yet. true: the chance of one.
    """
    at = datetime.combine(ground.today - timedelta(days=1), time(20, 30), ZONE)
    with system("demo"):
        programme = min(open_programmes_of(kind), key=lambda programme: programme.pk)
    due_at = at + timedelta(minutes=5)
    plan = frames.FramePlan(
        checks=some[0],
        source=sample_words().frames.source.format(due_at=due_at),
        due_at=due_at,
        ends_on=ground.today + timedelta(days=6),
    )
    frame = actions.freeze_frame(programme=programme, measure=measure, plan=plan, by=planner, at=at)
    at += timedelta(minutes=6)
    actions.draw_frame(public_id=frame.public_id, value=rng.randbytes(32).hex(), by=planner, at=at)
    at = min(datetime.combine(ground.today, time(9), ZONE), ground.at)
    with system("demo"):
        left = published(frame).checks - some[1]
    waits = set[UUID]()
    if True in ways:
        actor = ground.actor("verifier")
        waits = {check.id for check in actions.take_checks(n=1, frame=frame, by=actor, at=at, is_visit=True)}
    for verifier in verifiers:
        for is_visit in ways:
            checks = actions.take_checks(n=left, frame=frame, by=verifier, at=at, is_visit=is_visit)
            checks = [check for check in checks if check.id not in waits]
            left -= sum(check.arm == Check.Arm.RANDOM for check in checks)
            if told_checks := [
                actions.ToldCheck(check.id, *_came(rng, true(check)), at=at) for check in checks
            ]:
                actions.tell_checks(told_checks=told_checks, by=verifier, at=at)
    actions.refresh_estimates(at=ground.at)


def _came(rng: random.Random, true: float) -> tuple[Check.Outcome, str]:
    if rng.random() >= SHARES.reached:
        return Check.Outcome.UNRESOLVED, NOT_REACHED
    if rng.random() < true:
        return Check.Outcome.GENUINE, ""
    return Check.Outcome.NOT_GENUINE, Meaning.NEVER.value
