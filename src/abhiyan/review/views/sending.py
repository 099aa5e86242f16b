"""Files that are made for one reader: kept by nobody on the way, and run by no browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from abhiyan.programmes.rules.materials import file_name

SAFE = "default-src 'none'; sandbox"  # should a browser ever show a file, nothing in it runs


def sent(data: bytes, content_type: str, title: str, ending: str) -> HttpResponse:
    """A file to keep, called by its title."""
    answer = HttpResponse(data, content_type=content_type)
    name = file_name(title, ending)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["Content-Security-Policy"] = SAFE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
