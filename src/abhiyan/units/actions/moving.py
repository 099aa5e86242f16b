"""Move a unit, with all below it, to another place."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from abhiyan.core import audit, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.units import refusals
from abhiyan.units.models import Hierarchy, Kind
from abhiyan.units.news import UnitsMoved
from abhiyan.units.rules import levels
from abhiyan.units.trees.laying import lock_tree
from abhiyan.units.trees.placements import PlacedToday, place_today
from abhiyan.units.trees.shifting import shift


def move_unit(*, unit_id: int, hierarchy: int, to: int | None, on: date, by: Actor, at: datetime) -> None:
    """From the day `on`, the unit and all below it stand beneath `to` (None: as a root).

    Its old place stays in the record, unless it came there that same day. Refuses NotPlaced and UnknownParent for a
    unit or parent outside the hierarchy, and UnitClosed for a closed parent. It refuses a kind that does not belong
    there, and a circle. It refuses a day to come (NotYet), or one before it came where it is (BeforeItsTime). Costs one
    UPDATE of what moves.
    """
    if on > at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise refusals.NotYet(field="on", on=on.isoformat())
    with transaction.atomic():
        lock_tree(hierarchy)
        moving = place_today(hierarchy, unit_id)
        if moving is None:
            raise _unplaced(unit_id)
        target = _target(hierarchy, moving, to)
        if on < moving.valid_from:
            raise refusals.BeforeItsTime(field="on", unit=moving.code, since=moving.valid_from.isoformat())
        branch = shift(hierarchy, moving, target, on)
        audit.record(
            by=by,
            at=at,
            act="units.move",
            subject=moving.code,
            unit_id=unit_id,
            n=moving.leaves,
            facts={
                "hierarchy": levels.SLUGS[hierarchy],
                "to": target.code if target else "",
                "on": on.isoformat(),
            },
        )
        news.tell(UnitsMoved(hierarchy, (branch,), on))


def _unplaced(unit_id: int) -> refusals.NotPlaced | refusals.UnknownUnit:
    row = sql.row("select code from units_unit where id = %s", [unit_id])
    return (
        refusals.NotPlaced(field="unit", unit=row[0])
        if row
        else refusals.UnknownUnit(field="unit", unit=unit_id)
    )


def _target(hierarchy: int, moving: PlacedToday, to: int | None) -> PlacedToday | None:
    """Return the new parent, after every check of the unit's right to be there."""
    if to == moving.parent:
        raise refusals.AlreadyThere(
            field="to",
            unit=moving.code,
            parent=(sql.row("select code from units_unit where id = %s", [to]) or ("—",))[0],
        )
    if to is None:
        return None
    target = or_refuse(
        place_today(hierarchy, to),
        refusals.UnknownParent(
            field="to", parent=(sql.row("select code from units_unit where id = %s", [to]) or (to,))[0]
        ),
    )
    if moving.lo <= target.lo < moving.hi:
        raise refusals.Cycle(field="to", unit=moving.code)
    if target.is_closed:
        raise refusals.UnitClosed(field="to", unit=target.code)
    if not levels.may_stand(hierarchy, moving.kind, below=target.kind):
        raise refusals.KindNotAllowedHere(
            field="to",
            unit=moving.code,
            kind=Kind(moving.kind).label,
            above=Kind(target.kind).label,
            hierarchy=Hierarchy(hierarchy).label.lower(),
        )
    return target
