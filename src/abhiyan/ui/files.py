"""Files for one reader: kept by nobody on the way, and run by no browser."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

SAFE = "default-src 'none'; sandbox"  # should a browser ever show a file, nothing in it runs


def sent_bytes(file: UploadedFile) -> bytes:
    """All of a file that somebody sent, also when the act runs again after slow work (`core.apart`).

    These bytes are sealed, measured and hashed as they are; to be looked into they go to `core.file_pool`.
    """
    file.seek(0)
    data: bytes = file.read()
    return data


def with_lines(request: HttpRequest) -> bool:
    """Return True once the reader knows which letters cannot be printed, and prints lines to write on in their place.

    The page of a LettersMissing asks it, and so does a page that says which names they are.
    """
    return "with_lines" in request.GET or "with_lines" in request.POST


def file_answer(data: bytes, *, kind: str, name: str, opens: bool = False) -> HttpResponse:
    """A file to keep; `opens` for a picture of ours that a browser may show. kind: its content type."""
    answer = HttpResponse(data, content_type=kind)
    disposition = content_disposition_header(as_attachment=not opens, filename=name)
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Content-Security-Policy"] = SAFE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
