"""Rows of Today: the calls of a caller, and the centre of a supervisor. Others cost no query."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from . import centres_below
from .centres import AGENT, SUPERVISOR


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield a row for each seat in a call centre."""
    for held in viewer.appointments if viewer.is_strong else ():
        if held.body_id is None or held.office not in (AGENT, SUPERVISOR):
            continue
        is_caller, is_silent, title = held.office == AGENT, False, _("Call the next people")
        if not is_caller:
            with system("whether a supervisor's centre calls"):
                is_silent = centres_below.is_silent(held.body_id, at=at)
            title = _("Look after your call centre")
            if is_silent:
                title = _("Your call centre is silent since yesterday")
        yield Owed(
            urgency=0 if is_silent else 1,
            title=title,
            meta=held.unit_name(),
            href=reverse("contact:calls") if is_caller else reverse("contact:centre", args=[held.body_id]),
            act=_("Open the calls") if is_caller else _("Open the centre"),
            icon="phone",
        )
