"""Leaders find contributors by skill and place and give them tasks. Contributors say what they can do, and answer."""

from dataclasses import replace
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.words import active_language, local_person
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.forms.queries import answers_form
from abhiyan.friends.actions import contributors as acts
from abhiyan.friends.queries import contributors as queries
from abhiyan.friends.queries.contributors import FoundContributor
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import act_page, form_page, pressed, say_when_done, tried
from abhiyan.ui.fields import DayField, NoteField
from abhiyan.ui.forms import TitledForm, offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units
from abhiyan.work import actions as work
from abhiyan.work.actions.tasks import LONGEST_NOTE, LONGEST_TEXT, LONGEST_TITLE
from abhiyan.work.models import Task
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules.tasks import OPEN, Act, is_task_late

from .own_help import persons_of

COLUMNS: tuple[Column[FoundContributor], ...] = (
    Column(
        "name",
        gettext_lazy("Contributor"),
        lambda row: local_person(row.name),
        is_name=True,
        names_people=True,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.place, css="under"),
    Column("can", gettext_lazy("Can do"), lambda row: ", ".join(row.can), css="under"),
    Column("hours", gettext_lazy("Hours a week"), lambda row: row.hours, css="num"),
    Column("pick", gettext_lazy("Choose"), is_for_acts=True, css="end"),
)


class SkillFilters(forms.Form):
    """Which contributors to show. unit, in: the place, as addresses name it."""

    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=100)
    skill = forms.ChoiceField(label=gettext_lazy("Can do"), required=False)
    hours = forms.ChoiceField(label=gettext_lazy("Hours a week, at least"), required=False)


@page_with_list
def contributor_list(request: Request) -> HttpResponseBase:
    """Find contributors of a unit and below by skill and hours. Their number is on the page of the person."""
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours(capability="people.read")
    words = queries.skill_words(queries.skill_form(here.unit.id))
    filters = SkillFilters(request.GET)
    offer(
        filters,
        skill=[("", _("Anything")), *words.get(queries.SKILLS, {}).items()],
        hours=[("", _("Any")), *words.get(queries.HOURS, {}).items()],
    )
    values = filters.cleaned_data if filters.is_valid() else {}
    hours = whole_number(values.get("hours", ""), most=168) or 0
    rows = queries.ContributorRows(here.span, skill=values.get("skill", ""), hours=hours)
    table: Table[FoundContributor] = Table(
        request,
        COLUMNS,
        rows,
        name="contributors",
        caption=gettext_lazy("Contributors"),
        finish=partial(_in_words, words=words.get(queries.SKILLS, {})),
        is_brief=True,
        unit_id=here.unit.id,
        narrowed=filters,
    )
    if n := len(table.leaf.rows):
        read_people(
            by=request.actor, unit_id=here.unit.id, n=n, at=clock.now(), act="enrolment.read_contributors"
        )
    context = {
        "here": "contributors",
        "crumbs": here.crumbs((_("Contributors"), reverse("friends:contributors"))),
        "place": here,
        "filters": filters,
        "is_narrowed": bool(values.get("skill") or hours),
        "may_ask": request.viewer.may_at(LEADS, here.span[0]),
        "most": acts.MOST_ASKED,
    }
    return list_response(request, "friends/contributor_list.html", table, context)


def _in_words(some: list[FoundContributor], *, words: dict[str, str]) -> list[FoundContributor]:
    """Return the rows of a page with places, and with skills as people read them."""
    return [
        replace(contributor, can=tuple(words.get(code, code) for code in contributor.can))
        for contributor in queries.contributors_with_places(some)
    ]


