"""Checks aimed at one unit or one worker: a ledger of their own, in no estimate."""

import secrets
from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.verification.models import Aim, Check, Frame
from abhiyan.verification.queries.aims import places_at
from abhiyan.verification.refusals import FrameClosed, NotDrawn, TooManyAimed, WhyMissing

from .frames import PLAN

LEAST_WORDS = 8  # characters of a reason


def aim_checks(
    *, public_id: UUID, unit_id: int, worker: UUID | None, checks: int, reason: str, by: Actor, at: datetime
) -> Aim:
    """Have some items of a unit or of a worker there checked, chosen at random; they are in no estimate.

    worker: as items name them; None: whoever entered them. At most half of the items: where all are checked, all know
    who. Whether an item was drawn makes no difference, so that the choice tells nobody what was drawn; who is asked
    twice by it has a week between (`assigning.REST`). Who may: verification.plan. Refuses FrameClosed, NotDrawn,
    WhyMissing, TooManyAimed; of units above the districts TooWide.
    """
    if len(reason.strip()) < LEAST_WORDS:
        raise WhyMissing(field="reason")
    with system("aiming back-checks"):
        frame = needed(Frame.objects.select_for_update().filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        if frame.state != Frame.State.DRAWN:
            raise NotDrawn if frame.state == Frame.State.FROZEN else FrameClosed
        places = places_at(frame, unit_id, worker)
        asked = Check.objects.filter(frame=frame, place__isnull=False)
        aimed = set(asked.filter(arm=Check.Arm.TARGETED).values_list("stratum_id", "place"))
        most = len(places) // 2 - len(aimed.intersection(places))
        if not 0 < checks <= most:
            raise TooManyAimed(field="checks", most=max(0, most))
        chosen = secrets.SystemRandom().sample([place for place in places if place not in aimed], checks)
        aim = Aim.objects.create(
            id=uuid4(),
            frame=frame,
            unit_id=unit_id,
            worker=worker,
            checks=checks,
            reason=reason.strip(),
            account_id=by.account_id or 0,
            at=at,
        )
        orders = count(asked.filter(arm=Check.Arm.TARGETED).count() + 1)
        Check.objects.bulk_create(
            Check(
                id=uuid4(),
                frame=frame,
                stratum_id=stratum_id,
                order=next(orders),
                place=place,
                arm=Check.Arm.TARGETED,
                aim=aim,
            )
            for stratum_id, place in chosen
        )
        # Of the frame's unit: an entry of the unit aimed at would tell its own offices.
        audit.record(
            by=by, at=at, act="verification.aim_checks", subject=str(aim.id), unit_id=frame.unit_id, n=checks
        )
    return aim
