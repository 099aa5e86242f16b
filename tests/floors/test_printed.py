"""Each printed or drawn thing asks whether its letters can be printed (`core/printing.py`), and says what cannot be.

Two things are looked at: which modules set letters on paper or in a picture, and what each says to `with_lines`. A
reader who prints lines in place of words knows which letters are missing. So the request says it, or it is handed on.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from abhiyan.core import printing

from .source import PACKAGE, Finder, Source, dotted, sources, told

# Libraries that set letters. A module that may is listed with its reason.
SETTERS = {
    "cairosvg",
    "fpdf",
    "matplotlib",
    "pikepdf",
    "pypdf",
    "reportlab",
    "typst",
    "weasyprint",
    "xhtml2pdf",
}
SETS = {"core/printing.py": "it asks can_print"}
PENS = {"text", "multiline_text"}  # of Pillow: letters in a picture
PRINTING = {"printing.print_pdf", "printing.png"}
# Modules that print with lines or without, whatever a reader says.
UNREAD = {
    "contact/demo.py": "the demo's own papers",
    "work/demo.py": "the demo's own papers",
    "review/actions/deck_templates.py": "a trial of a template, kept by nobody",
    "review/views/deck_templates.py": "sample slides with words of our own",
    "sample/fieldwork.py": "the demo's own papers",
}

ON_SCREENS = "→"  # titles of screens have it, and no sheet does


def setters(source: Source) -> Iterator[str]:
    for node in source.nodes:
        named: list[str] = []
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        is_setter = any(name.split(".")[0] in SETTERS or name == "PIL.ImageFont" for name in named)
        if is_setter and f"{source.room}/{source.path}" not in SETS:
            yield source.at(node, "it sets letters itself: print by core.printing")
        if isinstance(node, ast.Attribute) and node.attr in PENS and "ImageDraw" in ast.dump(node.value):
            yield source.at(node, "it draws letters itself: print by core.printing")


def unread(source: Source) -> Iterator[str]:
    if f"{source.room}/{source.path}" in UNREAD:
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        said = [each.value for each in node.keywords if each.arg == "with_lines"]
        if dotted(node.func) in PRINTING and not said:
            yield source.at(node, "it does not say whether anybody read what cannot be printed (with_lines)")
        for value in said:
            asks = isinstance(value, ast.Call) and dotted(value.func).split(".")[-1] == "with_lines"
            if not asks and not (isinstance(value, ast.Name) and value.id == "with_lines"):
                yield source.at(node, "with_lines is what the request says: ui.files.with_lines(request)")


@pytest.mark.parametrize("finder", [setters, unread])
def test_what_is_printed_asks_whether_its_letters_can_be(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (setters, "import typst\n"),
        (setters, "from weasyprint import HTML\n"),
        (setters, "from PIL import ImageFont\n"),
        (setters, "ImageDraw.Draw(picture).text((0, 0), name)\n"),
        (unread, "printing.print_pdf(T, some, title='', language='hi', at=at)\n"),
        (unread, "printing.png(T, some, with_lines=True)\n"),
        (unread, "printed.forms(batch, with_lines=not False)\n"),
    ],
)
def test_a_sheet_that_does_not_ask_is_found(finder: Finder, text: str) -> None:
    assert list(finder(Source("stays", Path("views/new.py"), text)))


def test_words_of_our_own_can_be_printed_in_each_room_that_prints() -> None:
    rooms = {each.room for each in sources("**/*.py") if any(call in each.text for call in PRINTING)}
    assert rooms >= {"enrolment", "meetings", "programmes", "review", "stays"}
    for room in sorted(rooms):
        with (PACKAGE / room / "locale/hi/LC_MESSAGES/django.po").open("rb") as file:
            said = [
                str(text).replace(ON_SCREENS, "")
                for entry in read_po(file)
                for text in (entry.id, entry.string)
            ]
        assert printing.letters_missing(said) == [], room


def test_each_exception_is_needed() -> None:
    found = {f"{each.room}/{each.path}" for each in sources("**/*.py") if "with_lines=" in each.text}
    assert set(UNREAD) <= found
    assert set(SETS) <= {
        f"{each.room}/{each.path}" for each in sources("**/*.py") if "import typst" in each.text
    }
