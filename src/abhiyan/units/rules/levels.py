"""Order the kinds of unit in each hierarchy.

A parent's level is always above its child's, levels may be skipped (a booth directly beneath a district). So no
tree is deeper than its list of levels, and no chain of allowed placements can come back to where it began.
"""

ORGANISATIONAL, ELECTORAL, ADMINISTRATIVE = 1, 2, 3
HIERARCHIES = (ORGANISATIONAL, ELECTORAL, ADMINISTRATIVE)

# For machines and files: the word of a hierarchy in commands, columns and addresses.
SLUGS = {ORGANISATIONAL: "organisational", ELECTORAL: "electoral", ADMINISTRATIVE: "administrative"}
BY_SLUG = {slug: hierarchy for hierarchy, slug in SLUGS.items()}

RESERVED = "root"  # no unit's code: in a file's parent column, the top of a tree

# From the top; kinds in one tuple stand side by side.
LEVELS: dict[int, tuple[tuple[str, ...], ...]] = {
    ORGANISATIONAL: (
        ("nation",),
        ("state",),
        ("region",),
        ("district",),
        ("mandal",),
        ("cluster",),
        ("booth",),
    ),
    ELECTORAL: (("nation",), ("state",), ("zone",), ("constituency",), ("segment",), ("booth",)),
    # A mandal that is a block, or a town's body, is one unit and has a place in both trees.
    ADMINISTRATIVE: (
        ("nation",),
        ("state",),
        ("district",),
        ("block", "mandal"),
        ("village", "ward"),
        ("booth",),
    ),
}

_LEVEL = {
    hierarchy: {kind: number for number, kinds in enumerate(levels) for kind in kinds}
    for hierarchy, levels in LEVELS.items()
}

# How high a kind stands over all hierarchies together: search shows the higher first.
RANK = {
    "nation": 0,
    "state": 1,
    "region": 2,
    "zone": 2,
    "district": 3,
    "constituency": 3,
    "mandal": 4,
    "block": 4,
    "segment": 4,
    "cluster": 5,
    "village": 6,
    "ward": 6,
    "booth": 7,
}


def level_of_kind(hierarchy: int, kind: str) -> int | None:
    """0 for the top; None where units of this kind have no place in the hierarchy."""
    return _LEVEL[hierarchy].get(kind)


def from_here_down(hierarchy: int, kind: str) -> list[str]:
    """Return a kind and all kinds that may be below it; none where it has no place in the hierarchy."""
    own_level = level_of_kind(hierarchy, kind)
    return [
        unit_kind
        for unit_kind, n in _LEVEL[hierarchy].items()
        if own_level is not None and (unit_kind == kind or n > own_level)
    ]


def may_stand(hierarchy: int, kind: str, *, below: str | None) -> bool:
    """Return True if a unit of `kind` may be placed beneath a unit of kind `below`, or be a root when below is None."""
    own_level = level_of_kind(hierarchy, kind)
    if own_level is None:
        return False
    if below is None:
        return True
    above = level_of_kind(hierarchy, below)
    return above is not None and above < own_level


def placed_kinds(hierarchy: int) -> tuple[str, ...]:
    """Every kind with a place in the hierarchy, from the top."""
    return tuple(kind for level in LEVELS[hierarchy] for kind in level)


def level_pairs() -> list[tuple[int, str, int]]:
    """(hierarchy, kind, level): the table as rows, for checks done in SQL."""
    return [
        (h, kind, number) for h, level_by_kind in _LEVEL.items() for kind, number in level_by_kind.items()
    ]
