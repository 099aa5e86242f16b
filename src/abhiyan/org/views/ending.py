"""Acts on an appointment that cannot be taken back: each page says what stops, and asks once."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import NoteField

from .appointments import may_end_here


class EndOfficeForm(forms.Form):
    """Why an appointment ends."""

    reason = NoteField(
        label=_("Why it ends"),
        max_length=200,
        error_messages={"required": _("Write why it ends, for example: resigned, transferred, term over.")},
    )


class DisputeForm(forms.Form):
    """By which order a disputed office is settled."""

    order_no = forms.CharField(
        label=_("Order number"),
        max_length=60,
        error_messages={"required": _("Write the number of the order that settles it.")},
    )


@form_page
def end_appointment_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """End an appointment, with a reason."""
    appointment = queries.appointment_for(request.viewer, public_id)
    page = reverse("org:appointment", args=[public_id])
    if appointment.state == Appointment.State.ENDED:
        messages.info(request, str(actions.AlreadyEnded.message))
        return redirect(page)
    if request.method != "POST" and not may_end_here(request, appointment, at=clock.now()):
        raise queries.NotYours(capability="org.appoint")
    about = _about(appointment)
    is_own = appointment.account_id == request.viewer.account_id
    return act_page(
        request,
        lambda given: actions.end_appointment(
            public_id=public_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        form=EndOfficeForm(request.POST if request.method == "POST" else None),
        title=say("Step down as %(office)s, %(unit)s?") % about
        if is_own
        else say("End this appointment? %(who)s, %(office)s, %(unit)s") % about,
        text=[
            say("The rights of this office end at once."),
            say("Without another office, all sessions of this person end too."),
            say("This cannot be undone. The person can be appointed again."),
        ],
        button=say("Step down") if is_own else say("End the appointment"),
        said=_("The appointment is over."),
        done="/" if is_own else reverse("org:appointments"),
        back=page,
        is_danger=True,
        here="appointments",
        crumbs=[
            (say("Appointments"), reverse("org:appointments")),
            (str(about["office"]), page),
            (say("End it"), ""),
        ],
    )


@form_page
def dispute_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Settle a disputed office for this claimant, by an order."""
    appointment = queries.appointment_for(request.viewer, public_id)
    at, page = clock.now(), reverse("org:appointment", args=[public_id])
    if refused := queries.why_not_decide(request.actor, appointment, at=at):
        raise refused
    if appointment.state != Appointment.State.DISPUTED:
        return redirect(page)
    about = _about(appointment)
    return act_page(
        request,
        lambda given: actions.decide_dispute(
            public_id=public_id, order_no=given["order_no"], by=request.actor, at=clock.now()
        ),
        form=DisputeForm(request.POST if request.method == "POST" else None),
        title=say("Decide for %(who)s? %(office)s, %(unit)s") % about,
        text=[
            say("%(who)s then holds the office. The appointments of the others end at once.") % about,
            say("This cannot be undone."),
        ],
        button=say("Decide for %(who)s") % about,
        said=_("Decided."),
        done=page,
        is_danger=True,
        here="appointments",
        crumbs=[
            (say("Appointments"), reverse("org:appointments")),
            (str(about["office"]), page),
            (say("Decide"), ""),
        ],
    )


def _about(appointment: Appointment) -> dict[str, str]:
    (row,) = queries.with_holders([appointment])
    return {
        "who": local_person(row.holder),
        "office": row.title(),
        "unit": name_in_language(row.unit.names),
    }
