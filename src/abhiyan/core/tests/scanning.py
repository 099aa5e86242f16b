"""QR codes read by zbar, a program that is not ours."""

import io

import pytest
from PIL import Image


def scanned(picture: bytes) -> list[str]:
    """What the codes in a picture say."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        pytest.fail("no zbar on this machine: install it (Debian: apt-get install libzbar0)")
    return [found.data.decode() for found in pyzbar.decode(Image.open(io.BytesIO(picture)))]
