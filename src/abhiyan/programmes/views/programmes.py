"""Programmes: the list, one programme at one unit, and running it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.org.viewer import Request, named
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Measure, Programme
from abhiyan.programmes.queries.listing import SORTS
from abhiyan.programmes.rules import own_pages, windows
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui import tables
from abhiyan.ui.posts import posted
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from . import shown


class Filters(forms.Form):
    """Which programmes to show."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Programme.State.choices]
    )


@require_GET
def programmes(request: Request) -> HttpResponseBase:
    """The programmes in sight, with their ladders in the viewer's own unit."""
    filters = Filters(request.GET)
    chosen = filters.cleaned_data.get("state", "") if filters.is_valid() else ""
    found = queries.programmes_for(request.viewer)
    if chosen:
        found = found.filter(state=chosen)
    leaf = tables.numbered(found, request.GET, total=found.count())
    at = clock.now()
    home = request.viewer.home
    ladders: dict[tuple[int, int], Any] = {}
    targets: dict[tuple[int, int], int] = {}
    if home is not None and leaf.rows:
        ladders = dict(
            queries.ladders(node=home.unit_id, hierarchy=home.hierarchy, of=list(leaf.rows), at=at)
        )
        targets = queries.targets_of(node=home.unit_id, programmes=list(leaf.rows))
    rows = [
        {
            "programme": one,
            "name": shown.name_of(one),
            "href": _href(one),
            "owner": named(one.owner.names, shown.language()),
            "day": windows.day_number(one.opens_on, one.closes_on, clock.day_in(one.zone, at)),
            "days": windows.length_days(one.opens_on, one.closes_on),
            "ladder": ladders.get((one.pk, 1)),
            "target": targets.get((one.pk, 1)),
        }
        for one in leaf.rows
    ]
    if tables.wants_csv(request.GET):
        return tables.csv_response("programmes", *_list_csv(rows))
    return render(
        request,
        "programmes/programme_list.html",
        {
            "here": "programmes",
            "crumbs": [(say("Programmes"), "")],
            "filters": filters,
            "leaf": leaf,
            "rows": rows,
            "home_name": home.unit_name(shown.language()) if home else "",
            "may_make": request.viewer.may("programmes.make"),
            "beside": [
                (reverse(page.url_name), page.label)
                for page in own_pages.beside()
                if request.viewer.may(page.capability)
            ],
        },
    )


def _list_csv(rows: list[dict[str, Any]]) -> tuple[list[str], Iterator[list[object]]]:
    head = [say("Name"), say("Owner"), say("State"), say("First day"), say("Last day")]
    head += [say("Target"), say("Reported"), say("Counted")]
    return head, (
        [
            row["name"],
            row["owner"],
            row["programme"].get_state_display(),
            row["programme"].opens_on.isoformat(),
            row["programme"].closes_on.isoformat(),
            row["target"],
            *((_cell(row["ladder"].reported), _cell(row["ladder"].counted)) if row["ladder"] else ("", "")),
        ]
        for row in rows
    )


def _cell(n: int | None) -> int | str:
    return "<10" if n is None else n


def _href(programme: Programme) -> str:
    if programme.state == Programme.State.DRAFT:
        return reverse("programmes:draft", args=[programme.public_id, "when"])
    return reverse("programmes:programme", args=[programme.public_id])


@require_GET
def programme(request: Request, public_id: UUID) -> HttpResponseBase:
    """One programme at one unit: its ladders, the units below, who is in charge, what may be done."""
    one = queries.programme_for(request.viewer, public_id)
    return _programme(request, one)


