"""List on Today what the viewer was asked, and what those below owe: tasks, then meetings and reports."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Thing

from . import owed_schedules as schedules
from . import owed_tasks as tasks


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """Yield the viewer's tasks and those of others that are late, then what units owe to the viewer's offices."""
    if viewer.account_id is None:
        return
    yield from tasks.owed_task_rows(viewer, at=at)
    yield from schedules.owed_dues(viewer, at=at)
