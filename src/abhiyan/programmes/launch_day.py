"""Check the loops of programmes that the launch page relies on: they add figures up and note the rate."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Of, WorkedLoop


def launch_day(viewer: Viewer, of: Of) -> Iterator[WorkedLoop]:  # noqa: ARG001  # alike for every room
    """Yield the loops, alike for everybody."""
    yield WorkedLoop("programmes.fold", _("figures are not added up"))
    yield WorkedLoop("programmes.pace", _("no rate is noted"))
