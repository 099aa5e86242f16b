"""The words of a printed document, as another reader of PDF finds them; and of whatever else is taken away."""

import zipfile
from io import BytesIO

import pypdfium2


def text_of(pdf: bytes, page: int = 0) -> str:
    """The words of a page of a PDF, without spaces: a reader sees gaps, not letters, between words."""
    return "".join(str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_bounded()).split())


def written(content: bytes) -> str:
    """Return the text of a page or a file: in all parts of a workbook or of slides; in a PDF, without spaces."""
    if content.startswith(b"PK\x03\x04"):
        parts = zipfile.ZipFile(BytesIO(content))
        return "\n".join(written(parts.read(name)) for name in sorted(parts.namelist()))
    if content.startswith(b"%PDF") and b"startxref" in content:  # files people bring may only begin like one
        return "\n".join(text_of(content, page) for page in range(len(pypdfium2.PdfDocument(content))))
    return content.decode("utf-8", "replace")
