"""Programmes: the list, one programme at one unit, and running it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import HeldOffice, Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.queries.listing import SORTS
from abhiyan.programmes.rules import activities, windows
from abhiyan.programmes.rules.estimated import Of, estimated_rungs
from abhiyan.programmes.rules.ladder import has_figures
from abhiyan.ui import tables
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DayField
from abhiyan.ui.forms import offer
from abhiyan.ui.ladder import LadderShown, checks_title
from abhiyan.ui.lists import Column, Table, file_asked, list_response
from abhiyan.units import queries as units

from .naming import InChargeForm, in_charge_form


class ProgrammeFilters(forms.Form):
    """Which programmes to show."""

    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Programme.State.choices]
    )


def _cell(n: int | None) -> int | str:
    return "<10" if n is None else n


def _lines(row: dict[str, Any], of: Callable[[LadderShown], Any]) -> Any:
    """Return a line for each measure of a programme. A single measure keeps its value: files have a number."""
    values = [of(measure) for measure in row["measures"]]
    return (
        values[0] if len(values) == 1 else "\n".join("–" if value is None else str(value) for value in values)
    )


COLUMNS: tuple[Column[dict[str, Any]], ...] = (
    Column("name", _("Name"), lambda row: row["name"], is_name=True),
    Column("owner", _("Owner"), lambda row: name_in_language(row["programme"].owner.names)),
    Column("state", _("Status"), lambda row: row["programme"].get_state_display()),
    Column("first", _("First day"), lambda row: row["programme"].opens_on, only_in_file=True),
    Column("last", _("Last day"), lambda row: row["programme"].closes_on, only_in_file=True),
    Column("window", _("Window"), css="nums"),
    Column(
        "measure", _("Measure"), lambda row: _lines(row, lambda ladder: str(ladder.name)), only_in_file=True
    ),
    Column("target", _("Target"), lambda row: _lines(row, lambda ladder: ladder.target), css="num"),
    Column(
        "reported", _("Reported"), lambda row: _lines(row, lambda ladder: _cell(ladder.reported)), css="num"
    ),
    Column("counted", _("Counted"), lambda row: _lines(row, lambda ladder: _cell(ladder.counted)), css="num"),
)


BELOW: tuple[Column[dict[str, Any]], ...] = (
    Column("name", _("Unit"), lambda row: row["name"]),
    Column("code", _("Code"), lambda row: row["child"].code),
    Column("target", _("Target"), lambda row: row["child"].target),
    Column("reported", _("Reported"), lambda row: _cell(row["child"].ladder.reported)),
    Column("counted", _("Counted"), lambda row: _cell(row["child"].ladder.counted)),
    Column("unsigned", _("Phone not answered yet"), lambda row: _cell(row["child"].ladder.unsigned)),
    Column("confirmed", _("Confirmed"), lambda row: _cell(row["child"].ladder.confirmed)),
    *queries.checked_columns(lambda row: row["drawn"]),
)


@require_GET
def programmes_page(request: Request) -> HttpResponseBase:
    """Show the programmes in sight, with their ladders in the viewer's own unit."""
    filters = ProgrammeFilters(request.GET)
    chosen = filters.cleaned_data.get("state", "") if filters.is_valid() else ""
    found = queries.programmes_for(request.viewer)
    if chosen:
        found = found.filter(state=chosen)
    home = request.viewer.home
    finish = partial(_rows, home, clock.now())
    table = Table(request, COLUMNS, found, name="programmes", caption=_("Programmes"), finish=finish)
    context = {
        "here": "programmes",
        "crumbs": [(say("Programmes"), "")],
        "filters": filters,
        "home_name": home.unit_name() if home else "",
        "may_make": request.viewer.may("programmes.make"),
        "materials": reverse("work:own_materials"),
        "beside": [
            (reverse(page.url_name), page.label)
            for activity in activities.registered_activities()
            for page in activity.beside
            if page.opens(request.viewer.may)
        ],
    }
    return list_response(request, "programmes/programme_list.html", table, context)


