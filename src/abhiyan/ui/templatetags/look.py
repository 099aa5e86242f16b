"""Tags and filters of the look. Their output is escaped, or made of numbers and of our own words."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import abhiyan
from abhiyan.core import languages, letters, samples, words
from abhiyan.core.letters import only_digits
from abhiyan.ui import numbers, views
from abhiyan.ui.checks import declared_checks
from abhiyan.ui.drawing import escaped
from abhiyan.ui.due import due_said
from abhiyan.ui.forms import form_refusals, where_to_ask
from abhiyan.ui.lists import Table
from abhiyan.ui.steady import steady
from abhiyan.ui.tables import Leaf, Sorting

register = template.Library()
register.tag("steady", steady)

ICONS = frozenset(path.stem for path in (Path(__file__).parent.parent / "icons").glob("*.svg"))


# --- addresses of assets ---


@lru_cache(maxsize=64)
def version_of(path: str) -> str:
    """A few letters of the file's content: a changed file gets a new address, an unchanged one stays cached."""
    file_path = finders.find(path)
    if not isinstance(file_path, str):
        return ""
    return sha256(Path(file_path).read_bytes()).hexdigest()[:10]


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
    """Return True if the phone asked to save data: then the page brings no fonts of its own."""
    request: HttpRequest | None = context.get("request")
    return request is not None and request.headers.get("Save-Data", "").lower() == "on"


@register.simple_tag
def organisation() -> str:
    return getattr(settings, "ORGANISATION", "") or _("Abhiyan")


@register.simple_tag
def is_demo() -> bool:
    return bool(getattr(settings, "DEMO", False))


@register.simple_tag
def program_version() -> str:
    """The name and the version of this program, alike in each language: people who ask for help read them out."""
    return f"Abhiyan {abhiyan.__version__}"


@register.simple_tag(takes_context=True)
def sample_is_pending(context: Context) -> bool:
    """Return True if this is the demo, and the sample of the page's room is still being made."""
    request = context.get("request")
    match = request.resolver_match if request else None
    return is_demo() and match is not None and not samples.is_made(match.app_name)


# --- small things ---


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[tuple[str, str]]:
    """The languages this page is offered in besides the one in force, each by its own name."""
    offered: dict[str, str] = context.get("languages") or languages.OWN
    return [(code, name) for code, name in offered.items() if code != translation.get_language()]


@register.simple_tag
def unreviewed() -> str:
    """Says that nobody has reviewed the translation of this page, in its language and in English; else nothing."""
    mark = languages.unreviewed_words(translation.get_language() or "")
    english = '<p class="note warn small"><span>{}<br><span lang="en" dir="ltr">{}</span></span></p>'
    return format_html(english, mark, languages.UNREVIEWED) if mark else ""


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the one cached sprite. It says nothing by itself: it needs a word beside it, or on its button."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"there is no icon {name!r}")
    return _icon(name, css, asset("icons.svg"))


