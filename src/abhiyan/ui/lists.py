"""A list: its columns are declared once, and the page, its order, the cards on a phone and the files follow.

COLUMNS = (Column("name", _("Name"), lambda row: row.name, is_name=True), …)  # once.
table = Table(request, COLUMNS, rows, name="stays", caption=_("Stays"), sort="name")  # in the view.
return answer(request, "stays/stay_list.html", table, {…})  # {% list table empty=_("No stay yet") %}{% endlist %}
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from itertools import islice
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from abhiyan.core.natural import natural
from abhiyan.core.refusals import NotFound
from abhiyan.core.rows import MarkedRows, Rows

from . import bearers, numbers, tables
from .drawing import escaped

Row = TypeVar("Row")
R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")
AT_ONCE = 2_000  # rows of a file that are read, and finished, together
NAMED = "names"  # ?format=names: where a second person is asked for a file with names

PHONE = frozenset({"under", "end", "pct"})  # classes of cells that a phone shows in a brief table


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """value: of the file, and of the cell unless the template draws that one (`{% cell "key" %}`).

    A column without a value is the template's alone. order: a field of the query set (or several), a key of plain
    rows, or True: the value. Rows of `core.rows` sort by each key they have an order for. css: "num" for numbers,
    which open largest first. is_name: names the row; on a phone it is the head of the card. is_for_acts: holds
    buttons, so its title is heard, not seen. names_people: a name or number of somebody, or words about them: in a file
    only once a second person has approved it (`Approvals`). If such a column
    names the row, the whole file waits for it too.
    account: whose name it is, of an office-bearer (`ui.bearers`). is_handed: the day's work shows it to the reader.
    """

    key: str
    title: str | Promise
    value: Callable[[Row], Any] | None = None
    order: str | tuple[str, ...] | Callable[[Row], Any] | bool = False
    css: str = ""
    is_name: bool = False
    only_in_file: bool = False
    is_for_acts: bool = False
    names_people: bool = False
    account: Callable[[Row], int | None] | None = None
    is_handed: bool = False

    @property
    def is_number(self) -> bool:
        return "num" in self.css.split()

    def drawn(self, row: Row) -> str:
        """The value as people write it, escaped; nothing for a column without."""
        return escaped(shown_value(self.value(row))) if self.value is not None else ""

    def in_file(self, row: Row, left_out: Container[int]) -> Any:
        """The value for a file; of an account that is left out, words in its place."""
        assert self.value is not None
        if self.account is not None and not self.is_handed and self.account(row) in left_out:
            return bearers.NOT_SHOWN
        return self.value(row)

    def opening(self, sorted_by: str = "") -> str:
        """Open each cell: its tag, class and label. sorted_by: the key of the column that orders the rows.

        A phone leaves columns out, but never the one that orders the rows: nobody would see why they come so.
        """
        parts = self.css.split()
        if self.key and self.key == sorted_by and not self.is_name and not PHONE.intersection(parts):
            parts = [*(part for part in parts if part != "wide"), "under", "by"]
        css = f' class="{" ".join(parts)}"' if parts else ""
        label = f' data-l="{escaped(self.title)}"'
        if self.is_name:  # words say what they name; a number or a day alone does not
            is_bare = self.is_number or "nums" in parts
            return f'<th scope="row"{css}{label if is_bare else ""}>'
        return f"<td{css}{'' if self.is_for_acts else label}>"

    def closing(self) -> str:
        return "</th>" if self.is_name else "</td>"


def shown_value(value: Any) -> str:
    """A value as people write it: a dash for nothing, 2 March 2026, 12,34,567."""
    if value is None or value == "":
        return numbers.NONE
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return numbers.grouped(value) if isinstance(value, int) else str(value)


def _plain(value: Any) -> Any:
    """The same for a file: numbers and days keep their type, moments are in the zone of the page."""
    if isinstance(value, bool):
        return shown_value(value)
    if isinstance(value, datetime):
        return timezone.localtime(value)
    return value if value is None or isinstance(value, (int, float, date)) else str(value)


class Table(Generic[Row]):
    """One list as one request asked for it. Nothing is read before it is drawn or written.

    rows: a list, a query set, or the `Rows` or `MarkedRows` of `core.rows`. sort: the first order; "" keeps the rows
    as they come. finish: rows read together -> the same with what one more query knows of them. is_counted: False
    where counting costs more than the page; total: how many there are, where that is known already. hidden: what the
    list leaves out, in words. without: columns left out this time, of the files too. name: of the files.
    longest_file: its most rows; where there are more, its last line says so. is_brief: two lines a row on a phone.

    For files with names. unit_id: whose rows they are, None for those of the reader's own office. narrowed: the form
    that narrows them.
    """

    def __init__(
        self,
        request: HttpRequest,
        columns: Iterable[Column[Row]],
        rows: "Sequence[Any] | QuerySet[Any] | MarkedRows[Any]",
        *,
        name: str,
        caption: str | Promise,
        sort: str = "",
        finish: Callable[[list[Any]], Sequence[Row]] = list,
        is_counted: bool = True,
        total: int | None = None,
        longest_file: int = tables.DEEPEST_ROW,
        is_numbered: bool = True,
        per: int = tables.PER_PAGE,
        hidden: str | Promise = "",
        without: Container[str] = (),
        is_brief: bool = False,
        unit_id: int | None = None,
        narrowed: forms.BaseForm | None = None,
    ) -> None:
        self.request, self.name, self.caption, self.hidden = request, name, caption, hidden
        self.unit_id, self.narrowed = unit_id, narrowed
        self.css = "tbl cards brief" if is_brief else "tbl cards"
        self.declared = tuple(columns)
        self.columns = [column for column in self.declared if column.key not in without]
        self.is_numbered, self.longest_file, self._per = is_numbered, longest_file, per
        self._finish = finish
        self.total = _counted(rows) if is_counted and total is None else total
        self.is_too_long = isinstance(rows, Rows) and self.total is None
        self.orders = (
            {}
            if self.is_too_long
            else {column.key: column for column in self.columns if _sorts(column, rows)}
        )
        self.sorting = self._asked(sort)
        self._rows = self._in_order(rows)

    def _asked(self, otherwise: str) -> tables.Sorting | None:
        sort_key = self.request.GET.get("sort", "")
        sort_key = sort_key if sort_key.removeprefix("-") in self.orders else otherwise
        key = sort_key.removeprefix("-")
        return tables.Sorting(key, sort_key.startswith("-"), ()) if key in self.orders else None

    def _in_order(self, rows: Any) -> Any:
        if self.sorting is None:
            return rows
        column, descending = self.orders[self.sorting.key], self.sorting.descending
        if isinstance(rows, Rows):
            return rows.ordered(column.key, descending=descending)
        if isinstance(rows, QuerySet):
            fields = (column.order,) if isinstance(column.order, str) else column.order
            assert isinstance(fields, tuple), column.key
            return rows.order_by(*(f"{'-' if descending else ''}{field}" for field in fields), "pk")
        key: Any = column.value if column.order is True else column.order
        keyed_rows = [(key(row), row) for row in rows]
        known_pairs = [pair for pair in keyed_rows if pair[0] is not None]
        known_pairs.sort(key=lambda each: _as_counted(each[0]), reverse=descending)
        return [row for _key, row in known_pairs] + [row for value, row in keyed_rows if value is None]

    @cached_property
    def leaf(self) -> tables.Leaf:
        """The page of it that was asked for."""
        rows, query = self._rows, self.request.GET
        if isinstance(rows, MarkedRows):
            leaf = tables.read_on(query, rows.after, kinds=rows.kinds, key=rows.mark, per=self._per)
            leaf = leaf if self.total is None else replace(leaf, total=self.total)
        else:
            leaf = tables.numbered(rows, query, total=self.total, per=self._per)
        return leaf.with_rows(self._finish)

    def __bool__(self) -> bool:
        return bool(self.leaf.rows)

    @property
    def file_kind(self) -> str:
        """Return what `?format=` asks for: csv, xlsx, or the page where a file with names is asked for; else
        nothing."""
        return file_asked(self.request)

    def file(self) -> HttpResponseBase:
        """The whole list in its order, as the file that was asked for."""
        kind = self.file_kind
        return self.written(kind) if kind in tables.FILES and self.is_open else self.ask_for_file()

    def ask_for_file(self) -> HttpResponseBase:
        """The page where a second person is asked for the file with names, at the list's own address.

        Its form is sent to the same address (`page_with_list`), which alone says what the file holds. Refuses
        readers who may not ask.
        """
        return _approvals.page(self)

    def written(self, kind: str, *, with_names: bool = False) -> HttpResponseBase:
        """The file itself. with_names: a second person has approved them."""
        columns = self._columns(with_names=with_names)
        head = [str(column.title) for column in columns]
        return tables.file_response(self.name, kind, head, self._lines(columns))

    @property
    def is_open(self) -> bool:
        """Return True if it may be a file without approval: its rows are no people."""
        return not any(column.is_name for column in self.naming)

    @property
    def naming(self) -> list[Column[Row]]:
        """Columns that are in no file without approval."""
        return [column for column in self.columns if column.value is not None and column.names_people]

    @property
    def offers_names(self) -> bool:
        """Return True if this reader may ask for a file with names."""
        return bool(self.naming) and _approvals.offers(self)

    def titles(self) -> list[str]:
        """Return the titles of all columns of a file with names."""
        return [str(column.title) for column in self._columns(with_names=True)]

    def counted(self, most: int) -> int:
        """Return how many rows there are; one more than `most` where there are more."""
        rows = self._rows
        if self.total is not None:
            return self.total
        if isinstance(rows, Rows):
            n = rows.counted(most)
            return most + 1 if n is None else n
        if isinstance(rows, MarkedRows):
            return sum(1 for _row in islice(rows.each(), most + 1))
        return int(rows[: most + 1].count()) if isinstance(rows, QuerySet) else len(rows)

    def _lines(self, columns: Sequence[Column[Row]]) -> Iterator[list[Any]]:
        every = enumerate(self._every())
        while some := list(islice(every, AT_ONCE)):
            left_out = self._names_left_out(columns, [row for _number, row in some])
            for number, row in some:
                if number == self.longest_file:
                    yield [_("There are more. Narrow the list and export again.")]
                    return
                yield [_plain(column.in_file(row, left_out)) for column in columns]

    def _names_left_out(self, columns: Sequence[Column[Row]], some: Sequence[Row]) -> Collection[int]:
        """The accounts whose names a file leaves out. A column that hands out the day's work leaves out none."""
        readers = [
            column.account for column in columns if column.account is not None and not column.is_handed
        ]
        whose = {account for read_account in readers for row in some if (account := read_account(row))}
        return bearers.names_left_out(self.request, whose)

    def _columns(self, *, with_names: bool) -> list[Column[Row]]:
        """The columns of a file."""
        return [
            column
            for column in self.columns
            if column.value is not None and (with_names or not column.names_people)
        ]

    def _every(self) -> Iterator[Row]:
        """Each row up to the first that a file does not hold."""
        rows = self._rows
        if isinstance(rows, Rows):
            row_iterator: Iterator[Any] = rows.each(at_once=AT_ONCE)
        elif isinstance(rows, MarkedRows):
            row_iterator = rows.each()
        elif isinstance(rows, QuerySet):
            row_iterator = rows[: self.longest_file + 1].iterator(chunk_size=AT_ONCE)
        else:
            row_iterator = iter(rows)
        while some := list(islice(row_iterator, AT_ONCE)):
            yield from self._finish(some)

    @property
    def seen(self) -> list[Column[Row]]:
        """The columns of the page."""
        return [column for column in self.columns if not column.only_in_file]

    def drawn(self, heads: Iterable[str], cells_of: Mapping[str, Callable[[Row], str]]) -> SafeString:
        """The table with the rows of its page. cells_of: columns the template draws itself."""
        by = self.sorting.key if self.sorting else ""
        cells = [
            (column.opening(by), cells_of.get(column.key, column.drawn), column.closing())
            for column in self.seen
        ]
        rows = [
            ("", "".join([f"{start}{draw(row)}{end}" for start, draw, end in cells]))
            for row in self.leaf.rows
        ]
        first = self.leaf.first if self.is_numbered else None
        return draw_table(self.caption, heads, rows, first=first, css=self.css)


