"""Files made to harm, what watches who opens them, and the forms that take files."""

import io
import random
import struct
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MB = 1 << 20


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
        "abhiyan.imports.tables.csv_rows",
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


# Each form with a field for files, and the reader its files go to.
FORMS = {
    "contact.views.lists.NewListForm": "look_into",
    "friends.views.certificates.CertificateSheetForm": "drawn_twice",
    "intake.views.notice.AudioForm": "audio_kind",
    "paper.views.photos.PhotosForm": "look_at",
    "forms.views.making.FormToMake": "form_of_sheet",
    "work.views.materials.MaterialFileForm": "look_into",
    "work.views.materials.NewMaterialForm": "look_into",
    "review.views.deck_templates.DeckFileForm": "clean_file",
    "pages.imports.forms.BeginForm": "look_at_table",
    "pages.views.field.FieldSendForm": "drawn_twice",  # once its record comes
}
