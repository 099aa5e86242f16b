"""Draw the ladder, maps, trends and funnels. Builtin, as `look` is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.ui import charts, maps, numbers
from abhiyan.ui.drawing import draw_once, escaped
from abhiyan.ui.ladder import (
    NAMES,
    LadderPlot,
    LadderShown,
    Span,
    Words,
    as_ladder,
    plot_estimate,
    plot_ladder,
)
from abhiyan.ui.squares import WORK, work_legend

from .look import indian, next_id

register = template.Library()

HATCH = ' fill="url(#hatch)"'
DOTS = ' fill="url(#dots)"'
# The mark of a rung where it is drawn alone: the class of its bar, and its texture; and of its disc on a map.
MARKS = {"reported": ("f1", HATCH), "counted": ("f2", ""), "unsigned": ("f2u", DOTS), "confirmed": ("f3", "")}
_OTHER_SIZE = 10  # An earlier drive so many times the target, or the counted, is no measure of this one.
_BEYOND = 1.5  # The bars of a table end at so many times what a row is held against.
DISCS = {"reported": "m-h", "counted": "m-n", "unsigned": "m-u", "confirmed": "m-c"}


def _pct(value: float) -> str:
    return f"{value:.2f}%"


def _rect(css: str, span: Span, y: str, height: str, fill: str = "") -> str:
    where = f'x="{_pct(span.start)}" y="{y}" width="{_pct(span.width)}" height="{height}"'
    return f'<rect class="{css}"{fill} {where}/>'


def _line(css: str, x1: float, x2: float, y1: str, y2: str) -> str:
    return f'<line class="{css}" x1="{_pct(x1)}" x2="{_pct(x2)}" y1="{y1}" y2="{y2}"/>'


def _bars(drawn: LadderPlot, rung: str, y: str, height: str) -> str:
    match rung:
        case "counted":
            signed = _rect("f2", drawn.counted, y, height) if drawn.counted else ""
            return signed + (_rect("f2u", drawn.unsigned, y, height, DOTS) if drawn.unsigned else "")
        case "confirmed":
            return _rect("f3", drawn.confirmed, y, height) if drawn.confirmed else ""
        case _:  # the line below counted has no bar of its own, only the target and the pace run through it
            return ""


def _bar(drawn: LadderPlot, rung: str) -> SafeString:
    """One row of the ladder, crossed by the lines of target and pace."""
    parts = [_bars(drawn, rung, "22%", "56%")]
    if drawn.pace is not None:
        parts.insert(0, _line("pace", drawn.pace, drawn.pace, "0", "100%"))
    if drawn.target is not None:
        parts.append(_line("tgt", drawn.target, drawn.target, "0", "100%"))
    return mark_safe(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S308  # rectangles, made of numbers


@register.simple_tag
def hundred(rate: float | None, low: float | None, high: float | None) -> SafeString:
    """The box of an estimate, from 0 to 100: its interval, and its point where that says something.

    rate, low, high: shares from 0 to 1. Nothing without all three. For the eye: words say the same beside it.
    """
    drawn = plot_estimate(rate, low, high)
    if drawn is None:
        return SafeString("")
    start, end = drawn.span.start, drawn.span.start + drawn.span.width
    ends = "".join(_line("wh", x, x, "25%", "75%") for x in (start, end))
    point = "" if drawn.point is None else f'<circle class="pt" cx="{_pct(drawn.point)}" cy="50%" r="3.5"/>'
    return mark_safe(  # noqa: S308  # made of numbers
        '<span class="hundred" aria-hidden="true">0 <svg focusable="false"><rect width="100%" height="100%"/>'
        f"{_line('wh', start, end, '50%', '50%')}{ends}{point}</svg> 100</span>"
    )


def _axis(ladder: LadderShown, drawn: LadderPlot) -> SafeString:
    # 0 is named only where its figure does not run into the target's
    is_close = drawn.target is not None and drawn.target < 5
    parts = [] if is_close else [mark_safe('<text x="0" y="14">0</text>')]
    if drawn.target is not None:
        side = "end" if drawn.target > 70 else "start" if drawn.target < 30 else "middle"
        words = _("Target %(number)s") % {"number": numbers.grouped(ladder.target or 0)}
        parts.append(
            format_html(
                '<text class="b" x="{}" y="14" text-anchor="{}">{}</text>', _pct(drawn.target), side, words
            )
        )
        # the day is named only where its word does not run into the target's
        if drawn.pace is not None and ladder.day is not None and 8 < drawn.pace < drawn.target - 26:
            parts.append(
                format_html(
                    '<text class="pl" x="{}" y="14" text-anchor="middle">{}</text>',
                    _pct(drawn.pace),
                    _("day %(day)s") % {"day": ladder.day},
                )
            )
    return format_html_join("", "{}", ((part,) for part in parts))


# Ladder, trend and funnel are written here, not in templates: a page has many, and so they cost a tenth.


@register.simple_tag(takes_context=True)
def ladder(context: Context, given: LadderShown | Mapping[str, Any], id: str = "") -> SafeString:  # noqa: A002  # named as in HTML
    """The ladder of one measure. `given`: a ui.ladder.Ladder, or a mapping with its names."""
    ladder_shown = as_ladder(given)
    drawn = plot_ladder(ladder_shown)
    stem = escaped(id) or next_id(context, "ladder")
    e = escaped

    def row(rung: str, css: str) -> str:
        value = getattr(ladder_shown, rung)
        cells = f'<td class="num">{e(indian(value))}</td>'
        why = f'<span class="none">{e(ladder_shown.hidden_reason)}</span>' if value is None else ""
        if rung == "reported":  # a number: no share of the target, and no bar
            cells += f'<td class="num of"></td><td class="free">{why}</td>'
        else:
            share_text = (
                numbers.share(value, ladder_shown.target) if ladder_shown.target and value is not None else ""
            )
            cells += f'<td class="num of">{e(share_text)}</td><td class="plot">{_bar(drawn, rung)}{why}</td>'
        plus = "+ " if rung == "unsigned" else ""
        return f'<tr class="{css}"><th scope="row">{_term(ladder_shown, rung, stem, plus)}</th>{cells}</tr>\n'

    rows = [
        row("reported", "r1"),
        row("counted", "r2"),
        row("unsigned", "more") if ladder_shown.unsigned else "",
        row("confirmed", "r3"),
    ]
    never, rung_head, number = (
        _("Four numbers; they are never added up."),
        _("How sure"),
        _("Number"),
    )
    share = _("Share of the target")
    return mark_safe(  # noqa: S308  # every word is escaped
        f'<table class="ladder"><caption class="vh">{e(ladder_shown.name)}. '
        f"{e(never)}</caption>\n"
        f'<thead class="vh"><tr><th scope="col">{e(rung_head)}</th><th scope="col">{e(number)}</th>'
        f'<th scope="col">{e(share)}</th><td></td></tr></thead>\n<tbody>{"".join(rows)}'
        '<tr class="axis" aria-hidden="true"><td></td><td></td><td class="of"></td>'
        f'<td><div class="ax"><svg class="bar">{_axis(ladder_shown, drawn)}</svg></div></td></tr></tbody></table>\n'
        f"{_expected(ladder_shown)}{_real(ladder_shown, stem)}{_note(ladder_shown)}"
        f"{_parts(ladder_shown)}{_before(ladder_shown)}"
    )


def _term(shown: LadderShown, rung: str, stem: str, plus: str = "") -> str:
    """The name of a rung; a press shows what it means."""
    name = escaped(NAMES[rung])
    return (
        f'<button type="button" class="term" popovertarget="{stem}-{rung}">{plus}{name}</button>'
        f'<div class="pop" popover id="{stem}-{rung}"><h4>{name}</h4>'
        f"<p>{escaped(shown.definition(rung))}</p></div>"
    )


def _real(shown: LadderShown, stem: str) -> str:
    """The estimate apart from the bars: its words, and its mark in a box from 0 to 100."""
    sentence = escaped(shown.checked)
    words = (
        f'<span class="why">{sentence}</span>'
        if shown.estimate is None
        else f'<b class="nums">{sentence}</b>'
    )
    box = hundred(shown.estimate, shown.low, shown.high)
    return f'<div class="real"><div>{_term(shown, "estimate", stem)}</div>{words}{box}</div>\n'


def _note(shown: LadderShown) -> str:
    """Write what the estimate says under the ladder, with a link to its page. A press shows how it was made."""
    note, how = shown.sentence, str(shown.how)
    more = f'<a href="{escaped(shown.more[0])}">{escaped(shown.more[1])}</a>' if shown.more else ""
    note_text = " ".join(filter(None, (escaped(note), more)))
    line = f'<p class="small">{note_text}</p>\n' if note_text else ""
    if not how:
        return line
    summary = escaped(_("How we know"))
    return (
        f'{line}<details class="small printed"><summary>{summary}</summary><p>{escaped(how)}</p></details>\n'
    )


def _before(shown: LadderShown) -> str:
    """The earlier drive beside this one, two bars on a scale of their own; one far larger only in words.

    It is marked as a total, by its source.
    """
    before, now = shown.before, shown.counted
    if before is None:
        return ""
    e = escaped
    words = _("Totals, not members. Source: %(source)s.") if before.source else _("Totals, not members.")
    source = words % {"source": before.source}
    if before.n > _OTHER_SIZE * max(shown.target or 0, now or 0):
        far = charts.far_above(before)
        return f'<p class="tiny muted">{e(far)} {e(source)}</p>\n'
    top = max(before.n, now or 0, 1)
    then_bar = _rect("f0", Span(0.0, before.n / top * 100), "22%", "56%")
    now_bar = _rect("f2", Span(0.0, now / top * 100), "22%", "56%") if now else ""
    share = numbers.share(now, before.n) if before.n and now is not None else ""

    def row(name: Words, n: int | None, of: str, bar: str) -> str:
        return (
            f'<tr><th scope="row">{e(name)}</th><td class="num">{e(indian(n))}</td><td class="num of">{e(of)}</td>'
            f'<td class="plot"><svg class="bar" aria-hidden="true" focusable="false">{bar}</svg></td></tr>'
        )

    rows = row(before.name, before.n, "", then_bar) + row(_("Counted now"), now, share, now_bar)
    caption = e(_("The earlier drive beside this one"))
    return (
        f'<table class="ladder before"><caption class="vh">{caption}</caption><tbody>{rows}</tbody></table>\n'
        f'<p class="tiny muted">{e(source)}</p>\n'
    )


def _expected(shown: LadderShown) -> str:
    """Say in a line what is expected of the unit, beside its target."""
    if not shown.expected:
        return ""
    target = _("Target %(number)s") % {"number": numbers.grouped(shown.target)} if shown.target else ""
    words = " · ".join(escaped(part) for part in (target, shown.expected) if part)
    return f'<p class="small">{words}</p>\n'


def _parts(shown: LadderShown) -> str:
    """Say in a line under the ladder which part of counted and unsigned is of a special kind."""
    if not shown.parts:
        return ""
    text = " · ".join(
        f'{escaped(name)} <b class="nums">{"&lt;10" if n is None else escaped(indian(n))}</b>'
        for name, n in shown.parts
    )
    whole = escaped(_("Among counted and phone not answered yet"))
    return f'<p class="small">{whole}: {text}</p>\n'


@register.simple_tag
def mini(given: LadderShown | Mapping[str, Any]) -> SafeString:
    """One thin bar for a row: counted, lighter what waits for the phone, and a mark for what is due, else the target.

    The mark is at the same place in every row. A bar of more than one and a half times that ends in an arrow.
    `ui/_bar_legend.html` says once a page what is what.
    """
    ladder_shown = as_ladder(given)
    return _mini(
        target=ladder_shown.due or ladder_shown.target,
        counted=ladder_shown.counted,
        unsigned=ladder_shown.unsigned,
    )


@draw_once
def _mini(**figures: Any) -> SafeString:
    ladder_shown = LadderShown(name="", **figures)
    top = (ladder_shown.target or 0) * _BEYOND
    drawn = plot_ladder(ladder_shown, room=1.03, top=top)
    parts = [_bars(drawn, "counted", "2", "10")]
    if top and (ladder_shown.counted or 0) + (ladder_shown.unsigned or 0) > top:
        parts.append('<svg x="100%" y="4" overflow="visible"><path class="f0" d="M1 0l5 3-5 3z"/></svg>')
    if drawn.target is not None:
        parts.append(_line("tgt", drawn.target, drawn.target, "0", "14"))
    return mark_safe(  # noqa: S308  # made of numbers only
        f'<svg class="mini-ladder" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


@register.simple_tag
def estimate(given: LadderShown | Mapping[str, Any]) -> SafeString:
    """Draw the findings of checks in a cell."""
    ladder_shown = as_ladder(given)
    return escaped(ladder_shown.short or numbers.NONE)


@register.simple_tag
def grades_meant(drawn: Iterable[LadderShown]) -> str:
    """Return what grades mean, below a list that has some."""
    if not any(ladder_shown.grade for ladder_shown in drawn):
        return ""
    words = _(
        "Grade, of 19 checks: A at most 2 not genuine, B 3 to 5, C more. With fewer checks there is none."
    )
    return format_html('<p class="tiny muted">{}</p>\n', words)


# --- maps and charts ---


@register.inclusion_tag("ui/_symbol_map.html")
def symbol_map(
    places: Sequence[maps.MapPlace],
    outlines: maps.Outlines | Mapping[str, Any] | None = None,
    label: str = "",
    empty: str = "",
    rung: str = "",
) -> dict[str, Any]:
    """Places (ui.maps.Place) as symbols over outlines (ui.maps.outlines of GeoJSON, made once, or GeoJSON itself).

    Places with a shape are squares by how far their work is. label: what the map shows, for the ear. empty: what to
    say when no place has a point. rung: the only one shown; each place has its figure as counted.
    """
    boundaries = maps.outlines(outlines) if isinstance(outlines, Mapping) else outlines
    drawing = maps.draw_map(places, boundaries)
    shapes = [symbol.shape for symbol in drawing.symbols if symbol.shape] if drawing else []
    return {
        "legend": work_legend(shapes),
        "rung": rung,
        "rung_name": NAMES[rung] if rung else "",
        "disc": DISCS.get(rung, ""),
        "texture": {"reported": "url(#hatch)", "unsigned": "url(#dots)"}.get(rung, ""),
        "drawing": drawing,
        "label": label or _("Map"),
        "empty": empty or _("No point on the map is known for these units yet."),
        # past this many links a reader with a keyboard goes by the table
        "links": drawing is not None and len(drawing.symbols) <= 60,
    }


@register.simple_tag
def map_words(symbol: maps.Symbol, rung_name: Words = "") -> str:
    """One symbol in words. rung_name: of the only rung shown."""
    name = symbol.name or ngettext("%(n)s unit", "%(n)s units", symbol.places) % {
        "n": numbers.grouped(symbol.places)
    }
    if symbol.shape:
        return f"{name}: " + ", ".join(filter(None, (str(WORK[symbol.shape]), symbol.words)))
    if rung_name:
        return f"{name}: {rung_name} {indian(symbol.counted)}"
    words = {"name": name, "counted": indian(symbol.counted), "reported": indian(symbol.reported)}
    if symbol.target:
        words["target"] = numbers.grouped(symbol.target)
        return _("%(name)s: counted %(counted)s of target %(target)s, reported %(reported)s") % words
    return _("%(name)s: counted %(counted)s, reported %(reported)s") % words


@register.filter
def unlocal(value: float) -> str:
    """A number for a drawing: with a point, in every language."""
    return f"{value:g}"


TREND_CSS = {"unsigned": "lu", "counted": "l2", "confirmed": "l3"}  # what lies on the scale of what is due
TREND_NAMED = ("reported", *TREND_CSS)  # what a day's words name


@register.simple_tag
def trend(given: charts.Trend, table: bool = True) -> SafeString:
    """The lines of a measure over its window (ui.charts.Trend), with the same as a table below."""
    e = escaped
    drawn = charts.plot_trend(given)
    if drawn is None:
        return format_html('<div class="empty"><p>{}</p></div>\n', _("Nothing counted yet."))
    words = _(
        "%(name)s up to %(day)s: reported %(reported)s, counted %(counted)s, confirmed %(confirmed)s"
    ) % {
        "name": e(given.name),
        "day": e(date_format(drawn.last.on, "j M")),
        "reported": e(indian(drawn.last.reported)),
        "counted": e(indian(drawn.last.counted)),
        "confirmed": e(indian(drawn.last.confirmed)),
    }
    parts = [f'<svg class="trend" role="img" aria-label="{words}">']
    right = _pct(charts.PLOT_WIDTH)
    parts += [
        f'<line class="g" x1="0" x2="{right}" y1="{_pct(y)}" y2="{_pct(y)}"/>' for y, _value in drawn.ticks
    ]
    parts.append('\n<svg viewBox="0 0 1000 100" preserveAspectRatio="none" width="100%" height="100%">')
    if drawn.pace:
        parts.append(f'<path class="lp" d="{drawn.pace}"/>')
    parts += [f'<path class="{TREND_CSS[line.rung]}" d="{line.path}"/>' for line in drawn.lines]
    parts.append("</svg>\n")
    if drawn.before is not None:
        parts.append(_line("lb", 0, charts.PLOT_WIDTH, _pct(drawn.before), _pct(drawn.before)))
    # Words after every line: what is drawn before lies under their halo and does not cross them.
    parts += [
        f'<text x="0" y="{_pct(y)}" dy="-4">{e(numbers.short(value))}</text>'
        for y, value in drawn.ticks
        if value
    ]
    parts += [
        f'<text x="{_pct(x)}" y="100%" dy="18" text-anchor="{anchor}">{e(date_format(day, "j M"))}</text>'
        for x, day, anchor in drawn.dates
    ]
    for line in drawn.lines:
        css = "n b" if line.rung == "counted" else "n"
        value = numbers.short(getattr(drawn.last, line.rung) or 0)
        plus = "+ " if line.rung == "unsigned" else ""
        parts.append(
            f'<text class="{css}" x="{_pct(line.end_x)}" y="{_pct(line.end_y)}" dx="7" dy="4">{plus}{e(value)}</text>'
        )
    parts += _strips(drawn)
    swatch = '<svg viewBox="0 0 24 6" aria-hidden="true"><path class="{}" d="M0 3h24"/></svg>'
    names = (
        f"<span>{swatch.format(css)}{e(NAMES[rung])}</span>"
        for rung, css in TREND_CSS.items()
        if any(line.rung == rung for line in drawn.lines)
    )
    parts.append(f'</svg>\n<div class="legend trend">{"".join(names)}</div>')
    if drawn.pace:
        due = _("The dotted line is what was due by each day. The target is %(target)s by %(day)s.") % {
            "target": numbers.grouped(given.target or 0),
            "day": date_format(given.ends_on, "j F"),
        }
        parts.append(f'<p class="tiny muted">{e(due)}</p>')
    if given.before:
        sentence = charts.far_above(given.before)
        if drawn.before is not None:
            words = _("The dashed line is the total of %(name)s: %(n)s.")
            sentence = words % {"name": given.before.name, "n": numbers.grouped(given.before.n)}
        parts.append(f'<p class="tiny muted">{e(sentence)}</p>')
    return mark_safe("".join(parts) + (_trend_table(given) if table else ""))  # noqa: S308  # every word is escaped


def _strips(drawn: charts.TrendPlot) -> Iterator[str]:
    """The strip of each day of a trend: its numbers are read where it is pointed at, or tapped."""
    names = [(rung, escaped(NAMES[rung])) for rung in TREND_NAMED]
    begins = {day.on.replace(day=1) for _x, _wide, day in drawn.days}
    months = {on.month: escaped(date_format(on, "M")) for on in begins}
    stood: tuple[int | None, ...] = ()
    counts_text = ""
    for x, wide, day in drawn.days:
        values = tuple([getattr(day, rung) for rung, _name in names])
        if values != stood:  # most days of most units bring nothing
            named_values = zip(names, values, strict=True)
            counts_text = " · ".join(
                [f"{name} {numbers.grouped(value)}" for (_rung, name), value in named_values if value]
            )
            stood = values
        yield (
            f'<g class="d" tabindex="-1"><rect x="{max(0.0, x - wide / 2):.2f}%" width="{wide:.2f}%" height="100%"/>'
            f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="100%"/><text x="0" y="0" dy="-2">'
            f"{day.on.day} {months[day.on.month]}: {counts_text}</text></g>"
        )


def _trend_table(given: charts.Trend) -> str:
    e = escaped
    summary, region, first = _("As a table"), _("Trend as a table"), _("Day")
    heads = (NAMES["reported"], NAMES["counted"], NAMES["unsigned"], NAMES["confirmed"])
    rows = "".join(
        f'<tr><th scope="row">{e(date_format(day.on, "j M Y"))}</th>'
        + "".join(
            f'<td class="num">{e(indian(value))}</td>'
            for value in (day.reported, day.counted, day.unsigned, day.confirmed)
        )
        + "</tr>"
        for day in reversed(given.days)
    )
    if not rows:
        return ""
    return (
        f'<details class="noprint"><summary>{e(summary)}</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{e(region)}"><table class="tbl">'
        f'<caption class="vh">{e(given.name)}</caption><thead><tr><th scope="col">{e(first)}</th>'
        + "".join(f'<th scope="col" class="num">{e(head)}</th>' for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


@register.simple_tag
def funnel(steps: Sequence[charts.FunnelStep], label: str = "") -> SafeString:
    """Steps (ui.charts.Step) as bars against the largest, each with its share of the step before."""
    return _funnel(
        [(str(step.name), step.value, str(step.note)) for step in steps], str(label or _("Funnel"))
    )


@draw_once
def _funnel(given: Sequence[tuple[str, int | None, str]], label: str) -> SafeString:
    steps = [charts.FunnelStep(name=name, value=value, note=note) for name, value, note in given]
    e = escaped
    before: int | None = None
    rows = []
    for step, width in zip(steps, charts.widths(steps), strict=True):
        share_text = numbers.share(step.value, before) if before and step.value is not None else ""
        note = f'<span class="ci">{e(step.note)}</span>' if step.note else ""
        rows.append(
            f'<tr><th scope="row">{e(step.name)}{note}</th><td class="num">{e(indian(step.value))}</td>'
            f'<td class="num of">{e(share_text)}</td><td><svg class="bar" aria-hidden="true" focusable="false">'
            f'<rect class="fn" x="0" y="22%" width="{_pct(width)}" height="56%"/></svg></td></tr>'
        )
        before = step.value
    step_head, number, share = _("Step"), _("Number"), _("of the step before")
    return mark_safe(  # noqa: S308  # every word is escaped
        f'<table class="funnel"><caption class="vh">{e(label)}</caption><thead><tr>'
        f'<th scope="col"><span class="vh">{e(step_head)}</span></th><th scope="col">{e(number)}</th>'
        f'<th scope="col">{e(share)}</th><td></td></tr></thead>\n<tbody>{"".join(rows)}</tbody></table>\n'
    )


# --- bars ---


@register.simple_tag
def bars(steps: Sequence[tuple[str, int]], caption: str) -> SafeString:
    """Draw what came in each stretch of time, as bars; the last is under way. steps: (until when, how many), the oldest
    first. A table of the same serves people who hear the page."""
    drawn = "".join(
        f'<rect class="{"sb-now" if bar.is_last else "sb"}" x="{bar.x:.1f}" y="{bar.y:.2f}"'
        f' width="{bar.width:.1f}" height="{bar.height:.2f}"/>'
        for bar in charts.plot_bars([n for _when, n in steps])
    )
    most = max((n for _when, n in steps), default=0)
    labels = [steps[place][0] for place in sorted({0, len(steps) // 2, len(steps) - 1})] if steps else []
    return format_html(
        '<p class="spark-most nums">{}</p><svg class="spark" viewBox="0 0 1000 100" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">{}</svg><p class="spark-ends" aria-hidden="true">{}</p>'
        '<table class="vh"><caption>{}</caption><tbody>{}</tbody></table>',
        _("most %(n)s") % {"n": indian(most)},
        mark_safe(drawn),  # noqa: S308  # made of numbers
        format_html_join("", "<span>{}</span>", ((label,) for label in labels)),
        caption,
        format_html_join(
            "", '<tr><th scope="row">{}</th><td>{}</td></tr>', ((when, indian(n)) for when, n in steps)
        ),
    )
