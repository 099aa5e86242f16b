"""The field card: one member whose phone has not answered, what to say, the number they call, and what came of it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import local_person
from abhiyan.enrolment.queries import first_calls
from abhiyan.enrolment.queries import people as queries
from abhiyan.enrolment.queries.join import drive_of
from abhiyan.intake.actions import telling
from abhiyan.intake.queries import calls
from abhiyan.intake.queries.calls import outcome_sentence
from abhiyan.org.here import unit_address
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_person
from abhiyan.programmes.rules.spoken import spoken_words
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.addresses import address_of
from abhiyan.units import queries as units

TODAY = "/"
SAY_FIRST = gettext_lazy(
    "Hello, I am {caller} from {organisation}. On {day} your name was written on our {list}, but you are not counted"
    " yet.\n[To join, give a missed call to {number} from your own phone. It is free. |To join, answer our SMS from"
    " your own phone. ]If you do not want to, you need do nothing."
)


class ToldForm(forms.Form):
    """The result, by the pressed button; called: the number was shown before."""

    outcome = forms.ChoiceField(choices=first_calls.TellingResult.choices)
    called = forms.BooleanField(required=False)


@form_page
def field_card(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one member to tell, and four outcomes. `number`: shows the number to who may see it, inside the hours."""
    at = clock.now()
    member = queries.member_for(public_id)
    positions = [lo for lo, _hi in units.all_spans([member.unit_id]).get(member.unit_id, [])]
    if not request.viewer.may_at("enrolment.enrol", *positions):
        raise NotYours
    person_to_call = calls.one_to_call(public_id)
    if person_to_call is None:
        messages.info(request, str(telling.NothingToTell.message))
        return redirect(TODAY)
    wants_number = "number" in request.POST
    form: forms.Form = forms.Form(request.POST) if wants_number else ToldForm(request.POST or None)
    phone, status = "", 200
    if wants_number:
        attempt = tried(
            request,
            form,
            lambda _given: telling.number_to_call(membership=public_id, by=request.actor, at=at),
        )
        phone, status = attempt.value or "", 200 if attempt else attempt.status
    elif request.method == "POST":
        noted = tried(
            request,
            form,
            lambda given: telling.note_told(
                membership=public_id,
                outcome=given["outcome"],
                is_visit=not given["called"],
                by=request.actor,
                at=at,
            ),
            said=lambda _none: outcome_sentence(
                request.POST["outcome"], person_to_call.name, person_to_call.programme_id
            ),
        )
        if noted:
            return redirect(TODAY)
        status = noted.status
    read_person(about=member.public_id, by=request.actor, unit_id=member.unit_id, at=at)
    drive, number = drive_of(person_to_call.programme_id), queries.join_number(person_to_call.programme_id)
    page = {
        "name": local_person(person_to_call.name),
        "place": member.unit_name(),
        "drive_name": drive.name(),
        "number": number,
        "spoken": spoken_words(
            SAY_FIRST,
            caller=request.viewer.name,
            day=date_format(person_to_call.day, "j F"),
            list=str(drive.said.list),
            number=number,
        ),
        "may_call": request.viewer.may_at("people.reveal", *positions),
        "shown": phone,
        "form": form,
        "outcomes": first_calls.TellingResult.choices,
        "helper": unit_address(address_of("friends:helper_new"), units.unit_by_id(member.unit_id).code),
        "head": _("Tell them"),
    }
    return render(request, "intake/field_card.html", page, status=status)
