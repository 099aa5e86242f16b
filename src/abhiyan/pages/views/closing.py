"""Closing a unit: what hangs on it, what becomes of each thing, and once more whether. And opening it again."""

import json
import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.ui.fields import DayField
from abhiyan.ui.numbers import grouped
from abhiyan.units import actions
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.refusals import TopStays
from abhiyan.units.rules import hanging
from abhiyan.units.rules.hanging import Answer, Thing

from .unit import MAY_CLOSE
from .unit_frame import unit_href


class CloseForm(forms.Form):
    """From when, who takes over, and an answer for each thing that hangs on the unit."""

    on = DayField(label=gettext_lazy("Closed from"))
    successors = forms.CharField(
        label=gettext_lazy("Successors"),
        required=False,
        max_length=1_000,
        help_text=gettext_lazy("Codes of the open units that take over, with spaces between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    with_below = forms.BooleanField(required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self, *args: Any, things: list[tuple[Thing, int | None, bool]], below: int, seen: str, **kwargs: Any
    ) -> None:
        """things: each with how many of it there are (None: not for the viewer to know), and whether they may touch it.
        below: open units."""
        kwargs["initial"] = {"seen": seen} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self._seen = seen
        if below:
            self.fields["with_below"].required = True
            self.fields["with_below"].label = _("Close the %(n)s open units below it too") % {
                "n": grouped(below)
            }
        else:
            del self.fields["with_below"]
        for kind, n, may in things:
            offered = [
                answer for answer in Answer if answer in kind.answers and (may or answer == Answer.STAYS)
            ]
            field = forms.ChoiceField(
                label=str(kind.title) if n is None else f"{kind.title}: {grouped(n)}",
                choices=[(answer.value, answer.label) for answer in offered],
                initial=kind.usual(may=may),
            )
            if not may:
                field.help_text = _("Your role cannot change these here, so they stay.")
            elif kind.is_gone_for_good:
                field.help_text = _("What ends here does not come back when the unit is opened again.")
            self.fields[kind.key] = field

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("seen") != self._seen:
            self.data = {**self.data, "seen": self._seen}  # sent once more, with the numbers now shown
            raise forms.ValidationError(
                _("Something about the unit has changed meanwhile. Look at the numbers again.")
            )
        going = [str(self.fields[key].label) for key in values if values[key] == Answer.GOES]
        if going and not values.get("successors"):
            text = _("Name who takes over, or choose another answer for: %(things)s.")
            self.add_error("successors", text % {"things": "; ".join(going)})
        return values

    @property
    def codes(self) -> list[str]:
        return [code for code in re.split(r"[\s,;]+", self.cleaned_data["successors"]) if code]


@form_page
def close_unit_page(request: Request, code: str) -> HttpResponseBase:
    """Close a unit, and the open ones below it."""
    unit = units.unit(code)
    org.require(request.actor, MAY_CLOSE, at=unit.pk)
    name, page = name_in_language(unit.names), unit_href(unit.code, _hierarchy(unit.pk))
    if units.is_top(unit.pk):  # before all that is below it is counted
        messages.error(request, str(TopStays(unit=unit.code)))
        return redirect(page)
    below = units.open_below(unit.pk)
    counts = units.hanging_on([unit.pk, *below], (*hanging.obstacles(), *hanging.things()))
    sums = {key: sum(n_by_unit.values()) for key, n_by_unit in counts.items()}
    los = [lo for lo, _hi in units.all_spans([unit.pk]).get(unit.pk, [])]
    things = [
        (
            kind,
            sums[kind.key] if not kind.is_people or any(map(request.viewer.sees_people_at, los)) else None,
            request.viewer.may_at(kind.capability, *los),
        )
        for kind in hanging.things()
        if sums[kind.key]
    ]
    at = clock.now()
    form = CloseForm(
        request.POST if request.method == "POST" else None,
        things=things,
        below=len(below),
        seen=salted_hmac("close", json.dumps([sums, len(below)], sort_keys=True)).hexdigest(),
        initial={"on": clock.day_in(settings.TIME_ZONE, at)},
    )
    in_the_way = [
        _("%(title)s: %(n)s. Close or change these first; then the unit can be closed.")
        % {"title": obstacle.title, "n": grouped(sums[obstacle.key])}
        for obstacle in hanging.obstacles()
        if sums[obstacle.key]
    ]
    return act_page(
        request,
        lambda _given: actions.close_units(
            unit_id=unit.pk,
            on=form.cleaned_data["on"],
            successors=form.codes,
            answers={kind.key: form.cleaned_data[kind.key] for kind, _n, _may_ in things},
            with_below=bool(below),
            by=request.actor,
            at=at,
        ),
        form=form,
        title=_("Close %(name)s") % {"name": name},
        is_open=not in_the_way,
        text=in_the_way
        or [
            *(_below_it() if below else ()),
            _("A closed unit takes no new members, targets or appointments."),
            _("Its figures and its place in the tree stay."),
            _("You can open it again on the same day, from its page."),
        ],
        button=_("Close this unit"),
        said=_("The unit is closed. Its facts stay."),
        done=page,
        here="units",
        crumbs=[(name, page), (_("Close"), "")],
        is_danger=True,
    )


def _below_it() -> tuple[str, ...]:
    return (
        _("The successor takes over only what belongs to this unit itself."),
        _("If you choose that, targets and in-charges of the units below end."),
        _("Members and entries of the units below stay there."),
    )


def _hierarchy(unit_id: int) -> int:
    return next(iter(units.hierarchies_of(unit_id)), Hierarchy.ORGANISATIONAL)


@require_POST
def open_unit_again_form(request: Request, code: str) -> HttpResponse:
    """Open a unit again that was closed today, and all that were closed with it."""
    unit = units.unit(code)
    org.require(request.actor, MAY_CLOSE, at=unit.pk)
    try:
        actions.reopen_units(unit_id=unit.pk, by=request.actor, at=clock.now())
    except Refused as refused:
        if refused.status == 403:
            raise
        messages.error(request, str(refused))
    else:
        say_when_done(request, _("The unit is open again."))
    return redirect(unit_href(unit.code, _hierarchy(unit.pk)))
