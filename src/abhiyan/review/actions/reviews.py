"""One review: prepared, met, decided and minuted by its reviewer; answered by who is reviewed."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as say

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import actions as programmes
from abhiyan.review import refusals
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reached import reached, reached_below
from abhiyan.review.queries.reviewers import own_units, why_not
from abhiyan.review.rules.reached import MeasureReached, contradicting
from abhiyan.review.rules.rounds import LONGEST_TEXT, has_been_heard


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task that follows from a decision. assignee (`whom`): public id of the appointment that gets it."""

    title: str
    whom: UUID | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ListDecided:
    """The result of decisions from a list. n: decided; against: reviews whose figures contradict the decision."""

    n: int
    against: Set[UUID]


def decide_review(
    *,
    public_id: UUID,
    decision: str,
    text: str,
    todo: ToDo | None,
    has_met: bool = False,
    sure: str = "",
    by: Actor,
    at: datetime,
) -> Review:
    """Decide on a unit or office-bearer, with a minute in words and maybe a task. Decided again it is amended.

    Every minute stays, with the unit's figures of that moment; the same sent twice is written once. has_met: the
    reviewer met them today, or before. sure: the decision that the reviewer was asked about once. Only the holder of
    the round's office in the unit that reviews may do it, or their stand-in. Refuses NotYours, OwnReview, OwnUnit,
    OwnLine, UnitClosed, HolderLeft, RoundNotNow, NotHeardYet, MinuteMissing, TaskHalf, DecisionContradicts, and as
    `programmes.actions.ask_of`.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise refusals.MinuteMissing(field="text", longest=LONGEST_TEXT)
    if todo is not None and (not todo.title.strip() or todo.whom is None or todo.due_on is None):
        raise refusals.TaskHalf(field="task")
    today = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        one = _locked(public_id)
        _require_reviewer(one, by=by, today=today)
        if not one.round.begins_on <= today <= one.round.ends_on:
            raise refusals.RoundNotNow(**_round_days(one.round))
        if one.is_of_holder and not has_been_heard(
            told_on=one.told_at and clock.day_in(settings.TIME_ZONE, one.told_at),
            has_answered=one.replied_at is not None,
            today=today,
        ):
            raise refusals.NotHeardYet
        with system("deciding on a unit"):
            last = Minute.objects.select_related("task").filter(review=one).order_by("-at", "-pk").first()
            asked = todo.title.strip() if todo is not None else ""
            if last is not None and (
                last.decision,
                last.text,
                last.account_id,
                last.task.title if last.task else "",
            ) == (decision, text, by.account_id, asked):
                return one
            figures = reached(one.unit_id, one.round.hierarchy, at=at)
            if decision != sure and (against := contradicting(decision, figures)) is not None:
                raise _contradicts(against)
            task = None
            if todo is not None and todo.whom is not None and todo.due_on is not None:
                due_at = datetime.combine(todo.due_on, time(23, 59), ZoneInfo(settings.TIME_ZONE))
                what = programmes.What(title=todo.title, due_at=due_at)
                task = programmes.ask_of(what=what, appointment=todo.whom, by=by, at=at)
            Minute.objects.create(
                review=one,
                decision=decision,
                text=text,
                at=at,
                account_id=by.account_id,
                task=task,
                figures=[each.kept() for each in figures],
            )
            one.decision, one.decided_at = decision, at
            one.met_on = one.met_on or (today if has_met else None)
            one.save(update_fields=["decision", "decided_at", "met_on"])
        _record(one, "review.decide_review", by, at)
    return one


def _contradicts(against: MeasureReached) -> Refused:
    """Return the refusal that asks once, in the figures of the measure that speaks most against the decision."""
    return refusals.DecisionContradicts(
        field="decision",
        name=against.name,
        counted=grouped(against.counted or 0),
        due=grouped(against.due),
        pct=against.pct,
    )


def decide_listed(
    *, public_id: UUID, decisions: Mapping[UUID, str], sure: Mapping[UUID, str], by: Actor, at: datetime
) -> ListDecided:
    """Decide on several units of a round at once. Each minute keeps the unit's figures.

    decisions: by public id of a review. sure: those the reviewer was asked about once. A decision that its figures
    contradict is left out and named in the answer. A unit that somebody decided meanwhile is left as it is. The
    number of queries grows with the units that review, not with those reviewed. Needs what `decide_review` needs.
    Refuses NotYours, OwnUnit, RoundNotNow, NothingChosen.
    """
    if not decisions:
        raise refusals.NothingChosen
    today = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        one = found.round_of(public_id)
        if not one.begins_on <= today <= one.ends_on:
            raise refusals.RoundNotNow(**_round_days(one))
        seen = Review.objects.filter(round=one, public_id__in=decisions, account_id=None)
        wanted = list(seen.values_list("pk", "by_unit_id"))
        for above in sorted({above for _pk, above in wanted}):
            org.require(by, LEADS, at=above)
        with system("deciding on several units"):
            rows = Review.objects.select_related("unit").select_for_update(of=("self",)).order_by("pk")
            some = list(
                rows.filter(pk__in=[pk for pk, _above in wanted], decided_at=None, left_on=None).filter(
                    unit__closed_on=None
                )
            )
            if {each.pk for each in some} - set(
                found.reviewed_by(by.account_id, [each.pk for each in some], on=today)
            ):
                raise org.NotYours
            if own_units(some, by.account_id, on=today):
                raise refusals.OwnUnit
            figures: dict[int, list[MeasureReached]] = {}
            for above in sorted({each.by_unit_id for each in some}):
                ids = [each.unit_id for each in some if each.by_unit_id == above]
                figures |= reached_below(above, ids, one.hierarchy, at=at)
            against = {
                each.public_id
                for each in some
                if decisions[each.public_id] != sure.get(each.public_id)
                and contradicting(decisions[each.public_id], figures[each.unit_id])
            }
            done = [each for each in some if each.public_id not in against]
            for each in done:
                each.decision, each.decided_at = decisions[each.public_id], at
            Review.objects.bulk_update(done, ["decision", "decided_at"])
            Minute.objects.bulk_create(
                Minute(
                    review=each,
                    decision=each.decision,
                    text=say("Decided from the list."),
                    at=at,
                    account_id=by.account_id,
                    figures=[of.kept() for of in figures[each.unit_id]],
                )
                for each in done
            )
        if done:
            audit.record(
                by=by,
                at=at,
                act="review.decide_listed",
                subject=str(public_id),
                unit_id=one.unit_id,
                n=len(done),
            )
    return ListDecided(len(done), against)


def set_meeting(
    *, public_id: UUID, meets_on: date | None, is_held: bool = False, by: Actor, at: datetime
) -> Review:
    """Note the day of the meeting, or that there is none yet. Another day replaces it.

    is_held: the meeting took place that day. Needs what `decide_review` needs. Refuses as it does, MeetingOutside
    for a day outside the round, and MeetingAhead for a meeting held on a day still to come.
    """
    today = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        one = _locked(public_id)
        _require_reviewer(one, by=by, today=today)
        if meets_on is not None and not one.round.begins_on <= meets_on <= one.round.ends_on:
            raise refusals.MeetingOutside(field="meets_on", **_round_days(one.round))
        if is_held and (meets_on is None or meets_on > today):
            raise refusals.MeetingAhead(field="is_held")
        with system("the day of a meeting"):
            one.meets_on, one.met_on = meets_on, meets_on if is_held else None
            one.save(update_fields=["meets_on", "met_on"])
        _record(one, "review.set_meeting", by, at)
    return one


def note_opened(*, reviews: Collection[int], by: Actor, at: datetime) -> int:
    """Note that a reviewer opened the dossiers of these reviews (ids): they are prepared.

    Returns how many were not before. Only their reviewer may; the others are left as they are.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic(), system("a dossier was opened"):
        some = Review.objects.select_for_update(of=("self",)).filter(pk__in=reviews, prepared_at=None)
        mine = found.reviewed_by(by.account_id, [one.pk for one in some.order_by("pk")], on=on)
        n = Review.objects.filter(pk__in=mine).update(prepared_at=at)
        if n:
            audit.record(by=by, at=at, act="review.note_opened", n=n)
    return n


