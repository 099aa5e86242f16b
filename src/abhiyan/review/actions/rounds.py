"""Review rounds: opened over a branch, each unit decided and minuted by its reviewer, the unit replies once."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format

from abhiyan.core import audit, clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.queries.tasks import ACTIVE
from abhiyan.review import refusals
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.rules.rounds import LONGEST_NAME, LONGEST_TEXT, days_stand
from abhiyan.units import queries as units
from abhiyan.units.rules import levels


def open_round(
    *,
    name: str,
    unit_id: int,
    kind: str,
    office: str,
    begins_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
) -> Round:
    """Have every open unit of a kind below a unit reviewed by the holder of an office nearest above it.

    One statement makes the reviews, whatever their number. Who may: whoever leads the unit. Refuses RoundNameMissing,
    RoundDaysWrong, OfficeNotAbove (so nobody reviews their own unit), NothingToReview.
    """
    name, today = " ".join(name.split()), clock.day_in(settings.TIME_ZONE, at)
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise refusals.RoundNameMissing(field="name", longest=LONGEST_NAME)
    if not days_stand(begins_on, ends_on, today=today):
        raise refusals.RoundDaysWrong(field="ends_on")
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        above = _kinds_above(office, kind)
        lo, hi = units.span(unit_id, found.ORGANISATIONAL)
        with system("opening a review round"):
            one = Round.objects.create(
                public_id=uuid4(),
                name=name,
                unit_id=unit_id,
                hierarchy=found.ORGANISATIONAL,
                kind=kind,
                office=office,
                begins_on=begins_on,
                ends_on=ends_on,
                made_at=at,
                made_by=by.account_id,
            )
            n = sql.run(
                """
                insert into review_review (public_id, round_id, unit_id, by_unit_id)
                select gen_random_uuid(), %(round)s, p.unit_id, a.unit_id
                from units_unit au join units_placement a on a.unit_id = au.id
                join units_placement p on p.lo > a.lo and p.lo < a.hi
                join units_unit u on u.id = p.unit_id
                where au.kind = any(%(above)s) and (au.closed_on is null or au.closed_on > %(today)s)
                  and a.lo >= %(lo)s and a.lo < %(hi)s
                  and u.kind = %(kind)s and (u.closed_on is null or u.closed_on > %(today)s)
                on conflict do nothing
                """,
                {
                    "round": one.pk,
                    "above": above,
                    "kind": kind,
                    "lo": lo,
                    "hi": hi,
                    "today": today,
                },
            )
            if not n:
                raise refusals.NothingToReview(field="kind")
        audit.record(by=by, at=at, act="review.open_round", subject=str(one.public_id), unit_id=unit_id, n=n)
    return one


def _kinds_above(office: str, kind: str) -> list[str]:
    """The kinds of unit an office leads that are above a kind. Refuses OfficeNotAbove."""
    seat = next((one for one in found.offices_that_review() if one.code == office), None)
    own = levels.level(found.ORGANISATIONAL, kind)
    if seat is None or own is None:
        raise refusals.OfficeNotAbove(field="office")
    above = [
        each
        for each in seat.expected_in
        if (level := levels.level(found.ORGANISATIONAL, each)) is not None and level < own
    ]
    if not above:
        raise refusals.OfficeNotAbove(field="office")
    return above


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task that follows from a decision. whom: public id of the appointment that gets it."""

    title: str
    whom: UUID | None
    due_on: date | None


def decide_review(
    *, public_id: UUID, decision: str, text: str, todo: ToDo | None, by: Actor, at: datetime
) -> Review:
    """Decide on a unit, with a minute in words and maybe a task. Decided again it is amended; every minute stays.

    The same sent twice is written once. Who may: whoever holds the round's office in the unit that reviews. Refuses
    NotYours, OwnUnit, UnitClosed, RoundNotNow, MinuteMissing, TaskHalf, and as `programmes.actions.ask_of`.
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
        if one.unit.closed_on is not None and one.unit.closed_on <= today:
            raise refusals.UnitClosed
        if not one.round.begins_on <= today <= one.round.ends_on:
            raise refusals.RoundNotNow(
                first=date_format(one.round.begins_on, "j M Y"), last=date_format(one.round.ends_on, "j M Y")
            )
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
        task = None
        if todo is not None and todo.whom is not None and todo.due_on is not None:
            due_at = datetime.combine(todo.due_on, time(23, 59), ZoneInfo(settings.TIME_ZONE))
            what = programmes.What(title=todo.title, due_at=due_at)
            task = programmes.ask_of(what=what, appointment=todo.whom, by=by, at=at)
        with system("deciding on a unit"):
            Minute.objects.create(
                review=one, decision=decision, text=text, at=at, account_id=by.account_id, task=task
            )
            one.decision, one.decided_at = decision, at
            one.save(update_fields=["decision", "decided_at"])
        _record(one, "review.decide_review", by, at)
    return one


def reply_to_review(*, public_id: UUID, text: str, by: Actor, at: datetime) -> Review:
    """The unit's reply to a decision, once. Who may: whoever holds an office in the unit that leads it.

    Refuses NotYours, ReplyNotNow, ReplyMissing.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise refusals.ReplyMissing(field="text", longest=LONGEST_TEXT)
    with transaction.atomic():
        one = _locked(public_id)
        today = clock.day_in(settings.TIME_ZONE, at)
        org.require(by, LEADS, at=one.unit_id)
        if not _holds(by, one.unit_id, "", on=today):
            raise org.NotYours
        if one.decided_at is None or one.replied_at is not None:
            raise refusals.ReplyNotNow
        with system("a unit's reply"):
            one.reply, one.replied_at, one.replied_by = text, at, by.account_id
            one.save(update_fields=["reply", "replied_at", "replied_by"])
        _record(one, "review.reply_to_review", by, at)
    return one


def _locked(public_id: UUID) -> Review:
    """A review in the caller's sight, locked by the system. NotFound for one out of sight."""
    seen = needed(Review.objects.filter(public_id=public_id).first())
    with system("a review"):
        rows = Review.objects.select_related("round", "unit").select_for_update(of=("self",))
        return rows.get(pk=seen.pk)


def _require_reviewer(one: Review, *, by: Actor, today: date) -> None:
    org.require(by, LEADS, at=one.unit_id)
    if not _holds(by, one.by_unit_id, one.round.office, on=today):
        raise org.NotYours
    if _holds(by, one.unit_id, "", on=today):
        raise refusals.OwnUnit


def _holds(by: Actor, unit_id: int, office: str, *, on: date) -> bool:
    """Whether somebody holds an office in a unit on a day; any, where none is named."""
    with system("whose office"):
        return sql.exists(
            f"""select 1 from org_appointment ap join org_office o on o.id = ap.office_id
            where ap.account_id = %(account)s and ap.unit_id = %(unit)s
              and (%(office)s = '' or o.code = %(office)s) and {ACTIVE}""",
            {"account": by.account_id, "unit": unit_id, "office": office, "on": on},
        )


def _record(one: Review, act: str, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, subject=str(one.public_id), unit_id=one.unit_id)
