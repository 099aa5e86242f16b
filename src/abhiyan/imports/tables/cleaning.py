"""Cells to values, a column of a batch at a time.

A cell goes through these steps, in this order:
- NUL and U+FFFD (a letter some earlier program lost) are refused as unknown;
- Unicode NFC;
- control, bidirectional and zero-width characters, soft hyphens and byte-order marks are removed, and counted.
  A joiner (ZWJ, ZWNJ) stays where a script spells with it (UAX 31, contexts A1, A2, B). These places are after a
  virama, before one (Bengali), and between Arabic letters; anywhere else it is invisible and only makes
  equal names unequal;
- white space of any kind becomes one space, and several are counted; line breaks too, unless the field is multiline;
- the length is checked on what is left; in every kind but TEXT and NAME digits of any script become ASCII.

Whole columns are looked at first with a few calls that run in C; only a column with something odd in it is
taken cell by cell. Repeated cells (units, years, dates, PIN codes) are cleaned once and remembered.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from abhiyan.core.letters import MARKS, plain_digits
from abhiyan.core.numbers import Misgrouped, amount

from .days import NUMBERS, SHORT, Days, day_in_cell
from .layout import CellKind, Field
from .reasons import BadCell

# (field key, note) -> cells.
Notes = Counter[tuple[str, str]]
# A batch of raw cells -> values (None where blank or bad) and the reason of every bad one by its index.
Cleaner = Callable[[Sequence[str]], tuple[list[Any], dict[int, str]]]
# A phone as written -> what the caller keeps (E.164, say), or None when it is none.
Phone = Callable[[str], Any]
# A birth year written otherwise ("47 years", "15/8/79") -> the year and a code of reasons.NOTES, or None.
Born = Callable[[str], tuple[int, str] | None]


_LOOKS_BLANK = frozenset(("-", "--", "---", "–", "—", "."))
_SAYS_BLANK = _LOOKS_BLANK | {"na", "n/a", "nil", "null", "none", "नहीं", "निल", "?"}
UNCALCULATED = "#UNCALCULATED!"  # our sign for a formula without a value (unread.py).
# A spreadsheet shows these where a formula failed: a lookup without a result is not "none".
_ERROR = re.compile(
    r"#(?:N/A|(?:REF|VALUE|NAME|NUM|NULL|DIV/0|SPILL|CALC|BLOCKED|GETTING_DATA)[!?]?)|Err:[0-9]{3}",
    re.IGNORECASE,
)
_EXCEL_TEXT = re.compile(r'="(.*)"')  # how some programs keep Excel from eating zeros
_FORMULA = frozenset("=+-@＝＋－＠")
_QUOTED_FORMULA = re.compile(r"'+\s*[=+\-@＝＋－＠\t\r\n]")
_MOJIBAKE = re.compile("à[¤¥]|Ã[ -¿]|â€")
_QUESTIONS = re.compile(r"[\s?.]*\?\?[\s?.]*")
_JOINERS = "\u200c\u200d"
_WIDE_SPACE = re.compile(r"[^\S\r\n]{2,}")


def why_no_value(text: str) -> str:
    """Return the code of a cell that holds no value and says why; "" for other cells."""
    if text == UNCALCULATED:
        return "uncalculated"
    return "error_cell" if _ERROR.fullmatch(text) else ""


def _refuse_error(text: str) -> None:
    """A cell that holds no value, and says why, is not read as text."""
    if code := why_no_value(text):
        raise BadCell(code)


def _joiner_stays(text: str, place: int) -> bool:
    before = text[place - 1] if place else ""
    after = text[place + 1] if place + 1 < len(text) else ""
    if not before or not after:
        return False
    if unicodedata.combining(before) == 9 and unicodedata.category(after)[0] == "L":
        return True
    if text[place] == "\u200d":
        return unicodedata.combining(after) == 9 and unicodedata.category(before)[0] == "L"
    return "\u0600" <= before <= "\u06ff" and "\u0600" <= after <= "\u06ff"


def unhidden(text: str) -> str:
    """Text without characters nobody sees: controls but tab and line breaks, formats, surrogates, private use."""
    kept = []
    for place, char in enumerate(text):
        if char.isprintable() or char in "\t\n\r":
            kept.append(char)
        elif char in _JOINERS:
            if _joiner_stays(text, place):
                kept.append(char)
        elif unicodedata.category(char)[0] == "Z":
            kept.append("\n" if char in "\u2028\u2029" else " ")
        elif unicodedata.category(char) == "Cn":
            kept.append(char)  # a letter newer than our tables
    return "".join(kept)


def tidied(cell: str, *, multiline: bool = False, note: Callable[[str], None] | None = None) -> str:
    """One cell made plain by the rules above. Raises BadCell."""
    if "\0" in cell:
        raise BadCell("nul")
    if "\ufffd" in cell:
        raise BadCell("damaged")
    text = unicodedata.normalize("NFC", cell)
    if not text.isprintable():
        clean_text = unhidden(text)
        if clean_text != text and note is not None and not _only_spaces(text, clean_text):
            note("invisible_removed")
        text = unicodedata.normalize("NFC", clean_text)
        if "\n" in text or "\r" in text:
            lines = [" ".join(line.split()) for line in text.splitlines()]
            if multiline:
                return "\n".join(lines).strip("\n")
            if len([line for line in lines if line]) > 1 and any(mark in text for mark in ",;\t|"):
                raise BadCell("broken_quote")
    if note is not None and _WIDE_SPACE.search(text.strip()):
        note("spaces_joined")
    return " ".join(text.split())


def _only_spaces(text: str, shown: str) -> bool:
    return "".join(text.split()) == "".join(shown.split())


def _plain(joined: str) -> bool:
    """No cell is blank, and none has anything to remove, compose or trim. joined: a space between the cells."""
    return (
        joined != ""
        and joined.isprintable()
        and "  " not in joined
        and joined[0] != " "
        and joined[-1] != " "
        and (
            joined.isascii()
            or (
                "\ufffd" not in joined
                and unicodedata.is_normalized("NFC", joined)
                and _MOJIBAKE.search(joined) is None
            )
        )
    )


def _text_of(field: Field, note: Callable[[str], None]) -> Callable[[str], str | None]:
    limit, multiline = field.max_length, field.multiline

    def clean_cell(cell: str) -> str | None:
        text = tidied(cell[: limit * 8 + 64], multiline=multiline, note=note) if cell else cell
        if text in _LOOKS_BLANK:
            text = ""
        if not text:
            return None
        _refuse_error(text)
        if _QUOTED_FORMULA.match(text):
            text = text[1:]
        if len(text) > limit or len(cell) > limit * 8 + 64:
            raise BadCell("too_long")
        if _QUESTIONS.fullmatch(text):
            raise BadCell("question_marks")
        if not text.isascii() and _MOJIBAKE.search(text):
            raise BadCell("mojibake")
        if text[0] in _FORMULA:
            note("formula_text")
        return text

    return clean_cell


_NAME_ODD = re.compile(r"[0-9?@/\\=<>{}|^_\[\]:]|\.[a-zA-Z]{2,3}\b|www", re.IGNORECASE)
_LINK = re.compile(r"://|\bwww\.|\.(?:com|org|net|in|ly|me|co|io|xyz|info)\b(?!\.)", re.IGNORECASE)


def _name_of(field: Field, note: Callable[[str], None]) -> Callable[[str], str | None]:
    plain = _text_of(field, lambda code: note(code) if code != "formula_text" else None)

    def clean_cell(cell: str) -> str | None:
        text = plain(cell)
        if text is None:
            return None
        if text[0] in _FORMULA:
            raise BadCell("formula")
        if not any(map(str.isalpha, text)):
            raise BadCell("no_letters")
        if sum(map(str.isdecimal, text)) > 5:
            raise BadCell("digits_in_name")
        # "Md.In" is a name; "x.in" with nothing but ASCII before it could be, so a dot alone needs more.
        if _LINK.search(text) and (
            "/" in text or "www" in text.casefold() or re.search(r"[a-z0-9]{4,}\.[a-z]", text)
        ):
            raise BadCell("link")
        return text

    return clean_cell


def _bare(cell: str) -> str:
    """A cell that is not prose: ASCII digits, no wrapping ="…" or leading apostrophe, "" when it says blank."""
    if len(cell) > 1_000:
        raise BadCell("too_long")
    text = tidied(cell)
    if not text.isascii():
        text = plain_digits(unicodedata.normalize("NFKC", text))
    if text[:2] == '="' and (inner := _EXCEL_TEXT.fullmatch(text)):
        text = inner[1].strip()
    if text[:1] == "'":
        text = text.lstrip("'").lstrip()
    _refuse_error(text)
    return "" if text.casefold() in _SAYS_BLANK else text


_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+([0-9]+)")
_CODE = re.compile(rf"\w[\w .:/#&()\-{MARKS}]*")
_CODE_ODD = re.compile(r"[^A-Za-z0-9 .:/#&()\-_]")
_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0+)?")
# 12,34,567 and 12 34 567; the last group has three digits, or it would be two numbers in one cell.
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{2,3})*,| (?:[0-9]{2,3} )*)[0-9]{3}(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_PIN = re.compile(r"[1-9][0-9]{2} ?[0-9]{3}(?:\.0)?")


# Excel makes this of "5/12", in a sheet and in the CSV it saves. Codes write their months small or large: "MAR-05".
_CODE_DAY = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?|(?:[0-9]{1,2}-{m}|{m}-[0-9]{1,2})".replace(
        "{m}", "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    )
)

_CODE_DAYS = re.compile(rf"\b(?:{_CODE_DAY.pattern})\b")


def _spelled_out(text: str) -> str:
    """A number such as 9.876543210E+09 in digits. Refuses one whose last digits the sheet has rounded away."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return text
    decimals, power = match[2] or "", int(match[3][:4])
    if len(decimals) < power or decimals[power:].strip("0"):
        raise BadCell("scientific")
    return match[1] + decimals[:power]


