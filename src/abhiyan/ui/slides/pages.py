"""Place everything of a slide: boxes in points, and text that fits them. Pure; PPTX and PDF are drawn from it.

Text shrinks, then wraps, then is cut; never below SMALLEST.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from abhiyan.core.numbers import grouped
from abhiyan.ui.charts import ticks
from abhiyan.ui.ladder import EstimatePlot, plot_estimate

from .said import Bars, Body, Course, Cover, Gaps, Grid, Slide, SlideBar, SlideRate

SMALLEST = 12.0
LINE = 1.34  # of a line, in sizes of its text; Devanagari needs so much
SURE = 1.04  # another typeface may be a little wider than the one that is measured
FOOT, UNDER = 3 * SMALLEST * LINE, 22.0
NARROWEST, LOWEST = 560.0, 198.0  # of what lies between the line under the title and the foot
MOST_TEXT = 2_000
APART = 16.0  # between the axis of the bars and a rate
_JOINERS = "\u200c\u200d"
Measure = Callable[[str, bool], float]  # how wide a text is at size 1, and whether it is bold


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a slide, in points from its top left."""

    x: float
    y: float
    w: float
    h: float

    def part(self, left: float, right: float) -> "Box":
        """Return the part between two shares of its width."""
        return Box(self.x + left * self.w, self.y, (right - left) * self.w, self.h)


@dataclass(frozen=True, slots=True)
class Room:
    """Layouts leave this room: a box for the title with its largest size, and one for all below it. cover, lines: title
    and the lines below it on the first slide, where it has a layout of its own."""

    title: Box
    below: Box
    size: float = 26.0
    cover: Box | None = None
    lines: Box | None = None

    @property
    def body(self) -> Box:
        """Between the line under the title and the foot."""
        box = self.below
        return Box(box.x, box.y + UNDER + 6, box.w, box.h - UNDER - FOOT - 16)

    @property
    def wanted(self) -> tuple[float, float]:
        """How wide and high what lies below the title must be."""
        return NARROWEST, LOWEST + UNDER + FOOT + 16

    @property
    def is_enough(self) -> bool:
        """Return True if every slide fits in."""
        wide, high = self.wanted
        return (
            self.below.w >= wide
            and self.below.h >= high
            and self.title.w >= wide
            and self.title.h >= 18 * LINE
        )


@dataclass(frozen=True, slots=True)
class SlideText:
    """tone: ink, muted. align: left, center, right. at: top, middle or bottom of its box. leads: its first paragraph is
    bold."""

    box: Box
    text: str
    size: float
    is_bold: bool = False
    tone: str = "ink"
    align: str = "left"
    at: str = "middle"
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line. dash: empty, or dash."""

    points: tuple[tuple[float, float], ...]
    width: float = 1.0
    tone: str = "muted"
    dash: str = ""


@dataclass(frozen=True, slots=True)
class SlideDot:
    """A point."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart. key: how it looks. minus, plus: its interval, by category."""

    key: str
    name: str
    values: tuple[int | float | None, ...]
    minus: tuple[float, ...] = ()
    plus: tuple[float, ...] = ()

    @property
    def stroke(self) -> Stroke:
        """How its line over days is drawn."""
        strokes = {
            "counted": (3.0, "solid", ""),
            "due": (1.5, "muted", "dash"),
        }
        return Stroke((), *strokes.get(self.key, (2.0, "muted", "")))


@dataclass(frozen=True, slots=True)
class Chart:
    """kind: bars (from top to bottom, stacked) or lines (over days). box: all of it; plot: what its axes enclose.

    top: where its scale ends, which begins at 0; step: of its ticks; each: days from label to label. thick: how much of
    its row a bar takes.
    """

    kind: str
    box: Box
    plot: Box
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    top: float
    step: float
    each: int = 1
    days: tuple[date, ...] = ()
    thick: float = 0.6

    def at(self, n: float) -> float:
        """Return the place of a number: from the left, or from the top in a chart of lines."""
        share = n / self.top
        return (
            self.plot.y + (1 - share) * self.plot.h
            if self.kind == "lines"
            else self.plot.x + share * self.plot.w
        )

    def middle(self, row: int) -> float:
        """Return the middle of a row, from the top."""
        return self.plot.y + (row + 0.5) * self.plot.h / max(1, len(self.categories))


