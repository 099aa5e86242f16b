"""A unit, with all that stands below it, comes to stand elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from abhiyan.core import audit, news
from abhiyan.core.actor import Actor
from abhiyan.units.models import Kind
from abhiyan.units.news import Branch, UnitsMoved
from abhiyan.units.refusals import (
    AlreadyThere,
    BeforeItsTime,
    Cycle,
    KindNotAllowedHere,
    NotPlaced,
    NotYet,
    UnknownParent,
    UnknownUnit,
)
from abhiyan.units.rules import levels, ranges

from .laying import Cursor, hold, relay
from .placing import ancestors


@dataclass(slots=True)
class Standing:
    """Where a unit stands today in the hierarchy."""

    placement: int
    unit: int
    code: str
    kind: str
    parent: int | None
    depth: int
    lo: int
    hi: int
    leaves: int
    valid_from: date


def move(*, unit_id: int, hierarchy: int, to: int | None, on: date, by: Actor, at: datetime) -> None:
    """From the day `on`, the unit and all below it stand beneath `to` (None: as a root).

    Where it stood before stays in the record, unless it came there that same day. Refuses a unit or parent that
    does not stand in the hierarchy (NotPlaced, UnknownParent), a kind that may not stand there, a circle, a day
    to come (NotYet), or one before it came where it is (BeforeItsTime). Costs one UPDATE of what moves.
    """
    if on > at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise NotYet(field="on", on=on.isoformat())
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor, hierarchy)
        moving = standing(cursor, hierarchy, unit_id)
        if moving is None:
            raise _unplaced(cursor, unit_id)
        target = _target(cursor, hierarchy, moving, to)
        if on < moving.valid_from:
            raise BeforeItsTime(field="on", unit=moving.code, since=moving.valid_from.isoformat())
        branch = shift(cursor, hierarchy, moving, target, on)
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


def standing(cursor: Cursor, hierarchy: int, unit_id: int) -> Standing | None:
    cursor.execute(
        "select p.id, u.id, u.code, u.kind, p.parent_id, p.depth, p.lo, p.hi, p.leaves, p.valid_from"
        " from units_placement p join units_unit u on u.id = p.unit_id"
        " where p.unit_id = %s and p.hierarchy = %s and p.valid_to is null and p.lo is not null",
        [unit_id, hierarchy],
    )
    row = cursor.fetchone()
    return Standing(*row) if row else None


def _unplaced(cursor: Cursor, unit_id: int) -> NotPlaced | UnknownUnit:
    cursor.execute("select code from units_unit where id = %s", [unit_id])
    row = cursor.fetchone()
    return NotPlaced(field="unit", unit=row[0]) if row else UnknownUnit(field="unit", unit=unit_id)


def _target(cursor: Cursor, hierarchy: int, moving: Standing, to: int | None) -> Standing | None:
    """The new parent, after every question of whether the unit may stand there."""
    if to == moving.parent:
        cursor.execute("select code from units_unit where id = %s", [to])
        raise AlreadyThere(field="to", unit=moving.code, parent=(cursor.fetchone() or ("—",))[0])
    if to is None:
        return None
    target = standing(cursor, hierarchy, to)
    if target is None:
        cursor.execute("select code from units_unit where id = %s", [to])
        raise UnknownParent(field="to", parent=(cursor.fetchone() or (to,))[0])
    if moving.lo <= target.lo < moving.hi:
        raise Cycle(field="to", unit=moving.code)
    if not levels.may_stand(hierarchy, moving.kind, below=target.kind):
        raise KindNotAllowedHere(
            field="to", unit=moving.code, kind=Kind(moving.kind).label, above=Kind(target.kind).label
        )
    return target


def shift(cursor: Cursor, hierarchy: int, moving: Standing, target: Standing | None, on: date) -> Branch:
    """Move a checked branch: its pointer, its positions, and the leaves above. The caller holds the tree."""
    return _shift(cursor, hierarchy, moving, target, lambda: _point(cursor, hierarchy, moving, target, on))


def unshift(
    cursor: Cursor, hierarchy: int, moving: Standing, target: Standing | None, before: Mapping[str, Any]
) -> Branch:
    """Move a branch back as if it had not moved, to its very positions if nobody took them meanwhile.

    before: its placement as it was, a row of units_placement. The caller holds the tree.
    """
    home = ranges.home(width=moving.hi - moving.lo, lo=before["lo"], old_width=before["hi"] - before["lo"])
    if home and (target is None or target.lo < before["lo"] < before["hi"] <= target.hi):
        cursor.execute(
            "select exists (select from units_placement where lo >= %s and lo < %s and not (lo >= %s and lo < %s))"
            " or exists (select from units_placement where parent_id is not distinct from %s and hierarchy = %s"
            " and valid_to is null and unit_id <> %s and lo < %s and hi > %s)",
            [
                before["lo"],
                before["hi"],
                moving.lo,
                moving.hi,
                target.unit if target else None,
                hierarchy,
                moving.unit,
                before["hi"],
                before["lo"],
            ],
        )
        if cursor.fetchone()[0]:
            home = None
    else:
        home = None
    return _shift(cursor, hierarchy, moving, target, lambda: _unpoint(cursor, moving, before), home)


def _shift(
    cursor: Cursor,
    hierarchy: int,
    moving: Standing,
    target: Standing | None,
    point: Callable[[], None],
    home: ranges.Fit | None = None,
) -> Branch:
    chains = ancestors(cursor, hierarchy, [moving.unit, *([target.unit] if target else [])])
    old = chains[moving.unit]
    new = (*chains[target.unit], target.unit) if target else ()
    deltas, bare = _leaves(cursor, hierarchy, moving, old, new)
    fit = home or _fit(cursor, hierarchy, moving, target, bare=bare)
    depth = (target.depth + 1 if target else 0) - moving.depth
    point()
    if fit:
        by = f">> {fit.shrink}" if fit.shrink >= 0 else f"<< {-fit.shrink}"
        cursor.execute(
            f"update units_placement set lo = ((lo - %s) {by}) + %s, hi = ((hi - %s) {by}) + %s,"
            " depth = depth + %s where lo >= %s and lo < %s",
            [moving.lo, fit.lo, moving.lo, fit.lo, depth, moving.lo, moving.hi],
        )
    if deltas:
        cursor.execute(
            "update units_placement p set leaves = p.leaves + d.n from unnest(%s::bigint[], %s::int[]) d(unit, n)"
            " where p.unit_id = d.unit and p.hierarchy = %s and p.valid_to is null",
            [list(deltas), list(deltas.values()), hierarchy],
        )
    if not fit:
        relay(cursor, hierarchy, _roomy(cursor, hierarchy, new, moving), (moving.lo, moving.hi))
    cursor.execute(
        "select lo, hi from units_placement where unit_id = %s and hierarchy = %s and valid_to is null",
        [moving.unit, hierarchy],
    )
    return Branch(moving.unit, old, new, *cursor.fetchone())


def _point(cursor: Cursor, hierarchy: int, moving: Standing, target: Standing | None, on: date) -> None:
    """The new pointer. Where it stood before becomes a row of the past, unless it came there the same day."""
    if on == moving.valid_from:
        cursor.execute("delete from units_placement where id = %s", [moving.placement])
    else:
        cursor.execute(
            "update units_placement set valid_to = %s, lo = null, hi = null where id = %s",
            [on, moving.placement],
        )
    # A new row even on the same day: whether something came later than an import is told by the ids.
    parent = target.unit if target else None
    cursor.execute(
        "insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [hierarchy, moving.unit, parent, moving.depth, moving.lo, moving.hi, moving.leaves, on],
    )


def _unpoint(cursor: Cursor, moving: Standing, before: Mapping[str, Any]) -> None:
    """The pointer as it was: the present row goes, the one of the past is the present again."""
    cursor.execute("delete from units_placement where id = %s", [moving.placement])
    cursor.execute(
        "insert into units_placement as p (id, hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (id) do update"
        " set valid_to = null, lo = excluded.lo, hi = excluded.hi, depth = excluded.depth, leaves = excluded.leaves",
        [
            before["id"],
            before["hierarchy"],
            moving.unit,
            before["parent_id"],
            moving.depth,
            moving.lo,
            moving.hi,
            moving.leaves,
            before["valid_from"],
        ],
    )


def _leaves(
    cursor: Cursor, hierarchy: int, moving: Standing, old: tuple[int, ...], new: tuple[int, ...]
) -> tuple[dict[int, int], bool]:
    """What the move adds to or takes from `leaves` of each ancestor, and whether the new parent has no child.

    A parent that loses its only child becomes a leaf itself; one that gains its first child ceases to be one.
    """
    children = {}
    for parent in old[-1:] + new[-1:]:
        cursor.execute(
            "select exists (select from units_placement where parent_id = %s and hierarchy = %s"
            " and valid_to is null and unit_id <> %s)",
            [parent, hierarchy, moving.unit],
        )
        children[parent] = cursor.fetchone()[0]
    deltas: dict[int, int] = {}
    for chain, sign in ((old, -1), (new, 1)):
        if chain:
            change = sign * (moving.leaves - (0 if children[chain[-1]] else 1))
            for unit in chain:
                deltas[unit] = deltas.get(unit, 0) + change
    bare = bool(new) and not children[new[-1]]
    return {unit: n for unit, n in deltas.items() if n}, bare


def _fit(
    cursor: Cursor, hierarchy: int, moving: Standing, target: Standing | None, *, bare: bool
) -> ranges.Fit | None:
    """The positions the branch gets beneath its new parent, or None when there is no room."""
    if target is None:
        free_hi = ranges.base(hierarchy) + ranges.SPAN
        cursor.execute(
            "select max(hi) from units_placement where hierarchy = %s and valid_to is null and parent_id is null",
            [hierarchy],
        )
        free_lo = cursor.fetchone()[0]
    elif bare:
        free_lo, free_hi = target.lo + max(1, (target.hi - target.lo) >> 8), target.hi
    else:
        cursor.execute(
            "select max(hi) from units_placement where parent_id = %s and hierarchy = %s and valid_to is null",
            [target.unit, hierarchy],
        )
        free_lo, free_hi = cursor.fetchone()[0], target.hi
    width, bits = moving.hi - moving.lo, 0
    if width > free_hi - free_lo:
        cursor.execute(
            "select bit_or(lo - %s) | bit_or(hi - %s) from units_placement where lo >= %s and lo < %s",
            [moving.lo, moving.lo, moving.lo, moving.hi],
        )
        bits = cursor.fetchone()[0]
    return ranges.fit(width=width, bits=bits, free_lo=free_lo, free_hi=free_hi)


def _roomy(cursor: Cursor, hierarchy: int, chain: tuple[int, ...], moving: Standing) -> int | None:
    """The smallest of the new ancestors with room to spare; None when only the whole hierarchy has."""
    cursor.execute(
        "select unit_id, hi - lo, leaves from units_placement where unit_id = any(%s) and hierarchy = %s"
        " and valid_to is null",
        [list(chain), hierarchy],
    )
    known = {unit: (width, leaves) for unit, width, leaves in cursor.fetchall()}
    for unit in reversed(chain):
        width, leaves = known[unit]
        if width // (2 * (leaves + moving.leaves + 8)) >= ranges.ROOMY:
            return unit
    return None
