"""Workshops of a programme: what was held, who below is asked to hold one by when, and how far each of them is."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import named, person
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries
from abhiyan.programmes.actions import workshops as acts
from abhiyan.programmes.actions.tasks import LONGEST_TITLE
from abhiyan.programmes.models import Programme, Workshop
from abhiyan.programmes.queries import tasks as people
from abhiyan.programmes.queries import workshops as found
from abhiyan.programmes.rules import workshops as rules
from abhiyan.programmes.rules.tasks import State
from abhiyan.programmes.rules.workshops import Stage
from abhiyan.ui.acts import ask, form_page, tried
from abhiyan.ui.fields import DayField, WholeField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, answer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.posts import posted

from . import shown

OF_HELD = pgettext_lazy("of a workshop", "Held")
STAGES: dict[Stage, tuple[Promise, str]] = {
    Stage.HELD: (OF_HELD, "ok"),
    Stage.PLANNED: (_("Day set"), ""),
    Stage.SILENT: (_("No day yet"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A workshop with how far those are whom it asked."""

    one: Workshop
    of: found.Groups


OF_PROGRAMME: tuple[Column[Asking], ...] = (
    Column("title", _("Workshop"), lambda row: row.one.title, order="title", is_name=True),
    Column("unit", _("Unit"), lambda row: named(row.one.unit.names)),
    Column("held_on", _("Held on"), lambda row: row.one.held_on, order="held_on", css="nums"),
    Column("until", _("To be held by"), lambda row: row.one.asks_until, order="asks_until", css="nums"),
    Column("asked", _("Units asked"), lambda row: row.of.asked, css="num"),
    Column("held", OF_HELD, lambda row: row.of.held, css="num"),
    Column("planned", _("Day set"), lambda row: row.of.planned, css="num"),
    Column("silent", _("No day yet"), lambda row: row.of.silent, css="num"),
)


def _with_groups(on: date, rows: list[Workshop]) -> list[Asking]:
    counts = found.groups(rows, on=on)
    return [Asking(one, counts.get(one.pk, found.Groups())) for one in rows]


@require_GET
def workshops(request: Request, public_id: UUID) -> HttpResponseBase:
    """The workshops of a programme for which units below were asked, as far as in the viewer's sight."""
    one = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of(request, one)
    on = clock.day_in(one.zone, clock.now())
    table: Table[Asking] = Table(
        request,
        OF_PROGRAMME,
        found.workshops_of(one),
        name="workshops",
        caption=_("Workshops"),
        sort="-held_on",
        finish=partial(_with_groups, on),
    )
    may = one.state == Programme.State.OPEN and shown.may(request, LEADS, here.unit.id)
    context = {
        **shown.frame(one, (say("Workshops"), "")),
        "unit": here.unit,
        "unit_name": here.name,
        "may": may,
    }
    return answer(request, "programmes/workshop_list.html", table, context)


class AskForm(forms.Form):
    """Whom below a workshop asks, and until when."""

    office = forms.ChoiceField(label=_("Ask everybody below in the office"))
    until = DayField(label=_("To be held by"))


class NewForm(AskForm):
    """A workshop that was held, and whom it asks."""

    title = forms.CharField(label=_("Name of the workshop"), max_length=LONGEST_TITLE)
    held_on = DayField(label=_("Your own was held on"))
    attended = WholeField(label=_("People who came"), required=False, min_value=0)
    field_order = ("title", "held_on", "attended", "office", "until")


