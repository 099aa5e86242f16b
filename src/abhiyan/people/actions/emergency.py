"""The emergency stop, as every way out asks for it: files, shown numbers and bulk messages."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.people import queries
from abhiyan.people.models_emergency import EmergencyStop


class DataStopped(Refused, status=403):
    message = _(
        "Downloads, shown numbers and bulk messages are stopped everywhere. Reason: %(why)s Joining, codes, STOP and "
        "the helpline go on. Your work is not lost. Today says when it is over."
    )


class AlreadyStopped(Refused, status=409):
    message = _("They are stopped already.")


class NotStopped(Refused, status=409):
    message = _("Nothing is stopped any more.")


class StopReasonMissing(Refused):
    message = _("Write why you stop them. Everybody who is refused reads it.")


def refuse_while_stopped() -> None:
    """Refuse with DataStopped while the emergency stop is on. Each way out of data calls it; no right goes past it."""
    stop = queries.emergency_stop()
    if stop is not None:
        raise DataStopped(why=stop.reason)


def begin_emergency_stop(*, reason: str, by: Actor, at: datetime) -> EmergencyStop:
    """Stop files, shown numbers and bulk messages of the whole installation, from the next of them on.

    The caller has asked who may. Refuses StopReasonMissing, AlreadyStopped.
    """
    reason = reason.strip()
    if not reason:
        raise StopReasonMissing(field="reason")
    with system("stopping files, numbers and bulk messages"):
        sql.wait_for("people.emergency")
        if queries.emergency_stop() is not None:
            raise AlreadyStopped
        stop = EmergencyStop.objects.create(
            began_at=at, began_by=by.id, reason=reason if reason[-1] in ".!?।" else f"{reason}."
        )
        audit.record(by=by, at=at, act="people.begin_emergency", facts={"stop": stop.pk})
    return stop


def end_emergency_stop(*, by: Actor, at: datetime) -> None:
    """Let files, numbers and bulk messages go again. The caller has seen to it that two people agree.

    Refuses NotStopped.
    """
    with system("ending the emergency stop"):
        sql.wait_for("people.emergency")
        stop = queries.emergency_stop()
        if stop is None:
            raise NotStopped
        stop.ended_at = at
        stop.save(update_fields=["ended_at"])
        audit.record(by=by, at=at, act="people.end_emergency", facts={"stop": stop.pk})
