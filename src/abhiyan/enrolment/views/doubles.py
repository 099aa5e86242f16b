"""Entries that may be one person: merged, undone or told apart by one click; several together by two people.

Not exported: a list of people leaves only with a second person's yes, and these are worked off here.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.enrolment.actions import doubles as acts
from abhiyan.enrolment.queries import doubles as queries
from abhiyan.org import queries as authority
from abhiyan.org.models import Release
from abhiyan.org.viewer import Request
from abhiyan.people.actions import finding
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import Double
from abhiyan.people.rules.doubles import SURE
from abhiyan.ui import tables
from abhiyan.ui.acts import ask, form_page
from abhiyan.units import queries as units

from .worklists import home_of, place_of

PER_PAGE = 25  # pairs of a page


class Filters(forms.Form):
    """Which pairs to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", Double.State.OPEN.label), *Double.State.choices[1:]],
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=100)


class ReasonForm(forms.Form):
    """Why several are merged together."""

    reason = forms.CharField(label=gettext_lazy("Why merge them together?"), max_length=300)


@require_GET
def double_list(request: Request) -> HttpResponseBase:
    """Pairs of one's people, the likeliest first."""
    form = Filters(request.GET)
    place = _place(request, form)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    found = queries.doubles(state or Double.State.OPEN, span=_span(place)).order_by("is_twin", "-score", "pk")
    leaf = tables.numbered(found, request.GET, total=found.count(), per=PER_PAGE).with_rows(queries.pairs)
    read_people(
        by=request.actor,
        unit_id=home_of(request),
        n=2 * len(leaf.rows),
        at=clock.now(),
        act="enrolment.read_doubles",
    )
    shown = {
        "here": "people",
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Duplicates"), "")],
        "filters": form,
        "leaf": leaf,
        "state": state or Double.State.OPEN.value,
        "asked": f"?{_asked(request)}" if _asked(request) else "",
        "sure": queries.sure(span=_span(place)).count() if not state else 0,
        "unit": place.code if place else "",
        "may_look": finding.may_look(),
        "releases": _releases(request),
        "last": _last(request),
    }
    return render(request, "enrolment/double_list.html", shown, status=200 if form.is_valid() else 422)


@require_POST
def double(request: Request, public_id: UUID) -> HttpResponseBase:
    """One click about one pair: merge, undo, apart, again."""
    at = clock.now()
    steps: dict[str, tuple[Callable[..., None], dict[str, Any], str]] = {
        "merge": (acts.merge, {}, _("Merged. They count once.")),
        "undo": (acts.unmerge, {}, _("Undone. Both entries are as before.")),
        "apart": (acts.tell_apart, {"is_apart": True}, _("Noted: different people.")),
        "again": (acts.tell_apart, {"is_apart": False}, _("The pair is in the list again.")),
    }
    step = request.POST.get("step", "")
    if step not in steps:
        raise NotFound
    act, more, said = steps[step]
    back = reverse("enrolment:doubles")
    asked = _asked(request)
    try:
        act(double=public_id, by=request.actor, at=at, **more)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
        if step == "merge":
            asked = urlencode({**dict(request.GET.items()), "last": str(public_id)})
    return redirect(back + (f"?{asked}" if asked else ""))


@require_POST
def doubles_look(request: Request) -> HttpResponseBase:
    """Look for duplicates now."""
    try:
        acts.look_for_doubles(unit_id=home_of(request), by=request.actor, at=clock.now())
    except finding.NoMatcher as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("We are looking. New pairs appear here in a few minutes."))
    return redirect("enrolment:doubles")


@form_page
def doubles_ask(request: Request) -> HttpResponseBase:
    """Ask a second person to have the sure pairs of a unit merged together."""
    form = Filters(request.GET)
    place = _place(request, form)
    unit_id = place.id if place else home_of(request)
    sure = [each.public_id for each in queries.sure(span=_span(place))[: acts.MOST]]
    back = reverse("enrolment:doubles") + (f"?{_asked(request)}" if _asked(request) else "")
    return ask(
        request,
        lambda given: acts.ask_merge_many(
            doubles=sure, unit_id=unit_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        title=_("Merge several duplicates"),
        text=[
            ngettext(
                "%(n)s pair is at least %(sure)s%% likely and shows no twins.",
                "%(n)s pairs are at least %(sure)s%% likely and show no twins.",
                len(sure),
            )
            % {"n": len(sure), "sure": SURE},
            _("Somebody else must approve. Each merge can be undone one by one."),
        ],
        button=_("Send the request"),
        done=back,
        said=_("Request sent. Approvals lists who can approve it."),
        form=ReasonForm(request.POST or None),
        is_open=bool(sure),
        here="people",
        crumbs=_crumbs(_("Merge several")),
    )


@form_page
def doubles_many(request: Request, release: UUID) -> HttpResponseBase:
    """Merge what was approved."""
    found = next((each for each in _releases(request) if each.public_id == release), None)
    if found is None:
        raise NotFound
    n = len(found.payload["doubles"])

    def done(merged: int | None) -> HttpResponseBase:
        said = ngettext("%(n)s pair merged.", "%(n)s pairs merged.", merged or 0) % {"n": merged or 0}
        messages.success(request, said)
        return redirect(reverse("enrolment:doubles") + "?state=merged")

    return ask(
        request,
        lambda _given: acts.merge_many(release=release, by=request.actor, at=clock.now()),
        title=_("Merge several duplicates"),
        text=[
            ngettext("%(n)s pair was approved.", "%(n)s pairs were approved.", n) % {"n": n},
            _("Pairs with something undecided are left out."),
        ],
        button=_("Merge them"),
        done=done,
        back=reverse("enrolment:doubles"),
        is_open=found.state == Release.State.RELEASED,
        here="people",
        crumbs=_crumbs(_("Merge several")),
    )


def _place(request: Request, form: Filters) -> units.UnitRow | None:
    return place_of(request, form)


def _span(place: units.UnitRow | None) -> tuple[int, int] | None:
    return (place.lo, place.hi) if place and place.lo is not None and place.hi is not None else None


def _asked(request: Request) -> str:
    """What the list was asked for; not the pair that was merged last."""
    return urlencode({name: value for name, value in request.GET.items() if name != "last"})


def _last(request: Request) -> Double | None:
    """The pair merged last, to undo it at once."""
    try:
        public_id = UUID(request.GET.get("last", ""))
    except ValueError:
        return None
    return queries.doubles(Double.State.MERGED).filter(public_id=public_id).first()


def _releases(request: Request) -> list[Release]:
    """What the viewer asked to merge and a second person has approved, or has yet to decide."""
    if request.viewer.account_id is None:
        return []
    own = authority.releases().filter(
        asked_by=request.viewer.account_id, act=acts.MANY, expires_at__gt=clock.now()
    )
    return list(own.filter(state__in=("asked", "released")).order_by("-asked_at", "-pk")[:20])


def _crumbs(name: str) -> list[tuple[str, str]]:
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Duplicates"), reverse("enrolment:doubles")),
        (name, ""),
    ]
