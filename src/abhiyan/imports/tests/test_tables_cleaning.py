"""Cells become values, or a reason is given."""

import unicodedata
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.imports.tables.cleaning import Notes, cleaner, tidied
from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.imports.tables.reasons import BadCell


def field(kind: CellKind, **extra: Any) -> Field:
    return Field("it", "It", "यह", kind=kind, **extra)


def indian_mobile(cell: str) -> str | None:
    digits = "".join(c for c in cell if c.isdigit())[-10:]
    return "+91" + digits if len(digits) == 10 and digits[0] in "6789" else None


def clean(spec: Field, cell: str) -> Any:
    """The value, or the code it is refused with as `!code`, whether alone or among other cells."""
    clean_column = cleaner(spec, notes=Counter(), phone=indian_mobile)
    values, bad = clean_column([cell])
    among_values, among_bad = clean_column([cell, "x"])
    assert among_values[0] == values[0]
    assert among_bad.get(0) == bad.get(0)
    return "!" + bad[0] if bad else values[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Asha Devi", "Asha Devi"),
        ("  Asha   Devi ", "Asha Devi"),
        ("Asha\nDevi", "Asha Devi"),
        ("Asha\u00a0Devi\t", "Asha Devi"),
        ("आशा देवी", "आशा देवी"),
        ("\ufeffआशा", "आशा"),
        ("आ\u200bशा", "आशा"),
        ("\u202eAsha\u202c", "Asha"),
        ("As\u0007ha", "Asha"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),  # a joiner after a virama spells
        ("आशा\u200d", "आशा"),  # at the end it does not
        ("Jose\u0301", "José"),
        ("O'Brien", "O'Brien"),
        ("'Asha", "'Asha"),
        ("", None),
        ("   ", None),
        ("-", None),
        ("\u200b", None),
        ("As\0ha", "!nul"),
        ("As\ufffdha", "!damaged"),
        ("???? ????", "!question_marks"),
        ("à¤†à¤¶à¤¾", "!mojibake"),
        ("=HYPERLINK(1)", "!formula"),
        ("+1", "!formula"),
        ("@SUM(A1)", "!formula"),
        ("Asha 9812345678", "!digits_in_name"),
        ("1234", "!no_letters"),
        ("visit http://evil.example/x", "!link"),
        ("Md. Asif", "Md. Asif"),
        ("K.In", "K.In"),
        ("A. P. J. Abdul Kalam", "A. P. J. Abdul Kalam"),
        ("x" * 201, "!too_long"),
        ("x" * 200, "x" * 200),
        ('Asha,9812345678\n"Sunita,1', "!broken_quote"),
    ],
)
def test_a_name_is_cleaned_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.NAME), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("=1+1", "=1+1"),
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("what??", "what??"),
        ("House 5, Ward 2", "House 5, Ward 2"),
    ],
)
def test_a_text_is_cleaned_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.TEXT), cell) == value


def test_an_address_keeps_its_lines_where_the_field_has_several() -> None:
    assert (
        clean(field(CellKind.TEXT, multiline=True), "House 5, Ward 2\r\n Katra ") == "House 5, Ward 2\nKatra"
    )


