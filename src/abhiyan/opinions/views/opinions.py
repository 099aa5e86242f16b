"""Opinions at a level: what waits, what was passed up, how the next level reads it; and writing one down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock, lot
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.forms.actions import LONGEST_KEY
from abhiyan.forms.queries import answers_form
from abhiyan.forms.rules import answers as rules
from abhiyan.opinions import actions, queries
from abhiyan.opinions.fields import UnnamedForm
from abhiyan.opinions.models import Opinion
from abhiyan.opinions.rules import quotes
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit, unit_address
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.fields import NoteField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

SHOW = {"": _("Wait here"), "passed": _("Passed up"), "left": _("Not passed up")}


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """An opinion in a list. words: as the unit of the page reads it, or passed it up."""

    one: Opinion
    words: str
    place: str


def opinion_crumbs(*more: tuple[str, str]) -> dict[str, Any]:
    """Return what every page of the room shows: its place in the menu, and the way to it."""
    return {"here": "forms", "crumbs": [(say("Forms"), reverse("forms:list")), *more]}


COLUMNS: tuple[Column[OpinionRow], ...] = (
    Column("words", _("What they said"), lambda row: row.words, is_name=True, names_people=True),
    Column("place", _("Unit"), lambda row: row.place, css="under"),
    Column("at", _("Date"), lambda row: row.one.at, order="at", css="nums under"),
    Column("done", _("What was done"), lambda row: row.one.done, css="under"),
)


def _rows(unit_id: int, show: str, found: Sequence[Opinion]) -> list[OpinionRow]:
    if show == "passed":
        words_by_id = queries.own_words(found, unit_id)
        return [
            OpinionRow(one, words_by_id.get(one.pk, ""), name_in_language(one.unit.names)) for one in found
        ]
    places, words = queries.opinion_origins(found), queries.words_at_desk(found)
    return [OpinionRow(one, words.get(one.pk, ""), name_in_language(places[one.pk])) for one in found]


@page_with_list
def opinions(request: Request) -> HttpResponseBase:
    """List the opinions that wait at a unit, that it passed up, or that it did not pass up."""
    here = page_unit(request)
    org.require(request.actor, queries.CARRY, at=here.unit.id)
    show = request.GET.get("show", "")
    show = show if show in SHOW else ""
    table: Table[OpinionRow] = Table(
        request,
        COLUMNS,
        queries.opinions_at(here.unit.id, show, on=_today()),
        name="opinions",
        caption=SHOW[show],
        sort="-at",
        finish=partial(_rows, here.unit.id, show),
        unit_id=here.unit.id,
        is_brief=True,
    )
    page = reverse("opinions:opinions")
    context = {
        **opinion_crumbs((say("Opinions"), "")),
        "unit": here,
        "views": [
            (str(words), unit_address(page, here.unit.code, **({"show": key} if key else {})), key == show)
            for key, words in SHOW.items()
        ],
    }
    return list_response(request, "opinions/opinions.html", table, context)


class QuoteForm(UnnamedForm):
    """The words that go up."""

    text = forms.CharField(
        label=_("As the next level will read it"),
        max_length=quotes.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Take out names and numbers; write … in their place. You cannot add words."),
    )


class DoneForm(UnnamedForm):
    """The answer: what was done about an opinion."""

    done = NoteField(
        label=_("What was done"),
        required=False,
        max_length=quotes.LONGEST_DONE,
        help_text=_("Without names. The levels below read it too."),
    )


@form_page
def opinion(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show an opinion; take names out, look at it as the next level will, then pass it up."""
    one = queries.opinion_for(request.viewer, public_id, on=_today())
    form = QuoteForm(request.POST or None, initial={"text": queries.opinion_words(one)})
    if request.POST.get("step") == "pass":
        done = tried(
            request,
            form,
            lambda given: actions.pass_opinion(
                public_id=public_id, **given, by=request.actor, at=clock.now()
            ),
            said=_("Passed up. You can take it back until the next level passes it on."),
        )
        if done:
            return redirect(unit_address(reverse("opinions:opinions"), _place(one)))
        form.ask_after(done.refused)
        return _opinion(request, one, form, status=done.status)
    looked = tried(
        request,
        form,
        lambda given: actions.look_at_quote(public_id=public_id, **given, by=request.actor, at=clock.now()),
    )
    form.ask_after(looked.refused)
    return _opinion(request, one, form, quote=looked.value or "", status=200 if looked else looked.status)


