"""The public page of a programme: what was frozen, drawn and found, and how to repeat a draw. Nothing about persons."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, declared, limits
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.visit import VisitRequest as Visit
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import act_page, form_page
from abhiyan.verification import actions
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.here import may_plan
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import public as reads

from .frames import frame_file_answer, frames_shown, more_answer


@require_GET
def public_frames_page(request: Visit, public_id: UUID) -> HttpResponseBase:
    """Show every frame of a programme, for everybody."""
    programme, frames = reads.public_page(public_id, at=clock.now())
    context = {"programme": programme, "name": name_in_language(programme.names), "frames": frames}
    return render(request, "verification/public.html", context)


@require_GET
def public_frame_file(request: Visit, public_id: UUID, frame_id: UUID) -> HttpResponseBase:
    """Send the published file of a frame."""
    return frame_file_answer(_frame(request, public_id, frame_id))


@require_GET
def later_checks_file(request: Visit, public_id: UUID, frame_id: UUID) -> HttpResponseBase:
    """Send the file of later checks of a frame."""
    return more_answer(_frame(request, public_id, frame_id))


def _frame(request: Visit, public_id: UUID, frame_id: UUID) -> Frame:
    if request.visit.account_id is None:
        limits.count_or_refuse(declared.FRAME_FILES, request.visit.origin, at=clock.now())
    with system("a published file"):
        return reads.public_frame(public_id, frame_id)


@form_page
def open_public_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Open the page to everybody, after saying what they will read."""
    programme = _planned(request, public_id)
    return act_page(
        request,
        lambda _given: actions.open_page(programme=programme, by=request.actor, at=clock.now()),
        title=_("Open the public page"),
        text=[
            _(
                "Everybody can then read, without signing in: each round, its hash and public value, and estimates."
            ),
            _("Numbers are whole tens; the files to download have the exact ones. No person is named."),
            _("You can close the page again. What somebody has read stays read."),
        ],
        button=_("Open the page"),
        said=_("The page is open to everybody."),
        done=reverse("verification:frames", args=[public_id]),
        **frames_shown(programme, (say("Public page"), "")),
    )


@form_page
def close_public_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Close the page again."""
    programme = _planned(request, public_id)
    return act_page(
        request,
        lambda _given: actions.close_page(programme=programme, by=request.actor, at=clock.now()),
        title=_("Close the public page"),
        text=[
            _(
                "Its address then shows nothing. Links people have shared stop working until you open it again."
            )
        ],
        button=_("Close the page"),
        said=_("The page is closed."),
        done=reverse("verification:frames", args=[public_id]),
        **frames_shown(programme, (say("Public page"), "")),
    )


def _planned(request: Request, public_id: UUID) -> Programme:
    programme = programmes.programme_for(request.viewer, public_id)
    if not may_plan(request, programme.owner_id):
        raise NotYours(capability=PLAN)
    return programme
