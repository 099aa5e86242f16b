"""The stays of a programme, and reporting one."""

from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.tests.given import present
from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import WholeField
from abhiyan.ui.lists import Column, Table, list_response

from . import actions, queries
from .models import Stay

COLUMNS: tuple[Column[tuple[Stay, str]], ...] = (
    Column("day", _("Day"), lambda row: row[0].day, order="day", is_name=True),
    Column("village", _("Village"), lambda row: row[1]),
    Column("nights", _("Nights"), lambda row: row[0].nights, order="nights", css="num"),
    Column("met", _("People met"), lambda row: row[0].met, order="met", css="num"),
)


class StayForm(forms.Form):
    """What a worker reports."""

    village = forms.TypedChoiceField(label=_("Village"), coerce=int)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    nights = WholeField(label=_("Nights"), min_value=1, max_value=1_000)
    met = WholeField(label=_("People met"), min_value=0, max_value=100_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = queries.villages()


@require_safe
def stays(request: Request, public_id: UUID) -> HttpResponseBase:
    """List what was reported, as far as the viewer sees people."""
    one = programmes.programme(public_id)
    table = Table(
        request,
        COLUMNS,
        queries.stays(one.pk),
        name="stays",
        caption=_("Stays"),
        sort="-day",
        finish=queries.with_places,
    )
    crumbs = [(_("Programmes"), reverse("programmes:list")), (name_in_language(one.names), "")]
    context = {"here": "programmes", "crumbs": crumbs, "one": one}
    return list_response(request, "sample_room/stay_list.html", table, context)


@form_page
def report(request: Request, public_id: UUID) -> HttpResponseBase:
    """Report nights in a village."""
    one, at = programmes.programme(public_id), present()
    back = reverse("nights:stays", args=[public_id])
    return act_page(
        request,
        lambda given: actions.report_stay(
            programme=one,
            unit_id=given["village"],
            day=given["day"],
            nights=given["nights"],
            met=given["met"],
            by=request.actor,
            at=at,
        ),
        form=StayForm(
            request.POST if request.method == "POST" else None, initial={"day": clock.day_in(one.zone, at)}
        ),
        title=_("Report a stay"),
        button=_("Report"),
        said=_("The stay is reported."),
        done=back,
        back=back,
        here="programmes",
        crumbs=[(name_in_language(one.names), back), (_("Report a stay"), "")],
    )
