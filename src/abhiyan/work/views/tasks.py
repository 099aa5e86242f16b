"""Tasks: one's own, those one gave, those of units one leads; one task with what may be done to it; giving one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.titles import title_contains
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.ui import numbers
from abhiyan.ui.acts import PageAct, Tried, act_page, form_page, form_problem
from abhiyan.ui.due import due_said
from abhiyan.ui.fields import NoteField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, file_asked, list_response, page_with_list
from abhiyan.ui.posts import post_only
from abhiyan.units import queries as units
from abhiyan.work import actions
from abhiyan.work.actions import tasks as acts
from abhiyan.work.models import Task
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules import tasks as rules
from abhiyan.work.rules.tasks import OPEN, Act, TaskState

from .tasks_below import tasks_by_unit

STATES: tuple[tuple[str, str | Promise], ...] = (
    ("", _("Not finished")),
    ("late", _("Late")),
    ("open", _("Open, not late")),
    ("finished", _("Done, confirmed or not")),
    *Task.State.choices,
    ("all", _("All")),
)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with the names that belong to it. at: now. together: how far all are that were given at once, in one row.

    href: where its title leads.
    """

    task: Task
    who: str
    asker: str
    at: datetime
    href: str = ""
    together: found.TaskCounts | None = None

    @property
    def is_late(self) -> bool:
        return rules.is_task_late(self.task.state, due_at=self.task.due_at, at=self.at)

    @property
    def due(self) -> str:
        """Say by when, or how late; the day alone once it is done."""
        if self.task.state in OPEN:
            return due_said(self.task.due_at, at=self.at)
        return date_format(localtime(self.task.due_at), "j M")

    @property
    def state(self) -> str:
        return task_state_name(self.task, is_late=self.is_late)

    @property
    def kind(self) -> str:
        return state_kind(self.task, is_late=self.is_late)


def task_state_name(task: Task, *, is_late: bool) -> str:
    """Say the state in words; that it is late goes before."""
    return say("Late") if is_late else str(Task.State(task.state).label)


def state_kind(task: Task, *, is_late: bool) -> str:
    """Return how its state is marked: ok, warn, bad, or plain."""
    if is_late:
        return "bad"
    return {TaskState.DONE: "ok", TaskState.CONFIRMED: "ok", TaskState.DECLINED: "warn"}.get(
        TaskState(task.state), ""
    )


def effort_in_words(minutes: int | None) -> str:
    """Say the effort: 45 minutes, 2 hours; empty where nobody said."""
    if minutes is None:
        return ""
    n, is_hours = found.hours_or_minutes(minutes)
    words = (
        ngettext("%(n)s hour", "%(n)s hours", n) if is_hours else ngettext("%(n)s minute", "%(n)s minutes", n)
    )
    return words % {"n": numbers.grouped(n)}


def _programme(row: TaskRow) -> str:
    return name_in_language(row.task.programme.names) if row.task.programme else ""


COLUMNS: tuple[Column[TaskRow], ...] = (
    Column("title", _("Task"), lambda row: row.task.title, order="typed_title", is_name=True),
    Column(
        "who",
        _("Given to"),
        lambda row: row.who,
        names_people=True,
        account=lambda row: None if row.together else row.task.account_id,
    ),
    Column(
        "office",
        _("Office"),
        lambda row: name_in_language(row.task.office.names) if row.task.office else "",
        only_in_file=True,
    ),
    Column("unit", _("Unit"), lambda row: name_in_language(row.task.unit.names), only_in_file=True),
    Column("code", _("Code"), lambda row: row.task.unit.code, only_in_file=True),
    Column(
        "asker",
        _("Given by"),
        lambda row: row.asker,
        names_people=True,
        account=lambda row: row.task.asked_by,
    ),
    Column("programme", _("Programme"), _programme, only_in_file=True),
    Column("effort", _("Effort (minutes)"), lambda row: row.task.effort_min, only_in_file=True),
    Column("due", _("Due"), lambda row: row.task.due_at, order=("urgency", "due_at"), css="under"),
    Column("done", _("Done at"), lambda row: row.task.done_at, only_in_file=True),
    Column("note", _("Note"), lambda row: row.task.note, only_in_file=True),
    Column("state", _("Status"), lambda row: row.state, order="state", css="end"),
)


