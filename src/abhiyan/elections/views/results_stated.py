"""Stated figures: what somebody quotes of a seat, a state or an election, put beside the computed figure and marked."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import actions, queries, reference
from abhiyan.elections.models import Election, Stated
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import WholeField

from . import results_shown as shown

MOST_VOTES = 10**10


class StatedForm(forms.Form):
    """Ask for the quoted figure, its party and its source."""

    party = forms.CharField(
        label=_("Party"), max_length=80, help_text=_("Its code or name, as in the results: BJP, INC.")
    )
    share_pct = forms.FloatField(
        label=_("Share of the votes, in per cent"), required=False, min_value=0, max_value=100
    )
    votes = WholeField(label=_("Votes"), required=False, min_value=0, max_value=MOST_VOTES)
    seats = WholeField(label=_("Seats"), required=False, min_value=0, max_value=100_000)
    source = forms.CharField(
        label=_("Who said it, where and when"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


@form_page
def stated_page(request: Request, code: str) -> HttpResponseBase:
    """The figures quoted of one place, with a form for one more."""
    election = queries.election(code)
    state = shown.state_asked(election, request.GET)
    number = whole_number(request.GET.get("number", ""), most=10**9) if state else None
    may_change = shown.may_for(request, "results.import", election, state)
    form = StatedForm(request.POST if request.method == "POST" else None)
    place: dict[str, Any] = {"election": election.code, "state": state, "number": number}
    done = tried(
        request,
        form,
        lambda given: actions.state_figure(**place, by=request.actor, at=clock.now(), **given),
        said=_("Saved."),
        has_form=may_change,
    )
    if done:
        return redirect(request.get_full_path())
    return render(
        request,
        "elections/stated.html",
        _about(election, state, number, form if may_change else None),
        status=done.status,
    )


def stated_place_href(election: Election, stated_total: Stated) -> str:
    """The page of the figures quoted of the same place."""
    place = {"state": stated_total.state, "number": stated_total.number}
    query = urlencode({name: value for name, value in place.items() if value})
    return reverse("elections:stated", args=[election.code]) + (f"?{query}" if query else "")


def _about(election: Election, state: str, number: int | None, form: StatedForm | None) -> dict[str, Any]:
    name = name_in_language(election.names)
    where = reference.reference_state_name(state, active_language()) if state else say("All states")
    crumbs = [shown.election_crumb(election)]
    if number is not None:
        seat = queries.contest(election, state, number).seat  # NotFound when there is no such seat
        where = f"{shown.result_seat_names([seat.contest])[seat.contest.pk]}, {where}"
        crumbs.append((where, shown.seat_href(seat.contest)))
    elif state:
        crumbs.append((where, reverse("elections:election", args=[election.code]) + f"?state={state}"))
    return {
        "here": "elections",
        "code": election.code,
        "crumbs": shown.result_crumbs(*crumbs, (say("Stated by others"), "")),
        "name": name,
        "where": where,
        "stated": queries.stated_figures(election, state=state, number=number),
        "form": form,
    }
