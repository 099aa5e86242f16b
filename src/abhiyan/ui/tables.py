"""Lists on the server: order, pages, and an export of exactly what is shown.

A view reads the order and the page from the query string with these, and gives `sorting` and `leaf` to its template.
The tags `sort_header` and `pager` do the rest.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Q, QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.utils.translation import get_language, override

from abhiyan.core.numbers import whole_number
from abhiyan.imports.tables.writing import csv_chunks, write_xlsx

PER_PAGE = 50
# Past this many rows an OFFSET costs more than anybody reads: filter, or use `following`.
DEEPEST_ROW = 20_000


@dataclass(frozen=True)
class Sorting:
    """The order of a list. `key` names a column of the table, not of the database."""

    key: str
    descending: bool
    order_by: tuple[str, ...]


def sorting(
    query: QueryDict, columns: Mapping[str, str | Sequence[str]], *, default: str, last: str = "pk"
) -> Sorting:
    """Reads `?sort=-counted`; what is not in `columns` is the default. `last` settles ties, so pages never overlap.

    columns: a column's key, and the field or fields of the query set it is ordered by.
    """
    sort_key = query.get("sort", "")
    if sort_key.removeprefix("-") not in columns:
        sort_key = default
    key, descending = sort_key.removeprefix("-"), sort_key.startswith("-")
    named = columns[key]
    ordered = (named,) if isinstance(named, str) else tuple(named)
    sign = "-" if descending else ""
    order_by = [f"{sign}{field}" for field in ordered]
    if last and last not in ordered:
        order_by.append(last)
    return Sorting(key=key, descending=descending, order_by=tuple(order_by))


@dataclass(frozen=True)
class Leaf:
    """One page of a list. `total` is None where counting would cost more than the page itself.

    number, pages: for numbered pages. after: where the next page begins, for lists read one after the other.
    """

    rows: Sequence[Any]
    first: int
    last: int
    total: int | None
    more: bool
    number: int | None = None
    pages: int | None = None
    after: str = ""
    is_first: bool = True

    def with_rows(self, finish: Callable[[list[Any]], Sequence[Any]]) -> "Leaf":
        """The same page, its rows told more of."""
        return replace(self, rows=finish(list(self.rows)))

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to show: the first, the last, those around this one; None where some are left out."""
        if not self.number or not self.pages:
            return []
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        page_numbers: list[int | None] = []
        for page in sorted(page for page in near if 1 <= page <= self.pages):
            if page_numbers and page - (page_numbers[-1] or 0) > 1:
                page_numbers.append(None)
            page_numbers.append(page)
        return page_numbers


