"""Outcomes of calls: noted at once, taken back within seconds, and corrected on the same day by another row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.contact import centres, queries
from abhiyan.contact.gate import is_closed_by_no, is_of_callers
from abhiyan.contact.models import CallTurn, ContactEntry, ContactTry
from abhiyan.contact.news import HelpTakenBack
from abhiyan.contact.rules.doors import unfit_note
from abhiyan.contact.rules.kinds import BY_CALL, CALLED
from abhiyan.contact.rules.retries import SHORTEST_TALK_S, call_again, into_hours
from abhiyan.core import audit, clock, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import WITHIN, finished_at
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms import actions as forms
from abhiyan.forms.queries import version_by_id
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem
from abhiyan.programmes.models import Item

from .attempts import LEASE
from .calls import require_seat
from .offering import HelpSaid, offer_help
from .standing import NO_MORE, free_item, take_back_row, taken_from_others
from .talks import NOTE_KEPT, NoIsTheirs, NoteUnfit, file_need
from .tries import end_try

State, Outcome, Way, End = ContactEntry.State, ContactTry.Outcome, CallTurn.Way, CallTurn.End


class TurnNoted(Refused, status=409):
    message = _("This call is noted already.")


class RingFirst(Refused, status=409):
    message = _("Ring first, then note what came of it. Or give the person back.")


class BackAtUnfit(Refused):
    message = _("Choose a time within the hours of the queue, before the list ends.")


class TakenBackTooLate(Refused, status=409):
    message = _("Ten seconds are over. Open the call under “Your calls today” and correct it.")


class CorrectedTooLate(Refused, status=409):
    message = _("You can correct a call only on the same day.")


@dataclass(frozen=True, slots=True)
class CallTold:
    """A caller's note of a call. back_at: of "later". need: what somebody is entitled to and did not receive.

    answers: of the script, as `FilledForm` has them; None where nothing was asked. age: how long it waited in the
    outbox of the browser.
    """

    outcome: str
    back_at: datetime | None = None
    note: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    answers: Mapping[str, Any] | None = field(default=None, repr=False)
    age: timedelta = timedelta(0)


def note_centre_call(*, turn: UUID, told: CallTold, by: Actor, at: datetime) -> CallTurn:
    """Note what came of a call, once: the same again is the same call.

    A talk that took place is noted even if another caller has the person now. Within seven days it counts, once for a
    person. Refuses NoCallerHere, RingFirst, TurnNoted, BackAtUnfit, NoteUnfit, NeedUnsaid, and what `forms.submit`
    refuses.
    """
    with system("a call is noted"):
        row = _own(turn, by=by, at=at)
        if (made := queries.outcome_of(row)) is not None:
            if made.outcome == told.outcome:
                return row
            raise TurnNoted
        _note(row, told, by=by, at=at)
    return row


def take_back_call(*, turn: UUID, by: Actor, at: datetime) -> CallTurn:
    """Take one's own outcome of a call back within ten seconds: counts, caps, ladder and the person's no follow it.

    Nobody else gets the person for half an hour, so that the caller may note the right outcome. Refuses NoCallerHere,
    NotFound, TakenBackTooLate.
    """
    with system("an outcome is taken back"):
        row = _own(turn, by=by, at=at)
        made = or_refuse(queries.outcome_of(row))
        if at - made.stored_at > centres.TAKE_BACK:
            raise TakenBackTooLate
        _take_back(row, made, by=by, at=at)
    return row


def correct_call(*, turn: UUID, told: CallTold, by: Actor, at: datetime) -> CallTurn:
    """Correct one's own outcome of a call on the day it was noted: it is taken back, and another row says what was so.

    The same outcome again changes nothing. Refuses CorrectedTooLate, and as `note_centre_call`; and NoIsTheirs where
    the ten seconds of `take_back_call` are over, whether or not the phone had said no before.
    """
    with system("an outcome is corrected"), transaction.atomic():
        row = _own(turn, by=by, at=at)
        if (made := queries.outcome_of(row)) is not None:
            if made.outcome == told.outcome:
                return row
            zone = row.queue.programme.zone
            if clock.day_in(zone, made.stored_at) != clock.day_in(zone, at):
                raise CorrectedTooLate
            if made.outcome == Outcome.NEVER and at - made.stored_at > centres.TAKE_BACK:
                raise NoIsTheirs
            _take_back(row, made, by=by, at=at)
        _note(row, told, by=by, at=at)
    return row


def _own(turn: UUID, *, by: Actor, at: datetime) -> CallTurn:
    """A caller's own turn, locked. Refuses NotFound, NoCallerHere."""
    rows = CallTurn.objects.select_for_update(of=("self",)).select_related("queue__programme")
    row = or_refuse(rows.filter(pk=turn, agent_id=or_refuse(by.account_id)).first())
    require_seat(row.body_id, centres.AGENT, by=by, at=at)
    return row


