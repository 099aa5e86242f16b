"""Guided creation: what and when, who, steps of rooms above, check. Each is a page; the draft is kept between them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.fields import UnitNamesField
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities, windows
from abhiyan.programmes.rules.places import PLACE_RULES
from abhiyan.programmes.rules.places import place_rule_choices as place_rules
from abhiyan.ui import numbers
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.fields import DayField
from abhiyan.ui.forms import BriefForm, offer
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .naming import in_charge_form

FIRST_STEPS = {"when": _("What and when"), "who": _("Who")}  # rooms above add theirs: here.DraftStep
SHOWN_CHILDREN = 100


WAYS_DOWN = [
    (Hierarchy.ORGANISATIONAL.value, _("Organisation: districts, mandals, booths")),
    (Hierarchy.ELECTORAL.value, _("Elections: constituencies, segments, booths")),
    (Hierarchy.ADMINISTRATIVE.value, _("Administration: districts, blocks, villages")),
]


class WhatForm(BriefForm):
    """Step 1: from which template, for which unit, under which name, on which days."""

    template = forms.ChoiceField(label=_("Template"))
    owner = forms.ChoiceField(label=_("Which of your units runs it?"))
    hierarchy = forms.TypedChoiceField(label=_("Units below it"), choices=WAYS_DOWN, coerce=int)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    opens_on = DayField(label=_("First day"), required=False)
    closes_on = DayField(
        label=_("Last day"), required=False, help_text=_("Leave empty for the usual length.")
    )

    def __init__(
        self,
        *args: Any,
        templates: list[tuple[str, str]],
        owners: list[tuple[str, str]],
        trees: dict[str, set[int]],
        **kwargs: Any,
    ) -> None:
        """trees: by code of an owner, the hierarchies in which the viewer may make a programme of it."""
        super().__init__(*args, **kwargs)
        self._trees = trees
        offered = set().union(*trees.values())
        ways = [(number, label) for number, label in WAYS_DOWN if number in offered]
        offer(self, template=templates, owner=owners, hierarchy=ways)
        if len(ways) == 1:
            del self.fields["hierarchy"]
        self.name = (
            "name_hi" if active_language() == "hi" else "name_en"
        )  # the name in the language of the page
        owner_fields = ["owner"] if len(owners) > 1 else []
        self.brief = ("template", *owner_fields, self.name, "opens_on", "closes_on")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("name_hi", "").strip() and not values.get("name_en", "").strip():
            self.add_error(self.name, str(actions.NameMissing()))
        chosen, owner = values.get("hierarchy"), values.get("owner", "")
        if chosen and chosen not in self._trees.get(owner, {chosen}):
            self.add_error("hierarchy", _("This unit has no such units below it. Choose another."))
        return values


class WhenForm(BriefForm):
    """Step 1 of a draft: first and last day; the owner's whole unit, or some of the units below it.

    Those directly below are ticked. Others are written by name, such as the constituencies of a nation.
    """

    brief: tuple[str, ...] = ("opens_on", "closes_on", "places")
    opens_on = DayField(label=_("First day"))
    closes_on = DayField(label=_("Last day"))
    places = forms.ChoiceField(
        label=_("Which places there"),
        required=False,
        help_text=_(
            "A village with several booths counts once. Villages are those of the administration's tree."
        ),
    )
    units = forms.MultipleChoiceField(
        label=_("Where"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty for the whole unit."),
    )
    named = UnitNamesField(
        label=_("Or units by name, one on each line"),
        help_text=_("Such as constituencies. Write the code where two have one name."),
    )

    def __init__(self, *args: Any, below: list[tuple[str, str]], programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.fields["named"]
        assert isinstance(names, UnitNamesField)
        names.within, names.hierarchy = programme.owner_id, programme.hierarchy
        offer(self, units=below, places=place_rules(programme.hierarchy))
        if not below:
            del self.fields["units"]
        if not activities.activity_of(programme.kind).is_by_place:
            del self.fields["places"]


def _name_of(name: str, year: int) -> str:
    """Return the name that a kind of programme is offered under."""
    return f"{name} {year}"


@form_page
def new_programme_page(request: Request) -> HttpResponseBase:
    """Step 1. A valid answer makes the draft, with the whole unit as its place."""
    at = clock.now()
    owners = {
        office.unit_code: office
        for office in request.viewer.appointments
        if "programmes.make" in office.capabilities
    }
    if not owners:
        raise NotYours(capability="programmes.make")
    trees: dict[str, set[int]] = {code: set() for code in owners}
    for held_office in request.viewer.appointments:
        if held_office.unit_code in trees and "programmes.make" in held_office.capabilities:
            trees[held_office.unit_code] |= held_office.hierarchies
    offered = activities.programme_templates()
    _activity, first = next(iter(offered.values()))
    form = WhatForm(
        request.POST or None,
        templates=[
            (
                code,
                f"{name_in_language(template.names)}. "
                + say("Usually %(days)s days.") % {"days": template.days},
            )
            for code, (_activity, template) in offered.items()
        ],
        owners=[(code, office.unit_name()) for code, office in owners.items()],
        trees=trees,
        initial={
            "hierarchy": next(iter(owners.values())).hierarchy,
            "template": first.code,
            # They begin with the name of the first kind. Left as it is, it becomes that of the kind that is chosen.
            "name_hi": _name_of(first.names["hi"], shown.today_of_programmes(at).year),
            "name_en": _name_of(first.names["en"], shown.today_of_programmes(at).year),
            "opens_on": shown.today_of_programmes(
                at
            ),  # it begins when it is opened, unless another day is chosen
        },
    )

    def make(given: dict[str, Any]) -> Programme:
        office, chosen = owners[given["owner"]], offered[given["template"]][1]
        names = {
            language: _name_of(chosen.names[language], shown.today_of_programmes(at).year)
            if given[f"name_{language}"] == form[f"name_{language}"].initial
            else given[f"name_{language}"]
            for language in ("hi", "en")
        }
        opens_on = given["opens_on"] or shown.today_of_programmes(at)
        usual = timedelta(days=offered[given["template"]][1].days - 1)
        return actions.make_programme(
            template=given["template"],
            names=names,
            owner_id=office.unit_id,
            unit_ids=[office.unit_id],
            hierarchy=given.get("hierarchy") or office.hierarchy,
            opens_on=opens_on,
            closes_on=given["closes_on"] or opens_on + usual,
            by=request.actor,
            at=at,
        )

    made = tried(request, form, make)
    if made.value is not None:
        return redirect("programmes:draft", made.value.public_id, "who")
    return render(
        request,
        "programmes/programme_create.html",
        {
            "here": "programmes",
            "crumbs": shown.programme_crumbs((say("New programme"), "")),
            "form": form,
            "steps": _steps(None, "when"),
            "number": 1,
            "abouts": [
                (name_in_language(template.names), name_in_language(template.about))
                for _activity, template in offered.values()
            ],
            "needs": [
                {
                    "text": need.text,
                    "href": reverse(need.page.url_name) if need.page.opens(request.viewer.may) else "",
                    "label": need.page.label,
                }
                for need in activities.programme_needs()
            ],
        },
        status=made.status,
    )


def _step_names() -> dict[str, str | Promise]:
    """Return the steps of a draft in their order, by the name in the address."""
    added = {key: draft_step.name for key, draft_step in shown.draft_steps().items()}
    return {**FIRST_STEPS, **added, "check": _("Check")}


def _steps(programme: Programme | None, current: str) -> list[tuple[str, str, bool]]:
    return [
        (
            str(name),
            reverse("programmes:draft", args=[programme.public_id, step]) if programme else "",
            step == current,
        )
        for step, name in _step_names().items()
    ]


def redirect_begun_draft(request: Request, programme: Programme) -> HttpResponseBase:
    """Lead a visitor of a draft that was opened meanwhile, by them or another, to the programme, with a word."""
    programme.refresh_from_db(fields=["state"])
    text = (
        _("%(name)s is open already.")
        if programme.state == Programme.State.OPEN
        else _("%(name)s is closed.")
    )
    messages.info(request, text % {"name": shown.name_of_programme(programme)})
    return redirect("programmes:programme", programme.public_id)


@form_page
def draft(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Show the steps of a draft. Entries of any step are kept at once."""
    if step not in _step_names():
        raise NotFound
    programme = queries.programme_for(request.viewer, public_id)
    if programme.state != Programme.State.DRAFT:
        return redirect_begun_draft(request, programme)
    if request.method != "POST":
        return step_page(request, programme, step)
    form = _form(request, programme, step)
    if form is None:
        return step_page(request, programme, step)
    done = tried(request, form, lambda given: _keep(request, programme, step, given))
    if done:
        names = list(_step_names())
        return redirect("programmes:draft", public_id, names[names.index(step) + 1])
    return step_page(request, programme, step, form=form, status=done.status)


