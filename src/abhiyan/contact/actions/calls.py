"""Callers of call centres: the next person of a queue, and the ring. Beside them the acts of supervisors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.contact import bridges, centres, queries
from abhiyan.contact.bridges import DOWN
from abhiyan.contact.gate import contact_of_entry, contact_verdict, is_closed_by_no, is_of_callers
from abhiyan.contact.models import (
    CallHandover,
    CallQueue,
    CallSeat,
    CallTurn,
    ContactEntry,
    ContactTry,
    PausedCentre,
)
from abhiyan.contact.rules import gate
from abhiyan.contact.rules.retries import into_hours
from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.gateways import UNCONFIRMED
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.queries import latest_version
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.polls import queries as polls

from .attempts import LEASE

MOST_OWN = 19  # Calls a day from a caller's own phone (law.md T3).
MOST_SKIPPED = 200  # People held back in one look for the next.
LONGEST_TALK = timedelta(hours=2)  # So long a line may be open, or a page, after the ring.
OPEN_FOR = timedelta(minutes=10)  # The page tells each minute that it is open; so long it may be silent.
State, Way, End = ContactEntry.State, CallTurn.Way, CallTurn.End


class NoCallerHere(org.NotYours):
    """Refuses an account that holds no such office in the call centre today."""

    message = _("You hold no office in this call centre today.")


class CentrePaused(Refused, status=409):
    message = _("Your supervisor has paused the calls of this centre.")


class TurnOver(Refused, status=409):
    message = _("This person went back to the queue. Take the next one.")


class BreakReasonUnfit(Refused):
    message = _("Choose the reason of the break.")


class OwnCallsDone(Refused, status=409):
    message = _("You have made %(most)s calls from your own phone today. That is the limit.")


class BridgeWorks(Refused, status=409):
    message = _("This queue is called by the provider's line. Your own phone is for when the line is down.")


# --- the next person ---


def take_next(*, body_id: int, languages: Collection[str], by: Actor, at: datetime) -> CallTurn | None:
    """Give a caller of a centre the next person, for 30 minutes; the one they have, where there is one. None: nobody.

    Call-backs that the supervisor handed to the caller go first. Then each queue gives call-backs and retries whose
    time has come, before others. The gate is asked. The people it holds back are put back with the reason. languages:
    that the caller speaks. Refuses NoCallerHere, CentrePaused.
    """
    account = or_refuse(by.account_id)
    with system("a caller takes the next person"):
        require_seat(body_id, centres.AGENT, by=by, at=at)
        sql.wait_for(f"calls of account {account}")
        _sit(account, body_id, languages, at=at)
        if turn := CallTurn.objects.filter(agent_id=account, ended_at=None).first():
            if turn.until > at:
                return turn
            _end([turn], End.LAPSED, at=at)
        if PausedCentre.objects.filter(body_id=body_id).exists():
            raise CentrePaused
        queues = [row for row in centres.queues_of(body_id, at=at) if centres.is_queue_open(row, at=at)]
        for queue, kinds in [
            *((row, (HANDED,)) for row in queues),
            *((row, (AGAIN, FRESH)) for row in queues),
        ]:
            speaks = centres.languages_taken(queue, languages)
            if (entry := _lease(queue, speaks, account, kinds=kinds, at=at)) is not None:
                version = latest_version(queue.form_id) if queue.form_id else None
                return CallTurn.objects.create(
                    id=lot.uuid(),
                    queue=queue,
                    entry=entry,
                    unit_id=entry.unit_id,
                    body_id=body_id,
                    agent_id=account,
                    version_id=version.pk if version else None,
                    begun_at=at,
                    until=at + LEASE,
                    wanted_at=entry.wanted_at,
                )
    return None


def require_seat(body_id: int, *offices: str, by: Actor, at: datetime) -> None:
    """Refuse NoCallerHere to an account that holds none of these offices in a call centre today."""
    account = by.account_id if by.kind == "person" else None
    if account is None or not any(centres.sits(account, body_id, office, at=at) for office in offices):
        raise NoCallerHere


def _sit(account: int, body_id: int, languages: Collection[str], *, at: datetime) -> None:
    """Note that a caller is at work. One statement."""
    sql.run(
        """insert into contact_call_seat as s (account_id, body_id, languages, came_at, seen_at)
        values (%(account)s, %(body)s, %(languages)s, %(at)s, %(at)s)
        on conflict (account_id) do update set body_id = excluded.body_id, languages = excluded.languages,
          seen_at = excluded.seen_at, left_at = null,
          came_at = case when s.left_at is null and s.body_id = excluded.body_id and s.seen_at > %(since)s
            then s.came_at else excluded.came_at end""",
        {"account": account, "body": body_id, "languages": list(languages), "at": at}
        | {"since": at - timedelta(hours=4)},
    )


def note_seen(*, by: Actor, at: datetime) -> None:
    """Note that a caller's page is open. A caller who rang somebody keeps them meanwhile, up to the longest talk."""
    account = or_refuse(by.account_id)
    with system("a caller's page is open"):
        CallSeat.objects.filter(account_id=account).update(seen_at=at)
        rung = CallTurn.objects.select_for_update().filter(agent_id=account, ended_at=None)
        if (row := rung.exclude(rung_at=None).first()) is not None and row.rung_at is not None:
            keep_with(row, until=min(at + OPEN_FOR, row.rung_at + LONGEST_TALK))


