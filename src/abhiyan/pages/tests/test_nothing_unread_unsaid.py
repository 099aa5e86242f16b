"""Every kind of list and every format says on its page, before anything is changed, what its file held besides.

The kinds come from the registry, the formats from `imports.tests.workbooks`. A reader of tables that is not here fails.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

import abhiyan
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import World
from abhiyan.imports import actions, queries, running, store
from abhiyan.imports.kinds import ImportKind, RowOutcome, kind_of_import, register, registered
from abhiyan.imports.models import StagedImport
from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.imports.tests.workbooks import ERROR, FORMATS, UNCALCULATED, MadeSheet
from abhiyan.imports.work import Work
from abhiyan.org import actions as org
from abhiyan.people import phones
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

from .test_imports import account
from .test_places_in_lists import OF_KIND

# A step of an import runs on connections of its own.
pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
ROWS = 14  # of data, four of them blank
SEEN_NOWHERE = "This old format does not show us hidden rows, comments and failed formulas"
# The page says these sentences. Behind each: the formats that cannot hold or show it.
SENTENCES = {
    "Rows above the column names are not read: 1.": (),
    "This list does not use these columns: Remark": (),
    "Only the sheet “List” is read, not: Older.": ("csv",),
    "Hidden sheets are not read: Notes.": ("csv",),
    "The value of merged cells holds for each of their rows: {last}9:{last}10.": ("csv",),
    "The value of merged cells holds for their first column only: {last}6:{after}6.": ("csv",),
    "Rows hidden in the sheet are read like the others: 8.": ("csv", "xls"),
    "Rows struck through in the sheet are read like the others: 5.": ("csv", "xls"),
    "Columns hidden in the sheet are read like the others: B.": ("csv", "xls"),
    "Comments on cells are not read: {last}4.": ("csv", "xls"),
    "Pictures, charts and text boxes on the sheet are not read.": ("csv", "xls"),
}


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    for public_id in store.kept_files():
        store.delete(public_id)


def cell(field: Field, n: int) -> str:
    return next(iter(field.choices)) if field.choices else OF_KIND[field.kind].format(n=n)


def everything(of_kind: ImportKind) -> tuple[MadeSheet, dict[str, str]]:
    """A list of this kind with all that can be passed over, and the letters of columns that sentences name."""
    fields = list(of_kind.layout.fields)
    width = len(fields) + 1
    rows = [[cell(field, n) for field in fields] + ["x"] for n in range(ROWS - 4)]
    rows[4][0] = ERROR
    rows[5][0] = UNCALCULATED
    rows[1][-1] = rows[6][-1] = ""
    rows[7:7] = [[""] * width for _blank in range(4)]  # a gap, and more rows below it
    made = MadeSheet(
        [
            ["List of a district", *[""] * (width - 1)],
            [""] * width,
            [field.en for field in fields] + ["Remark"],
        ]
        + rows,
        hidden_rows={7},
        struck={(4, 0)},
        hidden_columns={1},
        merged=[(8, width - 1, 9, width - 1), (5, width - 1, 5, width)],
        comments={(3, width - 1): "moved away"},
        is_drawn=True,
        others=[
            MadeSheet([["old"]], "Older"),
            MadeSheet([["to do"]], "Notes", state="hidden"),
            MadeSheet([[""]], "Sheet3"),
        ],
    )
    return made, {"last": chr(64 + width), "after": chr(65 + width)}


@contextmanager
def plainly_checked(of_kind: ImportKind) -> Iterator[None]:
    """The list without its questions, for who may bring units; the check reads it as the engine does."""

    def checked_rows(work: Work) -> None:
        for batch in work.rows(phone=phones.parse):
            work.count("row", len(batch.rows))

    register(
        replace(
            of_kind,
            capability=kind_of_import("units").capability,
            options=(),
            options_fit=None,
            check=checked_rows,
            outcomes={"row": RowOutcome("Rows")},
            differences=None,
            lacking=None,
            tells=None,
            confirms=None,
            waits=None,
            belongs=None,
        )
    )
    try:
        yield
    finally:
        register(of_kind)


def page_of(of_kind: ImportKind, file: Path, admin: Account) -> tuple[str, str, dict[str, int]]:
    """Return the words above the button that imports, those below it, and the results of the check."""
    with plainly_checked(of_kind):
        with system("test"):
            public_id = actions.import_file(kind_key=of_kind.key, path=file, by=SYSTEM, at=NOW)
            actions.ask_import_step(public_id=public_id, step="check", by=SYSTEM, at=NOW)
        running.run_import_step(public_id, "check", at=NOW)
        with system("test"):
            StagedImport.objects.filter(public_id=public_id).update(account_id=admin.pk)
            staged = queries.import_for(public_id)
        assert staged.state == "checked", (of_kind.key, file.suffix, running.error_text(staged))
        shown = browser(admin).get(f"/imports/{public_id}/").content.decode()
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())
    before, button, below = words.partition("Import now")
    assert button or "Nothing of this list can be imported" in words, words
    return before, below, staged.counts


@pytest.mark.parametrize("ending", FORMATS)
def test_each_kind_of_list_says_all_that_it_passes_over(ending: str, tmp_path: Path) -> None:
    World.make()
    with system("test"):
        org.ensure_offices()
    admin = account("Root", is_root=True)
    unsaid = []
    for of_kind in registered():
        made, letters = everything(of_kind)
        file = tmp_path / f"{of_kind.key}.{ending}"
        file.write_bytes(FORMATS[ending](made))
        remarks, refused, counts = page_of(of_kind, file, admin)
        expected = [text.format(**letters) for text, not_in in SENTENCES.items() if ending not in not_in]
        if ending == "xls":
            expected.append(SEEN_NOWHERE)
        reasons = ["holds an error of the sheet (like #REF! or #N/A)"]
        if ending in ("xlsx", "ods"):
            reasons.append("is a formula without a result")
        unsaid += [(of_kind.key, text) for text in expected if text not in remarks]
        unsaid += [(of_kind.key, text) for text in reasons if text not in remarks + refused]
        if sum(counts.values()) != ROWS or counts.get("skipped") != 4:
            unsaid.append((of_kind.key, str(counts)))
    assert not unsaid


# --- readers

READERS = {
    "imports/actions.py": "every kind of list, above",
    "forms/sheets.py": "forms: forms/tests/test_sheet_parts.py",
    "messaging/commands.py": "ids of texts, on the console: messaging/tests/test_registered.py",
}
LOOKS = {"sniff", "sniffed", "outline", "sheet_sizes", "load_workbook", "rows_of_sheet", "rows_of_csv"}
OF_THE_READER = "imports/tables/"


def test_whatever_reads_tables_is_here() -> None:
    root = Path(abhiyan.__file__).parent
    found = set()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if "/tests/" in name or name.startswith(OF_THE_READER):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called in LOOKS:
                    found.add(name)
    assert found == READERS.keys(), "a reader of tables says what it leaves out; name its test here"


def test_each_kind_of_cell_has_a_value() -> None:
    assert set(OF_KIND) >= set(CellKind) - {CellKind.CHOICE}
