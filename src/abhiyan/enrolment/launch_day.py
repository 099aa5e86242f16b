"""What the launch page says of entries that a person has to look at."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Figure
from abhiyan.ui.numbers import grouped

from .queries import awaiting

MOST = 1_000


def launch_day(viewer: Viewer, *, programme_id: int, is_whole: bool, at: datetime) -> Iterator[Figure]:  # noqa: ARG001  # alike for every room
    """Members without a place in the viewer's units, counted up to MOST."""
    if not viewer.may("enrolment.place"):
        return
    unplaced, _nameless = awaiting.waiting_counts(MOST)
    yield Figure(
        _("No place yet"),
        grouped(unplaced) + ("+" if unplaced == MOST else ""),
        kind="warn" if unplaced else "",
        href=reverse("enrolment:unplaced"),
    )
