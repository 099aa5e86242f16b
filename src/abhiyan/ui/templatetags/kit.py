"""Build pages from parts: the title, sections with a heading, lists with their cells. Builtin, as `look` is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, VariableNode, kwarg_re
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, trim_whitespace

from abhiyan.core import words
from abhiyan.ui.addresses import address_of
from abhiyan.ui.drawing import escaped
from abhiyan.ui.lists import Column, Table, draw_table
from abhiyan.ui.tables import Sorting

from . import look
from .bearers import bearer
from .look import indian, next_id, pager, sort_header

register = template.Library()


@register.filter
def named(names: Mapping[str, str]) -> str:
    """A name that is kept in several languages, in the language of the page."""
    return words.name_in_language(names)


# --- words ---


class SayNode(Node):
    """The node of `say`. frame: what stands around it, with %s for itself. texts: for one, and for many."""

    def __init__(
        self, given: Mapping[str, FilterExpression], frame: str, to: str, texts: Sequence[NodeList]
    ) -> None:
        self.given, self.frame, self.to = given, frame, to
        self.texts = [trim_whitespace("".join(map(_known, text))) for text in texts]
        self.values = [node for text in texts for node in text if isinstance(node, VariableNode)]

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        with context.push(**{name: indian(value) for name, value in values.items()}):
            value_texts = {str(node.filter_expression): node.render(context) for node in self.values}
        singular, *many = self.texts
        sentence = ngettext(singular, many[0], next(iter(values.values()))) if many else _(singular)
        html = mark_safe(self.frame % (sentence % value_texts))  # noqa: S308  # the values are escaped
        if not self.to:
            return html
        context[self.to] = html
        return SafeString("")


def _known(part: Any) -> str:
    """A part of a text as the catalogues write it: {{ n }} is %(n)s there."""
    return f"%({part.filter_expression})s" if isinstance(part, VariableNode) else part.s.replace("%", "%%")


@register.tag
def say(parser: Parser, token: Token) -> SayNode:
    """A sentence in the language of the page, its values named before.

    `{% say "p.small" n=left %}{{ n }} seat is left{% plural %}{{ n }} seats are left{% endsay %}`: its element
    comes first (`note`: a note without an icon; nothing: the words alone), then the values, numbers grouped; the first
    decides whether it is one or many. `as name` at the end keeps it for another tag.
    """
    bits = token.split_contents()[1:]
    to = bits[-1] if bits[-2:-1] == ["as"] else ""
    bits = bits[:-2] if to else bits
    element, *css = bits.pop(0).strip('"').split(".") if bits and bits[0][0] == '"' else [""]
    frame = f'<{element} class="{" ".join(css)}">%s</{element}>' if css else f"<{element}>%s</{element}>"
    texts = [parser.parse(("plural", "endsay"))]
    if parser.next_token().contents == "plural":
        texts.append(parser.parse(("endsay",)))
        parser.delete_first_token()
    frames = {"": "%s", "note": '<p class="note"><span>%s</span></p>'}
    return SayNode(_options(parser, bits), frames.get(element, frame), to, texts)


# --- lists ---


class CellNode(Node):
    """`{% cell "winner" %}…{% endcell %}` inside a list: how that column is drawn.

    `row` is the row, `value` what the column would show by itself.
    """

    def __init__(self, key: str, nodelist: NodeList) -> None:
        self.key, self.nodelist = key, nodelist

    def render(self, context: Context) -> SafeString:  # noqa: ARG002  # its list draws it, row by row
        return SafeString("")

    def drawn(self, context: Context, column: Column[Any], row: Any) -> str:
        with context.push(row=row, value=partial(column.drawn, row)):
            return self.nodelist.render(context).strip()


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    _name, key = token.split_contents()
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(key.strip("\"'"), nodelist)


class Listed(Node):
    """The node of `list`."""

    def __init__(
        self, table: FilterExpression, said: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.table, self.said, self.nodelist = table, said, nodelist
        self.cells: list[CellNode] = nodelist.get_nodes_by_type(CellNode)  # type: ignore[assignment]

    def render(self, context: Context) -> SafeString:
        table: Table[Any] = self.table.resolve(context)
        options = {name: expression.resolve(context) for name, expression in self.said.items()}
        columns = {column.key: column for column in table.declared}
        if unknown := {cell_node.key for cell_node in self.cells} - columns.keys():
            raise template.TemplateSyntaxError(f"no such column: {sorted(unknown)}")
        if not table:
            why = {name: options[name] for name in ("text", "href", "label", "alone") if name in options}
            return empty(options["empty"], **why)
        hidden = table.hidden or (options.get("too_long", "") if table.is_too_long else "")
        foot = pager(context, table.leaf, hidden=str(hidden), table=table)
        cells = {col.key: partial(_bearer, context, col) for col in table.seen if col.account is not None}
        cells |= {
            cell_node.key: partial(cell_node.drawn, context, columns[cell_node.key])
            for cell_node in self.cells
        }
        request = context.get("request")
        heads = [
            _head(column, sorts=column.key in table.orders, sorting=table.sorting, request=request)
            for column in table.seen
        ]
        return table.drawn(heads, cells) + render_to_string("ui/_pager.html", foot)


def _bearer(context: Context, column: Column[Any], row: Any) -> str:
    assert column.account is not None and column.value is not None
    return bearer(context, column.value(row), column.account(row), handed=column.is_handed)


@register.tag(name="list")
def list_(parser: Parser, token: Token) -> Listed:
    """A list (ui.lists.Table) with its pages and files, or why there is nothing (as `empty` says it).

    `{% list table empty=_("None yet") text=… too_long=… %}{% cell "name" %}…{% endcell %}{% endlist %}`. A column
    without a cell of its own shows its value. too_long: said below a list too long to be sorted.
    """
    _name, table, *named_bits = token.split_contents()
    nodelist = parser.parse(("endlist",))
    parser.delete_first_token()
    expressions = {
        name: parser.compile_filter(value)
        for name, _sign, value in (bit.partition("=") for bit in named_bits)
    }
    return Listed(parser.compile_filter(table), expressions, nodelist)


def _head(column: Column[Any], *, sorts: bool, sorting: Sorting | None, request: HttpRequest | None) -> str:
    if sorts:
        css = " ".join(part for part in column.css.split() if part == "wide")
        head_context = Context({"sorting": sorting, "request": request})
        return sort_header(head_context, column.key, str(column.title), num=column.is_number, css=css)
    title = conditional_escape(str(column.title))
    css = " ".join(part for part in column.css.split() if part in ("num", "sn", "wide", "wraps"))
    title_html = f'<span class="vh">{title}</span>' if column.is_for_acts else title
    return f'<th scope="col" class="{css}">{title_html}</th>' if css else f'<th scope="col">{title_html}</th>'


class Col(Node):
    """One column of a `table`: its head, and its content in each row."""

    def __init__(self, options: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.options, self.nodelist = options, nodelist

    def render(self, context: Context) -> SafeString:  # noqa: ARG002  # its table draws it, row by row
        return SafeString("")

    def column(self, context: Context) -> Column[Any] | None:
        """Return what it is this time; None where `when` leaves it out."""
        options = {name: expression.resolve(context) for name, expression in self.options.items()}
        if not options.pop("when", True):
            return None
        return Column(key=options.pop("sort", ""), **options)


class TableNode(Node):
    """The node of `table`."""

    def __init__(self, options: dict[str, FilterExpression], names: list[str], nodelist: NodeList) -> None:
        self.marks = options.pop("mark", None)
        self.options, self.names = options, names
        self.cols = [node for node in nodelist if isinstance(node, Col)]
        self.foot = next((node for node in nodelist if isinstance(node, Foot)), None)

    def render(self, context: Context) -> SafeString:
        options = {name: expression.resolve(context) for name, expression in self.options.items()}
        rows = list(options.pop("rows") or ())
        why = {name: options.pop(name) for name in ("empty", "text", "href", "label") if name in options}
        if not rows and why:
            return empty(why.pop("empty"), **why)
        seen = [(one, column) for one in self.cols if (column := one.column(context)) is not None]
        how = {"sorting": context.get("sorting"), "request": context.get("request")}
        heads = [_head(column, sorts=bool(column.key), **how) for _one, column in seen]
        by = how["sorting"].key if how["sorting"] else ""
        cells = [(column.opening(by), one.nodelist, column.closing()) for one, column in seen]
        foot = f"<tfoot>{self.foot.nodelist.render(context)}</tfoot>" if self.foot else ""
        return draw_table(
            options.pop("caption"), heads, self._rows(context, rows, cells), foot=foot, **options
        )

    def _rows(
        self, context: Context, rows: Sequence[Any], cells: Sequence[tuple[str, NodeList, str]]
    ) -> Iterator[tuple[str, str]]:
        with context.push():
            for row in rows:
                context.update(
                    dict(zip(self.names, row, strict=True) if self.names[1:] else [(self.names[0], row)])
                )
                cells_html = "".join(
                    [f"{start}{node_list.render(context).strip()}{end}" for start, node_list, end in cells]
                )
                yield ' class="sel"' if self.marks and self.marks.resolve(context) else "", cells_html
                context.pop()


def _options(parser: Parser, bits: Sequence[str], *names: str) -> dict[str, FilterExpression]:
    """The arguments of a tag by name; those without one take `names` in turn."""
    options, left = {}, list(names)
    for bit in bits:
        named_, value = kwarg_re.match(bit).groups()  # type: ignore[union-attr]  # it matches any bit
        options[named_ or left.pop(0)] = parser.compile_filter(value)
    return options


@register.tag
def table(parser: Parser, token: Token) -> TableNode:
    """Rows without a file of their own: each column is said once, with its cell.

    `{% table _("Votes") votes as row %}{% col _("Party") is_name=True %}{{ row.party }}{% endcol %}{% endtable %}`.
    as: the row, or its parts (`as row, name`). first: number the rows from here. mark: whether this row stands out.
    empty, text, href, label: said where there is none. A column with a key to sort by (`sort="votes"`) needs `sorting`
    in the context; `when`: whether it is there; css, is_name, is_for_acts: as of `ui.lists.Column`.
    """
    bits = token.split_contents()[1:]
    at = bits.index("as")
    names = [bit for bit in bits[at + 1 :] if "=" not in bit]
    options = [*bits[:at], *bits[at + 1 + len(names) :]]
    nodelist = parser.parse(("endtable",))
    parser.delete_first_token()
    return TableNode(_options(parser, options, "caption", "rows"), "".join(names).split(","), nodelist)


@register.tag
def col(parser: Parser, token: Token) -> Col:
    nodelist = parser.parse(("endcol",))
    parser.delete_first_token()
    return Col(_options(parser, token.split_contents()[1:], "title"), nodelist)


@register.tag
def text(parser: Parser, token: Token) -> Col:
    """A column that is one value: `{% text _("Party") row.party %}`."""
    options = _options(parser, token.split_contents()[1:], "title", "value")
    return Col(options, NodeList([VariableNode(options.pop("value"))]))


@register.tag
def num(parser: Parser, token: Token) -> Col:
    """A column that is one number, grouped as people here write it: `{% num _("Votes") row.votes sort="votes" %}`."""
    options = _options(parser, token.split_contents()[1:], "title", "value")
    value = Grouped(options.pop("value"))
    return Col({"css": parser.compile_filter('"num"'), **options}, NodeList([value]))


class Grouped(VariableNode):
    """A value: a number is written 12,34,567, words stay as they are."""

    def render(self, context: Context) -> SafeString:
        return SafeString(conditional_escape(indian(self.filter_expression.resolve(context))))


class Foot(Node):
    """`{% foot %}<tr>…</tr>{% endfoot %}`: what closes a `table`."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:  # noqa: ARG002  # its table draws it
        return SafeString("")


