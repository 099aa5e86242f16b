"""Words that may be asked: what data officers allowed, what waits for them, and the question for more."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.forms import actions
from abhiyan.forms.models import AllowedPhrase
from abhiyan.forms.queries.phrases import decides_at
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.lists import Column, Table, list_response, page_with_list

from .making import form_crumbs

TITLE = _("Words that may be asked")


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A phrase in the list. decides: the reader is a data officer of the unit where it was asked, or above."""

    phrase: AllowedPhrase
    decides: bool


COLUMNS: tuple[Column[PhraseRow], ...] = (
    Column("phrase", _("Words"), lambda row: row.phrase.phrase, order="phrase", is_name=True),
    Column("state", _("Status"), lambda row: row.phrase.get_state_display(), order="state"),
    Column("unit", _("Asked in"), lambda row: name_in_language(row.phrase.unit.names), css="under"),
    Column("asked", _("Asked on"), lambda row: row.phrase.asked_at, order="asked_at", css="nums under"),
    Column(
        "decided", _("Decided on"), lambda row: row.phrase.decided_at, order="decided_at", css="nums under"
    ),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


class PhraseForm(forms.Form):
    """The words, as they may be asked."""

    phrase = forms.CharField(
        label=_("Words"),
        max_length=actions.LONGEST_PHRASE,
        help_text=_("Only the words that mean a place or an event, such as “health card desk”. No names."),
    )


@page_with_list
def phrases(request: Request) -> HttpResponseBase:
    """List the phrases that data officers allowed, refused, or have to decide."""
    table: Table[PhraseRow] = Table(
        request,
        COLUMNS,
        AllowedPhrase.objects.select_related("unit"),
        name="phrases",
        caption=TITLE,
        sort="-asked",
        finish=partial(_rows, request.viewer),
    )
    return list_response(request, "forms/phrases.html", table, form_crumbs((str(TITLE), "")))


def _rows(viewer: Viewer, phrases: Sequence[AllowedPhrase]) -> list[PhraseRow]:
    mine = decides_at(viewer, {phrase.unit_id for phrase in phrases})
    return [PhraseRow(phrase, phrase.unit_id in mine) for phrase in phrases]


@form_page
def phrase_new(request: Request) -> HttpResponseBase:
    """Put words before a data officer; a data officer allows them here."""
    office = request.viewer.home or next(
        iter(request.viewer.appointments), None
    )  # the last: a seat in a body
    home = or_refuse(office, NotYours)
    words = " ".join(request.GET.get("words", "").split())[: actions.LONGEST_PHRASE]
    return act_page(
        request,
        lambda values: actions.ask_for_phrase(
            phrase=values["phrase"], unit_id=home.unit_id, by=request.actor, at=clock.now()
        ),
        form=PhraseForm(request.POST if request.method == "POST" else None, initial={"phrase": words}),
        title=say("Allow words"),
        text=[
            say("We never ask or note a person's religion, caste, health, vote or identity numbers."),
            say(
                "Words about a place or an event may be asked. A data officer decides, and it then holds everywhere."
            ),
        ],
        button=say("Send"),
        said=lambda row: (
            _("These words may be used now.")
            if row.state == AllowedPhrase.State.ALLOWED
            else _("A data officer decides. Until then, leave the words out.")
        ),
        done=reverse("pages:today"),
        **form_crumbs((str(TITLE), ""), (say("Allow words"), "")),
    )


ACTS = {
    "allow": PageAct(actions.allow_phrase, _("These words may be used now.")),
    "forbid": PageAct(actions.forbid_phrase, _("These words may not be used any more.")),
}


@require_POST
def phrase_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Allow a phrase, or forbid it."""
    or_refuse(ACTS.get(act)).tried(
        request, has_form=False, public_id=public_id, by=request.actor, at=clock.now()
    )
    return redirect("forms:phrases")
