"""A branch comes to stand elsewhere: its pointer, its positions, and the leaves above."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from abhiyan.core import sql
from abhiyan.units.news import MovedBranch
from abhiyan.units.rules import ranges

from .laying import relay
from .placements import PlacedToday, ancestors


def shift(hierarchy: int, moving: PlacedToday, target: PlacedToday | None, on: date) -> MovedBranch:
    """Move a checked branch: its pointer, its positions, and the leaves above. The caller holds the tree."""
    return _shift(hierarchy, moving, target, lambda: _point(hierarchy, moving, target, on))


def unshift(
    hierarchy: int, moving: PlacedToday, target: PlacedToday | None, before: Mapping[str, Any]
) -> MovedBranch:
    """Move a branch back as if it had not moved, to its very positions if nobody took them meanwhile.

    before: its placement as it was, a row of units_placement. The caller holds the tree.
    """
    home = ranges.fit_back(
        width=moving.hi - moving.lo, lo=before["lo"], old_width=before["hi"] - before["lo"]
    )
    if home and (target is None or target.lo < before["lo"] < before["hi"] <= target.hi):
        if sql.value(
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
        ):
            home = None
    else:
        home = None
    return _shift(hierarchy, moving, target, lambda: _unpoint(moving, before), home)


def _shift(
    hierarchy: int,
    moving: PlacedToday,
    target: PlacedToday | None,
    point: Callable[[], None],
    home: ranges.RangeFit | None = None,
) -> MovedBranch:
    chains = ancestors(hierarchy, [moving.unit, *([target.unit] if target else [])])
    old = chains[moving.unit]
    new = (*chains[target.unit], target.unit) if target else ()
    deltas, bare = _leaves(hierarchy, moving, old, new)
    fit = home or _fit(hierarchy, moving, target, bare=bare)
    depth = (target.depth + 1 if target else 0) - moving.depth
    point()
    if fit:
        by = f">> {fit.shrink}" if fit.shrink >= 0 else f"<< {-fit.shrink}"
        sql.run(
            f"update units_placement set lo = ((lo - %s) {by}) + %s, hi = ((hi - %s) {by}) + %s,"
            " depth = depth + %s where lo >= %s and lo < %s",
            [moving.lo, fit.lo, moving.lo, fit.lo, depth, moving.lo, moving.hi],
        )
    if deltas:
        sql.run(
            "update units_placement p set leaves = p.leaves + d.n from unnest(%s::bigint[], %s::int[]) d(unit, n)"
            " where p.unit_id = d.unit and p.hierarchy = %s and p.valid_to is null",
            [list(deltas), list(deltas.values()), hierarchy],
        )
    if not fit:
        relay(hierarchy, _roomy(hierarchy, new, moving), (moving.lo, moving.hi))
    return MovedBranch(
        moving.unit,
        old,
        new,
        *sql.row(
            "select lo, hi from units_placement where unit_id = %s and hierarchy = %s and valid_to is null",
            [moving.unit, hierarchy],
        ),
    )


def _point(hierarchy: int, moving: PlacedToday, target: PlacedToday | None, on: date) -> None:
    """The new pointer. Its old place becomes a row of the past, unless it came there the same day."""
    if on == moving.valid_from:
        sql.run("delete from units_placement where id = %s", [moving.placement])
    else:
        sql.run(
            "update units_placement set valid_to = %s, lo = null, hi = null where id = %s",
            [on, moving.placement],
        )
    # A new row even on the same day: the ids say if something came later than an import.
    parent = target.unit if target else None
    sql.run(
        "insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [hierarchy, moving.unit, parent, moving.depth, moving.lo, moving.hi, moving.leaves, on],
    )


def _unpoint(moving: PlacedToday, before: Mapping[str, Any]) -> None:
    """The pointer as it was: the present row goes, the one of the past is the present again."""
    sql.run("delete from units_placement where id = %s", [moving.placement])
    sql.run(
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
    hierarchy: int, moving: PlacedToday, old: tuple[int, ...], new: tuple[int, ...]
) -> tuple[dict[int, int], bool]:
    """Return what the move adds to or takes from `leaves` of each ancestor, and True if the new parent has no child.

    A parent that loses its only child becomes a leaf itself; one that gains its first child ceases to be one.
    """
    children = {}
    for parent in old[-1:] + new[-1:]:
        children[parent] = sql.value(
            "select exists (select from units_placement where parent_id = %s and hierarchy = %s"
            " and valid_to is null and unit_id <> %s)",
            [parent, hierarchy, moving.unit],
        )
    deltas: dict[int, int] = {}
    for chain, sign in ((old, -1), (new, 1)):
        if chain:
            change = sign * (moving.leaves - (0 if children[chain[-1]] else 1))
            for unit in chain:
                deltas[unit] = deltas.get(unit, 0) + change
    bare = bool(new) and not children[new[-1]]
    return {unit: n for unit, n in deltas.items() if n}, bare


def _fit(
    hierarchy: int, moving: PlacedToday, target: PlacedToday | None, *, bare: bool
) -> ranges.RangeFit | None:
    """The positions the branch gets beneath its new parent, or None when there is no room."""
    if target is None:
        free_hi = ranges.base(hierarchy) + ranges.SPAN
        free_lo = sql.value(
            "select max(hi) from units_placement where hierarchy = %s and valid_to is null and parent_id is null",
            [hierarchy],
        )
    elif bare:
        free_lo, free_hi = target.lo + max(1, (target.hi - target.lo) >> 8), target.hi
    else:
        free_lo, free_hi = (
            sql.value(
                "select max(hi) from units_placement where parent_id = %s and hierarchy = %s and valid_to is null",
                [target.unit, hierarchy],
            ),
            target.hi,
        )
    width, bits = moving.hi - moving.lo, 0
    if width > free_hi - free_lo:
        bits = sql.value(
            "select bit_or(lo - %s) | bit_or(hi - %s) from units_placement where lo >= %s and lo < %s",
            [moving.lo, moving.lo, moving.lo, moving.hi],
        )
    return ranges.fit(width=width, bits=bits, free_lo=free_lo, free_hi=free_hi)


def _roomy(hierarchy: int, chain: tuple[int, ...], moving: PlacedToday) -> int | None:
    """The smallest of the new ancestors with room to spare; None when only the whole hierarchy has."""
    rows = sql.rows(
        "select unit_id, hi - lo, leaves from units_placement where unit_id = any(%s) and hierarchy = %s"
        " and valid_to is null",
        [list(chain), hierarchy],
    )
    sizes = {unit: (width, leaves) for unit, width, leaves in rows}
    for unit in reversed(chain):
        width, leaves = sizes[unit]
        if width // (2 * (leaves + moving.leaves + 8)) >= ranges.ROOMY:
            return unit
    return None
