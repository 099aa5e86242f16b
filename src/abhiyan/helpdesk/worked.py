"""The week of somebody's work at the helpline: the requests they wrote down, and those they answered."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from . import numbers


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield requests written down and answered, where there are some."""
    yield from numbers.requests_worked(account_id, since=since)
