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
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.review import refusals
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reached import measures_reached, reached_below
from abhiyan.review.queries.reviewers import own_units, why_no_reviewer
from abhiyan.review.rules.reached import MeasureReached, contradicting
from abhiyan.review.rules.rounds import LONGEST_TEXT, has_been_heard
from abhiyan.work import actions as work


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
    OwnLine, ReviewUnitClosed, HolderLeft, RoundNotNow, NotHeardYet, MinuteMissing, TaskHalf, DecisionContradicts, and
    as `programmes.actions.ask_of`.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise refusals.MinuteMissing(field="text", longest=LONGEST_TEXT)
    if todo is not None and (not todo.title.strip() or todo.whom is None or todo.due_on is None):
        raise refusals.TaskHalf(field="task")
    today = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        review = _locked(public_id)
        _require_reviewer(review, by=by, today=today)
        if not review.round.begins_on <= today <= review.round.ends_on:
            raise refusals.RoundNotNow(**_round_days(review.round))
        if review.is_of_holder and not has_been_heard(
            told_on=review.told_at and clock.day_in(settings.TIME_ZONE, review.told_at),
            has_answered=review.replied_at is not None,
            today=today,
        ):
            raise refusals.NotHeardYet
        with system("deciding on a unit"):
            last = Minute.objects.select_related("task").filter(review=review).order_by("-at", "-pk").first()
            title = todo.title.strip() if todo is not None else ""
            if last is not None and (
                last.decision,
                last.text,
                last.account_id,
                last.task.title if last.task else "",
            ) == (decision, text, by.account_id, title):
                return review
            figures = measures_reached(review.unit_id, review.round.hierarchy, at=at)
            if decision != sure and (against := contradicting(decision, figures)) is not None:
                raise _contradicts(against)
            task = None
            if todo is not None and todo.whom is not None and todo.due_on is not None:
                due_at = datetime.combine(todo.due_on, time(23, 59), ZoneInfo(settings.TIME_ZONE))
                what = work.What(title=todo.title, due_at=due_at)
                task = work.ask_of(what=what, appointment=todo.whom, by=by, at=at)
            Minute.objects.create(
                review=review,
                decision=decision,
                text=text,
                at=at,
                account_id=by.account_id,
                task=task,
                figures=[measure.kept() for measure in figures],
            )
            review.decision, review.decided_at = decision, at
            review.met_on = review.met_on or (today if has_met else None)
            review.save(update_fields=["decision", "decided_at", "met_on"])
        _record(review, "review.decide_review", by, at)
    return review


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
        review_round = found.round_of(public_id)
        if not review_round.begins_on <= today <= review_round.ends_on:
            raise refusals.RoundNotNow(**_round_days(review_round))
        seen = Review.objects.filter(round=review_round, public_id__in=decisions, account_id=None)
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
            if {review.pk for review in some} - set(
                found.reviewed_by(by.account_id, [review.pk for review in some], on=today)
            ):
                raise org.NotYours
            if own_units(some, by.account_id, on=today):
                raise refusals.OwnUnit
            figures: dict[int, list[MeasureReached]] = {}
            for above in sorted({review.by_unit_id for review in some}):
                ids = [review.unit_id for review in some if review.by_unit_id == above]
                figures |= reached_below(above, ids, review_round.hierarchy, at=at)
            against = {
                review.public_id
                for review in some
                if decisions[review.public_id] != sure.get(review.public_id)
                and contradicting(decisions[review.public_id], figures[review.unit_id])
            }
            done = [review for review in some if review.public_id not in against]
            for each in done:
                each.decision, each.decided_at = decisions[each.public_id], at
            Review.objects.bulk_update(done, ["decision", "decided_at"])
            Minute.objects.bulk_create(
                Minute(
                    review=review,
                    decision=review.decision,
                    text=say("Decided from the list."),
                    at=at,
                    account_id=by.account_id,
                    figures=[measure.kept() for measure in figures[review.unit_id]],
                )
                for review in done
            )
        if done:
            audit.record(
                by=by,
                at=at,
                act="review.decide_listed",
                subject=str(public_id),
                unit_id=review_round.unit_id,
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
        review = _locked(public_id)
        _require_reviewer(review, by=by, today=today)
        if meets_on is not None and not review.round.begins_on <= meets_on <= review.round.ends_on:
            raise refusals.MeetingOutside(field="meets_on", **_round_days(review.round))
        if is_held and (meets_on is None or meets_on > today):
            raise refusals.MeetingAhead(field="is_held")
        with system("the day of a meeting"):
            review.meets_on, review.met_on = meets_on, meets_on if is_held else None
            review.save(update_fields=["meets_on", "met_on"])
        _record(review, "review.set_meeting", by, at)
    return review


def note_dossiers_opened(*, reviews: Collection[int], by: Actor, at: datetime) -> int:
    """Note that a reviewer opened the dossiers of these reviews (ids): they are prepared.

    Returns how many were not before. Only their reviewer may; the others are left as they are.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic(), system("a dossier was opened"):
        some = Review.objects.select_for_update(of=("self",)).filter(pk__in=reviews, prepared_at=None)
        mine = found.reviewed_by(by.account_id, [review.pk for review in some.order_by("pk")], on=on)
        n = Review.objects.filter(pk__in=mine).update(prepared_at=at)
        if n:
            audit.record(by=by, at=at, act="review.note_opened", n=n)
    return n


def note_decision_read(*, public_id: UUID, by: Actor, at: datetime) -> bool:
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
        review = _locked(public_id)
        today = clock.day_in(settings.TIME_ZONE, at)
        if review.is_of_holder:
            if review.account_id != by.account_id:
                raise org.NotYours
            _require_there(review)
            if review.decided_at is not None or review.replied_at is not None or today > review.round.ends_on:
                raise refusals.AnswerNotNow
        else:
            org.require(by, LEADS, at=review.unit_id)
            if not found.holds_office(by.account_id, review.unit_id, on=today):
                raise org.NotYours
            if review.decided_at is None or review.replied_at is not None:
                raise refusals.ReplyNotNow
        with system("a reply"):
            review.reply, review.replied_at, review.replied_by = text, at, by.account_id
            review.save(update_fields=["reply", "replied_at", "replied_by"])
        _record(review, "review.reply_to_review", by, at)
    return review


def _locked(public_id: UUID) -> Review:
    """Return a review in the caller's sight, locked by the system. NotFound for one out of sight."""
    seen = or_refuse(Review.objects.filter(public_id=public_id).first())
    with system("a review"):
        rows = Review.objects.select_related("round", "unit").select_for_update(of=("self",))
        return rows.get(pk=seen.pk)


def _require_reviewer(review: Review, *, by: Actor, today: date) -> None:
    org.require(by, LEADS, at=review.unit_id)
    if (why := why_no_reviewer(review, by.account_id, on=today)) is not None:
        raise why
    _require_there(review)


def _require_there(review: Review) -> None:
    """Refuse what has left the round."""
    if review.left_on is not None or review.unit.closed_on is not None:
        raise refusals.HolderLeft if review.is_of_holder else refusals.ReviewUnitClosed


def _round_days(review_round: Round) -> dict[str, str]:
    return {
        "first": date_format(review_round.begins_on, "j M Y"),
        "last": date_format(review_round.ends_on, "j M Y"),
    }


def _record(review: Review, act: str, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, subject=str(review.public_id), unit_id=review.unit_id)
