"""A form's workbook names what it holds beside its questions, in every format, before a draft is made."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from abhiyan.forms import sheets
from abhiyan.forms.models import Form
from abhiyan.imports.tests.workbooks import ERROR, FORMATS, UNCALCULATED, MadeSheet
from abhiyan.org.tests.make import World
from abhiyan.people.tests.make import browser

from .test_form_pages import at
from .test_sheets import told, unread

BOOKS = {ending: write for ending, write in FORMATS.items() if ending != "csv"}  # a form has several sheets
UNSEEN = (
    "Sheet {name}: This old format does not show us hidden rows, comments and failed formulas (#REF!, #N/A). "
    "If the sheet has any, save it as .xlsx."
)


def form(**more: Any) -> MadeSheet:
    rows = [
        ["type", "name", "label"],
        ["text", "place", "Where?"],
        ["select_one need", "need", "What is needed?"],
        ["integer", "people", "How many people?"],
    ]
    choices = [
        ["list_name", "name", "label"],
        ["need", "tap", "A tap"],
        ["need", "road", "A road"],
        ["need", "lamp", "A lamp"],
    ]
    others = [MadeSheet(choices, "choices"), *more.pop("others", [])]
    return MadeSheet(rows, "survey", others=others, **more)


def merged_choices() -> MadeSheet:
    sheet = form()
    sheet.others[0].merged = [(1, 0, 3, 0)]
    sheet.others[0].rows[2][0] = sheet.others[0].rows[3][0] = ""
    return sheet


@pytest.mark.parametrize("ending", BOOKS)
@pytest.mark.parametrize(
    ("sheet", "text", "is_in_xls"),
    [
        (form(hidden_rows={2}), "survey: Rows hidden in the sheet are read like the others: 3.", False),
        (form(hidden_columns={1}), "survey: Columns hidden in the sheet are read like the others: B.", False),
        (form(comments={(3, 2): "per visit"}), "survey: Comments on cells are not read: C4.", False),
        (form(is_drawn=True), "survey: Pictures, charts and text boxes on the sheet are not read.", False),
        (
            merged_choices(),
            "choices: The value of merged cells holds for each of their rows: A2:A4.",
            True,
        ),
        (
            form(others=[MadeSheet([["x"]], "old", state="hidden")]),
            "old, row 1: This sheet is not read.",
            True,
        ),
    ],
)
def test_each_part_of_a_form_is_named(sheet: MadeSheet, text: str, is_in_xls: bool, ending: str) -> None:
    expected = [f"Sheet {text}"] if is_in_xls or ending != "xls" else []
    if ending == "xls":
        expected += [UNSEEN.format(name=name) for name in ("survey", "choices")]
    data = BOOKS[ending](sheet)
    assert sorted(unread(data)) == sorted(expected)
    with translation.override("en"):
        questions = sheets.read_sheet(data).questions
    assert [one.key for one in questions] == ["place", "need", "people"]
    assert [one.code for one in questions[1].choices] == ["tap", "road", "lamp"]


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
@pytest.mark.parametrize(("row", "column"), [(1, 2), (2, 0), (3, 1), (3, 2)])
@pytest.mark.parametrize(
    ("text", "why"),
    [(ERROR, "holds an error of the sheet"), (UNCALCULATED, "is a formula without a result")],
)
def test_a_cell_without_a_value_is_no_question(
    row: int, column: int, text: str, why: str, ending: str
) -> None:
    sheet = form()
    sheet.rows[row][column] = text
    (said,) = told(BOOKS[ending](sheet))
    head = sheet.rows[0][column]
    assert said.startswith(f"Sheet survey, row {row + 1}: {head} {why}")


def test_a_choice_without_a_value_is_no_choice() -> None:
    sheet = form()
    sheet.others[0].rows[2][2] = ERROR
    (said,) = told(BOOKS["xlsx"](sheet))
    assert said.startswith("Sheet choices, row 3: label holds an error of the sheet")


def test_the_parts_are_said_in_the_readers_language() -> None:
    with translation.override("hi"):
        (said,) = sheets.read_sheet(BOOKS["xlsx"](form(hidden_rows={2}))).unread
    assert said == "शीट survey: शीट में छिपी पंक्तियाँ भी बाकी की तरह पढ़ी जाती हैं: 3।"


@pytest.mark.django_db
def test_the_page_shows_them_before_the_draft_is_made(world: World) -> None:
    state = browser(world.holder("state_president", "N1", name="Rohini Koul"))
    data = BOOKS["xlsx"](form(hidden_rows={2}, comments={(1, 2): "x"}))
    sent = SimpleUploadedFile("form.xlsx", data)
    shown = state.post(at("form_new"), {"unit": "N1", "name_en": "Visit", "sheet": sent})
    assert shown.status_code == 200 and not Form.objects.exists()
    assert "Sheet survey: Rows hidden in the sheet are read like the others: 3." in shown.text
    assert "Sheet survey: Comments on cells are not read: C2." in shown.text


def test_a_form_on_a_hidden_sheet_is_told_to_be_shown() -> None:
    for hidden in (0, 1):
        sheet = form()
        list(sheet.all)[hidden].state = "hidden"
        sheet.others.append(MadeSheet([["x"]], "notes"))
        (said,) = told(BOOKS["xlsx"](sheet))
        assert said.startswith("The rows are on a hidden sheet: ")


@pytest.mark.parametrize(
    "ending", ["or_other", "or other", "OR_OTHER", "or specify other", "or_specify_other"]
)
def test_a_choice_that_a_reader_adds_by_itself_is_told_as_what_it_is(ending: str) -> None:
    sheet = form()
    sheet.rows[2][0] += f" {ending}"
    (said,) = told(BOOKS["xlsx"](sheet))
    assert "or_other is not read" in said
