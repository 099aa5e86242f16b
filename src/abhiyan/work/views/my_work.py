"""My work: what somebody did this week and what came of it, what they are in charge of, and their duties over time."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import name_in_language
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.rules import pace
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.acts import pressed, say_when_done
from abhiyan.ui.fields import NoteField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.ui.posts import post_only
from abhiyan.work.queries import record as records

from .record import duties

MOST_SAID = 10  # charges of one person whose figures are read
ANSWERS = {"accept": True, "decline": False}  # what the buttons send; anything else is no answer


class DeclineChargeForm(forms.Form):
    """Why somebody declines, if they want to say."""

    reason = NoteField(
        label=_("Why not? The person who named you reads it."),
        required=False,
        max_length=actions.LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


LED: tuple[Column[records.Led], ...] = (
    Column(
        "name",
        _("Name"),
        lambda row: row.name,
        is_name=True,
        names_people=True,
        account=lambda row: row.account_id,
    ),
    Column("office", _("Office"), lambda row: name_in_language(row.office_names), css="end"),
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit_names), css="under"),
)


@page_with_list
def my_work(request: Request) -> HttpResponseBase:
    """Show the viewer's own week, what they are in charge of with what waits for their answer, and their duties."""
    return _shown(request)


def _shown(
    request: Request,
    *,
    problem: str = "",
    answered: tuple[int, DeclineChargeForm] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """answered: the charge that was declined, and the form that says what is wrong with it."""
    filled = dict([answered] if answered else [])
    at = clock.now()
    on = shown.today_of_programmes(at)
    record = records.record_for(request.viewer, None, at=at)
    led = records.led_by(request.viewer, on=on)
    table = Table(
        request, LED, led, name="one-level-below", caption=_("People one level below"), is_brief=True
    )
    about = duties(record, at=at)
    context = {
        "here": "my_work",
        "crumbs": [(say("My work"), "")],
        "problem": problem,
        **about,
        "links": [
            (say("Tasks given to me"), reverse("work:tasks")),
            *((part.label, part.href) for part in about["parts"] if part.href),
        ],
        "rows": [
            {
                "charge": charge,
                "name": shown.name_of_programme(charge.programme),
                "href": _page_of(request, charge),
                "unit": name_in_language(charge.unit_names),
                "said": _said(request, charge, at=at) if n < MOST_SAID else [],
                "form": filled.get(charge.id) or _answer_form(charge.id),
            }
            for n, charge in enumerate(queries.own_charges(record.account_id, on=on))
        ],
        "leads": request.viewer.may(LEADS),
        "is_listed": bool(request.GET),  # somebody pages or sorts the list
    }
    return list_response(request, "work/my_work.html", table, context, status=status)


def _said(request: Request, charge: queries.OwnCharge, *, at: datetime) -> list[str]:
    """Say how many somebody answers for and until when, in each measure with a target. If they see the unit's counts,
    say how many a day."""
    if not charge.targets:
        return [say("No target is set here yet.")]
    programme = charge.programme
    days: dict[str, Any] = {
        "opens_on": programme.opens_on,
        "closes_on": programme.closes_on,
        "on": clock.day_in(programme.zone, at),
    }
    ladders: dict[int, Ladder] = {}
    if _page_of(request, charge):
        numbers = [answered_for.measure for answered_for in charge.targets]
        ladders = queries.ladders_by_measure(
            node=charge.unit_id, hierarchy=programme.hierarchy, programme=programme, measures=numbers, at=at
        )
    lines = []
    for each in charge.targets:
        words = say("You answer for %(n)s by %(day)s.") % {
            "n": grouped(each.n),
            "day": date_format(programme.closes_on, "j F Y"),
        }
        if each.measure in ladders:
            words = f"{words} {pace.progress_in_words(ladders[each.measure].counted, each.n, **days)}"
        lines.append(f"{each.name}: {words}" if each.name else words)
    return lines


def _page_of(request: Request, charge: queries.OwnCharge) -> str:
    """Return the programme's page at the unit; "" where it is out of sight: being in charge opens no page."""
    if charge.lo is None or not request.viewer.sees_counts_at(charge.lo):
        return ""
    return shown.programme_address(charge.programme, "programme", charge.unit_code)


def _answer_form(in_charge: int, given: QueryDict | None = None) -> DeclineChargeForm:
    return DeclineChargeForm(given, auto_id=f"charge_{in_charge}_%s")


@post_only("work:my_work", takes=())
def answer_charge_form(request: Request, in_charge: int) -> HttpResponseBase:
    """Accept or decline what one was named for."""
    accepts = ANSWERS[pressed(request, "answer", *ANSWERS)]
    form = _answer_form(in_charge, request.POST)
    if not form.is_valid():
        return _shown(request, answered=(in_charge, form), status=422)
    try:
        actions.answer_charge(
            in_charge_id=in_charge,
            accepts=accepts,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _shown(request, problem=str(refused), status=refused.status)
    if accepts:
        say_when_done(request, _("Accepted. Thank you."))
    else:
        say_when_done(
            request, _("Declined. Somebody else will be named; until then you can still accept here.")
        )
    return redirect("work:my_work")