def draw_table(
    caption: str | Promise,
    heads: Iterable[str],
    rows: Iterable[tuple[str, str]],
    *,
    first: int | None = None,
    foot: str = "",
    css: str = "tbl cards",
) -> SafeString:
    """A table out of what is drawn already. rows: class and cells of each; first: the number of the first of them."""
    # Named apart from its section: a screen reader lists both.
    region = escaped(_("Table: %(name)s") % {"name": caption})
    head = "".join(heads)
    if first is not None:
        serial = escaped(_("Serial"))
        head = f'<th scope="col" class="sn"><span class="vh">{serial}</span></th>{head}'
    body = []
    for number, (chosen, cells) in enumerate(rows, first or 0):
        sn = f'<td class="sn">{number}</td>' if first is not None else ""
        body.append(f"<tr{chosen}>{sn}{cells}</tr>\n")
    return mark_safe(  # noqa: S308  # every word is escaped
        f'<div class="scroll" tabindex="0" role="region" aria-label="{region}">'
        f'<table class="{css}"><caption class="vh">{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{''.join(body)}</tbody>{foot}</table></div>\n"
    )


def _as_counted(value: Any) -> Any:
    """A value to sort by: of a text its natural order."""
    if isinstance(value, str | Promise):
        return natural(str(value))
    return tuple(map(_as_counted, value)) if isinstance(value, tuple) else value


