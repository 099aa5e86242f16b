"""Checks aimed at one unit, at one worker, or where an answer tells most: a ledger of their own, in no estimate."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

import numpy as np
from django.utils.translation import gettext_noop

from abhiyan.core import audit, jobs, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import Aim, Check, Frame, Look
from abhiyan.verification.queries.aims import Place, places_at, places_by_worker
from abhiyan.verification.refusals import FrameClosed, NotDrawn, TooManyAimed, WhyMissing
from abhiyan.verification.rules.flags import next_calls
from abhiyan.verification.rules.planning import MOST_TELLING

from .frames import PLAN

LEAST_WORDS = 8  # characters of a reason
TOP = 20  # of so many workers one is to be among the first
TELLING = gettext_noop("Where an answer tells most")


def aim_checks(
    *, public_id: UUID, unit_id: int, worker: UUID | None, checks: int, reason: str, by: Actor, at: datetime
) -> Aim:
    """Have some items of a unit or of a worker there checked, chosen at random; they are in no estimate.

    worker: as items name them; None: of anybody. At most half of the items: where all are checked, all know
    who. A drawn item is as likely as another, so the choice tells nobody what was drawn; who is asked twice by
    it has a week between (`assigning.REST`). Needs verification.plan. Refuses FrameClosed, NotDrawn,
    WhyMissing, TooManyAimed; of units above the districts TooWide.
    """
    if len(reason.strip()) < LEAST_WORDS:
        raise WhyMissing(field="reason")
    with system("aiming back-checks"):
        frame = or_refuse(Frame.objects.select_for_update().filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        if frame.state != Frame.State.DRAWN:
            raise NotDrawn if frame.state == Frame.State.FROZEN else FrameClosed
        places = places_at(frame, unit_id, worker)
        asked = Check.objects.filter(frame=frame, place__isnull=False)
        aimed = set(asked.filter(arm=Check.Arm.TARGETED).values_list("stratum_id", "place"))
        most = len(places) // 2 - len(aimed.intersection(places))
        if not 0 < checks <= most:
            raise TooManyAimed(field="checks", most=max(0, most))
        chosen = lot.some([place for place in places if place not in aimed], checks)
        aim = _kept(frame, chosen, unit_id=unit_id, worker=worker, reason=reason, by=by, at=at)
        # The entry belongs to the frame's unit. Offices of the unit aimed at would read an entry of their own.
        audit.record(
            by=by, at=at, act="verification.aim_checks", subject=str(aim.id), unit_id=frame.unit_id, n=checks
        )
    return aim


def ask_aiming(*, programme: Programme, measure: int, checks: int, by: Actor, at: datetime) -> None:
    """Have so many checks aimed soon, by a job, where an answer most likely changes who is looked at first.

    Needs verification.plan over the programme's owner. Refuses NotDrawn, TooManyAimed above MOST_TELLING.
    """
    require(by, PLAN, at=programme.owner_id)
    if not 0 < checks <= MOST_TELLING:
        raise TooManyAimed(field="checks", most=MOST_TELLING)
    with system("aiming back-checks"):
        frame = _drawn(programme, measure)
        jobs.later(
            "verification.aim",
            str(frame.public_id),
            at=at,
            aim=str(lot.uuid()),
            frame=str(frame.public_id),
            checks=checks,
            account=by.account_id or 0,
        )
        audit.record(
            by=by,
            at=at,
            act="verification.ask_aiming",
            subject=str(frame.public_id),
            unit_id=frame.unit_id,
            n=checks,
        )


def aim_where_it_tells(*, aim_id: UUID, frame: Frame, checks: int, by: Actor, at: datetime) -> int:
    """Aim checks at entries of the workers whose order one more answer may change (`rules.flags.next_calls`); how many.

    One entry of each worker, chosen at random among those nobody aimed at; of nobody more than half. They teach the
    order nothing: only drawn checks do. In the system's scope, by a job.
    """
    looks = list(
        Look.objects.filter(programme=frame.programme, measure=frame.measure)
        .order_by("worker")
        .values_list("worker", "unit_id", "wanted")
    )
    if not looks:
        return 0
    wanted = np.array([look[2] for look in looks])
    first = next_calls(wanted, checks, max(1, len(looks) // TOP))
    of_district: dict[int, list[UUID]] = defaultdict(list)
    for n in first:
        of_district[looks[int(n)][1]].append(looks[int(n)][0])
    taken = set(Check.objects.filter(frame=frame, arm=Check.Arm.TARGETED).values_list("stratum_id", "place"))
    chosen: list[Place] = []
    for unit_id, workers in of_district.items():
        by_worker = places_by_worker(frame, unit_id)
        for worker in workers:
            places = by_worker.get(worker, [])
            free = [place for place in places if place not in taken]
            if len(free) * 2 > len(places):
                chosen.append(lot.random_choice(free))
    if chosen:
        _kept(frame, chosen, unit_id=frame.unit_id, worker=None, reason=TELLING, by=by, at=at, aim_id=aim_id)
        audit.record(
            by=by,
            at=at,
            act="verification.aim_checks",
            subject=str(aim_id),
            unit_id=frame.unit_id,
            n=len(chosen),
        )
    return len(chosen)


def _drawn(programme: Programme, measure: int) -> Frame:
    """Return the frame whose checks are under way. Refuses NotDrawn."""
    frame = Frame.objects.filter(programme=programme, measure=measure, state=Frame.State.DRAWN).last()
    if frame is None:
        raise NotDrawn
    return frame


def _kept(
    frame: Frame,
    places: Sequence[Place],
    *,
    unit_id: int,
    worker: UUID | None,
    reason: str,
    by: Actor,
    at: datetime,
    aim_id: UUID | None = None,
) -> Aim:
    aim = Aim.objects.create(
        id=aim_id or lot.uuid(),
        frame=frame,
        unit_id=unit_id,
        worker=worker,
        checks=len(places),
        reason=reason.strip(),
        account_id=by.account_id or 0,
        at=at,
    )
    aimed = Check.objects.filter(frame=frame, place__isnull=False, arm=Check.Arm.TARGETED)
    orders = count(aimed.count() + 1)
    Check.objects.bulk_create(
        Check(
            id=lot.uuid(),
            frame=frame,
            stratum_id=stratum_id,
            order=next(orders),
            place=place,
            arm=Check.Arm.TARGETED,
            aim=aim,
        )
        for stratum_id, place in places
    )
    return aim
