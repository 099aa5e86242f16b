"""A place that is said to be in a unit lies near the unit's own point."""

from abhiyan.core.places import Point, metres

from .levels import RANK

# By how high the kind stands. No such unit is wider, not even in Ladakh, Kutch or the islands: only a place that is
# surely elsewhere is refused.
_REACH_KM = {1: 1_500, 2: 1_000, 3: 600, 4: 300, 5: 150, 6: 50, 7: 50}


def km_outside(point: Point, *, kind: str, centre: Point) -> int | None:
    """Return how many kilometres a place is from a unit's point, where it cannot be in such a unit; else None."""
    reach_km = _REACH_KM.get(RANK[kind])
    km = metres(point, centre) / 1_000
    return None if reach_km is None or km <= reach_km else round(km)


def reach_sql(kind: str) -> str:
    """Return how far such a unit reaches, in kilometres, as SQL. kind: an expression. Null for a nation."""
    reaches = " ".join(
        f"when '{kind}' then {_REACH_KM[rank]}" for kind, rank in RANK.items() if rank in _REACH_KM
    )
    return f"case {kind} {reaches} end"