def _code(text: str, field: Field) -> str:
    if len(text) > field.max_length:
        raise BadCell("too_long")
    text = _spelled_out(text)
    if _CODE_DAY.fullmatch(text):
        raise BadCell("code_day")
    if not _CODE.fullmatch(text):
        raise BadCell("formula" if text[0] in _FORMULA else "bad_code")
    return text


def _bounded(field: Field, value: Any) -> Any:
    if field.is_never_zero and value == 0:
        raise BadCell("zero")
    if field.least is not None and value < field.least:
        raise BadCell("too_small")
    if field.most is not None and value > field.most:
        raise BadCell("too_big")
    return value


def _ungrouped(text: str) -> str:
    return text.replace(",", "").replace(" ", "") if _GROUPED.fullmatch(text) else text


def _said(text: str) -> str:
    """A number with a word, such as "50 lakh", in digits; other text as it is."""
    try:
        number = amount(text)
    except Misgrouped:
        raise BadCell("not_whole") from None
    return text if number is None else str(number)


def _integer(text: str, field: Field) -> int:
    text = _spelled_out(_ungrouped(_said(text)))
    if not _WHOLE.fullmatch(text) or len(text) > 20:
        raise BadCell("not_whole")
    value = int(text.partition(".")[0])
    # A bigint column holds this range; fields may narrow it.
    if not -(2**63) <= value < 2**63:
        raise BadCell("not_whole")
    return int(_bounded(field, value))


