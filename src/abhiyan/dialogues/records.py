"""A phone keeps the leader's calls of the day, each with its form."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import local_person
from abhiyan.org.here import unit_fact
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import (
    KEPT,
    KeptPage,
    RecordKind,
    RecordSent,
    RecordShown,
    RecordTaken,
    do_record_act,
    labelled_answers,
    naming,
)
from abhiyan.units import queries as units

from . import queries
from .models import Outcome
from .views import calls as views
from .words import words_to_say

PAGE = "pages:field_call"


@form_page
def field_call(request: Request, call: UUID) -> HttpResponseBase:
    """Show one of the viewer's own calls, for a phone: what was said last time, and the form of what came of it."""
    card = views.call_of(request, call)
    form = views.CallForm(request.POST if request.method == "POST" else None, initial=views.EMPTY)
    note = partial(views.note_given, request, call)
    outcome = tried(request, form, note, said=lambda done: views.noted_outcome_words(done[0]))
    if outcome or card.is_done:
        return redirect("dialogues:calls")
    call_shown = _without_words(card) if KEPT in request.headers else card
    spoken = words_to_say(request.viewer, card)
    context = {"call": call_shown, "spoken": spoken, "form": form, "page": request.path}
    return naming(render(request, "dialogues/field_call.html", context, status=outcome.status))


def _without_words(card: queries.OwnCall) -> queries.OwnCall:
    """The same for a copy on the phone: the answer to a need may hold a number."""
    before = card.before
    if before is None:
        return card
    return replace(card, before=replace(before, needs=[replace(need, answer="") for need in before.needs]))


def take_call(request: Request, sent: RecordSent) -> RecordTaken:
    """Note a call that a phone sends, by the form and the act of its page. Its sender reads where it does not stand."""
    call: UUID = sent.named["call"]
    row, _ticket = do_record_act(
        views.CallForm(request.POST), partial(views.note_given, request, call, age=sent.age)
    )
    note = str(views.BESIDE) if row is not None and row.is_beside else ""
    return RecordTaken(reverse("dialogues:calls"), note)


def show_call(request: Request, sent: RecordSent) -> RecordShown:
    """Say what a record would note of whose call. Refuses a call that is not its sender's."""
    card = views.call_of(request, sent.named["call"])
    form = views.CallForm(request.POST)
    fields = do_record_act(form, lambda fields: fields)
    spans = units.all_spans([card.of.unit_id]).get(card.of.unit_id, [])
    if not request.viewer.may_at(LEADS, *(lo for lo, _hi in spans)):
        raise NotYours
    facts = [
        unit_fact(card.of.unit_id),
        (say("Booth president"), local_person(card.name)),
        (say("Day"), date_format(card.of.day, "j M Y")),
        (say("What came of it"), str(Outcome(fields["outcome"]).label)),
        *labelled_answers(form, "outcome"),
    ]
    return RecordShown(facts, names=1)


def kept_dialogue_pages(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The viewer's calls of today that are not done."""
    if viewer.account_id is None or not viewer.may(LEADS) or not queries.has_calls(viewer.account_id, at=at):
        return
    for call in queries.calls_of_leader(viewer.account_id, at=at):
        if not call.is_done:
            yield KeptPage(address_of(PAGE, call.of.pk), _("Call a booth president"), call.booth)


RECORDS = (
    RecordKind(
        code="call",
        name=_("Talk with a booth president"),
        page=PAGE,
        tile="reports",
        take=take_call,
        show=show_call,
        keep=kept_dialogue_pages,
        checked=(views.CallForm,),
    ),
)
