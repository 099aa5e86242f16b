"""The words of a printed document, as another reader of PDF finds them."""

import pypdfium2


def text_of(pdf: bytes, page: int = 0) -> str:
    """The words of a page of a PDF, without spaces: a reader sees gaps, not letters, between words."""
    return "".join(str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_bounded()).split())
