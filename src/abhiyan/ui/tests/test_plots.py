"""A scatter's axes and a map of seats: round, within the box, and never without words."""

import pytest

from abhiyan.ui import maps, scatter, seat_map


@pytest.mark.parametrize("largest", [0, 1e-9, 0.18, 0.2, 1, 3.7, 10, 42, 99.9, 100, 1_234, 5e6])
def test_an_axis_begins_at_nought_and_ends_at_or_above_the_largest(largest: float) -> None:
    values, top = scatter.axis(largest)
    assert values[0] == 0 and top == values[-1] >= largest and top > 0
    assert values == sorted(set(values)) and 2 <= len(values) <= 20


def test_every_dot_lies_inside_the_plot() -> None:
    dots = [scatter.ScatterDot(name=str(n), x=n, y=7.3 * n, words="") for n in range(50)]
    plot = scatter.plot_scatter(scatter.Scatter(name="", x_name="", y_name="", dots=dots))
    assert plot is not None
    for x, y, _dot in plot.dots:
        assert scatter.LEFT <= x <= scatter.RIGHT and scatter.TOP <= y <= scatter.BOTTOM
    assert scatter.plot_scatter(scatter.Scatter(name="", x_name="", y_name="", dots=[])) is None


SQUARE = {"type": "Polygon", "coordinates": [[[74, 32], [75, 32], [75, 33], [74, 33], [74, 32]]]}


def seat(**more: object) -> seat_map.MapSeat:
    facts: dict[str, object] = {"sign": "BJP", "words": "Jammu: BJP", "lon": None, "lat": None} | more
    return seat_map.MapSeat(**facts)  # type: ignore[arg-type]  # spelled out above


def test_a_seat_with_an_outline_is_its_ground_and_one_without_a_disc() -> None:
    drawing = seat_map.draw_seats([seat(outline=SQUARE), seat(lon=74.5, lat=33.5), seat()])
    assert drawing is not None and drawing.left_out == 1
    ground, disc = drawing.seats
    assert ground.path.startswith("M") and not disc.path and disc.r > 0
    for one in drawing.seats:
        assert 0 <= one.x <= drawing.width and 0 <= one.y <= drawing.height
    assert ground.label


def test_outlines_around_make_the_ground_and_no_seat_no_map() -> None:
    behind = maps.outlines(SQUARE)
    drawing = seat_map.draw_seats([seat(lon=74.5, lat=32.5)], behind)
    assert drawing is not None and len(drawing.land) == 1
    assert seat_map.draw_seats([seat()], behind) is None
