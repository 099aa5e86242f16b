"""Empty a phone's requests when its person has everything erased, and a year after the last word."""

from datetime import datetime

from abhiyan.core.scope import system
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.programmes.news import ItemsErased

from .lines import State, close_question

AT_ONCE = 500


def empty_phone_tickets(*, erasure: ItemsErased) -> None:
    """Empty what this phone asked until then, by any person on it: nobody can tell them apart. Open requests are
    closed. In the transaction of the erasure, the phone locked."""
    with system("a person is erased"):
        rows = Ticket.objects.filter(phone_id=erasure.phone_id, opened_at__lte=erasure.at)
        for row in rows.exclude(question=None).select_for_update():
            close_question(row, at=erasure.at)
        rows.filter(state__in=[State.OPEN, State.DONE, State.QUIET]).update(
            state=State.CLOSED, closed_at=erasure.at
        )
        TicketLine.objects.filter(ticket__in=rows).update(sealed=None)
        rows.update(sealed=None, last4="", question=None)


def forget_old(*, at: datetime) -> int:
    """Empty requests without a word for a year. Returns how many. In a transaction."""
    old = Ticket.objects.filter(last_at__lt=at - rules.KEPT).exclude(sealed=None)
    ids = list(old.exclude(state__in=[State.OPEN, State.DONE]).values_list("pk", flat=True)[:AT_ONCE])
    TicketLine.objects.filter(ticket__in=ids).update(sealed=None)
    return Ticket.objects.filter(pk__in=ids).update(sealed=None, last4="", question=None)
