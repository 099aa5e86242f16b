"""What a phone keeps of joining: entries at the door."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.records import RecordKind

from .actions import NotAdult
from .queries.join import SMALLEST
from .views import door


def keep(viewer: Viewer, at: datetime) -> Iterator[str]:  # noqa: ARG001  # alike for every room
    """The door of the viewer's own unit."""
    home = viewer.home
    if home is not None and home.unit_kind in SMALLEST and viewer.may_at("enrolment.enrol", home.lo):
        yield address(reverse("enrolment:field"), home.unit_code)


RECORDS = (
    RecordKind(
        code="door",
        name=_("Enrol at the door"),
        page="enrolment:field",
        take=door.take_entry,
        keep=keep,
        forgets=(NotAdult,),
    ),
)
