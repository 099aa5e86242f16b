"""The morning message: leaders choose an hour, and get one SMS a day with what their Today says first."""

import logging
from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging.models import MorningChoice
from abhiyan.messaging.rules import hours
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units

from .offices import tell_account
from .queueing import take_messages_back

AT_ONCE = 20  # leaders of one turn
log = logging.getLogger(__name__)

# The blanks of a leader's message, made in their own sight and language; None where there is nothing to say.
WriteMorning = Callable[[Viewer], dict[str, str] | None]


def choose_morning(*, hour: int | None, by: Actor, at: datetime) -> None:
    """Choose the hour of one's morning message; None: none. It begins at the next such hour.

    hour: of `hours.MORNINGS`. Only leaders of their own unit may. Refuses NotYours, NotFound.
    """
    account_id = or_refuse(by.account_id)
    viewer = org.viewer_of(account_id=account_id, on=clock.day_in(settings.TIME_ZONE, at))
    org.require(by, LEADS, at=or_refuse(viewer.home).unit_id)
    with transaction.atomic(), system("whether a leader wants the morning message"):
        mine = MorningChoice.objects.select_for_update().filter(account_id=account_id)
        if hour is None:
            _end(mine.first(), at=at)
        else:
            local = timezone.localtime(at)
            begun = {} if local.hour < hour else {"sent_on": local.date()}
            MorningChoice.objects.update_or_create(
                account_id=account_id,
                defaults={"hour": hour, "chosen_at": at},
                create_defaults={"hour": hour, "chosen_at": at, **begun},
            )
        audit.record(
            by=by,
            at=at,
            act="messaging.choose_morning",
            subject=str(by.id),
            facts={"hour": hour or 0},
        )


def send_mornings(*, write: WriteMorning, at: datetime) -> int:
    """Send each leader the message of the day once, from their hour until 14:00. Return how many were sent.

    write: makes it. The choice of an account that leads no unit any more ends. Each leader is a transaction of its own,
    so another one's trouble stops nobody. By a loop without a scope.
    """
    local = timezone.localtime(at)
    if local.time() >= hours.MORNING_ENDS:
        return 0
    with system("who wants the morning message"):
        due = MorningChoice.objects.filter(hour__lte=local.hour).exclude(sent_on=local.date())
        accounts = list(due.order_by("hour", "account_id").values_list("account_id", flat=True)[:AT_ONCE])
    return sum(_send(account_id, local.date(), write, at=at) for account_id in accounts)


def _send(account_id: int, on: date, write: WriteMorning, *, at: datetime) -> bool:
    with transaction.atomic(), system("a morning message"):
        rows = MorningChoice.objects.select_for_update(skip_locked=True).exclude(sent_on=on)
        choice = rows.filter(account_id=account_id).first()
        if choice is None:
            return False
        viewer = org.viewer_of(account_id=account_id, on=on)
        if viewer.home is None or not viewer.may_at(LEADS, viewer.home.lo):
            _end(choice, at=at)
            return False
        _take_back(choice, at=at)
        choice.sent_on = on
        choice.save(update_fields=["sent_on"])
        blanks = _written(viewer, write)
        if blanks is not None:
            tell_account(
                account_id=account_id,
                template="duty.morning",
                blanks=blanks,
                key=_key(account_id, on),
                unit_id=viewer.home.unit_id,
                at=at,
            )
        return blanks is not None


def _written(viewer: Viewer, write: WriteMorning) -> dict[str, str] | None:
    """The message; None where making it fails: it would fail again, and hold up the others."""
    try:
        with transaction.atomic():
            return write(viewer)
    except (OperationalError, units.TreesMoved):
        raise
    except Exception:
        log.exception("a morning message could not be made")
        return None


def end_morning(*, ended: AppointmentEnded) -> None:
    """An office ended: a message that was made by it and has not left does not go. In the transaction of that act.

    The choice ends with the last office.
    """
    with system("an office ended"):
        choice = MorningChoice.objects.filter(account_id=ended.account_id).first()
        if choice is not None:
            _take_back(choice, at=ended.at)
            if ended.is_last:
                choice.delete()


def _end(choice: MorningChoice | None, *, at: datetime) -> None:
    if choice is not None:
        _take_back(choice, at=at)
        choice.delete()


def _take_back(choice: MorningChoice, *, at: datetime) -> None:
    """Give up the last message if it still waits: what it says is of another day, or of an office that is over."""
    if choice.sent_on is not None:
        take_messages_back(keys=[_key(choice.account_id, choice.sent_on)], at=at)


def _key(account_id: int, on: date) -> str:
    return f"morning|{account_id}|{on}"
