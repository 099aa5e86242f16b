"""Acts on schedules: units ask for a meeting or a report, remind, end it, ask again, and pass it on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.core.words import name_in_language
from abhiyan.forms.models import FormVersion
from abhiyan.forms.queries import latest_version
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.actions import NotCovered, UnknownMeasure
from abhiyan.programmes.actions.programmes import NotOpen
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import is_in_play
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedule_sets as sets
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules import schedules as rules
from abhiyan.work.rules.schedules import AskedFor, Period, Rhythm

from .tasks import LONGEST_TITLE, NobodyToAsk, TitleMissing

MOST_FIGURES = 10
MOST_NAMED = 200  # units


class AskedCountChanged(Refused, status=409):
    message = _("Meanwhile it would ask %(n)s. Look again, then ask.")


class DaysUnfit(Refused):
    message = _(
        "The first day is at most a year from today. The last day is not over, and at most 3 years later."
    )


class TooOften(Refused):
    message = _("Clusters and booths can't be asked every day. Ask them every week.")


class FiguresUnfit(Refused):
    message = _("Only a report of units, in a programme, gives figures.")


class FigureFed(Refused, status=409):
    message = _(
        "“%(title)s” already gives this figure in these units. End it first, or leave the figure out."
    )


class NamedUnitsUnfit(Refused):
    message = _("“%(name)s” is not an open unit below yours that can owe this. Leave it out.")


class TooManyNamed(Refused):
    message = _("Name at most %(most)s units.")


class AreaUnfit(Refused):
    message = _("None of these units is known to be rural or urban like this. Choose all of them.")


class DueUnitClosed(Refused, code="unit_closed", status=409):
    message = _("This unit is closed. It owes nothing any more.")


class ScheduleEnded(Refused, status=409):
    message = _("This is not asked any more.")


class AskedBefore(Refused, status=409):
    message = _("The units below are asked already.")


class NotAsked(Refused, status=409):
    message = _("This unit was not asked.")


@dataclass(frozen=True, slots=True)
class Asking:
    """A schedule to be. office, kind: the office in every unit of that kind. body_kind: instead, every body of a kind.

    within: units (ids) to ask in alone, each with all below it. area: of Schedule.AREAS, of units. body_id: one body
    of its kind alone. titles: the title by language, where it is given in more than one.
    form_id: of a form that is filled in, in its latest version. figures: key of a number, or of a whole-number
    question of the form -> measure of the programme.
    """

    title: str
    wanted: str
    rhythm: str
    first_on: date
    last_on: date
    hour: time = time(18)
    office: str = ""
    kind: str = ""
    body_kind: str = ""
    within: tuple[int, ...] = ()
    area: str = ""
    body_id: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    programme_id: int | None = None
    form_id: int | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


def ask_units(
    *,
    asking: Asking,
    unit_id: int,
    hierarchy: int = Hierarchy.ORGANISATIONAL,
    expected: int,
    above: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Schedule:
    """Ask an office in the units of a kind below, or the bodies of a kind, for a meeting or a report.

    expected: how many the asker was shown. above: what the unit was asked itself, and passes on. The asker
    needs `tasks.ask` at the unit. Refuses TitleMissing, DaysUnfit, TooOften, NobodyToAsk, AskedCountChanged, NotOpen,
    NotCovered, FiguresUnfit, FigureFed, UnknownMeasure, DueUnitClosed, NamedUnitsUnfit, TooManyNamed, AreaUnfit;
    NotAsked and AskedBefore of what is passed on.
    """
    title, titles = checked_titles(asking.title, asking.titles, longest=LONGEST_TITLE, refusal=TitleMissing)
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        if units.unit_by_id(unit_id).closed_on is not None:
            raise DueUnitClosed(field="unit")
        programme = _programme_of(asking, unit_id, hierarchy, at=at)
        today = clock.day_in(programme.zone if programme else settings.TIME_ZONE, at)
        if not rules.days_fit(asking.first_on, asking.last_on, today=today):
            raise DaysUnfit(field="last_on" if asking.last_on < max(asking.first_on, today) else "first_on")
        if asking.wanted not in list(AskedFor) or asking.rhythm not in list(Rhythm):
            raise NobodyToAsk(field="rhythm")
        level = levels.level_of_kind(hierarchy, asking.kind) if asking.kind else None
        if asking.rhythm == Rhythm.DAILY and level is not None and level > rules.DEEPEST_DAILY:
            raise TooOften(field="rhythm")
        form = _form_of(asking)
        schedule, n, _vacant = schedule_set(asking, unit_id, hierarchy, at=at)
        if n != expected:
            raise AskedCountChanged(n=n)
        asked_above = _to_pass_on(above, unit_id) if above else None
        with system("asking units"):
            schedule.public_id, schedule.wanted = lot.uuid(), asking.wanted
            schedule.typed_title, schedule.titles = title, titles
            schedule.programme, schedule.form, schedule.figures = programme, form, dict(asking.figures)
            schedule.rhythm, schedule.hour = asking.rhythm, asking.hour
            schedule.first_on, schedule.last_on = asking.first_on, asking.last_on
            schedule.above, schedule.asked_at, schedule.asked_by = asked_above, at, by.account_id
            _check_fed(schedule)
            schedule.save()
        _record("ask_units", schedule, by=by, at=at, n=n)
    return schedule


def _programme_of(asking: Asking, unit_id: int, hierarchy: int, *, at: datetime) -> Programme | None:
    """Return the programme it is asked for, once it and the figures fit."""
    if asking.programme_id is None:
        if asking.figures:
            raise FiguresUnfit(field="programme")
        return None
    programme = programmes.programme_by_id(asking.programme_id)
    if programme.state != Programme.State.OPEN:
        raise NotOpen(field="programme")
    on = clock.day_in(programme.zone, at)
    if programme.hierarchy != hierarchy or not is_in_play(programme, unit_id, on=on):
        raise NotCovered(field="programme")
    if asking.figures:
        if asking.wanted != AskedFor.REPORT or asking.body_kind or len(asking.figures) > MOST_FIGURES:
            raise FiguresUnfit(field="figures")
        wanted = set(asking.figures.values())
        n_known = sum(measure.number in wanted for measure in programmes.measures([programme])[programme.pk])
        if n_known != len(wanted) or len(wanted) != len(asking.figures):
            raise UnknownMeasure(field="figures")
    return programme


def _form_of(asking: Asking) -> FormVersion | None:
    """Return the version of the form that is filled in, once the figures are answers to it."""
    if asking.form_id is None:
        return None
    form = or_refuse(latest_version(asking.form_id), NotFound(field="form"))
    if form.form.ended_at is not None:
        raise NotFound(field="form")
    whole = {question.key for question in form.asked if question.kind is QuestionKind.WHOLE}
    if not asking.figures.keys() <= whole:
        raise FiguresUnfit(field="figures")
    return form


def schedule_set(asking: Asking, unit_id: int, hierarchy: int, *, at: datetime) -> tuple[Schedule, int, int]:
    """Return the set that an `Asking` means, as a schedule that is not saved, with how many it asks.

    The second number: how many of these units have no holder of the office. Refuses TooManyNamed; NamedUnitsUnfit of
    a unit that is closed, not below, or lower than the units asked; AreaUnfit; NobodyToAsk.
    """
    schedule = Schedule(
        unit_id=unit_id,
        hierarchy=hierarchy,
        office=next((office for office in org.offices_used() if office.code == asking.office), None),
        kind=asking.kind,
        body_kind=asking.body_kind,
        within=sorted(set(asking.within)),
        area=asking.area,
        body_id=_body_of(asking, unit_id, hierarchy),
    )
    if asking.area and (schedule.body_kind or asking.area not in (area for area, _name in Schedule.AREAS)):
        raise AreaUnfit(field="area")
    _check_named(schedule)
    n, vacant = _count(schedule, at=at)
    if not n:
        raise AreaUnfit(field="area") if asking.area else NobodyToAsk(field="whom")
    return schedule, n, vacant


def _body_of(asking: Asking, unit_id: int, hierarchy: int) -> int | None:
    """Return the one body that is asked, which is of its kind in the unit or below."""
    if asking.body_id is None:
        return None
    if not found.is_body_below(asking.body_id, asking.body_kind, unit_id, hierarchy):
        raise NobodyToAsk(field="whom")
    return asking.body_id


def _check_named(schedule: Schedule) -> None:
    if len(schedule.within) > MOST_NAMED:
        raise TooManyNamed(field="named", most=MOST_NAMED)
    lo, hi = units.span(schedule.unit_id, schedule.hierarchy)
    spans, facts = units.spans(schedule.within, schedule.hierarchy), units.units_by_id(schedule.within)
    deepest = levels.level_of_kind(schedule.hierarchy, schedule.kind) if schedule.kind else None
    for unit_id in schedule.within:
        unit, span = facts.get(unit_id), spans.get(unit_id)
        level = levels.level_of_kind(schedule.hierarchy, unit.kind) if unit else None
        is_below = span is not None and lo < span[0] < hi
        is_high = deepest is None or (level is not None and level <= deepest)
        if unit is None or unit.closed_on is not None or not is_below or not is_high:
            raise NamedUnitsUnfit(field="named", name=name_in_language(unit.names) if unit else str(unit_id))


def _count(schedule: Schedule, *, at: datetime) -> tuple[int, int]:
    """Count the units or bodies that a set asks, and the units whose office is vacant."""
    if schedule.body_kind:
        n = found.bodies_to_ask(schedule.unit_id, schedule.hierarchy).get(schedule.body_kind, 0)
        whole = (0 if schedule.office or schedule.kind else n, 0)
    else:
        office = schedule.office.code if schedule.office else ""
        offices = found.offices_to_ask(schedule.unit_id, schedule.hierarchy, at=at)
        below = next((b for b in offices if (b.office, b.unit_kind) == (office, schedule.kind)), None)
        whole = (below.expected, below.vacant) if below else (0, 0)
    return (
        sets.count_set(schedule, on=found.today_of_schedules(at))
        if whole[0] and schedule.is_narrow
        else whole
    )


def _to_pass_on(above: UUID, unit_id: int) -> Schedule:
    """Lock the schedule that the unit was asked by, so that it is passed on once."""
    seen = found.schedule_for(above)
    with system("passing on what was asked"):
        schedule = Schedule.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if schedule.ended_at is not None:
            raise ScheduleEnded
        if found.asked_unit(seen, unit_id=unit_id) is None:
            raise NotAsked
        if found.passed_on_schedule(schedule, unit_id):
            raise AskedBefore
    return schedule


def _check_fed(schedule: Schedule) -> None:
    """Refuse two schedules that give one measure of one unit. Within a system scope."""
    if not schedule.figures or schedule.programme is None:
        return
    sql.wait_for(f"figures of reports in {schedule.programme.pk}")
    near = found.feeding(schedule.programme, schedule.figures.values())
    spans = units.spans(
        [schedule.unit_id, *(asked_schedule.unit_id for asked_schedule in near)], schedule.hierarchy
    )
    own_span = spans[schedule.unit_id]
    for each in near:
        other = spans.get(each.unit_id)
        is_same_days = each.first_on <= schedule.last_on and schedule.first_on <= each.last_on
        if each.pk == schedule.pk or each.kind != schedule.kind or other is None or not is_same_days:
            continue
        is_near = other[0] < own_span[1] and own_span[0] < other[1]
        if is_near and (not (schedule.is_narrow or each.is_narrow) or sets.share_a_unit(schedule, each)):
            raise FigureFed(field="figures", title=each.title)


def end_schedule(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Ask nothing more from now on, nor what was passed on because of it. What was said stays. Returns how many ended.

    Needs `tasks.ask` at the asking unit. Refuses NotFound, ScheduleEnded.
    """
    with transaction.atomic():
        schedule = _held(public_id, by=by)
        if schedule.ended_at is not None:
            raise ScheduleEnded
        with system("ending what was asked"):
            rows = with_passed_on(schedule, None)
            Schedule.objects.filter(pk__in=rows).update(ended_at=at)
        _record("end_schedule", schedule, by=by, at=at, n=len(rows))
    return len(rows)