def _decimal(text: str, field: Field) -> float:
    text = _ungrouped(text)
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        raise BadCell("not_number")
    return float(_bounded(field, float(text)))


def _date_read(days: Days, on: date | None) -> Callable[[str, Field], date]:
    def read(text: str, field: Field) -> date:
        latest = on and on + timedelta(days=field.ahead_days)
        value: date = _bounded(field, day_in_cell(text, days, latest=latest))
        return value

    return read


def _year(text: str, field: Field) -> int:
    if re.fullmatch(r"[12][0-9]{3}(?:\.0+)?", text):
        return int(_bounded(field, int(text[:4])))
    if re.search(r"[-/.,]", text) and len(text) > 5:
        swapped = NUMBERS.fullmatch(text)
        month_first = swapped is not None and int(swapped[2]) > 12  # the year is the same either way
        try:
            year = day_in_cell(text, Days.MONTH_FIRST if month_first else Days.DAY_FIRST).year
        except BadCell as bad:
            raise BadCell("year") from bad
        return int(_bounded(field, year))
    raise BadCell("year")


def _pin(text: str, _field: Field) -> str:
    if not _PIN.fullmatch(text):
        raise BadCell("pin")
    return text.removesuffix(".0").replace(" ", "")


def _choice(field: Field) -> Callable[[str], str | None]:
    def key(text: str) -> str:
        return unicodedata.normalize("NFKC", text).casefold().replace("\u093c", "").strip(" .")

    value_by_key = {key(s): value for value, spellings in field.choices.items() for s in (value, *spellings)}

    def clean_cell(cell: str) -> str | None:
        text = _bare(cell)
        if not text and key(cell) not in value_by_key:
            return None
        choice = value_by_key.get(key(text or cell))
        if choice is None:
            raise BadCell("choice")
        return choice

    return clean_cell


