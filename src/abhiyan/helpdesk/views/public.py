"""Let everybody write to the helpline, and say if it is solved.

Until a phone is proven the page answers the same to everybody, and names no number.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import current, widen
from abhiyan.core.words import active_language, name_in_language
from abhiyan.helpdesk import actions, helplines, queries
from abhiyan.helpdesk.actions.lines import ROOM, SOLVED, State
from abhiyan.helpdesk.fields import KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.messaging import queries as asked
from abhiyan.messaging.link_pages import THANKS, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.people import phones
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DigitsField
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy


class WriteForm(forms.Form):
    """Ask what somebody needs."""

    kind = KindField(label=_("What is it about?"))
    said = forms.CharField(
        label=_("In your own words"), max_length=rules.LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    name = forms.CharField(label=_("Your name"), required=False, max_length=100)
    pin = DigitsField(
        label=_("PIN code of your place"),
        help_text=_("So that it reaches the office nearest you."),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    phone = DigitsField(
        label=_("Your mobile number"),
        help_text=_("The answer comes to this number."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"}),
    )

    def clean_pin(self) -> int | None:
        """The place of the PIN code. One that is not known is refused: at the top nobody near would see the request."""
        pin = self.cleaned_data["pin"].strip()
        if not pin:
            return None
        if (unit_of_pin := queries.place_of_pin(pin)) is None:
            raise forms.ValidationError(str(actions.PinUnknown()))
        return unit_of_pin

    def clean_phone(self) -> str:
        """The number, as it was written. A wrong number is reported with the other faults."""
        if phones.parse(phone := self.cleaned_data["phone"]) is None:
            raise forms.ValidationError(str(actions.NoPhone()))
        return str(phone)


def _citizen(request: VisitRequest) -> Actor:
    """The holder of a proven phone, else a visitor."""
    session = request.visit.session
    if session is None or request.visit.phone_id is None:
        return request.actor
    if current().phone != request.visit.phone_id:
        widen(replace(current(), phone=request.visit.phone_id))
    return Actor(
        kind="citizen", id=session.public_id, device=request.actor.device, origin=request.actor.origin
    )


def _programme(request: VisitRequest) -> Programme | None:
    """The programme the address names, where there is one that runs."""
    try:
        programme = programmes.programme(UUID(request.GET.get("about", "")))
    except (ValueError, NotFound):
        return None
    return programme if programme.state == Programme.State.OPEN else None


def _unit(place: int | None, about: Programme | None) -> int:
    """Return where a request goes: the place of its PIN code, else the programme's owner, else the top."""
    if place is not None:
        return place
    if about is not None:
        return about.owner_id
    tops = units.roots(Hierarchy.ORGANISATIONAL)
    if not tops:
        raise NotFound
    return tops[0].id


@form_page
def write_request_page(request: VisitRequest) -> HttpResponseBase:
    """Write to the helpline."""
    at, by = clock.now(), _citizen(request)
    about = _programme(request)
    request.visit.about = about.pk if about else None
    form = WriteForm(request.POST if request.method == "POST" else None)

    def act(given: dict[str, Any]) -> Ticket:
        opening = actions.Opening(
            way=Ticket.Way.WEB,
            phone=given["phone"],
            texts=[given["said"]],
            unit_id=_unit(given["pin"], about),
            language=active_language(),
            kind=given["kind"],
            name=given["name"],
            programme_id=about.pk if about else 0,
        )
        return actions.add_web(opening=opening, network=request.visit.origin, by=by, at=at)

    done = tried(request, form, act)
    if done:
        return redirect("helpdesk:sent")
    helpline = helplines.of_programme(about.pk, helplines.running_helplines()) if about else None
    context = {
        "form": form,
        "programme": name_in_language(about.names) if about else "",
        "numbers": [helpline]
        if helpline and helpline.number
        else helplines.wide_helplines(helplines.running_helplines()),
    }
    return render(request, "helpdesk/write.html", context, status=done.status)


@require_GET
def request_sent_page(request: VisitRequest) -> HttpResponseBase:
    """The same for everybody."""
    return render(request, "helpdesk/sent.html")


def _solved(_request: VisitRequest, _link: str, row: Question, at: datetime) -> AskedPage:
    about = Ticket.objects.filter(question=row.about).first()
    state = "open"
    if row.is_yes is not None:
        # A request that is open again has no question any more.
        state = "yes" if row.is_yes else ("late" if about is not None else "no")
    elif about is None or asked.is_question_over(row, at):
        state = "over"
    may_say_no = (
        state not in ("no", "late")
        and about is not None
        and about.state != State.OPEN
        and rules.may_open_again(about.done_at, at)
    )
    context = {
        "state": state,
        "number": about.number if about else "",
        "may_say_no": may_say_no,
        "shown": queries.matter_of_question(about)
        if about is not None and (state == "open" or may_say_no)
        else None,
    }
    return AskedPage(context)


ANSWER = LinkPage(ROOM, (SOLVED,), "helpdesk/solved.html", _solved, says=THANKS, longest_why=rules.LONGEST)