def keep_with(row: CallTurn, *, until: datetime, is_exact: bool = False) -> None:
    """Keep the person with their caller at least until an instant. The lease of the entry goes along.

    is_exact: until then and no longer. In a system scope, the turn locked.
    """
    if row.ended_at is not None or (until <= row.until and not is_exact):
        return
    row.until = until
    row.save(update_fields=["until"])
    entries = ContactEntry.objects.filter(pk=row.entry_id, state=State.LEASED, holder_id=row.agent_id)
    entries.update(until=until)


def is_on_line(row: CallTurn, *, at: datetime) -> bool:
    """Return whether the caller of a turn is on the provider's line. The longest talk bounds a report that got lost."""
    return row.told in (bridges.AGENT, bridges.PERSON) and row.until > at


# Each reads an index in its order and stops at the first row that nobody else holds. Retries of a day share an hour.
_FROM = """select x.id from unnest(%(lists)s::bigint[], %(languages)s::text[]) o(id, code)
 cross join lateral (select e.id from contact_entry e where e.list_id = o.id and e.language = o.code
   and e.state in ('ready', 'later') and e.phone_id is not null and (e.next_day is null or e.next_day <= %(on)s)
   and e.phone_id <> all(%(own)s::uuid[]) and {when} limit 1 for update skip locked) x limit 1"""
_HANDED = (
    "exists (select from contact_call_handover h where h.entry_id = e.id and h.until > %(at)s and h.agent_id"
)
_DUE = "e.again_at is not null and e.again_at <= %(at)s and {handed} order by e.again_at, e.id"
HANDED = _FROM.format(
    when=_DUE.format(handed=f"{_HANDED} = %(account)s)")
)  # by the supervisor to this caller
AGAIN = _FROM.format(when=_DUE.format(handed=f"not {_HANDED} <> %(account)s)"))
FRESH = _FROM.format(when="e.again_at is null order by e.id")


def _lease(
    queue: CallQueue, languages: Sequence[str], account: int, *, kinds: Sequence[str], at: datetime
) -> ContactEntry | None:
    """Lock and lease the next entry of a queue that the gate lets through. kinds: statements, the first goes first."""
    programme = queue.programme
    pairs = [(pk, code) for pk in centres.lists_of_queue(queue, at=at) for code in languages]
    values = {"lists": [pk for pk, _code in pairs], "languages": [code for _pk, code in pairs]}
    values |= {"at": at, "on": clock.day_in(programme.zone, at)}
    values |= {"own": list(people.account_phones(account)), "account": account}
    for _n in range(MOST_SKIPPED):
        entry_id = next((pk for kind in kinds for pk in sql.column(kind, values)), None)
        if entry_id is None:
            return None
        entry = ContactEntry.objects.select_related("list").get(pk=entry_id)
        if why := _held_back(queue, entry, at=at):
            _put_back(queue, entry, why, at=at)
            continue
        entry.state, entry.holder_id, entry.until = State.LEASED, account, at + LEASE
        entry.save(update_fields=["state", "holder_id", "until"])
        CallHandover.objects.filter(entry=entry).delete()
        return entry
    return None


def _held_back(queue: CallQueue, entry: ContactEntry, *, at: datetime) -> str:
    """Return why somebody may not be called: a key of gate.WORDS, "called", "waits"; "" where they may.

    "called": the same phone was talked with by a call of the programme. "waits": it has another entry whose retry is
    to come.
    """
    phone_id, programme = or_refuse(entry.phone_id), queue.programme
    lock_phones([phone_id])
    contact = contact_of_entry(entry, zone=programme.zone, is_call=True)
    if why := contact_verdict(contact, at=at).why:
        return why
    for other in ContactEntry.objects.filter(phone_id=phone_id).exclude(pk=entry.pk).select_related("list"):
        if other.state == State.LEASED:
            return "elsewhere"
        if other.list.programme_id != programme.pk or is_of_callers(entry.list) or is_of_callers(other.list):
            continue
        if ContactTry.objects.filter(
            entry=other, way=ContactTry.Way.CALL, outcome__in=queries.TALKS, undone_at=None
        ).exists():
            return "called"
        if other.tries and other.again_at is not None and other.again_at > at:
            return "waits"
    return ""


