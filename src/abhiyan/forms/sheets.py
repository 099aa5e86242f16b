"""An XLSForm as a file: read in the pool, with its texts and with what is not read."""

from dataclasses import asdict, astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, file_pool
from abhiyan.core.file_pool import ReaderRefusal, UnreadableFile
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import Refused
from abhiyan.imports.tables.layout import Field, Layout
from abhiyan.imports.tables.opening import refusing
from abhiyan.imports.tables.reasons import TableRefused
from abhiyan.imports.tables.sheet_parts import part_facts
from abhiyan.imports.tables.sheets import outline, sheet_sizes
from abhiyan.imports.tables.sniffing import sniffed
from abhiyan.imports.tables.words import spaced

from .rules import form_sheets, xlsform
from .rules.form_sheets import FormSheet
from .rules.questions import FormQuestion, question_from_json

LARGEST = 1 << 20  # bytes of a form's sheet
MOST_COLUMNS = 60
MOST_TOLD = 30  # flaws of one file
EMPTY = ("no_such_sheet", "no_rows", "empty")  # a sheet that a form may be without
SURVEY = Layout(
    "survey",
    (
        Field("type", "type", "प्रकार", required=True),
        Field("name", "name", "नाम"),
        Field("label", "label", "सवाल"),
    ),
    personal=False,
)
CHOICES = Layout(
    "choices",
    (
        Field("list_name", "list_name", "सूची", required=True),
        Field("name", "name", "नाम"),
        Field("label", "label", "सवाल"),
    ),
    personal=False,
)
LAYOUTS = {form_sheets.SURVEY: SURVEY, form_sheets.CHOICES: CHOICES}


class SheetUnfit(Refused):
    """The sheet is no form. errors: by sheet and row, in the reader's language."""

    message = _("The sheet was not taken. Correct the rows below and upload it again.")


class SheetTooLong(Refused):
    message = _("Sheet %(sheet)s has %(rows)s rows; at most %(most)s are read. Split the form.")


@dataclass(frozen=True, slots=True)
class SheetForm:
    """The questions of a sheet. unread: what the sheet says and they leave out, one sentence a cause, in the reader's
    language. left: in how many rows."""

    questions: list[FormQuestion]
    unread: list[str]
    left: int


def read_sheet(data: bytes) -> SheetForm:
    """The form of an XLSForm, read in the pool. Refuses SheetUnfit (no form, no workbook, or one that harms),
    SheetTooLong, FilesBusy."""
    language = get_language() or "en"

    def work() -> dict[str, Any]:
        try:
            form_json: dict[str, Any] = file_pool.read_in_pool(form_of_sheet, data, language=language)
        except ReaderRefusal as refusal:
            if refusal.code == "too_long":
                raise SheetTooLong(field="sheet", **refusal.facts) from None
            if refusal.code == "flaws":
                raise SheetUnfit(field="sheet", errors=refusal.facts["errors"]) from None
            why = TableRefused(refusal.code, **refusal.facts)
            raise SheetUnfit(field="sheet", errors=[str(why)]) from None
        except UnreadableFile:
            raise SheetUnfit(field="sheet", errors=[str(TableRefused("sheet_too_large"))]) from None
        return form_json

    form_data = apart.done(("form", language, sha256(data).digest()), work)
    return SheetForm(
        [question_from_json(question_json) for question_json in form_data["questions"]],
        form_data["unread"],
        form_data["left"],
    )


# --- in the pool


def form_of_sheet(file: Path, language: str) -> dict[str, Any]:
    """The fields of a SheetForm as plain data. Raises ReaderRefusal: "flaws" says them in this language."""
    rooms = Path(__file__).parent.parent
    settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LOCALE_PATHS=sorted(rooms.glob("*/locale")))
    apps.populate([])
    with refusing(), override(language):
        name, survey = _survey(file)
        sizes = sheet_sizes(file)
        del sizes[name]
        choices = _optional(file, sizes, form_sheets.CHOICES)
        form_read = xlsform.read_xlsform(survey, choices, _optional(file, sizes, form_sheets.SETTINGS), sizes)
        if form_read.wrong:
            errors = [str(sheet_flaw) for sheet_flaw in form_read.wrong[:MOST_TOLD]]
            if (more := len(form_read.wrong) - MOST_TOLD) > 0:
                errors.append(say("%(n)s more places need a correction.") % {"n": grouped(more)})
            raise ReaderRefusal("flaws", {"errors": errors})
        questions = [
            {**asdict(question), "when": question.when and astuple(question.when)}
            for question in form_read.questions
        ]
        unread = [str(part) for part in form_read.unread]
        return {
            "questions": questions,
            "unread": unread,
            "left": sum(len(part.rows) or 1 for part in form_read.unread),
        }


def _survey(file: Path) -> tuple[str, FormSheet]:
    """The sheet of questions, and its name as the workbook writes it."""
    try:
        return form_sheets.SURVEY, _sheet(file, form_sheets.SURVEY, form_sheets.SURVEY)
    except ReaderRefusal as refused:
        if refused.code != "no_such_sheet":
            raise
        name = _named(sheet_sizes(file), form_sheets.SURVEY)
        if name is None:
            raise
    return name, _sheet(file, name, form_sheets.SURVEY)


def _optional(file: Path, sizes: dict[str, int], part: str) -> FormSheet:
    """A sheet that a form may be without. It is taken out of `sizes`. A question says which list it lacks."""
    name = _named(sizes, part)
    if name is None:
        return FormSheet(part)
    del sizes[name]
    return _sheet(file, name, part)


def _named(sizes: dict[str, int], part: str) -> str | None:
    return next((name for name in sizes if spaced(name) == part), None)


def _sheet(file: Path, name: str, part: str) -> FormSheet:
    head_row = 1
    if part in LAYOUTS:
        try:
            source = sniffed(file, LAYOUTS[part], sheet=name, max_bytes=LARGEST).source
        except TableRefused as refused:
            if part != form_sheets.SURVEY and refused.reason in EMPTY:
                return FormSheet(part)  # no question has choices
            raise
        head_row = max(source.header_row, 1)
    look = outline(file, sheet=name, columns_limit=MOST_COLUMNS)
    if look.records > xlsform.MOST_ROWS:
        facts = {"sheet": name, "rows": look.records, "most": xlsform.MOST_ROWS}
        raise ReaderRefusal("too_long", facts)
    look.hold_merged(head_row + 1)
    besides = list(part_facts(look.parts, look.head, header_row=head_row, first_row=head_row + 1))
    if not look.is_told:
        besides.append(("errors_unseen", {}))
    body = list(enumerate(look.head, 1))[head_row:]
    return form_sheets.form_sheet(part, look.head[head_row - 1], body, head_row=head_row, besides=besides)