@dataclass(frozen=True, slots=True)
class SlideCell:
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class SlideTable:
    """widths, heights: of columns and rows, the head first. Cells are cut so that each row is no higher."""

    box: Box
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: tuple[tuple[SlideCell, ...], ...]
    size: float


@dataclass(frozen=True, slots=True)
class SlidePage:
    """One slide, laid out. item: its native chart or table. about: what a screen reader says of it. lines: of the first
    slide, a paragraph each."""

    title: SlideText
    texts: tuple[SlideText, ...]
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[SlideDot, ...] = ()
    item: Chart | SlideTable | None = None
    about: str = ""
    notes: str = ""
    lines: SlideText | None = None


def laid_out(slide: Slide, room: Room, day: str, measure: Measure) -> SlidePage:
    """A slide in a room. day: printed at the foot, before the slide's number."""
    fit = TextFit(measure)
    notes = "\n".join(map(plain_line, slide.notes))
    if isinstance(slide.body, Cover):
        box, size = (room.cover, 36.0) if room.cover else (room.title, room.size)
        title = fit.text(slide.title, box, size, is_bold=True, at="bottom")
        lines = fit.paragraphs(slide.body.lines, room.lines or room.below, 20)
        return SlidePage(title, (), notes=notes, lines=lines)
    title = fit.text(slide.title, room.title, room.size, is_bold=True)
    body, below = room.body, room.below
    made = SlideBody(fit, body)
    made.add(slide.body)
    under = fit.text(slide.under, Box(below.x, below.y, below.w, UNDER), 14, tone="muted", most=1)
    foot = Box(below.x, below.y + below.h - FOOT, below.w * 0.78, FOOT)
    rule = foot.y - 4
    end = Box(below.x + below.w * 0.8, foot.y, below.w * 0.2, FOOT)
    slide_text = fit.sentences(slide.foot, foot, SMALLEST)
    return SlidePage(
        title,
        (
            *(text for text in (under, *made.texts, slide_text) if text.text),
            SlideText(end, day, SMALLEST, tone="muted", align="right"),
        ),
        (*made.strokes, Stroke(((below.x, rule), (below.x + below.w, rule)), 0.75)),
        tuple(made.dots),
        made.item,
        plain_line(slide.title),
        notes,
    )


def plain_line(text: str) -> str:
    """A text on one line, without what nobody sees but the joiners that Hindi spells with."""
    plain_text = "".join(
        letter if letter.isprintable() or letter in _JOINERS else " " for letter in text[:MOST_TEXT]
    )
    return " ".join(plain_text.split())


