"""Name each fault of a file, a column or a cell: a code for machines, and for people what it is and the fix.

Facts fill the placeholders; `field` is the field's name in the reader's language. Usable without Django set up
as long as nobody asks for the text, so worker processes handle codes only.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import Refused

from .layout import Field

# One cell of one row.
CELL: dict[str, str | Promise] = {
    "missing": _("%(field)s is empty. Fill it in."),
    "too_long": _("%(field)s is longer than %(limit)s characters. Shorten it."),
    "nul": _("%(field)s contains an unprintable character (NUL). Type it again."),
    "damaged": _("%(field)s contains characters that were lost in an earlier conversion (�). Type it again."),
    "question_marks": _(
        "%(field)s has question marks in place of letters, which were lost in saving. Save "
        "the original as “CSV UTF-8” or .xlsx."
    ),
    "mojibake": _(
        "%(field)s is garbled (à¤…): Hindi text was saved twice in different encodings. "
        "Save the original as “CSV UTF-8” or .xlsx."
    ),
    "broken_quote": _(
        "%(field)s runs over several lines of the file: a quotation mark is opened and not closed. Close it."
    ),
    "error_cell": _(
        "%(field)s holds an error of the sheet (like #REF! or #N/A). Mend the formula, or type the value."
    ),
    "uncalculated": _(
        "%(field)s is a formula without a result. Open the file in a spreadsheet, save it and send it again."
    ),
    "formula": _("%(field)s starts like a formula (= + - @). Write it as plain text."),
    "link": _("%(field)s contains a web address. Remove it."),
    "no_letters": _("%(field)s has no letters. Write it in letters."),
    "digits_in_name": _("%(field)s contains a long number. Remove it."),
    "not_whole": _("%(field)s is not a whole number."),
    "not_number": _("%(field)s is not a number."),
    "too_small": _("%(field)s is below %(least)s."),
    "zero": _("%(field)s is 0. Leave the cell empty if nobody knows the number."),
    "place_half": _("Only one of latitude and longitude is here. Write both, or leave both empty."),
    "place_zero": _("Latitude and longitude are 0. Leave both empty if nobody knows the place."),
    "place_swapped": _("Latitude and longitude are swapped. Choose the other column for each."),
    "place_abroad": _("This place is outside India. Correct latitude and longitude, or leave both empty."),
    "too_big": _("%(field)s is above %(most)s."),
    "scientific": _(
        "%(field)s has lost digits in the sheet (like 9.8E+09). Format the column as text and enter it again."
    ),
    "year": _("%(field)s is not a year. Write it with four digits, like 1990."),
    "date": _("%(field)s is not a date. Write it like 15/08/1990 or 1990-08-15."),
    "month_first": _("%(field)s has the month before the day. Write the day first, like 15/08/1990."),
    "date_open": _(
        "%(field)s can be read in two ways: other cells of the column have the month before the day. "
        "Write it like 1990-08-15."
    ),
    "short_year": _("%(field)s has a year of two digits that is not clear. Write all four, like 15/08/1990."),
    "bad_code": _("%(field)s is not a code. Write it in letters and digits, with - between them."),
    "code_day": _(
        "%(field)s is a day: the sheet made it of a number like 5/12. "
        "Format the column as text and enter it again."
    ),
    "pin": _("%(field)s is not a PIN code. It has six digits and does not begin with 0."),
    "phones": _("%(field)s holds two numbers. Keep the one that the person answers."),
    "phone": _("%(field)s is not a phone number we can reach. Write an Indian mobile with ten digits."),
    "choice": _("%(field)s must be one of: %(choices)s."),
    "extra_cells": _(
        "The row has more cells than the header. Put text that contains the separator in quotation marks."
    ),
}

# The whole file, a column or the header.
FILE: dict[str, str | Promise] = {
    "empty": _("The file is empty."),
    "no_rows": _("The file has a header but no rows."),
    "not_a_table": _("This is not a table but %(kind)s. Send a .csv, .xlsx, .ods or .xls file."),
    "html_table": _(
        "This is a web page with the name of a sheet. Open it in a spreadsheet and save it as .xlsx."
    ),
    "archive": _("This is a packed archive. Unpack it and send the table inside."),
    "encrypted": _("The file is protected by a password. Remove the password and send it again."),
    "damaged_file": _("The file is damaged or was uploaded only in part. Send it again."),
    "cut_short": _(
        "The file ends in the middle of a row: it was uploaded only in part, or a quotation mark is open."
    ),
    "zip_bomb": _("Unpacked, this file is too large for a list, so we did not open it."),
    "file_too_large": _("The file is larger than %(limit_mb)s MB. Split it."),
    "sheet_too_large": _("The sheet needs too much memory or time. Save it as CSV, or split it."),
    "too_many_columns": _(
        "The file has %(columns)s columns; at most %(limit)s are read. Remove what is not needed."
    ),
    "line_too_long": _(
        "Row %(row)s is too long for a row of a table. Is the separator or a quotation mark wrong?"
    ),
    "cell_too_long": _(
        "A cell in or after row %(row)s never ends. Is a quotation mark opened and not closed?"
    ),
    "bad_utf8": _(
        "Line %(line)s (byte %(byte)s of the file) is not UTF-8 text. Save the file as “CSV UTF-8” or .xlsx."
    ),
    "unknown_encoding": _(
        "Line %(line)s (byte %(byte)s of the file) is in an encoding we cannot tell. "
        "Save the file as “CSV UTF-8” or .xlsx."
    ),
    "legacy_font": _(
        "Line %(line)s is typed for an old Hindi font (like Kruti Dev). Convert it to Unicode and send it again."
    ),
    "mojibake_file": _(
        "Line %(line)s is garbled (à¤…): Hindi text was saved twice in different encodings. "
        "Save the original as “CSV UTF-8” or .xlsx."
    ),
    "no_such_sheet": _("There is no sheet “%(sheet)s”. There are: %(sheets)s."),
    "only_hidden": _("The rows are on a hidden sheet: %(named)s. Show the sheet and send the file again."),
    "no_header": _("There is no row of column names. Add one, or say which column is which."),
    "missing_columns": _("No column found for: %(fields)s. Say which column it is, or add it."),
    "doubled_header": _(
        "Several columns are named “%(header)s” (%(columns)s). Rename or remove one, or say "
        "which is %(field)s."
    ),
    "doubled_column": _("Column %(column)s is given for more than one field."),
    "sensitive_column": _("Column %(column)s (“%(header)s”) holds sensitive data and is never read."),
    "unknown_column": _("There is no column %(column)s."),
    "unknown_field": _("This list has no field “%(name)s”."),
    "changed": _("The file has changed since we read it. Send it again."),
    # Told, and read nevertheless.
    "guessed_encoding": _(
        "The file is not UTF-8; it is read as Windows-1252. Look at the sample for wrong letters."
    ),
    "doubled_ignored": _("Several columns are named “%(header)s” (%(columns)s). We do not read them."),
    "dropped_columns": _("Sensitive columns are not read: %(named)s."),
    "unread_columns": _("This list does not use these columns: %(named)s."),
    "errors_unseen": _(
        "This old format does not show us hidden rows, comments and failed formulas (#REF!, #N/A). "
        "If the sheet has any, save it as .xlsx."
    ),
    "other_sheets": _("Only the sheet “%(sheet)s” is read, not: %(named)s."),
    "hidden_sheets": _("Hidden sheets are not read: %(named)s."),
    "above_header": _("Rows above the column names are not read: %(named)s."),
    "hidden_rows": _("Rows hidden in the sheet are read like the others: %(named)s."),
    "struck_rows": _("Rows struck through in the sheet are read like the others: %(named)s."),
    "hidden_columns": _("Columns hidden in the sheet are read like the others: %(named)s."),
    "merged_down": _("The value of merged cells holds for each of their rows: %(named)s."),
    "merged_across": _("The value of merged cells holds for their first column only: %(named)s."),
    "comments": _("Comments on cells are not read: %(named)s."),
    "drawings": _("Pictures, charts and text boxes on the sheet are not read."),
}

KINDS: dict[str, str | Promise] = {
    "pdf": _("a PDF"),
    "picture": _("a picture"),
    "document": _("a text document"),
    "json": _("JSON data"),
    "contacts": _("a phone's contact file"),
    "program": _("a program or other binary data"),
}

SENSITIVE: dict[str, str | Promise] = {
    "aadhaar": _("Aadhaar"),
    "voter_id": _("voter identity number"),
    "other_id": _("other identity number"),
    "caste": _("caste"),
    "religion": _("religion"),
    "bank": _("bank details"),
    "health": _("health"),
    "biometric": _("biometrics"),
}

# Counted while cleaning; the cell is kept.
# The column of reasons in a file of refused rows, in English and Hindi. Nobody's list has it: it is not read.
WHY = ("Why it was refused", "अस्वीकृति का कारण")


def is_why(header: str) -> bool:
    """Return True for the column that a file of refused rows adds."""
    return " ".join(header.split()) in WHY


NOTES: dict[str, str | Promise] = {
    "invisible_removed": _("invisible characters removed"),
    "formula_text": _("starts like a formula; kept as text"),
    "spaces_joined": _("several spaces made one"),
    "age": _("an age; the year of birth it makes was taken"),
    "short_year": _("a year of two digits; the one less than 100 years ago was taken"),
    "this_century": _("a year of two digits; the one of this century was taken"),
    "month_first": _("read with the month before the day, as the column shows"),
    "day_first": _("read with the day before the month; the column does not show which it is"),
}


def refusal_reason(
    code: str, facts: Mapping[str, object] | None = None, *, field: Field | None = None
) -> str:
    """The text for one reason in the active language. An unknown code is said as it is."""
    filled = dict(facts or {})
    if more := int(str(filled.pop("more", 0))):
        filled["named"] = str(_("%(named)s and %(n)s more")) % {**filled, "n": grouped(more)}
    if field is not None:
        label = field.label(get_language() or "en")
        filled = {
            "field": label,
            "limit": field.max_length,
            "least": field.least,
            "most": field.most,
            "choices": ", ".join(field.choices),
        } | filled
    if code == "not_a_table":
        filled["kind"] = str(KINDS.get(str(filled.get("kind")), KINDS["program"]))
    text = CELL.get(code) or FILE.get(code)
    return code if text is None else str(text) % filled


class BadCell(Exception):
    """One cell cannot become a value; `code` is a key of CELL."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class TableRefused(Refused, code="table"):
    """The whole file cannot be read. `reason` is a key of FILE, `facts` name line, byte, column …"""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__()
        self.reason = reason
        self.facts = facts

    def __str__(self) -> str:
        return refusal_reason(self.reason, self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        # Refusals travel back from worker processes; Exception's own pickling loses keyword facts.
        return _rebuilt, (self.reason, self.facts)


def _rebuilt(reason: str, facts: dict[str, object]) -> TableRefused:
    return TableRefused(reason, **facts)
