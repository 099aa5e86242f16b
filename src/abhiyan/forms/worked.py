"""The week of somebody's work with forms: those they filled in by themselves, and what became of them."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.recorded import WorkDone

from . import queries


def worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the forms, where there are some. Forms about another room's thing are that room's work."""
    if sent := queries.forms_worked(account_id, since=since):
        yield sent
