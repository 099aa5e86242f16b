"""Files for one reader: kept by nobody on the way, and run by no browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SAFE = "default-src 'none'; sandbox"  # should a browser ever show a file, nothing in it runs


def file_answer(data: bytes, *, kind: str, name: str, opens: bool = False) -> HttpResponse:
    """A file to keep; `opens` for a picture of ours that a browser may show. kind: its content type."""
    answer = HttpResponse(data, content_type=kind)
    shown = content_disposition_header(as_attachment=not opens, filename=name)
    answer["Content-Disposition"] = shown or "attachment"
    answer["Content-Security-Policy"] = SAFE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
