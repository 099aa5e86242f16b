"""The same deck as PDF: each slide's boxes, lines and text as `pages` has laid them out, set by Typst."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from abhiyan.core import printing
from abhiyan.core.numbers import grouped

from .look import Layouts, SlideLook
from .pages import SMALLEST, Box, Chart, Series, SlidePage, SlideTable, SlideText, Stroke

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent / "deck.typ")
Mark = Mapping[str, Any]


def slides_pdf(
    pages: Sequence[SlidePage], layouts: Layouts, *, language: str, title: str, at: datetime, with_lines: bool
) -> bytes:
    """A deck of pages as PDF, one a page. with_lines: as of `printing.print_pdf`."""
    documents = [
        {
            "width": layouts.width,
            "height": layouts.height,
            "paper": layouts.look.paper,
            "marks": list(_marks(page, layouts, number)),
        }
        for number, page in enumerate(pages, 1)
    ]
    return printing.print_pdf(
        TEMPLATE, documents, title=title, language=language, at=at, with_lines=with_lines
    )


def _marks(page: SlidePage, layouts: Layouts, number: int) -> Iterator[Mark]:
    look = layouts.look
    yield _text(page.title, look)
    if page.lines is not None:
        yield _text(page.lines, look)
    if page.lines is not None and layouts.is_house:  # the product's mark
        for at, colour in enumerate((look.light, look.mid, look.mid, look.solid)):
            box = page.title.box
            yield _rect(Box(box.x, box.y - 40 + 12 * at, 72 - 14 * at, 8), fill=colour)
    if isinstance(page.item, Chart):
        yield from _chart(page.item, look)
    elif isinstance(page.item, SlideTable):
        yield from _table(page.item, look)
    yield from (_stroke(stroke, look) for stroke in page.strokes)
    for dot in page.dots:
        yield {"kind": "dot", "x": dot.x, "y": dot.y, "r": dot.r, "colour": look.solid}
    for text in page.texts[:-1]:
        yield _text(text, look)
    if page.texts:  # the last is the day
        yield {**_text(page.texts[-1], look), "text": f"{page.texts[-1].text} · {grouped(number)}"}


def _text(text: SlideText, look: SlideLook) -> Mark:
    box = text.box
    return {
        "kind": "text",
        **_place(box),
        "size": text.size,
        "weight": "bold" if text.is_bold else "regular",
        "colour": look.of(text.tone),
        "align": text.align,
        "at": text.at,
        "leads": text.leads,
        "text": text.text,
    }


def _rect(box: Box, *, fill: str = "", colour: str = "", look: str = "") -> Mark:
    """look: "", or dots."""
    return {"kind": "rect", **_place(box), "fill": fill, "colour": colour, "look": look}


def _place(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "w": box.w, "h": box.h}


def _line(*points: tuple[float, float], width: float, colour: str, dash: str = "") -> Mark:
    return {"kind": "line", "points": points, "width": width, "colour": colour, "dash": dash}


def _stroke(stroke: Stroke, look: SlideLook) -> Mark:
    return _line(*stroke.points, width=stroke.width, colour=look.of(stroke.tone), dash=stroke.dash)


def _table(slide_table: SlideTable, look: SlideLook) -> Iterator[Mark]:
    y = slide_table.box.y
    for at, (height, cells) in enumerate(zip(slide_table.heights, slide_table.rows, strict=True)):
        x = slide_table.box.x
        for width, cell in zip(slide_table.widths, cells, strict=True):
            align = "right" if cell.is_number else "left"
            yield _text(
                SlideText(
                    Box(x + 5, y, width - 10, height), cell.text, slide_table.size, not at, align=align
                ),
                look,
            )
            x += width
        y += height
        line = {"width": 0.75, "colour": look.line} if at else {"width": 1.0, "colour": look.ink}
        yield _line((slide_table.box.x, y), (slide_table.box.x + slide_table.box.w, y), **line)  # type: ignore[arg-type]  # a width and a colour


def _chart(chart: Chart, look: SlideLook) -> Iterator[Mark]:
    plot = chart.plot
    n = 0.0
    while n <= chart.top:
        at = chart.at(n)
        if chart.kind == "lines":
            yield _line((plot.x, at), (plot.x + plot.w, at), width=0.75, colour=look.line)
            where, align = Box(chart.box.x, at - 9, plot.x - chart.box.x - 6, 18), "right"
        else:
            yield _line((at, plot.y), (at, plot.y + plot.h), width=0.75, colour=look.line)
            where, align = Box(at - 45, plot.y + plot.h + 3, 90, 18), "center"
        yield _text(SlideText(where, grouped(n), SMALLEST, tone="muted", align=align), look)
        n += chart.step
    yield from _lines(chart, look) if chart.kind == "lines" else _bars(chart, look)


def _lines(chart: Chart, look: SlideLook) -> Iterator[Mark]:
    plot, last = chart.plot, max(1, len(chart.categories) - 1)
    for at in range(0, len(chart.categories), chart.each):
        x = plot.x + plot.w * at / last
        where = Box(x - 40, plot.y + plot.h + 3, 80, 18)
        yield _text(SlideText(where, chart.categories[at], SMALLEST, tone="muted", align="center"), look)
    for series in chart.series:
        points = [
            (plot.x + plot.w * at / last, chart.at(n)) for at, n in enumerate(series.values) if n is not None
        ]
        yield _stroke(replace(series.stroke, points=tuple(points)), look)


def _bars(chart: Chart, look: SlideLook) -> Iterator[Mark]:
    plot, height = chart.plot, chart.plot.h / max(1, len(chart.categories)) * chart.thick
    ends = [0.0] * len(chart.categories)
    for series in chart.series:
        for row, n in enumerate(series.values):
            start, ends[row] = ends[row], ends[row] + (n or 0)
            box = Box(chart.at(start), chart.middle(row) - height / 2, 0, height)
            if n and series.key != "true":
                yield _bar(series, Box(box.x, box.y, max(0.0, chart.at(ends[row]) - box.x), height), look)
    yield _line((plot.x, plot.y), (plot.x, plot.y + plot.h), width=0.75, colour=look.muted)
    for series in chart.series:
        for row, n in enumerate(series.values):
            if series.minus and n is not None:
                yield from _whisker(chart, row, n - series.minus[row], n + series.plus[row], look)


def _bar(series: Series, box: Box, look: SlideLook) -> Mark:
    shape = "dots" if series.key == "unsigned" else ""
    fill = "" if shape else look.of(series.key)
    return _rect(box, fill=fill, colour=look.muted, look=shape)


def _whisker(chart: Chart, row: int, begins: float, ends: float, look: SlideLook) -> Iterator[Mark]:
    y, tall = chart.middle(row), 6.0
    left, right = chart.at(max(0.0, begins)), chart.at(min(chart.top, ends))
    for width, colour in ((4.5, look.paper), (1.75, look.ink)):
        yield _line((left, y), (right, y), width=width, colour=colour)
        for x in (left, right):
            yield _line((x, y - tall), (x, y + tall), width=width, colour=colour)
