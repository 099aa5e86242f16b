"""Points on the ground, how far they are from each other, and which points nobody meant."""

from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_000
Point = tuple[float, float]  # degrees, WGS 84

NEAR_ZERO = 0.01  # degrees: what a phone or a sheet says that knows no place
# India with its islands, in degrees. No latitude there is a longitude of it, so one sees when they are swapped.
SOUTH, NORTH, WEST, EAST = 6, 38, 68, 98


class PlaceFault(StrEnum):
    """Why a latitude and a longitude are no place here. The values are reasons of lists (imports/tables/reasons.py)."""

    HALF = "place_half"
    ZERO = "place_zero"
    SWAPPED = "place_swapped"
    ABROAD = "place_abroad"


def place_fault(lat: float | None, lon: float | None) -> PlaceFault | None:
    """Return what is wrong with a place that somebody wrote; None for a place in this country, and for none at all.

    Lists, forms and records ask this one rule. A phone may be abroad: its own place asks `is_nowhere` alone.
    """
    if lat is None or lon is None:
        return None if lat is lon else PlaceFault.HALF
    if SOUTH <= lat <= NORTH and WEST <= lon <= EAST:
        return None
    if is_nowhere(lat, lon):
        return PlaceFault.ZERO
    return PlaceFault.SWAPPED if SOUTH <= lon <= NORTH and WEST <= lat <= EAST else PlaceFault.ABROAD


def is_nowhere(lat: float, lon: float) -> bool:
    """Return True for 0, 0: what a phone says that does not know where it is."""
    return abs(lat) < NEAR_ZERO and abs(lon) < NEAR_ZERO


def metres(one: Point, other: Point) -> float:
    """Return the distance of two points, by the haversine formula."""
    (lat, lon), (lat2, lon2) = ((radians(x) for x in point) for point in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
