"""The week of a verifier's work: the back-checks they finished."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from .queries import checks


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the back-checks, where there are some. Their findings stay with the frame."""
    if made := checks.checks_made(account_id, since=since):
        yield made
