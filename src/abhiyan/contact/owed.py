"""Rows of Today: the calls of a caller, and the centre of a supervisor. They cost no query."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .centres import AGENT, SUPERVISOR


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:  # noqa: ARG001  # alike for every room
    """Yield a row for each seat in a call centre."""
    for held in viewer.appointments if viewer.is_strong else ():
        if held.body_id is None or held.office not in (AGENT, SUPERVISOR):
            continue
        is_caller = held.office == AGENT
        yield Owed(
            urgency=1,
            title=_("Call the next people") if is_caller else _("Look after your call centre"),
            meta=held.unit_name(),
            href=reverse("contact:calls") if is_caller else reverse("contact:centre", args=[held.body_id]),
            act=_("Open the calls") if is_caller else _("Open the centre"),
            icon="phone",
        )
