"""Minutes: decisions, and tasks that are on Today at once. They are sent to everybody invited as a circular."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, short_day
from abhiyan.imports.private_words import private_in
from abhiyan.meetings import queries as found
from abhiyan.meetings.models import Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.work import actions as work
from abhiyan.work.actions.tasks import LONGEST_TITLE
from abhiyan.work.rules.tasks import OPEN, Act

from .calling import AlreadyCancelled, lock_managed_meeting, record_meeting

LONGEST_POINT = 1_000
MOST_POINTS = 100
DUE_TIME = time(18)


class PointMissing(Refused):
    message = _("Write the decision, at most %(longest)s characters.")


class PointUnfit(Refused):
    message = "%(why)s"


class PointsTooMany(Refused):
    message = _("Minutes hold at most %(most)s decisions and tasks.")


class NotHeldYet(Refused, status=409):
    message = _("Minutes are written from the first day of the meeting on.")


class DayMissing(Refused):
    message = _("A task needs a person and a day.")


class NothingDecided(Refused, status=409):
    message = _("Write a decision or a task first.")


def add_point(
    *,
    public_id: UUID,
    text: str,
    by: Actor,
    at: datetime,
    appointment: UUID | None = None,
    due_on: date | None = None,
) -> None:
    """Write a decision into the minutes; with an appointment (public id) and a day it is that holder's task.

    Managers of the meeting may do this; a task also takes `tasks.ask` at its unit. Refuses PointMissing, PointUnfit,
    PointsTooMany, DayMissing, NotHeldYet, and what the task refuses.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_POINT or "\0" in text:
        raise PointMissing(field="text", longest=LONGEST_POINT)
    if (appointment is None) != (due_on is None):
        raise DayMissing(field="due_on")
    if why := private_in(text):
        raise PointUnfit(field="text", why=why)
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_held(meeting, at=at)
        task = None
        if appointment is not None and due_on is not None:
            what = work.What(
                title=text[:LONGEST_TITLE],
                due_at=datetime.combine(due_on, DUE_TIME, ZoneInfo(settings.TIME_ZONE)),
                text=text if len(text) > LONGEST_TITLE else meeting.title,
            )
            task = work.ask_of(what=what, appointment=appointment, by=by, at=at)
        with system("a decision is written"):
            if meeting.points.count() >= MOST_POINTS:
                raise PointsTooMany(field="text", most=MOST_POINTS)
            meeting.points.create(public_id=lot.uuid(), text=text, task=task, at=at, by=by.account_id)
            record_meeting("add_point", meeting, by=by, at=at)


def strike_point(*, public_id: UUID, point: UUID, by: Actor, at: datetime) -> None:
    """Remove a decision from the minutes and withdraw its open task. Managers of the meeting may do this."""
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        with system("a decision is taken out"):
            row = or_refuse(meeting.points.select_related("task").filter(public_id=point).first())
        if row.task is not None and row.task.state in OPEN:
            work.change_task(public_id=row.task.public_id, act=Act.WITHDRAW, by=by, at=at)
        with system("a decision is taken out"):
            row.delete()
            record_meeting("strike_point", meeting, by=by, at=at)


def _title_of_minutes(meeting: Meeting, code: str) -> str:
    with translation.override(code):
        return say("Minutes: %(title)s") % {"title": meeting.title}


def send_minutes(*, public_id: UUID, by: Actor, at: datetime) -> UUID:
    """Send decisions and tasks to everybody invited and to the sender, as a circular; its public id.

    An earlier one is withdrawn. Managers of the meeting with `messages.circular` at its unit may do this. Refuses
    NothingDecided.
    """
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        with system("minutes are sent"):
            points = found.meeting_points(meeting)
            invited = meeting.invitees.values_list("account_id", flat=True)
            readers = {by.account_id or 0, *(account_id for account_id in invited if account_id is not None)}
        if not points:
            raise NothingDecided
        if meeting.minutes is not None:
            messaging.withdraw_circular(public_id=meeting.minutes, by=by, at=at)
        made = messaging.send_circular(
            title=_title_of_minutes(meeting, active_language()),
            titles={code: _title_of_minutes(meeting, code) for code in ("en", "hi")},
            text="\n\n".join(f"{n}. {_line(point)}" for n, point in enumerate(points, 1)),
            number="",
            office="",
            unit_id=meeting.unit_id,
            hierarchy=meeting.hierarchy,
            accounts=list(readers),
            by=by,
            at=at,
        )
        with system("minutes are sent"):
            meeting.minutes = made
            meeting.save(update_fields=["minutes"])
            record_meeting("send_minutes", meeting, by=by, at=at, n=len(readers))
    return made


def _line(point: found.PointShown) -> str:
    if point.due_at is None:
        return point.text
    day = short_day(clock.day_in(settings.TIME_ZONE, point.due_at))
    return say("%(text)s — %(who)s, by %(day)s") % {"text": point.text, "who": point.who, "day": day}


def _check_held(meeting: Meeting, *, at: datetime) -> None:
    if meeting.cancelled_at is not None:
        raise AlreadyCancelled
    if clock.day_in(settings.TIME_ZONE, at) < meeting.first_on:
        raise NotHeldYet