@register.tag
def foot(parser: Parser, token: Token) -> Foot:  # noqa: ARG001  # Django hands it over
    nodelist = parser.parse(("endfoot",))
    parser.delete_first_token()
    return Foot(nodelist)


# --- pages ---


@register.simple_block_tag(takes_context=True)
def leaf(
    context: Context,
    content: str,
    title: str = "",
    *,
    id: str = "",  # noqa: A002  # called as in HTML
    css: str = "mt",
    beside: str = "",
    numbered: bool = False,
) -> SafeString:
    """A section with its heading. beside: what is at the heading's right, made before. css: besides `leaf`."""
    if not title:
        return format_html('<section class="leaf {}">{}</section>', css, content)
    leaf_id = id or next_id(context, "part")
    number = mark_safe('<span class="no"></span>') if numbered else ""
    return format_html(
        '<section class="leaf {}" aria-labelledby="{}"><header><h2 id="{}">{}{}</h2>{}</header>\n{}</section>',
        css,
        leaf_id,
        leaf_id,
        number,
        title,
        beside,
        content,
    )


def _kept(context: Context) -> dict[str, Any]:
    """Return what tags of one page tell each other."""
    kept: dict[str, Any] = context.render_context.dicts[-1]  # type: ignore[assignment]  # a plain dict of the rendering
    return kept


