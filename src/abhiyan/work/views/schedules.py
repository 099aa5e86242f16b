"""Meetings and reports: what is asked here, asking it, and the board of one of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import local_person, name_in_language
from abhiyan.messaging.actions import MOST_REMINDED, NobodyToRemind
from abhiyan.messaging.queries import last_reminders
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.owing import OwedHere
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.ui.posts import post_only
from abhiyan.ui.squares import Shape, Squares
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.work.actions import schedule_forms
from abhiyan.work.actions import schedules as acts
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules.schedules import AskedFor, DueSign, DueState, Period, Rhythm, due_shares

TITLE = _("Meetings and reports")
ASKED_OF_UNITS = {
    AskedFor.MEETING.value: _("Meetings asked of units"),
    AskedFor.REPORT.value: _("Reports asked of units"),
}
MOST_NAMED = 10  # units, in words
MOST_FIGURES = 2  # of a report, on the page of a board
SIGNS: dict[DueSign, tuple[Shape, str | Promise]] = {
    DueSign.ON_TIME: (Shape.FULL, _("on time")),
    DueSign.LATE: (Shape.HALF, _("late")),
    DueSign.RETURNED: (Shape.BACK, _("returned")),
    DueSign.CANNOT: (Shape.CROSSED, _("not possible")),
    DueSign.PLANNED: (Shape.OPEN, _("day set")),
    DueSign.SILENT: (Shape.EMPTY, _("silent")),
    DueSign.NOT_YET: (Shape.WAITING, _("not due yet")),
    DueSign.NOT_ASKED: (Shape.ABSENT, _("not asked")),
}
SIGN_NAMES = {
    DueSign.SILENT: _("Silent"),
    DueSign.NOT_YET: _("Not due yet"),
    DueSign.NOT_ASKED: _("Not asked"),
}
KINDS = {DueState.RETURNED: "warn", DueState.CANNOT: "warn", DueState.DONE: "ok", DueState.ACCEPTED: "ok"}


def office_in(names: Mapping[str, str], kind: str) -> str:
    """Return an office and the kind of unit it is in, unless its name begins with that: Mandal president;
    Convener, Mandal."""
    office, where = name_in_language(names), str(Kind(kind).label)
    return office if office.casefold().startswith(where.casefold()) else f"{office}, {where}"


def who_owes(one: Schedule, kind_names: Mapping[str, str] | None = None) -> str:
    """Return the office, body or kind of body that owes it, in words, and which units it leaves out.

    kind_names: of kinds of body by code, from a caller with many schedules.
    """
    names = kind_names or (org.body_kind_names([one.body_kind]) if one.body_kind else {})
    if one.body is not None:
        return name_in_language(one.body.names)
    words = office_in(one.office.names, one.kind) if one.office else names[one.body_kind]
    words += f", {dict(Schedule.AREAS)[one.area]}" if one.area else ""
    if n := len(one.within):
        words += ngettext(", in %(n)s named unit", ", in %(n)s named units", n) % {"n": grouped(n)}
    return words


def parts_named(one: Schedule) -> str:
    """Return the first units that a schedule names, and how many more. One query where it names any."""
    if not one.within:
        return ""
    facts = units.units_by_id(one.within[:MOST_NAMED])
    some = ", ".join(name_in_language(each.names) for each in facts.values())
    more = len(one.within) - MOST_NAMED
    return some if more <= 0 else say("%(some)s and %(n)s more") % {"some": some, "n": grouped(more)}


def due_state_name(one: Schedule, state: int, *, is_over: bool) -> str:
    """Return how a due stands, in words. A report that was sent waits for a decision; silence begins at the hour."""
    if state == DueState.OPEN:
        return say("Silent") if is_over else say("Not due yet")
    if state == DueState.DONE and not one.is_meeting:
        return pgettext("of a report", "Sent")
    return str(Due.State(state).label)


def due_states(one: Schedule) -> list[DueState]:
    """Return the states that its dues can have: a meeting is never returned, a report has no day."""
    never = (DueState.RETURNED, DueState.ACCEPTED) if one.is_meeting else (DueState.PLANNED,)
    return [state for state in DueState if state not in never]


def period_name(one: Schedule, period: Period) -> str:
    """Return a period as a column of a board names it."""
    if one.rhythm == Rhythm.MONTHLY:
        return str(date_format(period.begins_on, "M Y"))
    if one.rhythm == Rhythm.DAILY:
        return str(date_format(period.begins_on, "j M"))
    return f"{date_format(period.begins_on, 'j M')} – {date_format(period.ends_on, 'j M')}"


def period_column_name(one: Schedule, period: Period) -> str:
    """Return a period as the head of a narrow column: of a week its first day."""
    is_week = one.rhythm == Rhythm.WEEKLY
    return str(date_format(period.begins_on, "j M")) if is_week else period_name(one, period)


def figure_names(one: Schedule) -> dict[int, str]:
    """Return the measures that its reports give, by number, in words. One query."""
    if one.programme is None or not one.figures:
        return {}
    wanted = set(one.figures.values())
    known = queries.measures([one.programme])[one.programme.pk]
    return {each.number: name_in_language(each.names) for each in known if each.number in wanted}


def schedule_crumbs(*more: tuple[str, str]) -> dict[str, Any]:
    """Return the frame of each of these pages: its place in the menu, and the way to it."""
    return {"here": "asked", "crumbs": [(str(TITLE), reverse("work:asked")), *more]}


# --- what is asked here ---


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A schedule, with how far it is in the unit of the page and below. is_own: the unit itself owes it."""

    one: Schedule
    of: boards.BoardNumbers
    period: Period | None
    is_own: bool
    kind_names: Mapping[str, str]


