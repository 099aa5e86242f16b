"""Read what a page begins with: a drive in sight of an office, or a person by their own phone."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import current, widen
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.actions import tokens
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries import drive as queries
from abhiyan.enrolment.queries import people
from abhiyan.enrolment.queries.people import Member
from abhiyan.helpdesk import helplines
from abhiyan.org.viewer import Request
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

RUN, MANAGE = "programmes.run", tokens.MANAGE
View = Callable[..., HttpResponseBase]


class SeenDrive:
    """A drive in the viewer's sight, and what they may do there: for showing forms; the acts ask again."""

    def __init__(self, request: Request, public_id: UUID) -> None:
        self.request = request
        self.programme: Programme = programmes.programme_for(request.viewer, public_id)
        self.drive: Drive = queries.drive_for(self.programme)
        self.name = name_in_language(self.programme.names)
        self.may_run = self.may(RUN, self.programme.owner_id)
        self.may_manage = self.may(MANAGE, self.programme.owner_id)

    def may(self, capability: str, unit_id: int) -> bool:
        positions = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])]
        return self.request.viewer.may_at(capability, *positions)

    @property
    def address(self) -> str:
        return str(settings.ORIGIN) + reverse("enrolment:join_drive", args=[self.drive.join_slug])

    @property
    def helpline(self) -> str:
        """Return the number people call about it."""
        return helplines.number_of_programme(self.programme.pk)

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        here = reverse("enrolment:drive", args=[self.programme.public_id]) if more else ""
        return [
            (_("Programmes"), reverse("programmes:list")),
            (self.name, reverse("programmes:programme", args=[self.programme.public_id])),
            (_("How people join"), here),
            *more,
        ]

    def page(self, template: str, crumb: str, **shown: Any) -> HttpResponse:
        """Show one of the pages around the drive."""
        shown |= {
            "here": "programmes",
            "crumbs": self.crumbs((crumb, "")),
            "programme": self.programme,
            "name": self.name,
        }
        status = shown.pop("status", 200)
        return render(self.request, f"enrolment/{template}.html", shown, status=status)

    def href(self, part: str) -> str:
        """Return the address of a part of the drive's own page."""
        return reverse("enrolment:drive", args=[self.programme.public_id]) + f"#{part}"

    def back(self, part: str) -> HttpResponseBase:
        return redirect(self.href(part))


def unlisted(view: View) -> View:
    """Keep search engines from this page."""

    @wraps(view)
    def wrapped_view(request: VisitRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped_view


def citizen(request: VisitRequest) -> Actor:
    """Return the holder of the proven phone as an actor, also when they are signed in to an office."""
    session = request.visit.session
    if session is None or request.visit.phone_id is None:
        raise NotFound
    if current().phone != request.visit.phone_id:
        widen(replace(current(), phone=request.visit.phone_id))
    return Actor(
        kind="citizen", id=session.public_id, device=request.actor.device, origin=request.actor.origin
    )


def chosen_membership(request: VisitRequest) -> Member | None:
    """Return the membership this session has chosen, if it is one of the proven phone's."""
    citizen(request)
    phone_id, chosen = request.visit.phone_id, request.visit.facts.get("person")
    if phone_id is None or not chosen:
        return None
    member = people.own_membership(phone_id, UUID(chosen))
    request.visit.about = member.programme_id if member else None
    return member