@register.simple_block_tag(takes_context=True)
def title(context: Context, content: str, name: str, *facts: str) -> SafeString:
    """The head of a page: what it is about, facts on it, and inside what can be done from here.

    The page bears this name, unless its block `title` says another. Facts that are more than a word: `fact`, inside.
    """
    kept = _kept(context)
    kept["title"] = name
    fact_spans = [format_html("<span>{}</span>", fact) for fact in facts if fact] + kept.pop("facts", [])
    acts = content.strip()
    return format_html(
        '<div class="title"><h1>{}</h1>{}{}</div>',
        name,
        format_html('<div class="facts">{}</div>', mark_safe("".join(fact_spans))) if fact_spans else "",  # noqa: S308  # escaped above
        format_html('<div class="row push noprint">{}</div>', mark_safe(acts)) if acts else "",  # noqa: S308  # a template's own
    )


@register.simple_block_tag
def more(content: str) -> SafeString:
    """Acts of a title beyond the first few, folded behind one button; nothing where there are none."""
    if not content.strip():
        return SafeString("")
    head = look.icon("more") + escaped(_("More"))
    return mark_safe(  # noqa: S308  # a template's own
        f'<details class="menu noprint"><summary class="button mini secondary">{head}</summary>'
        f"<div>{content}</div></details>"
    )