OF_UNIT: tuple[Column[AskedRow], ...] = (
    Column("title", _("What is asked"), lambda row: row.one.title, order="typed_title", is_name=True),
    Column("by", _("Asked by"), lambda row: name_in_language(row.one.unit.names)),
    Column("whom", _("Who owes it"), lambda row: who_owes(row.one, row.kind_names), css="under"),
    Column("rhythm", _("How often"), lambda row: row.one.get_rhythm_display()),
    Column("period", _("Now"), lambda row: period_name(row.one, row.period) if row.period else ""),
    Column("asked", _("Units asked"), lambda row: row.of.asked or None, css="num"),
    Column("done", _("Done"), lambda row: row.of.finished if row.of.asked else None, css="num"),
    Column("not_due", _("Not due yet"), lambda row: row.of.not_due or None, css="num"),
    Column("silent", _("Silent"), lambda row: row.of.silent or None, css="num end"),
    Column("last_on", _("Last day"), lambda row: row.one.last_on, order="last_on", css="nums"),
)


def _with_numbers(here: Here | None, at: datetime, some: list[Schedule]) -> list[AskedRow]:
    periods = {one.pk: one.timing.current(at) for one in some}
    of: Mapping[tuple[int, date], boards.BoardNumbers] = {}
    if here is not None:
        counts = units.counts_below(here.unit.id, here.hierarchy)
        pairs = [(one, period) for one in some if (period := periods[one.pk])]
        of = boards.schedule_numbers(pairs, here.span, counts, at=at)
    kind_names = org.body_kind_names({schedule.body_kind for schedule in some if schedule.body_kind})
    return [
        AskedRow(
            one,
            of.get((one.pk, period.begins_on), boards.BoardNumbers()) if period else boards.BoardNumbers(),
            period,
            here is None or (one.kind == here.unit.kind and one.unit_id != here.unit.id),
            kind_names,
        )
        for one in some
        for period in (periods[one.pk],)
    ]


