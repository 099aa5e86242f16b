"""The week of somebody's work in programmes: items that they reported, reports and meetings of their units, tasks."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from abhiyan.core import clock
from abhiyan.ui.recorded import WorkDone

from . import numbers


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield each kind of items, what was asked of the units, and the tasks."""
    yield from numbers.items_worked(account_id, since=clock.day_in(settings.TIME_ZONE, since))
    yield from numbers.dues_answered(account_id, since=since)
    if tasks := numbers.tasks_finished(account_id, since=since):
        yield tasks
