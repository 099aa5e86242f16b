"""These pages name the leaders of a whole level in charge at once, end that, and remind people who did not answer."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.org.here import Here
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.numbers import grouped
from abhiyan.units.models import Kind


class LeadersForm(forms.Form):
    """The page keeps how many leaders it showed."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _where(request: Request, public_id: UUID) -> tuple[Programme, Here]:
    """Return the programme and unit of a page, for somebody who runs programmes there."""
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    if not shown.viewer_may(request, "programmes.run", here.unit.id):
        raise NotYours(capability="programmes.run")
    if programme.state == Programme.State.CLOSED:
        raise actions.ProgrammeOver
    return programme, here


def _around(programme: Programme, here: Here, title: str) -> dict[str, Any]:
    """Return the list of in-charges, where the page leads back to."""
    page = here.href(reverse("programmes:in_charges", args=[programme.public_id]))
    frame = shown.programme_frame(programme, (say("In-charges"), page), (title, ""))
    return {"done": page, "here": frame["here"], "crumbs": frame["crumbs"]}


@form_page
def name_leaders_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Name the leader of each unit of a level. The page first says how many, and one press names them."""
    programme, here = _where(request, public_id)
    unit, on, kind = here.unit, shown.today_of_programmes(clock.now()), request.GET.get("level", "")
    place: dict[str, Any] = {"lo": unit.lo, "hi": unit.hi, "on": on}
    if kind not in {charge_level.kind for charge_level in queries.coverage(programme, **place)}:
        raise NotFound
    leaders_to_name = queries.leaders_to_name(programme, unit.id, kind, on=on)
    n, title = len(leaders_to_name.leaders), say("Name the leaders: %(level)s") % {"level": Kind(kind).label}
    text = [say("Every unit of this level has an in-charge, or nobody leads it.")]
    if n:
        text = [
            ngettext(
                "%(n)s unit has no in-charge. Its president, or who leads it, is named.",
                "%(n)s units have no in-charge. Their presidents, or who leads them, are named.",
                n,
            )
            % {"n": grouped(n)}
        ]
    if leaders_to_name.vacant:
        left_out = ngettext(
            "%(n)s unit is left out, because nobody leads it.",
            "%(n)s units are left out, because nobody leads them.",
            leaders_to_name.vacant,
        )
        text.append(left_out % {"n": grouped(leaders_to_name.vacant)})
    if leaders_to_name.declined:
        said_no = ngettext(
            "%(n)s leader declined and is not asked again.",
            "%(n)s leaders declined and are not asked again.",
            leaders_to_name.declined,
        )
        text.append(said_no % {"n": grouped(leaders_to_name.declined)})
    if n and programme.state == Programme.State.OPEN:
        text.append(say("Each of them gets one message, and may decline. You can end them together later."))
    return act_page(
        request,
        lambda given: actions.name_leaders(
            programme_id=programme.pk,
            unit_id=unit.id,
            kind=kind,
            expected=given["expected"],
            by=request.actor,
            at=clock.now(),
        ),
        title=title,
        text=text,
        form=LeadersForm(request.POST if request.method == "POST" else None, initial={"expected": n}),
        button=say("Name them"),
        said=lambda made: say("Named in charge: %(n)s") % {"n": grouped(made)},
        is_open=bool(n),
        **_around(programme, here, title),
    )


@form_page
def end_together_page(request: Request, public_id: UUID, together: UUID) -> HttpResponseBase:
    """Ask once before all that one act named are in charge no more."""
    programme, here = _where(request, public_id)
    mine = queries.named_together(programme, request.viewer.account_id)
    named_together = next((each for each in mine if each.together == together), None)
    if named_together is None:
        raise NotFound
    title = say("End what you named together")
    ended = ngettext(
        "%(n)s person is in charge no more, answered or not.",
        "%(n)s people are in charge no more, answered or not.",
        named_together.n,
    )
    return act_page(
        request,
        lambda _given: actions.end_together(
            programme_id=programme.pk, together=together, by=request.actor, at=clock.now()
        ),
        title=title,
        text=[
            ended % {"n": grouped(named_together.n)},
            say("Messages that have not left are not sent. You can name others afterwards."),
        ],
        button=say("End them"),
        said=lambda n: say("Ended: %(n)s") % {"n": grouped(n)},
        is_danger=True,
        **_around(programme, here, title),
    )


@form_page
def remind_in_charges_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once before people who did not answer get a message."""
    programme, here = _where(request, public_id)
    waiting = queries.charges_to_remind(programme, here.unit.id, on=shown.today_of_programmes(clock.now()))
    n, title = waiting.count(), say("Remind those who have not replied")
    text = [str(NobodyToRemind.message)]
    if n:
        silent = ngettext("%(n)s person has not replied.", "%(n)s people have not replied.", n)
        text = [silent % {"n": grouped(n)}, say("Each person gets one message. It cannot be called back.")]
    return act_page(
        request,
        lambda _given: actions.remind_in_charges(
            programme_id=programme.pk, unit_id=here.unit.id, by=request.actor, at=clock.now()
        ),
        title=title,
        text=text,
        button=say("Send reminders"),
        said=lambda told: say("Reminders on their way: %(n)s") % {"n": grouped(told)},
        is_open=bool(n),
        **_around(programme, here, title),
    )