@register.simple_block_tag(takes_context=True)
def fact(context: Context, content: str, css: str = "") -> str:
    """Add a fact to the title around it; nothing where it is empty."""
    if content := content.strip():
        start = format_html('<span class="{}">', css) if css else "<span>"
        html = mark_safe(f"{start}{content}</span>")  # noqa: S308  # a template's own
        _kept(context).setdefault("facts", []).append(html)
    return ""


@register.simple_tag(takes_context=True)
def page_title(context: Context, name: str = "") -> str:
    """The name of the page, as its heading; without one, what it was called before."""
    kept = _kept(context)
    if name:
        kept["title"] = name
    return str(kept.get("title", ""))


@register.simple_tag
def link(
    label: str,
    page: str,
    /,
    *of: Any,
    css: str = "",
    icon: str = "",
    says: str = "",
    at: str = "",
    **asked: Any,
) -> SafeString:
    """A link; the words alone where there is no page. page: an address, or the name of one and what it takes.

    says: read aloud instead of the label, where a page has several alike. icon: before the label. at: the place in the
    page, as `#tokens`. Whatever else is named is asked of it: `unit=unit.code` is `?unit=N1111`.
    """
    if not page:
        return conditional_escape(label)
    attributes = {"class": css, "href": _address(page, of, asked) + at, "aria-label": says}
    label_html = (look.icon(icon) if icon else "") + conditional_escape(label)
    return mark_safe(f"<a{_html(attributes)}>{label_html}</a>")  # noqa: S308  # escaped, each of them


def _html(attributes: Mapping[str, Any]) -> str:
    """Attributes as HTML has them: nothing for what is empty, the name alone for True."""
    pairs = [
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False and value != ""
    ]
    return "".join(pairs)


