"""The end of joining: the number, the card, and a link to share. For people who have proven the phone."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.enrolment import here
from abhiyan.enrolment.here import invitation, join_link
from abhiyan.enrolment.queries.people import Member, own_membership
from abhiyan.enrolment.rules.number import member_number
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.addresses import address_of

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
        "intake/join_done.html",
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


def _card(request: VisitRequest, member: Member) -> dict[str, Any]:
    """Return the card of a member; a friend has none."""
    if not member.is_current or not member.said.has_card:
        return {}
    return here.card_shown(member, by=request.actor, at=clock.now())
