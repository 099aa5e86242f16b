"""Files for one reader: kept by nobody on the way, and run by no browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SAFE = "default-src 'none'; sandbox"  # should a browser ever show a file, nothing in it runs


def file_answer(data: bytes, *, kind: str, name: str) -> HttpResponse:
    """A file to keep. kind: its content type. name: what it is called."""
    answer = HttpResponse(data, content_type=kind)
    shown = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Disposition"] = shown or "attachment"
    answer["Content-Security-Policy"] = SAFE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