def test_what_was_cleaned_is_counted() -> None:
    notes: Notes = Counter()
    cleaner(field(CellKind.TEXT), notes=notes)(
        ["a\u200bb", "=1", "plain", "a\u00a0b", " a  b ", "a \u00a0 b", "a\nb"]
    )
    assert notes == {
        ("it", "invisible_removed"): 1,
        ("it", "formula_text"): 1,
        ("it", "spaces_joined"): 2,
    }


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("B0000123", "B0000123"),
        ("००१२", "0012"),
        ("UP-075/12", "UP-075/12"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("1E05", "1E05"),
        ("9.81E+09", "!scientific"),
        ("1.26E+02", "126"),
        ("=B1", "!formula"),
        ("B;1", "!bad_code"),
        ("n/a", None),
        ("N12", "N12"),
        ("2026-12-05", "!code_day"),
        ("2026-12-05T00:00:00", "!code_day"),
        ("05-Dec", "!code_day"),
        ("Dec-05", "!code_day"),
        ("MAR-05", "MAR-05"),
        ("Decan-05", "Decan-05"),
        ("", None),
    ],
)
def test_a_code_is_cleaned_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.CODE), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("१२,३४,५६७", 1234567),
        ("12.0", 12),
        ("-3", -3),
        ("٤٢", 42),
        ("12.5", "!not_whole"),
        ("1 200", 1200),
        ("12 34 567", 1234567),
        ("12\u202f345", 12345),
        ("1 2", "!not_whole"),
        ("1 2000", "!not_whole"),
        ("1,200 300", "!not_whole"),
        ("twelve", "!not_whole"),
        ("1.2E+05", "!scientific"),
        ("1.200000E+05", 120000),
        ("1.25E+01", "!scientific"),
        ("9" * 19, "!not_whole"),
        ("101", "!too_big"),
        ("nil", None),
    ],
)
def test_a_whole_number_is_read_or_refused(cell: str, value: Any) -> None:
    spec = field(CellKind.INTEGER, most=100) if value == "!too_big" else field(CellKind.INTEGER)
    assert clean(spec, cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("34.08", 34.08), ("७४.७९", 74.79), ("1e-3", 0.001), ("nan", "!not_number"), ("34,5", "!not_number")],
)
def test_a_decimal_is_read_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.DECIMAL), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1990", 1990),
        ("१९९०", 1990),
        ("1990.0", 1990),
        ("15/08/1990", 1990),
        ("08/15/1990", 1990),
        ("90", "!year"),
        ("36", "!year"),
        ("20I2", "!year"),
        ("1890", "!too_small"),
        ("2030", "!too_big"),
    ],
)
def test_a_year_is_read_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.YEAR, least=1900, most=2026), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1990-08-15", date(1990, 8, 15)),
        ("1990-08-15T10:00:00", date(1990, 8, 15)),
        ("15/08/1990", date(1990, 8, 15)),
        ("5-8-1990", date(1990, 8, 5)),
        ("15.08.1990", date(1990, 8, 15)),
        ("१५/०८/१९९०", date(1990, 8, 15)),
        ("15 अगस्त 1990", date(1990, 8, 15)),
        ("15-Aug-1990", date(1990, 8, 15)),
        ("15th August 1990", date(1990, 8, 15)),
        ("August 15, 1990", date(1990, 8, 15)),
        ("33100", date(1990, 8, 15)),
        ("33100.5", date(1990, 8, 15)),
        ("08/15/1990", "!month_first"),
        ("15/08/90", "!short_year"),
        ("15-Aug-90", "!short_year"),
        ("31/02/1990", "!date"),
        ("15/15/1990", "!date"),
        ("1990", "!date"),
        ("tomorrow", "!date"),
        ("15 Foo 1990", "!date"),
        ("", None),
    ],
)
def test_a_date_is_read_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.DATE), cell) == value


@pytest.mark.parametrize(
    ("cell", "ahead_days", "value"),
    [
        ("15/8/25", 0, date(2025, 8, 15)),
        ("1-2-26", 0, date(2026, 2, 1)),
        ("१-२-२६", 0, date(2026, 2, 1)),
        ("15-Aug-25", 0, date(2025, 8, 15)),
        ("20/11/26", 0, date(2026, 11, 20)),
        ("21/11/26", 0, "!short_year"),  # tomorrow
        ("21/11/26", 1, date(2026, 11, 21)),
        ("15/8/79", 366, "!short_year"),  # 1979 or 2079: nobody knows
        ("31/2/25", 0, "!date"),
        ("15/8/1999", 0, date(1999, 8, 15)),
    ],
)
def test_a_short_year_of_a_day_is_this_century_unless_it_is_ahead(
    cell: str, ahead_days: int, value: Any
) -> None:
    notes: Notes = Counter()
    spec = field(CellKind.DATE, ahead_days=ahead_days)
    values, bad = cleaner(spec, notes=notes, on=date(2026, 11, 20))([cell])
    assert (f"!{bad[0]}" if bad else values[0]) == value
    is_mended = not bad and "1999" not in cell
    assert notes["it", "this_century"] == is_mended