def _counted(rows: Any) -> int | None:
    if isinstance(rows, Rows):
        return rows.counted(tables.DEEPEST_ROW)
    if isinstance(rows, MarkedRows):
        return rows.total
    return int(rows.count()) if isinstance(rows, QuerySet) else len(rows)


def _sorts(column: Column[Any], rows: Any) -> bool:
    if isinstance(rows, MarkedRows):
        return False
    return column.key in rows.orders if isinstance(rows, Rows) else bool(column.order)


class Approvals(Protocol):
    """How a second person's approval lets names into a file: ui knows neither people nor offices."""

    def offers(self, table: Table[Any]) -> bool:
        """Return True if the reader of this list may ask."""

    def page(self, table: Table[Any]) -> HttpResponseBase:
        """At the list's own address: asks, waits, and gives the file once. Refuses who may not."""


class _Nobody:
    def offers(self, table: Table[Any]) -> bool:  # noqa: ARG002  # as `Approvals`
        return False

    def page(self, table: Table[Any]) -> HttpResponseBase:  # noqa: ARG002  # as `Approvals`
        raise NotFound


_approvals: Approvals = _Nobody()


def approved_by(approvals: Approvals) -> None:
    """Call this once, in the ready() of the room that knows who approves."""
    global _approvals  # registered once
    _approvals = approvals


def file_asked(request: HttpRequest) -> str:
    """Return what `?format=` asks for: csv, xlsx, or the page where a file with names is asked for; else nothing."""
    return NAMED if request.GET.get("format") == NAMED else tables.file_kind(request.GET)


def page_with_list(
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Makes a view of a list: people look at it, and send it the form of `Table.ask_for_file`. Another form is 405.

    Such a view reads its list from the address alone, never from what is sent.
    """

    @wraps(view)
    def looked_at(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        asks = request.method == "POST" and file_asked(request) == NAMED
        if asks or request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET", "HEAD"])

    return looked_at


def list_response(
    request: HttpRequest, template: str, table: Table[Any], context: Mapping[str, Any], *, status: int = 200
) -> HttpResponseBase:
    """The file that was asked for, else the page; `table` is in its context."""
    if table.file_kind and status == 200:  # a refused act answers with its page
        return table.file()
    # read here, not in the middle of the page: a refusal still becomes its own answer
    return render(request, template, {**context, "table": table, "leaf": table.leaf}, status=status)
