"""Tell members whose phones have not answered, at the door or by a call; note the result."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions as contact
from abhiyan.contact.models import ContactTry
from abhiyan.contact.queries import ContactAsked, contact_verdict
from abhiyan.contact.rules import gate
from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.queries import first_calls
from abhiyan.enrolment.queries.first_calls import Outcome, TellingResult
from abhiyan.enrolment.queries.people import Member, member_for
from abhiyan.intake.queries import calls
from abhiyan.intake.queries.calls import ToCall
from abhiyan.org import actions as doors
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes

CARD = ContactTry.Way.CARD


class NothingToTell(Refused, status=409):
    message = _("Nothing to do: the phone has answered, or the person wants no calls.")


class NothingToVisit(Refused, status=409):
    message = _("Nothing to do: the phone has answered, or the membership has ended.")


class CallLater(Refused, status=409):
    message = _("This is not an hour for calls. You can call from %(when)s.")


def note_told(*, membership: UUID, outcome: str, is_visit: bool, by: Actor, at: datetime) -> None:
    """Note what came of telling a member that their phone has yet to answer. The member then rests on Today.

    Told: for a week. Not there: until another day, in another part of it. Wrong: for good; the person's page says so.
    Never: for good, as the phone has then said no to all outreach.
    membership: public id, in the caller's scope. The act needs enrolment.enrol over the member's unit. Refuses
    NotYours, NothingToTell; contact's NotNow.
    """
    member, chosen = _to_tell(membership, by), TellingResult(outcome)
    _note(member.term_id, member, chosen, membership=membership, is_visit=is_visit, by=by, at=at)


def note_no_at_door(*, membership: UUID, by: Actor, at: datetime) -> None:
    """Note that a member whose phone has not answered said at the door that they want no more contact.

    Their phone has then said no to all outreach, and nobody visits them. They stay on the roll. It asks for no
    consent to calls. membership: public id, in the caller's scope. Needs what `note_member_visit` needs. Refuses
    NotYours, NothingToVisit.
    """
    member = _to_visit(membership, by)
    _note(
        member.enrolment_id, member, TellingResult.NEVER, membership=membership, is_visit=True, by=by, at=at
    )


def _note(
    term_id: UUID,
    whose: ToCall | Member,
    chosen: TellingResult,
    *,
    membership: UUID,
    is_visit: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Write a try to tell a member, and a row of it in the trail."""
    contact.note_person_try(
        made=_try_of(term_id, whose, is_visit=is_visit),
        outcome=Outcome(chosen.value),
        zone=ZoneInfo(programmes.programme_by_id(whose.programme_id).zone),
        by=by,
        at=at,
    )
    audit.record(
        by=by,
        at=at,
        act="enrolment.tell",
        subject=str(membership),
        unit_id=whose.unit_id,
        facts={"outcome": chosen.value},
    )


def note_member_visit(*, membership: UUID, by: Actor, at: datetime) -> None:
    """Tick that somebody has been at the door of a member whose phone has not answered. It confirms and counts nothing.

    The member then rests on Today for a week. A door that is ticked stays as it is.
    membership: public id, in the caller's scope. The act needs enrolment.enrol over the member's unit. Refuses
    NotYours, NothingToVisit.
    """
    member = _to_visit(membership, by)
    if any(made.outcome == Outcome.VISITED for made in first_calls.tries_of_term(member.enrolment_id)):
        return
    contact.note_door_visit(made=_try_of(member.enrolment_id, member, is_visit=True), by=by, at=at)
    audit.record(by=by, at=at, act="enrolment.visit", subject=str(membership), unit_id=member.unit_id)


def undo_member_visit(*, membership: UUID, by: Actor, at: datetime) -> None:
    """Take back one's own tick. Needs what `note_member_visit` needs. Refuses NothingToVisit; contact's NoVisit."""
    member = _to_visit(membership, by)
    contact.undo_door_visit(way=CARD, about=member.enrolment_id, by=by, at=at)
    audit.record(by=by, at=at, act="enrolment.undo_visit", subject=str(membership), unit_id=member.unit_id)


def _to_visit(membership: UUID, by: Actor) -> Member:
    member = member_for(membership)
    org.require(by, "enrolment.enrol", at=member.unit_id)
    if member.is_counted or not member.is_current or _is_own(member.phone_id, by):
        raise NothingToVisit
    return member


def number_to_call(*, membership: UUID, by: Actor, at: datetime) -> str:
    """Return the number (E.164) of a member whose phone has yet to answer, for one call; it leaves a row.

    It needs enrolment.enrol and people.reveal over the member's unit, and the gate of calls must allow it.
    Refuses NotYours, NothingToTell, CallLater, TooMany; contact's HeldBack.
    """
    member = _to_tell(membership, by)
    org.require(by, "people.reveal", at=member.unit_id)
    zone = programmes.programme_by_id(member.programme_id).zone
    verdict = contact_verdict(ContactAsked(member.unit_id, zone, True, member.phone_id), at=at)
    if verdict.until is not None:
        raise CallLater(when=date_format(timezone.localtime(verdict.until), "j F, H:i"))
    if verdict.why:
        raise contact.HeldBack(why=gate.WORDS[verdict.why])
    return doors.reveal_phone(
        phone_id=member.phone_id, about=member.public_id, unit_id=member.unit_id, by=by, at=at
    )


def _try_of(term_id: UUID, whose: ToCall | Member, *, is_visit: bool) -> ContactTry:
    """Return a try to tell a member, without its outcome."""
    return ContactTry(
        id=lot.uuid(),
        programme_id=whose.programme_id,
        unit_id=whose.unit_id,
        way=CARD,
        about=term_id,
        phone_id=whose.phone_id,
        is_visit=is_visit,
    )


def _is_own(phone_id: UUID, by: Actor) -> bool:
    """Return True if the member has a phone of the worker's own."""
    with system("whose phone a member has"):
        return phone_id in people.account_phones(by.account_id)


def _to_tell(membership: UUID, by: Actor) -> ToCall:
    member = calls.one_to_call(membership)
    if member is None or _is_own(member.phone_id, by):
        raise NothingToTell
    org.require(by, "enrolment.enrol", at=member.unit_id)
    return member