def _today() -> date:
    return clock.today(settings.TIME_ZONE)


def _place(one: Opinion) -> str:
    return one.desk.code if one.desk else one.unit.code


def _opinion(
    request: Request,
    one: Opinion,
    form: QuoteForm,
    *,
    quote: str = "",
    done: forms.BaseForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponseBase:
    """The page of an opinion: before it is passed up, for who passed it up, and with what was done."""
    desk = or_refuse(one.desk)
    above = queries.desk_of(desk.pk, above=True)
    passed = queries.passed_from(one)[-1:]
    near = queries.desks_decided([desk.pk, *passed], on=_today())
    decides = request.viewer.holds_in(queries.CARRY, [near.get(desk.pk, 0)])
    may_undo = any(
        request.viewer.holds_in(queries.CARRY, [near.get(unit_id_above, 0)]) for unit_id_above in passed
    )
    questions = {question.key: question for question in one.submission.version.asked}
    context = {
        **opinion_crumbs(
            (say("Opinions"), unit_address(reverse("opinions:opinions"), _place(one))), (say("Opinion"), "")
        ),
        "one": one,
        "place": name_in_language(queries.opinion_origins([one])[one.pk]),
        "words": queries.opinion_words(one),
        "choices": [
            (question.words, rules.answer_in_words(question, one.submission.answers[key]))
            for key, question in questions.items()
            if question.is_counted and key in one.submission.answers
        ],
        "form": form if decides and above and not one.is_left else None,
        "above": name_in_language(units.unit_by_id(above).names) if above else "",
        "quote": quote,
        "seen_from": name_in_language(desk.names),
        "done_form": (done or DoneForm(initial={"done": one.done})) if decides else None,
        "decides": decides,
        "may_undo": may_undo,
        "problem": problem,
    }
    return render(request, "opinions/opinion.html", context, status=status)


ACTS = {
    "leave": PageAct(actions.leave_opinion, _("It is not passed up. It stays in the counts.")),
    "take-up": PageAct(actions.take_up_opinion, _("It waits again.")),
    "undo": PageAct(actions.undo_passing, _("It is back at your desk.")),
    "done": PageAct(actions.say_done, _("Saved."), form=DoneForm),
}


@require_POST
def opinion_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Leave an opinion, let it wait again, take back what was passed up, or say what was done."""
    one = queries.opinion_for(request.viewer, public_id, on=_today())
    tried_act = or_refuse(ACTS.get(act)).tried(request, public_id=public_id, by=request.actor, at=clock.now())
    if tried_act:
        return redirect("opinions:opinion", public_id)
    form = QuoteForm(initial={"text": queries.opinion_words(one)})
    is_done = act == "done"
    if isinstance(tried_act.form, DoneForm):
        tried_act.form.ask_after(tried_act.refused)
    problem = "" if is_done or not tried_act.refused else str(tried_act.refused)
    return _opinion(
        request,
        one,
        form,
        done=tried_act.form if is_done else None,
        problem=problem,
        status=tried_act.status,
    )


@form_page
def opinion_new(request: Request) -> HttpResponseBase:
    """Write down what somebody said at the door or by phone. Nothing about who they are is asked."""
    here = page_unit(request)
    org.require(request.actor, actions.RECORD, at=here.unit.id)
    version = queries.opinion_version(here.unit.id)
    form = None
    if version is not None:
        form = answers_form(version)(request.POST or None, request.FILES or None, prefix="q")
        key = request.POST.get("key") or str(lot.uuid())
        sent = tried(
            request,
            form,
            lambda _given: actions.record_opinion(
                key=f"opinion {key}"[:LONGEST_KEY],
                unit_id=here.unit.id,
                answers=form.answers,
                pictures=form.pictures,
                by=request.actor,
                at=clock.now(),
            ),
            said=_("The opinion is written down."),
        )
        if sent:
            return redirect(here.href())
    context: dict[str, Any] = {
        **opinion_crumbs((say("Opinions"), ""), (say("Write one down"), "")),
        "unit": here,
        "form": form,
        "key": key if version else "",
        "is_refused": form is not None and form.is_bound,
    }
    return render(request, "opinions/opinion_new.html", context, status=sent.status if version else 200)
