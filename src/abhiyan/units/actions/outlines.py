"""Outlines of units on the map."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.units.models import Boundary, Unit


def set_outlines(*, outlines: Mapping[str, Mapping[str, Any]], source: str, by: Actor, at: datetime) -> int:
    """Keep the outlines of units: code -> GeoJSON geometry in WGS 84. Unknown codes are left out. Returns how many.

    source: who made them and under which licence; shown beside the map.
    """
    ids = dict(Unit.objects.filter(code__in=list(outlines)).values_list("code", "pk"))
    Boundary.objects.bulk_create(
        [Boundary(unit_id=ids[code], geometry=dict(outlines[code]), source=source) for code in sorted(ids)],
        update_conflicts=True,
        unique_fields=["unit"],
        update_fields=["geometry", "source"],
    )
    audit.record(by=by, at=at, act="units.set_outlines", n=len(ids))
    return len(ids)
