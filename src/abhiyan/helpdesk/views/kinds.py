"""The list of kinds of requests that the organisation edits."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.actions.kinds import LONGEST_KIND, RUN
from abhiyan.helpdesk.fields import request_kinds
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, act_page, form_page, form_problem
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy


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


class KindNamesForm(forms.Form):
    """A kind of request in two languages."""

    english = forms.CharField(label=_("Name in English"), max_length=LONGEST_KIND)
    hindi = forms.CharField(label=_("Name in Hindi"), max_length=LONGEST_KIND)


@form_page
def kind_new(request: Request) -> HttpResponseBase:
    """Add a kind of request."""
    page = reverse("helpdesk:kind_list")
    return act_page(
        request,
        lambda given: actions.add_kind(by=request.actor, at=clock.now(), **given),
        form=KindNamesForm(request.POST if request.method == "POST" else None),
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


@form_page
def kind_rename(request: Request, code: str) -> HttpResponseBase:
    """Give a kind of request other names."""
    page = reverse("helpdesk:kind_list")
    kind = or_refuse(next((kind for kind in request_kinds() if kind.code == code), None))
    return act_page(
        request,
        lambda names: actions.rename_kind(code=code, by=request.actor, at=clock.now(), **names),
        form=KindNamesForm(
            request.POST if request.method == "POST" else None,
            initial={"english": kind.every_name["en"], "hindi": kind.every_name["hi"]},
        ),
        title=_("Rename a kind of request"),
        text=[say("Requests that have this kind show the new name too.")],
        button=_("Rename the kind"),
        done=page,
        said=_("Renamed. You can rename it again at any time."),
        here="helpline",
        crumbs=[
            (say("Helpline"), reverse("helpdesk:tickets")),
            (say("Kinds of requests"), page),
            (say("Rename a kind of request"), ""),
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
    done = or_refuse(KIND_ACTS.get(act)).tried(request, code=code, by=request.actor, at=clock.now())
    if not done:
        messages.error(request, str(done.refused) if done.refused else form_problem(done.form))
    return redirect("helpdesk:kind_list")