def _put_back(queue: CallQueue, entry: ContactEntry, why: str, *, at: datetime) -> None:
    """Put an entry that the gate holds back where it belongs: out for good, or later."""
    entry.holder_id = entry.until = None
    if why in ("opted_out", "called"):
        entry.state, entry.why_out, entry.again_at, entry.next_day = State.OUT, why, None, None
    else:
        zone = queue.programme.zone
        after = {"elsewhere": LEASE, "waits": LEASE, "hours": LEASE}.get(why, timedelta(days=1))
        if why == "cap":
            after = timedelta(days=gate.LATELY_DAYS)
        silent = polls.polling({0: [entry.unit_id]}, at=at)[0].silent_until(at) if why == "silence" else None
        entry.state = State.LATER
        entry.again_at = into_hours(silent or at + after, zone=zone, opens=queue.opens, closes=queue.closes)
        entry.next_day = clock.day_in(zone, entry.again_at)
    entry.save()


# --- the ring ---


@dataclass(frozen=True, slots=True)
class RingOutcome:
    """The result of a ring. number: E.164, for the caller's own phone. why: held back, a key of gate.WORDS; then the
    person is gone from the caller's page."""

    number: str = ""
    why: str = ""


def ring(*, turn: UUID, by: Actor, at: datetime) -> RingOutcome:
    """Show a caller the number, for their own phone. The gate is asked again. Each number leaves a row in the trail.

    At most 19 calls a day. In a queue of the provider's line only while that line is off or down (`may_use_own`).
    Refuses TurnOver, NoCallerHere, OwnCallsDone, BridgeWorks.
    """
    with system("a caller rings"):
        row = own_now(turn, by=by, at=at)
        if row.queue.by_bridge and not may_use_own(turn=row):
            raise BridgeWorks
        entry, why = let_through(row, at=at)
        if why:
            return RingOutcome(why=why)
        if row.way != Way.OWN:
            if centres.count_own_calls(row.agent_id, at=at) >= MOST_OWN:
                raise OwnCallsDone(most=MOST_OWN)
            row.rung_at, row.way = row.rung_at or at, Way.OWN
            row.save(update_fields=["rung_at", "way"])
        keep_with(row, until=at + LEASE)
        number = people_acts.reveal_number(
            phone=or_refuse(entry.phone_id),
            about=entry.public_id,
            unit_id=entry.unit_id,
            is_counted=False,
            by=by,
            at=at,
        )
    return RingOutcome(number)


def may_use_own(*, turn: CallTurn) -> bool:
    """Return whether the caller of a bridge's queue may use the own phone: the line is off, or did not answer us."""
    return bridges.server_bridge() is None or turn.way == Way.OWN or turn.told in (DOWN, UNCONFIRMED)


def let_through(row: CallTurn, *, at: datetime) -> tuple[ContactEntry, str]:
    """Lock the person of a turn and ask the gate. Held back: the caller has them no longer, and the text says why."""
    entry = ContactEntry.objects.select_for_update(of=("self",)).select_related("list").get(pk=row.entry_id)
    why = _held_back(row.queue, entry, at=at)
    if not why:
        return entry, ""
    _put_back(row.queue, entry, why, at=at)
    row.ended_at, row.outcome = at, End.HELD
    row.save(update_fields=["ended_at", "outcome"])
    return entry, why if why in gate.WORDS else "elsewhere"


def own_now(turn: UUID, *, by: Actor, at: datetime) -> CallTurn:
    """A caller's own turn, locked, while it lasts. In a system scope. Refuses TurnOver, NoCallerHere."""
    rows = CallTurn.objects.select_for_update(of=("self",)).select_related("queue__programme")
    row = or_refuse(rows.filter(pk=turn, agent_id=or_refuse(by.account_id)).first())
    if row.ended_at is not None or row.until <= at:
        raise TurnOver
    require_seat(row.body_id, centres.AGENT, by=by, at=at)
    return row


# --- given back, taken back, ended ---


