"""The page behind the link of our question whether somebody accepts an office. Opening it accepts nothing."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from abhiyan.core import clock, declared, limits
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.messaging import actions, queries
from abhiyan.org import queries as org
from abhiyan.org.actions import NotOffered
from abhiyan.org.models import Appointment
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, pressed


@form_page
def office(request: Request, link: str) -> HttpResponseBase:
    """Accept or decline, in a browser where no other phone is signed in. The link of an accepted
    office shows the way in again. Any other link, wrong, declined or over, gets one and the same refusal."""
    at = clock.now()
    try:
        with system("the page behind a question's link"):
            accepted = None if request.method == "POST" else _accepted_by(link)
            if accepted is None:
                row = or_refuse(queries.open_behind(link, of=queries.OFFICE, at=at), NotOffered)
                appointment = or_refuse(org.offered_office(row.about), NotOffered)
    except NotOffered:  # a guess; who holds a link is let in from any network
        limits.count_or_refuse(declared.LINK_WRONG, request.visit.origin, at=at)
        raise
    if accepted is not None:
        return _accepted(request, accepted, at=at)
    is_others = request.visit.phone_id not in (None, row.phone_id) or (
        request.visit.account_id not in (None, appointment.account_id)
    )
    context = {
        "office": appointment.title(),
        "unit": name_in_language(appointment.unit.names),
        "since": appointment.starts_on,
        "until": appointment.ends_on,
        "is_others": is_others,
    }
    if request.method != "POST":
        return render(request, "messaging/office.html", context)
    if is_others:
        return render(request, "messaging/office.html", context, status=403)
    is_accepted = pressed(request, "answer", "accept", "decline") == "accept"
    try:
        actions.answer_link(
            link=link, yes=is_accepted, why=request.POST.get("why", ""), by=request.actor, at=at
        )
    except Refused as refused:
        if refused.status == NotOffered.status:
            raise
        return render(
            request, "messaging/office.html", context | {"refused": str(refused)}, status=refused.status
        )
    if is_accepted:
        return _accepted(request, appointment, at=at)
    return render(request, "messaging/office_declined.html", context)


def _accepted_by(link: str) -> Appointment | None:
    """The office that was accepted by the question behind a link, while it is held. In a system scope."""
    row = queries.question_by_link(link)
    is_yes = row is not None and (row.room, row.kind) == queries.OFFICE and row.is_yes
    return org.accepted(row.about) if row is not None and is_yes else None


def _accepted(request: Request, appointment: Appointment, *, at: datetime) -> HttpResponseBase:
    """Show where to begin: by one code for an office of a booth, else by the usual sign-in."""
    door = org.sign_in_path(
        appointment.account_id, on=clock.day_in(settings.TIME_ZONE, at), taking=appointment
    )
    context = {
        "office": appointment.title(),
        "unit": name_in_language(appointment.unit.names),
        "door": door,
        "door_address": settings.ORIGIN + door,
        "is_by_code": door == reverse("org:phone_sign_in"),
    }
    return render(request, "messaging/office_accepted.html", context)
