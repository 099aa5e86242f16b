"""Entries that may be one person: merged, undone or told apart by one click; several together by two people.

Not exported: a list of people leaves only with a second person's yes, and pairs are decided here.
"""

from collections.abc import Callable, Sequence
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
from abhiyan.people import queries as people
from abhiyan.people.actions import finding
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import Double
from abhiyan.people.rules.doubles import SURE
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.ui.fields import NoteField
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from .people import member_line
from .worklists import home_unit_id, queue_unit

PER_PAGE = 25  # pairs of a page


class DoubleFilters(forms.Form):
    """Which pairs to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", Double.State.OPEN.label), *Double.State.choices[1:]],
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=100)


class MergeReasonForm(forms.Form):
    """Why several are merged together."""

    reason = NoteField(label=gettext_lazy("Why merge them together?"), max_length=300)


@require_GET
def double_list(request: Request) -> HttpResponseBase:
    """Show pairs of one's people, the likeliest first."""
    form = DoubleFilters(request.GET)
    place = _place(request, form)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    doubles = queries.member_doubles(state or Double.State.OPEN, span=_span(place)).order_by(
        "is_twin", "-score", "pk"
    )
    leaf = tables.numbered(doubles, request.GET, total=doubles.count(), per=PER_PAGE).with_rows(_rows)
    _read(request, leaf.rows)
    sure = queries.sure(span=_span(place)).count() if not state else 0
    context = {
        "here": "people",
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Duplicates"), "")],
        "filters": form,
        "leaf": leaf,
        "state": state or Double.State.OPEN.value,
        "asked": f"?{_asked(request)}" if _asked(request) else "",
        "sure": sure,
        "at_once": min(sure, acts.MOST),
        "help_keys": [("m", _("merge the pair")), ("d", _("different people")), ("u", _("undo"))],
        "unit": place.code if place else "",
        "may_look": finding.may_look(),
        "releases": _releases(request),
        "last": _last(request),
    }
    return render(request, "enrolment/double_list.html", context, status=200 if form.is_valid() else 422)


def _rows(some: list[Double]) -> list[dict[str, Any]]:
    """Return pairs as their rows show them: the entry that stays comes first."""
    return [
        {
            "double": pair.double,
            "why": pair.why,
            "marked": pair.has_one_that_stays,
            "entries": [*map(member_line, (pair.one, pair.other))],
        }
        for pair in queries.double_pairs(some)
    ]


@require_POST
def double(request: Request, public_id: UUID) -> HttpResponseBase:
    """Do one click about one pair: merge, undo, apart, again. If a script asks, only the content of its row."""
    at = clock.now()
    steps: dict[str, tuple[Callable[..., None], dict[str, Any], str]] = {
        "merge": (acts.merge, {"reason": request.POST.get("reason", "")}, _("Merged. They count once.")),
        "undo": (acts.unmerge, {}, _("Undone. Both entries are as before.")),
        "apart": (acts.tell_members_apart, {"is_apart": True}, _("Noted: different people.")),
        "again": (acts.tell_members_apart, {"is_apart": False}, _("The pair is in the list again.")),
    }
    step = request.POST.get("step", "")
    if step not in steps:
        raise NotFound
    act, more, text = steps[step]
    back = reverse("enrolment:doubles")
    reason, wrong = _asked(request), ""
    try:
        act(double=public_id, by=request.actor, at=at, **more)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        wrong = str(refused)
    if "HX-Request" in request.headers:
        context = {
            "double": people.double_for(public_id),
            "asked": f"?{reason}" if reason else "",
            "said": "" if wrong else text,
            "wrong": wrong,
        }
        return render(request, "enrolment/_pair_acts.html", context, status=422 if wrong else 200)
    if wrong:
        messages.error(request, wrong)
    else:
        say_when_done(request, text)
        if step in ("merge", "apart"):
            reason = urlencode({**dict(request.GET.items()), "last": str(public_id)})
    return redirect(back + (f"?{reason}" if reason else ""))


@require_POST
def doubles_look(request: Request) -> HttpResponseBase:
    """Look for duplicates now."""
    try:
        acts.ask_for_double_search(unit_id=home_unit_id(request), by=request.actor, at=clock.now())
    except finding.NoMatcher as refused:
        messages.error(request, str(refused))
    else:
        say_when_done(request, _("We are looking. New pairs appear here in a few minutes."))
    return redirect("enrolment:doubles")


