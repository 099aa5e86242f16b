"""A phone without a network keeps entries at the door."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.enrolment.actions import NotAdult
from abhiyan.enrolment.queries.join import SMALLEST, counting_drive
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.records import KeptPage, RecordKind

from . import queries
from .forms import DoorForm
from .views import door, entries

NAME = _("Enrol at the door")


def kept_enrol_pages(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """Yield the door of the viewer's own unit, for each drive that is open there."""
    home = viewer.home
    if (
        home is None
        or viewer.public_id is None
        or home.unit_kind not in SMALLEST
        or not viewer.may_at("enrolment.enrol", home.lo)
    ):
        return
    drives = queries.drives_at(home.unit_id, at)
    for open_drive in drives:
        drive = counting_drive(open_drive, unit_id=home.unit_id, at=at)
        which = {"drive": str(drive.programme.public_id)} if len(drives) > 1 else {}
        where = unit_address(reverse("doorstep:field"), home.unit_code, None, **which)
        n = queries.entered_since(queries.day_began(at), by=viewer.public_id, programme_id=drive.programme.pk)
        yield KeptPage(where, drive.name(), home.unit_name(), n)


RECORDS = (
    RecordKind(
        code="door",
        name=NAME,
        page="doorstep:field",
        tile="enrol",
        take=door.take_entry,
        show=door.show_entry,
        keep=kept_enrol_pages,
        forgets=(NotAdult,),
        checked=(DoorForm,),
    ),
    RecordKind(
        code="try",
        name=_("A door without an entry"),
        page="doorstep:field",
        tile="enrol",
        take=entries.take_try,
        show=entries.show_try,
        keep=lambda _viewer, _at: (),
    ),
)
