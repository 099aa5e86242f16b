"""Stated figures: what somebody quotes of a seat, a state or an election, put beside the computed figure and marked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.elections import actions, known, queries
from abhiyan.elections.models import Election
from abhiyan.org.viewer import Request
from abhiyan.ui.fields import WholeField

from . import results_shown as shown

MOST_VOTES = 10**10


class StatedForm(forms.Form):
    """What was said, of which party, and by whom."""

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


@require_http_methods(["GET", "HEAD", "POST"])
def stated(request: Request, code: str) -> HttpResponseBase:
    """The figures quoted of one place, with a form for one more; each can be taken away again."""
    of = queries.election(code)
    state = shown.state_asked(of, request.GET)
    number = _number(request.GET.get("number", "")) if state else None
    may_change = shown.may_for(request, "results.import", of, state)
    form = StatedForm(request.POST if request.method == "POST" and "withdraw" not in request.POST else None)
    status, back = 200, request.get_full_path()
    if request.method == "POST":
        if "withdraw" in request.POST:
            stated_id = _number(request.POST["withdraw"])
            actions.withdraw_figure(stated_id=stated_id or 0, by=request.actor, at=clock.now())
            messages.success(request, _("Removed."))
            return redirect(back)
        status = 422
        if form.is_valid():
            try:
                actions.state_figure(
                    election=of.code,
                    state=state,
                    number=number,
                    by=request.actor,
                    at=clock.now(),
                    **form.cleaned_data,
                )
            except Refused as refused:
                if not may_change:
                    raise
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
                status = refused.status
            else:
                messages.success(request, _("Saved."))
                return redirect(back)
    return render(
        request,
        "elections/stated.html",
        _about(of, state, number, form if may_change else None),
        status=status,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _about(of: Election, state: str, number: int | None, form: StatedForm | None) -> dict[str, Any]:
    name = queries.name_in(of.names)
    where = known.state_name(state, shown.language()) if state else say("All states")
    crumbs = [shown.election_crumb(of)]
    if number is not None:
        seat = queries.contest(of, state, number).seat  # NotFound when there is no such seat
        where = f"{shown.seat_names([seat.contest])[seat.contest.pk]}, {where}"
        crumbs.append((where, shown.seat_href(seat.contest)))
    elif state:
        crumbs.append((where, reverse("elections:election", args=[of.code]) + f"?state={state}"))
    return {
        "here": "elections",
        "crumbs": shown.crumbs(*crumbs, (say("Stated by others"), "")),
        "name": name,
        "where": where,
        "stated": queries.stated(of, state=state, number=number),
        "form": form,
    }
