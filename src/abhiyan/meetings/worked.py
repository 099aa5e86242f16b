"""The week of somebody's work with meetings by invitation: those they came to, and those they called."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from . import numbers


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield meetings attended and called, where there are some."""
    yield from numbers.meetings_worked(account_id, since=since)
