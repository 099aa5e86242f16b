"""Numbers of a worker's own entries and links, read and worded once for a record and Today."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.people import queries as people
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone

from .queries import door, referrals
from .rules.door import DoorState


def entered_at_doors(account_id: int, *, since: datetime) -> WorkDone | None:
    """Count the people somebody entered at doors, and what became of them; None without one.

    A phone that has not answered tells nothing of its owner (`queries.door`). In a system scope; two queries.
    """
    account = people.account(account_id)
    if account is None:
        return None
    _today, states, entries = door.own_counts(account.public_id, today=since, since=since)
    n, confirmed = entries.total(), states[DoorState.CONFIRMED]
    if not n:
        return None
    joined = states[DoorState.COUNTED] + confirmed
    words = ngettext("%(n)s person entered by you", "%(n)s people entered by you", n) % {"n": grouped(n)}
    return WorkDone(words, _outcome(joined, confirmed), confirmed)


def joined_by_link(account_id: int, *, since: datetime) -> WorkDone | None:
    """Count who joined by somebody's own links, and who of them said yes; None without one.

    In a system scope; one query.
    """
    joined, confirmed = referrals.joined_since(account_id, since)
    words = ngettext("%(n)s person joined by your link", "%(n)s people joined by your link", joined)
    return WorkDone(words % {"n": grouped(joined)}, _yes(confirmed), confirmed) if joined else None


def _outcome(joined: int, confirmed: int) -> str:
    if not joined:
        return _("no phone has answered yet")
    words = ngettext("%(n)s joined", "%(n)s joined", joined) % {"n": grouped(joined)}
    return ", ".join(filter(None, (words, _yes(confirmed))))


def _yes(confirmed: int) -> str:
    return (
        ngettext("%(n)s said yes", "%(n)s said yes", confirmed) % {"n": grouped(confirmed)}
        if confirmed
        else ""
    )
