"""A small world of units for tests: `world = grow({...})`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from abhiyan.core.actor import Actor
from abhiyan.units import actions
from abhiyan.units.actions import NewUnit
from abhiyan.units.rules import levels

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
DAY = date(2026, 11, 1)
SYSTEM = Actor.system("test")
SEEDS = [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 8))]  # of histories by chance

# kind by depth of a tree made from nested dicts
KINDS = {h: [kinds[0] for kinds in levels.LEVELS[h]] for h in levels.HIERARCHIES}


def grow(
    tree: Mapping[str, Any],
    hierarchy: int = levels.ORGANISATIONAL,
    names: Mapping[str, Mapping[str, str]] | None = None,
    on: date = DAY,
) -> dict[str, int]:
    """Units from nested dicts of codes, each a level below its parent; returns code -> id."""
    names = names or {}
    flat: list[tuple[str, str | None, int]] = []

    def walk(branch: Mapping[str, Any], parent: str | None, depth: int) -> None:
        for code, below in branch.items():
            flat.append((code, parent, depth))
            walk(below, code, depth + 1)

    walk(tree, None, 0)
    ids = actions.make_units(
        units=[
            NewUnit(code=code, kind=KINDS[hierarchy][depth], names=names.get(code, {"en": code}))
            for code, _, depth in flat
        ],
        by=SYSTEM,
        at=AT,
    )
    actions.place_units(
        hierarchy=hierarchy,
        places=[(ids[code], ids[parent] if parent else None) for code, parent, _ in flat],
        on=on,
        by=SYSTEM,
        at=AT,
    )
    return ids


NATION: dict[str, Any] = {
    "IN": {
        "JK": {
            "R1": {"D1": {"M1": {"C1": {"B1": {}, "B2": {}}, "C2": {"B3": {}}}, "M2": {}}, "D2": {}},
            "R2": {"D3": {"M3": {"C3": {"B4": {}, "B5": {}, "B6": {}}}}},
        },
        "HP": {},
    }
}