@lru_cache(maxsize=256)
def _icon(name: str, css: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="i{}{}" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        " " if css else "",
        css,
        sprite,
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
def due_by(due_at: datetime, at: datetime) -> str:
    """By when something is due, or by how much it is late."""
    return due_said(due_at, at=at)


@register.filter
def percent(value: Any, of: Any = 100) -> str:
    """The share of `value` in `of`, as 43%."""
    return numbers.share(value, of)


@register.filter
def masked(value: Any, country: str = "+91") -> str:
    """A phone as every screen shows it: +91 ••••• •4213. Takes the last four digits, or any text ending in them."""
    last = only_digits(str(value or ""))[-4:]
    return f"{country} ••••• •{last}" if len(last) == 4 else f"{country} ••••• •••••"


@register.simple_tag
def phone(value: Any, country: str = "+91") -> SafeString:
    """A masked phone that is also heard well: 'phone ending in 4 2 1 3'."""
    masked_phone = masked(value, country)
    heard = _("phone ending in %(digits)s") % {"digits": " ".join(masked_phone[-4:])}
    return format_html(
        '<span class="nums nowrap" dir="ltr" role="img" aria-label="{}">{}</span>', heard, masked_phone
    )


@register.filter
def tel(number: str, css: str = "") -> SafeString:
    """A whole number as a link that dials it; css: `button`, where calling is what the page is for."""
    dialled = ("+" if number.startswith("+") else "") + only_digits(number)
    pattern = '<a class="nums nowrap{}" dir="ltr" href="tel:{}">{}{}</a>'
    return format_html(pattern, f" {css}" if css else "", dialled, icon("phone") if css else "", number)


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
def person(name: Any) -> str:
    """Somebody's name in the reader's script, as `words.local_person`; nothing for none."""
    return words.local_person(str(name or ""))


@register.filter
def initials(name: Any) -> str:
    """'Rohini Koul' is RK; a name in Devanagari is its first letter with its signs, for two are too wide."""
    words = [word for word in str(name or "").split() if word[0].isalpha()]
    wanted = [*words[:1], *words[1:][-1:]]
    if any(
        ord(word[0]) > LATIN for word in wanted
    ):  # two such letters with their signs do not fit the circle
        wanted = wanted[:1]
    return "".join(letters.first(word, joined=False).upper() for word in wanted) or numbers.NONE


LATIN = 0x024F  # the last of its letters


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


# --- addresses of the same page ---


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with some values changed; None takes one away. '?' alone when nothing is left."""
    request = context.get("request")
    params: dict[str, list[str]] = dict(request.GET.lists()) if request else {}
    return _changed(tuple(changes.items())) if not params else _query(params, changes)


@lru_cache(maxsize=1024)
def _changed(changes: tuple[tuple[str, Any], ...]) -> str:
    """Return the query of a page without a query string, as most are opened: a list of many columns has a link in each
    head."""
    return _query({}, dict(changes))


def _query(params: dict[str, list[str]], changes: Mapping[str, Any]) -> str:
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = [str(value)]
    return f"?{urlencode(params, doseq=True)}"


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
    href = query(context, sort=f"-{key}" if descending else key, page=None, after=None)
    attributes = f' class="{escaped(classes)}"' if classes else ""
    attributes += f' aria-sort="{order}"' if order else ""
    sort = _("Sort:")  # shown before the first of them where there are no columns
    attributes += f' data-s="{escaped(sort)}"'
    return mark_safe(  # noqa: S308  # escaped, each of them
        f'<th scope="col"{attributes}><a href="{escaped(href)}">{escaped(label)}</a></th>'
    )


@register.inclusion_tag("ui/_filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, ends: bool = True, label: str = "") -> dict[str, Any]:
    """The fields of a form as a row of filters. Order and other words of the address stay; the page begins again.

    ends: whether all rows can be shown again; False where something is always chosen. label: of the form.
    """
    request = context.get("request")
    query_now = request.GET if request else QueryDict()
    field_names = {bound.html_name for bound in form}
    kept = [
        (name, value)
        for name in query_now
        if name not in field_names and name not in ("page", "after", "format")
        for value in query_now.getlist(name)
    ]
    all_of_them = urlencode([(name, value) for name, value in kept if name != "sort"])
    is_set = ends and any(query_now.get(name) for name in field_names)
    return {"form": form, "kept": kept, "set": is_set, "href": f"?{all_of_them}", "label": label}


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(
    context: Context, leaf: Leaf, hidden: str = "", exportable: bool = True, table: Table[Any] | None = None
) -> dict[str, Any]:
    """'Showing 1–50 of 11,838', the pages, and the same rows as files. `hidden`: what the list leaves out, in words.

    table: what the files are made of, where some of its columns name people.
    """
    sentence = f"{_part(leaf)}. {hidden}" if hidden else _part(leaf)
    return {
        "leaf": leaf,
        "said": sentence,
        "exportable": exportable and (table is None or table.is_open),
        "leaves_out": table is not None and table.is_open and bool(table.naming),
        "offers_names": table is not None and table.offers_names,
        "request": context.get("request"),
    }


@register.inclusion_tag("ui/_files.html", takes_context=True)
def files(context: Context, of: str = "") -> dict[str, Any]:
    """The rows of a part of a page as files. of: which part, where a page has several."""
    return {"of": of, "request": context.get("request")}


def _part(leaf: Leaf) -> str:
    if not leaf.rows:
        return _("No rows")
    figures = {"first": indian(leaf.first), "last": indian(leaf.last), "total": indian(leaf.total)}
    if leaf.total is not None:
        return _("Showing %(first)s–%(last)s of %(total)s") % figures
    if leaf.more:
        return _("Showing %(first)s–%(last)s; more follow") % figures
    return _("Showing %(first)s–%(last)s, the end of the list") % figures


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
        "optional": not bound.field.required
        and kind != "check"
        and not bound.field.disabled
        and "data-needed" not in widget.attrs,
        "described": bound.aria_describedby,
    }


@register.inclusion_tag("ui/_form_asked.html")
def asked(bound: BoundField) -> dict[str, Any]:
    """Draw a field that is asked only after certain answers (`CheckedForm.asked_if`).

    Without script its condition is printed above it.
    """
    form: Any = bound.form
    other, values = form.asked_if[bound.name]
    words = [str(label) for code, label in form.fields[other].choices if str(code) in values]
    context = {"question": form.fields[other].label, "value": ", ".join(words)}
    return {"field": bound, "condition": _("Only if “%(question)s”: %(value)s") % context}


@register.simple_tag
def checks(form: BaseForm) -> SafeString:
    """Write a form's checks for the script of its page, inside the form. Refuses CheckUndeclared (`ui.checks`)."""
    return json_script(declared_checks(form))


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary of what is to be put right; nothing where all is right."""
    problems: list[dict[str, Any]] = [{"text": text} for text in form.non_field_errors()]
    for bound in form:
        problems += [
            # A label that is a sentence, as of a box to tick, ends here in a colon.
            {
                "text": text,
                "label": str(bound.label).rstrip(".।?"),
                "href": f"#{bound.id_for_label or bound.auto_id}",
            }
            for text in bound.errors
        ]
    return {
        "form": form,
        "problems": problems,
        "id": f"{form.prefix or 'form'}-errors",
        "asks": where_to_ask(form_refusals(form)),
    }
