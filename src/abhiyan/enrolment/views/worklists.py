"""Show what waits for a human eye: members without a place, and calls from phones that several members share.

Neither is exported: a list of people leaves only with a second person's yes, and entries are settled here.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.words import active_language, name_in_language
from abhiyan.enrolment.actions import members
from abhiyan.enrolment.actions.members import MembershipEnded, NothingToPlace
from abhiyan.enrolment.forms import PlaceAndDaysForm, UnitAndDaysForm
from abhiyan.enrolment.queries import awaiting as queries
from abhiyan.enrolment.queries.join import HOMES
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.org import queries as authority
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules.pins import read_pin


@form_page
def unplaced_page(request: Request) -> HttpResponseBase:
    """List members whose place is not known: one line each; type, Enter, next."""
    at = clock.now()
    params: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        if "all" in request.POST:
            return _place_all(request)
        claim = _uuid(request.POST.get("claim", ""))
        where = request.POST.get("where", "")[:100]
        unit_rows = _found(request, request.POST.get("unit", ""), where)
        if len(unit_rows) == 1:
            try:
                members.place_claim(claim=claim, unit_id=unit_rows[0].id, by=request.actor, at=at)
            except Refused as refused:
                params = {"claim": claim, "error": str(refused)}
                status = refused.status
            else:
                say_when_done(request, _("Placed: %(unit)s") % {"unit": unit_rows[0].name()})
                return redirect(request.get_full_path())
        else:
            status = 422
            params = {
                "claim": claim,
                "where": where,
                "error": _("Which of these is it?") if unit_rows else _none_found(where),
                "choices": [
                    (
                        row.code,
                        row.name(),
                        Kind(row.kind).label,
                        ", ".join(name_in_language(a) for a in row.above[2:]),
                    )
                    for row in unit_rows
                ],
            }
    form = UnitAndDaysForm(request.GET)
    place = queue_unit(request, form)
    leaf = _leaf(request, form, queries.unplaced_claims, place)
    waiting: Sequence[queries.UnplacedClaim] = leaf.rows
    if "error" in params and all(unplaced_claim.public_id != params["claim"] for unplaced_claim in waiting):
        messages.error(request, params["error"])  # its line has gone meanwhile
    read_people(by=request.actor, unit_id=home_unit_id(request), n=len(waiting), at=at)
    suggested = queries.suggestions(waiting)
    spans = units.all_spans({unplaced_claim.unit_id for unplaced_claim in waiting})
    context = {
        "here": "people",
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Without a place"), "")],
        "rows": [
            {
                "claim": unplaced_claim,
                "number": member_number(unplaced_claim.member),
                "channel": activity_of(KIND).channel(unplaced_claim.channel).label,
                "suggested": [
                    (suggestion.code, suggestion.name()) for suggestion in suggested[unplaced_claim.public_id]
                ],
                "asked": params if params.get("claim") == unplaced_claim.public_id else None,
                "may_call": request.viewer.may_at(
                    "people.reveal", *(lo for lo, _hi in spans.get(unplaced_claim.unit_id, ()))
                ),
            }
            for unplaced_claim in waiting
        ],
        "place": place.name() if place else "",
        "sure": sum(len(suggested[unplaced_claim.public_id]) == 1 for unplaced_claim in waiting),
        **_list(request, form, leaf),
    }
    return render(request, "enrolment/unplaced.html", context, status=_status(status, form))


def _none_found(text: str) -> str:
    """Say what to do when no place fits what was written."""
    if read_pin(text):
        return _("No place of ours has this PIN code. Write the village, ward or booth, or call and ask.")
    return _("No place found. Write it another way.")


def _place_all(request: Request) -> HttpResponseBase:
    """Place every line of this page whose phone is at home in one place only."""
    at = clock.now()
    form = UnitAndDaysForm(request.GET)
    leaf = _leaf(request, form, queries.unplaced_claims, queue_unit(request, form))
    waiting: Sequence[queries.UnplacedClaim] = leaf.rows
    suggested = queries.suggestions(waiting)
    done = 0
    for unplaced_claim in sorted(
        waiting, key=lambda unplaced_claim: unplaced_claim.phone_id
    ):  # the order of locks
        places = suggested[unplaced_claim.public_id]
        if len(places) == 1 and request.POST.get(f"seen-{unplaced_claim.public_id}") == places[0].code:
            try:
                members.place_claim(
                    claim=unplaced_claim.public_id, unit_id=places[0].unit_id, by=request.actor, at=at
                )
            except (MembershipEnded, NothingToPlace):  # left, or placed by somebody else, in the meantime
                continue
            done += 1
    say_when_done(request, ngettext("%(n)s entry placed.", "%(n)s entries placed.", done) % {"n": done})
    return redirect(request.get_full_path())


@require_http_methods(["GET", "HEAD"])
def nameless_page(request: Request) -> HttpResponseBase:
    """Ask whose calls from a phone of several people are."""
    form = PlaceAndDaysForm(request.GET)
    place = queue_unit(request, form)
    leaf = _leaf(request, form, queries.nameless_claims, place)
    waiting: Sequence[queries.Nameless] = leaf.rows
    read_people(by=request.actor, unit_id=home_unit_id(request), n=len(waiting), at=clock.now())
    context = {
        "here": "people",
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Calls from shared phones"), "")],
        "rows": [
            {
                "claim": nameless_entry,
                "channel": activity_of(KIND).channel(nameless_entry.channel).label,
                "candidates": [(member, member.unit_name()) for member in nameless_entry.candidates],
            }
            for nameless_entry in waiting
        ],
        "place": place.name() if place else "",
        "asked": request.META.get("QUERY_STRING", ""),
        **_list(request, form, leaf),
    }
    return render(request, "enrolment/nameless.html", context, status=_status(200, form))


@form_page
def nameless_settle(request: Request, claim: UUID, member: UUID) -> HttpResponseBase:
    """Say whose a call from a shared phone was. The query of the list it came from is kept."""
    query = request.META.get("QUERY_STRING", "")
    back = reverse("enrolment:nameless") + (f"?{query}" if query else "")
    settle = partial(members.settle_claim, claim=claim, membership=member, by=request.actor, at=clock.now())
    nameless_entry = queries.nameless_claim(claim)
    if nameless_entry is None and request.method != "POST":
        raise NotFound
    if nameless_entry is None:  # settled meanwhile, here or by somebody else; the act knows
        try:
            settle()
        except NothingToPlace as refused:
            messages.info(request, str(refused))
        return redirect(back)
    authority.require(request.actor, "enrolment.place", at=queries.claim_unit(claim))
    whose = or_refuse(next((each for each in nameless_entry.candidates if each.public_id == member), None))
    name = whose.name or member_number(whose.public_id)
    about = {"who": name, "when": date_format(nameless_entry.at, "j M Y, H:i")}
    return act_page(
        request,
        lambda _given: settle(),
        title=_("Was this call from %(who)s?") % about,
        text=[
            _("The call of %(when)s then counts as an answer from %(who)s's phone.") % about,
            _("This cannot be undone."),
        ],
        button=_("Yes, it was %(who)s") % about,
        said=_("Noted: the call was from %(who)s.") % about,
        done=back,
        here="people",
        crumbs=[
            (_("People"), reverse("enrolment:people")),
            (_("Calls from shared phones"), back),
            (name, ""),
        ],
        is_danger=True,
    )


def _leaf(
    request: Request,
    form: forms.Form,
    read: Callable[..., Sequence[Any]],
    place: units.UnitRow | None = None,
) -> tables.Leaf:
    """Return the page of a queue the address asks for."""
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    narrowed = queries.Narrowed(
        channel=int(values["channel"]) if values.get("channel") else None,
        since=values.get("since"),
        until=values.get("until"),
        span=(place.lo, place.hi) if place and place.lo is not None and place.hi is not None else None,
        newest_first=_sorting(request).descending,
    )
    return tables.read_on(
        request.GET,
        lambda mark, limit: read(narrowed, after=(mark[0], mark[1]) if mark else None, limit=limit),
        kinds=(tables.instant, UUID),
        key=lambda one: (one.at, one.public_id),
        per=queries.PER_PAGE,
    )


def _sorting(request: Request) -> tables.Sorting:
    return tables.sorting(request.GET, {"stored": ""}, default="stored")


def _list(request: Request, form: forms.Form, leaf: tables.Leaf) -> dict[str, Any]:
    """Return what the templates of both queues want."""
    return {
        "form": form,
        "is_narrowed": not form.is_valid() or any(form.cleaned_data.values()),
        "sorting": _sorting(request),
        "leaf": leaf,
    }


def _status(status: int, form: forms.Form) -> int:
    return status if form.is_valid() else 422


def queue_unit(request: Request, form: forms.Form) -> units.UnitRow | None:
    """Return the unit whose queue is asked for, by code or name; what is not found is said at its field."""
    text = str(form.cleaned_data.get("unit") or "").strip() if form.is_valid() else ""
    home = request.viewer.home
    if not text or home is None:
        return None
    within = (home.unit_id, home.hierarchy)
    unit_rows = units.search_units(
        text, language=active_language(), within=within, hierarchy=home.hierarchy, limit=1
    )
    if not unit_rows:
        form.add_error("unit", _("No unit of yours fits. Write its name or code."))
        return None
    return units.row_of_unit(unit_rows[0].id, home.hierarchy)


def _found(request: Request, code: str, text: str) -> list[units.UnitRow]:
    """Return the unit of a code, else places that fit a text: PIN code, name, booth."""
    code, text = code.strip()[:64].replace("\x00", ""), text.strip()[:100].replace("\x00", "")
    if code:
        try:
            named_by_code = units.unit(code)
        except NotFound:
            return []
        return [units.row_of_unit(named_by_code.pk, 1)] if named_by_code.kind in HOMES else []
    if pin := read_pin(text):
        return homes_of_pin(pin)[:20]
    home = request.viewer.home
    if not text or home is None:
        return []
    unit_rows = units.search_units(
        text, language=active_language(), within=(home.unit_id, home.hierarchy), kinds=HOMES, limit=10
    )
    exact = [row for row in unit_rows if row.code.casefold() == text.casefold()]
    return exact or unit_rows


def homes_of_pin(pin: str) -> list[units.UnitRow]:
    """Return places that a PIN code delivers to and somebody may be at home in."""
    return [row for row in units.by_pin(pin) if row.kind in HOMES]


def home_unit_id(request: Request) -> int:
    home = or_refuse(request.viewer.home, NotYours)
    return home.unit_id


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