def _entry_of(row: CallTurn) -> ContactEntry:
    rows = ContactEntry.objects.select_for_update(of=("self",)).select_related("list")
    return rows.get(pk=row.entry_id)


def _note(row: CallTurn, report: CallTold, *, by: Actor, at: datetime) -> None:
    if row.rung_at is None:
        raise RingFirst
    entry, programme = _entry_of(row), row.queue.programme
    # The first outcome has the id of its turn: two requests at once make one.
    is_first = not ContactTry.objects.filter(pk=row.pk).exists()
    made = ContactTry(
        id=row.pk if is_first else lot.uuid(),
        entry=entry,
        programme=programme,
        unit_id=entry.unit_id,
        turn_id=row.pk,
    )
    made.way, made.outcome = ContactTry.Way.CALL, Outcome(report.outcome).value
    since = finished_at(report.age, at=at, since=row.rung_at)
    _fill(made, row, report, rung_at=row.rung_at, since=since, by=by, at=at)
    end_try(made=made, phone_id=entry.phone_id, by=by, at=at, age=at - row.rung_at)
    _settle(row, entry, made, report, since=since, by=by, at=at)
    row.outcome, row.ended_at = made.outcome, row.ended_at or at
    row.save(update_fields=["outcome", "ended_at"])
    facts = {"outcome": made.outcome, "way": made.way}
    audit.record(by=by, at=at, act="contact.note", subject=str(row.pk), unit_id=entry.unit_id, facts=facts)


