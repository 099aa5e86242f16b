"""Which files are taken as materials, by what is in them and not by their names."""

import io
import re
import zipfile
import zlib

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
MOST_UNPACKED, LARGEST_PART = 200 << 20, 32 << 20  # bytes: of an office file, and of a part that is read
_MAIN_PART = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_JOINERS = "\u200c\u200d"  # Hindi spells with them
_NOT_IN_NAMES = '/\\:*?"<>|'


def _spelt(*names: str) -> re.Pattern[bytes]:
    """Names of a PDF. Each letter may also be written by its number: /Launch, /L#61unch."""
    each = ("".join(f"(?:{letter}|#{ord(letter):02x})" for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(each)})(?![A-Za-z0-9#])".encode(), re.IGNORECASE)


# These names start something, or carry another file. An action that runs a script names it by its kind, /JavaScript.
_STARTS = _spelt("JavaScript", "Launch", "SubmitForm", "ImportData", "RichMedia", "EmbeddedFiles")
_PACKED = _spelt("ObjStm")  # objects inside a compressed stream
_STREAM = re.compile(rb"stream\r?\n")
_BEFORE_STREAM = 600  # bytes of the dictionary that describes a stream
_NO_DOCUMENT = re.compile(rb"macroenabled|vbaproject|activex|oleobject|externallink|attachedtemplate")
_OUTSIDE = re.compile(rb"<[a-z0-9:]*relationship\s[^>]*targetmode\s*=\s*[\"']external[\"'][^>]*>")
_LINK = re.compile(rb"\stype\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_FIELD = re.compile(rb"instrtext[^>]*>([^<]*)|\sw:instr\s*=\s*[\"']([^\"']*)")


def kind_of(data: bytes) -> str | None:
    """The ending a file should have, by how it begins and ends; None for what is not taken, whatever its name says.

    Refuses an office file or a PDF that starts something or fetches something, and a file that is cut short.
    """
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-TAIL:]:
        return None if _starts_something(data) else "pdf"
    if picture := picture_kind(data):
        return picture
    return _office_kind(data) if data[:4] == b"PK\x03\x04" else None


def _starts_something(data: bytes) -> bool:
    """Return True if a PDF has a script, starts a program, sends a form, carries files or cannot be read."""
    if _STARTS.search(data):
        return True
    room = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        if not _PACKED.search(data, max(0, found.start() - _BEFORE_STREAM), found.start()):
            continue
        try:
            objects = zlib.decompressobj().decompress(data[found.end() :], room)
        except zlib.error:
            return True
        room -= len(objects)
        if room <= 0 or _STARTS.search(objects):
            return True
    return False


def _office_kind(data: bytes) -> str | None:
    """By the names of its parts. Nothing in it may run or come from elsewhere; a link that is clicked may."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
            if sum(one.file_size for one in infos) > MOST_UNPACKED:
                return None
            if any(_reaches_out(parts, one) for one in infos):
                return None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        return None  # RuntimeError: it wants a password, or is packed in a way we do not know
    names = {one.filename for one in infos}
    found = {kind for part, kind in _MAIN_PART.items() if part in names}
    return found.pop() if len(found) == 1 and "[Content_Types].xml" in names else None


def _reaches_out(parts: zipfile.ZipFile, one: zipfile.ZipInfo) -> bool:
    """Return True if a part of an office file runs something, or brings it from elsewhere."""
    name = one.filename.lower()
    is_text = name.startswith("word/") and name.endswith(".xml")
    if _NO_DOCUMENT.search(name.encode()):
        return True
    if not is_text and name != "[content_types].xml" and not name.endswith(".rels"):
        return False
    part = parts.read(one).lower() if one.file_size <= LARGEST_PART else b""
    if not part or b"\0" in part or b"<!entity" in part:  # UTF-16, or words that hide behind others
        return True
    if is_text:
        return b"dde" in b"".join(before or after for before, after in _FIELD.findall(part))
    return bool(_NO_DOCUMENT.search(part)) or any(
        not _LINK.search(found[0]) for found in _OUTSIDE.finditer(part)
    )


def file_name(title: str, kind: str) -> str:
    """What a downloaded file is called: its title, without what a file's name may not hold."""
    kept = "".join(
        char if (char.isprintable() or char in _JOINERS) and char not in _NOT_IN_NAMES else " "
        for char in title
    )
    return f"{' '.join(kept.split()).strip('. ')[:80] or 'file'}.{kind}"