class HelpTaskForm(TitledForm):
    """The words of a task for contributors, and its day."""

    title = forms.CharField(
        label=gettext_lazy("What is to be done"),
        help_text=gettext_lazy("These words go out by SMS. Write no name of a third person and no promise."),
        max_length=LONGEST_TITLE,
    )
    text = NoteField(
        label=gettext_lazy("Details, on their page"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = DayField(label=gettext_lazy("Due on"))
    to = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)


@form_page
def contributor_task(request: Request) -> HttpResponseBase:
    """Give a task to chosen contributors. The page first shows who gets it."""
    here, at = page_unit(request), clock.now()
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    wanted = (request.POST if request.method == "POST" else request.GET).getlist("to")[: acts.MOST_ASKED + 1]
    chosen = queries.chosen_contributors([UUID(public_id) for public_id in wanted if _is_id(public_id)])
    form = HelpTaskForm(
        request.POST if request.method == "POST" else None,
        initial={"to": [str(contributor.public_id) for contributor in chosen]},
    )
    field = form.fields["to"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(str(contributor.public_id), "") for contributor in chosen]
    back = here.href(reverse("friends:contributors"))

    def give(given: dict[str, Any]) -> int:
        due = datetime.combine(given["due_on"], time(18), ZoneInfo(settings.TIME_ZONE))
        return acts.ask_helpers(
            what=work.What(title=given["title"], titles=given["titles"], text=given["text"], due_at=due),
            to=[UUID(public_id) for public_id in given["to"]],
            unit_id=here.unit.id,
            hierarchy=here.hierarchy,
            by=request.actor,
            at=at,
        )

    names = ", ".join(f"{local_person(contributor.name)} ({contributor.place})" for contributor in chosen)
    return act_page(
        request,
        give,
        form=form,
        title=_("Give a task"),
        text=[
            ngettext(
                "%(n)s contributor gets it: %(names)s", "%(n)s contributors get it: %(names)s", len(chosen)
            )
            % {"n": len(chosen), "names": names},
            _("Each gets one SMS with the task. They say on their own page that it is done or not possible."),
        ]
        if chosen
        else [_("Choose contributors on the list first.")],
        button=_("Give the task"),
        said=lambda n: ngettext("Given to %(n)s contributor.", "Given to %(n)s contributors.", n) % {"n": n},
        done=reverse("work:tasks") + "?show=given",
        back=back,
        is_open=bool(chosen),
        here="contributors",
        crumbs=[(_("Contributors"), back), (_("Give a task"), "")],
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# A contributor's own page


@form_page
@unlisted
def me_skills(request: VisitRequest) -> HttpResponseBase:
    """Let a contributor say what they can do and how much time they have, and change it later."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.asks_skills:
        return redirect("enrolment:me")
    form = answers_form(queries.skill_form(member.unit_id))(
        request.POST if request.method == "POST" else None,
        initial=queries.own_skills(member.public_id),
        is_own=True,
    )
    done = tried(
        request,
        form,
        lambda _given: acts.note_skills(
            membership=member.public_id, answers=form.answers, by=by, at=clock.now()
        ),
        said=_("Thank you. A leader near you may ask for your help."),
    )
    if done:
        return redirect("enrolment:me")
    return render(request, "friends/me_skills.html", {"form": form}, status=done.status)


class HelpAnswerForm(forms.Form):
    """Why it is not possible."""

    note = forms.CharField(
        label=gettext_lazy("If it is not possible: why?"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


ANSWERS = {"done": Act.DO, "cannot": Act.DECLINE, "back": Act.TAKE_BACK, "can": Act.ACCEPT}


@form_page
@unlisted
def me_task(request: VisitRequest, public_id: UUID) -> HttpResponseBase:
    """Show one task of a contributor: they say that it is done or not possible, or take that back."""
    by, member, at = citizen(request), chosen_membership(request), clock.now()
    if member is None:
        return redirect("enrolment:me")
    task = found.task_of_helper(public_id, member.phone_id, persons_of(member))
    form = HelpAnswerForm(request.POST if request.method == "POST" else None)
    act = ANSWERS[pressed(request, "answer", *ANSWERS)] if request.method == "POST" else Act.DO
    done = tried(
        request,
        form,
        lambda given: work.change_task(public_id=public_id, act=act, note=given["note"], by=by, at=at),
    )
    if done:
        say_when_done(request, _("Thank you. We pass your answer on."))
        return redirect("friends:me_task", public_id)
    context = {
        "task": task,
        "form": form,
        "is_open": task.state in OPEN,
        "is_late": is_task_late(task.state, due_at=task.due_at, at=at),
        "at": at,
        "is_done": task.state == Task.State.DONE,
        "is_declined": task.state == Task.State.DECLINED,
        "place": units.names_of_units([task.unit_id], language=active_language()).get(task.unit_id, ""),
    }
    return render(request, "friends/me_task.html", context, status=done.status)
