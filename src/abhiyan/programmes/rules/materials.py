"""Which files are taken as materials, by what is in them and not by their names."""

import io
import zipfile

from abhiyan.core.pictures import TAIL, picture_kind

LARGEST = 20 << 20  # bytes of one file: a leaflet for printing with its pictures
MOST_FILES = 200  # of one unit in one programme, older versions included
LONGEST_REASON = 500
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"  # what a page offers to choose
_MAIN_PART = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_JOINERS = "\u200c\u200d"  # Hindi spells with them
_NOT_IN_NAMES = '/\\:*?"<>|'


def kind_of(data: bytes) -> str | None:
    """The ending a file should have, by how it begins and ends; None for what is not taken, whatever its name says.

    A Word or Excel file with macros is not taken, nor is one that is cut short.
    """
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-TAIL:]:
        return "pdf"
    if picture := picture_kind(data):
        return picture
    return _office_kind(data) if data[:4] == b"PK\x03\x04" else None


def _office_kind(data: bytes) -> str | None:
    """By the names of the parts alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, ValueError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    found = {kind for part, kind in _MAIN_PART.items() if part in names}
    return found.pop() if len(found) == 1 else None


def file_name(title: str, kind: str) -> str:
    """What a downloaded file is called: its title, without what a file's name may not hold."""
    kept = "".join(
        char if (char.isprintable() or char in _JOINERS) and char not in _NOT_IN_NAMES else " "
        for char in title
    )
    return f"{' '.join(kept.split()).strip('. ')[:80] or 'file'}.{kind}"