def _offices(one: Programme, unit_id: int, *, at: datetime) -> dict[str, str]:
    """Offices that may be asked, by code, with how many units should have each."""
    return {
        each.office: say("%(office)s: %(n)s units")
        % {"office": named(each.office_names), "n": grouped(each.expected)}
        for each in found.offices_to_ask(one, unit_id=unit_id, at=at)
        if each.expected <= acts.MOST_ASKED
    }


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom it would ask: shown before it is done. office: its code, which goes with the number."""

    office: str
    name: str
    n: int
    vacant: int

    @property
    def expected(self) -> str:
        return f"{self.office}:{self.n}"


def _preview(one: Programme, unit_id: int, office: str, name: str, *, on: date) -> Preview:
    seats = found.seats_to_ask(one, unit_id=unit_id, office=office, on=on, limit=acts.MOST_ASKED + 1)
    vacant = sum(seat.account_id is None for seat in seats)
    return Preview(office, name, len(seats), vacant)


def _expected(request: Request) -> tuple[str, int]:
    """The office and number that were shown; an office of no name where none were."""
    office, _colon, n = request.POST.get("expected", "").partition(":")
    return office, int(n) if n.isascii() and n.isdigit() and len(n) < 7 else -1


@form_page
def workshop_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Enter the unit's own workshop as held and ask those below to hold one; whom is shown first."""
    one = queries.programme_for(request.viewer, public_id)
    here, at = shown.unit_of(request, one), clock.now()
    if not shown.may(request, LEADS, here.unit.id):
        raise org.NotYours(capability=LEADS)
    form = NewForm(request.POST if request.method == "POST" else None)

    def do(given: dict[str, Any], asked: acts.Asked) -> Workshop:
        return acts.hold_first(
            programme_id=one.pk,
            unit_id=here.unit.id,
            title=given["title"],
            held_on=given["held_on"],
            attended=given["attended"],
            asked=asked,
            by=request.actor,
            at=at,
        )

    frame = shown.frame(
        one, (say("Workshops"), shown.href(one, "workshops", here.unit.code)), (say("Enter a workshop"), "")
    )
    return _ask_page(request, one, here.unit.id, form, do, frame | {"unit_name": here.name}, at=at)


