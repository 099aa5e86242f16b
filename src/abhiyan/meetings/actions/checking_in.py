"""The check-in list of a meeting that a schedule asks for. Each tick counts in the number that the unit reports."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from abhiyan.core import clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.meetings import queries as found
from abhiyan.meetings.models import Meeting
from abhiyan.work.actions.dues import Owes, begin_due
from abhiyan.work.models import Due

from .calling import invite_people, record_meeting


def open_list(*, owes: Owes, by: Actor, at: datetime) -> UUID:
    """Open the check-in list of a due with everybody who holds an office in its unit; the list's public id.

    No message invites them. If a programme counts who comes, people who were ticked are asked the day after. A
    later opening adds new office-bearers. People who answer for the due may do this. Refuses as `begin_due`.
    """
    with transaction.atomic():
        due = begin_due(owes=owes, by=by, at=at)
        with system("a check-in list is opened"):
            meeting = Meeting.objects.filter(due=due).first() or _new(due, by=by, at=at)
            people_chosen = found.chosen_in(meeting.unit_id, hierarchy=meeting.hierarchy, on=meeting.first_on)
            n = invite_people(meeting, people_chosen, at=at)
            if meeting.programme_id is None:
                meeting.invitees.update(has_been_asked=True)
            meeting.invitees.update(told=meeting.version)
            record_meeting("open_list", meeting, by=by, at=at, n=n)
    return meeting.public_id


def _new(due: Due, *, by: Actor, at: datetime) -> Meeting:
    """The meeting behind a due, on the day that was set or today. The one before it shows its open tasks."""
    schedule, today = due.schedule, clock.day_in(settings.TIME_ZONE, at)
    day = due.held_on or due.planned_on or today
    on = min(day, today)
    counts = found.counting_due(due, on)
    same = Meeting.objects.filter(due__schedule=schedule, unit_id=due.unit_id)
    return Meeting.objects.create(
        public_id=lot.uuid(),
        kind=Meeting.Kind.MEETING,
        typed_title=schedule.typed_title,
        titles=schedule.titles,
        unit_id=due.unit_id,
        hierarchy=schedule.hierarchy,
        first_on=on,
        last_on=on,
        starts=localtime(at).time().replace(second=0, microsecond=0),
        due=due,
        programme=counts,
        previous=same.order_by("-first_on", "-pk").first(),
        called_at=at,
        called_by=by.account_id,
    )
