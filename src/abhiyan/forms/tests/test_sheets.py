"""XLSForms: what is read, and what is refused by sheet and row."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from openpyxl import Workbook

from abhiyan.forms import sheets
from abhiyan.forms.rules.questions import Condition, QuestionKind, flaws
from abhiyan.forms.rules.ready import ready_forms

HEAD = ["type", "name", "label::Hindi (hi)", "label", "required", "relevant", "constraint"]
Row = list[str]


def workbook(sheets: dict[str, list[Row]]) -> bytes:
    made, written = io.BytesIO(), Workbook()
    written.remove(written.worksheets[0])
    for name, rows in sheets.items():
        sheet = written.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written.save(made)
    return made.getvalue()


def book(*survey: Row, choices: list[Row] | None = None) -> bytes:
    return workbook(
        {"survey": [HEAD, *survey], "choices": [["list_name", "name", "label"], *(choices or [])]}
    )


def told(data: bytes) -> list[str]:
    with translation.override("en"), pytest.raises(sheets.SheetUnfit) as refused:
        sheets.read_sheet(data)
    found: Any = refused.value.facts["errors"]
    return list(found)


@pytest.mark.parametrize("code", ready_forms())
def test_a_ready_form_is_fit_to_be_used_in_both_languages(code: str) -> None:
    questions = ready_forms()[code].questions
    assert not list(flaws(questions))
    assert {"hi", "en"} == set.intersection(*(set(one.label) for one in questions))


def test_the_example_sheet_is_the_ready_report_of_a_meeting() -> None:
    example = Path(str(finders.find("forms/example.xlsx")))
    assert sheets.read_sheet(example.read_bytes()) == list(ready_forms()["meeting"].questions)


def test_questions_of_every_kind_are_read_with_their_limits_and_conditions() -> None:
    data = book(
        ["note", "hello", "", "Hello"],
        ["select_multiple topics", "topics", "", "Topics", "", "", "count-selected(.) <= 2"],
        ["decimal", "share", "", "Share", "yes", "not(selected(${topics}, 'a'))", ". >= -10 and . <= 99.5"],
        [
            "date",
            "day",
            "",
            "Day",
            "",
            "${share} >= 3",
            ". >= date('2026-01-01') and . <= date('2026-12-31')",
        ],
        ["text", "words", "", "Words", "", "${topics} = 'b'", "string-length(.) <= 40"],
        ["geopoint", "place", "", "Place"],
        ["image", "picture", "", "Picture"],
        choices=[["topics", "a", "A"], ["topics", "b", "B"]],
    )
    read = {one.key: (one.kind, one.least, one.most, one.when) for one in sheets.read_sheet(data)}
    assert read == {
        "hello": (QuestionKind.NOTE, None, None, None),
        "topics": (QuestionKind.SEVERAL, None, 2, None),
        "share": (QuestionKind.DECIMAL, -10, 99.5, Condition("topics", "!=", "a")),
        "day": (QuestionKind.DAY, "2026-01-01", "2026-12-31", Condition("share", ">=", "3")),
        "words": (QuestionKind.TEXT, None, 40, Condition("topics", "=", "b")),
        "place": (QuestionKind.PLACE, None, None, None),
        "picture": (QuestionKind.PICTURE, None, None, None),
    }


def test_a_sheet_as_people_write_it_is_read() -> None:
    data = book(
        ["start", "start"],
        ["select one pace", "pace", "काम कैसा है?", "How is it?", "yes"],
        [],
        ["integer", "came", "", "How many came?", "TRUE", "selected(${pace}, 'good')", ". > 0 and . < 501"],
        choices=[["pace", "good", "Good"], ["pace", "bad", "ख़राब"]],
    )
    pace, came = sheets.read_sheet(data)
    assert pace.label == {"hi": "काम कैसा है?", "en": "How is it?"} and pace.required
    assert [dict(one.label) for one in pace.choices] == [{"en": "Good"}, {"hi": "ख़राब"}]
    assert (came.least, came.most, came.when) == (1, 500, Condition("pace", "=", "good"))


@pytest.mark.parametrize(
    ("survey", "row", "words"),
    [
        ([["begin repeat", "people", "", "People"]], 2, "Repeats are not read"),
        ([["begin_group", "people", "", "People"]], 2, "Groups are not read"),
        ([["calculate", "sum", "", "Sum"]], 2, "“calculate” is not read"),
        ([["select_one towns", "town", "", "Town"]], 2, "no list “towns”"),
        ([["text", "a", "", "A"], ["text", "a", "", "B"]], 3, "is used twice"),
        ([["text", "a", "", "What is your caste?"]], 2, "caste"),
        ([["text", "a", "आपको मकान मिलेगा"]], 2, "promises a benefit"),
        (
            [["text", "a", "", "A", "", "${b} = 'x'"], ["text", "b", "", "B", "", "${a} = 'x'"]],
            2,
            "look back only",
        ),
        ([["text", "a", "", "A", "", "${a} > 1 or ${b} = 2"]], 2, "This condition is not read"),
        ([["integer", "a", "", "A", "", "", "regex(., 'x')"]], 2, "This limit is not read"),
        ([["integer", "a", "", "A", "", "", ". <= 1000000000"]], 2, "Write a number up to"),
        *(
            ([[kind, "a", "", "A", "", "", f". >= {limit}"]], 2, "This limit is not read")
            for kind in ("integer", "decimal", "text")
            for limit in (".", "-.", "-", "1.2.3", "..", "9" * 400, "१", "1-2-3", "")
        ),
        ([["date", "a", "", "A", "", "", ". >= ."]], 2, "This limit is not read"),
    ],
)
def test_what_is_no_flat_form_is_refused_by_sheet_and_row(survey: list[Row], row: int, words: str) -> None:
    found = told(book(*survey))
    assert found[0].startswith(f"Sheet survey, row {row}: ")
    assert words in found[0]


def test_a_sheet_of_five_thousand_rows_is_refused() -> None:
    data = book(*(["text", f"q{n}", "", f"Question {n}"] for n in range(5_000)))
    with pytest.raises(sheets.SheetTooLong) as refused:
        sheets.read_sheet(data)
    assert refused.value.facts["rows"] == 5_001


def test_more_than_a_hundred_questions_are_refused() -> None:
    assert "at most 100" in told(book(*(["text", f"q{n}", "", f"Question {n}"] for n in range(101))))[0]


def test_a_bomb_of_zip_is_not_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            packed.writestr(name, "<x/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _chunk in range(60):
                sheet.write(bytes(1 << 20))
    data = made.getvalue()
    assert len(data) < sheets.LARGEST
    assert "did not open it" in told(data)[0]


@pytest.mark.parametrize(
    "data", [b"", b"type,name,label\ntext,a,A\n", b"PK\x03\x04broken", b"%PDF-1.7", book()[:900]]
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert told(data)


def test_a_workbook_without_the_sheet_is_refused() -> None:
    assert "survey" in told(workbook({"Sheet1": [["type", "name"], ["text", "a"]]}))[0]


def test_a_question_without_words_is_told_in_hindi() -> None:
    with translation.override("hi"), pytest.raises(sheets.SheetUnfit) as refused:
        sheets.read_sheet(book(["text", "a"]))
    found: Any = refused.value.facts["errors"]
    assert "शीट survey, पंक्ति 2" in found[0]