def _programme(
    request: Request, one: Programme, *, in_charge: "InChargeForm | None" = None, status: int = 200
) -> HttpResponseBase:
    at, lang = clock.now(), shown.language()
    here = shown.unit_of(request.viewer, one, request.GET.get("unit", ""))
    on = clock.day_in(one.zone, at)
    measures = queries.measures([one])[one.pk]
    measure = measure_asked(measures, request.GET.get("measure", ""))
    sorting = tables.sorting(request.GET, {key: key for key in SORTS}, default="name")
    wants_csv = tables.wants_csv(request.GET)
    below = queries.children_ladders(
        node=here.id,
        hierarchy=one.hierarchy,
        programme=one,
        measure=measure.number,
        at=at,
        sort=("-" if sorting.descending else "") + sorting.key,
        show="behind" if request.GET.get("show") == "behind" else "all",
        language=lang,
        page=1 if wants_csv else page_asked(request),
        per=tables.DEEPEST_ROW if wants_csv else tables.PER_PAGE,
    )
    found = queries.ladders(node=here.id, hierarchy=one.hierarchy, of=[one], at=at)
    targets = queries.targets_of(node=here.id, programmes=[one])
    is_rounded = queries.ladder(node=here.id, hierarchy=one.hierarchy, programme=one, at=at).is_rounded
    none = None if is_rounded else 0
    nothing = Ladder(none, none, none, none, is_rounded=is_rounded)
    if wants_csv:
        return _csv(below.rows, lang)
    pictures = [
        queries.drawn(
            found.get((one.pk, each.number), nothing),
            name=named(each.names, lang),
            programme=one,
            on=on,
            target=targets.get((one.pk, each.number)),
        )
        for each in measures
    ]
    path = units.path(here.id, one.hierarchy)
    charges = queries.in_charges(one, units=sorted({here.id, one.owner_id}))
    may_run = shown.may(request, "programmes.run", here.id)
    return render(
        request,
        "programmes/programme.html",
        {
            "here": "programmes",
            "crumbs": shown.crumbs((shown.name_of(one), "")),
            "programme": one,
            "name": shown.name_of(one),
            "owner": named(one.owner.names, lang),
            "unit": here,
            "unit_name": here.name(lang),
            "path": [(row.name(lang), f"?unit={row.code}") for row in path if _seen(request, row)],
            "measures": [
                (named(each.names, lang), f"?unit={here.code}&measure={each.number}", each == measure)
                for each in measures
            ],
            "pictures": pictures,
            "sorting": sorting,
            "leaf": below,
            "children": [
                {
                    "child": child,
                    "name": named(child.names, lang),
                    "kind": Kind(child.kind).label,
                    "href": f"?unit={child.code}",
                    "drawn": queries.drawn(
                        child.ladder,
                        name=named(child.names, lang),
                        programme=one,
                        on=on,
                        target=child.target,
                    ),
                }
                for child in below.rows
            ],
            "is_rounded": is_rounded,
            "own": queries.standing_here(
                node=here.id, hierarchy=one.hierarchy, programme=one, measure=measure.number, at=at
            )
            if here.has_children
            else None,
            "gap": queries.gap(programme=one, node=here.id, on=on, measure=measure.number),
            "charges": [(charge, named(charge.unit_names, lang)) for charge in charges],
            "declined": None
            if any(charge.unit_id == here.id and charge.role == "in_charge" for charge in charges)
            else queries.last_declined(one, lo=here.lo, on=on),
            "may_run": may_run and one.state != Programme.State.CLOSED,
            "may_close": one.state == Programme.State.OPEN
            and shown.may(request, "programmes.run", one.owner_id),
            "in_charge_form": (in_charge or _in_charge_form(request)) if may_run else None,
            "own_page": _own_page(one),
            "q": request.GET.get("q", "")[:100],
            "is_naming": bool(request.GET.get("name")),
            "day": windows.day_number(one.opens_on, one.closes_on, on),
            "days": windows.length_days(one.opens_on, one.closes_on),
        },
        status=status,
    )


def _own_page(one: Programme) -> tuple[str, Any] | None:
    """Address and label of the page the programme's kind has beside this one."""
    found = own_pages.page_of(one.kind)
    return (reverse(found[0], args=[one.public_id]), found[1]) if found else None


def _seen(request: Request, row: units.UnitRow) -> bool:
    return row.lo is not None and request.viewer.sees_counts_at(row.lo)


def measure_asked(measures: list[Measure], wanted: str) -> Measure:
    for measure in measures:
        if str(measure.number) == wanted:
            return measure
    return measures[0]


def page_asked(request: Request) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _csv(rows: Any, lang: str) -> HttpResponseBase:
    head = [
        say("Unit"),
        say("Code"),
        say("Target"),
        say("Reported"),
        say("Counted"),
        say("phone has not answered"),
        say("Confirmed"),
    ]
    lines = (
        [
            named(row.names, lang),
            row.code,
            "" if row.target is None else row.target,
            _cell(row.ladder.reported),
            _cell(row.ladder.counted),
            _cell(row.ladder.unsigned),
            _cell(row.ladder.confirmed),
        ]
        for row in rows
    )
    return tables.csv_response("programme", head, lines)


