"""Sound files of a notice read aloud: which kinds are taken, told by how they begin, and how large they may be."""

from pathlib import Path

from abhiyan.core.file_pool import ReaderRefusal

LARGEST = 1024 * 1024  # bytes: some four minutes as speech
KINDS = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}


def audio_kind(file: Path) -> str:
    """Return the media type of a sound file as browsers play it. It runs in the pool.

    The file has to begin as its kind does, and hold a further frame, page or box of that kind. Raises ReaderRefusal
    for anything else, whatever its name says.
    """
    data = file.read_bytes()
    if data[:3] == b"ID3" and len(data) > 10:  # a tag; its length has seven bits in each byte
        tag = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        if _is_frame(data[tag:].lstrip(b"\0")):
            return KINDS["mp3"]
    elif _is_frame(data):
        return KINDS["mp3"]
    elif data[:4] == b"OggS" and data.find(b"OggS", 4) > 0:
        return KINDS["ogg"]
    elif data[4:8] == b"ftyp" and data[8:12] in (b"M4A ", b"mp42", b"isom", b"iso2") and b"moov" in data:
        return KINDS["m4a"]
    raise ReaderRefusal("kind")


def _is_frame(data: bytes) -> bool:
    """Return True if a frame of layer III begins here (ISO 11172-3)."""
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2


def part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range a player asks for (RFC 9110, 14.1.2); None: the whole file."""
    unit, _sign, range_text = asked.partition("=")
    first, sign, last = range_text.partition("-")
    if unit.strip() != "bytes" or not sign or not first.isdecimal() or len(first) > 9:
        return None
    end = min(int(last), size - 1) if last.isdecimal() and len(last) < 10 else size - 1
    return (int(first), end) if int(first) <= end else None
