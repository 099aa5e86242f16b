"""A level above says what it expects of a unit, or takes it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries
from abhiyan.targets import actions
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.posts import post_only

from . import targets
from .expecting import ExpectedForm


@post_only("targets:targets")
def expectation(request: Request, public_id: UUID) -> HttpResponseBase:
    """Say what is expected of a unit beside its target, or take it back by an empty field."""
    programme = queries.programme_for(request.viewer, public_id)
    about, measure = targets.target_about(request, programme)
    form = ExpectedForm(request.POST, auto_id="own_%s")
    if not form.is_valid():
        problem = f"{about.name()}: {' '.join(map(str, form.errors['expected']))}"
        return targets.targets_page(request, programme, problem=problem, status=422)
    try:
        is_changed = actions.set_expected(
            programme_id=programme.pk,
            measure=measure,
            unit_id=about.id,
            n=form.cleaned_data["expected"],
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return targets.targets_page(request, programme, problem=str(refused), status=refused.status)
    if is_changed:
        say_when_done(request, _("Saved."))
    else:
        messages.info(request, _("Nothing changed."))
    return targets.back_to_targets(request, programme)