@register.simple_tag
def go(label: str, page: str, /, *of: Any, css: str = "secondary", **said: Any) -> SafeString:
    """A link that looks like a button; all else as of `link`."""
    return link(label, page, *of, css=f"button {css}".strip(), **said)


def _address(page: str, of: Sequence[Any], asked: Mapping[str, Any]) -> str:
    """An address as it is, or that of a page by its name; and what is asked of it."""
    path = page if page[0] in "/?#" or "://" in page else address_of(page, *of)
    if not asked:
        return path
    question = urlencode({name: value for name, value in asked.items() if value not in (None, "")})
    joint = "&" if "?" in path.removesuffix("?") else "?"
    return f"{path.removesuffix('?')}{joint}{question}" if question else path


@register.simple_tag
def submit(label: str, *, css: str = "", icon: str = "", says: str = "", **attributes: Any) -> SafeString:
    """The button that sends its form. attributes: as in HTML, such as name and value; icon, says: as of `link`."""
    attrs_html = _html({"class": css, **attributes, "aria-label": says})
    label_html = (look.icon(icon) if icon else "") + conditional_escape(label)
    return mark_safe(f'<button type="submit"{attrs_html}>{label_html}</button>')  # noqa: S308  # escaped, each of them


@register.simple_tag
def hidden(pairs: Iterable[tuple[str, Any]] = (), **fields: Any) -> SafeString:
    """Return what a form sends unseen: pairs of name and value, and what is named here."""
    inputs = [
        f'<input type="hidden" name="{conditional_escape(name)}" value="{conditional_escape(value)}">'
        for name, value in [*pairs, *fields.items()]
    ]
    return mark_safe("".join(inputs))  # noqa: S308  # escaped, each of them


@register.simple_tag
def print_button(css: str = "secondary") -> SafeString:
    return format_html(
        '<button class="{}" type="button" data-print>{}{}</button>', css, look.icon("print"), _("Print")
    )


@register.simple_tag
def badge(label: str, kind: str = "", icon: str = "", css: str = "") -> SafeString:
    """A word on a mark. kind: ok, warn, bad or gap; the first three bring an icon, unless another is named."""
    icon = icon or MARKS.get(kind, "")
    return format_html(
        '<span class="{}">{}{}</span>',
        " ".join(filter(None, ["badge", kind, css])),
        look.icon(icon) if icon else "",
        label,
    )


MARKS = {"ok": "check", "warn": "alert", "bad": "alert"}


@register.simple_block_tag
def pair(content: str, name: str, css: str = "") -> SafeString:
    """One line of a list of facts (`dl`): its name, and inside what it is."""
    html = mark_safe(content.strip())  # noqa: S308  # a template's own
    open_ = format_html('<dd class="{}">', css) if css else mark_safe("<dd>")
    return format_html("<div><dt>{}</dt>{}{}</dd></div>", name, open_, html)


@register.simple_block_tag(takes_context=True)
def post(
    context: Context,
    content: str,
    page: str = "",
    *of: Any,
    css: str = "",
    button: str = "",
    query: str = "",
    asks: bool = False,
    files: bool = False,
    **fields: Any,
) -> SafeString:
    """A form that is sent once, with its key against forgery. page, of: as of `link`; none: to this page.

    button: the words of its one button, after what is inside. query: what follows the address. asks: it is the
    second look at what cannot be taken back. files: it may bring pictures or files. Whatever else is named is sent
    unseen: `about=unit.code`.
    """
    attributes = _html({"action": page and _address(page, of, {}) + query, "class": css})
    attributes += ' enctype="multipart/form-data"' if files else ""
    sent = hidden(csrfmiddlewaretoken=get_token(context["request"]), **fields)
    return mark_safe(  # noqa: S308  # escaped, each of them
        f'<form method="post"{attributes} novalidate data-once{" data-asks" if asks else ""}>'
        f"{sent}{content}{submit(button) if button else ''}</form>"
    )


