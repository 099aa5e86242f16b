"""Alliances of an election: any set of parties as one side, everywhere or in a state."""

import re
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core import clock, lot
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Alliance, Election
from abhiyan.elections.refusals import AllianceThere
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import Tried, form_page, tried
from abhiyan.ui.lists import Column, Table, list_response

from . import results_shown as shown


class AllianceForm(forms.Form):
    """Ask which parties count as one side, and where."""

    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("Where it applies"), required=False)
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
        everywhere = ("", say("Everywhere, except states with an alliance of their own"))
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
            "parties": [
                party_name.strip()
                for party_name in re.split(r"[,;\n]", data["parties"])
                if party_name.strip()
            ],
        }


COLUMNS: tuple[Column[Alliance], ...] = (
    Column(
        "name",
        _("Alliance"),
        shown.alliance_name,
        order=lambda one: shown.alliance_name(one).casefold(),
        is_name=True,
    ),
    Column("state", pgettext_lazy("kind of unit", "State"), lambda one: one.state, only_in_file=True),
    Column(
        "lead",
        _("Lead party"),
        lambda one: one.lead,
        order=lambda one: (one.lead, shown.alliance_name(one).casefold()),
    ),
    Column("parties", _("Parties"), lambda one: ", ".join(one.parties)),
)


def _tried(
    request: Request,
    form: AllianceForm,
    election: Election,
    act: Callable[..., Alliance],
    *,
    has_form: bool = True,
) -> Tried[Any]:
    """Name or change an alliance; for one that exists already, the refusal leads to it."""
    done = tried(
        request,
        form,
        lambda _given: act(by=request.actor, at=clock.now(), **form.given),
        said=_("Saved."),
        has_form=has_form,
        names="name_en",
    )
    if isinstance(done.refused, AllianceThere):
        href = reverse("elections:alliance", args=[election.code, done.refused.facts["there"]])
        link = format_html('{} <a href="{}">{}</a>', done.refused, href, done.refused.facts["name"])
        form.errors["lead"] = form.error_class([link])
    return done


@form_page
def alliances_page(request: Request, code: str) -> HttpResponseBase:
    """List the alliances of an election; a viewer who may make plans defines another."""
    election = queries.election(code)
    grounds = shown.grounds(request, "plans.make", election)
    form = AllianceForm(request.POST or None, of=election, grounds=grounds, initial={"once": lot.uuid()})
    if request.method == "POST" and not grounds:
        raise NotYours(capability="plans.make")

    def make(**given: Any) -> Alliance:
        arguments = {name: form.cleaned_data[name] for name in ("state", "once")}
        return actions.make_alliance(election=election.code, **arguments, **given)

    done = _tried(request, form, election, make)
    if done:
        return redirect("elections:alliances", election.code)
    rows = list(queries.alliances(election))
    name = f"alliances-{election.code}"
    table = Table(request, COLUMNS, rows, name=name, caption=_("Alliances"), sort="name", is_numbered=False)
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs(shown.election_crumb(election), (say("Alliances"), "")),
        "election": election,
        "name": name_in_language(election.names),
        "form": form if grounds else None,
    }
    return list_response(request, "elections/alliance_list.html", table, context, status=done.status)


@form_page
def alliance_page(request: Request, code: str, public_id: UUID) -> HttpResponseBase:
    """Show one alliance: its parties alone and together; a viewer who may make plans changes it."""
    election = queries.election(code)
    one = queries.alliance(public_id)
    if one.election_id != election.pk:
        raise NotFound(field="alliance")
    may_change = shown.may_for(request, "plans.make", election, one.state)
    form = AllianceForm(
        request.POST or None,
        of=election,
        grounds=None,
        initial={
            "name_hi": one.names.get("hi", ""),
            "name_en": one.names.get("en", ""),
            "lead": one.lead,
            "parties": ", ".join(party for party in one.parties if party != one.lead),
        },
    )

    def change(**given: Any) -> Alliance:
        return actions.change_alliance(public_id=public_id, **given)

    done = _tried(request, form, election, change, has_form=may_change)
    if done:
        return redirect("elections:alliance", election.code, public_id)
    context = _about(election, one, form if may_change else None)
    return render(request, "elections/alliance.html", context, status=done.status)


def _about(election: Election, one: Alliance, form: AllianceForm | None) -> dict[str, Any]:
    totals = queries.totals(election, state=one.state)
    members = [row for row in totals.parties if row.party in one.parties]
    together = next((side for side in totals.sides if side.alliance.pk == one.pk), None)
    return {
        "here": "elections",
        "crumbs": shown.result_crumbs(
            shown.election_crumb(election),
            (say("Alliances"), reverse("elections:alliances", args=[election.code])),
            (shown.alliance_name(one), ""),
        ),
        "election": election,
        "alliance": one,
        "name": shown.alliance_name(one),
        "election_name": name_in_language(election.names),
        "members": [(row, shown.party_title(row.party, row.names)) for row in members],
        "together": together,
        "form": form,
        "seats_href": reverse("elections:seats", args=[election.code])
        + f"?side={one.public_id}"
        + (f"&state={one.state}" if one.state else ""),
    }