def give_person_back(*, turn: UUID, by: Actor, at: datetime) -> None:
    """Give the person back without a call: they are in the queue again. Refuses TurnOver, NoCallerHere."""
    with system("a caller gives a person back"):
        row = own_now(turn, by=by, at=at)
        _end([row], End.GIVEN, at=at)
        audit.record(by=by, at=at, act="contact.give_back", subject=str(row.pk), unit_id=row.unit_id)


def leave_seat(*, reason: str = CallSeat.BreakReason.OTHER, by: Actor, at: datetime) -> None:
    """Take a break, or go home: the person in front of the caller goes back to the queue.

    The supervisor sees the reason. Call-backs that were handed to the caller are open to everybody again. Refuses
    BreakReasonUnfit.
    """
    account = or_refuse(by.account_id)
    if reason not in CallSeat.BreakReason.values:
        raise BreakReasonUnfit(field="break_for")
    with system("a caller leaves"):
        sql.wait_for(f"calls of account {account}")
        rows = CallTurn.objects.select_for_update().filter(agent_id=account, ended_at=None)
        _end(list(rows), End.GIVEN, at=at)
        CallSeat.objects.filter(account_id=account).update(left_at=at, break_for=reason)
        CallHandover.objects.filter(agent_id=account).delete()


def take_person_back(*, body_id: int, turn: UUID, by: Actor, at: datetime) -> None:
    """Take a person back from a caller of one's centre, such as one whose browser closed. Supervisors only.

    An outcome that is saved in the same moment wins or loses as a whole. Refuses NoCallerHere, TurnOver.
    """
    with system("a supervisor takes a person back"):
        require_seat(body_id, centres.SUPERVISOR, by=by, at=at)
        rows = CallTurn.objects.select_for_update().filter(pk=turn, body_id=body_id)
        row = or_refuse(rows.first())
        if row.ended_at is not None:
            raise TurnOver
        _end([row], End.TAKEN, at=at)
        audit.record(by=by, at=at, act="contact.take_back", subject=str(row.pk), unit_id=row.unit_id)


def pause_centre(*, body_id: int, by: Actor, at: datetime) -> None:
    """Pause a centre: no caller there gets a person. Callers who have one may finish. Supervisors only."""
    with system("a centre is paused"):
        require_seat(body_id, centres.SUPERVISOR, by=by, at=at)
        PausedCentre.objects.get_or_create(
            body_id=body_id, defaults={"since": at, "by_id": or_refuse(by.account_id)}
        )
        audit.record(by=by, at=at, act="contact.pause_centre", subject=str(body_id))


def resume_centre(*, body_id: int, by: Actor, at: datetime) -> None:
    """Let a paused centre go on. Supervisors only."""
    with system("a centre goes on"):
        require_seat(body_id, centres.SUPERVISOR, by=by, at=at)
        PausedCentre.objects.filter(body_id=body_id).delete()
        audit.record(by=by, at=at, act="contact.resume_centre", subject=str(body_id))


def end_turns(*, account_id: int, at: datetime) -> int:
    """End what an account has in front of it, when an office of it ends. Returns how many.

    In the transaction of the act that ended it. Its leases end with it (`end_leases`).
    """
    with system("a caller's office ends"):
        rows = list(CallTurn.objects.select_for_update().filter(agent_id=account_id, ended_at=None))
        _end(rows, End.LAPSED, at=at)
    return len(rows)


def lapse_turns(*, at: datetime) -> int:
    """End the turns whose lease is over. Returns how many. As jobs."""
    over = CallTurn.objects.filter(ended_at=None, until__lte=at)
    rows = list(over.select_for_update(skip_locked=True).order_by("pk")[:MOST_SKIPPED])
    _end(rows, End.LAPSED, at=at)
    return len(rows)


def _end(rows: Sequence[CallTurn], how: str, *, at: datetime) -> None:
    """End turns without an outcome; their entries go back to the queue, or out after a no. In a system scope.

    Somebody who is on the line comes to the next caller when the line is over at the latest.
    """
    for row in rows:
        entries = ContactEntry.objects.select_for_update(of=("self",)).select_related("list")
        entry = entries.get(pk=row.entry_id)
        if entry.state == State.LEASED and entry.holder_id == row.agent_id:
            entry.holder_id = entry.until = None
            if is_on_line(row, at=at):
                entry.again_at = row.until
            entry.state = State.LATER if entry.again_at or entry.next_day else State.READY
            if is_closed_by_no(entry):
                entry.state, entry.why_out = State.OUT, "opted_out"
            entry.save(update_fields=["holder_id", "until", "state", "why_out", "again_at"])
        row.ended_at, row.outcome = at, how
        row.save(update_fields=["ended_at", "outcome"])