@form_page
def doubles_ask(request: Request) -> HttpResponseBase:
    """Ask a second person to have the sure pairs of a unit merged together."""
    form = DoubleFilters(request.GET)
    place = _place(request, form)
    unit_id = place.id if place else home_unit_id(request)
    there = queries.sure(span=_span(place))
    doubles = list(there[: acts.MOST])
    sure = [each.public_id for each in doubles]
    total = there.count()
    back = reverse("enrolment:doubles") + (f"?{_asked(request)}" if _asked(request) else "")
    return act_page(
        request,
        lambda given: acts.ask_merge_many(
            doubles=sure, unit_id=unit_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        title=_("Merge several duplicates"),
        text=[
            ngettext(
                "%(n)s pair is at least %(sure)s%% likely and shows no twins.",
                "%(n)s pairs are at least %(sure)s%% likely and show no twins.",
                total,
            )
            % {"n": grouped(total), "sure": SURE},
            *(
                [
                    _("This asks for the likeliest %(n)s. %(left)s more come after them.")
                    % {"n": grouped(acts.MOST), "left": grouped(total - acts.MOST)}
                ]
                if total > acts.MOST
                else []
            ),
            _("Somebody else must approve. Each merge can be undone one by one."),
        ],
        button=_("Send the request"),
        done=back,
        said=_("Request sent. Approvals lists who can approve it."),
        form=MergeReasonForm(request.POST or None),
        is_open=bool(sure),
        here="people",
        crumbs=_crumbs(_("Merge several")),
        **_listed(request, doubles),
    )


@form_page
def doubles_many(request: Request, release: UUID) -> HttpResponseBase:
    """Merge what was approved."""
    found = next((each for each in _releases(request) if each.public_id == release), None)
    if found is None:
        raise NotFound
    approved = list(people.doubles_called(found.payload["doubles"]).order_by("-score", "pk"))
    n = len(found.payload["doubles"])

    def done(what: acts.Many) -> HttpResponseBase:
        text = ngettext("%(n)s pair merged.", "%(n)s pairs merged.", what.merged)
        say_when_done(request, text % {"n": grouped(what.merged)})
        for why, n_left_out in what.left_out.items():
            messages.warning(request, _("Left out: %(n)s. %(why)s") % {"n": grouped(n_left_out), "why": why})
        return redirect(reverse("enrolment:doubles") + "?state=merged")

    return act_page(
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
        **_listed(request, approved),
    )


def _listed(request: Request, some: list[Double]) -> dict[str, Any]:
    """Return every pair that would be merged, above the button that does it.

    The template calls for them: who posts the form reads nobody.
    """

    def rows() -> list[dict[str, Any]]:
        lines = _rows(some)
        _read(request, lines)
        return lines

    return {"detail": "enrolment/_pairs.html", "pairs": rows}


def _read(request: Request, rows: Sequence[object]) -> None:
    """Note that two people of each row are shown."""
    read_people(
        by=request.actor,
        unit_id=home_unit_id(request),
        n=2 * len(rows),
        at=clock.now(),
        act="enrolment.read_doubles",
    )


def _place(request: Request, form: DoubleFilters) -> units.UnitRow | None:
    return queue_unit(request, form)


def _span(place: units.UnitRow | None) -> tuple[int, int] | None:
    return (place.lo, place.hi) if place and place.lo is not None and place.hi is not None else None


def _asked(request: Request) -> str:
    """Return the settings of the list; not the pair that was merged last."""
    return urlencode({name: value for name, value in request.GET.items() if name != "last"})


def _last(request: Request) -> Double | None:
    """Return the pair decided last, to undo it at once."""
    try:
        public_id = UUID(request.GET.get("last", ""))
    except ValueError:
        return None
    return people.doubles_called([public_id]).exclude(state=Double.State.OPEN).first()


def _releases(request: Request) -> list[Release]:
    """Return the merges the viewer asked for that a second person has approved, or has yet to decide."""
    if request.viewer.account_id is None:
        return []
    releases = authority.releases().filter(
        asked_by=request.viewer.account_id, act=acts.MANY, expires_at__gt=clock.now()
    )
    return list(releases.filter(state__in=("asked", "released")).order_by("-asked_at", "-pk")[:20])


def _crumbs(name: str) -> list[tuple[str, str]]:
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Duplicates"), reverse("enrolment:doubles")),
        (name, ""),
    ]
