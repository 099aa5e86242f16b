"""Tags and filters of the look. What they print is escaped, or made of numbers and of our own words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.ui import charts, maps, numbers, views
from abhiyan.ui.ladder import NAMES, RUNGS, Ladder, Plot, Span, as_ladder, plot
from abhiyan.ui.tables import Leaf, Sorting

register = template.Library()

ICONS = frozenset(path.stem for path in (Path(__file__).parent.parent / "icons").glob("*.svg"))


# --- addresses of assets ---


@lru_cache(maxsize=64)
def version_of(path: str) -> str:
    """A few letters of the file's content: a changed file gets a new address, an unchanged one stays cached."""
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    return sha256(Path(found).read_bytes()).hexdigest()[:10]


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file (`core.css`), with its version. Works also where the storage knows no such file."""
    path = f"ui/built/{name}"
    plain = f"{settings.STATIC_URL}{path}"
    try:
        address = static(path)
    except ValueError:  # a manifest without it: an error page must not fail over its own stylesheet
        address = plain
    if address != plain or settings.DEBUG:  # the storage has its own way of naming versions
        return address
    return f"{plain}?v={version_of(path)}"


@register.simple_tag
def accent_href() -> str:
    try:
        return f"{reverse('ui:accent')}?v={views.accent_version()}"
    except NoReverseMatch:
        return f"/ui/accent.css?v={views.accent_version()}"


@register.simple_tag(takes_context=True)
def saves_data(context: Context) -> bool:
    """Whether the phone asked to save data: then the page brings no fonts of its own."""
    request: HttpRequest | None = context.get("request")
    return request is not None and request.headers.get("Save-Data", "").lower() == "on"


@register.simple_tag
def organisation() -> str:
    return getattr(settings, "ORGANISATION", "") or _("Abhiyan")


@register.simple_tag
def is_demo() -> bool:
    return bool(getattr(settings, "DEMO", False))


# --- small things ---


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the one cached sprite. It says nothing by itself: a word stands beside it, or on its button."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"there is no icon {name!r}")
    return format_html(
        '<svg class="i{}{}" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        " " if css else "",
        css,
        asset("icons.svg"),
        name,
    )


@register.filter
def indian(value: Any, form: str = "") -> str:
    """12,34,567; with `short`: 12.3 lakh. A dash for None; what is no number is printed as it is."""
    if value is None:
        return numbers.NONE
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    return numbers.short(value) if form == "short" else numbers.grouped(value)


@register.filter
def percent(value: Any, of: Any = 100) -> str:
    """The share of `value` in `of`, as 43%."""
    return numbers.share(value, of)


@register.filter
def masked(value: Any, country: str = "+91") -> str:
    """A phone as every screen shows it: +91 ••••• •4213. Takes the last four digits, or any text ending in them."""
    last = "".join(character for character in str(value or "") if character.isdecimal())[-4:]
    return f"{country} ••••• •{last}" if len(last) == 4 else f"{country} ••••• •••••"


@register.simple_tag
def phone(value: Any, country: str = "+91") -> SafeString:
    """A masked phone that is also heard well: 'phone ending in 4 2 1 3'."""
    shown = masked(value, country)
    heard = _("phone ending in %(digits)s") % {"digits": " ".join(shown[-4:])}
    return format_html(
        '<span class="nums nowrap" dir="ltr" role="img" aria-label="{}">{}</span>', heard, shown
    )


@register.filter
def ago(when: datetime | date | None, now: datetime) -> str:
    """'5 minutes ago', '3 days ago'; past a month, and in the future, the day itself. `now` comes from the view."""
    if when is None:
        return numbers.NONE
    if not isinstance(when, datetime):
        days = (timezone.localtime(now).date() - when).days
        passed = timedelta(days=days)
        if days == 0:
            return _("today")
    else:
        passed = now - when
    if passed < timedelta(0) or passed >= timedelta(days=30):
        day = timezone.localtime(when) if isinstance(when, datetime) else when
        return date_format(day, "j M Y")
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        minutes = passed // timedelta(minutes=1)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if passed < timedelta(days=1):
        hours = passed // timedelta(hours=1)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return ngettext("%(n)d day ago", "%(n)d days ago", passed.days) % {"n": passed.days}


@register.filter
def initials(name: Any) -> str:
    """'Rohini Koul' is RK; a name in Devanagari keeps the sign of its first letter."""
    words = [word for word in str(name or "").split() if word[0].isalpha()]
    return "".join(_first_letter(word) for word in [*words[:1], *words[1:][-1:]]) or numbers.NONE


def _first_letter(word: str) -> str:
    size = 1
    while size < len(word) and 0x093A <= ord(word[size]) <= 0x094C:  # vowel signs belong to their letter
        size += 1
    return word[:size].upper()


# --- ids that are the same at every rendering ---


def next_id(context: Context, stem: str) -> str:
    """An id for one page: counted per request (or per rendering), never per process."""
    holder: Any = context.get("request")
    if holder is not None:
        counts: dict[str, int] = holder.__dict__.setdefault("look_ids", {})
    else:
        counts = context.dicts[0].setdefault("look_ids", {})
    counts[stem] = counts.get(stem, 0) + 1
    return f"{stem}-{counts[stem]}"


# --- the ladder ---

HATCH = ' fill="url(#hatch)"'
DOTS = ' fill="url(#dots)"'


def _pct(value: float) -> str:
    return f"{value:.2f}%"


def _rect(css: str, span: Span, y: str, height: str, fill: str = "") -> str:
    where = f'x="{_pct(span.start)}" y="{y}" width="{_pct(span.width)}" height="{height}"'
    return f'<rect class="{css}"{fill} {where}/>'


def _line(css: str, x1: float, x2: float, y1: str, y2: str) -> str:
    return f'<line class="{css}" x1="{_pct(x1)}" x2="{_pct(x2)}" y1="{y1}" y2="{y2}"/>'


def _bars(drawn: Plot, rung: str, y: str, height: str) -> str:
    match rung:
        case "reported":
            return _rect("f1", drawn.reported, y, height, HATCH) if drawn.reported else ""
        case "counted":
            signed = _rect("f2", drawn.counted, y, height) if drawn.counted else ""
            return signed + (_rect("f2u", drawn.unsigned, y, height, DOTS) if drawn.unsigned else "")
        case "confirmed":
            return _rect("f3", drawn.confirmed, y, height) if drawn.confirmed else ""
        case "estimate":
            return _rect("f4", drawn.estimate, y, height) if drawn.estimate else ""
        case _:  # the line below counted has no bar of its own, only the target and the pace run through it
            return ""


def _bar(drawn: Plot, rung: str) -> SafeString:
    """One row of the ladder. The interval is light inside the bar and ink outside."""
    parts = [_bars(drawn, rung, "22%", "56%")]
    if drawn.pace is not None:
        parts.insert(0, _line("pace", drawn.pace, drawn.pace, "0", "100%"))
    if drawn.target is not None:
        parts.append(_line("tgt", drawn.target, drawn.target, "0", "100%"))
    if rung == "estimate" and drawn.estimate and drawn.low is not None and drawn.high is not None:
        end = drawn.estimate.width
        parts += [
            _line("wi", drawn.low, end, "50%", "50%"),
            _line("wi", drawn.low, drawn.low, "30%", "70%"),
            _line("wh", end, drawn.high, "50%", "50%"),
            _line("wh", drawn.high, drawn.high, "30%", "70%"),
            f'<circle class="pt" cx="{_pct(end)}" cy="50%" r="3.5"/>',
        ]
    return mark_safe(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S308


def _axis(ladder: Ladder, drawn: Plot) -> SafeString:
    parts = [mark_safe('<text x="0" y="14">0</text>')]
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


@register.inclusion_tag("ui/_ladder.html", takes_context=True)
def ladder(context: Context, given: Ladder | Mapping[str, Any], id: str = "") -> dict[str, Any]:  # noqa: A002
    """The ladder of one measure. `given`: a ui.ladder.Ladder, or a mapping with its names."""
    shown = as_ladder(given)
    drawn = plot(shown)
    stem = id or next_id(context, "ladder")

    def row(rung: str, value: int | None, css: str) -> dict[str, Any]:
        return {
            "rung": rung,
            "css": css,
            "id": f"{stem}-{rung}",
            "name": NAMES[rung],
            "definition": shown.definition(rung),
            "value": value,
            "of": numbers.share(value, shown.target) if shown.target and value is not None else "",
        }

    rows = []
    for place, rung in enumerate(RUNGS, start=1):
        value = getattr(shown, rung)
        reason = shown.none_reason or _("no estimate yet") if rung == "estimate" else shown.hidden_reason
        has_interval = rung == "estimate" and drawn.low is not None
        rows.append(
            row(rung, value, f"r{place}")
            | {"bar": _bar(drawn, rung), "none": reason if value is None else "", "interval": has_interval}
        )
        if rung == "counted" and shown.unsigned:
            rows.append(row("unsigned", shown.unsigned, "more") | {"bar": _bar(drawn, "unsigned")})
    return {"ladder": shown, "rows": rows, "axis": _axis(shown, drawn)}


@register.simple_tag
def mini(given: Ladder | Mapping[str, Any]) -> SafeString:
    """The four bars alone, thin, for a row of a table; its numbers stand in the row's other cells."""
    drawn = plot(as_ladder(given), room=1.03)
    parts = [_bars(drawn, rung, str(1 + place * 7), "5") for place, rung in enumerate(RUNGS)]
    if drawn.target is not None:
        parts.append(_line("tgt", drawn.target, drawn.target, "-2", "30"))
    if drawn.estimate and drawn.low is not None and drawn.high is not None:
        end = drawn.estimate.width
        parts += [
            _line("wi", drawn.low, end, "24.5", "24.5"),
            _line("wh", end, drawn.high, "24.5", "24.5"),
            _line("wh", drawn.high, drawn.high, "21.5", "27.5"),
        ]
    return mark_safe(  # noqa: S308 - made of numbers only
        f'<svg class="mini-ladder" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


# --- addresses of the same page ---


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with some values changed; None takes one away. '?' alone when nothing is left."""
    request = context.get("request")
    params: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, label: str, num: bool = False, css: str = "") -> SafeString:
    """The head of a sortable column. Needs `sorting` (ui.tables.Sorting) in the context.

    A column of numbers opens with the largest on top, one of words with the first; a second press turns it.
    """
    sorting: Sorting | None = context.get("sorting")
    chosen = sorting if sorting is not None and sorting.key == key else None
    descending = not chosen.descending if chosen else num
    classes = " ".join(filter(None, ["num" if num else "", css]))
    order = ("descending" if chosen.descending else "ascending") if chosen else ""
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}</a></th>',
        format_html(' class="{}"', classes) if classes else "",
        format_html(' aria-sort="{}"', order) if order else "",
        query(context, sort=f"-{key}" if descending else key, page=None, after=None),
        label,
    )


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(context: Context, leaf: Leaf, hidden: str = "", exportable: bool = True) -> dict[str, Any]:
    """'Showing 1–50 of 11,838', the pages, and 'Export these rows'. `hidden`: what the list leaves out, in words."""
    return {
        "leaf": leaf,
        "hidden": hidden,
        "exportable": exportable,
        "request": context.get("request"),
    }


@register.inclusion_tag("ui/_filters.html", takes_context=True)
def filters(context: Context, form: BaseForm) -> dict[str, Any]:
    """The fields of a form as a row of filters. Order and other words of the address stay; the page begins anew."""
    request = context.get("request")
    query_now = request.GET if request else QueryDict()
    own = {bound.html_name for bound in form}
    kept = [
        (name, value)
        for name in query_now
        if name not in own and name not in ("page", "after", "format")
        for value in query_now.getlist(name)
    ]
    return {"form": form, "kept": kept, "set": any(query_now.get(name) for name in own)}


# --- forms ---


@register.inclusion_tag("ui/_form_field.html")
def field(bound: BoundField, layout: str = "", prefix: str = "") -> dict[str, Any]:
    """One field. layout: '' one choice under the other, 'two' side by side, 'choices' in a row. prefix: '+91'."""
    widget = bound.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    else:
        kind = "line"
    return {
        "field": bound,
        "kind": kind,
        "layout": layout,
        "prefix": prefix,
        "optional": not bound.field.required and kind != "check" and not bound.field.disabled,
        "described": bound.aria_describedby,
    }


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary of what is to be put right; nothing where all is right."""
    problems: list[dict[str, Any]] = [{"text": text} for text in form.non_field_errors()]
    for bound in form:
        problems += [
            {"text": text, "label": bound.label, "href": f"#{bound.id_for_label or bound.auto_id}"}
            for text in bound.errors
        ]
    return {"form": form, "problems": problems, "id": f"{form.prefix or 'form'}-errors"}


# --- maps and charts ---


@register.inclusion_tag("ui/_symbol_map.html")
def symbol_map(
    places: Sequence[maps.Place],
    outlines: maps.Outlines | Mapping[str, Any] | None = None,
    label: str = "",
    empty: str = "",
) -> dict[str, Any]:
    """Places (ui.maps.Place) as symbols over outlines (ui.maps.outlines of GeoJSON, made once, or GeoJSON itself).

    label: what the map shows, for the ear. empty: what to say when no place has a point.
    """
    boundaries = maps.outlines(outlines) if isinstance(outlines, Mapping) else outlines
    drawing = maps.draw(places, boundaries)
    return {
        "drawing": drawing,
        "label": label or _("Map"),
        "empty": empty or _("No point on the map is known for these units yet."),
        "estimated": drawing is not None and any(symbol.estimated for symbol in drawing.symbols),
        # past this many links a reader with a keyboard goes by the table
        "links": drawing is not None and len(drawing.symbols) <= 60,
    }


@register.simple_tag
def map_words(symbol: maps.Symbol) -> str:
    """One symbol in words."""
    name = symbol.name or ngettext("%(n)s unit", "%(n)s units", symbol.places) % {
        "n": numbers.grouped(symbol.places)
    }
    words = {"name": name, "believed": indian(symbol.believed), "reported": indian(symbol.reported)}
    if symbol.target:
        words["target"] = numbers.grouped(symbol.target)
        if symbol.estimated:
            return (
                _("%(name)s: estimated true %(believed)s of target %(target)s, reported %(reported)s") % words
            )
        return _("%(name)s: counted %(believed)s of target %(target)s, reported %(reported)s") % words
    return _("%(name)s: counted %(believed)s, reported %(reported)s") % words


@register.filter
def unlocal(value: float) -> str:
    """A number for a drawing: with a point, in every language."""
    return f"{value:g}"


@register.inclusion_tag("ui/_trend.html")
def trend(given: charts.Trend, table: bool = True) -> dict[str, Any]:
    """The lines of a measure over its window (ui.charts.Trend), with the same as a table below."""
    drawn = charts.plot_trend(given)
    css = {"reported": "l1", "unsigned": "lu", "counted": "l2", "confirmed": "l3"}
    names = {**NAMES, "unsigned": _("with unanswered")}
    return {
        "trend": given,
        "drawn": drawn,
        "lines": [
            {
                "css": css[line.rung],
                "path": line.path,
                "x": _pct(line.end_x),
                "y": _pct(line.end_y),
                "name": names[line.rung],
                "bold": line.rung == "counted",
            }
            for line in (drawn.lines if drawn else [])
        ],
        "ticks": [
            {"y": _pct(y), "text": numbers.short(value) if value else ""}
            for y, value in (drawn.ticks if drawn else [])
        ],
        "dates": [
            {"x": _pct(x), "text": date_format(day, "j M"), "anchor": anchor}
            for x, day, anchor in (drawn.dates if drawn else [])
        ],
        "right": _pct(charts.PLOT_WIDTH),
        "rows": list(reversed(given.days)) if table else [],
    }


@register.inclusion_tag("ui/_funnel.html")
def funnel(steps: Sequence[charts.Step], label: str = "") -> dict[str, Any]:
    """Steps (ui.charts.Step) as bars against the largest, each with its share of the step before."""
    before: int | None = None
    rows = []
    for step, width in zip(steps, charts.widths(steps), strict=True):
        rows.append(
            {
                "step": step,
                "of": numbers.share(step.value, before) if before and step.value is not None else "",
                "width": _pct(width),
            }
        )
        before = step.value
    return {"rows": rows, "label": label or _("Funnel")}