def test_dates_out_of_the_window_are_refused() -> None:
    spec = field(CellKind.DATE, least=date(2026, 11, 1), most=date(2026, 11, 30))
    assert clean(spec, "31/10/2026") == "!too_small"
    assert clean(spec, "01/12/2026") == "!too_big"
    assert clean(spec, "30/11/2026") == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("190001", "190001"),
        ("190 001", "190001"),
        ("१९०००१", "190001"),
        ("090001", "!pin"),
        ("19000", "!pin"),
        ("190001.0", "190001"),
    ],
)
def test_a_pin_code_is_read_or_refused(cell: str, value: Any) -> None:
    assert clean(field(CellKind.PIN), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("9812345678", "+919812345678"),
        ("+91 98123-45678", "+919812345678"),
        ("९८१२३४५६७८", "+919812345678"),
        ("98123\u200b45678", "+919812345678"),
        ('="9812345678"', "+919812345678"),
        ("9812345678.0", "+919812345678"),
        ("9.81235E+09", "!scientific"),
        ("9.812345678E+09", "+919812345678"),
        ("12345", "!phone"),
        ("mobile", "!phone"),
        ("9812345678\0", "!nul"),
        ("", None),
    ],
)
def test_garbage_phones_are_refused_and_written_ones_read(cell: str, value: Any) -> None:
    assert clean(field(CellKind.PHONE), cell) == value


def test_a_choice_is_read_or_refused() -> None:
    spec = field(CellKind.CHOICE, choices={"paper": ("कागज़", "form"), "none": ()})
    assert [clean(spec, c) for c in ("Paper", "कागज", "FORM ", "None", "", "web")] == [
        "paper",
        "paper",
        "paper",
        "none",
        None,
        "!choice",
    ]


@pytest.mark.parametrize("kind", [k for k in CellKind if k is not CellKind.CHOICE])
def test_a_blank_required_cell_is_missing(kind: CellKind) -> None:
    values, bad = cleaner(field(kind, required=True), notes=Counter(), phone=indian_mobile)(["", " ", "-"])
    assert values == [None] * 3
    assert bad == dict.fromkeys(range(3), "missing")


@given(st.text())
def test_tidying_twice_is_tidying_once(cell: str) -> None:
    try:
        once = tidied(cell)
    except BadCell:
        return
    assert tidied(once) == once
    assert all(c.isprintable() or c in "\u200c\u200d" or unicodedata.category(c) == "Cn" for c in once)


@given(
    st.lists(st.text(alphabet="aआ शा=+-'?0९ \u200b\u200d\u094d\n,.E", max_size=6), min_size=1, max_size=12),
    st.sampled_from(list(CellKind)),
)
def test_a_column_is_cleaned_as_its_cells_one_by_one(cells: list[str], kind: CellKind) -> None:
    choices = {"a": ("आ",)} if kind is CellKind.CHOICE else {}
    spec = Field("it", "It", "यह", kind=kind, choices=choices, max_length=5)
    values, bad = cleaner(spec, notes=Counter(), phone=indian_mobile)(cells)
    for index, cell in enumerate(cells):
        # Beside a cell that needs care no column takes the short way.
        one, wrong = cleaner(spec, notes=Counter(), phone=indian_mobile)(["\u200b", cell])
        assert values[index] == one[1]
        assert bad.get(index) == wrong.get(1)