def numbered(
    rows: "QuerySet[Any] | Sequence[Any]",
    query: QueryDict,
    *,
    total: int | None = None,
    per: int = PER_PAGE,
) -> Leaf:
    """The page named by `?page=3`. Reads one row more than it shows; never counts by itself: give `total` if known."""
    text = query.get("page", "1")
    number = whole_number(text, most=10**6) or 1
    deepest = DEEPEST_ROW // per
    pages = None if total is None else max(1, min(-(-total // per), deepest))
    number = max(1, min(number, pages or deepest))
    start = (number - 1) * per
    page_rows = list(rows[start : start + per + 1])
    leaf_rows = page_rows[:per]
    return Leaf(
        rows=leaf_rows,
        first=start + 1 if leaf_rows else 0,
        last=start + len(leaf_rows),
        total=total,
        more=len(page_rows) > per,
        number=number,
        pages=pages,
        is_first=number == 1,
    )


def following(rows: "QuerySet[Any]", query: QueryDict, *, keys: Sequence[str], per: int = PER_PAGE) -> Leaf:
    """The page after `?after=…`: begins where the last row shown ended, so the last page is as fast as the first.

    keys: fields that together are unique and never null, in order, each with `-` for descending. A mangled
    `after` is the first page.
    """
    names = [key.removeprefix("-") for key in keys]
    instants = {field.name for field in rows.model._meta.get_fields() if isinstance(field, DateTimeField)}
    begins = read_page_mark(query.get("after", ""), *(instant if name in instants else str for name in names))
    skipped = 0
    if begins:
        last_shown, values = begins
        beyond = Q()
        for place, key in enumerate(keys):
            same = Q(**dict(zip(names[:place], values[:place], strict=True)))
            way = "lt" if key.startswith("-") else "gt"
            beyond |= same & Q(**{f"{names[place]}__{way}": values[place]})
        try:
            rows = rows.filter(beyond)
            skipped = last_shown
        except (ValueError, TypeError, ValidationError):  # a value that is none for its field
            begins = None
    page_rows = list(rows.order_by(*keys)[: per + 1])
    return _leaf(
        page_rows, per, skipped, lambda row: [_value(row, name) for name in names], is_first=not begins
    )


def read_on(
    query: QueryDict,
    read: Callable[[list[Any] | None, int], Sequence[Any]],
    *,
    kinds: Sequence[Callable[[str], Any]],
    key: Callable[[Any], Sequence[object]],
    per: int = PER_PAGE,
) -> Leaf:
    """The same for rows that come from `read(mark, limit)`; mark: the last row's keys, None on the first page.

    kinds: how each key is read back (see `read_page_mark`). key: a row's keys.
    """
    begins = read_page_mark(query.get("after", ""), *kinds)
    skipped, mark = begins or (0, None)
    return _leaf(read(mark, per + 1), per, skipped, key, is_first=mark is None)


def _leaf(
    found: Sequence[Any], per: int, skipped: int, key: Callable[[Any], Sequence[object]], *, is_first: bool
) -> Leaf:
    leaf_rows = found[:per]
    more = len(found) > per
    last = skipped + len(leaf_rows)
    return Leaf(
        rows=leaf_rows,
        first=skipped + 1 if leaf_rows else 0,
        last=last,
        total=None if more else last,
        more=more,
        after=page_mark(last, *key(leaf_rows[-1])) if more else "",
        is_first=is_first,
    )


def _value(row: Any, name: str) -> str:
    return str(row[name] if isinstance(row, Mapping) else getattr(row, name))


def page_mark(last: int, *values: object) -> str:
    """The mark where a page ended, for `?after=`: how many rows were shown so far, and the last one's keys."""
    return base64.urlsafe_b64encode(json.dumps([last, *map(str, values)]).encode()).decode().rstrip("=")


def read_page_mark(text: str, *kinds: Callable[[str], Any]) -> tuple[int, list[Any]] | None:
    """Return what `page_mark` put into a mark, each key read by its kind (`UUID`, `instant`); None for a mangled one. A
    kind raises ValueError for what the database would choke on."""
    try:
        last, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if type(last) is not int or not 0 <= last < 10**12:
            return None
        if not all(isinstance(value, str) and "\0" not in value for value in values):
            return None
        return last, [kind(value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None


def instant(text: str) -> datetime:
    """An aware moment PostgreSQL can hold, in UTC; ValueError for any other."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError("a moment beyond the calendar") from beyond


def _in_language(language: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each piece made in the language of the page: it is read out after the request has left that language."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_kind(query: QueryDict) -> str:
    """csv or xlsx, where the page was asked for as a file (`?format=`); else nothing."""
    file_format = query.get("format", "")
    return file_format if file_format in FILES else ""


def file_response(
    name: str, kind: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse | StreamingHttpResponse:
    """A list as a download that nobody keeps. kind: csv, streamed, or xlsx. name: Latin letters, digits, dashes."""
    response: HttpResponse | StreamingHttpResponse
    if kind == "csv":
        pieces = _in_language(get_language() or "en", csv_chunks(rows, head))
        response = StreamingHttpResponse(pieces, content_type=FILES[kind])
    else:
        book = BytesIO()
        write_xlsx(book, rows, head)
        response = HttpResponse(book.getvalue(), content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response