@page_with_list
def schedules_page(request: Request) -> HttpResponseBase:
    """List what a unit asks of those below it, and what those above it ask there; to a body, what it is asked."""
    at = clock.now()
    here = page_unit(request) if request.viewer.home or "unit" in request.GET else None
    may = here is not None and shown.viewer_may(request, LEADS, here.unit.id)
    if here is not None and not may:
        raise NotFound
    rows = found.asked_at(here.unit, here.hierarchy) if here else found.SCHEDULES.all()
    title = ASKED_OF_UNITS.get(kind := request.GET.get("kind", ""), TITLE)
    if kind in ASKED_OF_UNITS:
        rows = rows.filter(wanted=kind)
    is_ended = request.GET.get("show") == "ended"
    today = shown.today_of_programmes(at)
    rows = rows.filter(found.schedules_over(today)) if is_ended else rows.exclude(found.schedules_over(today))
    table: Table[AskedRow] = Table(
        request,
        OF_UNIT,
        rows,
        name="meetings-and-reports",
        caption=title,
        sort="last_on",
        finish=partial(_with_numbers, here, at),
        is_brief=True,
    )
    unit = {"unit": here.unit.code} if here else {}
    context = {
        "here": "asked",
        "title": title,
        "crumbs": [(str(title), "")],
        "where": here.name if here else "",
        "unit": here.unit if here else None,
        "may": may and here is not None and here.unit.has_children,
        "segments": [
            (say("Now"), "", not is_ended),
            (say("Finished"), "ended", is_ended),
        ],
    }
    return list_response(request, "work/asked_list.html", table, {**context, "asked_unit": unit})


def dues_here(viewer: Viewer, here: units.UnitRow, hierarchy: int, at: datetime) -> list[OwedHere]:
    """List what a unit and its bodies are asked now, with their last periods, for its leaders."""
    if here.lo is None or not viewer.may_at(LEADS, here.lo):
        return []
    return [
        OwedHere(
            each.schedule.title,
            name_in_language(each.asked.body_names),
            acts.due_href(each.schedule, each.asked, each.periods[-1][0]),
            [(shape, str(word)) for shape, word in map(SIGNS.__getitem__, each.signs(at))],
            _came_in(each.signs(at)),
            each.asked.body_id,
        )
        for each in found.unit_owings(here.id, [hierarchy], since=shown.today_of_programmes(at), at=at)
        if each.schedule.ended_at is None
    ]


def _came_in(signs: Sequence[DueSign]) -> str:
    due, on_time, late, silent = due_shares(Counter(signs))
    told = say("%(on_time)s of %(due)s on time, %(late)s late, %(silent)s silent")
    return told % {"due": due, "on_time": on_time, "late": late, "silent": silent} if due else ""


# --- the board ---


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A unit or body of a board, with who owes it and its last periods."""

    one: Schedule
    asked: found.AskedUnit
    who: found.Responsible | None
    due: Due | None
    signs: Sequence[DueSign]
    sign: DueSign  # of the period that is shown
    href: str
    is_behind: bool
    reminded_on: date | None = None

    @property
    def name(self) -> str:
        unit = name_in_language(self.asked.names)
        return (
            f"{name_in_language(self.asked.body_names)}, {unit}" if self.asked.body_id is not None else unit
        )

    @property
    def squares(self) -> Squares:
        return Squares([(SIGNS[sign][0], 1) for sign in self.signs])

    @property
    def squares_said(self) -> str:
        return ", ".join(str(SIGNS[sign][1]) for sign in self.signs)

    @property
    def state(self) -> str:
        if self.due is None or self.due.state == DueState.OPEN:
            return str(SIGN_NAMES[self.sign])
        return due_state_name(self.one, self.due.state, is_over=True)

    @property
    def is_silent(self) -> bool:
        return self.sign == DueSign.SILENT

    @property
    def kind(self) -> str:
        if self.is_behind:
            return "bad"
        return KINDS.get(DueState(self.due.state), "") if self.due else ""


class PeriodColumn(Column[BoardRow]):
    """One period of a board: words in a file, a square on the page. A phone has all squares under the unit's name."""

    def drawn(self, row: BoardRow) -> str:
        sign = row.signs[int(self.key.removeprefix("p"))]
        square = {"of": Squares([(SIGNS[sign][0], 1)]), "words": SIGNS[sign][1]}
        return render_to_string("ui/_squares.html", square)


