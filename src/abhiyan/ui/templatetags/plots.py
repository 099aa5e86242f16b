"""Tags of the figures few pages have: a map of seats, two figures against one another."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from abhiyan.ui import charts, maps, scatter, seat_map

from .look import indian
from .pictures import MARKS

register = template.Library()


@register.inclusion_tag("ui/_seat_map.html")
def seats_on_map(
    seats: Sequence[seat_map.MapSeat],
    outlines: maps.Outlines | None = None,
    label: str = "",
    ours: str = "",
) -> dict[str, Any]:
    """Seats (ui.seat_map.Seat) over outlines. label: what the map shows; ours: what a filled seat is."""
    drawing = seat_map.draw_seats(seats, outlines)
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
    return {"scatter": given, "plot": scatter.plot_scatter(given), "links": len(given.dots) <= 60}


@register.simple_tag
def bars(steps: Sequence[charts.FunnelStep], rung: str) -> SafeString:
    """Figures of one rung as bars with its mark, against the largest. For the eye: the list beside it has them all."""
    css, texture = MARKS[rung]
    rect = f'<rect class="{css}"{texture} x="0" y="22%" width="{{}}%" height="56%"/>'
    bar = f'<svg class="bar" focusable="false">{rect}</svg>'
    rows = format_html_join(
        "\n",
        '<tr><th scope="row">{}</th><td class="num">{}</td><td>{}</td></tr>',
        (
            (
                step.name,
                step.note or indian(step.value),
                mark_safe(bar.format(f"{width:.2f}")),  # noqa: S308  # made of a number
            )
            for step, width in zip(steps, charts.widths(steps), strict=True)
        ),
    )
    return format_html('<table class="funnel bars" aria-hidden="true"><tbody>{}</tbody></table>\n', rows)
