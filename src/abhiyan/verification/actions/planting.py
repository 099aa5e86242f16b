"""People whose answer is known, mixed in among the checks: what verifiers make of them corrects all estimates."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.contact.actions import lapse_attempts
from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.verification.models import Check, Frame
from abhiyan.verification.queries.checks import ROOM
from abhiyan.verification.queries.planted import PlantedPerson, known_of
from abhiyan.verification.refusals import FrameClosed, NotInFrame, PlantedAlready
from abhiyan.verification.rules.outcomes import GONE

from .frames import PLAN

# The strata of the district each unit was beneath, as far as the frame has items there; the largest first.
_STRATA = """
select p.unit_id, s.id from units_placement p
  join units_placement d on d.hierarchy = p.hierarchy and d.lo <= p.lo and p.lo < d.hi
  join verification_stratum s on s.unit_id = d.unit_id and s.frame_id = %(frame)s
 where p.hierarchy = %(hierarchy)s and p.unit_id = any(%(units)s) order by d.hi - d.lo desc, s.items"""


def plant_people(
    *, public_id: UUID, people: Sequence[PlantedPerson], is_genuine: bool, by: Actor, at: datetime
) -> int:
    """Mix people who agreed in among the checks of a frame; how many. Nothing tells a verifier which they are.

    is_genuine: they joined and will say so; else they never did, and will say that. Needs verification.plan.
    Refuses FrameClosed; NotInFrame where nothing of their district is in the frame; PlantedAlready for a phone
    that is planted. Both name the line (from 1), and then none is planted.
    """
    with system("planting people whose answer is known"):
        frame = _open(public_id, by)
        planted = Check.objects.filter(frame=frame, arm=Check.Arm.PLANTED)
        phones = {
            planted_person.phone for check in planted if (planted_person := known_of(check)) is not None
        }
        params = {
            "frame": frame.pk,
            "hierarchy": frame.programme.hierarchy,
            "units": [planted_person.unit_id for planted_person in people],
        }
        strata = dict(sql.rows(_STRATA, params))
        orders = count(planted.count() + 1)
        checks = []
        for line, one in enumerate(people, 1):
            if one.unit_id not in strata:
                raise NotInFrame(field="people", row=line)
            if one.phone in phones:
                raise PlantedAlready(field="people", row=line)
            phones.add(one.phone)
            check_id = lot.uuid()
            checks.append(
                Check(
                    id=check_id,
                    frame=frame,
                    stratum_id=strata[one.unit_id],
                    order=next(orders),
                    arm=Check.Arm.PLANTED,
                    is_known_genuine=is_genuine,
                    planted=one.sealed(check_id),
                )
            )
        Check.objects.bulk_create(checks)
        _record("verification.plant_people", frame, len(checks), by, at)
    return len(checks)


def withdraw_planted(*, public_id: UUID, phone: str, by: Actor, at: datetime) -> None:
    """Remove somebody who was planted in a frame: nobody calls them again, and what is kept of them is emptied.

    phone: E.164. Needs verification.plan. Answers they gave already stay in the tally. Refuses FrameClosed,
    NotFound.
    """
    with system("removing a planted person"):
        frame = _open(public_id, by)
        if not _remove(Check.objects.filter(frame=frame), keyring().phone_id(phone), at):
            raise NotFound(field="phone")
        _record("verification.withdraw_planted", frame, 1, by, at)


def forget_planted(*, phone_id: UUID, at: datetime) -> int:
    """Remove from every frame somebody who had everything erased; how many checks. In the system's scope."""
    return _remove(Check.objects.all(), phone_id, at)


def _remove(checks: QuerySet[Check], phone_id: UUID, at: datetime) -> int:
    planted = checks.filter(arm=Check.Arm.PLANTED, planted__isnull=False).select_for_update()
    found = [
        one
        for one in planted
        if (planted_person := known_of(one)) is not None and planted_person.phone_id == phone_id
    ]
    lapse_attempts(room=ROOM, about=[one.id for one in found], at=at)
    for check in found:
        check.planted = check.said = None
        if not check.outcome:
            check.outcome, check.reason, check.done_at = Check.Outcome.UNRESOLVED, GONE, at
    Check.objects.bulk_update(found, ["planted", "said", "outcome", "reason", "done_at"])
    return len(found)


def _open(public_id: UUID, by: Actor) -> Frame:
    frame = or_refuse(Frame.objects.select_for_update().filter(public_id=public_id).first())
    require(by, PLAN, at=frame.unit_id)
    if frame.state == Frame.State.CLOSED:
        raise FrameClosed
    return frame


def _record(act: str, frame: Frame, n: int, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, subject=str(frame.public_id), unit_id=frame.unit_id, n=n)