def _columns(one: Schedule, periods: Sequence[Period]) -> tuple[Column[BoardRow], ...]:
    def sign(number: int, row: BoardRow) -> str:
        return str(SIGNS[row.signs[number]][1])

    def of(what: str, row: BoardRow) -> Any:
        return getattr(row.due, what) if row.due else None

    def day(row: BoardRow) -> date | None:
        return (row.due.held_on or row.due.planned_on) if row.due else None

    def figure(measure: int, row: BoardRow) -> int | None:
        return row.due.figures.get(str(measure)) if row.due else None

    meeting: tuple[Column[BoardRow], ...] = (
        Column("day", _("Day"), day, css="nums"),
        Column("planned", _("Day set"), partial(of, "planned_on"), only_in_file=True),
        Column("held", _("Held on"), partial(of, "held_on"), only_in_file=True),
        Column("seen", _("Seen by name"), partial(of, "seen"), css="num"),
        Column("people", _("People reported"), partial(of, "people"), css="num"),
    )
    report: tuple[Column[BoardRow], ...] = tuple(
        Column(f"figure_{measure}", name, partial(figure, measure), css="num", only_in_file=n >= MOST_FIGURES)
        for n, (measure, name) in enumerate(figure_names(one).items())
    )
    return (
        Column("unit", _("Unit"), lambda row: row.name, is_name=True),
        Column("code", _("Code"), lambda row: row.asked.code, only_in_file=True),
        Column(
            "who",
            _("Responsible"),
            lambda row: local_person(row.who.name) if row.who else "",
            names_people=True,
            css="under",
        ),
        *(
            PeriodColumn(f"p{n}", period_column_name(one, each), partial(sign, n), css="wide")
            for n, each in enumerate(periods)
        ),
        *(meeting if one.is_meeting else report),
        Column("sent_later", _("Sent so many days later"), partial(of, "sent_later"), only_in_file=True),
        Column("text", _("In their words"), partial(of, "text"), only_in_file=True, names_people=True),
        Column("reason", _("Reason"), partial(of, "reason"), only_in_file=True, names_people=True),
        Column("state", _("Status"), lambda row: row.state, css="end"),
    )


class BoardFilters(forms.Form):
    """Which units to show; each choice with how many they are."""

    show = forms.ChoiceField(label=_("Status"), required=False)
    unit = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, of: boards.BoardNumbers, one: Schedule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted: list[tuple[str, str | Promise, int]] = [("", _("All"), of.asked), *_counted(one, of)]
        if of.is_over:
            counted.append((VACANT, _("Nobody held the office then"), of.vacant))
        offer(self, show=[(key, f"{words}: {grouped(n)}") for key, words, n in counted])


def _counted(one: Schedule, of: boards.BoardNumbers) -> list[tuple[str, str, int]]:
    return [
        (str(state.value), due_state_name(one, state, is_over=of.is_over), of.of(state))
        for state in due_states(one)
    ]


VACANT = "vacant"


def _never(one: Schedule) -> tuple[DueSign, ...]:
    return (DueSign.RETURNED,) if one.is_meeting else (DueSign.PLANNED,)