def _rows(home: HeldOffice | None, at: datetime, found: list[Programme]) -> list[dict[str, Any]]:
    """Return programmes with how far each of their measures is in the viewer's own unit."""
    node = queries.node_of(home.unit_id, home.hierarchy) if home is not None else None
    drawn = queries.drawn_measures(found, node=node, at=at) if node else {}
    return [
        {
            "programme": one,
            "name": shown.name_of_programme(one),
            "href": href_of(one),
            "day": windows.day_number(one.opens_on, one.closes_on, clock.day_in(one.zone, at)),
            "days": windows.length_days(one.opens_on, one.closes_on),
            "measures": drawn.get(one.pk, []),
        }
        for one in found
    ]


def href_of(programme: Programme) -> str:
    if programme.state == Programme.State.DRAFT:
        return reverse("programmes:draft", args=[programme.public_id, "when"])
    return reverse("programmes:programme", args=[programme.public_id])


@require_GET
def programme_at_unit(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one programme at one unit: its ladders, the units below, who is in charge, what may be done."""
    one = queries.programme_for(request.viewer, public_id)
    return programme_page(request, one)


def programme_page(
    request: Request, one: Programme, *, in_charge: InChargeForm | None = None, status: int = 200
) -> HttpResponseBase:
    at = clock.now()
    here = shown.unit_of_page(request, one)
    unit = here.unit
    on = clock.day_in(one.zone, at)
    measure = shown.measure_chosen(request, one)
    sorting = tables.sorting(request.GET, {key: key for key in SORTS}, default="name")
    is_file = bool(file_asked(request))
    below = queries.children_ladders(
        node=unit.id,
        hierarchy=one.hierarchy,
        programme=one,
        measure=measure.number,
        at=at,
        sort=("-" if sorting.descending else "") + sorting.key,
        show="behind" if request.GET.get("show") == "behind" else "all",
        language=active_language(),
        page=1 if is_file else shown.page_asked(request),
        per=tables.DEEPEST_ROW if is_file else tables.PER_PAGE,
    )
    ids = [unit.id, *(child.unit_id for child in below.rows)]
    earlier = queries.earlier_totals(one, units=ids, hierarchy=one.hierarchy)
    checked = estimated_rungs([one.pk], ids, on=on)
    children = [
        {
            "child": child,
            "name": name_in_language(child.names),
            "href": here.href(unit=child.code, **measure.asked),
            "drawn": queries.ladder_picture(
                child.ladder,
                name=name_in_language(child.names),
                programme=one,
                measure=measure.number,
                on=on,
                target=child.target,
                checked=checked.get((one.pk, measure.number, child.unit_id)),
                **(earlier.beside(child.unit_id) if earlier else {}),
            ),
        }
        for child in below.rows
    ]
    if is_file:
        return Table(request, BELOW, children, name="programme", caption=_("Units below")).file()
    may_run = shown.viewer_may(request, "programmes.run", unit.id)
    node = queries.node_of(unit.id, one.hierarchy)
    late = queries.late_units(node, unit.kind, one, measure=measure.number, at=at) if node else None
    return render(
        request,
        "programmes/programme.html",
        {
            **shown.programme_frame(one),
            **_stands(one, unit, earlier, checked, measure.number, at=at),
            **_looked_after(one, unit, on=on),
            "owner": name_in_language(one.owner.names),
            "unit": unit,
            "slug": here.slug,
            "unit_name": here.name,
            "path": here.crumbs(seen_by=request.viewer),
            **measure.about,
            "targets": shown.programme_address(one, "targets:targets", unit.code, measure=measure.number),
            "sorting": sorting,
            "leaf": below,
            "parts_behind": late.said if late else "",
            "children": children,
            "shown": [row["drawn"] for row in children],
            "checks": checks_title(row["drawn"] for row in children),
            "own": queries.ask_own_words(
                request.viewer,
                unit_id=unit.id,
                node=unit.id,
                hierarchy=one.hierarchy,
                programme=one,
                measure=measure.number,
                at=at,
            )()
            if unit.has_children
            else None,
            "earlier": earlier,
            **_family(request, one, unit, at=at),
            "gap": queries.gap(programme=one, node=unit.id, on=on, measure=measure.number),
            "off": shown.off(one, unit, measure.number) if unit.has_children else None,
            "may_run": may_run and one.state != Programme.State.CLOSED,
            "may_change": one.state == Programme.State.OPEN
            and shown.viewer_may(request, "programmes.run", one.owner_id),
            "in_charge_form": (in_charge or in_charge_form(request)) if may_run else None,
            "is_led": unit.lo is not None and request.viewer.may_at(LEADS, unit.lo),
            "own_pages": _own_pages(request, one, on),
            "slides": shown.slides(one, unit.code, measure.number),
            "work": shown.work_addresses(one, unit.code),
            "q": request.GET.get("q", "")[:100],
            "is_naming": bool(request.GET.get("name")),
            "day": windows.day_number(one.opens_on, one.closes_on, on),
            "days": windows.length_days(one.opens_on, one.closes_on),
        },
        status=status,
    )


def _stands(
    one: Programme,
    here: units.UnitRow,
    earlier: queries.Earlier | None,
    checked: Of,
    chosen: int,
    *,
    at: datetime,
) -> dict[str, Any]:
    """Return the picture of each measure in the unit, with the page of its targets; and the days of the chosen one."""
    on = clock.day_in(one.zone, at)
    measures = queries.measures([one])[one.pk]
    ladders = queries.ladders_by_measure(
        node=here.id,
        hierarchy=one.hierarchy,
        programme=one,
        measures=[measure.number for measure in measures],
        at=at,
    )
    targets = queries.targets_of(node=here.id, hierarchy=one.hierarchy, programmes=[one])
    expected = queries.expected_of([here.id], [one])
    names = (
        next(measure.names for measure in measures if measure.number == chosen) if len(measures) > 1 else {}
    )
    running_measure = queries.RunningMeasure(one, chosen, names, targets.get((one.pk, chosen)))
    days = queries.figures_of_measures(
        node=here.id, hierarchy=one.hierarchy, programme=one, measure=chosen, at=at
    )
    before = earlier.beside(here.id) if earlier and chosen == 1 else {}
    return {
        "trend": queries.drawn_trend(running_measure, days, **before)
        if has_figures(days.ladder, running_measure.target)
        else None,
        "is_rounded": any(ladder.is_rounded for ladder in ladders.values()),
        "stands": [
            (
                queries.ladder_picture(
                    ladders[measure.number],
                    name=name_in_language(measure.names),
                    programme=one,
                    measure=measure.number,
                    on=on,
                    target=targets.get((one.pk, measure.number)),
                    expected=row.words if (row := expected.get((one.pk, measure.number, here.id))) else "",
                    checked=checked.get((one.pk, measure.number, here.id)),
                    **(earlier.beside(here.id) if earlier and measure.number == 1 else {}),
                ),
                shown.programme_address(one, "targets:targets", here.code, measure=measure.number),
            )
            for measure in measures
        ],
    }


def _family(request: Request, one: Programme, here: units.UnitRow, *, at: datetime) -> dict[str, Any]:
    """Return the programme above, those beneath with how far they are here, and whether more may be started."""
    above = queries.programmes_for(request.viewer).filter(pk=one.parent_id).first() if one.parent_id else None
    on = clock.day_in(one.zone, at)
    return {
        "above": (shown.name_of_programme(above), shown.programme_address(above, "programme"))
        if above
        else None,
        "parts": [
            (
                part,
                shown.programme_address(part.programme, "programme"),
                queries.ladder_picture(
                    part.ladder,
                    name=shown.name_of_programme(part.programme),
                    programme=part.programme,
                    measure=part.measure,
                    on=on,
                    target=part.target,
                ),
            )
            for part in queries.parts_in_sight(request.viewer, one, node=here.id, at=at)
        ],
        "may_start": one.state == Programme.State.OPEN
        and one.parent_id is None
        and here.has_children
        and shown.viewer_may(request, "programmes.make", one.owner_id),
    }


_ROLES = {True: InCharge.Role.IN_CHARGE, False: InCharge.Role.CO_IN_CHARGE}  # of a body's seats


def _looked_after(one: Programme, here: units.UnitRow, *, on: date) -> dict[str, Any]:
    """Return who is in charge here and of the whole; without anybody, the last person who declined."""
    charges = queries.in_charges(one, units=sorted({here.id, one.owner_id}))
    is_held = any(charge.unit_id == here.id and charge.role == "in_charge" for charge in charges)
    return {
        "charges": [(charge, name_in_language(charge.unit_names)) for charge in charges],
        "body": name_in_language(one.body.names) if one.body else "",
        "seats": [
            (seat, name_in_language(seat.office), InCharge.Role(_ROLES[seat.leads]).label)
            for seat in (org.seat_holders(one.body_id, on=on) if one.body_id else ())
        ],
        "declined": None if is_held else queries.last_declined(one, lo=here.lo, on=on),
    }


def _own_pages(request: Request, one: Programme, on: date) -> list[tuple[str, Any]]:
    """Return addresses and labels of the pages the programme's kind has beside this one."""
    pages = activities.pages_of_kind(one.kind)
    if one.state == Programme.State.OPEN:
        pages += activities.pages_while_open(one.kind, request.viewer.may)
    pages += shown.launch_pages(request, one, on)
    return [
        (reverse(page.url_name, args=[one.public_id]), page.called(one.opens_on, on))
        for page in pages
        if page.opens(request.viewer.may)
    ]


class ChangeForm(forms.Form):
    """The fields of an open programme that may still change."""

    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    closes_on = DayField(label=_("Last day"))
    earlier = forms.ChoiceField(
        label=_("Earlier drive to show beside it"),
        required=False,
        help_text=_("Totals taken in as a list. They are shown apart and never counted."),
    )

    body = forms.ChoiceField(
        label=_("Wing, committee or department that runs it"),
        required=False,
        help_text=_("Who holds its seats is in charge."),
    )

    def __init__(self, data: Any = None, *, owner_id: int, on: date, **given: Any) -> None:
        super().__init__(data, **given)
        labels = queries.total_labels()
        if (kept := self.initial.get("earlier")) and kept not in labels:
            labels.append(kept)
        bodies = [
            (str(body_here.id), f"{body_here.label}: {name_in_language(body_here.names)}")
            for body_here in org.bodies_of(owner_id, on=on)
        ]
        offer(
            self,
            earlier=[("", say("none")), *((label, label) for label in labels)],
            body=[("", say("none")), *bodies],
        )
        if not bodies:
            del self.fields["body"]


@form_page
def change_programme_page(request: Request, public_id: UUID) -> HttpResponse:
    """Rename an open programme, or give it a later end."""
    one = queries.programme_for(request.viewer, public_id)
    actions.require_run(programme=one, by=request.actor)
    form = ChangeForm(
        request.POST or None,
        owner_id=one.owner_id,
        on=clock.day_in(one.zone, clock.now()),
        initial={
            "body": one.body_id or "",
            "name_hi": one.names.get("hi", ""),
            "name_en": one.names.get("en", ""),
            "closes_on": one.closes_on,
            "earlier": one.earlier,
        },
    )
    done = tried(
        request,
        form,
        lambda given: actions.change_programme(
            programme_id=one.pk,
            names={"hi": given["name_hi"], "en": given["name_en"]},
            closes_on=given["closes_on"],
            earlier=given["earlier"],
            body=int(given["body"] or 0) if "body" in given else None,
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Saved."),
    )
    if done:
        return redirect("programmes:programme", public_id)
    context = shown.programme_frame(one) | {"form": form, "is_open": one.state == Programme.State.OPEN}
    context["crumbs"] = shown.programme_crumbs(
        (shown.name_of_programme(one), href_of(one)), (say("Change"), "")
    )
    return render(request, "programmes/programme_change.html", context, status=done.status)
