"""The week of somebody's work in a drive: people entered at doors, and people who joined by their own link."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from . import numbers


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the people entered and those invited, where there are some."""
    for work in (
        numbers.entered_at_doors(account_id, since=since),
        numbers.joined_by_link(account_id, since=since),
    ):
        if work is not None:
            yield work
