"""Show a unit's own figures, and take one."""

from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, small_cells
from abhiyan.core.words import name_in_language
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DayField, WholeField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response


class FigureForm(forms.Form):
    """A number of some days."""

    measure = forms.ChoiceField(label=_("Measure"))
    begins_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    n = WholeField(
        label=_("Number"),
        min_value=0,
        required=False,
        help_text=_("The same days again: the new number replaces the old. Left empty, it is taken back."),
    )


@form_page
def own_figures(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the figures a unit gave of itself, newest first; a leader there gives one, or takes it back."""
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    measures = {
        measure.number: name_in_language(measure.names)
        for measure in queries.measures([programme])[programme.pk]
    }
    at, may = clock.now(), shown.viewer_may(request, LEADS, here.unit.id)
    figures = queries.typed_figures(programme, unit_id=here.unit.id, at=at)
    is_exact = request.viewer.sees_exact_at(*filter(None, [here.unit.lo]))

    def number(row: queries.TypedFigure) -> str:
        return small_cells.seen_count(row.n, is_exact=is_exact)

    columns: tuple[Column[queries.TypedFigure], ...] = (
        Column("first", _("First day"), lambda row: row.begins_on, css="nums", is_name=True),
        Column("last", _("Last day"), lambda row: row.ends_on, css="nums"),
        Column("measure", _("Measure"), lambda row: measures.get(row.measure, "")),
        Column("n", _("Number"), number, css="num"),
        Column(
            "who",
            _("Who"),
            lambda row: row.typed_by,
            names_people=True,
            account=lambda row: row.typed_by_id,
        ),
        Column("when", _("When"), lambda row: row.typed_at, css="nums"),
        Column("state", _("Status"), lambda row: say("replaced") if row.is_replaced else ""),
    )
    table = Table(
        request,
        columns,
        figures,
        name="own-figures",
        caption=_("Figures given"),
        is_numbered=False,
        unit_id=here.unit.id,
    )
    if table.file_kind:
        return table.file()
    form = FigureForm(
        request.POST if request.method == "POST" else None,
        initial={
            "measure": next(iter(measures), 1),
            "begins_on": programme.opens_on,
            "ends_on": min(programme.closes_on, clock.day_in(programme.zone, at)),
        },
    )
    offer(form, measure=list(measures.items()))
    if len(measures) == 1:
        form.fields["measure"].widget = forms.HiddenInput()
    done = tried(
        request,
        form,
        lambda given: actions.type_figure(
            programme=programme,
            measure=int(given["measure"]),
            unit_id=here.unit.id,
            begins_on=given["begins_on"],
            ends_on=given["ends_on"],
            n=given["n"],
            by=request.actor,
            at=at,
        ),
        said=_("Saved."),
        has_form=may,
    )
    if done:
        return redirect(shown.programme_address(programme, "own_figures", here.unit.code))
    context: dict[str, Any] = {
        **shown.programme_frame(programme, (say("What units say"), "")),
        "unit": here.unit,
        "unit_name": here.name,
        "form": form if may else None,
    }
    return list_response(request, "programmes/own_figure_list.html", table, context, status=done.status)
