"""An XLSForm as a file: read through `core.tables`, which bounds what it may unpack and take."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.core.tables import sheets as opened
from abhiyan.core.tables.layout import Field, Layout
from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.sniffing import sniff

from .rules import xlsform
from .rules.questions import FormQuestion

LARGEST = 1 << 20  # bytes of a form's sheet
MOST_COLUMNS = 60
MOST_TOLD = 30  # flaws of one file
SURVEY = Layout(
    "survey",
    (
        Field("type", "type", "प्रकार", required=True),
        Field("name", "name", "नाम"),
        Field("label", "label", "प्रश्न"),
    ),
    personal=False,
)
CHOICES = Layout(
    "choices",
    (
        Field("list_name", "list_name", "सूची", required=True),
        Field("name", "name", "नाम"),
        Field("label", "label", "प्रश्न"),
    ),
    personal=False,
)


class SheetUnfit(Refused):
    """The sheet is no form. errors: by sheet and row, in the reader's language."""

    message = _("The sheet was not taken. Correct the rows below and upload it again.")


class SheetTooLong(Refused):
    message = _("Sheet %(sheet)s has %(rows)s rows; at most %(most)s are read. Split the form.")


def read_sheet(data: bytes) -> list[FormQuestion]:
    """The questions of an XLSForm. Refuses SheetUnfit, SheetTooLong, TableRefused (no workbook, or one that harms)."""
    memory = os.memfd_create("form", os.MFD_CLOEXEC)  # nothing of it on a disk
    try:
        os.write(memory, data)
        path = Path(f"/proc/{os.getpid()}/fd/{memory}")
        try:
            survey, choices = _rows(path, xlsform.SURVEY, SURVEY), _rows(path, xlsform.CHOICES, CHOICES)
        except TableRefused as refused:
            raise SheetUnfit(field="sheet", errors=[str(refused)]) from None
    finally:
        os.close(memory)
    questions, wrong = xlsform.read(survey, choices)
    if wrong:
        raise SheetUnfit(field="sheet", errors=[str(one) for one in wrong[:MOST_TOLD]])
    return questions


def _rows(path: Path, sheet: str, layout: Layout) -> xlsform.Rows:
    try:
        source = sniff(path, layout, sheet=sheet, max_bytes=LARGEST).source
    except TableRefused as refused:
        if sheet == xlsform.CHOICES and refused.reason in ("no_such_sheet", "no_rows", "empty"):
            return []  # no question has choices; else the question says which list it lacks
        raise
    if source.records > xlsform.MOST_ROWS:
        raise SheetTooLong(field="sheet", sheet=sheet, rows=source.records, most=xlsform.MOST_ROWS)
    rows = opened.outline(path, sheet=sheet, columns_limit=MOST_COLUMNS).head
    head = max(source.header_row, 1)
    return xlsform.rows_of(rows[head - 1], list(enumerate(rows, 1))[head:])
