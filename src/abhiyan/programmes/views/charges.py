"""In-charges: the list to publish, the units that miss one, and one's own page to accept or decline."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.org.viewer import Request, named
from abhiyan.people import phones
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.ui import tables
from abhiyan.ui.posts import posted
from abhiyan.units.models import Kind

from . import shown
from .targets import path_to

LONGEST_FILE = 200_000  # lines


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
    bounds["viewer"] = request.viewer
    filters = Filters(request.GET, kinds=[level.kind for level in levels], is_missing=is_missing)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    wanted = {"level": chosen.get("level", ""), "text": chosen.get("q", "")}
    role = chosen.get("role", "")
    rows: Any
    total: int | None
    if is_missing:
        role = role or InCharge.Role.IN_CHARGE
        rows = queries.missing(one, **bounds, **wanted, role=role)
        total = None if wanted["text"] else _missing_in_all(one, levels, bounds, wanted["level"], role)
    else:
        rows = queries.charges(one, **bounds, **wanted, role=role)
        total = len(rows)
    if tables.wants_csv(request.GET):
        return _missing_csv(rows.each(), lang) if is_missing else _charges_csv(rows.each(), lang)
    leaf = tables.numbered(rows, request.GET, total=total)
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


def _missing_in_all(
    one: Programme, levels: list[queries.Level], bounds: dict[str, Any], kind: str, role: str
) -> int:
    """How many rows the list of missing units has: from the counts by kind, not by walking past every unit."""
    if role != InCharge.Role.IN_CHARGE:
        levels = queries.coverage(one, lo=bounds["lo"], hi=bounds["hi"], on=bounds["on"], role=role)
    return sum(level.missing for level in levels if kind in ("", level.kind))


def _offices(row: queries.ChargeRow, lang: str) -> str:
    return ", ".join(f"{named(office, lang)} ({named(unit, lang)})" for office, unit in row.offices)


def _charges_csv(rows: Iterable[queries.ChargeRow], lang: str) -> HttpResponseBase:
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
        _ending(
            [
                named(row.unit_names, lang),
                row.unit_code,
                str(Kind(row.unit_kind).label),
                row.role_name,
                row.name,
                _offices(row, lang),
                phones.masked(row.last4) if row.last4 else "",
                row.state_name,
            ]
            for row in rows
        ),
    )


def _missing_csv(rows: Iterable[queries.MissingRow], lang: str) -> HttpResponseBase:
    head = [say("Unit"), say("Code"), say("Kind"), say("Stands below"), say("Declined by"), say("Reason")]
    return tables.csv_response(
        "in-charges-missing",
        head,
        _ending(
            [
                named(row.names, lang),
                row.code,
                str(Kind(row.kind).label),
                named(row.above, lang),
                row.declined_by,
                row.reason,
            ]
            for row in rows
        ),
    )


def _ending(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """Lines of a file; where it would be longer than anybody opens, its last line says that there are more."""
    for number, line in enumerate(lines):
        if number == LONGEST_FILE:
            yield [say("More follow: choose a unit further down, or a level, and export again.")]
            return
        yield line


ANSWERS = {"accept": True, "decline": False}  # what the buttons send; anything else is no answer


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


def _charges(
    request: Request,
    *,
    problem: str = "",
    answered: tuple[int, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """answered: the charge that was declined, and the form that says what is wrong with it."""
    lang = shown.language()
    filled = dict([answered] if answered else [])
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
                    "href": _page_of(request, charge),
                    "unit": named(charge.unit_names, lang),
                    "form": filled.get(charge.id) or _answer_form(charge.id),
                }
                for charge in found
            ],
        },
        status=status,
    )


def _page_of(request: Request, charge: queries.OwnCharge) -> str:
    """The programme's page at the unit; empty for whom it is out of sight: being in charge opens no page."""
    if charge.lo is None or not request.viewer.sees_counts_at(charge.lo):
        return ""
    page = reverse("programmes:programme", args=[charge.programme.public_id])
    return f"{page}?{urlencode({'unit': charge.unit_code})}"


def _answer_form(in_charge: int, given: QueryDict | None = None) -> AnswerForm:
    return AnswerForm(given, auto_id=f"charge_{in_charge}_%s")


@posted("programmes:charges", takes=())
def answer_charge(request: Request, in_charge: int) -> HttpResponseBase:
    """Accept or decline what one was named for."""
    accepts = ANSWERS.get(request.POST.get("answer", ""))
    if accepts is None:
        return _charges(request, problem=say("Choose: accept or decline."), status=422)
    form = _answer_form(in_charge, request.POST)
    if not form.is_valid():
        return _charges(request, answered=(in_charge, form), status=422)
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
        return _charges(request, problem=str(refused), status=refused.status)
    if accepts:
        messages.success(request, _("Accepted. Thank you."))
    else:
        messages.success(
            request, _("Declined. Another is to be named; until then you can still accept here.")
        )
    return redirect("programmes:charges")
