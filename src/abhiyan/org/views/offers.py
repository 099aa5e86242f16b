"""Accepting or declining an office, signed in; and the word for a first sign-in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.org import actions, queries
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
