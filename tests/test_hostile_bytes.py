"""Files made to harm, at every reader and every upload door.

Each reader of the pool gets all of them: it is found in the source, so a new one is covered or fails here. Each form
with a field for files is a door, and is found by its class. Another process refuses a
hostile file or is cut off, while this one answers others.
"""

import ast
import importlib
import io
import os
import random
import signal
import struct
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import translation
from PIL import Image

from abhiyan.core import file_pool, pictures, slots
from abhiyan.core.file_pool import FilesBusy, UnreadableFile
from abhiyan.core.tests import taken_over
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.paper.layout import PAPER
from abhiyan.site.access import pages
from abhiyan.ui.slides import layouts

PACKAGE = Path(file_pool.__file__).resolve().parents[1]
MB = 1 << 20
BOUNDS = replace(file_pool.OF_A_PAGE, cpu_s=2, waits_s=600.0)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "clean_file": {},
    "drawn_twice": {},
    "kind_of": {},
    "look_at": {"turn": 0},
    "look_at_table": {"layout": PAPER.to_json(), "sheet": None, "max_bytes": 1 << 30},
    "look_into": {},
    "form_of_sheet": {"language": "hi"},
    "rows_of_csv": {
        "encoding": "utf-8",
        "delimiter": ",",
        "first_row": 2,
        "width": 3,
        "start": 0,
        "stop": 64 * MB,
        "number": 1,
        "columns": [0, 1],
        "batch": 1_000,
    },
    "rows_of_sheet": {"sheet": "survey", "columns": [0, 1], "start": 0, "stop": 1_000_000},
    "turn_round": {"turn": 1},
}


def packed(**parts: str | bytes) -> bytes:
    """An office file of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in {"[Content_Types].xml": "<x/>", **parts}.items():
            file.writestr(name, part)
    return made.getvalue()


def picture(kind: bytes) -> bytes:
    """A picture that says of itself that it has 60,000 by 60,000 points."""
    if kind == b"jpg":
        head = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 60_000, 60_000)
        return b"\xff\xd8" + head + b"\x03\x01\x22\0\x02\x11\1\x03\x11\1" + b"\xff\xd9"
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))]
    chunks += [
        (b"zTXt", b"a\0\0" + zlib.compress(bytes(200 * MB))),
        (b"IDAT", zlib.compress(bytes(9))),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(said)) + name + said + struct.pack(">I", zlib.crc32(name + said))
        for name, said in chunks
    )


def workbook(rows: str) -> bytes:
    """A sheet `survey`, whose rows are given as XML."""
    schemas = "http://schemas.openxmlformats.org"
    main, related = f"{schemas}/spreadsheetml/2006/main", f"{schemas}/officeDocument/2006/relationships"
    names = (
        f'<workbook xmlns="{main}" xmlns:r="{related}"><sheets><sheet name="survey" sheetId="1" r:id="r1"/>'
    )
    link = f'<Relationship Id="r1" Type="{related}/worksheet" Target="worksheets/sheet1.xml"/>'
    return packed(
        **{
            "xl/workbook.xml": f"{names}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{schemas}/package/2006/relationships">{link}'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def cells(*texts: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


WORDS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe1\xff\xff",
    b"ID3\x04",
    b"OggS",
    b"\xff\xfb",
)
MORE = (
    b"<relationship ",
    b"/ObjStm stream\n",
    b'"',
    b",",
    b"\n",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"[",
    b"{",
)
BLANK = " " * 30_000
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)


def hostile() -> dict[str, bytes]:
    """Files made to harm, by what they do."""
    head = cells("type", "name", "label", "constraint", "relevant")
    stream = b"<</Type/ObjStm>>stream\n" + zlib.compress(b"1 0 obj")
    found = {f"a megabyte of {word[:12]!r}": word * (MB // len(word)) for word in (*WORDS, *MORE)}
    found |= {
        "a part of opening tags": packed(
            **{"word/document.xml": "<x/>", "word/_rels/document.xml.rels": "<relationship " * 75_000}
        ),
        "a part of fields": packed(**{"word/document.xml": "<x>" + "<w:instrText " * 80_000}),
        "streams without end": b"%PDF-1.7\n" + stream * (MB // len(stream)) + b"%%EOF",
        "a stream that unpacks without end": b"%PDF-1.7 /ObjStm stream\n"
        + zlib.compress(bytes(300 * MB))
        + b"%%EOF",
        "a bomb in a document": packed(**{"word/document.xml": b"<x>" + b" " * (100 * MB)}),
        "a bomb in a sheet": packed(**{"xl/workbook.xml": b" " * (300 * MB)}),
        "a bomb in slides": packed(**{"ppt/presentation.xml": b" " * (60 * MB)}),
        "a billion laughs": packed(**{"word/document.xml": f"{LAUGHS}]><x>&a11;</x>"}),
        "laughs in a sheet": packed(**{"xl/workbook.xml": f"{LAUGHS}]><x>&a11;</x>"}),
        "tags as deep as a megabyte": packed(**{"word/document.xml": "<a>" * 350_000}),
        "a sheet as deep as a megabyte": workbook("<a>" * 350_000),
        "a cell at the end of the grid": workbook(
            head + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        "limits of blanks": workbook(head + cells("integer", "a", "A", f"x{BLANK}x", "") * 300),
        "limits of and": workbook(head + cells("integer", "a", "A", " and" * 8_000, "") * 300),
        "conditions of blanks": workbook(head + cells("integer", "a", "A", "", f"selected({BLANK}x") * 300),
        "names of blanks": workbook(head + cells(f"select_one{BLANK}x", BLANK, BLANK, "", "") * 300),
        "a picture of 3,600 million points": picture(b"png"),
        "a JPEG of as many": picture(b"jpg"),
        "a table of a quotation mark": b'phone,name,year\n"' + b'"",' * (MB // 3),
        "a table of one line": b"phone,name,year\n" + b"a" * (2 * MB),
        "a table of columns": b"," * MB + b"\n" + b"1," * MB,
        "a table of long cells": b"phone,name,year\n" + (b"9" * 60_000 + b",a,1\n") * 17,
        "noise": random.Random(59).randbytes(MB),  # the same in each run
        "nothing": b"",
    }
    return found


DOORS = ("file_pool.read", "file_pool.stream", "table_told")  # of the pool


def readers() -> dict[str, Callable[..., Any]]:
    """Every function that is handed to the pool, by its name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if "tests" in path.parts or path.name in ("file_pool.py", "opening.py"):
            continue
        text = path.read_text()
        if not any(f"{door}(" in text for door in DOORS):
            continue
        module = importlib.import_module(
            ".".join(("abhiyan", *path.relative_to(PACKAGE).with_suffix("").parts))
        )
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in DOORS:
                name = ast.unparse(node.args[0])
                found[name] = getattr(layouts if name == "clean_file" else module, name)
    return found


