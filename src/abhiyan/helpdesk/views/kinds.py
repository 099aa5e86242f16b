"""Needs by kind: how many came in and are solved; and the list of kinds that the organisation edits."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import needed
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.actions.kinds import LONGEST_KIND, RUN
from abhiyan.helpdesk.fields import request_kinds
from abhiyan.helpdesk.numbers import KindOfNeed, needs_by_kind
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, ask, form_page, problem
from abhiyan.ui.lists import Column, Table, answer
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

DAYS = (30, 90, 365)
COLUMNS: tuple[Column[KindOfNeed], ...] = (
    Column("kind", _("What it is about"), lambda row: row.title, is_name=True),
    Column("came", _("Came in"), lambda row: row.came_in, order=True, css="num"),
    Column("under_way", _("Under way"), lambda row: row.under_way, order=True, css="num"),
    Column("solved", _("Solved, says the person"), lambda row: row.solved, order=True, css="num"),
    Column("closed", _("Closed without a reply"), lambda row: row.closed, order=True, css="num"),
)


@require_GET
def needs(request: Request) -> HttpResponseBase:
    """Show what was asked in a unit and below, is under way and is solved, by kind."""
    here, at = page_unit(request), clock.now()
    chosen = request.GET.get("days", "")
    days = int(chosen) if chosen in map(str, DAYS) else DAYS[0]
    rows = needs_by_kind(here.span, days=days, at=at)
    table: Table[KindOfNeed] = Table(
        request, COLUMNS, rows, name="helpline-kinds", caption=_("Needs by kind"), sort="-came"
    )
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Needs by kind"), "")],
        "where": here.name,
        "unit": here.unit.code,
        "segments": [
            (ngettext("%(n)s day", "%(n)s days", span) % {"n": span}, here.href(days=span), span == days)
            for span in DAYS
        ],
        "is_part": not request.viewer.sees_people_at(here.span[0]),
    }
    return answer(request, "helpdesk/needs.html", table, context)


@require_GET
def kind_list(request: Request) -> HttpResponseBase:
    """Show the kinds of requests, which of them are closed, and what the office at the top may do."""
    top = org.top_unit()
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Kinds of requests"), "")],
        "kinds": request_kinds(),
        "may": top is not None and request.viewer.may_at(RUN, units.span(top, Hierarchy.ORGANISATIONAL)[0]),
    }
    return render(request, "helpdesk/kind_list.html", context)


class NewKindForm(forms.Form):
    """A kind of request in two languages."""

    english = forms.CharField(label=_("Name in English"), max_length=LONGEST_KIND)
    hindi = forms.CharField(label=_("Name in Hindi"), max_length=LONGEST_KIND)


@form_page
def kind_new(request: Request) -> HttpResponseBase:
    """Add a kind of request."""
    page = reverse("helpdesk:kind_list")
    return ask(
        request,
        lambda given: actions.add_kind(by=request.actor, at=clock.now(), **given),
        form=NewKindForm(request.POST if request.method == "POST" else None),
        title=_("New kind of request"),
        text=[say("Every form offers it from now on. An answer is due within 48 hours.")],
        button=_("Add the kind"),
        done=page,
        said=_("Added. You can close it here at any time."),
        here="helpline",
        crumbs=[
            (say("Helpline"), reverse("helpdesk:tickets")),
            (say("Kinds of requests"), page),
            (say("New kind of request"), ""),
        ],
    )


KIND_ACTS = {
    "close": PageAct(
        partial(actions.close_kind, is_closed=True), _("Closed. Forms offer it no more; requests keep it.")
    ),
    "open": PageAct(partial(actions.close_kind, is_closed=False), _("Open. Forms offer it again.")),
}


@require_POST
def kind_act(request: Request, code: str, act: str) -> HttpResponseBase:
    """Close a kind, or open it again."""
    done = needed(KIND_ACTS.get(act)).tried(request, code=code, by=request.actor, at=clock.now())
    if not done:
        messages.error(request, str(done.refused) if done.refused else problem(done.form))
    return redirect("helpdesk:kind_list")
