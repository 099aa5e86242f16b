"""What imports ask of somebody today: those that failed."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.imports import queries as imports
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:  # noqa: ARG001  # every room's has the same shape
    """The viewer's own imports that failed, newest first."""
    if viewer.account_id is None:
        return
    for one in imports.failed(viewer.account_id):
        yield Owed(
            urgency=1,
            title=_("An import failed"),
            meta=one.file_name,
            href=reverse("imports:one", args=[one.public_id]),
            act=_("Look"),
            icon="upload",
        )
