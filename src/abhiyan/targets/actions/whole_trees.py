"""Changes of targets over a whole tree: few units at once, many by a job whose page says how far it is.

A proxy before the server cuts a request after a minute or less, and nobody knows then whether it was done.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from abhiyan.core import audit, jobs, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, kept_refusal, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.queries import programme_by_id
from abhiyan.targets import refusals
from abhiyan.targets.models import TargetChange, TargetVersion
from abhiyan.targets.queries.whole_trees import concerned
from abhiyan.units.queries import TreesMoved

from . import targets

MOST_AT_ONCE = 20_000  # units in the request, about ten seconds; what is more is a job
WHY = "targets of a whole tree"
Act = TargetVersion.Act


def change_targets(
    *,
    act: str,
    programme_id: int,
    measure: int,
    unit_id: int,
    given: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> int | TargetChange:
    """Split a unit's target, take a plan over or go back: now, or by a job above MOST_AT_ONCE units.

    given: JSON. A split has how, far, options, by_hand (unit id as text -> target); a plan has plan, per_100; going
    back has version, before, own. Each has expected, as the act takes it. unit_id: of a plan, the programme's owner.
    The rights are those of `split_target`, `take_over_plan` and `go_back`; a job asks them again when it runs.
    Returns how many targets changed, or the change that the job does; asked again meanwhile, the same. Refuses
    ChangeUnderWay where a job changes this programme's targets, and what the act refuses.
    """
    programme = programme_by_id(programme_id)
    targets.require_change(programme, measure, unit_id, _set_by_themselves(act, unit_id, given), by=by, at=at)
    filters: dict[str, Any] = {
        "programme": programme,
        "measure": measure,
        "unit_id": unit_id,
        "ended_at": None,
    }
    # Read without a lock: the asker does not wait for the job that holds the programme.
    if (change := TargetChange.objects.filter(**filters).first()) is not None:
        return _the_same(change, act, given)
    targets.require_no_job(programme_id)
    if concerned(programme, measure, unit_id, act, given, most=MOST_AT_ONCE) <= MOST_AT_ONCE:
        return _done(act, programme_id, measure, unit_id, given, by=by, at=at)
    if given["expected"] == "":
        raise refusals.ChangedMeanwhile
    with transaction.atomic():
        target_change = TargetChange(
            **filters,
            public_id=lot.uuid(),
            act=act,
            given=dict(given),
            asked_at=at,
            asked_by=by.account_id,
            person=by.id,
        )
        TargetChange.objects.bulk_create([target_change], ignore_conflicts=True)
        change = or_refuse(TargetChange.objects.filter(**filters).first(), refusals.ChangeUnderWay)
        if change.public_id != target_change.public_id:  # somebody pressed at the same moment
            return _the_same(change, act, given)
        key = str(change.public_id)
        jobs.later("programmes.change_targets", key, at=at, public_id=key)
        audit.record(
            by=by,
            at=at,
            act="programmes.ask_targets",
            subject=str(programme.public_id),
            unit_id=unit_id,
            facts={"measure": measure, "act": act},
        )
    return change


def do_change(*, public_id: UUID, at: datetime) -> None:
    """Do a change that was asked for, once, in the sight and by the rights of its asker. By a job.

    A refusal is kept with it, and then nothing is changed. It ends in the transaction that changes the targets, so a
    second run finds it done.
    """
    rows = TargetChange.objects.filter(public_id=public_id, ended_at=None)
    with system(WHY):
        rows.filter(begun_at=None).update(begun_at=at)
    with system(WHY):  # its asker may not see it any more
        change = rows.select_for_update().first()
        if change is None:
            return
        by = Actor(kind="person", id=change.person, account_id=change.asked_by)
        try:
            with org.seen_by(by, at=at, reason=WHY):
                alone = _set_by_themselves(change.act, change.unit_id, change.given)
                targets.require_change(change.programme, change.measure, change.unit_id, alone, by=by, at=at)
                n = _done(
                    change.act,
                    change.programme_id,
                    change.measure,
                    change.unit_id,
                    change.given,
                    by=by,
                    at=at,
                )
        except TreesMoved:
            raise  # the job tries again
        except Refused as refused:
            rows.update(ended_at=at, refused=kept_refusal(refused))
        else:
            rows.update(ended_at=at, n=n)


def end_change(*, public_id: UUID, refused: Refused, at: datetime) -> None:
    """Keep why a change is not done. By its job."""
    with system(WHY):
        TargetChange.objects.filter(public_id=public_id, ended_at=None).update(
            ended_at=at, refused=kept_refusal(refused)
        )


def _the_same(change: TargetChange, act: str, given: Mapping[str, Any]) -> TargetChange:
    if (change.act, change.given) != (act, dict(given)):
        raise refusals.ChangeUnderWay
    return change


def _set_by_themselves(act: str, unit_id: int, given: Mapping[str, Any]) -> list[int]:
    """Return units whose own target the act sets, as `set_target` would."""
    if act == Act.BACK:
        return [unit_id] if given["own"] else []
    return [int(child) for child in given.get("by_hand") or ()]


def _done(
    act: str,
    programme_id: int,
    measure: int,
    unit_id: int,
    given: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> int:
    """Count the targets that changed. Refuses what the act refuses."""
    common: dict[str, Any] = {
        "programme_id": programme_id,
        "expected": given["expected"],
        "by": by,
        "at": at,
    }
    if act == Act.BACK:
        return targets.go_back(
            **common,
            unit_id=unit_id,
            version=UUID(given["version"]),
            before=given["before"],
            own=given["own"],
        )
    if act == Act.PLAN:
        takeover = targets.take_over_plan(
            **common,
            measure=measure,
            plan_public_id=UUID(given["plan"]),
            per_100=Decimal(given["per_100"]),
        )
        return len(takeover.changes.differences)
    return targets.split_target(
        **common,
        measure=measure,
        unit_id=unit_id,
        how=given["how"],
        far=given["far"],
        options=given.get("options"),
        by_hand={int(child): n for child, n in (given.get("by_hand") or {}).items()},
    )
