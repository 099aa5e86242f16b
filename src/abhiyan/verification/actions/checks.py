"""A check, step by step: a try, the answers closed, the result; told once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions as contact
from abhiyan.contact import queries as tries
from abhiyan.contact.models import Attempt
from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.verification.models import Check
from abhiyan.verification.queries.checks import ROOM, SaidUnseen, answers_in_check, sealed, target_of
from abhiyan.verification.queries.items import items_to_check
from abhiyan.verification.queries.opening import opened_many
from abhiyan.verification.refusals import (
    AskFirst,
    BeginFirst,
    NotAtThisHour,
    SaidAlready,
    SaidOtherwise,
    VisitOnAnotherDay,
)
from abhiyan.verification.rules.outcomes import GONE, NOT_REACHED, Meaning, may_find, reason_of
from abhiyan.verification.rules.planning import SECONDS

from .assigning import held_check, held_checks, visit_after_denial, visit_by_lot

TELL = "verification.tell_check"  # in the trail
AT_ONCE = 100  # people taken off in one turn of the loop


class TryOutcome(models.TextChoices):
    """The end of a try without answers."""

    NO_ANSWER = "no_answer", _("Not reached")
    LATER = "later", _("Asks for another time")
    REFUSED = "refused", _("Refuses")
    LEFT = "left", _("Wants to leave")


def begin_try(*, check_id: UUID, calls_first: bool = False, by: Actor, at: datetime) -> tuple[Check, str]:
    """Begin one call or one visit of a check. Return the check and the number in clear (E.164; "" of a visit).

    calls_first: the verifier calls the person to fix a visit, so the number of a visit is shown too, if there is one.

    Only the verifier who took the check may: one call at a time, at most 200 numbers a day. Each look leaves a row that
    names the check and no person. The hours, the silence before a poll and a person's no hold back a call. A person who
    said no ends the check instead, and so does an item that counts no more. Then it has an outcome and no number.
    Refuses NotTaken, ToldAlready, SaidAlready, NotAtThisHour; contact's FinishFirst, TriedByAnother, NotNow; TooMany.
    """
    with system("trying to reach whom a back-check asks"):
        check = held_check(check_id=check_id, by=by, at=at)
        if check.said_at is not None:
            raise SaidAlready
        is_visit, target = check.is_visit, target_of(check)
        # Nobody can be asked: no phone, or no door to go to.
        way_there = target.whom.name if check.stratum.is_phoneless else target.phone_id
        if target.why_gone is not None or way_there is None:
            return _told(check, Check.Outcome.UNRESOLVED, GONE, by, at), ""
        is_call = not is_visit or (calls_first and target.phone_id is not None)
        contact_asked = tries.ContactAsked(
            target.unit_id, settings.TIME_ZONE, is_call, target.phone_id, is_check=True
        )
        verdict = tries.contact_verdict(contact_asked, at=at)
        if target.whom.is_silent or verdict.why == "opted_out":
            return _told(check, Check.Outcome.UNRESOLVED, GONE, by, at), ""
        if verdict.until is not None:
            raise NotAtThisHour(when=date_format(timezone.localtime(verdict.until), "j F, H:i"))
        contact.begin_attempt(room=ROOM, about=check.id, is_visit=is_visit, by=by, at=at)
        if not is_call:
            return check, ""
        # The row names the check: with a person, phone or unit it would say who was drawn.
        number = target.number or or_refuse(target.phone_id)
        return check, people_acts.reveal_number(phone=number, about=check.id, by=by, at=at)


def fix_visit(*, check_id: UUID, when: datetime, by: Actor, at: datetime) -> Check:
    """Note the day and hour of a visit. A second call moves the visit.

    Only the verifier who began the visit may. Refuses NotTaken, ToldAlready, BeginFirst; and VisitOnAnotherDay for a
    time in the past or after the last day of the visit.
    """
    with system("fixing a visit of a back-check"):
        check = held_check(check_id=check_id, by=by, at=at)
        begun = tries.under_way(tries.tries_of(ROOM, [check.id])[check.id], at=at)
        if not check.is_visit or begun is None or begun.account_id != by.account_id:
            raise BeginFirst
        if not at <= when <= begun.until:
            raise VisitOnAnotherDay(
                field="day", until=date_format(timezone.localtime(begun.until), "j F, H:i")
            )
        check.visit_at = when
        check.save(update_fields=["visit_at"])
        audit.record(by=by, at=at, act="verification.fix_visit", subject=str(check.id))
    return check


def end_check_try(*, check_id: UUID, came: TryOutcome, by: Actor, at: datetime) -> Check:
    """Write what came of a try in which nobody answered the questions.

    Somebody not reached is tried again on another day, at another hour; after three tries the check ends, and
    the lot says whether somebody visits them. Only its beginner may. Refuses NotTaken, ToldAlready, BeginFirst.
    """
    with system("ending a try of a back-check"):
        check = held_check(check_id=check_id, by=by, at=at)
        if came in (TryOutcome.REFUSED, TryOutcome.LEFT):
            _end_attempt(check, Attempt.Outcome.REACHED, by, at)
            # Both are written alike: of who left in a district at an hour, this would say who was drawn.
            check.leaves_at = at if came == TryOutcome.LEFT else None
            return _told(check, Check.Outcome.REFUSED, "", by, at)
        ended = _end_attempt(check, Attempt.Outcome(came.value), by, at)
        if ended.again_at is None:
            _told(check, Check.Outcome.UNRESOLVED, NOT_REACHED, by, at)
            visit_by_lot(check=check)
        return check


def close_answers(*, check_id: UUID, said: SaidUnseen, by: Actor, at: datetime) -> Check:
    """Keep what somebody said in their own words, sealed. From here on it stays, and what was written may be seen.

    Only the verifier who took the check and began a try may. Refuses NotTaken, ToldAlready, SaidAlready,
    BeginFirst.
    """
    with system("the answers of a back-check"):
        check = held_check(check_id=check_id, by=by, at=at)
        if check.said_at is not None:
            raise SaidAlready
        _end_attempt(check, Attempt.Outcome.REACHED, by, at)
        check.said, check.said_at, check.also_joined = sealed(check.id, said), at, said.also_joined
        check.save(update_fields=["said", "said_at", "also_joined"])
        audit.record(by=by, at=at, act="verification.close_answers", subject=str(check.id))
    return check


def conclude_check(
    *, check_id: UUID, outcome: Check.Outcome, leaves: bool = False, by: Actor, at: datetime
) -> Check:
    """Say what the answers come to, after they were closed. leaves: the person asked to be taken off every list, or for
    no more contact; within a minute it is so (`take_off`).

    Only the verifier who took the check may. Refuses NotTaken, ToldAlready, AskFirst, SaidOtherwise.
    """
    with system("concluding a back-check"):
        check = held_check(check_id=check_id, by=by, at=at)
        answers = answers_in_check(check)
        if answers is None:
            raise AskFirst
        if not may_find(answers.meaning, outcome):
            asking = items_to_check(check.frame.programme, check.frame.measure)
            raise SaidOtherwise(field="outcome", what=asking.words.not_said)
        check.leaves_at = at if leaves else None
        return _told(check, outcome, reason_of(answers.meaning, outcome), by, at)


def tell_check(*, check_id: UUID, outcome: Check.Outcome, reason: str = "", by: Actor, at: datetime) -> Check:
    """Write what a check found. It is written once: a second check is another row.

    `conclude_check` asks for what comes before: the call and the answers. Only the verifier who took it may,
    while the frame is open. Refuses NotTaken, ToldAlready.
    """
    with system("telling a back-check"):
        return _told(held_check(check_id=check_id, by=by, at=at), outcome, reason, by, at)


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """The outcome of one of many checks, its code ("": none), and when."""

    check_id: UUID
    outcome: Check.Outcome
    reason: str
    at: datetime


def tell_checks(*, told_checks: Sequence[ToldCheck], by: Actor, at: datetime) -> None:
    """Write what many checks found in one act, each as `tell_check` does; and let the lot say who is visited.

    Only a sample calls this: a page takes one at a time. Only the verifier who took all of them may.
    at: when the act happens. Refuses NotTaken, ToldAlready, and then writes nothing.
    """
    with system("telling back-checks"):
        checks = held_checks(check_ids=[row.check_id for row in told_checks], by=by, at=at)
        for check, row in zip(checks, told_checks, strict=True):
            check.outcome, check.reason, check.done_at = row.outcome, row.reason, row.at
        _keep_told(checks, by, at)
        for check in checks:
            if check.reason == NOT_REACHED:
                visit_by_lot(check=check)


def take_off(*, at: datetime) -> int:
    """Take off their lists the people who told a verifier that they leave; how many. The next turn does the rest.

    They leave every list of the activity. An activity without a list keeps a no said aloud, which ends all outreach.
    The next turn writes that it is done. So no transaction joins a person and a check, even for a reader of the whole
    database.
    """
    with system("who asked a verifier to leave"):
        asking = Check.objects.exclude(leaves_at=None).select_related("frame__programme")
        checks = {row.id: row for row in asking[:AT_ONCE]}
        items = opened_many(checks)  # of a planted one there is nobody
        phones = {item.phone_id for item in items.values() if item.phone_id}
        silent = {None, *people.phones_that_said_no(phones)}
        waiting = {
            ident
            for ident, item in items.items()
            if item.why_gone is None and (_leave_of(checks[ident]) or item.phone_id not in silent)
        }
        Check.objects.filter(id__in=checks.keys() - waiting).update(leaves_at=None)
    for check_id in waiting:
        with system("a person leaves"):
            check = Check.objects.select_related("frame__programme").get(id=check_id)
            entry = AuditEntry.objects.get(
                account_id=check.verifier_id, at=check.done_at or at, act=TELL, subject=str(check.id)
            )
            by = Actor(
                "person",
                entry.who,
                entry.account_id,
                device=entry.device,
                origin=entry.origin,
                reason=f"check {check.id}",
            )
            item = items[check_id]
            if leave := _leave_of(check):
                leave(item_id=item.item_id, by=by, at=at)
            else:
                people_acts.keep_spoken_no(phone_id=item.phone_id, by=audit.own_word(by), at=at)
    return len(waiting)


def _leave_of(check: Check) -> Callable[..., object] | None:
    return items_to_check(check.frame.programme, check.frame.measure).leave


def _end_attempt(check: Check, outcome: Attempt.Outcome, by: Actor, at: datetime) -> Attempt:
    begun = tries.begun_try(tries.tries_of(ROOM, [check.id])[check.id])
    if begun is None or begun.account_id != by.account_id:
        raise BeginFirst
    zone = ZoneInfo(check.frame.programme.zone)
    return contact.end_attempt(attempt_id=begun.id, outcome=outcome, zone=zone, by=by, at=at)


def _told(check: Check, outcome: Check.Outcome, reason: str, by: Actor, at: datetime) -> Check:
    check.outcome, check.reason, check.done_at = outcome, reason, at
    _keep_told([check], by, at)
    return check


def _keep_told(checks: Sequence[Check], by: Actor, at: datetime) -> None:
    """Write the outcomes of checks, and make the second checks and visits that follow from them."""
    Check.objects.bulk_update(checks, ["outcome", "reason", "done_at", "leaves_at"])
    second = [
        Check(
            id=lot.uuid(),
            frame_id=check.frame_id,
            stratum_id=check.stratum_id,
            order=check.order,
            place=check.place,
            arm=Check.Arm.SECOND,
        )
        for check in checks
        if check.outcome in (Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE)
        and check.arm == Check.Arm.RANDOM
        and lot.random_below(1_000) < SECONDS * 1_000
    ]
    Check.objects.bulk_create(second)
    for check in checks:
        if check.outcome == Check.Outcome.NOT_GENUINE and check.reason == Meaning.NEVER:
            visit_after_denial(check=check)
    only = str(checks[0].id) if len(checks) == 1 else ""
    audit.record(by=by, at=at, act=TELL, subject=only, n=len(checks))
