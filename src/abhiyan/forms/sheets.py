"""An XLSForm as a file: read in the pool, with its texts."""

from dataclasses import asdict, astuple
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, file_pool
from abhiyan.core.file_pool import ReaderRefusal, UnreadableFile
from abhiyan.core.refusals import Refused
from abhiyan.core.tables.layout import Field, Layout
from abhiyan.core.tables.opening import refusing
from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.sheets import outline
from abhiyan.core.tables.sniffing import sniffed

from .rules import xlsform
from .rules.questions import FormQuestion, question_of

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
    """The questions of an XLSForm, read in the pool. Refuses SheetUnfit (no form, no workbook, or one that harms),
    SheetTooLong, FilesBusy."""
    language = get_language() or "en"

    def work() -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = file_pool.read(questions_of_sheet, data, language=language)
        except ReaderRefusal as refusal:
            if refusal.code == "too_long":
                raise SheetTooLong(field="sheet", **refusal.facts) from None
            if refusal.code == "flaws":
                raise SheetUnfit(field="sheet", errors=refusal.facts["errors"]) from None
            why = TableRefused(refusal.code, **refusal.facts)
            raise SheetUnfit(field="sheet", errors=[str(why)]) from None
        except UnreadableFile:
            raise SheetUnfit(field="sheet", errors=[str(TableRefused("sheet_too_large"))]) from None
        return found

    return [question_of(one) for one in apart.done(("form", language, sha256(data).digest()), work)]


# --- in the pool


def questions_of_sheet(file: Path, language: str) -> list[dict[str, Any]]:
    """The questions of an XLSForm as plain data. Raises ReaderRefusal: "flaws" says them in this language."""
    here = Path(__file__).parent
    settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LOCALE_PATHS=[here / "locale"])
    apps.populate([])
    with refusing(), override(language):
        survey, choices = _rows(file, xlsform.SURVEY, SURVEY), _rows(file, xlsform.CHOICES, CHOICES)
        questions, wrong = xlsform.read(survey, choices)
        if wrong:
            raise ReaderRefusal("flaws", {"errors": [str(one) for one in wrong[:MOST_TOLD]]})
        return [{**asdict(one), "when": one.when and astuple(one.when)} for one in questions]


def _rows(file: Path, sheet: str, layout: Layout) -> xlsform.Rows:
    try:
        source = sniffed(file, layout, sheet=sheet, max_bytes=LARGEST).source
        rows = outline(file, sheet=sheet, columns_limit=MOST_COLUMNS).head
    except (TableRefused, ReaderRefusal) as refused:
        why = refused.reason if isinstance(refused, TableRefused) else refused.code
        if sheet == xlsform.CHOICES and why in ("no_such_sheet", "no_rows", "empty"):
            return []  # no question has choices; else the question says which list it lacks
        raise
    if source.records > xlsform.MOST_ROWS:
        facts = {"sheet": sheet, "rows": source.records, "most": xlsform.MOST_ROWS}
        raise ReaderRefusal("too_long", facts)
    head = max(source.header_row, 1)
    return xlsform.rows_of(rows[head - 1], list(enumerate(rows, 1))[head:])
