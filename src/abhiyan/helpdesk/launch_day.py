"""What the launch page of a drive says of the helpline: the requests that wait at the viewer's desks."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Figure

from . import queries
from .owed import MOST


def launch_day(viewer: Viewer, *, programme_id: int, is_whole: bool, at: datetime) -> Iterator[Figure]:  # noqa: ARG001  # alike for every room
    """How many wait, counted up to MOST, and how many are overdue; of all drives. Nothing to who may not answer."""
    desks = queries.desks_of(viewer) if viewer.is_strong and viewer.may(queries.ANSWER) else set()
    if not desks:
        return
    n, overdue, _raised, _due_at = queries.waiting(desks, at=at, limit=MOST)
    said = ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": grouped(overdue)}
    yield Figure(
        _("Helpline"),
        grouped(n) + ("+" if n == MOST else ""),
        note=said if overdue else "",
        kind="bad" if overdue else "",
        href=reverse("helpdesk:tickets") + "?show=mine",
    )
