"""A picture inside a document keeps the place where it was taken. Such a document is refused in plain words."""

import io
import zipfile

import pytest
from django.utils import translation
from PIL import Image

from abhiyan.core import file_pool
from abhiyan.core.file_pool import ReaderRefusal
from abhiyan.core.pictures import says_place
from abhiyan.core.refusals import Refused
from abhiyan.work.actions.materials import FileUnfit, PlaceInFile, open_document
from abhiyan.work.rules.materials import look_into

NOTES, PLACE, LATITUDE = 0x8769, 0x8825, {1: "N", 2: (34.0, 5.0, 1.0)}
XMP = b'<rdf:Description exif:GPSLatitude="34,5.1N"/>'


def picture(kind: str = "JPEG", *, place: bool, **more: bytes) -> bytes:
    notes = Image.Exif()
    notes[0x0110] = "Phone of Asha"
    if place:
        notes.get_ifd(PLACE).update(LATITUDE)
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, kind, exif=notes, **more)
    return made.getvalue()


def office(main: str, **parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in {"[Content_Types].xml": b"<x/>", main: b"<x/>", **parts}.items():
            file.writestr(name, part)
    return made.getvalue()


def pdf(*streams: bytes) -> bytes:
    packed = b"".join(b"<</Filter/DCTDecode>>stream\n" + one + b"endstream " for one in streams)
    return b"%PDF-1.7\n" + packed + b"%%EOF"


def documents(one: bytes, ending: str = "jpeg") -> dict[str, bytes]:
    """A picture in a file of each kind that is kept as it is."""
    return {
        "docx": office("word/document.xml", **{f"word/media/image1.{ending}": one}),
        "xlsx": office("xl/workbook.xml", **{f"xl/media/image1.{ending}": one}),
        "pdf": pdf(picture(place=False), one),
    }


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
@pytest.mark.parametrize(
    "one",
    [
        picture(place=True),
        picture("PNG", place=True),
        picture("WEBP", place=True),
        picture("TIFF", place=False) + picture(place=True),
        picture(place=False) + XMP,
    ],
    ids=["JPEG", "PNG", "WebP", "after another", "XMP"],
)
def test_a_document_whose_picture_says_where_it_was_taken_is_refused(kind: str, one: bytes) -> None:
    with pytest.raises(ReaderRefusal, match="place"):
        file_pool.read_in_pool(look_into, documents(one)[kind])
    with pytest.raises(PlaceInFile) as refused:
        open_document(documents(one)[kind], unfit=FileUnfit(field="document"))
    assert refused.value.field == "document"
    with translation.override("en"):
        assert str(refused.value).startswith("A picture in this file says where it was taken.")


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_document_whose_picture_says_no_place_is_taken(kind: str, form: str) -> None:
    told, _kept = open_document(documents(picture(form, place=False))[kind], unfit=FileUnfit(field="file"))
    assert told == kind


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize(
    "broken", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"eXIf" * 50, b"Exif\0\0II*\0" + b"\xff" * 90]
)
def test_broken_notes_are_no_place_and_break_nothing(broken: bytes) -> None:
    assert not says_place(broken)


def test_a_picture_by_itself_is_drawn_again_without_its_place() -> None:
    kind, kept = open_document(picture(place=True), unfit=FileUnfit(field="file"))
    assert kind == "jpg" and not says_place(kept) and says_place(picture(place=True))
    assert issubclass(PlaceInFile, Refused)
