"""Accepting or declining an office, signed in or by the link of a message; and the word for a first sign-in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock, declared, limits
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import actions, offer_links, queries
from abhiyan.org.models import Appointment
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page, pressed, say_when_done
from abhiyan.ui.bearers import names_left_out, shown_name


@require_POST
def answer_offer_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Accept or decline one's own office. Refuses NoButton."""
    is_accepted = pressed(request, "answer", "accept", "decline") == "accept"
    try:
        appointment = actions.answer_offer(
            public_id=public_id, is_accepted=is_accepted, by=request.actor, at=clock.now()
        )
    except Refused as refused:
        if refused.status == actions.NotOffered.status:
            raise
        messages.error(request, str(refused))
        return redirect("org:appointment", public_id)
    if appointment.state == Appointment.State.DISPUTED:
        messages.warning(
            request, _("Somebody holds this office already. It is disputed until the level above decides.")
        )
    else:
        say_when_done(request, _("You accepted. The office is yours.") if is_accepted else _("Declined."))
    return redirect("pages:today")


@form_page
def office_offer(request: Request, link: str) -> HttpResponseBase:
    """Accept or decline by the link, in a browser where no other phone is signed in. Opening it accepts nothing.

    The link of an accepted office shows the way in again. Any other link, wrong, declined or over, gets one and the
    same refusal.
    """
    at = clock.now()
    try:
        with system("the page behind a question's link"):
            found = offer_links.offer_behind(link, at=at)
            is_answered = found is not None and found.is_accepted and request.method != "POST"
            accepted = queries.accepted(found.appointment) if found is not None and is_answered else None
            if accepted is None:
                offer = or_refuse(found if found is not None and found.is_open else None, actions.NotOffered)
                appointment = or_refuse(queries.offered_office(offer.appointment), actions.NotOffered)
    except actions.NotOffered:  # a guess; who holds a link is let in from any network
        limits.count_or_refuse(declared.LINK_WRONG, request.visit.origin, at=at)
        raise
    if accepted is not None:
        return _accepted(request, accepted, at=at)
    is_others = request.visit.phone_id not in (None, offer.phone_id) or (
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
        return render(request, "org/office_offer.html", context)
    if is_others:
        return render(request, "org/office_offer.html", context, status=403)
    is_accepted = pressed(request, "answer", "accept", "decline") == "accept"
    try:
        offer_links.answer_behind(
            link=link, yes=is_accepted, why=request.POST.get("why", ""), by=request.actor, at=at
        )
    except Refused as refused:
        if refused.status == actions.NotOffered.status:
            raise
        return render(
            request, "org/office_offer.html", context | {"refused": str(refused)}, status=refused.status
        )
    if is_accepted:
        return _accepted(request, appointment, at=at)
    return render(request, "org/office_declined.html", context)


def _accepted(request: Request, appointment: Appointment, *, at: datetime) -> HttpResponseBase:
    """Show where to begin: by one code for an office of a booth, else by the usual sign-in."""
    door = queries.sign_in_path(
        appointment.account_id, on=clock.day_in(settings.TIME_ZONE, at), taking=appointment
    )
    context = {
        "office": appointment.title(),
        "unit": name_in_language(appointment.unit.names),
        "door": door,
        "door_address": settings.ORIGIN + door,
        "is_by_code": door == reverse("org:phone_sign_in"),
    }
    return render(request, "org/office_accepted.html", context)


@form_page
def first_word(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make the word for the first sign-in of the appointed person, and show it this once."""
    appointment = queries.appointment_for(request.viewer, public_id)
    holder = or_refuse(queries.open_holder(appointment))
    if refused := queries.why_not_hand_over(request.actor, holder):
        raise refused
    page = reverse("org:appointment", args=[public_id])
    who = shown_name(holder.name, appointment.account_id, names_left_out(request, [appointment.account_id]))
    return act_page(
        request,
        lambda _given: actions.make_holder_word(appointment=public_id, by=request.actor, at=clock.now()),
        title=say("Make the secret word for the first sign-in of %(who)s?") % {"who": who},
        text=[
            say("You see it once, on the next page. Tell it to them in person or by phone."),
            say("An older word no longer works."),
        ],
        button=say("Make the word"),
        done=lambda word: render(
            request,
            "org/first_word.html",
            {"word": word, "who": who, "back": page, "here": "appointments"},
        ),
        back=page,
        here="appointments",
        crumbs=[
            (say("Appointments"), reverse("org:appointments")),
            (appointment.title(), page),
            (say("Secret word for the first sign-in"), ""),
        ],
    )
