"""What one person asked and another must allow."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.org import actions, queries
from abhiyan.org.models import Release
from abhiyan.org.rules.releases import NAMES
from abhiyan.org.viewer import Request, named
from abhiyan.ui import tables

COLUMNS: dict[str, str | tuple[str, ...]] = {
    "asked": "asked_at",
    "act": "act",
    "state": "state",
    "until": "expires_at",
}


class Filters(forms.Form):
    """Which releases to show."""

    act = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *NAMES.items()])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Release.State.choices]
    )


@require_GET
def releases(request: Request) -> HttpResponseBase:
    """What waits for my yes, what I asked, and what was decided in my sight."""
    return _releases(request)


@require_POST
def decide_release(request: Request, public_id: UUID) -> HttpResponseBase:
    """Say yes or no."""
    queries.release_for(public_id)
    allow = request.POST.get("allow") == "yes"
    try:
        actions.decide_release(public_id=public_id, allow=allow, by=request.actor, at=clock.now())
    except Refused as refused:
        return _releases(request, refused=refused)
    messages.success(request, _("Allowed.") if allow else _("Refused."))
    return redirect("org:releases")


@require_POST
def reset_factors(request: Request, public_id: UUID) -> HttpResponseBase:
    """Carry out a reset that was allowed."""
    queries.release_for(public_id)
    try:
        actions.reset_factors(release=public_id, by=request.actor, at=clock.now())
    except Refused as refused:
        return _releases(request, refused=refused)
    messages.success(request, _("Reset. At the next sign-in a new second proof is set up."))
    return redirect("org:releases")


def _releases(request: Request, *, refused: Refused | None = None) -> HttpResponseBase:
    language = get_language() or "en"
    at = clock.now()
    filters = Filters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    sorting = tables.sorting(request.GET, COLUMNS, default="-asked")
    rows = queries.releases().order_by(*sorting.order_by)
    for name in ("act", "state"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if tables.wants_csv(request.GET):
        return _csv(rows, language)
    leaf = tables.numbered(rows, request.GET, total=rows.count())
    waiting = [each for each in leaf.rows if each.state == Release.State.ASKED]
    deciders = queries.deciders([each for each in waiting if each.expires_at > at], at=at)
    shown: dict[str, Any] = {
        "here": "appointments",
        "refused": refused,
        "filters": filters,
        "is_narrowed": any(chosen.values()),
        "sorting": sorting,
        "leaf": leaf,
        "now": at,
        "rows": [
            _row(each, language, request.viewer.account_id, deciders.get(each.pk), at) for each in leaf.rows
        ],
        "crumbs": [(_("Waiting for a second person"), "")],
    }
    return render(request, "org/release_list.html", shown, status=refused.status if refused else 200)


def _csv(rows: QuerySet[Release], language: str) -> HttpResponseBase:
    head = [
        say("What"),
        say("Reason"),
        say("Unit"),
        say("Asked by"),
        say("Asked"),
        say("State"),
        say("Decided by"),
        say("Decided"),
    ]
    lines = (
        [
            str(NAMES.get(each.act, each.act)),
            each.reason,
            named(each.unit.names, language),
            getattr(each, "asker", "") or "",
            each.asked_at.isoformat(),
            str(each.get_state_display()),
            getattr(each, "decider", "") or "",
            each.decided_at.isoformat() if each.decided_at else "",
        ]
        for each in rows[: tables.DEEPEST_ROW].iterator()
    )
    return tables.csv_response("releases", head, lines)


def _row(
    each: Release, language: str, account_id: int | None, deciders: queries.Deciders | None, at: datetime
) -> dict[str, Any]:
    """deciders: who may, while it waits."""
    may_decide = deciders is not None and account_id in deciders.accounts
    usable = each.state == Release.State.RELEASED and each.asked_by == account_id and each.expires_at > at
    return {
        "public_id": each.public_id,
        "act": NAMES.get(each.act, each.act),
        "unit": named(each.unit.names, language),
        "asker": getattr(each, "asker", "") or "",
        "decider": getattr(each, "decider", "") or "",
        "reason": each.reason,
        "asked_at": each.asked_at,
        "expires_at": each.expires_at,
        "state": each.state,
        "state_name": each.get_state_display(),
        "may_decide": may_decide,
        "why_not": _why_not(each, account_id, deciders) if not may_decide else "",
        "whom_to_ask": deciders.whom_to_ask(language) if deciders and not may_decide else "",
        "may_reset": usable and each.act == "factors.reset",
    }


def _why_not(each: Release, account_id: int | None, deciders: queries.Deciders | None) -> str:
    """Why somebody may not decide what still waits, in the words of the act's own refusals."""
    if each.state != Release.State.ASKED:
        return ""
    if deciders is None:
        return str(actions.Lapsed.message)
    if each.asked_by == account_id:
        return str(actions.OwnAsking.message)
    return str((actions.SameLine if account_id in deciders.related else queries.NotYours).message)
