"""The form of a leader's own report on a unit below theirs."""

from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.opinions.actions import QuoteUnsure
from abhiyan.opinions.fields import UnnamedForm
from abhiyan.org.here import page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.review import refusals
from abhiyan.review.actions import leader_reports as acts
from abhiyan.review.queries.leader_reports import is_above
from abhiyan.review.rules.sources import LONGEST_WORDS
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import DayField, NoteField, WholeField
from abhiyan.ui.forms import offer

from .rounds import today_of_reviews

WHOLE = ""  # the choice of a report about the unit as a whole


class LeaderReportForm(UnnamedForm):
    """A leader writes what they saw: the measure, the day, the number and words."""

    about = forms.ChoiceField(label=_("About"), required=False)
    day = DayField(label=_("Day"))
    n = WholeField(label=_("Number in all by that day"), min_value=0, required=False)
    words = NoteField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names of people. Nothing about illness, caste, religion or the vote."),
    )


def _key(counted: programmes.RunningMeasure) -> str:
    return f"{counted.programme.public_id} {counted.measure}"


@form_page
def leader_report(request: Request) -> HttpResponseBase:
    """Write one's own report on a unit below. NotFound for everybody who does not lead the unit from above.

    OwnUnitReported for somebody who holds an office in the unit or below it, and leads there.
    """
    here = page_unit(request)
    if not is_above(request.viewer, here.unit):
        if request.viewer.may_at(LEADS, here.span[0]):
            raise refusals.OwnUnitReported
        raise NotFound(field="unit")
    on = today_of_reviews()
    running, _node = programmes.running_at(here.unit.id, here.hierarchy, on)
    form = LeaderReportForm(
        request.POST if request.method == "POST" else None,
        initial={"day": on, "about": _key(running[0]) if running else WHOLE},
    )
    offer(
        form,
        about=[
            *((_key(counted), counted.name) for counted in running),
            (WHOLE, say("The unit as a whole, in words")),
        ],
    )

    def act(typed: dict[str, Any]) -> Any:
        programme, _space, measure = typed.pop("about").partition(" ")
        try:
            return acts.write_leader_report(
                **typed,
                unit_id=here.unit.id,
                programme=UUID(programme) if programme else None,
                measure=int(measure or 0),
                by=request.actor,
                at=clock.now(),
            )
        except QuoteUnsure as refused:
            form.ask_after(refused)
            raise

    dossier = reverse("review:dossier", args=[here.unit.code])
    return act_page(
        request,
        act,
        title=say("My report: %(unit)s") % {"unit": here.name},
        text=[
            _("You and the leaders above the unit read it. The unit does not."),
            _("For seven days you can write the same day again. Left empty, it is taken back."),
        ],
        button=_("Save the report"),
        said=lambda made: _("Your report is saved.") if made else _("Your report is taken back."),
        done=dossier,
        form=form,
        here="units",
        crumbs=[(here.name, reverse("pages:unit", args=[here.unit.code])), (say("My report"), "")],
    )
