"""A map of symbols: where the numbers are. Pure: degrees and numbers in, positions on the drawing out.

Each place is two circles by area: a ring for the target, a disc for what was counted. The number reported is in its
words. A place with a shape is a square instead, by how far its work is (`ui.squares.WORK`). Past MANY places they are
put together on a grid: 11,838 booths are no map.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.squares import WORK, Shape

WIDTH = 380.0
TALLEST = 460.0
MANY = 200
CELL = 36.0  # of the grid, when places are put together
LABELS = 40
LETTER, LINE = 6.6, 15.0  # of a label, roughly
SQUARE = 13.5  # side of a place with a shape

NO_FIGURES = LadderShown(name="")

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class MapPlace:
    """A unit on the map. A place without a point, or far outside the outlines, is counted as left out.

    shape: how far its work is; words: the same in words, after its name. ladder: its figures, without a shape.
    """

    name: str
    lon: float | None
    lat: float | None
    ladder: LadderShown = NO_FIGURES
    href: str = ""
    shape: Shape | None = None
    words: str = ""


@dataclass(frozen=True)
class Outlines:
    """Boundaries in degrees, ready to draw. Make it once per hierarchy with `outlines` and keep it."""

    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Symbol:
    """One place, or a group of `places` of them. Positions and radii in units of the drawing; None: not known."""

    name: str
    href: str
    places: int
    x: float
    y: float
    target: int | None
    reported: int | None
    counted: int | None
    r_target: float | None
    r_counted: float | None
    shape: Shape | None = None
    words: str = ""

    @property
    def placed(self) -> str:
        """Put the middle of its square on the point, as SVG's transform."""
        return f"translate({self.x - SQUARE / 2:g} {self.y - SQUARE / 2:g}) scale({SQUARE / 9:g})"


