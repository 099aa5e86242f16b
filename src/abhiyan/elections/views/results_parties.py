"""Parties under several names: which code of earlier results is which party of now."""

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.elections import actions, queries
from abhiyan.elections.queries.grounds import units_of_states
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, say_when_done, tried

from . import results_shown as shown


class JoinPartiesForm(forms.Form):
    """Two codes of one party."""

    party = forms.CharField(
        label=_("Party now"), max_length=80, help_text=_("Its code or name, as in the results: BJP, INC.")
    )
    was = forms.CharField(
        label=_("Its earlier name"), max_length=80, help_text=_("The code or name in older results.")
    )


@form_page
def parties_page(request: Request) -> HttpResponseBase:
    """Every earlier name that was given, and for the nation's offices a form for one more."""
    nation = units_of_states().get("")
    may_change = nation is not None and shown.may_at(request, "results.import", nation)
    form = JoinPartiesForm(request.POST if request.method == "POST" else None)
    done = tried(
        request,
        form,
        lambda given: actions.join_parties(by=request.actor, at=clock.now(), **given),
        said=_("Saved."),
        has_form=may_change,
    )
    if done:
        return redirect("elections:parties")
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs((say("Earlier names of parties"), "")),
        "rows": [
            {
                "one": party_names,
                "name": shown.party_title(party_names.party, party_names.names) or party_names.party,
                "name_then": shown.party_title(party_names.was, party_names.names_then) or party_names.was,
            }
            for party_names in queries.former_names()
        ],
        "form": form if may_change else None,
    }
    return render(request, "elections/parties.html", context, status=done.status)


@require_POST
def separate(request: Request, name_id: int) -> HttpResponseBase:
    """Take an earlier name away from its party."""
    actions.separate_parties(name_id=name_id, by=request.actor, at=clock.now())
    say_when_done(request, _("Separated."))
    return redirect("elections:parties")