def test_every_reader_has_its_arguments_here() -> None:
    assert set(readers()) == set(ARGUMENTS), "a new reader of the pool gets hostile files too"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return hostile()


@contextmanager
def watched() -> Iterator[tuple[set[int], set[str]]]:
    """Processes that readers were begun in, and what opens files in this process; both while it lasts."""
    begun: set[int] = set()
    opened: set[str] = set()
    openers = (
        "zipfile",
        "PIL.",
        "csv",
        "xml.",
        "lxml",
        "pptx",
        "python_calamine",
        "abhiyan.core.tables.csv_rows",
    )

    def see(frame: Any, event: str, told: Any) -> None:
        if event == "return" and frame.f_code.co_qualname == "_ReaderStarter._ask" and isinstance(told, int):
            begun.add(told)
        elif event == "call" and str(frame.f_globals.get("__name__", "")).startswith(openers):
            opened.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")
        elif event == "c_call" and getattr(told, "__module__", None) in (
            "zlib",
            "pyexpat",
            "_csv",
            "marshal",
        ):
            opened.add(f"{told.__module__}.{told.__name__}")

    before, before_threads = sys.getprofile(), threading.getprofile()
    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield begun, opened
    finally:
        sys.setprofile(before)
        threading.setprofile(before_threads)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_a_reader_answers_refuses_or_is_cut_off_in_a_process_of_its_own(
    name: str, files: dict[str, bytes]
) -> None:
    reader = readers()[name]
    for what, data in files.items():
        with watched() as (begun, opened), suppress(UnreadableFile):  # ReaderRefusal is one
            for piece in file_pool.stream(reader, data, bounds=BOUNDS, **ARGUMENTS[name]):
                assert piece is not None, what
        assert len(begun) == 1 and os.getpid() not in begun, what
        assert not opened, f"{what}: {opened}"


