"""Take files as materials by their content and not by their names."""

import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from abhiyan.core.file_pool import ReaderRefusal
from abhiyan.core.pictures import TAIL, drawn_alike, picture_kind, says_place

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
    """Return a pattern of names of a PDF. Each letter may also be written by its number: /Launch, /L#61unch."""
    spellings = ("".join(f"(?:{letter}|#{ord(letter):02x})" for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spellings)})(?![A-Za-z0-9#])".encode(), re.IGNORECASE)


# These names start something, or carry another file. An action that runs a script names it by its kind, /JavaScript.
_STARTS = _spelt("JavaScript", "Launch", "SubmitForm", "ImportData", "RichMedia", "EmbeddedFiles")
_PACKED = _spelt("ObjStm")  # objects inside a compressed stream
_STREAM = re.compile(rb"stream\r?\n")
_BEFORE_STREAM = 600  # bytes of the dictionary that describes a stream
_NO_DOCUMENT = ("macroenabled", "vbaproject", "activex", "oleobject", "externallink", "attachedtemplate")
_BLOCK = 1 << 16  # bytes


def look_into(file: Path) -> dict[str, str | None]:
    """Return the ending a file should have, by what is in it; and a picture drawn again, in base 64. In the pool.

    Raises ReaderRefusal("kind") for what is not taken, whatever its name says. An office file or a PDF that starts or
    fetches something is not taken, nor is a file that is cut short. ReaderRefusal("place"): a picture in it says where
    it was taken.
    """
    data = file.read_bytes()
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-TAIL:]:
        if not _starts_something(data):
            if says_place(data):
                raise ReaderRefusal("place")
            return {"kind": "pdf", "drawn": None}
    elif picture := picture_kind(data):
        return {"kind": picture, "drawn": drawn_alike(file)}
    elif data[:4] == b"PK\x03\x04" and (kind := _office_kind(file)):
        return {"kind": kind, "drawn": None}
    raise ReaderRefusal("kind")


def _starts_something(data: bytes) -> bool:
    """Return True if a PDF has a script, starts a program, sends a form, carries files or cannot be read."""
    if _STARTS.search(data):
        return True
    room = MOST_UNPACKED
    for match in _STREAM.finditer(data):
        if not _PACKED.search(data, max(0, match.start() - _BEFORE_STREAM), match.start()):
            continue
        try:
            objects = _unpacked(data, match.end(), room)
        except zlib.error:
            return True
        room -= len(objects)
        if room <= 0 or _STARTS.search(objects):
            return True
    return False


def _unpacked(data: bytes, at: int, room: int) -> bytes:
    """Unpack the stream that begins there, block by block: what lies behind it is not copied."""
    packed, came = zlib.decompressobj(), bytearray()
    while not packed.eof and at < len(data) and len(came) < room:
        came += packed.decompress(data[at : at + _BLOCK], room - len(came))
        at += _BLOCK
    return bytes(came)


def _office_kind(file: Path) -> str | None:
    """Return the kind by the names of its parts.

    Nothing in it may run or come from elsewhere; a link that is clicked may.
    """
    try:
        with zipfile.ZipFile(file) as parts:
            infos = parts.infolist()
            if sum(info.file_size for info in infos) > MOST_UNPACKED:
                return None
            if any(_reaches_out(parts, info) for info in infos):
                return None
            if any(_says_place(parts, info) for info in infos):
                raise ReaderRefusal("place")
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, ValueError):
        return None  # RuntimeError: it wants a password, or is packed in a way we do not know
    names = {info.filename for info in infos}
    kinds = {kind for part, kind in _MAIN_PART.items() if part in names}
    return kinds.pop() if len(kinds) == 1 and "[Content_Types].xml" in names else None


def _says_place(parts: zipfile.ZipFile, one: zipfile.ZipInfo) -> bool:
    """Return True if a picture among the parts of an office file says where it was taken."""
    return "/media/" in one.filename and says_place(parts.read(one))


def _reaches_out(parts: zipfile.ZipFile, one: zipfile.ZipInfo) -> bool:
    """Return True if a part of an office file runs something, or brings it from elsewhere."""
    name = one.filename.lower()
    is_text = name.startswith("word/") and name.endswith(".xml")
    if any(word in name for word in _NO_DOCUMENT):
        return True
    if not is_text and name != "[content_types].xml" and not name.endswith(".rels"):
        return False
    if not one.file_size or one.file_size > LARGEST_PART:
        return True
    part = _OfficePart(is_text)
    with parts.open(one) as stream:
        part.parser.ParseFile(stream)
    return part.reaches_out or "dde" in "".join(part.fields).lower()


class _OfficePart:
    """One part of an office file, read by the XML parser. fields: what its fields calculate."""

    def __init__(self, is_text: bool) -> None:
        self.is_text, self.is_field, self.reaches_out = is_text, False, False
        self.fields: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._declares
        self.parser.StartElementHandler = self._begin
        self.parser.CharacterDataHandler = self._text

    def _declares(self, *_given: object) -> None:
        raise ValueError("words that hide behind others")

    def _begin(self, name: str, given: dict[str, str]) -> None:
        self.is_field = self.is_text and "instrtext" in name.lower()
        attributes = {key.lower(): value.lower() for key, value in given.items()}
        if self.is_text:
            self.fields += [value for key, value in attributes.items() if key.rpartition(":")[2] == "instr"]
            return
        if any(word in value for value in attributes.values() for word in _NO_DOCUMENT):
            self.reaches_out = True
        elif (
            name.lower().rpartition(":")[2] == "relationship"
            and attributes.get("targetmode", "").strip() == "external"
        ):
            self.reaches_out |= not attributes.get("type", "").strip().endswith("/hyperlink")

    def _text(self, text: str) -> None:
        if self.is_field:
            self.fields.append(text)
        elif not self.is_text and any(word in text.lower() for word in _NO_DOCUMENT):
            self.reaches_out = True


def file_name(title: str, kind: str) -> str:
    """Return the name of a downloaded file: its title, without characters a file's name may not hold."""
    kept = "".join(
        char if (char.isprintable() or char in _JOINERS) and char not in _NOT_IN_NAMES else " "
        for char in title
    )
    return f"{' '.join(kept.split()).strip('. ')[:80] or 'file'}.{kind}"
