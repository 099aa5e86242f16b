"""Sound files of a notice read aloud: which kinds are taken, told by how they begin, and how large they may be."""

LARGEST = 1024 * 1024  # bytes: some four minutes as speech
KINDS = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}


def kind_of(data: bytes) -> str | None:
    """The media type of a sound file as browsers play it; None for anything else, whatever its name says."""
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return KINDS["mp3"]  # a tag, or the first frame of layer III (ISO 11172-3)
    if data[:4] == b"OggS":
        return KINDS["ogg"]
    if data[4:8] == b"ftyp" and data[8:12] in (b"M4A ", b"mp42", b"isom", b"iso2"):
        return KINDS["m4a"]
    return None


def part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range a player asks for (RFC 9110, 14.1.2); None: the whole file."""
    unit, _sign, given = asked.partition("=")
    first, sign, last = given.partition("-")
    if unit.strip() != "bytes" or not sign or not first.isdecimal() or len(first) > 9:
        return None
    end = min(int(last), size - 1) if last.isdecimal() and len(last) < 10 else size - 1
    return (int(first), end) if int(first) <= end else None