class TaskFilters(forms.Form):
    """Which tasks to show. show: whose, as the segments say."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Words of the task"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Status"), required=False, choices=STATES)
    programme = forms.ChoiceField(label=_("Programme"), required=False)

    def __init__(self, *args: Any, programmes: Sequence[Programme], has_unit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            programme=[
                ("", _("All")),
                *((str(programme.public_id), name_in_language(programme.names)) for programme in programmes),
            ],
        )
        if not has_unit:
            del self.fields["unit"]


@page_with_list
def tasks(request: Request) -> HttpResponseBase:
    """List tasks. show: mine (given to me), given (by me), unit (of a unit I lead and all below it).

    Tasks that were given at once are one row; ?batch= shows each of them.
    """
    at, viewer = clock.now(), request.viewer
    is_leading = viewer.may(LEADS)
    show = request.GET.get("show", "")
    if show not in ("given", "unit") or (show == "unit" and not is_leading):
        show = "mine"
    here: Here | None = None
    if show == "unit":
        here = page_unit(request)
        if not found.may_ask_in(viewer, here.unit.id):
            raise org.NotYours(capability=LEADS)
        rows = found.tasks_of(below=(here.unit.id, here.hierarchy))
    else:
        account_id = viewer.account_id
        rows = found.tasks_of(mine=account_id) if show == "mine" else found.tasks_of(asked=account_id)
    running = list(queries.programmes_for(viewer).exclude(state=Programme.State.DRAFT)[:200])
    filters = TaskFilters(request.GET, programmes=running, has_unit=show == "unit")
    chosen = filters.cleaned_data if filters.is_valid() else {}

    batch = chosen.get("batch")
    in_order = found.with_urgency(rows.filter(_wanted(chosen, at=at)), at=at)
    opens = reverse("work:tasks") + f"?{urlencode(_same_list(show, here))}"

    def with_names(some: list[Task]) -> list[TaskRow]:
        named_rows = _with_names(some, at=at)
        return named_rows if batch or file_asked(request) else _together(named_rows, rows, opens=opens, at=at)

    table: Table[TaskRow] = Table(
        request,
        COLUMNS,
        in_order if batch or file_asked(request) else found.one_of_each(in_order),
        name="tasks",
        caption=_("Tasks"),
        sort="due",
        finish=with_names,
        hidden=say("Finished ones are left out.") if not chosen.get("state") and not batch else "",
        without={"mine": ("who",), "given": ("asker",)}.get(show, ()),
        is_brief=True,
        unit_id=here.unit.id if here else None,
        narrowed=filters,
    )
    page = reverse("work:tasks")
    programme = next((one for one in running if str(one.public_id) == chosen.get("programme")), None)
    first = rows.filter(batch=batch).first() if batch else None
    context = {
        "here": "tasks",
        "crumbs": [(say("Tasks"), page), (first.title, "")] if first else [(say("Tasks"), "")],
        "heading": first.title if first else say("Tasks"),
        "filters": filters,
        "where": here.name if here else "",
        "segments": [
            (say("Given to me"), page, show == "mine"),
            (say("I gave"), f"{page}?show=given", show == "given"),
            *([(say("In my units"), f"{page}?show=unit", show == "unit")] if is_leading else []),
        ],
        "may_ask": is_leading,
        "ask_unit": here.unit.code if here else "",
        "page_unit": here,
        "is_narrowed": any(chosen.get(name) for name in ("q", "state", "programme")),
    }
    if here and not file_asked(request):
        context |= tasks_by_unit(request, here, chosen, programme)
    return list_response(request, "work/task_list.html", table, context)


def _same_list(show: str, here: Here | None) -> dict[str, str]:
    """Return what the address of a list says of it, without its filters."""
    place = {"unit": here.unit.code, "in": here.slug} if here else {}
    return {"show": show, **place}


def _wanted(chosen: dict[str, Any], *, at: datetime) -> Q:
    """Return the filters as a condition."""
    state, text, programme, batch = (chosen.get(name, "") for name in ("state", "q", "programme", "batch"))
    wanted = Q()
    if batch:
        wanted &= Q(batch=batch)
    if not state:
        wanted &= Q() if batch else found.unfinished()
    elif state == "late":
        wanted &= found.tasks_late_at(at)
    elif state == "open":
        wanted &= Q(state__in=OPEN) & ~found.tasks_late_at(at)
    elif state == "finished":
        wanted &= Q(state__in=[TaskState.DONE, TaskState.CONFIRMED])
    elif state != "all":
        wanted &= Q(state=state)
    if text and "\0" not in text:
        wanted &= title_contains(text)
    if programme:
        wanted &= Q(programme__public_id=programme)
    return wanted


def _together(some: list[TaskRow], rows: QuerySet[Task], *, opens: str, at: datetime) -> list[TaskRow]:
    """Return rows of the list; of tasks that were given at once, the row says how far all of them are. One query."""
    batches = {row.task.batch for row in some if row.task.batch}
    counts = found.counts_of_batches(rows, batches, at=at) if batches else {}

    def joined_line(row: TaskRow) -> TaskRow:
        task_counts = counts.get(row.task.batch) if row.task.batch else None
        if task_counts is None or task_counts.n < 2:
            return row
        who = ngettext("%(n)s person", "%(n)s people", task_counts.n) % {"n": numbers.grouped(task_counts.n)}
        return replace(row, who=who, together=task_counts, href=f"{opens}&batch={row.task.batch}")

    return [joined_line(row) for row in some]


def _with_names(some: list[Task], *, at: datetime) -> list[TaskRow]:
    holders = found.people_of(account for task in some for account in (task.account_id, task.asked_by))
    helpers = found.helpers_of(some)

    def name(account_id: int | None) -> str:
        holder = holders.get(account_id or 0)
        return local_person(holder.name) if holder else ""

    return [
        TaskRow(
            task,
            local_person(helpers.get(task.person_id, "")) if task.person_id else name(task.account_id),
            name(task.asked_by),
            at,
            reverse("work:task", args=[task.public_id]),
        )
        for task in some
    ]


class NoteForm(forms.Form):
    """A word with an act."""

    note = NoteField(
        required=False,
        max_length=acts.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, act: Act, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"{act}_%s")
        self.fields["note"].label = LABELS.get(act, "")


def _changed(n: int) -> str:
    return ngettext("%(n)s task changed.", "%(n)s tasks changed.", n) % {"n": numbers.grouped(n)}


LABELS = {
    Act.DECLINE: _("Why not? The person who gave it reads this."),
    Act.DO: _("Anything to add?"),
    Act.REOPEN: _("What is still missing?"),
}
DONE: dict[Act, Promise] = {
    Act.ACCEPT: _("Accepted."),
    Act.DECLINE: _("Declined. The person who gave it sees your reason."),
    Act.DO: _("Done. If that was a mistake, take it back here."),
    Act.TAKE_BACK: _("Taken back. The task is open again."),
    Act.CONFIRM: _("Confirmed."),
    Act.REOPEN: _("Reopened."),
    Act.WITHDRAW: _("Withdrawn. You can reopen it here."),
}
ACTS = {
    str(act): PageAct(partial(actions.change_task, act=act), message, partial(NoteForm, act))
    for act, message in DONE.items()
}
# The same for all that were asked together; they take no note.
OF_ALL = {str(act): PageAct(partial(actions.change_together, act=act), _changed) for act in DONE}
STEPS: dict[str, Promise] = {
    Act.ACCEPT: _("Accepted by %(who)s"),
    Act.DECLINE: _("Declined by %(who)s"),
    Act.DO: _("Done, said by %(who)s"),
    Act.TAKE_BACK: _("Taken back by %(who)s: not done yet"),
    Act.CONFIRM: _("Confirmed by %(who)s"),
    Act.REOPEN: _("Reopened by %(who)s"),
    Act.WITHDRAW: _("Withdrawn by %(who)s"),
    "hand_over": _("Handed over by %(who)s to %(to)s"),
    "moved": _("The appointment ended: now with %(to)s"),
}


@require_GET
def task(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one task: what is asked, how it stands, and what the viewer may do to it."""
    return _page(request, public_id)


