"""Alliances of an election: any set of parties as one side, everywhere or in a state."""

import re
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Alliance, Election
from abhiyan.elections.refusals import AllianceThere
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui import tables

from . import results_shown as shown


class AllianceForm(forms.Form):
    """Which parties count as one side, and where."""

    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("Where it holds"), required=False)
    lead = forms.CharField(
        label=_("Lead party"), max_length=80, help_text=_("Its code or name, as in the results: BJP, INC.")
    )
    parties = forms.CharField(
        label=_("Allies"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Codes or names with commas between them: TDP, JD(U), SHS."),
    )

    once = forms.UUIDField(required=False, widget=forms.HiddenInput)  # a double tap makes one alliance

    def __init__(self, *args: Any, of: Election, grounds: Collection[str] | None, **kwargs: Any) -> None:
        """grounds: states the viewer may name one for, "" for all; None: it is there already, and stays where it is."""
        super().__init__(*args, **kwargs)
        state = self.fields["state"]
        assert isinstance(state, forms.ChoiceField)
        everywhere = ("", say("Everywhere, but where a state has a set of its own"))
        offered = [everywhere, *shown.state_choices(of)]
        state.choices = [pair for pair in offered if grounds is not None and pair[0] in grounds]
        if grounds is None:
            del self.fields["state"], self.fields["once"]

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "names": {"hi": data["name_hi"], "en": data["name_en"]},
            "lead": data["lead"],
            "parties": [one.strip() for one in re.split(r"[,;\n]", data["parties"]) if one.strip()],
        }


def _refuse(form: forms.Form, refused: Refused, of: Election) -> int:
    fields = {"names": "name_en"}
    field = fields.get(refused.field, refused.field)
    said = str(refused)
    if isinstance(refused, AllianceThere):
        href = reverse("elections:alliance", args=[of.code, refused.facts["there"]])
        said = format_html('{} <a href="{}">{}</a>', said, href, refused.facts["name"])
    form.add_error(field if field in form.fields else None, said)
    return refused.status


ALLIANCES: dict[str, Callable[[Alliance], Any]] = {
    "name": lambda one: shown.alliance_name(one).casefold(),
    "lead": lambda one: (one.lead, shown.alliance_name(one).casefold()),
}


@require_http_methods(["GET", "HEAD", "POST"])
def alliances(request: Request, code: str) -> HttpResponseBase:
    """The alliances of an election; whoever may make plans defines another."""
    of = queries.election(code)
    grounds = shown.grounds(request, "plans.make", of)
    form = AllianceForm(request.POST or None, of=of, grounds=grounds, initial={"once": uuid4()})
    status = 200
    if request.method == "POST":
        if not grounds:
            raise NotYours(capability="plans.make")
        status = 422
        if form.is_valid():
            try:
                actions.make_alliance(
                    election=of.code,
                    state=form.cleaned_data["state"],
                    once=form.cleaned_data["once"],
                    by=request.actor,
                    at=clock.now(),
                    **form.given,
                )
            except Refused as refused:
                status = _refuse(form, refused, of)
            else:
                messages.success(request, _("Saved."))
                return redirect("elections:alliances", of.code)
    sorting = tables.sorting(request.GET, dict.fromkeys(ALLIANCES, ""), default="name")
    found = shown.in_order(queries.alliances(of), sorting, ALLIANCES)
    if tables.wants_csv(request.GET):
        head = [say("Alliance"), pgettext("kind of unit", "State"), say("Lead party"), say("Parties")]
        lines = ([queries.name_in(one.names), one.state, one.lead, ", ".join(one.parties)] for one in found)
        return tables.csv_response(f"alliances-{of.code}", head, lines)
    leaf = tables.numbered(found, request.GET, total=len(found))
    context = {
        "here": "elections",
        "crumbs": shown.crumbs(shown.election_crumb(of), (say("Alliances"), "")),
        "election": of,
        "name": queries.name_in(of.names),
        "sorting": sorting,
        "leaf": leaf,
        "rows": [(one, shown.alliance_name(one)) for one in leaf.rows],
        "form": form if grounds else None,
    }
    return render(request, "elections/alliance_list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def alliance(request: Request, code: str, public_id: UUID) -> HttpResponseBase:
    """One alliance: its parties alone and together; whoever may make plans changes it."""
    of = queries.election(code)
    one = queries.alliance(public_id)
    if one.election_id != of.pk:
        raise NotFound(field="alliance")
    may_change = shown.may_for(request, "plans.make", of, one.state)
    form = AllianceForm(
        request.POST or None,
        of=of,
        grounds=None,
        initial={
            "name_hi": one.names.get("hi", ""),
            "name_en": one.names.get("en", ""),
            "lead": one.lead,
            "parties": ", ".join(party for party in one.parties if party != one.lead),
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_alliance(public_id=public_id, by=request.actor, at=clock.now(), **form.given)
            except Refused as refused:
                if not may_change:
                    raise
                status = _refuse(form, refused, of)
            else:
                messages.success(request, _("Saved."))
                return redirect("elections:alliance", of.code, public_id)
    return render(
        request, "elections/alliance.html", _about(of, one, form if may_change else None), status=status
    )


def _about(of: Election, one: Alliance, form: AllianceForm | None) -> dict[str, Any]:
    told = queries.totals(of, state=one.state)
    members = [row for row in told.parties if row.party in one.parties]
    together = next((side for side in told.sides if side.alliance.pk == one.pk), None)
    return {
        "here": "elections",
        "crumbs": shown.crumbs(
            shown.election_crumb(of),
            (say("Alliances"), reverse("elections:alliances", args=[of.code])),
            (shown.alliance_name(one), ""),
        ),
        "election": of,
        "alliance": one,
        "name": shown.alliance_name(one),
        "election_name": queries.name_in(of.names),
        "members": [(row, shown.party_title(row.party, row.names)) for row in members],
        "together": together,
        "form": form,
        "seats_href": reverse("elections:seats", args=[of.code])
        + f"?side={one.public_id}"
        + (f"&state={one.state}" if one.state else ""),
    }