def resume_schedule(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Undo `end_schedule`, as long as its days are not over. Returns how many are asked again.

    Needs `tasks.ask` at the asking unit. Refuses NotFound, NotAsked while it is asked, DaysUnfit, FigureFed,
    DueUnitClosed, AskedBefore.
    """
    with transaction.atomic():
        schedule = _held(public_id, by=by)
        if schedule.ended_at is None:
            raise AskedBefore
        if schedule.last_on < clock.day_in(schedule.timing.zone, at):
            raise DaysUnfit
        if schedule.unit.closed_on is not None:
            raise DueUnitClosed
        with system("asking again"):
            if schedule.above is not None and found.passed_on_schedule(schedule.above, schedule.unit_id):
                raise AskedBefore
            _check_fed(schedule)
            rows = with_passed_on(schedule, schedule.ended_at)
            pause = [schedule.ended_at.isoformat(), at.isoformat()]
            for asked_schedule in Schedule.objects.filter(pk__in=rows):
                asked_schedule.ended_at, asked_schedule.pauses = None, [*asked_schedule.pauses, pause]
                asked_schedule.save(update_fields=["ended_at", "pauses"])
        _record("resume_schedule", schedule, by=by, at=at, n=len(rows))
    return len(rows)


def end_of_units(*, units: Iterable[int], at: datetime) -> None:
    """End what closed units asked. By the system, after the act that closed them."""
    with system("units were closed"):
        for schedule in Schedule.objects.filter(unit_id__in=list(units), ended_at=None).order_by("pk"):
            Schedule.objects.filter(pk__in=with_passed_on(schedule, None)).update(ended_at=at)
            _record("end_schedule", schedule, by=Actor.system("its unit was closed"), at=at)


def with_passed_on(schedule: Schedule, ended_at: datetime | None) -> list[int]:
    """Return a schedule and what was passed on because of it, level by level, that ended at one moment or is in
    force."""
    rows, level = [schedule.pk], [schedule.pk]
    while level:
        more = Schedule.objects.filter(above__in=level, ended_at=ended_at).order_by("pk")
        level = list(more.values_list("pk", flat=True))
        rows += level
    return rows


def remind_silent(*, public_id: UUID, unit_id: int, begins_on: date, by: Actor, at: datetime) -> int:
    """Send one SMS to each unit in and below one that is silent in a period, or whose set day went by.

    How many got one. Before the hour of the period nobody gets one, nor does anybody who did not hold the
    office then. Needs `tasks.ask` at the unit. Refuses NotFound, ScheduleEnded, TooManyToRemind;
    NobodyToRemind, also where all of them were reminded today.
    """
    with transaction.atomic():
        schedule = found.schedule_for(public_id)
        org.require(by, LEADS, at=unit_id)
        if schedule.ended_at is not None:
            raise ScheduleEnded
        period = or_refuse(
            next((each for each in schedule.timing.begun(at) if each.begins_on == begins_on), None)
        )
        today = clock.day_in(schedule.timing.zone, at)
        with system("reminding the silent"):
            span = units.span(unit_id, schedule.hierarchy)
            silent = boards.to_remind(schedule, period, span, at=at, most=messaging.MOST_REMINDED + 1)
            responsibles = found.responsible(schedule, silent, on=today, period=period)
            silent = [asked_unit for asked_unit in silent if asked_unit.key in responsibles]
            Due.objects.bulk_create(
                [
                    Due(
                        schedule=schedule,
                        unit_id=asked_unit.unit_id,
                        body_id=asked_unit.body_id,
                        begins_on=begins_on,
                    )
                    for asked_unit in silent
                ],
                ignore_conflicts=True,
            )
            dues = found.dues_of(schedule, silent, since=begins_on)
            n = messaging.remind_people(
                kind="due",
                template="duty.asked",
                people=[
                    messaging.RemindedPerson(
                        account_id=responsibles[asked_unit.key].account_id,
                        unit_id=asked_unit.unit_id,
                        blanks={
                            "title": schedule.title_in(responsibles[asked_unit.key].language),
                            "unit": name_in_language(
                                asked_unit.body_names or asked_unit.names,
                                responsibles[asked_unit.key].language or settings.LANGUAGE_CODE,
                            ),
                            "day": period.ends_on.strftime("%d-%m-%Y"),
                            "link": due_link(
                                schedule,
                                asked_unit,
                                period,
                                responsibles[asked_unit.key].account_id,
                                today=today,
                            ),
                        },
                        about=dues[asked_unit.key][begins_on].pk,
                    )
                    for asked_unit in silent
                ],
                at=at,
            )
        _record("remind_silent", schedule, by=by, at=at, n=n, unit_id=unit_id)
    return n


def due_link(
    schedule: Schedule, asked_unit: found.AskedUnit, period: Period, account_id: int, *, today: date
) -> str:
    """Return the address where an account answers: the field's form if one code lets it in, else the due's page."""
    page = due_href(schedule, asked_unit, period)
    if org.comes_by_code(account_id, on=today):
        page = f"{reverse('pages:field_due', args=[schedule.public_id])}?{page.partition('?')[2]}"
    return settings.ORIGIN + page


def due_href(schedule: Schedule, asked_unit: found.AskedUnit, period: Period) -> str:
    """Return the address of one due, whether or not anybody has said anything."""
    query = {"unit": asked_unit.code, "from": period.begins_on.isoformat()}
    query |= {"body": str(asked_unit.body_id)} if asked_unit.body_id is not None else {}
    return f"{reverse('work:due', args=[schedule.public_id])}?{urlencode(query)}"


def due_page(due_id: str, *, at: datetime) -> str:
    """Return the address of a due in the viewer's sight, by its id; "" where there is none any more."""
    due = Due.objects.filter(pk=due_id).first()
    schedule = found.SCHEDULES.filter(pk=due.schedule_id).first() if due else None
    if due is None or schedule is None:
        return ""
    asked_unit = found.asked_unit(schedule, unit_id=due.unit_id, body_id=due.body_id)
    period = next((each for each in schedule.timing.begun(at) if each.begins_on == due.begins_on), None)
    return due_href(schedule, asked_unit, period) if asked_unit and period else ""


def _held(public_id: UUID, *, by: Actor) -> Schedule:
    """Return a schedule in the caller's sight, locked by the system, once they may change it."""
    seen = found.schedule_for(public_id)
    org.require(by, LEADS, at=seen.unit_id)
    with system("what is asked"):
        return found.SCHEDULES.select_for_update(of=("self",)).get(pk=seen.pk)


def _record(
    act: str, schedule: Schedule, *, by: Actor, at: datetime, n: int = 0, unit_id: int | None = None
) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{act}",
        subject=str(schedule.public_id),
        unit_id=unit_id or schedule.unit_id,
        n=n,
    )
