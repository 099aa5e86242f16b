"""The end of joining: the number, the card, and a link to share. For people who have proven the phone."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.enrolment.actions.referrals import friend_code
from abhiyan.enrolment.queries.join import SMALLEST, OpenDrive, drive_of
from abhiyan.enrolment.queries.people import Member, own_membership
from abhiyan.enrolment.queries.questions import QuestionEntry
from abhiyan.enrolment.queries.referrals import counts_of
from abhiyan.enrolment.rules.number import member_number
from abhiyan.org.here import unit_address as join_address
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.addresses import address_of
from abhiyan.ui.invitations import Invitation

from . import card
from .join import by_slug


@require_GET
def join_done(request: VisitRequest, slug: str) -> HttpResponseBase:
    """Show the number, how sure the entry is, and a member's card to somebody who has proven the phone."""
    drive = by_slug(request, slug)
    done: dict[str, Any] = request.visit.facts.get("joined") or {}
    phone_id = request.visit.phone_id
    if phone_id is None or done.get("slug") != slug:
        return redirect("enrolment:me")
    member = own_membership(phone_id, UUID(done["membership"])) if done.get("membership") else None
    return render(
        request,
        "enrolment/join_done.html",
        {
            "found": drive,
            "done": done,
            "own": member,
            "skills_page": address_of("friends:me_skills"),
            "heading": member.said.heading(member.name or "") if member else "",
            "number": member_number(member.public_id) if member else "",
            **(_card(request, member) if member else {}),
            "invitation": invitation(drive, member, address=join_link(slug, member)),
        },
    )


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
        "link_qr": card.qr_picture(address),
        "joined_by": counts_of(code),
    }


def _card(request: VisitRequest, member: Member) -> dict[str, Any]:
    """Return the card of a member; a friend has none."""
    if not member.is_current or not member.said.has_card:
        return {}
    return card.card_shown(member, by=request.actor, at=clock.now())


def invitation(drive: OpenDrive, member: Member | None, *, address: str) -> Invitation:
    """Return the invitation that somebody sends to others after joining. own: who invites; None leaves the name out."""
    by = (member.name or "") if member else ""
    return Invitation(name=drive.name(), address=address, by=by, minimum=drive.drive.roll.minimum_age)


def join_link(slug: str, own: Member | QuestionEntry | None, **more: str) -> str:
    """Return the link by which a new member invites others: to the member's own place, where that is as small
    as a booth."""
    page = str(settings.ORIGIN) + reverse("enrolment:join_drive", args=[slug])
    if own and own.unit_kind in SMALLEST:
        return join_address(page, own.unit_code, **more)
    return f"{page}?{urlencode(more)}" if more else page
