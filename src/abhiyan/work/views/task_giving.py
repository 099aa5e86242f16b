"""Giving a task: to one person of a unit, or to every holder of an office below it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.ui import numbers
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.fields import DayField, HourField, NoteField, WholeField
from abhiyan.ui.forms import TitledForm, offer
from abhiyan.work import actions
from abhiyan.work.actions import tasks as acts
from abhiyan.work.queries import tasks as found

BELOW = "below:"  # of many: before the code of their office
MINUTES, HOURS = "minutes", "hours"


class NewTaskForm(TitledForm):
    """This form asks for the task, its holder and its time."""

    brief: tuple[str, ...] = ("whom", "title", "due_on")
    whom = forms.ChoiceField(label=_("Give it to"))
    title = NoteField(label=_("What is to be done"), max_length=acts.LONGEST_TITLE)
    text = NoteField(
        label=_("Details"),
        required=False,
        max_length=acts.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = DayField(label=_("Due on"))
    due_time = HourField(label=_("Time"), initial=time(18))
    effort = WholeField(label=_("Effort"), required=False)
    effort_in = forms.ChoiceField(
        label=_("Effort in"), choices=[(MINUTES, _("minutes")), (HOURS, _("hours"))], initial=HOURS
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)

    def what(self, programmes: Sequence[Programme]) -> actions.What:
        """Return what the form says, with the number of the programme."""
        values = self.cleaned_data
        chosen = [programme.pk for programme in programmes if str(programme.public_id) == values["programme"]]
        factor = 60 if values["effort_in"] == HOURS else 1
        return actions.What(
            title=values["title"],
            titles=values["titles"],
            text=values["text"],
            due_at=datetime.combine(values["due_on"], values["due_time"], ZoneInfo(settings.TIME_ZONE)),
            effort_min=values["effort"] * factor if values["effort"] is not None else None,
            programme_id=chosen[0] if chosen else None,
        )


@form_page
def task_ask(request: Request) -> HttpResponseBase:
    """Give a task to somebody in a unit, or to every holder of an office below it once their number was shown.

    `?whom=` names an appointment there, which is chosen at first.
    """
    here, at, viewer = page_unit(request), clock.now(), request.viewer
    if not found.may_ask_in(viewer, here.unit.id):
        raise org.NotYours(capability=LEADS)
    on = shown.today_of_programmes(at)
    people = {
        str(candidate.appointment): candidate for candidate in found.task_candidates([here.unit.id], on=on)
    }
    below = {
        office.office: office
        for office in org.ask_vacancies_below(here.unit.id, here.hierarchy, at=at)()
        if office.held and not office.is_of_officers
    }
    running = list(queries.programmes_for(viewer).filter(state=Programme.State.OPEN)[:200])
    form = NewTaskForm(
        request.POST if request.method == "POST" else None, initial={"whom": request.GET.get("whom", "")}
    )
    offer(
        form,
        whom=_groups(people, below),
        programme=[
            ("", _("none")),
            *((str(programme.public_id), name_in_language(programme.names)) for programme in running),
        ],
    )
    expected = request.POST.get("expected", "")
    many = ""
    if form.is_bound and form.is_valid() and form.cleaned_data["whom"].startswith(BELOW):
        many = form.cleaned_data["whom"].removeprefix(BELOW)
        n = found.count_seats(unit_id=here.unit.id, hierarchy=here.hierarchy, office=many, on=on)
        if expected.partition(":")[0] != many:  # another office, or not shown yet: shown first
            return _ask_page(
                request, here, form, preview=(name_in_language(below[many].office_names), many, n)
            )

    def do(given: dict[str, Any]) -> Any:
        count = whole_number(expected.partition(":")[2], most=10**8)
        what = form.what(running)
        if many:
            return actions.ask_tasks(
                what=what,
                unit_id=here.unit.id,
                hierarchy=here.hierarchy,
                office=many,
                expected=-1 if count is None else count,
                by=request.actor,
                at=at,
            )
        return actions.ask_of(what=what, appointment=UUID(given["whom"]), by=request.actor, at=at).public_id

    done = tried(request, form, do)
    if not done:
        status = done.status
        preview = (name_in_language(below[many].office_names), many, n) if many else None
        return _ask_page(request, here, form, preview=preview, status=status)
    if many:
        say_when_done(request, _("Given. You see below how it goes on; you can withdraw it."))
        return redirect(reverse("work:tasks") + "?show=given")
    say_when_done(request, _("Given. You can withdraw it here."))
    return redirect("work:task", done.value)


def _groups(
    people: dict[str, found.TaskCandidate], below: dict[str, org.OfficeBelow]
) -> list[tuple[Any, Any]]:
    every = [
        (
            BELOW + code,
            say("%(office)s: everybody below (%(n)s units)")
            % {"office": name_in_language(office.office_names), "n": numbers.grouped(office.held)},
        )
        for code, office in below.items()
    ]
    here = [
        (key, f"{local_person(candidate.name)}, {name_in_language(candidate.office_names)}")
        for key, candidate in people.items()
    ]
    return [
        ("", "–"),
        *([(_("One person here"), here)] if here else []),
        *([(_("Many"), every)] if every else []),
    ]


def _ask_page(
    request: Request,
    here: Here,
    form: NewTaskForm,
    *,
    preview: tuple[str, str, int] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    return render(
        request,
        "work/task_ask.html",
        {
            "here": "tasks",
            "crumbs": [(say("Tasks"), reverse("work:tasks")), (say("Give a task"), "")],
            "form": form,
            "where": here.name,
            "unit": here.unit.code,
            "preview": preview,
        },
        status=status,
    )
