"""Calls by a provider's bridge: the caller asks for one, and the provider reports each step of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.contact import bridges, queries
from abhiyan.contact.bridges import AGENT, DOWN, ENDED, PERSON, BridgeCall, BridgeReport
from abhiyan.contact.models import CallTurn, ContactEntry, ContactTry
from abhiyan.core import apart, audit
from abhiyan.core.actor import Actor
from abhiyan.core.gateways import UNCONFIRMED
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes

from .attempts import LEASE
from .calls import LONGEST_TALK, RingOutcome, keep_with, let_through, own_now
from .outcomes import is_shown_by_bridge

ASKED = "asked"  # The provider took the call and has reported nothing.
MOST_ASKS = 5  # Calls of one person by one caller.
RINGING = timedelta(minutes=1)  # The caller's phone may ring so long; then they may ask again.
ROUNDED_S = 2  # A provider rounds its seconds up.
_ORDER = {"": 0, DOWN: 0, UNCONFIRMED: 0, ASKED: 0, AGENT: 1, PERSON: 2, ENDED: 3}


class BridgeOff(Refused, status=409):
    message = _("The provider's line is switched off. Call from your own phone.")


class BridgeBusy(Refused, status=409):
    message = _("Your call is under way. Pick up your phone.")


class BridgeAskedOut(Refused, status=409):
    message = _("You have called this person %(most)s times. Note the outcome, or give the person back.")


class UnknownCall(Refused, status=404):
    message = _("There is no such call.")


class SecondsUnfit(Refused):
    message = _("The talk cannot be longer than the time since the call was asked for.")


def ring_by_bridge(*, turn: UUID, by: Actor, at: datetime) -> RingOutcome:
    """Have the provider call the caller's own phone, then the person. The gate is asked again. No number is shown.

    The provider is asked while no transaction waits. A call that it may not have heard of keeps its reference, so it is
    made once. The line stays off for a person once the caller used the own phone. Refuses TurnOver, NoCallerHere,
    BridgeOff, BridgeBusy, BridgeAskedOut.
    """
    with system("a caller rings by the bridge"):
        row, line = own_now(turn, by=by, at=at), bridges.server_bridge()
        if line is None or not row.queue.by_bridge or row.way == CallTurn.Way.OWN:
            raise BridgeOff
        is_again = row.told in (DOWN, UNCONFIRMED)
        if not is_again and row.asks and apart.is_done(_key(row, row.asks)):
            return RingOutcome()  # its report was faster than its answer
        if row.told in (AGENT, PERSON) or (
            row.told == ASKED and row.asked_at is not None and at - row.asked_at < RINGING
        ):
            raise BridgeBusy
        n = row.asks if is_again else row.asks + 1
        if n > MOST_ASKS:
            raise BridgeAskedOut(most=MOST_ASKS)
        entry, why = let_through(row, at=at)
        if why:
            return RingOutcome(why=why)
        account = or_refuse(people.account(row.agent_id))
        numbers = people.numbers_of_phones([account.phone_id, or_refuse(entry.phone_id)])
        call = BridgeCall(
            bridges.ref_of(row.pk, n), numbers[account.phone_id], numbers[or_refuse(entry.phone_id)], at
        )
        handed = apart.done(_key(row, n), lambda: line.call(call))
        row.asks, row.asked_at, row.way = n, at, CallTurn.Way.BRIDGE
        row.told = (UNCONFIRMED if handed.reason == UNCONFIRMED else ASKED) if handed.ok else DOWN
        if handed.ok and row.rung_at is None:
            row.rung_at = at
        row.save(update_fields=["asks", "asked_at", "way", "told", "rung_at"])
        keep_with(row, until=at + LEASE)
        audit.record(
            by=by,
            at=at,
            act="contact.ring_by_bridge",
            subject=str(entry.public_id),
            unit_id=entry.unit_id,
            facts={"told": row.told},
        )
    return RingOutcome()


def _key(row: CallTurn, n: int) -> tuple[str, str]:
    return ("bridge", bridges.ref_of(row.pk, n))


def hear_bridge(*, bridge_report: BridgeReport, at: datetime) -> bool:
    """Keep what the provider reports of a call. Returns whether it may call the person now.

    The person is called only while the caller has them and the gate lets them through. A caller on the line keeps the
    person, up to the longest talk, and for a new lease after it. The same report again changes nothing. A record of 20
    seconds or more counts the talk, also when it comes late. Refuses UnknownCall, SecondsUnfit.
    """
    turn = bridges.turn_of_ref(bridge_report.ref)
    if turn is None:
        raise UnknownCall(field="ref")
    with system("the bridge reports"):
        rows = CallTurn.objects.select_for_update(of=("self",)).select_related("queue__programme")
        row = rows.filter(pk=turn[0], queue__by_bridge=True).first()
        # A report may come before the provider's answer to us is stored: the caller's phone is the first to be called.
        if row is None or not 1 <= turn[1] <= row.asks + (bridge_report.event == AGENT):
            raise UnknownCall(field="ref")
        if bridge_report.event == AGENT:
            return _agent_answered(row, turn[1], at=at)
        is_latest = turn[1] == row.asks
        if bridge_report.event == ENDED:
            if row.rung_at is None or bridge_report.seconds > (at - row.rung_at).total_seconds() + ROUNDED_S:
                raise SecondsUnfit(field="seconds")
            if is_latest and row.told == ENDED:
                return False
            row.talked_s = max(row.talked_s or 0, bridge_report.seconds)
        if is_latest and _ORDER[bridge_report.event] > _ORDER[row.told]:
            row.told = bridge_report.event
            is_over = bridge_report.event == ENDED
            keep_with(row, until=at + (LEASE if is_over else LONGEST_TALK), is_exact=is_over)
        row.save(update_fields=["told", "talked_s"])
        if bridge_report.event == ENDED:
            _sign_late(row, at=at)
            _free(row, at=at)
            facts = {"seconds": bridge_report.seconds}
            audit.record(
                by=Actor.system("bridge"),
                at=at,
                act="contact.bridge_ended",
                subject=str(row.pk),
                unit_id=row.unit_id,
                facts=facts,
            )
    return False


def _agent_answered(row: CallTurn, n: int, *, at: datetime) -> bool:
    """The caller's phone was picked up. Returns whether the person may be called."""
    is_latest = n >= row.asks
    if row.ended_at is not None or row.until <= at or row.way == CallTurn.Way.OWN or not is_latest:
        return False
    if n == row.asks and _ORDER[row.told] > _ORDER[AGENT]:
        return False
    _entry, why = let_through(row, at=at)
    if why:
        return False
    row.asks, row.way, row.told = n, CallTurn.Way.BRIDGE, AGENT
    row.asked_at, row.rung_at = row.asked_at or at, row.rung_at or at
    row.save(update_fields=["asks", "way", "told", "asked_at", "rung_at"])
    keep_with(row, until=at + LONGEST_TALK)
    return True


def _free(row: CallTurn, *, at: datetime) -> None:
    """Let others have somebody who was given back while the line was open (`calls._end`)."""
    if row.ended_at is not None and row.outcome in CallTurn.End.values:
        waiting = ContactEntry.objects.filter(pk=row.entry_id, state=ContactEntry.State.LATER)
        waiting.filter(again_at=row.until).update(again_at=at)


def _sign_late(row: CallTurn, *, at: datetime) -> None:
    """Take a talk that was noted before its record out of the unsigned shade."""
    if not is_shown_by_bridge(row) or row.outcome not in queries.TALKS:
        return
    made = ContactTry.objects.filter(turn_id=row.pk, undone_at=None, item_id__isnull=False).first()
    if made is not None:
        programmes.sign_items(ids=[or_refuse(made.item_id)], at=at)