def _page(
    request: Request, public_id: UUID, *, refused: tuple[str, Tried[Any]] | None = None
) -> HttpResponseBase:
    """refused: the act that was not done, and what came of its form."""
    one, at, viewer = found.task_for(public_id), clock.now(), request.viewer
    (row,) = _with_names([one], at=at)
    may = found.acts_on(one, request.actor)
    forms_of: dict[str, NoteForm] = {str(act): NoteForm(act) for act in LABELS if act in may}
    wrong, status = "", 200
    if refused:
        act, tried_ = refused
        status = tried_.status
        if act in forms_of and isinstance(tried_.form, NoteForm):
            forms_of[act] = tried_.form
        else:
            wrong = form_problem(tried_.form)
    together = (
        found.count_tasks_together(one.batch, viewer.account_id) if one.batch and viewer.account_id else {}
    )
    is_open = one.state in (TaskState.ASKED, TaskState.ACCEPTED, TaskState.DECLINED)
    return render(
        request,
        "work/task.html",
        {
            "here": "tasks",
            "crumbs": [(say("Tasks"), reverse("work:tasks")), (one.title, "")],
            "task": one,
            "row": row,
            "effort": effort_in_words(one.effort_min),
            "may": {str(act): True for act in may},
            "forms": forms_of,
            "problem": wrong,
            "steps": [
                (
                    str(STEPS[task_past.act])
                    % {
                        "who": local_person(task_past.who) or say("the office"),
                        "to": local_person(task_past.to) or "–",
                    },
                    task_past,
                )
                for task_past in found.acts_on_task(one)
            ],
            "may_hand_over": is_open
            and viewer.may(LEADS)
            and (found.is_task_asked_of(request.actor, one) or found.may_ask_in(viewer, one.unit_id)),
            "together": sum(together.values()),
            "together_done": together.get(TaskState.DONE, 0),
            "together_open": sum(together.get(state, 0) for state in ("asked", "accepted", "declined")),
            "together_withdrawn": together.get(TaskState.WITHDRAWN, 0),
        },
        status=status,
    )