@pytest.fixture
def held(files: dict[str, bytes]) -> Iterator[list[str]]:
    """A file whose reader is stopped in the middle, as if it waited for ever; and what came of it."""
    said: list[str] = []
    begun = threading.Event()

    def see(frame: Any, event: str, told: Any) -> None:
        if event == "return" and frame.f_code.co_qualname == "_ReaderStarter._ask" and isinstance(told, int):
            os.kill(told, signal.SIGSTOP)
            said.append(str(told))
            begun.set()

    def read() -> None:
        sys.setprofile(see)
        try:
            file_pool.read(readers()["look_into"], files["streams without end"], bounds=BOUNDS)
        except UnreadableFile as why:
            said.append(f"cut off: {why}")

    reading = threading.Thread(target=read)
    reading.start()
    assert begun.wait(PATIENCE_S)
    try:
        yield said
    finally:
        os.kill(int(said[0]), signal.SIGKILL)
        reading.join(PATIENCE_S)
    assert said[1:] == ["cut off: ended"]


@pytest.mark.django_db
def test_the_server_answers_between_two_pieces_of_a_file_that_is_held(held: list[str]) -> None:
    assert Client().get("/sign-in/").status_code == 200
    picture_of_another = io.BytesIO()
    Image.new("RGB", (60, 80)).save(picture_of_another, "PNG")
    assert pictures.redraw(picture_of_another.getvalue()).picture, "and the next file is opened beside it"
    assert len(held) == 1, "the first is still held"


def test_a_full_pool_says_so_in_plain_words(files: dict[str, bytes]) -> None:
    with ExitStack() as busy:
        for _n in range(file_pool.OF_A_PAGE.at_once):
            busy.enter_context(slots.slot("files", of=file_pool.OF_A_PAGE.at_once, patience_s=PATIENCE_S))
        with pytest.raises(FilesBusy) as refused, translation.override("en"):
            file_pool.read(readers()["look_into"], files["nothing"], bounds=replace(BOUNDS, waits_s=0))
    assert refused.value.status == 503
    with translation.override("en"):
        assert str(refused.value) == "Many files are being read now. Try again in a minute."


def test_a_reader_that_hangs_without_work_is_cut_off_by_its_silence(files: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableFile, match="time"):
        file_pool.read(readers()["look_into"], files["noise"], bounds=replace(BOUNDS, silence_s=0))


def test_a_reader_knows_no_file_but_its_own_and_nothing_of_the_server() -> None:
    found = file_pool.read(taken_over.what_a_reader_sees, b"a")
    again = file_pool.read(taken_over.what_a_reader_sees, b"b")
    assert found["pid"] != again["pid"] != os.getpid()
    assert (found["file"], again["file"]) == ("a", "b")
    assert not [name for name in found["environment"] if name.startswith(("ABHIYAN", "DATABASE", "DJANGO"))]
    assert found["seen"] == again["seen"] == [], "nothing is left of the file before"


@pytest.mark.parametrize(
    "reader",
    ["answers_without_end", "answers_no_data", "nests_deep", "kills_itself", "fills_memory", "writes_a_file"],
)
def test_whoever_takes_a_reader_over_can_say_nothing_but_bounded_data(reader: str) -> None:
    with pytest.raises(UnreadableFile):
        list(file_pool.stream(getattr(taken_over, reader), b"x", bounds=BOUNDS))


# --- the doors


# Each form with a field for files, and the reader its files go to.
FORMS = {
    "contact.views.lists.NewListForm": "look_into",
    "enrolment.views.certificates.CertificateSheetForm": "drawn_twice",
    "enrolment.views.notice.AudioForm": "kind_of",
    "enrolment.views.photos.PhotosForm": "look_at",
    "forms.views.making.FormToMake": "form_of_sheet",
    "programmes.views.materials.MaterialFileForm": "look_into",
    "programmes.views.materials.NewMaterialForm": "look_into",
    "review.views.deck_templates.DeckFileForm": "clean_file",
    "site.imports.forms.BeginForm": "look_at_table",
    "site.views.field.FieldSendForm": "drawn_twice",  # once its record comes
}


def forms_with_files(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[str]:
    """Every form class of ours that takes a file, by its place."""
    for each in base.__subclasses__():
        fields = getattr(each, "base_fields", {}).values()
        is_ours = each.__module__.startswith("abhiyan.") and ".tests." not in each.__module__
        if is_ours and any(isinstance(one, forms.FileField) for one in fields):
            yield f"{each.__module__.removeprefix('abhiyan.')}.{each.__qualname__}"
        yield from forms_with_files(each)


def test_every_form_that_takes_a_file_hands_it_to_a_reader_we_test() -> None:
    assert {page.name for page in pages().values()}, "all views are imported"
    assert {name for name in forms_with_files() if "FilledVersion" not in name} == set(FORMS)
    assert set(FORMS.values()) <= set(ARGUMENTS)
