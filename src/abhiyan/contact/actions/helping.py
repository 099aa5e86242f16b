"""A caller asks the supervisor for help in a call, and a supervisor answers."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.contact import centres
from abhiyan.contact.models import CallSeat
from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system

from .calls import NoCallerHere, require_seat


class HelpReasonUnfit(Refused):
    message = _("Choose why you need help.")


class NoHelpAsked(Refused, status=409):
    message = _("This caller needs no help any more.")


def ask_help(*, body_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Tell the supervisors of a caller's centre that the caller needs help, with the call they have now.

    Asked again, it waits since the first time. Refuses NoCallerHere, also before the first call, and HelpReasonUnfit.
    """
    account = or_refuse(by.account_id)
    if reason not in CallSeat.HelpReason.values:
        raise HelpReasonUnfit(field="help_for")
    with system("a caller asks for help"):
        require_seat(body_id, centres.AGENT, by=by, at=at)
        seats = CallSeat.objects.select_for_update().filter(account_id=account, body_id=body_id, left_at=None)
        if (seat := seats.first()) is None:
            raise NoCallerHere
        turn = centres.turn_of_caller(account, at=at)
        turn_id = turn.pk if turn else None
        help_asked = centres.asks_help(seat, on_call=turn_id, at=at)
        if help_asked is None or help_asked.heard_at is not None:
            seat.help_at, seat.heard_at, seat.heard_by = at, None, None
            audit.record(by=by, at=at, act="contact.ask_help", subject=str(body_id), facts={"reason": reason})
        seat.help_for, seat.help_turn_id, seat.seen_at = reason, turn_id, at  # who asks is at work
        seat.save(update_fields=["help_at", "help_for", "help_turn_id", "heard_at", "heard_by", "seen_at"])


def drop_help(*, by: Actor, at: datetime) -> None:
    """Take one's own wish for help back."""
    with system("a caller needs no help any more"):
        mine = (
            CallSeat.objects.select_for_update()
            .filter(account_id=or_refuse(by.account_id))
            .exclude(help_at=None)
        )
        if (seat := mine.first()) is not None:
            seat.help_at = None
            seat.save(update_fields=["help_at"])
            audit.record(by=by, at=at, act="contact.drop_help", subject=str(seat.body_id))


def answer_help(*, body_id: int, caller: int, by: Actor, at: datetime) -> None:
    """Note that a supervisor sees to a caller (an account) of the own centre. Refuses NoCallerHere, NoHelpAsked."""
    with system("a supervisor answers a caller"):
        require_seat(body_id, centres.SUPERVISOR, by=by, at=at)
        seats = CallSeat.objects.select_for_update().filter(account_id=caller, body_id=body_id)
        turn = centres.turn_of_caller(caller, at=at)
        seat = seats.first()
        help_asked = centres.asks_help(seat, on_call=turn.pk if turn else None, at=at) if seat else None
        if seat is None or help_asked is None or help_asked.heard_at is not None:
            raise NoHelpAsked
        seat.heard_at, seat.heard_by = at, by.account_id
        seat.save(update_fields=["heard_at", "heard_by"])
        audit.record(
            by=by, at=at, act="contact.answer_help", subject=str(body_id), facts={"reason": seat.help_for}
        )