class InChargeForm(forms.Form):
    """Who is to be in charge here."""

    account = forms.ChoiceField(label=_("Person"), widget=forms.RadioSelect)
    role = forms.ChoiceField(
        label=_("As"), choices=[("in_charge", _("In-charge")), ("co_in_charge", _("Co-in-charge"))]
    )

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = accounts


def accounts_found(text: str) -> list[tuple[str, str]]:
    """Accounts to choose from, as a form's choices."""
    from abhiyan.people import queries as people

    found = people.search_accounts(text) if text.replace("\0", "").strip() else []
    return [(str(each.public_id), f"{each.name} (•••• {each.last4})") for each in found]


def _in_charge_form(request: Request) -> InChargeForm:
    accounts = accounts_found(request.GET.get("q", "")[:100])
    return InChargeForm(accounts=accounts, initial={"role": "in_charge"})


@require_http_methods(["GET", "HEAD", "POST"])
def name_in_charge(request: Request, public_id: UUID) -> HttpResponseBase:
    """Name somebody in charge of a programme in a unit. Looking at this address leads to the page it belongs to."""
    one = queries.programme_for(request.viewer, public_id)
    if request.method != "POST":  # as ui.posts.posted, of two pages
        is_draft = one.state == Programme.State.DRAFT
        page = reverse("programmes:draft", args=[public_id, "who"]) if is_draft else _href(one)
        return redirect(f"{page}?{request.META.get('QUERY_STRING', '')}")
    here = shown.unit_of(request.viewer, one, request.GET.get("unit", ""))
    form = InChargeForm(request.POST, accounts=accounts_found(request.GET.get("q", "")[:100]))
    status = 422
    if form.is_valid():
        try:
            actions.name_in_charge(
                programme_id=one.pk,
                unit_id=here.id,
                account=UUID(form.cleaned_data["account"]),
                role=form.cleaned_data["role"],
                by=request.actor,
                at=clock.now(),
            )
        except Refused as refused:
            status = shown.refuse(form, refused)
        else:
            messages.success(request, _("Named."))
            if one.state == Programme.State.DRAFT:
                return redirect("programmes:draft", public_id, "who")
            return redirect(f"{_href(one)}?unit={here.code}")
    if one.state == Programme.State.DRAFT:
        from .creating import step_page

        return step_page(request, one, "who", form=form, status=status)
    return _programme(request, one, in_charge=form, status=status)


@posted("programmes:programme", takes=("public_id",))
def end_in_charge(request: Request, public_id: UUID, in_charge: int) -> HttpResponseBase:
    """End somebody's charge."""
    one = queries.programme_for(request.viewer, public_id)
    actions.end_in_charge(in_charge_id=in_charge, by=request.actor, at=clock.now())
    messages.success(request, _("Ended."))
    if one.state == Programme.State.DRAFT:
        return redirect("programmes:draft", public_id, "who")
    return redirect("programmes:programme", public_id)


class ChangeForm(forms.Form):
    """What an open programme may still change."""

    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    closes_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, public_id: UUID) -> HttpResponse:
    """Rename an open programme, or give it a later end."""
    one = queries.programme_for(request.viewer, public_id)
    actions.require_run(programme=one, by=request.actor)
    form = ChangeForm(
        request.POST or None,
        initial={
            "name_hi": one.names.get("hi", ""),
            "name_en": one.names.get("en", ""),
            "closes_on": one.closes_on,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_programme(
                    programme_id=one.pk,
                    names={"hi": form.cleaned_data["name_hi"], "en": form.cleaned_data["name_en"]},
                    closes_on=form.cleaned_data["closes_on"],
                    by=request.actor,
                    at=clock.now(),
                )
            except Refused as refused:
                status = shown.refuse(form, refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("programmes:programme", public_id)
    name = shown.name_of(one)
    return render(
        request,
        "programmes/programme_change.html",
        {
            "here": "programmes",
            "crumbs": shown.crumbs((name, _href(one)), (say("Change"), "")),
            "programme": one,
            "name": name,
            "form": form,
        },
        status=status,
    )


@posted("programmes:programme")
def close(request: Request, public_id: UUID) -> HttpResponseBase:
    """Close an open programme."""
    one = queries.programme_for(request.viewer, public_id)
    actions.close_programme(programme_id=one.pk, by=request.actor, at=clock.now())
    messages.success(request, _("The programme is closed. Its figures stay."))
    return redirect("programmes:programme", public_id)
