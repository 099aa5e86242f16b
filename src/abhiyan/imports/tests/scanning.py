"""See prints as others see them: PDF drawn by PDFium, QR codes read by zbar."""

import io

import pypdfium2
import pytest
from PIL import Image


def drawn(pdf: bytes) -> list[bytes]:
    """Each page of a PDF as a picture, drawn by a program that is not ours."""
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        made = io.BytesIO()
        page.render(scale=4).to_pil().save(made, "PNG")  # 288 dots an inch
        pages.append(made.getvalue())
    return pages


def scanned(picture: bytes) -> list[str]:
    """Return what the codes in a picture say."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        pytest.fail("no zbar on this machine: install it (Debian: apt-get install libzbar0)")
    return [found.data.decode() for found in pyzbar.decode(Image.open(io.BytesIO(picture)))]
