"""Lists: what is declared once is on the page, in its order, on a phone and in both files."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.template import TemplateSyntaxError
from django.test import RequestFactory
from django.utils.translation import gettext_lazy, override

from abhiyan.core.refusals import NotFound
from abhiyan.core.rows import MarkedRows
from abhiyan.ui import lists
from abhiyan.ui.lists import PHONE, Column, Table

from .conftest import Render


@dataclass(frozen=True)
class Stay:
    name: str
    votes: int | None
    on: date | None = None


STAYS = [Stay("Katra", 5), Stay("<b>Reasi", 1_234_567, date(2026, 11, 20)), Stay("=SUM(A1)", None)]
COLUMNS: tuple[Column[Stay], ...] = (
    Column("name", gettext_lazy("Name"), lambda row: row.name, order=True, is_name=True),
    Column("votes", gettext_lazy("Target"), lambda row: row.votes, order=True, css="num"),
    Column("on", gettext_lazy("Day"), lambda row: row.on, css="nums"),
    Column("size", "Size", lambda row: len(row.name), only_in_file=True),
    Column("acts", gettext_lazy("Name"), is_for_acts=True),
)


def table(query: str = "", rows: Any = STAYS, **how: Any) -> Table[Stay]:
    request = RequestFactory().get(f"/?{query}")
    return Table(request, COLUMNS, rows, **({"name": "stays", "caption": "Stays", "sort": "name"} | how))


LIST = (
    '{% list table empty="None yet" text="Later." too_long="Choose a unit" %}'
    '{% cell "acts" %} {% if row.votes %}<a href="?{{ row.votes }}">Change</a>{% endif %} {% endcell %}'
    "{% endlist %}"
)


def names(of: Table[Stay]) -> list[str]:
    return [row.name for row in of.leaf.rows]


def test_a_cell_shows_its_value_as_people_write_it_unless_the_template_draws_it(render: Render) -> None:
    page = render(LIST, table=table())
    assert '<th scope="row">&lt;b&gt;Reasi</th>' in page
    assert (
        '<td class="num" data-l="Target">12,34,567</td><td class="nums" data-l="Day">20 Nov 2026</td>' in page
    )
    assert '<td><a href="?5">Change</a></td>' in page
    assert '<td class="num" data-l="Target">–</td><td class="nums" data-l="Day">–</td><td></td>' in page
    assert "Size" not in page and '<span class="vh">Name</span>' in page
    assert "Showing 1–3 of 3" in page


def test_a_list_sorts_by_what_it_declares_and_those_without_a_value_come_last() -> None:
    assert names(table()) == ["<b>Reasi", "=SUM(A1)", "Katra"]
    assert names(table("sort=-name")) == ["Katra", "=SUM(A1)", "<b>Reasi"]
    assert names(table("sort=votes")) == ["Katra", "<b>Reasi", "=SUM(A1)"]
    assert names(table("sort=-votes")) == ["<b>Reasi", "Katra", "=SUM(A1)"]
    for nonsense in ("on", "password", "--name", "%00"):
        assert names(table(f"sort={nonsense}")) == names(table())
    assert names(table(sort="")) == [one.name for one in STAYS], "as they come"


def test_both_files_hold_every_row_in_the_order_of_the_page_and_no_formula() -> None:
    many = [Stay(f"Unit {n:03}", n) for n in range(120)] + STAYS
    response: Any = table("sort=-votes&format=csv", many).file()
    lines = response.getvalue().decode().removeprefix("\ufeff").splitlines()
    assert lines[:2] == ["Name,Target,Day,Size", "<b>Reasi,1234567,2026-11-20,8"]
    assert lines[-1] == "'=SUM(A1),,,8" and len(lines) == 124
    response = table("sort=-votes&format=xlsx", many).file()
    assert response["Content-Disposition"] == 'attachment; filename="stays.xlsx"'
    assert response["Cache-Control"] == "no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1] == ["<b>Reasi", 1_234_567, datetime(2026, 11, 20), 8]  # sheets know no zones
    assert rows[-1] == ["=SUM(A1)", None, None, 8] and len(rows) == 124
    last = sheet.cell(124, 1)
    assert (last.data_type, last.quotePrefix) == ("s", True)


def test_a_file_speaks_the_language_of_its_page_when_it_is_read_out_later() -> None:
    with override("hi"):
        response: Any = table("format=csv", [Stay("Katra", 1, None)]).file()
    with override("en"):
        assert "नाम" in response.getvalue().decode()


def test_a_file_that_is_cut_says_so() -> None:
    response: Any = table("format=csv", longest_file=2).file()
    lines = response.getvalue().decode().splitlines()
    assert len(lines) == 4 and lines[3].startswith("There are more")
    response = table("format=csv", longest_file=3).file()
    assert "There are more" not in response.getvalue().decode()


def test_a_column_left_out_is_left_out_everywhere(render: Render) -> None:
    page = render(LIST, table=table(without={"acts", "votes"}))
    assert "Target" not in page and "Change" not in page
    response: Any = table("format=csv&sort=votes", without={"votes"}).file()
    assert "Target" not in response.getvalue().decode()


def test_a_cell_for_a_column_that_nobody_declared_is_a_mistake(render: Render) -> None:
    with pytest.raises(TemplateSyntaxError, match="elsewhere"):
        render('{% list table empty="" %}{% cell "elsewhere" %}{% endcell %}{% endlist %}', table=table())


def test_a_cell_may_dress_what_the_column_shows_by_itself(render: Render) -> None:
    page = render(
        '{% list table empty="" %}{% cell "name" %}<b>{{ value }}</b>{% endcell %}{% endlist %}',
        table=table(),
    )
    assert '<th scope="row"><b>&lt;b&gt;Reasi</b></th>' in page


class Nobody:
    """Nobody may ask for names, as `lists.Approvals`."""

    def offers(self, _table: Table[Any]) -> bool:
        return False

    def page(self, table: Table[Any]) -> Any:
        raise NotFound(field=table.name)


def test_a_name_is_in_no_file_without_approval_and_the_page_says_so(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_approvals", Nobody())
    led: Column[Stay] = Column("led", "Led by", lambda _row: "Asha Devi", names_people=True)
    how: dict[str, Any] = {"name": "x", "caption": "x"}
    listed = Table(RequestFactory().get("/?format=csv"), [*COLUMNS, led], STAYS, **how)
    response: Any = listed.file()
    assert "Asha" not in response.getvalue().decode()
    page = render('{% list table empty="" %}{% endlist %}', table=listed)
    assert "Asha Devi" in page and "Files leave out names." in page and "format=xlsx" in page
    assert "With names" not in page, "where nobody may ask"
    people: Column[Stay] = Column("name", "Name", lambda row: row.name, is_name=True, names_people=True)
    listed = Table(RequestFactory().get("/?format=csv"), [people, led], STAYS, **how)
    with pytest.raises(NotFound):
        listed.file()
    assert "format=" not in render('{% list table empty="" %}{% endlist %}', table=listed)


def test_an_empty_list_says_why(render: Render) -> None:
    page = render(LIST, table=table(rows=[]))
    assert "None yet" in page and "Later." in page and "<table" not in page


def test_rows_read_together_are_finished_together() -> None:
    seen: list[int] = []

    def finish(rows: list[Stay]) -> list[Stay]:
        seen.append(len(rows))
        return rows

    many = [Stay(f"Unit {n:03}", n) for n in range(120)]
    assert len(table(rows=many, finish=finish).leaf.rows) == 50
    response: Any = table("format=csv", many, finish=finish).file()
    assert len(response.getvalue().splitlines()) == 121
    assert seen == [50, 120]


def test_moments_are_shown_and_written_in_the_zone_of_the_page(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    moment = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    column: Column[datetime] = Column("at", "At", lambda row: row)
    assert column.drawn(moment) == "21 Nov 2026, 01:30"
    at = Table(RequestFactory().get("/?format=csv"), [column], [moment], name="x", caption="x")
    response: Any = at.file()
    assert "2026-11-21 01:30:00+05:30" in response.getvalue().decode()


@pytest.mark.parametrize(("css", "label"), [("num", True), ("nums", True), ("", False)])
def test_a_row_named_by_a_number_or_a_day_says_of_what(css: str, label: bool) -> None:
    opening = Column("n", "Checks", lambda _row: 40, css=css, is_name=True).opening()
    assert (' data-l="Checks"' in opening) == label


class Numbered(MarkedRows[Stay]):
    """Seven stays, each page after the votes of the last one."""

    kinds = (int,)

    def mark(self, row: Stay) -> Sequence[object]:
        return (row.votes,)

    def after(self, mark: Sequence[Any] | None, most: int) -> list[Stay]:
        return [row for row in self.each() if mark is None or (row.votes or 0) > mark[0]][:most]

    def each(self) -> Iterator[Stay]:
        return (Stay(f"Stay {n}", n) for n in range(1, 8))


def test_rows_with_marks_are_read_page_after_page_and_whole_in_a_file(render: Render) -> None:
    rows = Numbered()
    rows.total = 7
    seen, query = [], ""
    while True:
        one = table(query, rows, per=3)
        seen.append((names(one), one.leaf.first, one.leaf.total))
        assert ('rel="next"' in render(LIST, table=one)) == one.leaf.more
        if not one.leaf.more:
            break
        query = f"after={one.leaf.after}"
    assert seen == [
        (["Stay 1", "Stay 2", "Stay 3"], 1, 7),
        (["Stay 4", "Stay 5", "Stay 6"], 4, 7),
        (["Stay 7"], 7, 7),
    ]
    assert names(table("page=3&sort=votes", rows, per=3)) == seen[0][0], "it has one order, and no numbers"
    whole = table("format=csv", rows, per=3)
    assert whole.counted(4) == 7 and table("", Numbered(), per=3).counted(4) == 5
    file: Any = whole.file()
    assert b"".join(file.streaming_content).count(b"Stay ") == 7


@pytest.mark.parametrize("css", ["", "num", "num wide", "nums wide", "wraps", "num under", "end", "num pct"])
@pytest.mark.parametrize("is_brief", [True, False])
def test_a_phone_shows_the_column_that_orders_the_rows(css: str, is_brief: bool) -> None:
    columns: tuple[Column[tuple[str, int, int]], ...] = (
        Column("name", "Name", lambda row: row[0], order=True, is_name=True),
        Column("gap", "People missing", lambda row: row[1], order=True, css=css),
        Column("share", "Share", lambda row: row[2], order=True, css="num"),
    )
    request = RequestFactory().get("/", {"sort": "-gap"})
    rows = [("Katra", 40, 3), ("Pouni", 7, 9)]
    page = Table(request, columns, rows, name="x", caption="Units", sort="name", is_brief=is_brief).drawn(
        [], {}
    )
    (shown,) = set(re.findall(r'<td class="([^"]*)" data-l="People missing">', page))
    assert "wide" not in shown.split() and PHONE.intersection(shown.split())
    assert '<td class="num" data-l="Share">' in page, "what does not order the rows stays as it is"
