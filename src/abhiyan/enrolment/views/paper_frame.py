"""Show the way to the pages of a batch."""

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
