"""A map of seats: who won where. Pure: degrees in, positions on the drawing out.

A seat with an outline is drawn as its ground, one without as a disc at its point; each carries the winner's sign, so
that the fill is never the only thing that says it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from abhiyan.ui import maps

DISC = 7.0
LABELS = 60
ABOVE = 9.0  # a sign stands so far above the middle of its disc


@dataclass(frozen=True, kw_only=True)
class MapSeat:
    """One seat. sign: what is written on it; words: all it says, for the ear. is_ours: filled.

    outline: a GeoJSON geometry, where one is known.
    """

    sign: str
    words: str
    lon: float | None
    lat: float | None
    href: str = ""
    is_ours: bool = False
    outline: dict[str, Any] | None = None


@dataclass(frozen=True)
class DrawnSeat:
    """A seat on the drawing. path: its ground; without one, a disc of radius r at x, y. label: room for its sign."""

    seat: MapSeat
    path: str
    x: float
    y: float
    r: float
    label: bool
    label_y: float


@dataclass(frozen=True)
class SeatDrawing:
    width: float
    height: float
    land: list[str]
    seats: list[DrawnSeat]
    left_out: int


def draw_seats(seats: Sequence[MapSeat], boundaries: maps.Outlines | None = None) -> SeatDrawing | None:
    """Puts seats on a drawing; None when none has a point or an outline."""
    rings = {
        index: maps.outlines(seat.outline).rings
        for index, seat in enumerate(seats)
        if seat.outline is not None
    }
    placed = [
        (index, seat)
        for index, seat in enumerate(seats)
        if index in rings
        or (seat.lon is not None and seat.lat is not None and math.isfinite(seat.lon + seat.lat))
    ]
    if not placed:
        return None
    ground = boundaries.rings if boundaries else ()
    points = [
        point
        for ring in (*ground, *(ring for seat_rings in rings.values() for ring in seat_rings))
        for point in ring
    ]
    points += [(seat.lon or 0.0, seat.lat or 0.0) for index, seat in placed if index not in rings]
    frame = maps.frame_of(points, margin=DISC + 6)
    drawn: list[DrawnSeat] = []
    taken: list[tuple[float, float]] = []
    for index, seat in placed:
        own = rings.get(index, ())
        lon, lat = (seat.lon, seat.lat) if seat.lon is not None and seat.lat is not None else middle(own)
        x, y = frame.at(lon, lat)
        label_y = y + 4 if own else y - ABOVE
        has_room = len(taken) < LABELS and all(
            abs(x - other_x) > 6.5 * len(seat.sign) or abs(label_y - other_y) > 12
            for other_x, other_y in taken
        )
        if has_room:
            taken.append((x, label_y))
        path = "".join(filter(None, (maps.path_of(ring, frame) for ring in own)))
        drawn.append(DrawnSeat(seat, path, round(x, 1), round(y, 1), DISC, has_room, round(label_y, 1)))
    land = [path for ring in ground if (path := maps.path_of(ring, frame))]
    drawn.sort(key=lambda drawn_seat: not drawn_seat.path)  # discs lie on top of grounds
    return SeatDrawing(frame.width, round(frame.height, 1), land, drawn, len(seats) - len(placed))


def middle(rings: Sequence[maps.Ring]) -> tuple[float, float]:
    """The middle of the largest ring's box: where the seat's sign is written when its unit has no point."""
    boxes = []
    for ring in rings:
        west, east = min(lon for lon, _ in ring), max(lon for lon, _ in ring)
        south, north = min(lat for _, lat in ring), max(lat for _, lat in ring)
        boxes.append(((east - west) * (north - south), (west + east) / 2, (south + north) / 2))
    _size, lon, lat = max(boxes)
    return lon, lat
