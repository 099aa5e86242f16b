"""Read what a page begins with: a drive in sight of an office, or a person by their own phone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import current, widen
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.actions import cards
from abhiyan.enrolment.actions.referrals import friend_code
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.enrolment.queries import people
from abhiyan.enrolment.queries.join import SMALLEST, OpenDrive, drive_of
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.queries.questions import QuestionEntry
from abhiyan.enrolment.queries.referrals import counts_of
from abhiyan.enrolment.rules.channels import MANAGE
from abhiyan.enrolment.rules.number import member_number
from abhiyan.helpdesk import helplines
from abhiyan.org.here import unit_address as join_address
from abhiyan.org.viewer import Request
from abhiyan.people.queries import document_address
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.invitations import Invitation
from abhiyan.units import queries as units

RUN = "programmes.run"
View = Callable[..., HttpResponseBase]


class SeenDrive:
    """A drive in the viewer's sight, and what they may do there: for showing forms; the acts ask again."""

    def __init__(self, request: Request, public_id: UUID) -> None:
        self.request = request
        self.programme: Programme = programmes.programme_for(request.viewer, public_id)
        self.drive: Drive = queries_drives.drive_for(self.programme)
        self.name = name_in_language(self.programme.names)
        self.may_run = self.may(RUN, self.programme.owner_id)
        self.may_manage = self.may(MANAGE, self.programme.owner_id)

    def may(self, capability: str, unit_id: int) -> bool:
        positions = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])]
        return self.request.viewer.may_at(capability, *positions)

    @property
    def address(self) -> str:
        return str(settings.ORIGIN) + reverse("intake:join_drive", args=[self.drive.join_slug])

    @property
    def helpline(self) -> str:
        """Return the number people call about it."""
        return helplines.number_of_programme(self.programme.pk)

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        here = reverse("intake:drive", args=[self.programme.public_id]) if more else ""
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
        return render(self.request, template, shown, status=status)

    def href(self, part: str) -> str:
        """Return the address of a part of the drive's own page."""
        return reverse("intake:drive", args=[self.programme.public_id]) + f"#{part}"

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


def qr_picture(text: str) -> SafeString:
    """Draw a QR code, dark on light whatever the page's colours: phones cannot read it otherwise."""
    made = segno.make(text, error="m", micro=False)
    return mark_safe(made.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr"))  # noqa: S308  # of numbers only


def card_shown(member: Member, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Return what a page shows of a member's card, which is issued at its first look."""
    card = cards.issue_card(membership=member.public_id, by=by, at=at)
    return {
        "own": member,
        "number": member_number(member.public_id),
        "unit": member.unit_name(),
        "roll": member.roll_name(),
        "qr": qr_picture(document_address(card.pk)),
    }


def own_link_shown(request: VisitRequest, member: Member | None, at: datetime) -> dict[str, Any]:
    """Return what a friend's own page shows of their link: its address and picture, and how many joined by it."""
    if member is None or not member.is_current or not member.said.asks_why:
        return {}
    code = friend_code(membership=member.public_id, by=request.actor, at=at)
    if not code:
        return {}
    drive = drive_of(member.programme_id)
    address = join_link(drive.drive.join_slug, member, by=code)
    return {
        "invitation": invitation(drive, member, address=address),
        "link_qr": qr_picture(address),
        "joined_by": counts_of(code),
    }


def invitation(drive: OpenDrive, member: Member | None, *, address: str) -> Invitation:
    """Return the invitation that somebody sends to others after joining. own: who invites; None leaves the name out."""
    by = (member.name or "") if member else ""
    return Invitation(name=drive.name(), address=address, by=by, minimum=drive.drive.roll.minimum_age)


def join_link(slug: str, own: Member | QuestionEntry | None, **more: str) -> str:
    """Return the link by which a new member invites others: to the member's own place, where that is as small
    as a booth."""
    page = str(settings.ORIGIN) + reverse("intake:join_drive", args=[slug])
    if own and own.unit_kind in SMALLEST:
        return join_address(page, own.unit_code, **more)
    return f"{page}?{urlencode(more)}" if more else page
