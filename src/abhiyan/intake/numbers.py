"""Numbers of a worker's own links, read and worded once for a record and Today."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from abhiyan.enrolment.queries import referrals
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone


def joined_by_link(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield who joined by somebody's own links, and who of them said yes, where there are some.

    In a system scope; one query.
    """
    joined, confirmed = referrals.joined_since(account_id, since)
    words = ngettext("%(n)s person joined by your link", "%(n)s people joined by your link", joined)
    if joined:
        yield WorkDone(words % {"n": grouped(joined)}, yes_words(confirmed), confirmed)


def yes_words(confirmed: int) -> str:
    """Say how many of some people said yes; "" where nobody did."""
    return (
        ngettext("%(n)s said yes", "%(n)s said yes", confirmed) % {"n": grouped(confirmed)}
        if confirmed
        else ""
    )
