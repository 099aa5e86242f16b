"""Acts on dues: units and bodies set a day, hold, report, say why not, take back; their leaders accept or return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, news
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import WITHIN, is_latest_record
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms import actions as forms
from abhiyan.imports.private_words import private_in
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes.actions.own_figures import type_figure
from abhiyan.programmes.queries import is_in_play
from abhiyan.work.models import Due, DueRecord, Schedule
from abhiyan.work.news import DueAnswered
from abhiyan.work.queries import schedule_forms
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules import schedules as rules
from abhiyan.work.rules.schedules import DueState, Period

from .schedules import DueUnitClosed, ScheduleEnded
from .tasks import LONGEST_NOTE, LONGEST_TEXT, NoteMissing, TextTooLong


class PlannedDayUnfit(Refused):
    message = _("Choose a day from today to %(last)s.")


class HeldDayUnfit(Refused):
    message = _("Choose a day from %(first)s to today: it was held.")


class HeldDayMissing(Refused):
    message = _("The form names no day. If the meeting was not held, say that it cannot be done, and why.")


class PeopleUnfit(Refused):
    message = _("Write how many came, from 1 to 9,999. If nobody came, say that it cannot be held.")


class NumberUnfit(Refused):
    message = _("Write a whole number from 0 to 9,99,99,999.")


class WordsMissing(Refused):
    message = _("Write the report in a few words.")


class DueWordsUnfit(Refused):
    message = "%(why)s"


class NotThis(Refused, status=409):
    message = _("This is asked in another way. Open its page again.")


class FormMissing(Refused):
    message = _("Fill in the form on its page.")


class DoneAlready(Refused, status=409):
    message = _("It is entered as done. Take that back first.")


class AcceptedAlready(Refused, status=409):
    message = _("This report is accepted. Ask the level above to return it, then mend it.")


class DueAnswerMissing(Refused, code="nothing_said", status=409):
    message = _("There is nothing to take back.")


class NothingSent(Refused, status=409):
    message = _("There is no report to decide on.")


@dataclass(frozen=True, slots=True)
class Owes:
    """Names one due: its schedule, its unit, maybe a body of it, and the first day of its period."""

    schedule: UUID
    unit_id: int
    begins_on: date
    body_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """The form that was filled in, as `forms.filling.FilledForm` has it."""

    answers: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Held:
    """A due in the hands of an act, locked."""

    one: Schedule
    asked: found.AskedUnit
    period: Period
    due: Due
    today: date
    former_on: date | None  # the day on which a meeting was held, as it stood before the act


@dataclass(frozen=True, slots=True)
class _Came:
    """An answer to a due. made_at: when a phone finished it; None: it is said on its page, now."""

    made_at: datetime | None
    held_on: date | None = None
    people: int | None = None
    text: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    filled: Filled | None = None


def plan_due(*, owes: Owes, on: date, by: Actor, at: datetime) -> Due:
    """Set the day of a meeting; another day replaces it.

    Leaders of the unit and people seated in the body may. Refuses NotFound, NotYours, DueUnitClosed,
    ScheduleEnded, NotThis of a report, DoneAlready, PlannedDayUnfit.
    """
    with transaction.atomic():
        held_due = _answering(owes, by=by, at=at, is_meeting=True)
        due = held_due.due
        if due.state in rules.FINISHED:
            raise DoneAlready
        last = held_due.one.timing.latest_plan(held_due.period, held_due.today)
        if not held_due.today <= on <= last:
            raise PlannedDayUnfit(field="on", last=date_format(last, "j M Y"))
        due.state, due.planned_on, due.reason = DueState.PLANNED, on, ""
        _say(held_due, "plan_due", by=by, at=at)
    return due


def hold_due(
    *,
    owes: Owes,
    on: date | None,
    people: int | None = None,
    text: str = "",
    filled: Filled | None = None,
    made_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Due:
    """Say on which day a meeting was held, how many came, and a few words; said again, it corrects all of it.

    people: as the unit reports; None: not said. filled: the schedule's form, where it has one. made_at:
    when a phone finished it, which sends it now. The newer of two answers stands. The other is kept beside
    (`Due.beside`), and so is one that comes after seven days. Needs what `plan_due` needs. Refuses as there, and
    HeldDayMissing, HeldDayUnfit, PeopleUnfit, TextTooLong, DueWordsUnfit, FormMissing, AnswersUnfit.
    """
    with transaction.atomic():
        held_due = _answering(owes, by=by, at=at, is_meeting=True, is_record=made_at is not None)
        due = held_due.due
        if on is None:
            raise HeldDayMissing
        if not held_due.period.begins_on <= on <= held_due.today:
            raise HeldDayUnfit(field="on", first=date_format(held_due.period.begins_on, "j M Y"))
        if people is not None and not 0 < people <= rules.MOST_PEOPLE:
            raise PeopleUnfit(field="people")
        came = _Came(made_at, held_on=on, people=people, text=_words(text), filled=filled)
        if not _stands(held_due, came, by=by, at=at):
            return due
        due.state, due.held_on, due.people, due.text, due.reason = DueState.DONE, on, people, came.text, ""
        _fill(held_due, filled, by=by, at=at)
        _say(held_due, "hold_due", by=by, at=at)
    return due


def begin_due(*, owes: Owes, by: Actor, at: datetime) -> Due:
    """Write down the due of a meeting, so that names can be ticked for it. The unit has not answered yet.

    Needs what `plan_due` needs. Refuses NotFound, NotYours, DueUnitClosed, ScheduleEnded, NotThis of a report.
    """
    with transaction.atomic():
        return _answering(owes, by=by, at=at, is_meeting=True).due


def count_people(*, due: Due, on: date, n: int, seen: int, by: Actor, at: datetime) -> None:
    """Report the number of people who were ticked at a meeting that was asked for, held on a day.

    The due is done by that, unless its form is still to be filled in. n: as reported, 0 where everybody was
    unticked. seen: by name. Seven days after the hour a tick changes no figure of the period; the meeting keeps the
    name. Needs what `plan_due` needs. Refuses as there, and PeopleUnfit.
    """
    if not 0 <= n <= rules.MOST_PEOPLE:
        raise PeopleUnfit(field="n")
    with transaction.atomic():
        owes = Owes(due.schedule.public_id, due.unit_id, due.begins_on, due.body_id)
        held_due = _answering(owes, by=by, at=at, is_meeting=True)
        kept = held_due.due
        is_after = at - held_due.one.timing.due_at(held_due.period) > WITHIN
        if kept.state == DueState.ACCEPTED or (
            kept.state == DueState.DONE and is_after and not kept.is_after
        ):
            return
        # A tick replaces no tick before it. The number of a leader is kept.
        is_counted = kept.seen is not None and kept.seen == (kept.people or 0)
        is_same = (kept.people, kept.held_on) == (n or None, on)
        if kept.state == DueState.CANNOT or not (is_counted or is_same):
            _keep_former(held_due, DueRecord.Why.REPLACED)
        kept.held_on, kept.people, kept.seen = on, n or None, seen
        kept.reason, kept.made_at = "", None
        if held_due.one.form is None or kept.submission_id is not None:
            kept.is_after = is_after and kept.state != DueState.RETURNED
            kept.state, kept.done_at = DueState.DONE, kept.done_at or at
        _say(held_due, "count_people", by=by, at=at)


def report_due(
    *,
    owes: Owes,
    text: str = "",
    numbers: Mapping[str, int] | None = None,
    filled: Filled | None = None,
    made_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Due:
    """Send a report. Until it is accepted, sending it again replaces it; one that was returned is mended so.

    numbers: by the keys of the schedule's figures, all of them; with a form they are its answers. filled: the
    schedule's form, where it has one. made_at: as of `hold_due`; what a phone sends of an accepted report is kept
    beside it. Needs what `plan_due` needs. Refuses as there, AcceptedAlready, NumberUnfit, WordsMissing of a report
    without any number, TextTooLong, DueWordsUnfit, FormMissing, AnswersUnfit.
    """
    with transaction.atomic():
        held_due = _answering(owes, by=by, at=at, is_meeting=False, is_record=made_at is not None)
        due, numbers_by_key = held_due.due, dict(numbers or {})
        if due.state == DueState.ACCEPTED and made_at is None:
            raise AcceptedAlready
        if held_due.one.form is not None:
            numbers_by_key = dict.fromkeys(held_due.one.figures, 0) | dict(filled.answers if filled else {})
        for key in held_due.one.figures:
            if not 0 <= numbers_by_key.get(key, -1) <= rules.LARGEST_FIGURE:
                raise NumberUnfit(field=key)
        figures = {str(measure): numbers_by_key[key] for key, measure in held_due.one.figures.items()}
        came = _Came(made_at, text=_words(text), figures=figures, filled=filled)
        if not came.text and not held_due.one.figures and held_due.one.form is None:
            raise WordsMissing(field="text")
        if not _stands(held_due, came, by=by, at=at):
            return due
        due.state, due.text, due.figures, due.reason = DueState.DONE, came.text, figures, ""
        _fill(held_due, filled, by=by, at=at)
        _say(held_due, "report_due", by=by, at=at)
    return due


def cannot_due(*, owes: Owes, reason: str, by: Actor, at: datetime) -> Due:
    """Say why it cannot be done in this period.

    Needs what `plan_due` needs. Refuses as there, NoteMissing, TextTooLong; DoneAlready once it is done or returned.
    """
    with transaction.atomic():
        held_due = _answering(owes, by=by, at=at)
        due = held_due.due
        if due.state in (*rules.FINISHED, DueState.RETURNED):
            raise DoneAlready
        due.state, due.reason, due.planned_on = DueState.CANNOT, _reason(reason), None
        _say(held_due, "cannot_due", by=by, at=at)
    return due


def take_back_due(*, owes: Owes, by: Actor, at: datetime) -> Due:
    """Take back what was last said: that it was done, then the day that was set; or that it cannot be done.

    A form that was filled in counts as returned until it is sent again. Needs what `plan_due` needs. Refuses as
    there, AcceptedAlready, DueAnswerMissing (also of what was returned: it is mended).
    """
    with transaction.atomic():
        held_due = _answering(owes, by=by, at=at)
        due = held_due.due
        if due.state == DueState.ACCEPTED:
            raise AcceptedAlready
        if due.state in (DueState.OPEN, DueState.RETURNED):
            raise DueAnswerMissing
        if due.state == DueState.DONE:
            _keep_former(held_due, DueRecord.Why.BACK)
            due.held_on = due.people = due.seen = due.done_at = due.made_at = None
            due.text, due.figures, due.is_after = "", {}, False
            due.state = DueState.PLANNED if due.planned_on else DueState.OPEN
            if due.submission_id is not None:
                forms.send_back(
                    submission_id=due.submission_id, reason=say("The unit took it back."), by=by, at=at
                )
        else:
            due.planned_on, due.reason, due.state = None, "", DueState.OPEN
        _say(held_due, "take_back_due", by=by, at=at)
    return due


def accept_due(*, owes: Owes, by: Actor, at: datetime) -> Due:
    """Accept a report, also one that was returned by mistake. Its figures become the unit's own figures.

    They cover the days of the period inside the programme, up to the day it was sent. Leaders above the unit
    may; for a body also leaders of its unit. Refuses NotFound, NotYours, NothingSent, AcceptedAlready, and
    DaysTaken where somebody typed a figure of other days.
    """
    with transaction.atomic():
        held_due = _deciding(owes, by=by, at=at)
        due = held_due.due
        if due.state == DueState.ACCEPTED:
            raise AcceptedAlready
        if due.state not in (DueState.DONE, DueState.RETURNED):
            raise NothingSent
        due.state, due.reason = DueState.ACCEPTED, ""
        due.fed = _feed(held_due, by=by, at=at)
        if due.submission_id is not None:
            forms.accept(submission_id=due.submission_id, by=by, at=at)
        _decide(held_due, "accept_due", by=by, at=at)
    return due


def return_due(*, owes: Owes, reason: str, by: Actor, at: datetime) -> Due:
    """Return a report with a reason; an accepted one too, and its own figures are taken back. The unit mends it.

    Needs what `accept_due` needs. Refuses NotFound, NotYours, NothingSent, NoteMissing, TextTooLong.
    """
    with transaction.atomic():
        held_due = _deciding(owes, by=by, at=at)
        due = held_due.due
        if due.state not in rules.FINISHED:
            raise NothingSent
        due.state, due.reason = DueState.RETURNED, _reason(reason)
        for measure, first, last in due.fed:
            _type(
                held_due,
                measure,
                Period(date.fromisoformat(first), date.fromisoformat(last)),
                None,
                by=by,
                at=at,
            )
        due.fed = []
        if due.submission_id is not None:
            forms.send_back(submission_id=due.submission_id, reason=due.reason, by=by, at=at)
        _decide(held_due, "return_due", by=by, at=at)
    return due


def _stands(held_due: _Held, came: _Came, *, by: Actor, at: datetime) -> bool:
    """Return whether the answer stands now; else it is kept beside the one that does. Any answer it replaces is kept.

    It is done when the phone finished it, if it came within seven days of the hour.
    """
    due, due_at = held_due.due, held_due.one.timing.due_at(held_due.period)
    begun = datetime.combine(held_due.period.begins_on, time(), due_at.tzinfo)
    made_at = at if came.made_at is None else min(at, max(came.made_at, begun))
    is_after = at - due_at > WITHIN
    former = (due.made_at or due.said_at) if due.state not in (DueState.OPEN, DueState.PLANNED) else None
    if not is_latest_record(made_at, former=former):
        why = DueRecord.Why.OLDER
    elif due.state == DueState.ACCEPTED or (due.state == DueState.DONE and is_after and not due.is_after):
        why = DueRecord.Why.AFTER
    else:
        _keep_former(held_due, DueRecord.Why.REPLACED, but=came)
        due.made_at = made_at if came.made_at is not None else None
        due.is_after = is_after and due.state not in (DueState.RETURNED, DueState.ACCEPTED)
        due.done_at = min(due.done_at or at, at if due.is_after else made_at)
        return True
    with system("what does not stand is kept"):
        DueRecord.objects.create(
            due=due,
            why=why,
            said_by=by.account_id,
            made_at=made_at,
            stored_at=at,
            held_on=came.held_on,
            people=came.people,
            text=came.text,
            figures=dict(came.figures),
            answers=dict(came.filled.answers) if came.filled else None,
        )
        if why == DueRecord.Why.OLDER and not is_after and due.done_at is not None and made_at < due.done_at:
            due.done_at = made_at  # the unit was in time, whichever of its records stands
            due.save(update_fields=["done_at"])
    audit.record(
        by=by,
        at=at,
        act="programmes.keep_due_record",
        subject=str(held_due.one.public_id),
        unit_id=due.unit_id,
        facts={"from": due.begins_on.isoformat(), "why": why.value},
    )
    due.beside = why.value
    return False


def _keep_former(held_due: _Held, why: DueRecord.Why, *, but: _Came | None = None) -> None:
    """Keep what was said before and no longer stands. but: what comes in its place; the same again is not kept."""
    due = held_due.due
    is_refusal = due.state == DueState.CANNOT
    has_words = is_refusal or due.state in (*rules.FINISHED, DueState.RETURNED) or due.people is not None
    if not has_words or due.said_at is None:
        return
    answers = due.submission.answers if due.submission is not None else None
    answer = (due.held_on, due.people, due.text, due.figures, answers)
    if but is not None and not is_refusal:
        new = dict(but.filled.answers) if but.filled else None
        if (but.held_on, but.people, but.text, dict(but.figures), new) == answer:
            return
    with system("what does not stand is kept"):
        DueRecord.objects.create(
            due=due,
            why=why,
            said_by=due.said_by,
            made_at=due.made_at or due.said_at,
            stored_at=due.said_at,
            held_on=due.held_on,
            people=due.people,
            text=due.reason if is_refusal else due.text,
            figures=due.figures,
            answers=answers,
        )


def _fill(held_due: _Held, filled: Filled | None, *, by: Actor, at: datetime) -> None:
    """Keep the form that was filled in: the first time as a submission, then as its mended answers."""
    schedule, due = held_due.one, held_due.due
    if schedule.form is None:
        return
    if filled is None:
        raise FormMissing
    if due.submission_id is None:
        due.submission = forms.submit_form(
            key=f"due|{due.pk}",
            version=schedule.form,
            unit_id=due.unit_id,
            body_id=due.body_id,
            answers=filled.answers,
            pictures=filled.pictures,
            about=("due", str(due.pk)),
            by=by,
            at=at,
        )
    else:
        forms.mend(
            submission_id=due.submission_id, answers=filled.answers, pictures=filled.pictures, by=by, at=at
        )


def _feed(held_due: _Held, *, by: Actor, at: datetime) -> list[tuple[int, str, str]]:
    """Write the figures of a report that is accepted: which measure, from which day to which."""
    schedule, due = held_due.one, held_due.due
    if schedule.programme is None or due.said_at is None or due.body_id is not None or due.is_after:
        return []
    days = rules.clipped(
        held_due.period,
        opens_on=schedule.programme.opens_on,
        closes_on=schedule.programme.closes_on,
        sent_on=clock.day_in(schedule.timing.zone, due.said_at),
    )
    if days is None or not is_in_play(schedule.programme, due.unit_id, on=days.ends_on):
        return []
    for measure, n in due.figures.items():
        _type(held_due, int(measure), days, n, by=by, at=at)
    return [(int(measure), days.begins_on.isoformat(), days.ends_on.isoformat()) for measure in due.figures]


def _type(held_due: _Held, measure: int, days: Period, n: int | None, *, by: Actor, at: datetime) -> None:
    assert held_due.one.programme is not None  # only what is asked in a programme has figures
    type_figure(
        programme=held_due.one.programme,
        measure=measure,
        unit_id=held_due.due.unit_id,
        begins_on=days.begins_on,
        ends_on=days.ends_on,
        n=n,
        by=by,
        at=at,
    )


def _answering(
    owes: Owes, *, by: Actor, at: datetime, is_meeting: bool | None = None, is_record: bool = False
) -> _Held:
    """Return the due of a unit that answers, locked; written if it was not there.

    is_record: a phone kept it for a while.
    """
    schedule, asked_unit, period = _found(owes, at=at, is_record=is_record)
    if not found.may_say(by, asked_unit):
        raise org.NotYours(capability=LEADS)
    if not asked_unit.is_open:
        raise DueUnitClosed
    if schedule.ended_at is not None:
        raise ScheduleEnded
    if is_meeting is not None and schedule.is_meeting != is_meeting:
        raise NotThis
    return _locked(schedule, asked_unit, period, at=at)


def _deciding(owes: Owes, *, by: Actor, at: datetime) -> _Held:
    """Return the due of a report that somebody above decides on, locked."""
    schedule, asked_unit, period = _found(owes, at=at)
    if not found.may_decide_due(by, schedule, asked_unit):
        raise org.NotYours(capability=LEADS)
    if not asked_unit.is_open:
        raise DueUnitClosed
    if schedule.is_meeting:
        raise NotThis
    return _locked(schedule, asked_unit, period, at=at)


def _found(owes: Owes, *, at: datetime, is_record: bool = False) -> tuple[Schedule, found.AskedUnit, Period]:
    """Return what was asked in the caller's sight; NotFound of a unit that is not asked, and of a period that
    is no longer answered."""
    schedule = found.schedule_for(owes.schedule)
    asked_unit = or_refuse(found.asked_unit(schedule, unit_id=owes.unit_id, body_id=owes.body_id))
    period = or_refuse(
        schedule.timing.begun_on(owes.begins_on, at, is_record=is_record), NotFound(field="from")
    )
    return schedule_forms.in_period(schedule, period), asked_unit, period


def _locked(schedule: Schedule, asked_unit: found.AskedUnit, period: Period, *, at: datetime) -> _Held:
    with system("what a unit answers"):
        filters = {
            "schedule": schedule,
            "unit_id": asked_unit.unit_id,
            "body_id": asked_unit.body_id,
            "begins_on": period.begins_on,
        }
        Due.objects.bulk_create([Due(**filters)], ignore_conflicts=True)
        due = Due.objects.select_for_update(of=("self",)).get(**filters)
    return _Held(schedule, asked_unit, period, due, clock.day_in(schedule.timing.zone, at), due.held_on)


def _say(held_due: _Held, act: str, *, by: Actor, at: datetime) -> None:
    held_due.due.said_at, held_due.due.said_by = at, by.account_id
    held_due.due.let_in_by = by.accepted_by.account_id if by.accepted_by is not None else None
    _write(held_due, act, by=by, at=at)


def _decide(held_due: _Held, act: str, *, by: Actor, at: datetime) -> None:
    held_due.due.decided_at, held_due.due.decided_by = at, by.account_id
    _write(held_due, act, by=by, at=at)


def _write(held_due: _Held, act: str, *, by: Actor, at: datetime) -> None:
    with system("what a unit answers"):
        held_due.due.save()
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{act}",
        subject=str(held_due.one.public_id),
        unit_id=held_due.asked.unit_id,
        facts={"period": held_due.period.begins_on.isoformat()}
        | ({"body": held_due.asked.body_id} if held_due.asked.body_id is not None else {}),
    )
    if held_due.one.is_meeting:
        news.tell(DueAnswered(held_due.due, held_due.former_on, at))


def _words(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise TextTooLong(field="text", longest=LONGEST_TEXT)
    if why := private_in(text):
        raise DueWordsUnfit(field="text", why=why)
    return text


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise NoteMissing(field="reason")
    if len(reason) > LONGEST_NOTE or "\0" in reason:
        raise TextTooLong(field="reason", longest=LONGEST_NOTE)
    return reason