@dataclass(frozen=True)
class Label:
    """A name beside its symbol; `anchor` as SVG's text-anchor."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class MapDrawing:
    """The template draws this."""

    width: float
    height: float
    paths: list[str]
    symbols: list[Symbol]
    labels: list[Label]
    grouped: bool
    left_out: int


def outlines(geojson: Mapping[str, Any]) -> Outlines:
    """Every ring of a GeoJSON object, whatever its kind; points and lines are passed over."""
    rings: list[Ring] = []

    def collect(thing: Mapping[str, Any]) -> None:
        match thing.get("type"):
            case "FeatureCollection":
                for feature in thing.get("features") or ():
                    collect(feature)
            case "Feature":
                collect(thing.get("geometry") or {})
            case "GeometryCollection":
                for geometry in thing.get("geometries") or ():
                    collect(geometry)
            case "Polygon":
                rings.extend([(lon, lat) for lon, lat, *_ in ring] for ring in thing["coordinates"])
            case "MultiPolygon":
                for polygon in thing["coordinates"]:
                    rings.extend([(lon, lat) for lon, lat, *_ in ring] for ring in polygon)

    collect(geojson)
    return Outlines(tuple(rings))


@dataclass(frozen=True)
class MapFrame:
    """Degrees to the drawing: plane, true at the middle latitude; good enough for a state or a nation."""

    west: float
    north: float
    stretch: float
    scale: float
    dx: float
    dy: float
    width: float
    height: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.dx + (lon - self.west) * self.stretch * self.scale
        y = self.dy + (self.north - lat) * self.scale
        return x, y


def frame_of(points: Sequence[tuple[float, float]], margin: float) -> MapFrame:
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    stretch = max(0.2, math.cos(math.radians((south + north) / 2)))
    across, down = max((east - west) * stretch, 0.02), max(north - south, 0.02)
    scale = min((WIDTH - 2 * margin) / across, (TALLEST - 2 * margin) / down)
    height = max(120.0, (north - south) * scale + 2 * margin)
    return MapFrame(
        west=west,
        north=north,
        stretch=stretch,
        scale=scale,
        dx=(WIDTH - (east - west) * stretch * scale) / 2,
        dy=(height - (north - south) * scale) / 2,
        width=WIDTH,
        height=height,
    )


def path_of(ring: Ring, frame: MapFrame) -> str:
    """A ring as an SVG path, without points nearer than a pixel and a bit; nothing for a speck."""
    kept: list[tuple[float, float]] = []
    for point in _within([frame.at(lon, lat) for lon, lat in ring], frame):
        if not kept or math.dist(point, kept[-1]) > 1.4:
            kept.append(point)
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"


def _within(points: list[tuple[float, float]], frame: MapFrame) -> list[tuple[float, float]]:
    """Cut a ring off at the four sides of the drawing, one after another (Sutherland and Hodgman, 1974)."""
    for axis, side, sign in ((0, 0.0, 1), (0, frame.width, -1), (1, 0.0, 1), (1, frame.height, -1)):
        cut: list[tuple[float, float]] = []
        for point, other in zip(points, points[1:] + points[:1], strict=True):
            here, there = sign * (point[axis] - side), sign * (other[axis] - side)
            if here >= 0:
                cut.append(point)
            if here * there < 0:
                share = here / (here - there)
                crossing = [a + share * (b - a) for a, b in zip(point, other, strict=True)]
                crossing[axis] = side
                cut.append((crossing[0], crossing[1]))
        points = cut
    return points


def _is_small_part(points: Sequence[tuple[float, float]], edge: Sequence[tuple[float, float]]) -> bool:
    """True where the places fill less than a third of the ground each way: they would lie on one another."""
    if len(points) < 2:
        return False
    return all(
        3 * (max(p[axis] for p in points) - min(p[axis] for p in points))
        < max(p[axis] for p in edge) - min(p[axis] for p in edge)
        for axis in (0, 1)
    )


def _total(values: Iterable[int | None]) -> int | None:
    known_values = [value for value in values if value is not None]
    return sum(known_values) if known_values else None


def _usable(place: MapPlace) -> bool:
    if place.lon is None or place.lat is None:
        return False
    return (
        math.isfinite(place.lon)
        and math.isfinite(place.lat)
        and abs(place.lat) <= 85
        and abs(place.lon) <= 180
    )


def draw_map(places: Sequence[MapPlace], boundaries: Outlines | None = None) -> MapDrawing | None:
    """Puts places on a drawing; None when there is no place with a point (then the page says so in words)."""
    usable = [place for place in places if _usable(place)]
    rings = boundaries.rings if boundaries else ()
    edge = [point for ring in rings for point in ring]
    if edge:
        # a point in another country is a slip of somebody's pen, and would shrink the map to a dot
        pad_lon = max(0.2, (max(p[0] for p in edge) - min(p[0] for p in edge)) * 0.15)
        pad_lat = max(0.2, (max(p[1] for p in edge) - min(p[1] for p in edge)) * 0.15)
        west, east = min(p[0] for p in edge) - pad_lon, max(p[0] for p in edge) + pad_lon
        south, north = min(p[1] for p in edge) - pad_lat, max(p[1] for p in edge) + pad_lat
        inside = [
            place
            for place in usable
            if west <= (place.lon or 0) <= east and south <= (place.lat or 0) <= north
        ]
        if 2 * len(inside) >= len(usable):
            usable = inside
        else:  # outlines of one part alone, as of one state of a nation: they are no ground for the others
            rings, edge = (), []
    if not usable:
        return None
    points = [(place.lon or 0.0, place.lat or 0.0) for place in usable]
    biggest = 22.0 if len(usable) <= 12 else 15.0 if len(usable) <= 40 else 10.0
    ground = [] if edge and _is_small_part(points, edge) else edge
    frame = frame_of([*ground, *points], margin=biggest + (CELL if edge and not ground else 4))
    grouped = len(usable) > MANY
    if grouped:
        biggest = CELL / 2 - 1
    groups: dict[tuple[int, int] | int, list[tuple[MapPlace, float, float]]] = {}
    for index, (place, point) in enumerate(zip(usable, points, strict=True)):
        x, y = frame.at(*point)
        key = (int(x // CELL), int(y // CELL)) if grouped else index
        groups.setdefault(key, []).append((place, x, y))
    symbols = _symbols(groups.values(), biggest)
    return MapDrawing(
        width=frame.width,
        height=round(frame.height, 1),
        paths=[path for ring in rings if (path := path_of(ring, frame))],
        symbols=symbols,
        labels=[] if grouped else _labels(symbols, frame),
        grouped=grouped,
        left_out=len(places) - len(usable),
    )


def _symbols(groups: Iterable[list[tuple[MapPlace, float, float]]], biggest: float) -> list[Symbol]:
    gathered = []
    for members in groups:
        ladders = [place.ladder for place, _, _ in members]
        gathered.append(
            (
                members,
                _total(ladder.target for ladder in ladders),
                _total(ladder.reported for ladder in ladders),
                _total(ladder.counted for ladder in ladders),
            )
        )
    top = max((max(target or 0, counted or 0) for _, target, _, counted in gathered), default=0) or 1

    def radius(value: int | None) -> float | None:
        return None if value is None else round(math.sqrt(max(0, value) / top) * biggest, 1)

    symbols = []
    for members, target, reported, counted in gathered:
        first = members[0][0]
        symbols.append(
            Symbol(
                name=first.name if len(members) == 1 else "",
                href=first.href if len(members) == 1 else "",
                places=len(members),
                x=round(sum(x for _, x, _ in members) / len(members), 1),
                y=round(sum(y for _, _, y in members) / len(members), 1),
                target=target,
                reported=reported,
                counted=counted,
                r_target=radius(target),
                r_counted=radius(counted),
                shape=_least(place.shape for place, _, _ in members),
                words=first.words if len(members) == 1 else "",
            )
        )
    # large ones first, so that small ones lie on top and can be pressed
    return sorted(symbols, key=lambda symbol: (-_reach(symbol), symbol.y, symbol.x))


def _least(shapes: Iterable[Shape | None]) -> Shape | None:
    """Choose what needs work most, where several places are one symbol."""
    order = list(WORK)
    return min(filter(None, shapes), key=order.index, default=None)


def _reach(symbol: Symbol) -> float:
    if symbol.shape:
        return SQUARE / 2
    return max(symbol.r_target or 0.0, symbol.r_counted or 0.0, 3.0)


def _labels(symbols: Sequence[Symbol], frame: MapFrame) -> list[Label]:
    """Names where there is room for them, the largest first; the others are in the table beside."""
    taken = [
        (symbol.x - reach, symbol.y - reach, symbol.x + reach, symbol.y + reach)
        for symbol in symbols
        for reach in [_reach(symbol)]
    ]
    labels = []
    for symbol in symbols[:LABELS]:
        wide, reach = len(symbol.name) * LETTER, _reach(symbol)
        tries = (
            ("start", symbol.x + reach + 4, symbol.y + 4, symbol.x + reach + 4),
            ("end", symbol.x - reach - 4, symbol.y + 4, symbol.x - reach - 4 - wide),
            ("middle", symbol.x, symbol.y + reach + 13, symbol.x - wide / 2),
            ("middle", symbol.x, symbol.y - reach - 4, symbol.x - wide / 2),
        )
        for anchor, x, y, left in tries:
            box = (left, y - LINE + 3, left + wide, y + 3)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                labels.append(Label(text=symbol.name, x=round(x, 1), y=round(y, 1), anchor=anchor))
                break
    return labels


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