def _fill(
    made: ContactTry,
    row: CallTurn,
    report: CallTold,
    *,
    rung_at: datetime,
    since: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """Fill a try: the note, the call-back, the request, the answers, the item. since: when the caller finished it."""
    queue, programme = row.queue, row.queue.programme
    if note := report.note.strip():
        if why := unfit_note(note):
            raise NoteUnfit(field="note", why=why)
        made.note, made.note_until = keyring().seal(note.encode(), about=made.pk.bytes), at + NOTE_KEPT
    if made.outcome == Outcome.LATER:
        back = report.back_at
        last = made.entry.list.last_day if made.entry else programme.closes_on
        if (
            back is None
            or back <= since
            or back != into_hours(back, zone=programme.zone, opens=queue.opens, closes=queue.closes)
        ):
            raise BackAtUnfit(field="back_at")
        made.follow_up_day = clock.day_in(programme.zone, back)
        if made.follow_up_day > min(last, programme.closes_on, queue.last_day or last):
            raise BackAtUnfit(field="back_at")
    if made.outcome == Outcome.ENTITLED:
        made.request_id = file_need(made, report.need.strip(), by=by, at=at)
    if made.outcome == Outcome.NEVER and made.entry and made.entry.phone_id:
        lock_phones([made.entry.phone_id])
        made.is_first_no = people.standing_no(made.entry.phone_id) is None
    if made.outcome not in queries.TALKS:
        return
    if report.answers and row.version_id is not None:
        forms.submit_form(
            key=str(made.pk),
            version=version_by_id(row.version_id),
            unit_id=row.unit_id,
            answers=report.answers,
            about=(queries.ANSWERS_OF, str(row.pk)),
            by=by,
            at=at,
        )
    if made.entry and is_of_callers(made.entry.list):
        return  # They asked for it: no talk of ours counts.
    on = clock.day_in(programme.zone, rung_at)
    key = free_item(programme.pk, "call", made.entry_id) if at - rung_at <= WITHIN else None
    if key is None:
        return  # It came too late to count, or a talk with this person counts.
    made.item_id, made.ask_on = key, max(on + timedelta(days=1), clock.day_in(programme.zone, at))
    item = NewItem(
        key,
        programme.pk,
        CALLED,
        BY_CALL,
        row.unit_id,
        on,
        by_id=or_refuse(by.account_id),
        phone_id=made.entry.phone_id if made.entry else None,
        at=rung_at,
        device=by.device,
        seconds=row.talked_s,
        is_counted=True,
        is_signed=is_shown_by_bridge(row),
    )
    programmes.report_items(new=[item], at=at)


def is_shown_by_bridge(row: CallTurn) -> bool:
    """Return whether the bridge reports a talk of 20 seconds or more."""
    return row.way == Way.BRIDGE and (row.talked_s or 0) >= SHORTEST_TALK_S


def _settle(
    row: CallTurn,
    entry: ContactEntry,
    made: ContactTry,
    report: CallTold,
    *,
    since: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """Put the entry where its outcome takes it: met, out, or later.

    Somebody else may have the person by now, or have tried them later. Then only what ends the tries changes the entry.
    """
    others = _others(row, entry).exclude(pk=made.pk)
    is_last, is_mine = not others.filter(at__gt=made.at).exists(), _has(row, entry)
    entry.tries += 1
    if is_last:
        entry.last_outcome = made.outcome
    ended = _ended(entry, [made.outcome, *others.values_list("outcome", flat=True)])
    if ended and taken_from_others(entry, but=row, at=at):
        _leave(entry, *ended)
    elif not ended and is_last and (is_mine or entry.state in (State.READY, State.LATER)):
        _again(row, entry, made, report, since=since)
    entry.save()
    if made.outcome == Outcome.WANTS_HELP:
        offer_help(
            offer=made.pk,
            way="call",
            unit_id=entry.unit_id,
            helper=HelpSaid(queries.unsealed_text(entry.person_name, entry.public_id), may_text=True),
            known_phone=entry.phone_id,
            language=entry.language,
            by=by,
            # Its SMS waits until the caller can no longer take the outcome back.
            at=at + centres.TAKE_BACK,
        )


def _others(row: CallTurn, entry: ContactEntry) -> Any:
    """Return the tries of an entry since a caller got it, by anybody."""
    return ContactTry.objects.filter(entry=entry, undone_at=None, stored_at__gte=row.begun_at)


def _has(row: CallTurn, entry: ContactEntry) -> bool:
    return row.ended_at is None and entry.state == State.LEASED and entry.holder_id == row.agent_id


def _ended(entry: ContactEntry, outcomes: list[str]) -> tuple[str, str] | None:
    """Return how these outcomes end the tries of an entry: (state, why it is out). None: it may be tried again."""
    if entry.state == State.OUT and entry.why_out in ("ended", "erased"):
        return State.OUT, entry.why_out
    if Outcome.NEVER in outcomes or is_closed_by_no(entry):
        return State.OUT, "opted_out"
    if any(outcome in queries.TALKS for outcome in outcomes):
        return State.DONE, ""
    return next(((State.OUT, NO_MORE[Outcome(outcome)]) for outcome in outcomes if outcome in NO_MORE), None)


def _leave(entry: ContactEntry, state: str, why: str) -> None:
    entry.state, entry.why_out = state, why
    entry.holder_id = entry.until = entry.next_day = entry.again_at = entry.wanted_at = None


def _again(
    row: CallTurn, entry: ContactEntry, made: ContactTry, report: CallTold, *, since: datetime
) -> None:
    """Say when somebody nobody reached is called again; out after enough calls."""
    queue, zone = row.queue, row.queue.programme.zone
    if made.outcome == Outcome.LATER:
        when = report.back_at
    else:
        missed = ContactTry.objects.filter(
            entry=entry,
            way=ContactTry.Way.CALL,
            outcome__in=(Outcome.NO_ANSWER, Outcome.BUSY),
            undone_at=None,
        )
        tried = list(missed.values_list("at", flat=True))
        when = call_again(made.outcome, tried, at=since, zone=zone, opens=queue.opens, closes=queue.closes)
    _leave(entry, State.LATER if when else State.OUT, "" if when else "not_answered")
    if when is not None:
        entry.again_at, entry.next_day = when, clock.day_in(zone, when)
        entry.wanted_at = report.back_at if made.outcome == Outcome.LATER else None


# --- taken back ---


def _take_back(row: CallTurn, made: ContactTry, *, by: Actor, at: datetime) -> None:
    """Take an outcome back by a second row. Its item ends, its answers count no more, its no is lifted."""
    entry = _entry_of(row)
    take_back_row(made, by=by, at=at)
    if made.item_id:
        programmes.end_items(ids=[made.item_id], why=Item.Why.UNDONE, at=at)
    with override(None):
        reason = str(_("The caller took this call back."))
    forms.send_back_all(about=(queries.ANSWERS_OF, str(row.pk)), reason=reason, by=by, at=at)
    phone_id = entry.phone_id
    if made.outcome == Outcome.WANTS_HELP:
        news.tell(HelpTakenBack(made.pk, at))
    if made.outcome == Outcome.NEVER and made.is_first_no and phone_id:
        people_acts.take_back_no(phone_id=phone_id, said_at=made.stored_at, by=by, at=at)
    entry.tries = max(entry.tries - 1, 0)
    others = list(_others(row, entry).order_by("at").values_list("outcome", flat=True))
    entry.last_outcome = others[-1] if others else ""
    if entry.state != State.LEASED:
        zone = row.queue.programme.zone
        rests = into_hours(at + LEASE, zone=zone, opens=row.queue.opens, closes=row.queue.closes)
        _leave(entry, *(_ended(entry, others) or (State.LATER, "")))
        if entry.state == State.LATER:
            entry.again_at, entry.next_day = rests, clock.day_in(zone, rests)
    entry.save()
    row.outcome = End.UNDONE
    row.save(update_fields=["outcome"])
    facts = {"outcome": made.outcome}
    audit.record(by=by, at=at, act="contact.undo", subject=str(row.pk), unit_id=row.unit_id, facts=facts)
