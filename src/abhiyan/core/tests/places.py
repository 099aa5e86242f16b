"""Pictures that tell where they were taken, each in another way."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

PLACE = b"GPSLatitude 32.7266N"
MARKS = (
    PLACE,
    b"Exif\0",
    b"eXIf",
    b"http://ns.adobe.com/xap",
    b"tEXt",
    b"iTXt",
    b"Photoshop",
    b"Maker of the phone",
)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the phone"
    exif[0x8825] = {1: "N", 2: (32.0, 43.0, 0.0)}
    return exif


def _jpeg(shade: int, **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 80 + shade), (shade, 200, 200)).save(made, "JPEG", **more)
    return made.getvalue()


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def with_places() -> dict[str, bytes]:
    """Pictures of a phone, by where each says its place."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"
    plain = _jpeg(1)
    filler = b"".join(_segment(0xE5, b"\0" * 60_000) for _n in range(3))
    text, png = PngImagePlugin.PngInfo(), io.BytesIO()
    text.add_text("Comment", PLACE.decode())
    text.add_itxt("XML:com.adobe.xmp", PLACE.decode(), zip=False)
    Image.new("RGB", (60, 92)).save(png, "PNG", pnginfo=text, exif=_exif())
    tail = png.getvalue()
    end = tail.rindex(b"IEND") - 4
    return {
        "Exif": _jpeg(2, exif=_exif()),
        "XMP": plain[:2] + _segment(0xE1, xmp) + plain[2:],
        "Exif behind 180 kB of others": (late := _jpeg(3))[:2]
        + filler
        + _segment(0xE1, b"Exif\0\0" + _exif().tobytes()[6:])
        + late[2:],
        "Photoshop": (other := _jpeg(4))[:2] + _segment(0xED, b"Photoshop 3.0\0" + PLACE) + other[2:],
        "a comment": _jpeg(5, comment=PLACE),
        "behind the end": _jpeg(6) + PLACE + b"\xff\xd9",
        "texts of a PNG": png.getvalue(),
        "a late chunk of a PNG": tail[:end] + _png_chunk(b"tEXt", b"place\0" + PLACE) + tail[end:],
    }
