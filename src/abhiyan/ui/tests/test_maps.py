import re

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui import maps
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.squares import WORK, Shape, work_shape

counts = st.none() | st.integers(0, 10**9)
degrees = st.none() | st.floats(allow_nan=True, allow_infinity=True)
places = st.lists(
    st.builds(
        maps.MapPlace,
        name=st.text(max_size=12),
        lon=degrees | st.floats(73, 77),
        lat=degrees | st.floats(32, 35),
        shape=st.none() | st.sampled_from(list(WORK)),
        ladder=st.builds(LadderShown, name=st.just("x"), target=counts, reported=counts, counted=counts),
    ),
    max_size=30,
)
SQUARE = {"type": "Polygon", "coordinates": [[[73, 32], [77, 32], [77, 35], [73, 35], [73, 32]]]}


def place(lon: float, lat: float, counted: int = 5, name: str = "Katra") -> maps.MapPlace:
    return maps.MapPlace(
        name=name, lon=lon, lat=lat, ladder=LadderShown(name="m", target=10, counted=counted)
    )


@given(places, st.booleans())
def test_every_symbol_and_label_lies_on_the_drawing(given_places: list[maps.MapPlace], bounded: bool) -> None:
    drawing = maps.draw_map(given_places, maps.outlines(SQUARE) if bounded else None)
    if drawing is None:
        return
    assert len(drawing.symbols) + drawing.left_out == len(given_places)
    for symbol in drawing.symbols:
        for radius in (symbol.r_target or 0, symbol.r_counted or 0):
            assert symbol.x - radius >= 0
            assert symbol.x + radius <= drawing.width
            assert symbol.y - radius >= 0
            assert symbol.y + radius <= drawing.height
    for label in drawing.labels:
        assert 0 <= label.x <= drawing.width
        assert 0 <= label.y <= drawing.height
    for path in drawing.paths:
        for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", path):
            assert -1e-6 <= float(x) <= drawing.width
            assert -1e-6 <= float(y) <= drawing.height


def test_no_point_at_all_is_no_map() -> None:
    assert maps.draw_map([]) is None
    assert maps.draw_map([maps.MapPlace(name="x", lon=None, lat=None, ladder=LadderShown(name="m"))]) is None


def test_areas_not_radii_follow_the_numbers() -> None:
    drawing = maps.draw_map([place(74, 33, counted=100), place(75, 34, counted=25)])
    assert drawing
    large, small = (symbol.r_counted or 0 for symbol in drawing.symbols)
    assert abs(large / small - 2) < 0.05


def test_a_point_in_another_country_is_left_out_and_said() -> None:
    drawing = maps.draw_map([place(75, 33), place(0, 0)], maps.outlines(SQUARE))
    assert drawing
    assert len(drawing.symbols) == 1
    assert drawing.left_out == 1


def test_thousands_of_booths_are_drawn_in_groups_that_lose_nobody() -> None:
    booths = [place(73 + i % 100 * 0.04, 32 + i // 100 * 0.03, counted=i % 7) for i in range(5_000)]
    drawing = maps.draw_map(booths)
    assert drawing
    assert drawing.grouped
    assert len(drawing.symbols) <= maps.MANY
    assert sum(symbol.places for symbol in drawing.symbols) == 5_000
    assert sum(symbol.counted or 0 for symbol in drawing.symbols) == sum(i % 7 for i in range(5_000))


def test_outlines_are_read_from_any_kind_of_geojson() -> None:
    feature = {"type": "Feature", "geometry": SQUARE, "properties": {}}
    several = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}
    collection = {
        "type": "FeatureCollection",
        "features": [
            feature,
            {"type": "Feature", "geometry": several},
            {"type": "Feature", "geometry": None},
        ],
    }
    assert len(maps.outlines(SQUARE).rings) == 1
    assert len(maps.outlines(collection).rings) == 3
    assert maps.outlines({"type": "Point", "coordinates": [1, 2]}).rings == ()


def test_labels_never_lie_on_one_another() -> None:
    near = [place(74 + i * 0.01, 33 + i * 0.01, name=f"A rather long name {i}") for i in range(20)]
    drawing = maps.draw_map(near)
    assert drawing
    boxes = []
    for label in drawing.labels:
        wide = len(label.text) * maps.LETTER
        left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append((left, label.y - maps.LINE + 3, left + wide, label.y + 3))
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            overlap_x = min(one[2], other[2]) - max(one[0], other[0])
            overlap_y = min(one[3], other[3]) - max(one[1], other[1])
            assert overlap_x <= 0.2 or overlap_y <= 0.2


@given(st.none() | st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_state_of_work_never_falls_when_more_is_there(n: int | None, due: int) -> None:
    order = [Shape.EMPTY, Shape.OPEN, Shape.HALF, Shape.FULL]
    shape = work_shape(n, due)
    assert shape in WORK
    if n is not None and due:
        assert order.index(work_shape(n + 1, due)) >= order.index(shape)
        assert (shape is Shape.FULL) == (n >= due) and (shape is Shape.EMPTY) == (n == 0)


def test_a_unit_that_checks_doubt_is_crossed_however_much_it_counts() -> None:
    of = LadderShown(name="m", target=10, counted=10, pace_pct=50, estimate=0.6, low=0.5, high=0.7)
    assert of.work is Shape.CROSSED and of.work_words == "10 counted, 5 due by today"
    assert LadderShown(name="m", grade="C").work is Shape.CROSSED
    assert LadderShown(name="m", counted=1).work is Shape.WAITING, "no target: nothing is due"
    assert LadderShown(name="m", target=9, pace_pct=50).work is Shape.ABSENT, "too few to be shown"


def test_the_outline_of_one_state_is_no_ground_for_the_others() -> None:
    drawing = maps.draw_map([place(75, 33), place(77, 12), place(88, 24)], maps.outlines(SQUARE))
    assert drawing
    assert (drawing.paths, len(drawing.symbols), drawing.left_out) == ([], 3, 0)


def test_places_in_one_corner_of_the_ground_fill_the_drawing() -> None:
    drawing = maps.draw_map(
        [place(74 + n / 50, 33 + n / 60, name=f"{n}") for n in range(5)], maps.outlines(SQUARE)
    )
    assert drawing
    across = [symbol.x for symbol in drawing.symbols]
    assert max(across) - min(across) > drawing.width / 2
    (ground,) = drawing.paths
    corners = {(round(float(x)), round(float(y))) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", ground)}
    assert corners == {(x, y) for x in (0, round(drawing.width)) for y in (0, round(drawing.height))}
