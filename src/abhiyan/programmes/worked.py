"""The week of somebody's work in programmes: the items that they reported, and the tasks that they finished."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from abhiyan.core import clock
from abhiyan.ui.recorded import WorkDone

from . import numbers


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield each kind of items, and the tasks."""
    yield from numbers.items_worked(account_id, since=clock.day_in(settings.TIME_ZONE, since))
    if tasks := numbers.tasks_finished(account_id, since=since):
        yield tasks