@form_page
def workshop_below(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask those below to hold the workshop this unit has held."""
    one, at = found.workshop_for(public_id), clock.now()
    if not shown.may(request, LEADS, one.unit_id):
        raise org.NotYours(capability=LEADS)
    form = AskForm(request.POST if request.method == "POST" else None)

    def do(_given: dict[str, Any], asked: acts.Asked) -> Workshop:
        acts.ask_below(public_id=public_id, asked=asked, by=request.actor, at=at)
        return one

    frame = _frame(one, (say("Ask the units below"), ""))
    return _ask_page(request, one.programme, one.unit_id, form, do, frame, at=at)


def _ask_page(
    request: Request,
    programme: Programme,
    unit_id: int,
    form: AskForm,
    do: Any,
    frame: dict[str, Any],
    *,
    at: datetime,
) -> HttpResponseBase:
    """A form that asks units below: it shows whom first, and asks them once that was seen."""
    on = clock.day_in(programme.zone, at)
    offices = _offices(programme, unit_id, at=at)
    offer(form, office=list(offices.items()))
    preview: Preview | None = None
    if form.is_bound and form.is_valid():
        office = form.cleaned_data["office"]
        preview = _preview(programme, unit_id, office, offices[office], on=on)
    context = {**frame, "form": form, "preview": preview, "has_offices": bool(offices)}
    seen, n = _expected(request)
    if preview is not None and seen != preview.office:  # another office, or not shown yet
        return render(request, "programmes/workshop_ask.html", context)
    done = tried(
        request,
        form,
        lambda given: do(given, acts.Asked(given["office"], given["until"], n)),
        said=_("Asked. You see below how far each unit is; you can withdraw it."),
        on="held_on",
    )
    if done:
        assert done.value is not None  # both acts give the workshop
        return redirect("programmes:workshop", done.value.public_id)
    return render(request, "programmes/workshop_ask.html", context, status=done.status)


def _frame(one: Workshop, *more: tuple[str, str]) -> dict[str, Any]:
    """What pages about one workshop show: the way to it."""
    page = reverse("programmes:workshop", args=[one.public_id])
    steps = [(say("Workshops"), shown.href(one.programme, "workshops"))]
    if one.above is not None and one.above.withdrawn_at is None:
        steps.append(
            (named(one.above.unit.names), reverse("programmes:workshop", args=[one.above.public_id]))
        )
    frame = shown.frame(one.programme, *steps, (named(one.unit.names), page if more else ""), *more)
    return frame | {"workshop": one, "unit_name": named(one.unit.names)}


@dataclass(frozen=True, slots=True)
class Row:
    """One unit that was asked. who: has the task; empty: the office is vacant."""

    one: Workshop
    who: str
    is_behind: bool

    @property
    def stage(self) -> Stage:
        return rules.stage(planned_on=self.one.planned_on, held_on=self.one.held_on)

    @property
    def state(self) -> str:
        return str(STAGES[self.stage][0])

    @property
    def kind(self) -> str:
        return "bad" if self.is_behind else STAGES[self.stage][1]

    @property
    def has_declined(self) -> bool:
        return self.one.task is not None and self.one.task.state == State.DECLINED


COLUMNS: tuple[Column[Row], ...] = (
    Column("unit", _("Unit"), lambda row: named(row.one.unit.names), order="unit__code", is_name=True),
    Column("code", _("Code"), lambda row: row.one.unit.code, only_in_file=True),
    Column("who", _("Responsible"), lambda row: row.who, names_people=True),
    Column("planned", _("Day set"), lambda row: row.one.planned_on, order="planned_on", css="nums"),
    Column("held", _("Held on"), lambda row: row.one.held_on, order="held_on", css="nums"),
    Column("attended", _("People reported"), lambda row: row.one.attended, order="attended", css="num"),
    Column(
        "note",
        _("Note"),
        lambda row: row.one.task.note if row.has_declined and row.one.task else "",
        only_in_file=True,
    ),
    Column("state", _("Status"), lambda row: row.state, order=("order", "planned_on"), css="end"),
)


def _rows(on: date, some: list[Workshop]) -> list[Row]:
    known = people.people_of(one.task.account_id for one in some if one.task)
    return [
        Row(
            one,
            person(holder.name) if one.task and (holder := known.get(one.task.account_id or 0)) else "",
            rules.is_behind(planned_on=one.planned_on, held_on=one.held_on, due_on=one.due_on, on=on),
        )
        for one in some
    ]


class Filters(forms.Form):
    """Which of the units asked to show; each choice with how many they are."""

    show = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, of: found.Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = {
            "": (_("All"), of.asked),
            "silent": (STAGES[Stage.SILENT][0], of.silent),
            "vacant": (_("Vacant"), of.vacant),
            "behind": (_("Late"), of.behind),
            "planned": (STAGES[Stage.PLANNED][0], of.planned),
            "held": (OF_HELD, of.held),
        }
        offer(self, show=[(key, f"{words}: {grouped(n)}") for key, (words, n) in counted.items()])


class DayForm(forms.Form):
    """One day."""

    on = DayField(label=_("Day"))


class HeldForm(DayForm):
    """The day a workshop was held, and how many came."""

    attended = WholeField(label=_("People who came"), required=False, min_value=0)


@require_GET
def workshop(request: Request, public_id: UUID) -> HttpResponseBase:
    """One workshop: its own day, and the board of those it asked below."""
    return _page(request, public_id)


def _page(
    request: Request, public_id: UUID, *, refused: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    """refused: the act that was not done, and its form with what is wrong."""
    one, at = found.workshop_for(public_id), clock.now()
    on = clock.day_in(one.programme.zone, at)
    of = found.groups([one], on=on).get(one.pk, found.Groups())
    filters = Filters(request.GET, of=of)
    show = filters.cleaned_data["show"] if filters.is_valid() else ""
    table: Table[Row] = Table(
        request,
        COLUMNS,
        found.asked_by(one).filter(found.shown(show, on=on)),
        name="workshop",
        caption=_("Units asked"),
        sort="state",
        finish=partial(_rows, on),
        is_brief=True,
        unit_id=one.unit_id,
        narrowed=filters,
    )
    may_say, may_lead = found.may_say(request.actor, one), shown.may(request, LEADS, one.unit_id)
    forms_of = _forms(one, on=on)
    problem = ""
    if refused:
        act, sent = refused
        if act in forms_of:
            forms_of[act] = sent
        else:
            problem = " ".join(str(each) for errors in sent.errors.values() for each in errors)
    context = {
        **_frame(one),
        "of": of,
        "is_asking": one.asks_until is not None,
        "may_say": may_say,
        "may_lead": may_lead,
        "plan_form": forms_of["plan"],
        "hold_form": forms_of["hold"],
        "problem": problem,
        "row": _rows(on, [one])[0],
        "filters": filters,
        "may_ask": may_lead
        and one.held_on is not None
        and one.asks_until is None
        and one.programme.state == Programme.State.OPEN,
        "was_asking": may_lead and one.asks_until is None and found.last_withdrawn(one) is not None,
        "to_remind": found.reminders(one, on=on) if may_lead and one.asks_until else 0,
        "is_reminded_today": one.reminded_on == on,
    }
    return answer(request, "programmes/workshop.html", table, context, status=status)


def _forms(one: Workshop, *, on: date) -> dict[str, forms.Form]:
    """plan: with the day there is, or the last; hold: with the day it was planned for, where that is over."""
    plan = DayForm(initial={"on": one.planned_on or one.due_on}, auto_id="plan_%s")
    day = one.held_on or (one.planned_on if one.planned_on and one.planned_on <= on else on)
    hold = HeldForm(initial={"on": day, "attended": one.attended}, auto_id="hold_%s")
    return {"plan": plan, "hold": hold}


ACTS: dict[str, tuple[type[forms.Form], Any, Promise]] = {
    "plan": (DayForm, acts.plan_workshop, _("Saved. You can change the day here.")),
    "hold": (HeldForm, acts.hold_workshop, _("Saved. Add how many came, or take it back here.")),
    "take-back": (forms.Form, acts.take_back_day, _("Taken back.")),
    "withdraw": (forms.Form, acts.withdraw_asking, _("Withdrawn. You can bring it back here.")),
    "bring-back": (forms.Form, acts.bring_back_asking, _("The units below are asked again.")),
}


@posted("programmes:workshop", takes=("public_id",))
def workshop_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Plan or hold a workshop (without a day: the one a tap on Today names), take that back; withdraw, bring back."""
    if act not in ACTS:
        raise NotFound
    made, do, said = ACTS[act]
    at = clock.now()
    sent: Any = request.POST
    if act in ("plan", "hold") and "on" not in sent:
        sent = _tapped(found.workshop_for(public_id), act, at=at)
    form = made(sent, auto_id=f"{act}_%s")
    done = tried(
        request, form, lambda given: do(public_id=public_id, **given, by=request.actor, at=at), said=said
    )
    if not done:
        return _page(request, public_id, refused=(act, form), status=done.status)
    gone = isinstance(done.value, Workshop) and done.value.withdrawn_at is not None
    if gone:
        one = done.value
        assert isinstance(one, Workshop)  # as `gone` says
        return redirect("programmes:workshops", one.programme.public_id)
    return redirect("programmes:workshop", public_id)


def _tapped(one: Workshop, act: str, *, at: datetime) -> QueryDict:
    """The form one tap on Today stands for: the day its words named. Empty where they name none any more."""
    sent = QueryDict(mutable=True)
    tap = (
        rules.day_to_tap(
            planned_on=one.planned_on, due_on=one.due_on, on=clock.day_in(one.programme.zone, at)
        )
        if one.due_on and one.held_on is None
        else None
    )
    if tap and tap[0] == act:
        sent["on"] = tap[1].isoformat()
    return sent


@form_page
def workshop_remind(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once before those who gave no day get an SMS."""
    one, at = found.workshop_for(public_id), clock.now()
    if not shown.may(request, LEADS, one.unit_id):
        raise org.NotYours(capability=LEADS)
    on = clock.day_in(one.programme.zone, at)
    n = found.reminders(one, on=on) if one.asks_until else 0
    is_any = (
        bool(one.asks_until) and found.to_remind(one, on=on).exists()
    )  # a vacant office may be filled by now
    page = reverse("programmes:workshop", args=[public_id])
    text = [
        ngettext(
            "%(n)s unit gave no day, or its day went by without a report.",
            "%(n)s units gave no day, or their day went by without a report.",
            n,
        )
        % {"n": grouped(n)},
        say("Each office gets one SMS. It cannot be called back."),
        say("An office that was vacant and is filled now gets the task too."),
    ]
    if not is_any:
        text = [say("There is nobody to remind.")]
    elif one.reminded_on == on:
        text = [say("They were asked or reminded today. One message a day is the most.")]
    return ask(
        request,
        lambda _given: acts.remind_silent(public_id=public_id, by=request.actor, at=at),
        title=say("Remind: %(title)s") % {"title": one.title},
        text=text,
        button=say("Send reminders"),
        said=_("The reminder is on its way."),
        done=page,
        is_open=is_any and one.reminded_on != on,
        **_frame(one, (say("Remind"), "")),
    )
