"""In-charges: the list to publish, the units that miss one, and one's own page to accept or decline."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.org.viewer import Request, named
from abhiyan.people import phones
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.ui import tables
from abhiyan.units.models import Kind

from . import shown
from .targets import path_to


class Filters(forms.Form):
    """Which units, and which role."""

    q = forms.CharField(label=_("Name or code of the unit"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Level"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, kinds: list[str], is_missing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [] if is_missing else [("", _("All"))]
        for name, choices in (
            ("level", [("", _("All")), *((kind, Kind(kind).label) for kind in kinds)]),
            ("role", [*every, *InCharge.Role.choices]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@require_GET
def in_charges(request: Request, public_id: UUID) -> HttpResponseBase:
    """Who is in charge where, to print and publish; or with show=missing where nobody is."""
    one = queries.programme_for(request.viewer, public_id)
    lang = shown.language()
    here = shown.unit_of(request.viewer, one, request.GET.get("unit", ""))
    on = shown.today(clock.now())
    is_missing = request.GET.get("show") == "missing"
    bounds: dict[str, Any] = {"lo": here.lo, "hi": here.hi, "on": on}
    levels = queries.coverage(one, **bounds)
    filters = Filters(request.GET, kinds=[level.kind for level in levels], is_missing=is_missing)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    wanted = {"level": chosen.get("level", ""), "text": chosen.get("q", "")}
    role = chosen.get("role", "")
    rows: Any
    if is_missing:
        rows = queries.missing(one, **bounds, **wanted, role=role or InCharge.Role.IN_CHARGE)
    else:
        rows = queries.charges(one, **bounds, **wanted, role=role)
    if tables.wants_csv(request.GET):
        found = rows[: tables.DEEPEST_ROW]
        return _missing_csv(found, lang) if is_missing else _charges_csv(found, lang)
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    own = reverse("programmes:in_charges", args=[one.public_id])
    return render(
        request,
        "programmes/in_charge_list.html",
        {
            "here": "programmes",
            "crumbs": shown.crumbs(
                (shown.name_of(one), reverse("programmes:programme", args=[one.public_id])),
                (say("In-charges"), ""),
            ),
            "programme": one,
            "name": shown.name_of(one),
            "unit": here,
            "unit_name": here.name(lang),
            "path": [
                (title, href + ("&show=missing" if is_missing else ""))
                for title, href in path_to(request, one, here, lang)
            ],
            "is_missing": is_missing,
            "segments": [
                (say("Named"), f"{own}?unit={here.code}", not is_missing),
                (say("Missing"), f"{own}?unit={here.code}&show=missing", is_missing),
            ],
            "levels": [(Kind(level.kind).label, level) for level in levels],
            "filters": filters,
            "leaf": leaf,
            "on": on,
            "may_name": one.state != Programme.State.CLOSED and shown.may(request, "programmes.run", here.id),
            "rows": [
                {
                    "row": row,
                    "unit": named(row.names if is_missing else row.unit_names, lang),
                    "above": named(row.above, lang) if is_missing else "",
                    "kind": Kind(row.kind if is_missing else row.unit_kind).label,
                    "offices": "" if is_missing else _offices(row, lang),
                    "name_href": reverse("programmes:programme", args=[one.public_id])
                    + f"?{urlencode({'unit': row.code if is_missing else row.unit_code, 'name': '1'})}#in-charge",
                }
                for row in leaf.rows
            ],
        },
    )


def _offices(row: queries.ChargeRow, lang: str) -> str:
    return ", ".join(f"{named(office, lang)} ({named(unit, lang)})" for office, unit in row.offices)


def _charges_csv(rows: list[queries.ChargeRow], lang: str) -> HttpResponseBase:
    head = [
        say("Unit"),
        say("Code"),
        say("Kind"),
        say("Role"),
        say("Name"),
        say("Offices"),
        say("Phone"),
        say("Answer"),
    ]
    return tables.csv_response(
        "in-charges",
        head,
        [
            [
                named(row.unit_names, lang),
                row.unit_code,
                str(Kind(row.unit_kind).label),
                row.role_name,
                row.name,
                _offices(row, lang),
                phones.masked(row.last4),
                row.state_name,
            ]
            for row in rows
        ],
    )


def _missing_csv(rows: list[queries.MissingRow], lang: str) -> HttpResponseBase:
    head = [say("Unit"), say("Code"), say("Kind"), say("Stands below"), say("Declined by")]
    return tables.csv_response(
        "in-charges-missing",
        head,
        [
            [
                named(row.names, lang),
                row.code,
                str(Kind(row.kind).label),
                named(row.above, lang),
                row.declined_by,
            ]
            for row in rows
        ],
    )


class AnswerForm(forms.Form):
    """Why somebody declines, if they want to say."""

    reason = forms.CharField(
        label=_("Why not? Whoever named you reads it."),
        required=False,
        max_length=actions.LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_GET
def charges(request: Request) -> HttpResponseBase:
    """What the viewer is in charge of, and what waits for their answer."""
    return _charges(request)


def _charges(request: Request, *, problem: str = "", status: int = 200) -> HttpResponseBase:
    lang = shown.language()
    account_id = request.viewer.account_id
    assert account_id is not None  # the access table lets nobody else here
    found = queries.own_charges(account_id)
    return render(
        request,
        "programmes/charge_list.html",
        {
            "here": "today",
            "crumbs": [(say("What I am in charge of"), "")],
            "problem": problem,
            "rows": [
                {
                    "charge": charge,
                    "name": shown.name_of(charge.programme),
                    "href": reverse("programmes:programme", args=[charge.programme.public_id])
                    + f"?unit={charge.unit_code}",
                    "unit": named(charge.unit_names, lang),
                    "form": AnswerForm(auto_id=f"charge_{charge.id}_%s"),
                }
                for charge in found
            ],
        },
        status=status,
    )


@require_POST
def answer_charge(request: Request, in_charge: int) -> HttpResponseBase:
    """Accept or decline what one was named for."""
    accepts = request.POST.get("answer") == "accept"
    try:
        actions.answer_charge(
            in_charge_id=in_charge,
            accepts=accepts,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _charges(request, problem=str(refused), status=refused.status)
    if accepts:
        messages.success(request, _("Accepted. Thank you."))
    else:
        messages.success(request, _("Declined. Whoever named you will name another."))
    return redirect("programmes:charges")
