"""The week of somebody's work in contact: the doors they went to, and the calls they made."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from .numbers import tries_made


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield doors and calls, where there are some. The talks among them are items of programmes."""
    yield from tries_made(account_id, since=since)
