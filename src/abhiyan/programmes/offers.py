"""Offer Today where measures stand, and the launch page the loops it relies on."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Of, WorkedLoop

from .todo import programme_todo


def launch_parts(viewer: Viewer, of: Of) -> Iterator[WorkedLoop]:
    """Yield the loops, alike for everybody."""
    yield WorkedLoop("programmes.fold", _("figures are not added up"))
    yield WorkedLoop("programmes.pace", _("no rate is noted"))


todo = programme_todo
