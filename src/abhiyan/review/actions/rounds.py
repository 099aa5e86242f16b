"""Review rounds: opened over a branch, changed by who opened them, with a stand-in where the office is vacant."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format

from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.review import refusals
from abhiyan.review.models import Review, Round, StandIn
from abhiyan.review.queries import reviewers as reads
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reviewers import ORGANISATIONAL
from abhiyan.review.rules.rounds import LONGEST_NAME, LONGEST_REASON, days_stand
from abhiyan.units.rules import levels

from .keeping import LOCK, remind_silent_reviewers, settle_rounds


def open_round(
    *,
    title: str,
    unit_id: int,
    what: str,
    office: str,
    begins_on: date,
    ends_on: date,
    titles: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> Round:
    """Have every open unit of a kind below a unit, or every holder of an office there, reviewed by an office above.

    what: a kind of unit, or the code of an office. The nearest unit above with the reviewing office reviews.
    The same round opened again while it runs is the one there is. Only leaders of the unit may. Refuses
    RoundNameMissing, RoundDaysWrong, OfficeNotAbove, NothingToReview.
    """
    title, titles = checked_titles(
        title, titles or {}, longest=LONGEST_NAME, refusal=refusals.RoundNameMissing
    )
    today = clock.day_in(settings.TIME_ZONE, at)
    if not days_stand(begins_on, ends_on, today=today):
        raise refusals.RoundDaysWrong(field="ends_on")
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        kind, of_office = _reviewed(what)
        _require_above(office, kind)
        same = {
            "typed_title": title,
            "unit_id": unit_id,
            "kind": kind,
            "of_office": of_office,
            "office": office,
            "begins_on": begins_on,
            "ends_on": ends_on,
        }
        with system("opening a review round"):
            sql.wait_for(LOCK)  # of two clicks the second finds what the first made
            if there := Round.objects.filter(**same).order_by("pk").first():
                return there
            review_round = Round.objects.create(
                **same,
                titles=titles,
                public_id=lot.uuid(),
                hierarchy=ORGANISATIONAL,
                made_at=at,
                made_by=by.account_id,
            )
            n = settle_rounds(at=at, round_id=review_round.pk)
            if not n:
                raise refusals.NothingToReview(field="what")
        audit.record(
            by=by, at=at, act="review.open_round", subject=str(review_round.public_id), unit_id=unit_id, n=n
        )
    return review_round


def _reviewed(what: str) -> tuple[str, str]:
    """Return the kind of unit, and the office whose holders are reviewed, if they are. Refuses OfficeNotAbove."""
    seat = next((office for office in found.offices_that_review() if office.code == what), None)
    kinds = [what] if seat is None else seat.expected_in
    kinds_known = [kind for kind in kinds if levels.level_of_kind(ORGANISATIONAL, kind) is not None]
    if not kinds_known:
        raise refusals.OfficeNotAbove(field="what")
    return kinds_known[0], seat.code if seat else ""


def _require_above(office: str, kind: str) -> None:
    """Refuse (OfficeNotAbove) an office that leads no kind of unit above this one."""
    seat = next((one for one in found.offices_that_review() if one.code == office), None)
    own_level = levels.level_of_kind(ORGANISATIONAL, kind)
    above = (
        [levels.level_of_kind(ORGANISATIONAL, kind_above) for kind_above in seat.expected_in] if seat else []
    )
    if own_level is None or not any(level is not None and level < own_level for level in above):
        raise refusals.OfficeNotAbove(field="office")


def change_last_day(*, public_id: UUID, ends_on: date, reason: str, by: Actor, at: datetime) -> Round:
    """End a round early, or go on with it, for a reason that everybody in it reads.

    Only its opener may while they lead its unit; then any leader of it. Refuses LastDayWrong, RoundReasonMissing.
    """
    reason, today = " ".join(reason.split()), clock.day_in(settings.TIME_ZONE, at)
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise refusals.RoundReasonMissing(field="reason", longest=LONGEST_REASON)
    with transaction.atomic():
        review_round = _held(public_id, by)
        if not found.is_opener(review_round, by.account_id):
            raise org.NotYours
        if ends_on == review_round.ends_on or not days_stand(review_round.begins_on, ends_on, today=today):
            raise refusals.LastDayWrong(field="ends_on")
        with system("changing a round's last day"):
            review_round.changes = [
                *review_round.changes,
                [today.isoformat(), review_round.ends_on.isoformat(), reason],
            ]
            review_round.ends_on = ends_on
            review_round.save(update_fields=["changes", "ends_on"])
        settle_rounds(at=at, round_id=review_round.pk)
        audit.record(
            by=by,
            at=at,
            act="review.change_last_day",
            subject=str(public_id),
            unit_id=review_round.unit_id,
            facts={"ends_on": ends_on},
        )
    return review_round


def name_stand_in(*, public_id: UUID, unit_id: int, appointment: UUID, by: Actor, at: datetime) -> StandIn:
    """Have somebody review for a unit of a round while nobody holds its office there. Another one replaces them.

    unit_id: the unit that reviews. appointment: by which they lead it, or a unit above. It counts until
    somebody is appointed, or the stand-in's own appointment ends. Only leaders of the round's unit may. Refuses
    NotYours, NotVacant, StandInUnfit.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        review_round = _held(public_id, by)
        with system("naming a stand-in"):
            or_refuse(Review.objects.filter(round=review_round, by_unit_id=unit_id).first())
            if found.has_reviewer(review_round, unit_id, on=on):
                raise refusals.NotVacant(field="appointment")
            fit = {
                holder.appointment_id for holder in reads.stand_in_candidates(review_round, unit_id, on=on)
            }
            if appointment not in fit:
                raise refusals.StandInUnfit(field="appointment")
            made, _is_new = StandIn.objects.update_or_create(
                round=review_round,
                by_unit_id=unit_id,
                defaults={
                    "appointment_id": found.appointment_id(appointment),
                    "named_at": at,
                    "named_by": by.account_id,
                },
            )
        audit.record(
            by=by,
            at=at,
            act="review.name_stand_in",
            subject=str(public_id),
            unit_id=unit_id,
            facts={"appointment": appointment},
        )
    return made


def remind_round(*, public_id: UUID, under: int, unit_id: int | None = None, by: Actor, at: datetime) -> int:
    """Send one SMS to each silent reviewer of a round below a unit. Return how many got one.

    They have decided nothing, though the days that are over ask for it. unit_id: the reviewers of this unit alone, also
    where they have decided too few. Nobody gets two a day.
    Only leaders of the unit, or of one above it, may do it. Refuses NotYours, RoundNotNow, NobodyToRemind,
    TooManyToRemind.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    with transaction.atomic():
        review_round = found.round_of(public_id)
        org.require(by, LEADS, at=unit_id or under)
        if not review_round.begins_on <= on <= review_round.ends_on:
            raise refusals.RoundNotNow(
                first=date_format(review_round.begins_on, "j M Y"),
                last=date_format(review_round.ends_on, "j M Y"),
            )
        with system("reminding reviewers"):
            n = remind_silent_reviewers(review_round, under=under, unit_id=unit_id, but=by.account_id, at=at)
        audit.record(
            by=by, at=at, act="review.remind_round", subject=str(public_id), unit_id=unit_id or under, n=n
        )
    return n


def _held(public_id: UUID, by: Actor) -> Round:
    """Return a round whose unit the actor leads, locked."""
    review_round = found.round_of(public_id)
    org.require(by, LEADS, at=review_round.unit_id)
    with system("a round"):
        return Round.objects.select_for_update(of=("self",)).get(pk=review_round.pk)
