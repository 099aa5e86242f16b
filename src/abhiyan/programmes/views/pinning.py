"""Somebody chooses the programme that stands first on their Today."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.addresses import address_of
from abhiyan.ui.posts import post_only


@post_only("pages:today_all", takes=())
def pin(request: Request, public_id: UUID) -> HttpResponseBase:
    """Put a programme first on one's own Today, or take it off that place again."""
    programme = queries.programme_for(request.viewer, public_id)
    if request.POST.get("back"):
        actions.unpin_programme(programme=programme, by=request.actor, at=clock.now())
        say_when_done(
            request,
            _("%(name)s is no longer first on your Today.") % {"name": name_in_language(programme.names)},
        )
    else:
        actions.pin_programme(programme=programme, by=request.actor, at=clock.now())
        say_when_done(
            request, _("%(name)s is first on your Today.") % {"name": name_in_language(programme.names)}
        )
    return redirect(address_of("pages:today"))
