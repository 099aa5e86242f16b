"""XLSForms: what is read, and what is refused by sheet and row."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from abhiyan.core.tests.given import CASES
from abhiyan.forms import sheets
from abhiyan.forms.rules.form_sheets import CHOICES, SETTINGS, SURVEY, FormSheet, form_sheet
from abhiyan.forms.rules.questions import Condition, QuestionKind, flaws
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.forms.rules.xlsform import read_xlsform

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


def unread(data: bytes) -> list[str]:
    with translation.override("en"):
        return sheets.read_sheet(data).unread


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
    assert sheets.read_sheet(example.read_bytes()).questions == list(ready_forms()["meeting"].questions)


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
    found = {one.key: (one.kind, one.least, one.most, one.when) for one in sheets.read_sheet(data).questions}
    assert found == {
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
    pace, came = sheets.read_sheet(data).questions
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
            for limit in (".", "-.", "-", "1.2.3", "..", "9" * 400, "१.२.३", "1-2-3", "")
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


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def test_each_column_row_and_sheet_that_is_not_read_is_named() -> None:
    with translation.override("en"):
        sheet = sheets.read_sheet(case("q01_columns_that_count.xlsx"))
    assert [one.key for one in sheet.questions] == ["block", "village", "families", "visited", "teams"]
    assert sheet.unread == [
        "Sheet survey, row 4: The column “default” is not read: nothing is filled in beforehand.",
        "Sheet survey, row 5: The column “calculation” is not read: people write the value themselves.",
        "Sheet survey, row 3: The column “choice_filter” is not read: every choice is always offered.",
        "Sheet survey, row 7: The column “constraint_message” is not read: the product's own words are shown.",
        "Sheet survey, row 5: The column “read_only” is not read: the answer can be changed.",
        "Sheet choices, rows 4, 5, 6: The column “block” is not read.",
        "Sheet settings, row 2: The column “form_title” is not read.",
        "Sheet survey, row 6: This row is switched off. It is left out.",
    ]
    assert sheet.left == 10


def test_or_other_is_told_as_what_it_is() -> None:
    assert all("or_other is not read" in text for text in told(case("q02_or_other.xlsx")))


def test_a_list_of_yes_and_no_keeps_its_words() -> None:
    pump, agree = sheets.read_sheet(case("q03_yes_no_words.xlsx")).questions
    assert [one.label["en"] for one in pump.choices] == ["Working", "Broken"]
    assert [one.label["hi"] for one in agree.choices] == ["बूथ अध्यक्ष", "शक्ति केंद्र"]
    plain = book(["select_one yn", "a", "", "Held?"], choices=[["yn", "yes", "हां"], ["yn", "no", "No"]])
    assert sheets.read_sheet(plain).questions[0].kind is QuestionKind.YES_NO


def test_an_earlier_answer_in_the_words_of_a_question_is_refused() -> None:
    found = told(case("q04_answer_in_label.xlsx"))
    assert len(found) == 2 and all("wants an earlier answer in its words" in text for text in found)


def test_other_languages_are_refused_and_each_column_is_told_once() -> None:
    assert told(case("q05_languages.xlsx")) == [
        f"Sheet survey, row 1: Only Hindi and English are read, as “label::Hindi (hi)”. Take the column “{head}” out."
        for head in ("label::Tamil (ta)", "label::Urdu (ur)", "hint::Tamil (ta)")
    ]


def test_a_condition_on_a_missing_answer_is_said() -> None:
    assert unread(case("q06_not_equal.xlsx")) == [
        "Sheet survey, rows 3, 5: While “mood” has no answer, this question is not asked."
    ]


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("label::Hindi (hi)", "hi"),
        ("label:हिन्दी", "hi"),
        ("Label :: English (en-IN)", "en"),
        ("label_en", "en"),
        ("label::English", "en"),
        ("label::मराठी", ""),
        ("label::Marathi (mr)", ""),
        ("label::Tamil (en)", ""),
        ("label::Hinglish", ""),
        ("label::اردو", ""),
        ("label::ਪੰਜਾਬੀ (pa)", ""),
    ],
)
def test_a_label_is_kept_in_the_language_that_its_head_names_or_refused(head: str, language: str) -> None:
    data = workbook({"survey": [["type", "name", head], ["text", "a", "Words"]]})
    if language:
        assert dict(sheets.read_sheet(data).questions[0].label) == {language: "Words"}
    else:
        (said,) = told(data)
        assert said.startswith("Sheet survey, row 1: Only Hindi and English are read")
        assert said.endswith(f"Take the column “{head}” out.")


@pytest.mark.parametrize("words", ["எத்தனை பேர்?", "کتنے لوگ؟", "ਕਿੰਨੇ ਲੋਕ?", "কত লোক?"])
def test_words_in_other_letters_are_never_kept_as_english(words: str) -> None:
    assert "is neither Hindi nor English" in told(book(["text", "a", "", words]))[0]
    listed = book(["select_one x", "a", "", "A"], choices=[["x", "b", words]])
    assert told(listed)[0].startswith("Sheet choices, row 2: ")


def test_a_sheet_says_in_which_language_its_plain_words_are() -> None:
    rows: list[Row] = [["type", "name", "label"], ["text", "a", "Kitne log?"]]
    hindi = workbook({"survey": rows, "settings": [["default_language"], ["Hindi (hi)"]]})
    assert dict(sheets.read_sheet(hindi).questions[0].label) == {"hi": "Kitne log?"}
    tamil = workbook({"survey": rows, "settings": [["default_language"], ["Tamil (ta)"]]})
    assert told(tamil) == [
        "Sheet settings, row 2: Only Hindi and English are read. This form is in “Tamil (ta)”."
    ]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            [["type", "name", "label", "appearance"], ["text", "a", "A", "multiline"]],
            "“appearance” is not read",
        ),
        ([["type", "name", "label", ""], ["text", "a", "A", "?"]], "A column without a head is not read"),
        ([["type", "name", "label", "label"], ["text", "a", "A", "B"]], "“label” stands twice"),
        (
            [["type", "name", "label", "media::image"], ["text", "a", "A", "a.jpg"]],
            "“media::image” is not read",
        ),
        ([["type", "name", "label"], ["today", "today"], ["text", "a", "A"]], "without being asked"),
        ([["type", "name", "label", "hint"], ["", "", "", "why"], ["text", "a", "A"]], "is a remark"),
        (
            [["type", "name", "label", "disabled"], ["text", "b", "B", "TRUE"], ["text", "a", "A"]],
            "switched off",
        ),
        ([["type", "name", "label", "required"], ["text", "a", "A", "${b} = 1"]], "neither yes nor no"),
        ([["type", "name", "label"], ["text", "a", "Write **all** of it"]], "shown as they are typed"),
        ([["type", "name", "label"], ["text", "a", "See <i>this</i>"]], "shown as they are typed"),
    ],
)
def test_what_a_sheet_says_and_the_form_does_not_ask_is_named(made: list[Row], said: str) -> None:
    (found,) = unread(workbook({"survey": made}))
    assert said in found


def test_lists_and_sheets_that_nothing_uses_are_named_also_hidden_ones() -> None:
    written = Workbook()
    written.remove(written.worksheets[0])
    for name, rows in {
        "survey": [["type", "name", "label"], ["text", "a", "A"]],
        "choices": [["list_name", "name", "label"], ["x", "b", "B"], ["", "c", "C"]],
        "external_choices": [["list_name", "name"], ["y", "d"]],
        "notes": [["to be done"]],
    }.items():
        sheet = written.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written["notes"].sheet_state = "hidden"
    made = io.BytesIO()
    written.save(made)
    assert unread(made.getvalue()) == [
        "Sheet choices, row 3: This choice belongs to no list. It is left out.",
        "Sheet choices, row 2: No question uses the list “x”.",
        "Sheet external_choices, rows 1, 2: This sheet is not read.",
        "Sheet notes, row 1: This sheet is not read.",
    ]


def test_a_cause_is_told_once_and_all_are_counted() -> None:
    refused = told(
        book(
            ["begin group", "g", "", "G"],
            ["select_one x", "a", "", "A"],
            ["select_one x", "b", "", "B"],
            ["barcode", "code", "", "Code"],
            ["text", "why", "", "Why?", "", "${code} = 'x'"],
            ["end group"],
            choices=[["x", "a b", "A"]],
        )
    )
    assert len(refused) == 3
    many = told(book(*(["barcode", f"q{n}", "", f"Question {n}"] for n in range(45))))
    assert len(many) == sheets.MOST_TOLD + 1 and many[-1] == "15 more places need a correction."


def test_a_form_in_capitals_and_below_a_title_is_read() -> None:
    rows: list[Row] = [["Weekly report"], ["type", "name", "label"], ["string", "a", "A"]]
    data = workbook({"Survey": rows})
    with translation.override("en"):
        sheet = sheets.read_sheet(data)
    assert [one.key for one in sheet.questions] == ["a"]
    assert sheet.unread == ["Sheet survey: Rows above the column names are not read: 1."]


KNOWN = ("type", "name", "label", "hint", "required", "relevant", "constraint", "disabled")


@given(
    heads=st.lists(
        st.sampled_from([*KNOWN, "default", "appearance", "note", "bind::x", "कुछ", "x y"]),
        unique=True,
        max_size=6,
    ),
    data=st.data(),
)
@settings(deadline=None, max_examples=80)
def test_no_cell_is_passed_over(heads: list[str], data: st.DataObject) -> None:
    """A cell is read, or its row is named in what is not read or refused."""
    head = ["type", "name", "label", *(one for one in heads if one not in KNOWN[:3])]
    extra = st.sampled_from(["", "", "yes", "no", "x", "${a} = 'b'", ". > 3"])
    body = [
        (row, ["integer", f"q{row}", "How many?", *(data.draw(extra) for _head in head[3:])])
        for row in (2, 3)
    ]
    survey = form_sheet(SURVEY, head, body)
    found = read_xlsform(survey, FormSheet(CHOICES), FormSheet(SETTINGS))
    named = {(part.sheet, row) for part in found.unread for row in part.rows}
    refused = {(flaw.sheet, flaw.row) for flaw in found.wrong}
    for row, cells in body:
        for name, cell in zip(head[3:], cells[3:], strict=True):
            if cell and name not in KNOWN:
                assert (SURVEY, row) in named, name
            elif name in ("relevant", "constraint", "disabled") and cell in ("x", "${a} = 'b'") and cell:
                assert (SURVEY, row) in refused | named, name
