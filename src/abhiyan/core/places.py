"""Points on the ground and how far they are from each other."""

from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_000
Point = tuple[float, float]  # degrees, WGS 84


def metres(one: Point, other: Point) -> float:
    """Return the distance of two points, by the haversine formula."""
    (lat, lon), (lat2, lon2) = ((radians(x) for x in each) for each in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
