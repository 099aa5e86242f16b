"""A review shows the calls in a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import numbers

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the calls given, noted and confirmed in the last days, if there were any. In the scope of the review."""
    if of.account_id is not None:
        calls = numbers.calls_of(of.account_id, days=DAYS, at=at)
    else:
        calls = numbers.calls_in((of.lo, of.hi), days=DAYS, at=at)
    if calls.n_given:
        yield ReviewedPart(calls.title, calls.lines)