@page_with_list
def schedule(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the board of one schedule below the viewer's unit: the silent first.

    A viewer who owes it is led to their own.
    """
    one, at = found.schedule_for(public_id), clock.now()
    here = board_unit(request, one)
    if here is None:
        return redirect(_own(request, one, at=at))
    periods = one.timing.begun(at)
    period = next((each for each in periods if each.begins_on.isoformat() == request.GET.get("from")), None)
    period = period or (periods[-1] if periods else None)
    of = _numbers(one, period, here, at=at)
    filters = BoardFilters(request.GET, of=of, one=one)
    show = filters.cleaned_data["show"] if filters.is_valid() else ""
    table: Table[BoardRow] = Table(
        request,
        _columns(one, periods),
        _rows(one, period, here, of, show, at=at) if period else [],
        name="board",
        caption=_("Silent units first"),
        finish=partial(_finished, one, periods, period, at) if period else list,
        is_brief=True,
        unit_id=here.unit.id,
        narrowed=filters,
    )
    may = shown.viewer_may(request, LEADS, one.unit_id)
    is_over = period is not None and one.timing.is_over(period, at)
    context = {
        **schedule_crumbs((one.title, "")),
        "schedule": one,
        "whom": who_owes(one),
        "parts": parts_named(one),
        "unit": here.unit,
        "unit_name": here.name,
        "of": of,
        "filters": filters,
        "period": period,
        "period_name": period_name(one, period) if period else "",
        "due_at": one.timing.due_at(period) if period else None,
        "is_over": is_over,
        "segments": [
            (period_name(one, each), here.href(**{"from": each.begins_on.isoformat()}), each == period)
            for each in reversed(periods)
        ],
        "counts": [(words, n) for _state, words, n in _counted(one, of)],
        "legend": [square for sign, square in SIGNS.items() if sign not in _never(one)],
        "may": may,
        "to_remind": len(_filled(one, period, here, at=at)) if period and one.ended_at is None else 0,
        "today": shown.today_of_programmes(at),
    }
    return list_response(request, "work/schedule.html", table, context)


def board_unit(request: Request, one: Schedule) -> Here | None:
    """Return the unit whose part of a board is shown: the one asked for, else the viewer's own, else the asking
    unit.

    None where the viewer leads no unit above those asked.
    """
    home = request.viewer.home
    lo, hi = units.span(one.unit_id, one.hierarchy)
    is_inside = home is not None and home.hierarchy == one.hierarchy and lo <= home.lo < hi
    here = page_unit(
        request,
        hierarchy=one.hierarchy,
        otherwise=lambda: home.unit_id if home and is_inside else one.unit_id,
    )
    assert here.unit.lo is not None  # page_unit refuses what is not placed
    if not lo <= here.unit.lo < hi:
        raise NotFound
    if not request.viewer.may_at(LEADS, here.unit.lo) or (
        here.unit.kind == one.kind and here.unit.id != one.unit_id
    ):
        return None
    return here


def _own(request: Request, one: Schedule, *, at: datetime) -> str:
    """Return the address of what the viewer's own unit or body owes. NotFound of who owes nothing."""
    owings, _below = found.owed_by(request.viewer, at=at)
    mine = next((each.asked for each in owings if each.schedule.pk == one.pk), None)
    if mine is None and ("unit" in request.GET or request.viewer.home):
        mine = found.asked_unit(one, unit_id=page_unit(request).unit.id)
    period = one.timing.current(at)
    if mine is None or period is None:
        raise NotFound
    return acts.due_href(one, mine, period)


def _numbers(one: Schedule, period: Period | None, here: Here, *, at: datetime) -> boards.BoardNumbers:
    if period is None:
        return boards.BoardNumbers()
    counts = units.counts_below(here.unit.id, here.hierarchy)
    return boards.schedule_numbers([(one, period)], here.span, counts, at=at)[one.pk, period.begins_on]


def _rows(
    one: Schedule, period: Period, here: Here, of: boards.BoardNumbers, show: str, *, at: datetime
) -> Sequence[found.AskedUnit] | boards.UnitBoard:
    state = whole_number(show, most=99)
    make: Any = boards.bodies_asked if one.body_kind else boards.UnitBoard
    rows: Sequence[found.AskedUnit] | boards.UnitBoard = make(
        one, period, here.span, of=of, on=shown.today_of_programmes(at), state=state, vacant=show == VACANT
    )
    return rows


def _finished(
    one: Schedule, periods: Sequence[Period], period: Period, at: datetime, some: list[found.AskedUnit]
) -> list[BoardRow]:
    """Return units of a board with who owes it, what they said and when they were reminded: four queries."""
    today = shown.today_of_programmes(at)
    who = found.responsible(one, some, on=today)
    rows = []
    owings = found.with_dues([(one, each) for each in some], at=at)
    days = last_reminders(
        "due", [due.pk for owing in owings for each, due in owing.periods if due and each == period]
    )
    for owing in owings:
        each, due = owing.asked, dict(owing.periods).get(period)
        signs = owing.signs(at)
        sign = signs[periods.index(period)]
        went_by = (
            due is not None and due.state == DueState.PLANNED and due.planned_on and due.planned_on < today
        )
        is_behind = sign == DueSign.SILENT or bool(went_by)
        href = acts.due_href(one, each, period)
        reminded_on = days.get(due.pk) if due else None
        rows.append(BoardRow(one, each, who.get(each.key), due, signs, sign, href, is_behind, reminded_on))
    return rows


# --- reminding, ending ---


def _filled(one: Schedule, period: Period, here: Here, *, at: datetime) -> list[found.AskedUnit]:
    """Return the silent units or bodies without a message today whose leader already held the office at the hour."""
    silent = boards.to_remind(one, period, here.span, at=at, most=MOST_REMINDED + 1)
    if len(silent) > MOST_REMINDED:
        return silent
    known = found.responsible(one, silent, on=shown.today_of_programmes(at), period=period)
    return [each for each in silent if each.key in known]


@form_page
def schedule_remind(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once before the silent get a message."""
    one, at = found.schedule_for(public_id), clock.now()
    here = board_unit(request, one)
    if here is None:
        raise org.NotYours(capability=LEADS)
    periods = one.timing.begun(at)
    asked = request.GET.get("from") or request.POST.get("from")
    period = next((each for each in periods if each.begins_on.isoformat() == asked), None)
    period = period or (periods[-1] if periods else None)
    filled = len(_filled(one, period, here, at=at)) if period else 0
    text = [
        ngettext(
            "%(n)s unit is silent, or the day it set went by.",
            "%(n)s units are silent, or the day they set went by.",
            filled,
        )
        % {"n": grouped(filled)},
        say("Each office gets one message. It cannot be called back."),
    ]
    if not filled:
        text = [str(NobodyToRemind.message)]
    if period and not one.timing.is_over(period, at):
        due_at = date_format(localtime(one.timing.due_at(period)), "j M Y, H:i")
        text = [say("Not due yet: it is due on %(time)s.") % {"time": due_at}]
    page = here.href(reverse("work:schedule", args=[public_id]))
    return act_page(
        request,
        lambda _given: acts.remind_silent(
            public_id=public_id,
            unit_id=here.unit.id,
            begins_on=period.begins_on if period else shown.today_of_programmes(at),
            by=request.actor,
            at=at,
        ),
        title=say("Remind: %(title)s") % {"title": one.title},
        text=text,
        button=say("Send reminders"),
        said=_("The reminders are on their way."),
        done=page,
        is_open=bool(filled) and one.ended_at is None,
        **schedule_crumbs((one.title, page), (say("Remind"), "")),
    )


ACTS = {
    "end": PageAct(acts.end_schedule, _("Ended. What was said stays; you can ask again here.")),
    "resume": PageAct(acts.resume_schedule, _("It is asked again.")),
    "newest-form": PageAct(
        schedule_forms.ask_newest_form, _("The newest version is asked from the next period on.")
    ),
    "same-form": PageAct(schedule_forms.stay_with_form, _("It stays with the version that it asks.")),
}


@post_only("work:schedule", takes=("public_id",))
def schedule_act_form(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """End what is asked, or ask it again; move on to the newest version of its form, or stay with the old one."""
    or_refuse(ACTS.get(act)).tried(
        request, has_form=False, public_id=public_id, by=request.actor, at=clock.now()
    )
    return redirect("work:schedule", public_id)
