"""Numbers of a worker's own entries at doors, read and worded once for a record and Today."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.intake.numbers import yes_words
from abhiyan.people import queries as people
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone

from . import queries
from .rules.states import DoorState


def entered_at_doors(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the people somebody entered at doors, and what became of them, where there are some.

    A phone that has not answered tells nothing of its owner (`queries`). In a system scope; two queries.
    """
    account = people.account(account_id)
    if account is None:
        return
    _today, states, entries = queries.own_counts(account.public_id, today=since, since=since)
    n, confirmed = entries.total(), states[DoorState.CONFIRMED]
    if not n:
        return
    joined = states[DoorState.COUNTED] + confirmed
    words = ngettext("%(n)s person entered by you", "%(n)s people entered by you", n) % {"n": grouped(n)}
    yield WorkDone(words, _outcome(joined, confirmed), confirmed)


def _outcome(joined: int, confirmed: int) -> str:
    if not joined:
        return _("no phone has answered yet")
    words = ngettext("%(n)s joined", "%(n)s joined", joined) % {"n": grouped(joined)}
    return ", ".join(filter(None, (words, yes_words(confirmed))))
