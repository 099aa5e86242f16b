"""The outlines behind a map of units, ready to draw."""

from datetime import datetime
from functools import lru_cache

from abhiyan.ui import maps

from .trees import outlines_around


def outlines_behind(unit_id: int, *, at: datetime) -> maps.Outlines | None:
    """Those known within the unit's state, or within itself; None where there are none. Kept for the hour."""
    return _outlines(unit_id, int(at.timestamp()) // 3600)


@lru_cache(maxsize=64)
def _outlines(unit_id: int, hour: int) -> maps.Outlines | None:  # noqa: ARG001  # the hour lets a new outline in
    geometries = outlines_around(unit_id)
    features = [{"type": "Feature", "geometry": geometry, "properties": {}} for geometry in geometries]
    return maps.outlines({"type": "FeatureCollection", "features": features}) if features else None
