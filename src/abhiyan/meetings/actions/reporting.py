"""The number of people of a meeting that was asked for is reported in the programme that counts who comes."""

from datetime import date, datetime

from django.db.models import Sum

from abhiyan.core.scope import system
from abhiyan.meetings import queries
from abhiyan.meetings.models import Invitee
from abhiyan.meetings.rules.attendance import ATTENDED, TOTAL, unnamed
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.queries import items_by_id
from abhiyan.work.models import Due
from abhiyan.work.news import DueAnswered


def report_due_people(*, event: DueAnswered) -> None:
    """The number of people of a meeting that was asked for, less the names ticked, is an item of its own.

    It is reported in the programme that counts who comes there, if one runs on the day. A number of another day, one
    that came too late and one that was taken back count no longer.
    """
    with system("how many came to what was asked"):
        due = event.due
        ticks = Invitee.objects.filter(meeting__due=due, meeting__programme__isnull=False).aggregate(
            n=Sum("ticks")
        )
        for on in {day for day in (event.former_on, due.held_on) if day is not None}:
            stands_ = on == due.held_on and not due.is_after and due.state != Due.State.CANNOT
            _report_due(due, on, unnamed(due.people, ticks["n"] or 0) if stands_ else 0, at=event.at)


def _report_due(due: Due, on: date, n: int, *, at: datetime) -> None:
    ident = programmes.item_key("due total", due.pk, on.isoformat())
    if not items_by_id([ident]):
        counts = queries.counting_due(due, on) if n else None
        if counts is None:
            return
        new = programmes.NewItem(
            id=ident,
            programme_id=counts.pk,
            measure=ATTENDED,
            channel=TOTAL,
            unit_id=due.unit_id,
            day=on,
            n=0,
        )
        programmes.report_items(new=[new], at=at)
    programmes.set_total(id=ident, n=n, at=at)