def note_read(*, public_id: UUID, by: Actor, at: datetime) -> bool:
    """Note that the office-bearer opened their page: the decision is read. Whether something was new."""
    with transaction.atomic(), system("somebody reads their review"):
        mine = Review.objects.filter(public_id=public_id, account_id=by.account_id).exclude(account_id=None)
        new = mine.filter(Q(read_at=None) | Q(read_at__lt=F("decided_at"))).update(read_at=at)
        if new:
            audit.record(by=by, at=at, act="review.note_read", subject=str(public_id))
    return bool(new)


def reply_to_review(*, public_id: UUID, text: str, by: Actor, at: datetime) -> Review:
    """Keep the words of the reviewed, once: of a unit after the decision, of an office-bearer before it.

    Anybody with an office in the unit that leads it may; of an office-bearer they alone. Refuses NotYours,
    ReplyMissing; ReplyNotNow or AnswerNotNow; HolderLeft.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise refusals.ReplyMissing(field="text", longest=LONGEST_TEXT)
    with transaction.atomic():
        one = _locked(public_id)
        today = clock.day_in(settings.TIME_ZONE, at)
        if one.is_of_holder:
            if one.account_id != by.account_id:
                raise org.NotYours
            _require_there(one)
            if one.decided_at is not None or one.replied_at is not None or today > one.round.ends_on:
                raise refusals.AnswerNotNow
        else:
            org.require(by, LEADS, at=one.unit_id)
            if not found.holds_office(by.account_id, one.unit_id, on=today):
                raise org.NotYours
            if one.decided_at is None or one.replied_at is not None:
                raise refusals.ReplyNotNow
        with system("a reply"):
            one.reply, one.replied_at, one.replied_by = text, at, by.account_id
            one.save(update_fields=["reply", "replied_at", "replied_by"])
        _record(one, "review.reply_to_review", by, at)
    return one


def _locked(public_id: UUID) -> Review:
    """Return a review in the caller's sight, locked by the system. NotFound for one out of sight."""
    seen = needed(Review.objects.filter(public_id=public_id).first())
    with system("a review"):
        rows = Review.objects.select_related("round", "unit").select_for_update(of=("self",))
        return rows.get(pk=seen.pk)


def _require_reviewer(one: Review, *, by: Actor, today: date) -> None:
    org.require(by, LEADS, at=one.unit_id)
    if (why := why_not(one, by.account_id, on=today)) is not None:
        raise why
    _require_there(one)


def _require_there(one: Review) -> None:
    """Refuse what has left the round."""
    if one.left_on is not None or one.unit.closed_on is not None:
        raise refusals.HolderLeft if one.is_of_holder else refusals.UnitClosed


def _round_days(one: Round) -> dict[str, str]:
    return {"first": date_format(one.begins_on, "j M Y"), "last": date_format(one.ends_on, "j M Y")}


def _record(one: Review, act: str, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, subject=str(one.public_id), unit_id=one.unit_id)