@dataclass(frozen=True, slots=True)
class TextFit:
    """Fits text into boxes by how wide it is."""

    measure: Measure

    def lines(self, text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
        """A text in lines no wider than a width; a word too wide for one is broken."""
        room = width / (size * SURE)
        lines, line = [], ""
        for word in plain_line(text).split():
            longer = f"{line} {word}" if line else word
            if self.measure(longer, is_bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while len(line) > 1 and self.measure(line, is_bold) > room:
                n = next(
                    (n for n in range(len(line) - 1, 1, -1) if self.measure(line[:n], is_bold) <= room), 1
                )
                lines.append(line[:n])
                line = line[n:]
        return [*lines, line] if line else lines or [""]

    def cut(self, text: str, width: float, size: float, most: int, *, is_bold: bool = False) -> str:
        """A text of at most so many lines: what is more ends in three dots."""
        kept = plain_line(text)
        if len(self.lines(kept, width, size, is_bold=is_bold)) <= most:
            return kept
        low, high = 0, len(kept)
        while low < high:  # the longest beginning that fits
            middle = (low + high + 1) // 2
            fits = len(self.lines(f"{kept[:middle].rstrip()}…", width, size, is_bold=is_bold)) <= most
            low, high = (middle, high) if fits else (low, middle - 1)
        return f"{kept[:low].rstrip()}…"

    def text(
        self,
        text: str,
        box: Box,
        size: float,
        *,
        least: float = SMALLEST,
        most: int = 99,
        is_bold: bool = False,
        tone: str = "ink",
        align: str = "left",
        at: str = "middle",
    ) -> SlideText:
        """A text in its box: as large as it may be, at most so many lines."""
        size = max(SMALLEST, size)
        while size > max(SMALLEST, least) and not self._fits(text, box, size, most, is_bold=is_bold):
            size -= 1
        room = max(1, min(most, math.floor(box.h / (size * LINE) + 0.01)))
        fitted = self.cut(text, box.w, size, room, is_bold=is_bold)
        return SlideText(box, fitted, size, is_bold, tone, align, at)

    def _fits(self, text: str, box: Box, size: float, most: int, *, is_bold: bool) -> bool:
        n = len(self.lines(text, box.w, size, is_bold=is_bold))
        return n <= most and n * size * LINE <= box.h + 0.5

    def sentences(self, said: Sequence[str], box: Box, size: float) -> SlideText:
        """As many whole sentences as there is room for; the first is cut where it alone is too long."""
        room = math.floor(box.h / (size * LINE) + 0.01)
        kept = ""
        for sentence in said:
            longer = f"{kept} {plain_line(sentence)}".strip()
            if len(self.lines(longer, box.w, size)) <= room:
                kept = longer
        kept = kept or (self.cut(said[0], box.w, size, room) if said else "")
        return SlideText(box, kept, size, tone="muted", at="top")

    def paragraphs(self, said: Sequence[str], box: Box, size: float) -> SlideText:
        """Paragraphs below one another, as large as they may be; none longer than two lines."""
        while size > SMALLEST and self._high(said, box, size) > box.h:
            size -= 1
        most = 2 if self._high(said, box, size) <= box.h else 1
        kept = [self.cut(paragraph, box.w, size, most) for paragraph in said]
        return SlideText(
            box, "\n".join(kept[: max(1, math.floor(box.h / (size * LINE)))]), size, at="top", leads=True
        )

    def _high(self, said: Sequence[str], box: Box, size: float) -> float:
        return sum(min(2, len(self.lines(paragraph, box.w, size))) for paragraph in said) * size * LINE


class SlideBody:
    """The body of a slide is made of this."""

    def __init__(self, fit: TextFit, box: Box) -> None:
        self.fit, self.box = fit, box
        self.texts: list[SlideText] = []
        self.strokes: list[Stroke] = []
        self.dots: list[SlideDot] = []
        self.item: Chart | SlideTable | None = None

    def add(self, body: Body) -> None:
        """Lay out one body."""
        if isinstance(body, Bars):
            self._bars(body)
        elif isinstance(body, Course):
            self._course(body)
        elif isinstance(body, Gaps):
            self._gaps(body)
        elif isinstance(body, Grid):
            self._grid(body)

    def _say(self, text: str, box: Box, size: float, **how: object) -> None:
        if text:
            self.texts.append(self.fit.text(text, box, size, **how))  # type: ignore[arg-type]  # its own names

    # --- bars

    def _bars(self, bars: Bars) -> None:
        box, n = self.box, len(bars.bars)
        is_ladder = any(bar.about for bar in (*bars.bars, *bars.numbers))
        names, numbers, right = (0.2, 0.34, 0.79) if is_ladder else (0.26, 0.4, 0.99)
        apart = APART if bars.checked else 0.0
        rows = len(bars.numbers) + n + (1 if bars.checked else 0)
        height = (box.h - 44 - apart) / max(1, rows)
        height = height if is_ladder else min(height, 64.0)
        above = len(bars.numbers) * height
        plot = replace(box.part(numbers + 0.02, right), y=box.y + above + 20, h=n * height)
        most = max(1, *((bar.n or 0) + bar.more for bar in bars.bars))
        is_near = bool(bars.target) and (bars.target or 0) <= 1.4 * most
        top = max(most, (bars.target or 0) if is_near else 0) * 1.03
        chart = Chart(
            "bars",
            replace(plot, x=plot.x - 20, w=plot.w + 50, h=plot.h + 24),
            plot,
            tuple(plain_line(bar.name) for bar in bars.bars),
            tuple(_series(bars)),
            top,
            _step(top),
        )
        self.item = chart
        for row, bar in enumerate(bars.numbers):
            self._row(
                bar, Box(box.x, box.y + row * height, box.w, height), names, numbers, is_ladder=is_ladder
            )
        for row, bar in enumerate(bars.bars):
            line = Box(box.x, chart.middle(row) - height / 2, box.w, height)
            self._row(bar, line, names, numbers, is_ladder=is_ladder)
            self._beside(chart, bar, line, right)
        if bars.target and bars.target_said:
            self._target(chart, bars, is_near=is_near)
        if bars.checked:
            last = Box(box.x, box.y + box.h - height, box.w, height)
            self.strokes.append(Stroke(((box.x, last.y - 4), (box.x + box.w, last.y - 4)), 0.5))
            self._checked(bars.checked, last, names)

    def _row(self, bar: SlideBar, line: Box, names: float, numbers: float, *, is_ladder: bool) -> None:
        """The name and the value of a row."""
        if bar.about:
            self._name(bar.name, bar.about, line.part(0, names))
        else:
            self._say(bar.name, line.part(0, names), 15, most=2)
        size = 22 if is_ladder else 14
        self._say(bar.value, line.part(names, numbers), size, is_bold=True, align="right", most=2)

    def _name(self, name: str, about: str, box: Box) -> None:
        half = min(22.0, box.h / 2)
        upper = replace(box, y=box.y + box.h / 2 - half, h=half)
        self._say(name, upper, 16, most=1)
        self._say(about, replace(upper, y=box.y + box.h / 2), 12, most=1, tone="muted")

    def _checked(self, slide_rate: SlideRate, line: Box, names: float) -> None:
        """A rate apart from the bars: its words, and its mark in a box from 0 to 100."""
        self._name(slide_rate.name, slide_rate.about, line.part(0, names))
        drawn = plot_estimate(slide_rate.rate, slide_rate.low, slide_rate.high)
        room = line.part(names + 0.02, 0.56 if drawn else 1.0)
        self._say(slide_rate.value, room, 20 if drawn else 14, is_bold=drawn is not None, most=2)
        if drawn is not None:
            y, tall = line.y + line.h / 2, min(9.0, line.h / 3)
            frame = replace(line.part(0.62, 0.94), y=y - tall, h=2 * tall)
            self._hundred(drawn, frame)
            ends = ((0, frame.x - 30, "right"), (100, frame.x + frame.w + 6, "left"))
            for end, x, align in ends:
                self._say(grouped(end), Box(x, y - 8.5, 26, 17), SMALLEST, tone="muted", align=align, most=1)

    def _hundred(self, drawn: EstimatePlot, frame: Box) -> None:
        """The box of an estimate, from 0 to 100: its interval, and its point where that says something."""
        x, y, w, h = frame.x, frame.y, frame.w, frame.h
        middle = y + h / 2
        ends = [x + w * at / 100 for at in (drawn.span.start, drawn.span.start + drawn.span.width)]
        self.strokes.append(Stroke(((x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)), 0.75))
        self.strokes.append(Stroke(((ends[0], middle), (ends[1], middle)), 2.0, "ink"))
        for end in ends:
            self.strokes.append(Stroke(((end, middle - h / 4), (end, middle + h / 4)), 2.0, "ink"))
        if drawn.point is not None:
            self.dots.append(SlideDot(x + w * drawn.point / 100, middle, min(4.5, h / 4)))

    def _beside(self, chart: Chart, bar: SlideBar, line: Box, right: float) -> None:
        """Words at the right of a bar; of one that is not drawn in its place."""
        if bar.n is None:
            where = replace(line, x=chart.plot.x + 8, w=chart.plot.w - 8)
            self._say(bar.beside, where, 14, tone="muted", most=2)
            return
        side = line.part(right + 0.015, 1.0)
        middle = line.y + line.h / 2
        if bar.below:
            upper = min(20.0, line.h / 2)
            self._say(bar.beside, replace(side, y=middle - upper, h=upper), 14, most=1)
            self._say(
                bar.below, replace(side, h=line.y + line.h - middle, y=middle), 12, tone="muted", at="top"
            )
        else:
            self._say(bar.beside, side, 14, most=2)

    def _target(self, chart: Chart, bars: Bars, *, is_near: bool) -> None:
        plot = chart.plot
        if is_near:
            x = chart.at(bars.target or 0)
            self.strokes.append(Stroke(((x, plot.y - 2), (x, plot.y + plot.h)), 1.5, "ink", "dash"))
            where = Box(
                max(plot.x, x - 240), plot.y - 20, min(240.0, x - plot.x) if x > plot.x + 120 else 240.0, 18
            )
            self._say(bars.target_said, where, 12, align="right" if x > plot.x + 120 else "left", most=1)
        else:
            self._say(bars.target_beyond, Box(plot.x, plot.y - 20, plot.w, 18), 12, align="right", most=1)

    # --- lines

    def _course(self, of: Course) -> None:
        box = self.box
        plot = Box(box.x + 78, box.y + 10, box.w * 0.76 - 78, box.h - 38)
        most = max([1, *(n or 0 for _key, _name, values in of.lines for n in values)])
        top = most * 1.04
        chart = Chart(
            "lines",
            Box(box.x, box.y, plot.x + plot.w + 30 - box.x, box.h),
            plot,
            tuple(day_text for _day, day_text in of.days),
            tuple(Series(key, plain_line(name), values) for key, name, values in of.lines),
            top,
            _step(top),
            each=max(1, math.ceil(len(of.days) / 8)),
            days=tuple(day for day, _said in of.days),
        )
        self.item = chart
        ends = []
        for key, name, values in of.lines:
            last = next((n for n in reversed(values) if n is not None), None)
            if last is not None:
                ends.append((chart.at(last), key, name, last))
        x = plot.x + plot.w + 14
        room = replace(box, h=plot.y + plot.h + 2 - box.y)  # above the days
        for (_y, key, name, last), y in zip(
            sorted(ends), _apart([end[0] for end in sorted(ends)], room), strict=True
        ):
            line = Box(x, y - 19, box.x + box.w - x, 38)
            self._say(f"{name}", replace(line, h=19.0), 13, tone="muted", most=1)
            self._say(grouped(last), replace(line, y=y, h=19.0), 15, is_bold=key == "counted", most=1)

    # --- gaps

    def _gaps(self, gaps: Gaps) -> None:
        """Each unit's interval in a box from 0 to 100, with its words beside it. A rate has no bar."""
        box, n = self.box, max(6, len(gaps.rows))
        plot = replace(box.part(0.22, 0.56), y=box.y + 16, h=box.h - 16 - 20)
        plot = replace(plot, h=plot.h * len(gaps.rows) / n)
        values: list[float | None] = [row.true for row in gaps.rows]
        minus, plus = [0.0] * len(gaps.rows), [0.0] * len(gaps.rows)
        for at, row in enumerate(gaps.rows):
            if row.true is not None:
                minus[at], plus[at] = row.true - row.low, max(0.0, row.high - row.true)
        chart = Chart(
            "bars",
            Box(plot.x - 24, plot.y - 4, plot.w + 48, plot.h + 30),
            plot,
            tuple(plain_line(row.name) for row in gaps.rows),
            (Series("true", gaps.names[0], tuple(values), tuple(minus), tuple(plus)),),
            100.0,
            20.0,
        )
        self.item = chart
        height = plot.h / len(gaps.rows)
        for name, left, right in ((gaps.names[0], 0.585, 0.76), (gaps.names[1], 0.77, 0.885)):
            self._say(name, replace(box.part(left, right), h=16.5), 12, tone="muted", most=1)
        for at, row in enumerate(gaps.rows):
            line = Box(box.x, chart.middle(at) - height / 2, box.w, height)
            self._say(row.name, line.part(0, 0.21), 15, align="right", is_bold=row.rank == 1, most=2)
            if row.true is None:
                self._say(row.why, line.part(0.585, 1.0), 12, tone="muted", most=2)
                continue
            drawn = plot_estimate(row.true / 100, row.low / 100, row.high / 100)
            if drawn is not None and drawn.point is not None:
                self.dots.append(SlideDot(chart.at(drawn.point), chart.middle(at), min(5.5, height / 3)))
            self._say(row.value, line.part(0.585, 0.76), 14, is_bold=True, most=2)
            if row.least is not None:
                least = gaps.at_least % {"n": grouped(row.least)}
                self._say(least, line.part(0.77, 0.885), 12, tone="muted", most=1)
        self._brackets(chart, gaps, height)

    def _brackets(self, chart: Chart, gaps: Gaps, height: float) -> None:
        box = self.box
        left, right = box.x + 0.89 * box.w, box.x + 0.9 * box.w
        for first, last in gaps.tied:
            y1, y2 = chart.middle(first) - height * 0.25, chart.middle(last) + height * 0.25
            self.strokes.append(Stroke(((left, y1), (right, y1), (right, y2), (left, y2))))
        if gaps.tied:
            first, last = max(gaps.tied, key=lambda each: each[1] - each[0])
            middle, tall = (chart.middle(first) + chart.middle(last)) / 2, min(100.0, box.h)
            y = min(max(box.y, middle - tall / 2), box.y + box.h - tall)
            self._say(gaps.names[2], Box(right + 6, y, box.x + box.w - right - 6, tall), 12, tone="muted")

    # --- tables

    def _grid(self, grid: Grid) -> None:
        box = self.box
        widths = tuple(column.share * box.w for column in grid.columns)
        rows = (tuple(column.head for column in grid.columns), *grid.rows)
        for size in (18.0, 16.0, 14.0, 13.0, SMALLEST):  # few rows are read from far away
            lines = [self._high(row, widths, size, 2, is_head=not at) for at, row in enumerate(rows)]
            if self._pad(lines, size) >= (12 if size > 14 else 5) and (size <= 14 or lines[0] == 1):
                break
        while self._pad(lines, size) < 1 and max(lines) > 1:  # the last names with two lines are cut to one
            lines[max(at for at, n in enumerate(lines) if n > 1)] = 1
        pad = min(14.0, max(1.0, self._pad(lines, size)))
        cells = tuple(
            tuple(
                SlideCell(self.fit.cut(text, width - 10, size, n, is_bold=not at), column.is_number)
                for text, width, column in zip(row, widths, grid.columns, strict=True)
            )
            for at, (row, n) in enumerate(zip(rows, lines, strict=True))
        )
        heights = tuple(n * size * LINE + pad for n in lines)
        self.item = SlideTable(replace(box, h=sum(heights)), widths, heights, cells, size)

    def _pad(self, lines: Sequence[int], size: float) -> float:
        return (self.box.h - sum(lines) * size * LINE) / len(lines)

    def _high(
        self, row: Sequence[str], widths: Sequence[float], size: float, most: int, *, is_head: bool
    ) -> int:
        wanted = (
            len(self.fit.lines(text, width - 10, size, is_bold=is_head))
            for text, width in zip(row, widths, strict=True)
        )
        return min(most, max(wanted, default=1))


def _series(bars: Bars) -> Iterator[Series]:
    """A series for each shade that is drawn: one value for each bar that has it."""
    blank: list[int | None] = [None] * len(bars.bars)
    values_by_key: dict[str, list[int | None]] = {}
    for at, bar in enumerate(bars.bars):
        if bar.n is not None:
            values_by_key.setdefault(bar.key, list(blank))[at] = bar.n
        if bar.more:
            values_by_key.setdefault("unsigned", list(blank))[at] = bar.more
    for key, values in values_by_key.items():
        yield Series(key, bars.names[key], tuple(values))


def _step(top: float) -> float:
    """Between two ticks."""
    tick_values = ticks(int(top), about=6)
    return float(tick_values[1]) if len(tick_values) > 1 else max(1.0, top)


def _apart(middles: Sequence[float], box: Box, room: float = 42.0) -> list[float]:
    """Middles of labels from top to bottom, moved so that none lies over another and all are in the box."""
    positions: list[float] = []
    for y in middles:
        positions.append(max(y, positions[-1] + room if positions else box.y + 19))
    floor = box.y + box.h - 19
    for at in range(len(positions) - 1, -1, -1):
        positions[at] = min(positions[at], floor)
        floor = positions[at] - room
    return positions
