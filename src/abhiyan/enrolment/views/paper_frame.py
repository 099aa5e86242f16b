"""Parts that the pages of a batch share: the way to them, and files that nobody keeps."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.enrolment.paper.models import PaperBatch
from abhiyan.org.here import unit_address
from abhiyan.units import queries as units


def batch_crumbs(batch: PaperBatch) -> list[tuple[str, str]]:
    """Return the way to a batch, from the people of its unit."""
    code = units.unit_by_id(batch.unit_id).code
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Paper forms"), unit_address(reverse("enrolment:paper_list"), code)),
    ]


def paper_file_answer(data: bytes, *, kind: str, name: str, shown: str) -> HttpResponse:
    """Return a file for its reader alone. shown: attachment, or inline."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