def _phone(text: str, phone: Phone) -> Any:
    written = _spelled_out(text).removesuffix(".0")
    phone_number = phone(written)
    return _only_phone(written, phone) if phone_number is None else phone_number


_BETWEEN_PHONES = re.compile(
    r"[,;/|&\\\n]|[^\W\d_]+|[\u0900-\u0963]|[()]"
)  # vowel signs of Hindi are no letters to re
_FEWEST_DIGITS = 6  # of a land line without its area


def _only_phone(text: str, phone: Phone) -> Any:
    """Return the one mobile of a cell that also holds a land line, or the same mobile twice.

    The cell is refused where it holds two mobiles, because nobody can say which is the person's. So is a number with
    digits left over.
    """
    phones: list[Any] = []
    is_left_over = False
    for written in _BETWEEN_PHONES.split(text[:_LONGEST_PHONES]):
        part, digits = written.strip(" .:-"), ""
        for word in part.split() if phone(part) is None else [part]:
            digits += word
            if (number := phone(digits)) is not None:
                phones.append(number)
                digits = ""
        n = sum(map(str.isdecimal, digits))
        is_left_over = is_left_over or 0 < n < _FEWEST_DIGITS
    if len(set(phones)) == 1 and not is_left_over:
        return phones[0]
    raise BadCell("phones" if len(set(phones)) > 1 or (phones and is_left_over) else "phone")


_LONGEST_PHONES = 100  # characters of a cell that are looked at for several numbers


def _unless_blank(read: Callable[[str, Any], Any], by: Field | Phone) -> Callable[[str], Any]:
    """Reads a cell that is not prose; None for one that says blank."""

    def clean_cell(cell: str) -> Any:
        text = _bare(cell)
        return read(text, by) if text else None

    return clean_cell


_TOLD = {Days.UNSAID: "day_first", Days.MONTH_FIRST: "month_first", Days.SWAPPED: "month_first"}
_REMEMBERED = 50_000


