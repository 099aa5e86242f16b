"""Show the people a verifier knows: their own page, and the same for the offices that plan checks."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.acts import form_page, tried
from abhiyan.units import queries as units
from abhiyan.verification import actions
from abhiyan.verification.here import may_plan
from abhiyan.verification.queries import ties as reads


class TieForm(forms.Form):
    """The office by which the verifier knows its holder."""

    office = forms.ChoiceField(label=_("Office"), widget=forms.RadioSelect)


@form_page
def ties(request: Request, public_id: UUID | None = None) -> HttpResponseBase:
    """List the people a verifier knows, with a form for one more.

    public_id: of a verifier, for who plans checks in their unit.
    """
    with system("whom a verifier knows"):
        account_id = request.viewer.account_id
        account = (
            people.account_by_public_id(public_id)
            if public_id
            else or_refuse(people.account(account_id or 0))
        )
        if public_id:
            unit_id = reads.verifier_unit(account.pk, clock.day_in(settings.TIME_ZONE, clock.now()))
            if unit_id is None or not may_plan(request, unit_id):
                raise NotFound
        try:
            here = page_unit(request)
        except NotFound:
            if not request.GET:  # their own unit stands nowhere
                raise
            messages.info(request, say("No unit fits. Search by another name, or by its code."))
            return redirect(request.path)
        offices = reads.offices_held_in(here.unit.id)
        stated = reads.ties_of(account.pk)
    form = TieForm(request.POST if request.method == "POST" else None)
    choice: Any = form.fields["office"]
    choice.choices = offices
    page = (
        reverse("verification:ties_of", args=[account.public_id])
        if public_id
        else reverse("verification:ties")
    )
    done = tried(
        request,
        form,
        lambda given: actions.state_tie(
            unit_id=here.unit.id,
            office=given["office"],
            of=account.public_id,
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Noted. Their entries are left to others."),
    )
    if done:
        return redirect(page)
    mine = [(say("My back-checks"), reverse("verification:checks")), (say("People I know"), "")]
    context = {
        "here": "checks",
        "crumbs": [(say("People they know"), "")] if public_id else mine,
        "page_unit": here,
        "above": [row.name() for row in units.path_of_unit(here.unit.id, here.hierarchy)],
        "of": account if public_id else None,
        "whose": local_person(account.name),
        "ties": stated,
        "offices": offices,
        "form": form,
        "page": page,
    }
    return render(request, "verification/tie_list.html", context, status=done.status)


@require_POST
def tie_end(request: Request, public_id: UUID, tie: int) -> HttpResponseBase:
    """Take back one stated tie of a verifier."""
    actions.end_tie(tie_id=tie, by=request.actor, at=clock.now())
    return redirect("verification:ties_of", public_id=public_id)