@post_only("work:task", takes=("public_id",))
def task_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Accept, decline, do, take back, confirm, reopen or withdraw; one task, or all that were asked together."""
    params: dict[str, Any] = {"by": request.actor, "at": clock.now()}
    if request.POST.get("all"):
        batch = or_refuse(found.task_for(public_id).batch)
        done = or_refuse(OF_ALL.get(act)).tried(request, batch=batch, **params)
    else:
        done = or_refuse(ACTS.get(act)).tried(request, public_id=public_id, **params)
    return redirect("work:task", public_id) if done else _page(request, public_id, refused=(act, done))


class HandOverForm(forms.Form):
    """The next holder of a task."""

    whom = forms.ChoiceField(label=_("Give it to"))
    note = NoteField(
        label=_("Anything to add?"),
        required=False,
        max_length=acts.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@form_page
def task_hand_over(request: Request, public_id: UUID) -> HttpResponseBase:
    """Hand a task to somebody in the unit of the task, or right below the viewer's own."""
    one, page = found.task_for(public_id), reverse("work:task", args=[public_id])
    form = HandOverForm(request.POST if request.method == "POST" else None)
    people = found.task_candidates(_near(request.viewer, one), on=shown.today_of_programmes(clock.now()))
    offer(form, whom=[(str(candidate.appointment), _label(candidate)) for candidate in people])
    return act_page(
        request,
        lambda given: actions.hand_over_task(
            public_id=public_id,
            appointment=UUID(given["whom"]),
            note=given["note"],
            by=request.actor,
            at=clock.now(),
        ),
        form=form,
        title=say("Hand over: %(task)s") % {"task": one.title},
        text=[say("The other person must accept it. You can hand it over again later.")]
        if people
        else [say("There is nobody in your units to hand it to.")],
        button=say("Hand over"),
        said=_("Handed over."),
        done=page,
        is_open=bool(people),
        here="tasks",
        crumbs=[(say("Tasks"), reverse("work:tasks")), (one.title, page), (say("Hand over"), "")],
    )


MOST_NEAR = 60  # units right below whose office-bearers are offered


def _near(viewer: Viewer, one: Task) -> list[int]:
    """Return the unit of a task and those right below it, as far as the viewer leads them."""
    near = units.children(one.unit_id, one.hierarchy, limit=MOST_NEAR)
    spans = units.all_spans([one.unit_id, *(row.id for row in near.rows)])
    return [
        unit_id
        for unit_id in (one.unit_id, *(row.id for row in near.rows))
        if viewer.may_at(LEADS, *(lo for lo, _hi in spans.get(unit_id, [])))
    ]


def _label(candidate: found.TaskCandidate) -> str:
    office, unit = name_in_language(candidate.office_names), name_in_language(candidate.unit_names)
    return f"{local_person(candidate.name)}, {office}, {unit}"