@register.simple_tag
def way(path: Sequence[tuple[str, str]], css: str = "row small") -> SafeString:
    """The way down to a unit inside a page: (name, address) of each step; the last is where the page is."""
    above = format_html_join(
        "", '<a href="{}">{}</a><span aria-hidden="true">›</span>', ((at, name) for name, at in path[:-1])
    )
    here = format_html_join("", '<b aria-current="page">{}</b>', ((name,) for name, _at in path[-1:]))
    return format_html('<nav class="{}" aria-label="{}">{}{}</nav>', css, _("Where"), above, here)


@register.simple_tag
def copied(label: str, text: str, id: str = "") -> SafeString:  # noqa: A002  # called as in HTML
    """Something to copy as it is, in any language. label: what it is, for the ear."""
    return format_html(
        '<pre class="copied"{} translate="no" tabindex="0" role="region" aria-label="{}">{}</pre>',
        format_html(' id="{}"', id) if id else "",
        label,
        text,
    )


@register.simple_block_tag
def spot(content: str, href: str, words: str, links: bool = True) -> SafeString:
    """A place in a drawing, said in words; it leads somewhere where it has an address. links: by keyboard too."""
    if href:
        aside = "" if links else mark_safe(' tabindex="-1"')
        pattern = '<a href="{}" aria-label="{}"{}><title>{}</title>{}</a>'
        return format_html(pattern, href, words, aside, words, content)
    return format_html('<g role="img" aria-label="{}"><title>{}</title>{}</g>', words, words, content)


@register.simple_tag
def empty(title: str, text: str = "", href: str = "", label: str = "", alone: bool = False) -> SafeString:
    """Nothing here, and why. href, label: of what to do about it. alone: no heading of the page is above it."""
    context = {"title": title, "text": text, "href": href, "label": label, "alone": alone}
    return render_to_string("ui/_empty.html", context)


@register.simple_tag
def note(text: str, kind: str = "", title: str = "", href: str = "", label: str = "") -> SafeString:
    """A note in the page. kind: ok, warn or bad; without one it only informs. href, label: of its link."""
    context = {"text": text, "kind": kind, "title": title, "href": href, "label": label}
    return render_to_string("ui/_message.html", context)


@register.simple_tag
def lines(texts: Sequence[str]) -> SafeString:
    """Sentences one under the other; nothing where there is none."""
    items_html = format_html_join("", "<li>{}</li>", ((line_text,) for line_text in texts))
    return format_html('<ul class="lines" role="list">{}</ul>', items_html) if items_html else SafeString("")


@register.simple_tag(takes_context=True)
def segments(
    context: Context, choices: Sequence[tuple[str, Any, bool]], label: str, by: str = "", at: str = ""
) -> SafeString:
    """A choice between views of one page: (words, address, whether chosen). Nothing where there is no choice.

    by: the second of each is no address but a value of this part of the page's own, `at` the place in it.
    """
    if len(choices) < 2:
        return SafeString("")
    if by:
        choices = [
            (choice_label, look.query(context, page=None, **{by: value}) + at, chosen)
            for choice_label, value, chosen in choices
        ]
    current = {True: ' aria-current="true"', False: ""}
    links = "".join(
        f'<a href="{escaped(href)}"{current[bool(chosen)]}>{escaped(choice_label)}</a>\n'
        for choice_label, href, chosen in choices
    )
    return mark_safe(  # noqa: S308  # every word is escaped
        f'<nav class="seg noprint" aria-label="{escaped(label)}">\n{links}</nav>\n'
    )


@register.inclusion_tag("ui/_form_field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """Return the faults of a field that is drawn by hand."""
    return {"field": field}


@register.simple_tag(takes_context=True)
def piece(context: Context, name: str) -> SafeString:
    """A template made now, to hand to a wrapper: `{% piece "x.html" as legend %}{% leaf … beside=legend %}`."""
    names: dict[str, Any] = context.flatten()  # type: ignore[assignment]  # names, whatever the stubs say
    return render_to_string(name, names)


@register.simple_block_tag
def capture(content: str) -> str:
    """Return the content, to hand to a wrapper: `{% capture as link %}…{% endcapture %}{% leaf … beside=link %}`."""
    return mark_safe(content.strip())  # noqa: S308  # a template's own
