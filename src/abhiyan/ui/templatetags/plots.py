"""Tags of the figures few pages have: a map of seats, two figures against one another."""

from collections.abc import Sequence
from typing import Any

from django import template

from abhiyan.ui import maps, scatter, seat_map

register = template.Library()


@register.inclusion_tag("ui/_seat_map.html")
def seats_on_map(
    seats: Sequence[seat_map.Seat],
    outlines: maps.Outlines | None = None,
    label: str = "",
    ours: str = "",
) -> dict[str, Any]:
    """Seats (ui.seat_map.Seat) over outlines. label: what the map shows; ours: what a filled seat is."""
    drawing = seat_map.draw(seats, outlines)
    return {
        "drawing": drawing,
        "label": label,
        "ours": ours,
        # past this many links a reader with a keyboard goes by the table
        "links": drawing is not None and len(drawing.seats) <= 60,
    }


@register.inclusion_tag("ui/_scatter.html")
def dots(given: scatter.Scatter) -> dict[str, Any]:
    """Two figures of each place against one another (ui.scatter.Scatter)."""
    return {"scatter": given, "plot": scatter.plot(given), "links": len(given.dots) <= 60}
