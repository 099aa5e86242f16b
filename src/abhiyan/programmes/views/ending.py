"""Acts that cannot be taken back: each page says what stops, and asks once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.ui.acts import act_page, form_page

from .creating import redirect_begun_draft


class EndProgrammeForm(forms.Form):
    """The programme's name, typed by the person who closes it."""

    typed = forms.CharField(
        label=_("Type the name of the programme"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        self.names = {_plain(name) for name in programme.names.values()}
        self.fields["typed"].help_text = shown.name_of_programme(programme)

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if _plain(typed) not in self.names:
            raise forms.ValidationError(_("The name does not match. Type it as written above the field."))
        return typed


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


@form_page
def close_programme_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Close an open programme, once its name is typed."""
    programme = queries.programme_for(request.viewer, public_id)
    page = reverse("programmes:programme", args=[public_id])
    actions.require_run(programme=programme, by=request.actor)
    name = shown.name_of_programme(programme)
    if programme.state != Programme.State.OPEN:
        messages.info(request, _("%(name)s is not open.") % {"name": name})
        return redirect(page)
    return act_page(
        request,
        lambda _cleaned: actions.close_programme(programme_id=programme.pk, by=request.actor, at=clock.now()),
        form=EndProgrammeForm(request.POST if request.method == "POST" else None, programme=programme),
        title=say("Close this programme: %(name)s") % {"name": name},
        text=[
            *activities.activity_of(programme.kind).stops(public_id),
            *([say("Its parts close with it.")] if programme.parts else []),
            say("Its targets and people in charge can no longer be changed."),
            say("Its figures stay, and everybody can still read them."),
            say("A closed programme cannot be opened again."),
        ],
        button=say("Close the programme"),
        said=_("The programme is closed. Its figures stay."),
        done=page,
        is_danger=True,
        here="programmes",
        crumbs=shown.programme_crumbs((name, page), (say("Close"), "")),
    )


@form_page
def discard_programme_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Discard a draft."""
    programme = queries.programme_for(request.viewer, public_id)
    if programme.state != Programme.State.DRAFT:
        return redirect_begun_draft(request, programme)
    if not shown.viewer_may(request, "programmes.make", programme.owner_id):
        raise NotYours(capability="programmes.make")
    name, page = shown.name_of_programme(programme), reverse("programmes:draft", args=[public_id, "check"])
    return act_page(
        request,
        lambda _given: actions.discard_programme_draft(
            programme_id=programme.pk, by=request.actor, at=clock.now()
        ),
        title=say("Discard this draft: %(name)s") % {"name": name},
        text=[
            say("Its days, units, people in charge and targets are deleted."),
            say("This cannot be undone."),
        ],
        button=say("Discard the draft"),
        said=_("The draft is discarded."),
        done=reverse("programmes:list"),
        back=page,
        here="programmes",
        crumbs=shown.programme_crumbs((name, page), (say("Discard"), "")),
        is_danger=True,
    )


@form_page
def end_in_charge_page(request: Request, public_id: UUID, in_charge: int) -> HttpResponseBase:
    """End somebody's charge."""
    programme = queries.programme_for(request.viewer, public_id)
    unit_charges = queries.in_charges(programme, only=in_charge)
    if not unit_charges:
        raise NotFound
    (charge,) = unit_charges
    if not shown.viewer_may(request, "programmes.run", charge.unit_id):
        raise NotYours(capability="programmes.run")
    is_draft = programme.state == Programme.State.DRAFT
    page = (
        reverse("programmes:draft", args=[public_id, "who"])
        if is_draft
        else shown.programme_address(programme, "programme", charge.unit_code)
    )
    about = {"who": charge.name, "unit": name_in_language(charge.unit_names)}
    return act_page(
        request,
        lambda _given: actions.end_in_charge(in_charge_id=in_charge, by=request.actor, at=clock.now()),
        title=say("%(who)s will no longer be in charge of %(unit)s") % about,
        text=[
            say("No message goes out, so tell them yourself. If you name them again, they must accept again.")
        ],
        button=say("End this charge"),
        said=_("%(who)s is no longer in charge of %(unit)s.") % about,
        done=page,
        here="programmes",
        crumbs=shown.programme_crumbs((shown.name_of_programme(programme), page), (say("End"), "")),
        is_danger=True,
    )
