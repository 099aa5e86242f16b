"""An agent types what somebody says on the phone; an office sets the number of the helpline."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.words import active_language, name_in_language
from abhiyan.helpdesk import actions, helplines
from abhiyan.helpdesk.fields import KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import Tried, act_page, form_page, tried
from abhiyan.ui.fields import DigitsField, NoteField
from abhiyan.ui.forms import offer

from .places import PlaceField, read_picker

# The later of two questions counts: the answer to the phone may be slower than that to the name of the place.
FINDS = {
    "hx-post": "",
    "hx-target": "#unit-choices",
    "hx-swap": "outerHTML",
    "hx-vals": '{"find": "1"}',
    "hx-sync": "closest form:replace",
}


class TypeForm(forms.Form):
    """Take down what somebody says on the phone. Its place is chosen below the name that is typed."""

    phone = DigitsField(
        label=_("Mobile number of the caller"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "off", "hx-trigger": "change", **FINDS}
        ),
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language of the caller"), choices=settings.LANGUAGES)
    kind = KindField(label=_("About"))
    said = forms.CharField(
        label=_("What the caller needs"),
        max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    unit = PlaceField(
        is_picked=True,
        error_messages={"required": _("Type the name of the place, then choose it.")},
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)


@form_page
def type_ticket_page(request: Request) -> HttpResponseBase:
    """Type a request while the caller is on the line."""
    at = clock.now()
    picker, is_finding = read_picker(request, at=at), "find" in request.POST
    if is_finding and request.headers.get("HX-Request"):
        return render(request, "units/_unit_choices.html", picker.shown())
    sent = request.POST.copy() if request.method == "POST" else None
    if sent is not None and not sent.get("unit"):
        sent["unit"] = picker.where
    if sent is None or is_finding:
        form = TypeForm(initial=sent.dict() if sent is not None else {"language": active_language()})
    else:
        form = TypeForm(sent)
    running = list(programmes.programmes_for(request.viewer).filter(state="open")[:100])
    offer(
        form,
        programme=[
            ("", "–"),
            *(
                (str(programme_row.public_id), name_in_language(programme_row.names))
                for programme_row in running
            ),
        ],
    )
    ids = {str(programme.public_id): programme.pk for programme in running}

    def act(given: dict[str, Any]) -> Ticket:
        opening = actions.Opening(
            way=Ticket.Way.CALL,
            phone=given["phone"],
            texts=[given["said"]],
            unit_id=given["unit"],
            language=given["language"],
            kind=given["kind"],
            name=given["name"],
            programme_id=ids.get(given["programme"], 0),
        )
        return actions.type_ticket(opening=opening, by=request.actor, at=at)

    done: Tried[Ticket] = Tried(is_done=False, status=200)
    if not is_finding:
        done = tried(request, form, act, said=_("Saved. Tell the caller the number."))
    if done.value is not None:
        return redirect("helpdesk:ticket", done.value.pk)
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("New request"), "")],
        "form": form,
        "picker": picker,
        "shown": picker.shown(),
    }
    return render(request, "helpdesk/type.html", context, status=done.status)


class NumberForm(forms.Form):
    """The number people call, and why it changes."""

    number = DigitsField(
        label=_("Number of the helpline"),
        help_text=_("Leave it empty to show none."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    reason = NoteField(label=_("Why does it change?"), max_length=200)


@form_page
def helpline(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person's yes to the number that public pages of a programme show."""
    programme = programmes.programme_for(request.viewer, public_id)
    page = reverse("programmes:programme", args=[public_id])
    form = NumberForm(
        request.POST if request.method == "POST" else None,
        initial={"number": helplines.set_number(programme.pk)},
    )
    return act_page(
        request,
        lambda given: actions.ask_helpline(
            programme_id=programme.pk, by=request.actor, at=clock.now(), **given
        ),
        form=form,
        title=_("Helpline"),
        text=[
            _(
                "Every page shows this number below: those of the public, of members and of offices, and the posters."
            ),
            _(
                "A data officer, or the level above, must approve a change. Then the new number shows at once."
            ),
        ],
        button=_("Ask"),
        done=reverse("org:releases"),
        back=page,
        said=_("Request sent. See below who can approve it."),
        here="programmes",
        crumbs=[
            (say("Programmes"), reverse("programmes:list")),
            (name_in_language(programme.names), page),
            (say("Helpline"), ""),
        ],
    )