def step_page(
    request: Request, programme: Programme, step: str, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponseBase:
    """Show the page of one step."""
    today = clock.day_in(programme.zone, clock.now())
    scope = shown.scope_of_draft(programme)
    names = list(_step_names())
    number = names.index(step)
    context: dict[str, Any] = {
        **shown.programme_frame(programme),
        "owner": name_in_language(programme.owner.names),
        "step": step,
        "step_name": _step_names()[step],
        "steps": _steps(programme, step),
        "number": number + 1,
        "before": reverse("programmes:draft", args=[programme.public_id, names[number - 1]])
        if number
        else "",
        "after": reverse("programmes:draft", args=[programme.public_id, names[number + 1]])
        if number + 1 < len(names)
        else "",
        "form": form or _form(request, programme, step),
        "q": request.GET.get("q", "")[:100],
        "scope": [row.name() for row in scope],
        "places": _places_said(programme, scope, on=today) if step == "check" else "",
        "charges": [
            (charge, name_in_language(charge.unit_names)) for charge in queries.in_charges(programme)
        ],
        "days": windows.length_days(programme.opens_on, programme.closes_on),
        "launch": [
            (reverse(page.url_name, args=[programme.public_id]), page.label)
            for page in shown.launch_pages(request, programme, today)
        ],
    }
    if step == "check":
        for draft_step in shown.draft_steps().values():
            context |= draft_step.checked(programme)
        context["added"] = list(shown.draft_steps().values())
    return render(request, "programmes/programme_draft.html", context, status=status)


def _places_said(programme: Programme, scope: Sequence[units.UnitRow], *, on: date) -> str:
    """Return which places a draft means, their number, and the booths left out. Empty where it goes to no places."""
    if not activities.activity_of(programme.kind).is_by_place:
        return ""
    n = sum(queries.count_places(programme, [row.id for row in scope], on=on).values())
    words = say("%(places)s: %(n)s.") % {
        "places": PLACE_RULES[programme.places].name,
        "n": numbers.grouped(n),
    }
    if programme.places in ("booth_of_village", "village_and_town") and (
        left := queries.booths_without_village(programme, on=on)
    ):
        words += " " + ngettext(
            "%(n)s booth is in no village and is left out.",
            "%(n)s booths are in no village and are left out.",
            left,
        ) % {"n": numbers.grouped(left)}
    return words


def _form(request: Request, programme: Programme, step: str) -> forms.Form | None:
    posted = request.POST if request.method == "POST" else None
    if step == "when":
        below = units.children(
            programme.owner_id, programme.hierarchy, language=active_language(), limit=SHOWN_CHILDREN
        )
        inside = set(queries.scope_units(programme))
        ticked = below.rows if below.total <= SHOWN_CHILDREN else []
        return WhenForm(
            posted,
            below=[(row.code, row.name()) for row in ticked],
            programme=programme,
            initial={
                "named": "\n".join(_named(programme, inside - {row.id for row in ticked})),
                "opens_on": programme.opens_on,
                "closes_on": programme.closes_on,
                "places": programme.places,
                "units": [row.code for row in ticked if row.id in inside],
            },
        )
    if step == "who":
        return in_charge_form(request)
    if step in shown.draft_steps():
        return shown.draft_steps()[step].form(request, programme)
    return None


def _named(programme: Programme, ids: set[int]) -> list[str]:
    """Return the codes of these units, which name them on the form again."""
    some = units.units_by_id(ids - {programme.owner_id})
    return sorted(unit.code for unit in some.values())


def _keep(request: Request, programme: Programme, step: str, given: dict[str, Any]) -> None:
    if step == "when":
        chosen = [*units.ids_of(given.get("units") or []).values(), *given["named"]]
        actions.change_programme(
            programme_id=programme.pk,
            opens_on=given["opens_on"],
            closes_on=given["closes_on"],
            unit_ids=chosen or [programme.owner_id],
            places=given.get("places"),
            by=request.actor,
            at=clock.now(),
        )
    if step in shown.draft_steps():
        shown.draft_steps()[step].keep(request, programme, given)


@form_page
def open_draft(request: Request, public_id: UUID) -> HttpResponseBase:
    """Open the draft: from its first day on it runs. A visitor of this address is led to the check."""
    if request.method != "POST":
        return redirect("programmes:draft", public_id, "check")
    programme = queries.programme_for(request.viewer, public_id)
    if programme.state != Programme.State.DRAFT:
        return redirect_begun_draft(request, programme)
    try:
        opened = actions.open_programme(programme_id=programme.pk, by=request.actor, at=clock.now())
    except actions.NotADraft:
        return redirect_begun_draft(request, programme)
    except Refused as refused:
        messages.error(request, str(refused))
        return step_page(request, programme, "check", status=refused.status)
    say_when_done(
        request,
        _("%(name)s is open.")
        % {"name": numbers.NONE if not opened.names else shown.name_of_programme(opened)},
    )
    return redirect("programmes:programme", public_id)