class _Remembered(dict[str, Any]):
    """Raw cell -> value, cleaned at first sight. `bad`: this batch's bad cells and why."""

    def __init__(self, one: Callable[[str], Any]) -> None:
        super().__init__()
        self.one = one
        self.bad: dict[str, str] = {}

    def __missing__(self, cell: str) -> Any:
        try:
            value = self.one(cell)
        except BadCell as bad:
            self.bad[cell] = bad.code
            return None
        if len(cell) <= 64:
            self[cell] = value
        return value

    def column(self, cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
        self.bad.clear()
        if len(self) > _REMEMBERED:
            self.clear()
        values = list(map(self.__getitem__, cells))
        if not self.bad:
            return values, {}
        return values, {index: self.bad[cell] for index, cell in enumerate(cells) if cell in self.bad}


class _BirthYears(_Remembered):
    """Years of birth. The caller makes years of ages and short years, which are counted as mended."""

    def __init__(self, field: Field, notes: Notes, born: Born) -> None:
        super().__init__(self._read)
        self.field, self.notes, self.born = field, notes, born
        self.mended: dict[str, str] = {}  # cell -> code of the note

    def _read(self, cell: str) -> int | None:
        text = _bare(cell)
        if not text:
            return None
        try:
            return _year(text, self.field)
        except BadCell:
            made = self.born(re.sub(r"\.0+$", "", text))  # 47.0, as programs write whole numbers
            if made is None:
                raise
        if len(self.mended) > _REMEMBERED:
            self.mended.clear()
        self.mended[cell] = made[1]
        return int(_bounded(self.field, made[0]))

    def column(self, cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
        values, bad = super().column(cells)
        for index, cell in enumerate(cells) if self.mended else ():
            if cell in self.mended and index not in bad:
                self.notes[self.field.key, self.mended[cell]] += 1
        return values, bad


def _each(one: Callable[[str], Any], cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
    values: list[Any] = []
    bad: dict[int, str] = {}
    for index, cell in enumerate(cells):
        try:
            values.append(one(cell))
        except BadCell as bad_cell:
            values.append(None)
            bad[index] = bad_cell.code
    return values, bad


def _required(field: Field, values: list[Any], bad: dict[int, str]) -> tuple[list[Any], dict[int, str]]:
    if field.is_in_each_row and None in values:
        for index, value in enumerate(values):
            if value is None and index not in bad:
                bad[index] = "missing"
    return values, bad


_READERS: dict[CellKind, Callable[[str, Field], Any]] = {
    CellKind.CODE: _code,
    CellKind.INTEGER: _integer,
    CellKind.DECIMAL: _decimal,
    CellKind.YEAR: _year,
    CellKind.PIN: _pin,
}


def cleaner(
    field: Field,
    *,
    notes: Notes,
    phone: Phone | None = None,
    born: Born | None = None,
    days: Days = Days.DAY_FIRST,
    on: date | None = None,
) -> Cleaner:
    """The function that cleans one field's column, batch after batch. notes: counted into. days: of a date's column.

    on: the day it is, by which a year of two digits is read; without it such a year is refused.
    """

    def note(code: str) -> None:
        notes[field.key, code] += 1

    kind, limit = field.kind, field.max_length

    if kind is CellKind.TEXT or kind is CellKind.NAME:
        one_text = (_name_of if kind is CellKind.NAME else _text_of)(field, note)
        odd = _NAME_ODD if kind is CellKind.NAME else re.compile(r"\?\?|#|Err:")

        def texts(cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
            joined = " ".join(cells)
            if _plain(joined) and not odd.search(joined) and max(map(len, cells)) <= limit:
                firsts = {cell[0] for cell in cells}
                if kind is CellKind.NAME:
                    if all(map(str.isalpha, firsts)):
                        return list(cells), {}
                elif firsts.isdisjoint("=+-@＝＋－＠'–—."):
                    return list(cells), {}
            if joined.strip(" ") == "":
                return _required(field, [None] * len(cells), {})
            return _required(field, *_each(one_text, cells))

        return texts

    if kind is CellKind.PHONE:
        if phone is None:
            raise ValueError(f"{field.key}: a list with phones is read with a phone normaliser")
        one_phone = _unless_blank(_phone, phone)

        def phones(cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
            if "".join(cells).isdecimal() and "".join(cells).isascii():
                values = list(map(phone, cells))
                if None not in values:
                    return values, {}
                return _required(
                    field,
                    values,
                    {i: "phone" for i, value in enumerate(values) if value is None and cells[i]},
                )
            return _required(field, *_each(one_phone, cells))

        return phones

    if kind is CellKind.DATE:
        dates = _Remembered(_unless_blank(_date_read(days, on), field))
        note_code = _TOLD.get(days)

        def read_days(cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
            if note_code and (n := sum(NUMBERS.fullmatch(cell.strip()) is not None for cell in cells)):
                notes[field.key, note_code] += n
            values, bad = dates.column(cells)
            if n := sum(
                value is not None and SHORT.fullmatch(cell.strip()) is not None
                for cell, value in zip(cells, values, strict=True)
            ):
                notes[field.key, "this_century"] += n
            return _required(field, values, bad)

        return read_days

    remembered = (
        _BirthYears(field, notes, born)
        if kind is CellKind.YEAR and born is not None
        else _Remembered(_choice(field) if kind is CellKind.CHOICE else _unless_blank(_READERS[kind], field))
    )

    if kind is CellKind.CODE:

        def codes(cells: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
            joined = " ".join(cells)
            if (
                joined.isascii()
                and _plain(joined)
                and max(map(len, cells)) <= limit
                and not _CODE_ODD.search(joined)
                and "E+" not in joined
                and "Err:" not in joined
                and not _CODE_DAYS.search(joined)
                and {cell[0] for cell in cells}.isdisjoint(" .:/#&()-_nN")
            ):
                return list(cells), {}
            return _required(field, *remembered.column(cells))

        return codes

    return lambda cells: _required(field, *remembered.column(cells))
